"""Moments of standard normal numbers"""

import os
import time

import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.streams import BlockSums, jackknife
from certifield.study import SUBSUMS, Blocks, Case, Found, Missing, Options, Study, groups, piece_of_sums


class Coins(Options):
    widths: tuple[int, ...] = (1, 2)


def cases(options):
    return [Case(f"coin/N={width}", {"width": width}) for width in options.widths]


def piece(task, options):
    time.sleep(float(os.environ.get("PAUSE", 0)))  # to be killed in its midst
    numbers = np.random.default_rng(task.seed).normal(size=(SUBSUMS, STEPS.size(task.case, task.step) // SUBSUMS))
    rows = [np.stack([row**2, row**4]) / task.case.data["width"] for row in numbers]
    return piece_of_sums([BlockSums(row.shape[1], row.sum(axis=1), row.sum(axis=1), row.max(axis=1)) for row in rows])


def read(case, pieces, options):
    parts, exact = groups(pieces), np.array([1.0, 3.0]) / case.data["width"]
    if not parts:
        yield "moments", Found(Missing("no draws yet", waiting=True))
        return
    mean, deviations = jackknife(parts, lambda sums, count: sums / count[:, None])
    draws = sum(part.count for part in parts)
    yield "moments", Found(Estimate(mean, {case.name: deviations}, draws, len(parts), 5, "coin", "float64"), Exact(exact, "normal"))


STEPS = Blocks(first=256, doubling=4, operations=4096)
STUDY = Study(options=Coins, cases=cases, piece=piece, read=read, steps=STEPS)
