"""Transformations of fields, and the groups that they make up.

A transformation g acts on a field phi: R^d -> R^D as (g phi)(x) = rho phi(A^(-1) (x - b)): inputs are spacetime, outputs are internal.
A complex field of D components is a real one of 2D: real parts first, then imaginary ones.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
import scipy
from scipy.linalg import polar

from certifield.evidence import InputError


@dataclass(frozen=True, eq=False)
class Transformation:
    """(g phi)(x) = ``output`` phi(``linear``^(-1) (x - ``shift``)); None stands for the identity; ``name`` is what tables show."""

    name: str
    output: np.ndarray | None = None
    linear: np.ndarray | None = None
    shift: np.ndarray | None = None

    def sources(self, points: np.ndarray) -> np.ndarray:
        """The points A^(-1) (x - b) at which phi is evaluated for g phi at x: [P, d].  Raises `InputError` where the sizes do not fit."""
        moved = points if self.shift is None else points - _fitting("shift", self.shift, (points.shape[1],))
        if self.linear is None:
            return moved
        return np.linalg.solve(_fitting("linear", self.linear, (points.shape[1],) * 2), moved.T).T

    def of_outputs(self, fields: np.ndarray) -> np.ndarray:
        """Rho applied to the last axis of fields [..., D]."""
        if self.output is None:
            return fields
        return fields @ _fitting("output", self.output, (fields.shape[-1],) * 2).T


def _fitting(argument: str, given: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    array = np.asarray(given, dtype=float)
    if array.shape != shape or not np.all(np.isfinite(array)):
        raise InputError(argument, array.shape, f"finite, of shape {shape}", "give the transformation for these inputs and outputs")
    return array


def output_rotations(components: int, number: int = 3, *, seed: int = 0, reflections: bool = True) -> list[Transformation]:
    """Random elements of O(D) by Haar measure acting on the output; of SO(D) without ``reflections``."""
    law = scipy.stats.ortho_group.rvs if reflections else scipy.stats.special_ortho_group.rvs
    name = "O" if reflections else "SO"
    return [Transformation(f"{name}({components}) output #{k}", output=each) for k, each in _haar(law, components, number, seed)]


def unitary_outputs(components: int, number: int = 3, *, seed: int = 0) -> list[Transformation]:
    """Random elements of U(D) by Haar measure, acting on 2D real outputs: (Re, Im) -> (Re U -Im U; Im U Re U)(Re, Im)."""
    return [
        Transformation(f"U({components}) output #{k}", output=_on_reals(each))
        for k, each in _haar(scipy.stats.unitary_group.rvs, components, number, seed)
    ]


def symplectic_outputs(components: int, number: int = 3, *, seed: int = 0) -> list[Transformation]:
    """Random elements of Sp(D), the unitary D x D matrices of quaternions, by Haar measure, acting on 4D real outputs.

    D quaternions are the complex numbers (z_1..z_D, w_1..w_D), and those are real outputs as in `unitary_outputs`.
    """
    return [
        Transformation(f"Sp({components}) output #{k}", output=_on_reals(each))
        for k, each in _haar(_unitary_quaternions, components, number, seed)
    ]


def _unitary_quaternions(size: int, random_state: np.random.Generator) -> np.ndarray:
    """[2D, 2D]: the unitary factor of a matrix of Gaussian quaternions is a matrix of quaternions, and is uniform because they are."""
    a, b = (random_state.normal(size=(size, size)) + 1j * random_state.normal(size=(size, size)) for _ in range(2))
    return polar(np.block([[a, b], [-b.conj(), a.conj()]]))[0]


def _on_reals(matrix: np.ndarray) -> np.ndarray:
    """A complex matrix as it acts on (Re, Im)."""
    real, imaginary = np.real(matrix), np.imag(matrix)
    return np.block([[real, -imaginary], [imaginary, real]])


def in_reals(fields: Any) -> np.ndarray:
    """Fields [..., D] as they are, complex ones as [..., 2D]: real parts first, then imaginary ones."""
    array = np.asarray(fields)
    return np.concatenate([np.real(array), np.imag(array)], axis=-1) if np.iscomplexobj(array) else array.astype(float)


def input_rotations(dim: int, number: int = 3, *, seed: int = 0) -> list[Transformation]:
    """Random elements of O(d) by Haar measure acting on the input."""
    return [Transformation(f"O({dim}) input #{k}", linear=each) for k, each in _haar(scipy.stats.ortho_group.rvs, dim, number, seed)]


def translations(dim: int, number: int = 3, *, size: float = 1.0, seed: int = 0) -> list[Transformation]:
    """Shifts of the input in random directions, by lengths between ``size``/2 and ``size``."""
    random = np.random.default_rng(seed)
    shifts = [random.normal(size=dim) for _ in range(number)]
    return [
        Transformation(f"translation #{k}", shift=each / np.linalg.norm(each) * size * (k + number) / (2 * number - 1 or 1))
        for k, each in enumerate(shifts)
    ]


def euclidean(dim: int, number: int = 3, *, size: float = 1.0, seed: int = 0) -> list[Transformation]:
    """Rotations or reflections of the input followed by translations."""
    turns, moves = input_rotations(dim, number, seed=seed), translations(dim, number, size=size, seed=seed + 1)
    pairs = enumerate(zip(turns, moves, strict=True))
    return [Transformation(f"E({dim}) #{k}", linear=turn.linear, shift=move.shift) for k, (turn, move) in pairs]


def sign_flip(components: int = 1) -> list[Transformation]:
    """Z2: phi -> -phi."""
    return [Transformation("Z2 phi -> -phi", output=-np.eye(components))]


def parity(dim: int) -> list[Transformation]:
    """X -> -x."""
    return [Transformation("parity x -> -x", linear=-np.eye(dim))]


def scaling(dim: int, factor: float, dimension: float, components: int = 1) -> list[Transformation]:
    """(g phi)(x) = s^(-Delta) phi(x/s), under which G^(n)(s x) = s^(-n Delta) G^(n)(x): scaling dimension ``dimension`` = Delta."""
    output = factor**-dimension * np.eye(components)
    return [Transformation(f"scale s = {factor:g}, Delta = {dimension:g}", output=output, linear=factor * np.eye(dim))]


def output_permutations(components: int) -> list[Transformation]:
    """All permutations of the outputs but the identity."""
    return [
        Transformation(f"outputs {order}", output=np.eye(components)[list(order)])
        for order in permutations(range(components))
        if list(order) != sorted(order)
    ]


def _haar(law: Callable[..., Any], size: int, number: int, seed: int) -> list[tuple[int, np.ndarray]]:
    random = np.random.default_rng(seed)
    return [(k, np.atleast_2d(law(size, random_state=random))) for k in range(number)]
