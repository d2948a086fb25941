from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from certifield.cli import main

# A user's own study, in numpy alone: quick to start.
COINS = '''
"""How often do dice show a six?"""

from fractions import Fraction

import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.streams import BlockSums, jackknife
from certifield.study import Blocks, Case, Claim, Found, Missing, Options, Study, groups, piece_of_sums

BLOCKS = Blocks(first=512, operations=4096)


class Dice(Options):
    sides: tuple[int, ...] = (6, 20)
    bias: float = 0.0


def cases(options):
    return [Case(f"sides={sides}", {"sides": sides}) for sides in options.sides]


def piece(task, options):
    rng = np.random.default_rng(task.seed)
    thrown = rng.random((16, BLOCKS.size(task.case, task.step) // 16, 1)) < 1 / task.case.data["sides"] + options.bias
    sums = thrown.sum(axis=1).astype(float)
    return piece_of_sums([BlockSums(thrown.shape[1], one, one, np.minimum(one, 1)) for one in sums])


def read(case, pieces, options):
    merged = groups(pieces)
    if not merged:
        yield "share", Found(Missing("no throws yet", waiting=True))
        return
    value, deviations = jackknife(merged, lambda sums, count: sums[:, 0] / count)
    throws = sum(part.count for part in merged)
    estimate = Estimate(value, {case.name: deviations}, throws, len(merged), None, "throws", "float64")
    yield "share", Found(estimate, Exact(Fraction(1, case.data["sides"])))


CLAIMS = [Claim("D1", "folklore", "a die shows a six every sixth time", "sides=6/share", Exact(Fraction(1, 6)))]
STUDY = Study(Dice, cases, piece, read, BLOCKS, claims=CLAIMS, unit="throws")
'''

QUESTION = """
title = "Two dice"
study = "dice.py:STUDY"
seed = 5

[budget]
draws = 4096
"""


@dataclass(frozen=True)
class Answer:
    """What one call of the command line left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def certifield(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """The command line as a function: arguments in, exit code and both streams out."""

    def call(*arguments: object) -> Answer:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Answer(code, *capsys.readouterr())

    return call


def write_question(folder: Path, text: str = QUESTION) -> Path:
    """The file of a question about dice, with the study beside it."""
    (folder / "dice.py").write_text(COINS)
    path = folder / "dice.toml"
    path.write_text(text)
    return path


@pytest.fixture
def question(tmp_path: Path) -> Path:
    return write_question(tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a study that was run once; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("finished")
    assert main(["run", str(write_question(folder)), str(folder / "study"), "--workers", "0"]) == 0
    return folder / "study"
