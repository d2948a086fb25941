"""Attacks on a statement outside of its table: mutate objects downhill, then decide exactly."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from certifield.evidence import InputError

T = TypeVar("T")


@dataclass(frozen=True)
class Attack(Generic[T]):
    """``witness``: an object that violates the statement, decided exactly, or None; ``tried``: how many were looked at.

    Without a witness this is evidence about the objects that were tried, from the starts by these mutations, and about nothing else.
    ``closest``: the object of the least slack met, and ``slack`` this slack, in floats.
    """

    witness: T | None
    tried: int
    closest: T
    slack: float


def anneal(
    start: Callable[[random.Random], T],
    mutate: Callable[[T, random.Random], T],
    slack: Callable[[T], float],
    violates: Callable[[T], bool],
    *,
    seed: int,
    budget: int = 20_000,
    length: int = 2_000,
    heat: float = 0.5,
) -> Attack[T]:
    """Simulated annealing on the slack, begun again every ``length`` mutations, until ``violates`` says yes exactly.

    A negative slack in floats proves nothing: it only asks ``violates``, which must decide with an exact or enclosed sign.
    Raises `InputError` for a budget below 1.
    """
    if type(budget) is not int or budget < 1:
        raise InputError("budget", budget, "a whole number from 1", "such as 20000")
    rng = random.Random(seed)
    here = closest = start(rng)
    value = least = slack(here)
    tried = 1
    refused: set[float] = set()  # slacks of objects whose exact sign was not negative
    while True:
        if value < 0 and value not in refused:
            if violates(here):
                return Attack(here, tried, here, value)
            refused.add(value)
        if tried >= budget:
            return Attack(None, tried, closest, least)
        if tried % length == 0:
            there = start(rng)
            accepted = True
        else:
            there, accepted = mutate(here, rng), False
        new = slack(there)
        temperature = heat * (1 - tried % length / length) ** 2 + 1e-9
        if accepted or new <= value or rng.random() < math.exp((value - new) / temperature):
            here, value = there, new
        if new < least:
            closest, least = there, new
        tried += 1
