"""Columns of a table as numbers for models: standardised, in folds that keep groups together."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from certifield.evidence import InputError

from .._table import Table


@dataclass(frozen=True, eq=False)
class Data:
    """``x`` [row, feature], or `Graphs`, ``y`` [row] as classes 0, 1, ... or as numbers, and the number of the group of every row.

    ``classes``: the values that the classes stand for, empty for a regression.
    """

    names: tuple[str, ...]
    x: Any
    y: np.ndarray
    groups: np.ndarray
    classes: tuple[float, ...] = ()

    def only(self, names: Sequence[str]) -> "Data":
        """The same rows with some of the features."""
        places = [self.names.index(name) for name in names]
        return Data(tuple(names), self.x[:, places], self.y, self.groups, self.classes)

    def permuted(self, rng: np.random.Generator) -> "Data":
        """The same rows with the labels of others: what a model finds here is nothing."""
        return Data(self.names, self.x, rng.permutation(self.y), self.groups, self.classes)

    def folds(self, count: int, rng: np.random.Generator) -> list[np.ndarray]:
        """The rows of each fold; a group is never in two."""
        of_group = rng.permutation(np.unique(self.groups))
        place = np.empty(int(self.groups.max()) + 1, int)
        place[of_group] = np.arange(len(of_group)) % count
        return [np.nonzero(place[self.groups] == fold)[0] for fold in range(count)]


def data(table: Table, target: str, features: Sequence[str], *, classify: bool, groups: Sequence[Hashable] | None = None) -> Data:
    """The columns as floats, which models may look at and which decide nothing.

    ``groups``: rows that must not be in two folds, such as an object and its mirror image; by default rows that repeat all these numbers.
    Raises `InputError` for columns that there are not, a constant target, fewer rows than features, a group for not every row, and for
    rows that repeat each other in two groups, where a model would be asked what it was told.
    """
    for name in (target, *features):
        table.column(name)
    if target in features or not features or len(table) <= len(features):
        raise InputError("features", list(features), f"others than the target, and fewer than the {len(table)} rows", "choose others")
    rows = list(zip(*(table.columns[name] for name in (target, *features)), strict=True))
    found = labelled(table, target, classify, rows if groups is None else groups)
    first: dict[tuple, int] = {}
    for number, row in enumerate(rows):
        other = first.setdefault(row, number)
        if found[1][number] != found[1][other]:
            told = f"rows {other} and {number}, which repeat each other, in two groups"
            raise InputError("groups", told, "one group for rows that are equal", "leave groups out, or join these")
    return Data(tuple(features), np.stack([table.floats[name] for name in features], axis=1), *found)


def labelled(
    table: Table, target: str, classify: bool, groups: Sequence[Hashable] | None
) -> tuple[np.ndarray, np.ndarray, tuple[float, ...]]:
    """Labels, numbers of groups, and values of classes.  Raises `InputError` for a constant target, and a group for not every row."""
    if len(set(table.column(target))) == 1:
        raise InputError("target", target, "a column that is not constant", "choose another")
    named = list(range(len(table))) if groups is None else list(groups)
    if len(named) != len(table):
        raise InputError("groups", len(named), f"one for each of the {len(table)} rows", "repeat the name of a group")
    number = {name: place for place, name in enumerate(dict.fromkeys(named))}
    y, classes = table.floats[target], tuple[float, ...]()
    if classify:
        found, y = np.unique(y, return_inverse=True)
        classes = tuple(float(value) for value in found)
    return y, np.array([number[name] for name in named]), classes


def moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread of columns, 1 for those that are constant: of training rows only."""
    spread = x.std(axis=0)
    return x.mean(axis=0), np.where(spread > 0, spread, 1.0)
