r"""Balanced metrics by Donaldson's iteration.

With $F = s^\dagger H s$ the T-operator is $T(H)_{AB} = \frac{N_k}{V_\Omega}\int\frac{s_A\bar s_B}{F}|\Omega|^2$ over the $N_k$ sections
that are independent on X; the iteration $H\to (T(H)^{-1})^{\mathsf T}$ converges to the balanced metric from every start (Donaldson,
arXiv:math/0512625), whose distance from the Ricci-flat one falls with a power of the degree.  It minimises nothing: a fit of the same
degree (`fit`) is nearer to Ricci-flat.
"""

import numpy as np

from certifield._arguments import of_kind, positive_float, whole
from certifield.evidence import InputError, NotConverged

from ..points import Points
from ..varieties import Symmetry
from ._algebraic import AlgebraicMetric
from ._forms import InvariantForms, invariant_forms

_POINTS_EACH = 10  # invariant entries of H need this many points each


def balanced(
    start: AlgebraicMetric, points: Points, *, symmetry: Symmetry | None = None, tolerance: float = 1e-6, iterations: int = 50
) -> AlgebraicMetric:
    """The balanced metric of one logarithm, from the H of ``start``, with the integrals of the T-operator over ``points``.

    ``symmetry``: that of the variety unless another is given, over which T is averaged; ``tolerance``: relative change of H at the end.
    Raises `InputError` for a potential of several logarithms and for too few points, and `NotConverged` after ``iterations``.
    """
    of_kind("start", start, AlgebraicMetric, "such as fubini_study(fermat(), logarithms(fermat(), [1], [[4]]))")
    if len(start.terms) != 1:
        raise InputError("start", start.terms, "one logarithm", "take a class that is a multiple of a multidegree")
    if not of_kind("points", points, Points, "such as sample(variety, draws=1000, seed=1)").variety.same_as(start.variety):
        raise InputError("points", repr(points.variety), f"of the variety of the metric, {start.variety!r}", "sample start.variety")
    tolerance = positive_float("tolerance", tolerance, "try tolerance=1e-6")
    iterations = whole("iterations", iterations, 1, 10**6, "try iterations=50")
    forms = invariant_forms(start.variety, start.terms[0].degrees, symmetry)
    if len(points) < _POINTS_EACH * forms.size:
        given = f"{len(points)} points for {forms.size} entries"
        raise InputError("points", given, f"{_POINTS_EACH} points an entry", "sample more, or take a lower degree")
    (sections,), (h,) = start.sections, start.matrices
    independent = np.linalg.svd(sections.relations.conj().T)[2][sections.relations.shape[1] :].T if sections.relations.shape[1] else None
    values = sections.jets(points.local)[:, 0]
    change = np.inf
    for _ in range(iterations):
        new = sections.canonical(_step(values, points.weights / points.weights.sum(), h, forms, independent))
        new *= np.trace(h).real / np.trace(new).real
        change = np.linalg.norm(new - h) / np.linalg.norm(h)
        h = new
        if change < tolerance:
            return AlgebraicMetric(start.variety, start.terms, (h,))
    raise NotConverged(f"H still changes by {change:.1e} after {iterations} iterations: allow more, or a larger tolerance")


def _step(values: np.ndarray, share: np.ndarray, h: np.ndarray, forms: InvariantForms, independent: np.ndarray | None) -> np.ndarray:
    """The inverse of T, transposed, on the sections that are independent: s = P u with P^dagger P = 1."""
    size = np.sum((values @ h) * values.conj(), axis=1).real
    t = forms.matrix(forms.parameters(values.T @ (values.conj() * (share / size)[:, None])))
    if independent is None:
        return np.linalg.inv(t).T / len(t)
    p = independent
    return p.conj() @ np.linalg.inv(p.conj().T @ t @ p).T @ p.T / p.shape[1]
