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
