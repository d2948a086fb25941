"""A walk that remembers where it was"""

import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.study import Case, Chain, Found, Missing, Options, Study


class Walk(Options):
    """How many walkers."""

    walkers: int = 3


def cases(options):
    """One for each walker."""
    return [Case(f"walker/{number}") for number in range(options.walkers)]


def piece(task, options):
    """The place after one more step."""
    before = 0.0 if task.before is None else float(task.before["place"][0])
    return {"place": np.array([before + np.random.default_rng(task.seed).normal()])}


def read(case, pieces, options):
    """Where it is now, held against where it began."""
    if not pieces:
        yield "place", Found(Missing("not begun", waiting=True))
        return
    last = max(pieces)
    place = float(pieces[last]["place"][0])
    yield "place", Found(Estimate.from_stderr(place, (last + 1) ** 0.5, source=case.name, method="one walk"), Exact(0))
    yield "steps", Found(Exact(last + 1))


STUDY = Study(Walk, cases, piece, read, Chain())
