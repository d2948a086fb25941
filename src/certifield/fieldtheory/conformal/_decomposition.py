"""Which operators appear in a four-point function, and with which coefficients."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from certifield.evidence import Estimate, Exact, InputError, NoClosedForm

from ._blocks import block, finite_block
from ._four_point import FourPoint


def scalar_blocks(found: FourPoint, dim: int) -> Mapping[Fraction, Exact]:
    r"""Coefficients of scalar operators, by dimension, of a g that is a finite sum of their blocks; exact, by comparison of powers.

    Raises `NoClosedForm` where such blocks are not enough.

    >>> from certifield.fieldtheory.conformal import sphere, theta_power
    >>> {str(dimension): str(value.value) for dimension, value in scalar_blocks(theta_power(sphere(4)), 4).items()}
    {'-2': '3/2', '0': '1'}
    """
    rest = {power: Fraction(value.value) if isinstance(value.value, int | Fraction) else None for power, value in found.terms.items()}
    if None in rest.values():
        raise NoClosedForm("the moments of this law are no fractions; give coefficients() the values at some points")
    left, answer = {power: value for power, value in rest.items() if value}, {}
    while left:
        lowest = min(a for a, _ in left)
        if lowest > 0 or lowest.denominator != 1:
            raise NoClosedForm(f"a term u^{lowest} is left, which no finite block begins with")
        terms = finite_block(dim, 2 * int(lowest))
        leading = max(b for a, b in terms if a == lowest)
        factor = left.get((lowest, leading), Fraction(0)) / terms[lowest, leading]
        left = {power: left.get(power, Fraction(0)) - factor * terms.get(power, Fraction(0)) for power in {*left, *terms}}
        left = {power: value for power, value in left.items() if value}
        if factor == 0 or any(a == lowest for a, _ in left):
            raise NoClosedForm("operators with spin are needed, beside scalar ones")
        answer[2 * lowest] = Exact(factor, "comparison of powers of the cross-ratios", "hep-th/0011040")
    return answer


def coefficients(values: Exact | Estimate, dim: int, operators: Sequence[tuple[float, int]], z: Any) -> Estimate:
    r"""Coefficients P [operators] of $g(z) = \sum P_i G_i$ for ``operators`` (dimension, spin), from values of g at z [K].

    (0, 0) is the identity.  Least squares, weighted by the covariance of the values where they are an `Estimate`; the error is theirs.
    From exact values the error is by how far the coefficients move when every second point is left out: no bound, and it vanishes only
    where the operators are enough.  Raises `InputError` for fewer than twice as many points as operators.
    """
    points = np.atleast_1d(np.asarray(z, dtype=complex))
    if values.shape != points.shape or points.ndim != 1 or len(points) < 2 * len(operators) or not operators:
        raise InputError("z", points.shape, f"[K] as the values, with K >= {2 * len(operators)}", "two points or more for each operator")
    columns = [np.asarray(block(dim, dimension, spin, points).value) for dimension, spin in operators]
    design = np.stack(columns, axis=1)
    if isinstance(values, Estimate):
        if np.any(values.refused):
            raise InputError("values", "with refused error bars", "values with error bars", "take more draws")
        whitened = _whitener(values.covariance)
        solve = np.linalg.pinv(whitened @ design) @ whitened
        deviations = {source: given @ solve.T for source, given in values.deviations.items()}
        return Estimate(solve @ values.mean, deviations, values.draws, values.blocks, values.seed, "fit of conformal blocks",
                        values.precision, values.bias)  # fmt: skip
    truth = np.asarray(values.value, dtype=float)
    found, half = np.linalg.lstsq(design, truth)[0], np.linalg.lstsq(design[::2], truth[::2])[0]
    source = f"fit of {len(operators)} blocks at {len(points)} points"
    return Estimate.from_stderr(found, np.abs(found - half) + 1e-14 * np.abs(found), source=source, method="least squares", bias="unknown")


def _whitener(covariance: np.ndarray) -> np.ndarray:
    """Rows W with W C W^T = 1 in the directions in which the values deviate; few draws know few directions."""
    values, vectors = np.linalg.eigh(covariance)
    floor = 1e-9 * values[-1]
    return (vectors / np.sqrt(np.maximum(values, floor))).T
