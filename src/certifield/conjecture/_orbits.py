"""Statements of invariance, tried along orbits of moves, and of existence, whose witness is looked at twice."""

import random
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from certifield._arguments import a_function, seeded, whole
from certifield.evidence import InputError


@dataclass(frozen=True)
class Invariant:
    """A quantity that kept its value along ``moves`` moves from ``objects`` objects, all drawn: no statement about others.

    ``collision``: two objects of one value and different classes, where classes are known and some were met, so that the invariant is not
    complete; None otherwise.
    """

    name: str
    objects: int
    moves: int
    collision: tuple[Any, Any] | None = None

    def __str__(self) -> str:
        told = f"SURVIVES({self.moves} moves from {self.objects} objects)  {self.name} is invariant"
        return told if self.collision is None else f"{told}; REFUTED  it is complete  by {self.collision[0]} and {self.collision[1]}"


@dataclass(frozen=True)
class Changed:
    """A quantity that is no invariant: an object, what a move made of it, and both values."""

    name: str
    before: Any
    after: Any
    values: tuple[Any, Any]

    def __str__(self) -> str:
        return f"REFUTED  {self.name} is invariant  by {self.before} -> {self.after}: {self.values[0]} is not {self.values[1]}"


@dataclass(frozen=True)
class Exists:
    """An object with a property, as two programs say where two were given (``twice``), found after ``tried`` objects."""

    name: str
    witness: Any
    tried: int
    twice: bool

    def __str__(self) -> str:
        return f"EXISTS  {self.name}: {self.witness}{', checked by two programs' if self.twice else ''}"


@dataclass(frozen=True)
class NotFound:
    """Nothing was found among ``tried`` objects, which does not mean that there is nothing."""

    name: str
    tried: int

    def __str__(self) -> str:
        return f"OPEN  {self.name}: not found among {self.tried} objects"


def invariance(
    name: str,
    value: Callable[[Any], Hashable],
    start: Callable[[random.Random], Any],
    move: Callable[[Any, random.Random], Any],
    *,
    objects: int = 50,
    steps: int = 20,
    classes: Callable[[Any], Hashable] | None = None,
    seed: int = 0,
) -> Invariant | Changed:
    """Whether ``value`` stays what it is along random moves; it must be exact, since it is compared for equality.

    ``start(rng)`` makes an object and ``move(object, rng)`` another one of the same class.  With ``classes``, which names the class of an
    object, objects of different classes and equal value show that the invariant is not complete.
    Raises `InputError` for a value that is a float, and where a move leads to another class.
    """
    for argument, given, of in (("value", value, "an object"), ("start", start, "rng"), ("move", move, "an object and rng")):
        a_function(argument, given, of)
    if classes is not None:
        a_function("classes", classes, "an object")
    whole("objects", objects, 1), whole("steps", steps, 1)
    rng, met, collision = random.Random(seeded(seed)), dict[Hashable, tuple[Any, Hashable]](), None
    for _ in range(objects):
        here = start(rng)
        told, kind = _exact(value(here), name), None if classes is None else classes(here)
        if classes is not None:
            other, theirs = met.setdefault(told, (here, kind))
            collision = (other, here) if collision is None and theirs != kind else collision
        for _ in range(steps):
            there = move(here, rng)
            after = _exact(value(there), name)
            if classes is not None and classes(there) != kind:
                raise InputError("move", there, f"a move that keeps the class of {here}", "correct move or classes: one of them is wrong")
            if after != told:
                return Changed(name, here, there, (told, after))
            here = there
    return Invariant(name, objects, objects * steps, collision)


def existence(
    name: str,
    holds: Callable[[Any], bool],
    make: Callable[[random.Random], Any],
    *,
    again: Callable[[Any], bool] | None = None,
    budget: int = 1000,
    seed: int = 0,
) -> Exists | NotFound:
    """A search for an object with a property among random ones; ``again``, another program for the same property, must agree.

    Raises `InputError` where the two programs disagree on an object that the first one accepts.
    """
    a_function("holds", holds, "an object"), a_function("make", make, "rng"), whole("budget", budget, 1)
    if again is not None:
        a_function("again", again, "an object")
    rng = random.Random(seeded(seed))
    for tried in range(1, budget + 1):
        found = make(rng)
        if holds(found):
            if again is not None and not again(found):
                raise InputError("again", found, "two programs that agree", "one of them is wrong, or decides by floats")
            return Exists(name, found, tried, again is not None)
    return NotFound(name, budget)


def _exact(value: Any, name: str) -> Hashable:
    if isinstance(value, float | complex):
        raise InputError(f"value of {name}", value, "exact: integers, fractions, texts or tuples of them", "floats differ by rounding")
    return value
