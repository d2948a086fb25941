"""Weights of the random agent by Bayesian optimisation; the one file that knows optuna."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from certifield.evidence import MissingExtra

from ..diagrams import Diagram
from ..diagrams._knot import checked_knot
from ..diagrams._reading import integers, refuse, seed_of
from ._random_agent import RandomAgent
from ._search import search

TUNED = ("attach", "over", "under", "twist")
RANGE = (0.1, 100.0)
PUBLISHED = {"attach": 17.0, "over": 1.0, "under": 1.0, "twist": 3.0}
BANDS = 5


@dataclass(frozen=True)
class Tuning:
    """``agent``: with the best weights; ``effort``: its mean ln(1 + bands tried) per knot; ``trials``: (weights, effort) in their order.

    The first trial has the weights of arXiv:2304.09304.
    """

    agent: RandomAgent
    effort: float
    trials: tuple[tuple[tuple[float, ...], float], ...]


def tune_weights(knots: Sequence[Diagram], *, trials: int = 50, budget: int = 2000, seed: int = 0) -> Tuning:
    """Weights of the random agent that solve these ribbon knots with few bands, by a tree-structured Parzen estimator.

    An unsolved knot counts ``budget`` bands.  The weight of a start only sets the scale and is 1.  Same arguments, same weights.
    Raises `InputError` without knots, for a link, or with a budget or number of trials that is not positive, and `MissingExtra` without
    optuna.
    """
    for name, value in (("trials", trials), ("budget", budget)):
        if integers(name, [value])[0] < 1:
            raise refuse(name, value, "a positive integer", "such as 50 trials, or a budget of 2000 bands")
    if not isinstance(knots, list | tuple) or not knots:
        raise refuse("knots", knots, "a list of diagrams of ribbon knots", "such as those of slice_knots")
    for knot in knots:
        checked_knot(knot)
    optuna = _optuna()
    told: list[tuple[tuple[float, ...], float]] = []

    def objective(trial: Any) -> float:
        weights = (1.0, *(trial.suggest_float(name, *RANGE, log=True) for name in TUNED))
        told.append((weights, effort(RandomAgent(weights=weights), knots, budget, seed)))
        return told[-1][1]

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed_of(seed) % 2**32))
    study.enqueue_trial(PUBLISHED)
    study.optimize(objective, n_trials=trials)
    weights, least = min(told, key=lambda trial: trial[1])
    return Tuning(RandomAgent(weights=weights), least, tuple(told))


def effort(agent: RandomAgent, knots: Sequence[Diagram], budget: int, seed: int) -> float:
    """The mean of ln(1 + bands tried) over the knots; an unsolved one counts the whole budget."""
    found = (search(knot, agent, BANDS, budget, seed + place) for place, knot in enumerate(knots))
    return sum(math.log1p(min(spent, budget) if end is not None else budget) for end, spent in found) / len(knots)


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise MissingExtra("tuning needs optuna: pip install 'certifield[knots]'") from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
