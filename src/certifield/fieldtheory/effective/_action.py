"""The action of a field at P points from its connected correlators.

    S = 1/2 phi Delta phi - sum_r (1/r!) sum g_r(x_1..x_r) phi_1 ... phi_r,   Delta = (G_c2)^(-1),   weight exp(-S),

with g_r the sum of all connected diagrams with r legs (`_diagrams`).  At P points Delta is the inverse of a matrix and a diagram is a
contraction of tensors.  In the continuum Delta is a differential or pseudo-differential operator, which is not evaluated here.
Source: arXiv:2307.03223.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from certifield.correlators import exact
from certifield.ensembles import Ensemble
from certifield.evidence import InputError, MissingExtra, PrecisionError

from ._diagrams import Diagram, diagrams_by_dependence, diagrams_by_width

WORST_CONDITION = 1e12  # of the kernel, in 64-bit numbers
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, eq=False)
class Action:
    """Couplings of the action at P points.

    ``delta`` [P, P]; ``couplings``: r -> symmetric tensor g_r of shape [P] * r, as it enters -S as g_r phi^r / r!; ``diagrams``: r -> the
    diagrams summed, with their ``values`` [P] * r each; ``condition`` of the kernel; ``digits`` of the arithmetic (16 are floats, more
    are mpmath numbers in arrays of objects).
    """

    delta: np.ndarray
    couplings: Mapping[int, np.ndarray]
    diagrams: Mapping[int, Sequence[Diagram]]
    values: Mapping[int, Sequence[np.ndarray]]
    condition: float
    digits: int

    def log_density(self, field: Any) -> np.ndarray:
        """-S without its constant, at fields [..., P]: an expansion, which holds for small fields."""
        phi = np.asarray(field)
        flat = phi.reshape(-1, len(self.delta))
        total = -np.einsum("ma,ab,mb->m", flat, self.delta, flat, optimize="greedy") / 2
        for legs, tensor in self.couplings.items():
            slots = _LETTERS[:legs]
            spelled = f"{slots},{','.join('Z' + slot for slot in slots)}->Z"
            total = total + np.einsum(spelled, tensor, *[flat] * legs, optimize="greedy") / math.factorial(legs)
        return total.reshape(phi.shape[:-1])


def action_from_correlators(
    kernel: Any, connected: Mapping[int, Any], *, order: int = 2, legs: Sequence[int] = (2, 4, 6), counting: str = "width", digits: int = 16
) -> Action:
    """The action to ``order`` from G_c2 = ``kernel`` [P, P] and ``connected``: n -> G_c^(n) of shape [P] * n, n even.

    ``counting``: "width", where G_c^(2k) is of order N^(1-k) (at order 2: G_c4, its square and G_c6), or "dependence", where every
    connected correlator is of first order in what breaks the independence of neurons, up to the highest that is given.
    ``digits`` beyond 16 work with mpmath on kernels and correlators given as mpmath numbers.
    Raises `InputError` for tensors of other shapes or that are missing; `PrecisionError` where the kernel's condition number exceeds 1e12
    in floats: points too close together.

    >>> found = action_from_correlators([[0.5]], {4: [[[[3 / 640]]]], 6: np.zeros((1,) * 6)})  # the cos-net at a point, N = 80
    >>> round(float(found.couplings[4].ravel()[0]) / 24, 6)
    0.00333
    """
    matrix = np.array(kernel, dtype=object if digits > 16 else float)
    if (
        matrix.ndim != 2
        or matrix.shape[0] != matrix.shape[1]
        or not len(matrix)
        or np.any(abs(matrix - matrix.T) > 1e-12 * abs(matrix).max())
    ):
        raise InputError("kernel", np.shape(kernel), "a symmetric matrix [P, P]", "pass cf.correlators.kernel_matrix(...).value")
    tensors = {int(n): _checked(np.asarray(given), n, len(matrix)) for n, given in connected.items()}
    delta, condition = _inverse(matrix, digits)
    chosen = {r: _chosen(counting, r, order, max(tensors, default=4)) for r in legs}
    needed = {degree for several in chosen.values() for one in several for degree in one.degrees} - set(tensors)
    if needed:
        raise InputError(
            "connected", sorted(tensors), f"correlators of the orders {sorted(needed | set(tensors))}", "add them, or lower order"
        )
    with _arithmetic(digits):
        values = {r: [value_of(one, delta, tensors) for one in several] for r, several in chosen.items()}
        couplings = {r: sum(each, np.zeros((len(matrix),) * r)) for r, each in values.items()}
    return Action(delta, couplings, chosen, values, condition, digits)


def action_of(ensemble: Ensemble, points: Any, *, order: int = 2, legs: Sequence[int] = (2, 4, 6)) -> Action:
    """The action of a single hidden layer at ``points`` [P, dim] to ``order`` in 1/N, from its exact connected correlators.

    Raises as `action_from_correlators` and `cf.correlators.exact`.
    """
    where = np.asarray(points, dtype=float)
    tensors = {n: correlator_tensor(ensemble, where, n) for n in range(4, 2 * order + 3, 2)}
    return action_from_correlators(correlator_tensor(ensemble, where, 2), tensors, order=order, legs=legs)


def correlator_tensor(ensemble: Ensemble, points: Any, order: int) -> np.ndarray:
    """G_c^(order) at all tuples of points, [P] * order, from one exact value for every sorted tuple.  Raises as `cf.correlators.exact`."""
    where = np.asarray(points, dtype=float)
    rows = np.array(list(itertools.combinations_with_replacement(range(len(where)), order)))
    values = np.asarray(exact(ensemble, where, indices=rows, connected=True).value)
    place = {tuple(row): value for row, value in zip(rows.tolist(), values, strict=True)}
    tensor = np.empty((len(where),) * order)
    for index in np.ndindex(tensor.shape):
        tensor[index] = place[tuple(sorted(index))]
    return tensor


def value_of(diagram: Diagram, delta: np.ndarray, connected: Mapping[int, np.ndarray]) -> np.ndarray:
    """The diagram as a tensor [P] * r: sign / S times the sum over the different labellings of its legs."""
    slots, operands, terms, outside = iter(_LETTERS), [], [], ""
    ends: list[list[str]] = [[next(slots) for _ in range(degree)] for degree in diagram.degrees]
    for vertex, letters in enumerate(ends):
        operands.append(connected[diagram.degrees[vertex]])
        terms.append("".join(letters))
    free = [list(letters) for letters in ends]
    owners = []
    for v in range(len(ends)):
        for w in range(v, len(ends)):
            for _ in range(diagram.lines[v][w]):
                operands.append(delta)
                terms.append(free[v].pop() + free[w].pop())
    for v, letters in enumerate(free):
        for letter in letters:
            label = next(slots)
            operands.append(delta)
            terms.append(letter + label)
            outside += label
            owners.append(v)
    canonical = np.einsum(f"{','.join(terms)}->{outside}", *operands, optimize="greedy")
    return _symmetrised(canonical, owners) * diagram.labellings / diagram.symmetry * diagram.sign


def _symmetrised(tensor: np.ndarray, owners: Sequence[int]) -> np.ndarray:
    """The mean over all ways to give the legs to their vertices: all different labellings weigh alike in it."""
    groups = sorted(set(itertools.permutations(owners)))
    total = np.zeros_like(tensor)
    for wanted in groups:
        places: dict[int, list[int]] = {}
        for axis, owner in enumerate(owners):
            places.setdefault(owner, []).append(axis)
        axes = [places[owner].pop(0) for owner in wanted]
        total = total + np.transpose(tensor, axes)
    return total / len(groups)


def _chosen(counting: str, legs: int, order: int, highest: int) -> tuple[Diagram, ...]:
    if counting == "width":
        return diagrams_by_width(legs, order)
    if counting == "dependence":
        return diagrams_by_dependence(legs, order, highest)
    raise InputError("counting", counting, '"width" or "dependence"', 'try counting="width"')


def _checked(tensor: np.ndarray, order: int, points: int) -> np.ndarray:
    if order < 4 or order % 2 or tensor.shape != (points,) * order:
        raise InputError(f"connected[{order}]", tensor.shape, f"of shape {(points,) * order}, even order from 4", "see correlator_tensor")
    return tensor


def _inverse(kernel: np.ndarray, digits: int) -> tuple[np.ndarray, float]:
    if digits <= 16:
        values = np.linalg.eigvalsh(kernel)
        condition = float(values[-1] / values[0]) if values[0] > 0 else np.inf
        if condition > WORST_CONDITION:
            raise PrecisionError(
                f"the kernel has condition number {condition:.2g}: its inverse has no digits left. Move the points apart, or "
                "pass mpmath numbers with digits=50"
            )
        return np.linalg.inv(kernel), condition
    mpmath = _mpmath()
    with _arithmetic(digits):
        matrix = mpmath.matrix(kernel.tolist())
        inverse = mpmath.inverse(matrix)
        # The product of the norms bounds the condition number from above, within a factor of the size.
        condition = float(mpmath.mnorm(matrix, 1) * mpmath.mnorm(inverse, 1))
        if condition > 10.0 ** (digits - 4):
            raise PrecisionError(f"the kernel has condition number {condition:.2g}: ask for more than {digits} digits")
        return np.array(inverse.tolist(), dtype=object).reshape(kernel.shape), condition


def _arithmetic(digits: int) -> AbstractContextManager:
    return nullcontext() if digits <= 16 else _mpmath().workdps(digits)


def _mpmath() -> Any:
    try:
        import mpmath
    except ImportError as error:
        raise MissingExtra("more than 16 digits need mpmath: pip install 'certifield[precision]'") from error
    return mpmath
