"""How does a random walk spread?"""

import os
import time

import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.study import Case, Chain, Found, Missing, Options, Study


class Walks(Options):
    drifts: tuple[float, ...] = (0.0, 0.5, 1.0)
    walkers: int = 64


def cases(options):
    for drift in options.drifts:
        yield Case(f"drift-{drift}", {"drift": drift})


def piece(task, options):
    time.sleep(float(os.environ.get("PAUSE", 0)))  # to be killed in its midst
    before = np.zeros(options.walkers) if task.before is None else task.before["at"]
    return {"at": before + task.case.data["drift"] + np.random.default_rng(task.seed).normal(size=options.walkers)}


def read(case, pieces, options):
    if not pieces:
        yield "mean", Found(Missing("no step yet", waiting=True))
        return
    last = max(pieces)
    at, steps = pieces[last]["at"], last + 1
    error = at.std(ddof=1) / np.sqrt(len(at))
    yield "mean", Found(Estimate.from_stderr(at.mean(), error, source=case.name), Exact(steps * case.data["drift"], "drift times steps"))


STUDY = Study(options=Walks, cases=cases, piece=piece, read=read, steps=Chain())
