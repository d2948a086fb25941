"""same-plumbing@1 and different-plumbing@1: moves keep the manifold, true claims are accepted, everything else is refused."""

import random
import re
from math import gcd, prod

import pytest

pytest.importorskip("flint")
pytest.importorskip("numba")
import flint
from mutations import mutations
from planar_walks import loaded
from plumbing_walks import random_tree

from certifield.evidence import Certificate, checker_path
from certifield.topology.plumbing import (
    PlumbingForest,
    chain,
    hard_negatives,
    homology,
    linking_form,
    same_manifold,
    scrambled,
    star,
)

SAME = checker_path("same-plumbing@1").read_text()
DIFFERENT = checker_path("different-plumbing@1").read_text()
CHECKER, OTHER = loaded(SAME), loaded(DIFFERENT)


def _homology(forest) -> tuple[int, tuple[int, ...]]:
    """H_1 of the forest of a checker, by the Smith form of the whole linking matrix."""
    number = {v: place for place, v in enumerate(forest.weight)}
    if not number:
        return 0, ()
    rows = [[0] * len(number) for _ in number]
    for v, weight in forest.weight.items():
        rows[number[v]][number[v]] = weight
        for u in forest.near[v]:
            rows[number[v]][number[u]] = 1
    form = flint.fmpz_mat(rows).snf()
    found = [abs(int(form[place, place])) for place in range(len(rows))]
    return found.count(0), tuple(sorted(entry for entry in found if entry > 1))


def _broken(module, seeds: int) -> set[str]:
    """The kinds of moves that changed H_1 in random walks."""
    broken = set()
    for seed in range(seeds):
        rng = random.Random(seed)
        base = random_tree(rng, rng.randint(2, 6), 3)
        forest = module.Forest(base.document(), "forest")
        before = _homology(forest)
        for move in scrambled(base, 14, seed=seed)[1]:
            try:
                forest.move([list(entry) if isinstance(entry, tuple) else entry for entry in move], "move")
            except module._Refused:
                break
            after = _homology(forest)
            if after != before:
                broken.add(move[0])
                before = after
    return broken


def test_every_move_keeps_the_homology():
    assert _broken(CHECKER, 60) == set()


@pytest.mark.parametrize(
    ("line", "wrong", "kind"),
    [
        ("            self.weight[u] -= sign\n", "            self.weight[u] += sign\n", "blow-down"),
        ("            self.weight[u] += sign\n", "            self.weight[u] -= sign\n", "blow-up"),
        ("        self.weight[u] += self.weight[w]\n", "", "absorb"),
        ("        self.weight[u] -= weight\n", "        self.weight[u] += weight\n", "extrude"),
        ("        self.drop(self.drop(v)[0])\n", "        self.drop(v)\n", "split"),
    ],
)
def test_a_checker_with_a_wrong_move_is_found_out(line, wrong, kind):
    """Sabotage twins, the sign of the blow-down among them."""
    assert SAME.count(line) == 1
    assert kind in _broken(loaded(SAME.replace(line, wrong).replace("MOST = 2_000_000", "MOST = 100")), 60)


def _certificates() -> list[Certificate]:
    base = PlumbingForest.from_text("(1(2)(3(0(4))))")
    questions = [
        (base, scrambled(base, 6, seed=2)[0]), (chain(2), chain(3)), (chain(3), chain(-3)), (chain(4), chain(-4)),
        (star(1, 2, 3, 5), chain(1)),
    ]  # fmt: skip
    return [same_manifold(*question).certificate for question in questions]


@pytest.mark.parametrize("certificate", _certificates(), ids=lambda certificate: f"{certificate.checker} {certificate.value}")
def test_every_mutation_is_refused(certificate):
    document = certificate.document()
    assert certificate.replay(isolated=True).accepted
    module = CHECKER if certificate.checker == "same-plumbing@1" else OTHER
    checked = 0
    for field in ("claim", "value", "witness"):
        for mutated in mutations(document[field]):
            accepted, reason, _ = module.check(*[mutated if name == field else document[name] for name in ("claim", "value", "witness")])
            checked += 1
            if accepted:
                assert _still_true(document | {field: mutated}, certificate), (field, mutated)
            else:
                assert reason
    assert checked > 100


def _still_true(document, certificate) -> bool:
    """An edge written backwards, another forest that the same witness tells apart, or another modulus with the right counts."""
    claim, witness = document["claim"], document["witness"]
    first, second = (PlumbingForest(claim[side]["weights"], claim[side]["edges"]) for side in ("first", "second"))
    if document["value"] == "homology":
        m, groups = witness["modulus"], (homology(first), homology(second))
        counts = [str(m**group.betti * prod(gcd(divisor, m) for divisor in group.torsion)) for group in groups]
        return counts == witness["homomorphisms"] and counts[0] != counts[1]
    if witness != certificate.document()["witness"] or document["value"] != certificate.value:
        return False
    if max(first.weights + second.weights) > 1000:
        return homology(first) != homology(second)
    return same_manifold(first, second).certificate.checker == certificate.checker


def test_what_is_different_is_never_called_the_same():
    one, other = hard_negatives(1, seed=5)[0]
    claim = {"kind": "same plumbed manifold", "first": one.document(), "second": other.document()}
    pairs = [[v, v] for v in range(len(one.weights))]
    accepted, reason, _ = CHECKER.check(claim, "0", {"first": [], "second": [], "isomorphism": pairs, "trace": "00000000"})
    assert not accepted and "isomorphism" in reason


def test_the_checker_counts_homomorphisms_as_the_smith_form_does():
    rng = random.Random(2)
    for _ in range(150):
        forest = random_tree(rng, rng.randint(1, 9), 3) + random_tree(rng, rng.randint(1, 3), 1)
        group, m = homology(forest), rng.choice([2, 3, 4, 6, 8, 12, 30, 101])
        expected = m**group.betti * prod(gcd(divisor, m) for divisor in group.torsion)
        assert OTHER.homomorphisms(OTHER.Forest(forest.document(), "forest"), m) == expected


def test_the_checker_computes_linking_forms_as_the_library_does():
    rng = random.Random(3)
    for _ in range(100):
        forest = random_tree(rng, rng.randint(1, 8), 4)
        form = linking_form(forest)
        for prime in {2, 3, *(row[0] for row in form.parts)}:
            assert OTHER.linking(OTHER.Forest(forest.document(), "forest"), prime) == [list(row[1:]) for row in form.of(prime)]


def test_a_replaced_symbol_is_a_wrong_invariant():
    """Sabotage twin: without the Legendre symbol L(3,1) and its mirror image are not told apart."""
    twin = loaded(re.sub(r"symbol \*= 1 if pow.*", "symbol *= 1", DIFFERENT))
    certificate = same_manifold(chain(3), chain(-3)).certificate.document()
    assert not twin.check(certificate["claim"], certificate["value"], certificate["witness"])[0]


def test_a_composite_prime_and_a_forest_with_a_cycle_are_refused():
    claim = {"kind": "different plumbed manifolds", "first": chain(15).document(), "second": chain(-15).document()}
    assert "prime" in OTHER.check(claim, "linking form", {"prime": 15, "forms": [[], []]})[1]
    circle = {"weights": [1, 1, 1], "edges": [[0, 1], [1, 2], [2, 0]]}
    for module, value, witness in ((OTHER, "homology", {"modulus": 2, "homomorphisms": ["1", "1"]}),):
        assert "cycle" in module.check(claim | {"first": circle}, value, witness)[1]
