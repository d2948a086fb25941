"""The arguments that every correlator function shares, checked and brought to one shape."""

from typing import Any

import numpy as np

from certifield.ensembles import Ensemble
from certifield.evidence import InputError

MAX_ORDER = 8


def checked_points(ensemble: Ensemble, points: Any) -> np.ndarray:
    """Points as a float array [n, dim]; raises `InputError` for wrong shapes, NaN or infinity."""
    if not isinstance(ensemble, Ensemble):
        raise InputError("ensemble", ensemble, "a certifield Ensemble", "build one with cf.ensembles.erf_net(dim=1, width=20)")
    try:
        array = np.asarray(points)
        if array.dtype.kind not in "iuf" and array.size:
            raise TypeError(f"not numbers but {array.dtype}")
        array = array.astype(float)
    except (TypeError, ValueError) as problem:
        raise InputError("points", points, "numbers of shape [n, dim]", "pass e.g. [[0.1], [0.5]]") from problem
    if array.ndim != 2 or array.size == 0:
        example = "[[0.1], [0.5]]" if (ensemble.dim or 1) == 1 else "[[0.1, 0.2], [0.5, -0.3]]"
        raise InputError("points", points, f"of shape [n, dim], not {list(array.shape)}", f"pass one row per point, e.g. {example}")
    if ensemble.dim is not None and array.shape[1] != ensemble.dim:
        raise InputError(
            "points",
            points,
            f"of shape [n, {ensemble.dim}] for this ensemble, not {list(array.shape)}",
            f"give every point {ensemble.dim} coordinates, or build the ensemble with dim={array.shape[1]}",
        )
    if not np.all(np.isfinite(array)):
        raise InputError("points", points, "finite numbers", "remove the NaN or infinite coordinates")
    return array


def checked_indices(points: np.ndarray, indices: Any, components: Any, outputs: int | None) -> tuple[np.ndarray, np.ndarray, bool]:
    """Index tuples [T, order], components [T, order], and whether the answer is a single number.

    Without ``indices`` the question is the n-point function at the n points as they stand.
    """
    try:
        table = np.arange(len(points)) if indices is None else np.asarray(indices)
    except ValueError as problem:
        raise InputError("indices", indices, "a table of shape [tuples, order]", "give every tuple the same number of entries") from problem
    single = table.ndim == 1
    table = np.atleast_2d(table)
    if table.ndim != 2 or table.size == 0 or not np.issubdtype(table.dtype, np.integer):
        raise InputError("indices", indices, "whole numbers of shape [order] or [tuples, order]", "pass e.g. [[0, 0, 1, 1], [0, 1, 2, 3]]")
    if table.min() < 0 or table.max() >= len(points):
        raise InputError("indices", indices, f"between 0 and {len(points) - 1}, the rows of points", "count points from 0")
    if not 1 <= table.shape[1] <= MAX_ORDER:
        what = "points" if indices is None else "indices"
        raise InputError(
            what,
            points if indices is None else indices,
            f"1 to {MAX_ORDER} points per correlator, not {table.shape[1]}",
            "ask for a lower order" if indices is not None else "pass indices to choose tuples among many points",
        )
    try:
        parts = np.zeros_like(table) if components is None else np.broadcast_to(np.asarray(components), table.shape)
    except ValueError as problem:
        raise InputError("components", components, f"outputs, shaped like indices: {list(table.shape)}", "give one a point") from problem
    if not np.issubdtype(parts.dtype, np.integer) or parts.min() < 0 or (outputs is not None and parts.max() >= outputs):
        raise InputError(
            "components", components, f"whole numbers from 0 to {(outputs or 1) - 1}, shaped like indices", "count outputs from 0"
        )
    return table, parts, single


def checked_count(name: str, value: Any, least: int) -> int:
    """A whole number that is at least ``least``."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InputError(name, value, f"a whole number, {least} or more", f"try {name}={max(least, 100_000)}")
    return int(value)
