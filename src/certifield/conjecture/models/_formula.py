"""Formulas for tables by symbolic regression: trees of sums, products and quotients, bred by Operon (github.com/heal-research/operon).

A formula is a suggestion, PREDICTED like all that models say, and its constants are floats: for exact relations `polynomial_relation` comes
first.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from certifield.evidence import MissingExtra

from ._data import Data

SYMBOLS = "add,sub,mul,div,constant,variable"
LENGTH, DEPTH = 30, 8  # nodes of a tree, and its levels
POPULATION, GENERATIONS, TRIES = 500, 60, 60_000  # the last one bounds all trees that are evaluated


@dataclass(frozen=True, eq=False)
class Formula:
    """``texts``: one formula for a number; for classes one for the indicator of each, the greatest of which wins."""

    texts: tuple[str, ...]
    _values: tuple[Callable[[np.ndarray], np.ndarray], ...]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Classes, or numbers."""
        found = np.stack([values(x) for values in self._values], axis=1)
        return found.argmax(axis=1) if len(self.texts) > 1 else found[:, 0]

    def __str__(self) -> str:
        return "; ".join(self.texts)


def formula(data: Data, rows: np.ndarray, *, digits: int = 4, seed: int = 0) -> Formula:
    """Formulas fitted to some rows, by features that are not standardised; ``digits``: decimal places of the constants in the texts.

    The same seed gives the same formula.  Raises `MissingExtra` without pyoperon.
    """
    wanted = [(data.y[rows] == one).astype(float) for one in range(len(data.classes))] or [data.y[rows]]
    grown = [_grown(data, rows, y, digits, seed + number) for number, y in enumerate(wanted)]
    return Formula(tuple(text for text, _ in grown), tuple(values for _, values in grown))


def _grown(data: Data, rows: np.ndarray, y: np.ndarray, digits: int, seed: int) -> tuple[str, Callable[[np.ndarray], np.ndarray]]:
    if np.ptp(y) == 0:  # no tree is asked for a constant
        return f"{y[0]:.{digits}f}", lambda x: np.full(len(x), y[0])
    try:
        from pyoperon.sklearn import SymbolicRegressor
    except ImportError:
        raise MissingExtra("symbolic regression needs pyoperon: pip install 'certifield[symbolic]'") from None
    model = SymbolicRegressor(
        allowed_symbols=SYMBOLS,
        max_length=LENGTH,
        max_depth=DEPTH,
        population_size=POPULATION,
        generations=GENERATIONS,
        max_evaluations=TRIES,
        optimizer_iterations=5,
        random_state=seed,
        n_threads=1,  # with more, the same seed gives other formulas
    ).fit(np.asarray(data.x[rows], float), np.asarray(y, float))
    text = model.get_model_string(model.model_, digits, [name.replace(" ", "_") for name in data.names])
    return text, lambda x: np.nan_to_num(model.predict(np.asarray(x, float)), nan=float(y.mean()))  # a quotient by 0 says nothing
