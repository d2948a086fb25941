"""The arguments that every correlator function shares, checked and brought to one shape."""

import math
from numbers import Real
from typing import Any

import jax.numpy as jnp
import numpy as np

from certifield.ensembles import Ensemble
from certifield.evidence import InputError

MAX_ORDER = 8


def checked_points(ensemble: Ensemble, points: Any) -> np.ndarray:
    """Points as a float array [n, dim]; raises `InputError` for wrong shapes, NaN or infinity."""
    if not isinstance(ensemble, Ensemble):
        raise InputError("ensemble", ensemble, "a certifield Ensemble", "build one with cf.ensembles.erf_net(dim=1, width=20)")
    try:
        array = _as_floats(points)
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


def _as_floats(points: Any) -> np.ndarray:
    """Numbers of any type as 64-bit floats, where these hold them exactly; raises `TypeError` for what is no number, or is not held."""
    array = np.asarray(points)
    if array.dtype.kind == "V" and jnp.issubdtype(array.dtype, jnp.floating):  # bfloat16 and its like
        return array.astype(float)
    if array.dtype.kind == "O" and all(isinstance(entry, Real) and not isinstance(entry, bool) for entry in array.flat):
        floats = array.astype(float)
        if all(math.isnan(f) or f == entry for f, entry in zip(floats.flat, array.flat, strict=True)):
            return floats
        raise TypeError("numbers that 64 bits do not hold exactly")
    if array.dtype.kind not in "iuf" and array.size:
        raise TypeError(f"not numbers but {array.dtype}")
    return array.astype(float)


def checked_conjugates(conjugate: Any, table: np.ndarray) -> np.ndarray:
    """Which fields of each tuple are conjugated, 0 or 1: [T, order].  Raises `InputError`."""
    try:
        flags = np.broadcast_to(np.asarray(conjugate).astype(int), table.shape)
    except (TypeError, ValueError) as problem:
        raise InputError("conjugate", conjugate, f"0 or 1, shaped like indices: {list(table.shape)}", "e.g. conjugate=[0, 1]") from problem
    if not np.all((flags == 0) | (flags == 1)):
        raise InputError("conjugate", conjugate, "0 or 1 for every field", "e.g. conjugate=[0, 1] for E[phi(x1) phi(x2)*]")
    return flags


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
    given = value.item() if getattr(value, "shape", None) == () else value
    if isinstance(given, bool) or not isinstance(given, int | float) or given != given // 1 or given < least:
        raise InputError(name, value, f"a whole number, {least} or more", f"try {name}={max(least, 100_000)}")
    return int(given)
