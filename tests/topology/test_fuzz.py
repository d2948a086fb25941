"""Spoiled codes, 12,000 in `make test` and 100,000 more in `make test-all`.

Each gives a diagram that can be read back, or one `InputError`, within a second; nothing else is raised."""

import random
import time

import pytest

from certifield.evidence import InputError
from certifield.topology import Diagram, parse

CODES = (3_000, pytest.param(25_000, marks=pytest.mark.slow))  # of each kind
READERS = {"pd": Diagram.from_pd, "dt": Diagram.from_dt, "gauss": Diagram.from_gauss, "braid": Diagram.from_braid}
ODD = [0, -1, 1, 2, 7, 10**9, -(10**30), 1.0, None, True, "3", [], [1], float("nan")]


def spoiled(rng: random.Random, code: list) -> list:
    """The code with a few entries exchanged, dropped, doubled, or replaced."""
    code = [list(entry) if isinstance(entry, list) else entry for entry in code]
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3, 6))):
        target = rng.choice(code) if code and isinstance(code[0], list) and rng.random() < 0.8 else code
        if not isinstance(target, list) or not target:
            continue
        one, two = rng.randrange(len(target)), rng.randrange(len(target))
        action = rng.randrange(6)
        if action == 0:
            target[one], target[two] = target[two], target[one]
        elif action == 1:
            del target[one]
        elif action == 2:
            target.insert(one, target[two])
        elif action == 3 and isinstance(target[one], int):
            target[one] = -target[one]
        elif action == 4 and isinstance(target[one], int):
            target[one] += rng.choice((-2, -1, 1, 2))
        else:
            target[one] = rng.choice(ODD)
    return code


@pytest.mark.parametrize("codes", CODES)
@pytest.mark.parametrize("kind", READERS)
def test_spoiled_codes_give_a_diagram_or_one_error(knotinfo, kind, codes):
    rng, accepted, refused, slowest = random.Random(f"fuzz {kind}"), 0, 0, 0.0
    for number in range(codes):
        code = spoiled(rng, rng.choice(knotinfo)[kind])
        start = time.process_time()
        try:
            diagram = parse(f"{kind}: {code}") if number % 5 == 0 else READERS[kind](code)
        except InputError as error:
            assert "Mend:" in str(error)
            refused += 1
        else:
            assert Diagram.from_pd(diagram.pd(1), circles=diagram.circles).crossings == diagram.crossings
            accepted += 1
        slowest = max(slowest, time.process_time() - start)
    assert min(accepted, refused) > codes / 25
    assert slowest < 1.0


def test_text_of_any_characters_is_read_or_refused():
    rng = random.Random(6)
    alphabet = "0123456789[](){},;|+-OUXPD pdbraiddtgauss_.: \n\x00é"
    for _ in range(5_000):
        text = "".join(rng.choices(alphabet, k=rng.randrange(40)))
        try:
            parse(text)
        except InputError as error:
            assert "Mend:" in str(error)
