r"""Fits of algebraic metrics: least squares for the Monge-Ampere equation.

With $\eta = \det g/|\Omega|^2$ over its mean, the energy $E_F = \int (1-\eta)^2 dV_\Omega$ of Headrick and Nassar (arXiv:0908.2635) is a
nonlinear least-squares problem in the entries of H, which `scipy.optimize.least_squares` solves by a trust region.  A step that makes the
metric negative at a point is refused there, and shorter ones are tried; H is positive definite at the end.

Few parameters (a symmetry): the forms O_l are tabulated at the points, and the Jacobian is a matrix.  Many: only jets of sections are kept,
products with the Jacobian are matrix products, and the linear systems are solved by LSMR, in a basis in which the present H is 1, since
there the Jacobian is well scaled; the basis is renewed after every few steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import get_blas_funcs
from scipy.optimize import least_squares
from scipy.sparse.linalg import LinearOperator, lsmr

from certifield._arguments import of_kind, positive_float, whole
from certifield.evidence import InputError

from ..points import Points
from ..varieties import Symmetry
from ._algebraic import AlgebraicMetric
from ._forms import InvariantForms, invariant_forms, packed, unpacked
from ._levi import determinant, metric_of, volume_slopes
from ._progress import LONG, Progress, Told, silent

_TABULATED = 200  # parameters up to which the Jacobian is a matrix
_CHUNK = 4096  # points a matrix product
POINTS_ENOUGH = 15  # a parameter, that the fit does not follow the points
POINTS_EACH = 3  # parameters need this many points each at the least


def fit(
    start: AlgebraicMetric,
    points: Points,
    *,
    symmetry: Symmetry | None = None,
    steps: int = 30,
    tolerance: float = 1e-3,
    inner: int = 30,
    progress: Told | None = None,
) -> AlgebraicMetric:
    """The metric with the least energy on ``points``, from ``start``, among those that ``symmetry`` leaves invariant.

    ``symmetry``: that of the variety unless another is given; `Symmetry()` is none.  ``steps``: evaluations at the most; ``tolerance``:
    relative gain of the energy below which it ends; ``inner``: iterations of LSMR in a step of a large fit; ``progress``: called with a
    line of text after each step; without it the lines of a long fit go to stderr.
    Raises `InputError` for fewer than three points a parameter, and where the start is not positive at a point.
    """
    of_kind("start", start, AlgebraicMetric, "such as fubini_study(fermat(), [1])")
    if not of_kind("points", points, Points, "such as sample(variety, draws=1000, seed=1)").variety.same_as(start.variety):
        raise InputError("points", repr(points.variety), f"of the variety of the metric, {start.variety!r}", "sample start.variety")
    steps = whole("steps", steps, 1, 10**6, "try steps=30")
    inner = whole("inner", inner, 1, 10**6, "try inner=30")
    tolerance = positive_float("tolerance", tolerance, "try tolerance=1e-3")
    forms = [invariant_forms(start.variety, term.degrees, symmetry) for term in start.terms]
    parameters = sum(one.size for one in forms)
    if len(points) < POINTS_EACH * parameters:
        given = f"{len(points)} points for {parameters} parameters"
        raise InputError("points", given, f"{POINTS_EACH} points a parameter, better 15", "sample more, or take a lower degree")
    if parameters <= _TABULATED:
        return _tabulated(start, forms, points, steps, tolerance)
    tell = Progress(progress if progress is not None or parameters * len(points) >= LONG else silent)
    return _matrix_free(start, points, steps, tolerance, inner, tell)


@dataclass(frozen=True)
class _Energy:
    """Residuals $\\sqrt w\\,(1 - \\eta)$ with $\\sum w = 1$ and $\\sum w\\eta = 1$, and how they vary."""

    weights: Sequence[float]
    omega: np.ndarray
    share: np.ndarray

    @classmethod
    def of(cls, start: AlgebraicMetric, points: Points) -> "_Energy":
        return cls(start.weights, points.omega, points.weights / points.weights.sum())

    def eta(self, metric: np.ndarray) -> np.ndarray:
        """NaN everywhere where the metric fails to be positive at a point."""
        ratio = determinant(metric) / self.omega
        return ratio / (self.share @ ratio)

    def residual(self, forms: Sequence[np.ndarray]) -> np.ndarray:
        eta = self.eta(metric_of(self.weights, forms))
        return np.where(np.isfinite(eta), np.sqrt(self.share) * (1 - eta), np.inf)

    def slopes(self, forms: Sequence[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
        """eta [N], and $-\\sqrt w\\,\\eta\\,W_j$: the residual varies by Re sum of these times dA, less $\\sqrt w\\,\\eta$ times their
        mean.
        """
        metric = metric_of(self.weights, forms)
        eta = self.eta(metric)
        scale = (-np.sqrt(self.share) * eta)[:, None, None]
        return eta, [scale * w for w in volume_slopes(self.weights, forms, metric)]

    def projected(self, eta: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Less the variation of the mean, for rows [N] or [N, L]."""
        root = np.sqrt(self.share)
        return rows - np.multiply.outer(root * eta, root @ rows)

    def projected_back(self, eta: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The transpose of the above, for rows [N]."""
        root = np.sqrt(self.share)
        return rows - root * ((root * eta) @ rows)


def _tabulated(start: AlgebraicMetric, forms: list[InvariantForms], points: Points, steps: int, tolerance: float) -> AlgebraicMetric:
    energy, size = _Energy.of(start, points), start.variety.dimension + 1
    ends = np.cumsum([one.size for one in forms])[:-1]
    tables = [one.expanded(points.local) for one in forms]

    def forms_at(c: np.ndarray) -> list[np.ndarray]:
        return [unpacked((part @ table), size) for table, part in zip(tables, np.split(c, ends), strict=True)]

    def inside(c: np.ndarray) -> bool:
        return all(one.positive(part) for one, part in zip(forms, np.split(c, ends), strict=True))

    def residual(c: np.ndarray) -> np.ndarray:
        return energy.residual(forms_at(c))

    def inside_residual(c: np.ndarray) -> np.ndarray:
        return residual(c) if inside(c) else np.full(len(points), np.inf)

    def jacobian(c: np.ndarray) -> np.ndarray:
        eta, slopes = energy.slopes(forms_at(c))
        twice = 2 - np.eye(size).ravel()  # an entry and its mirror image
        pulled = [(table @ (twice * packed(w.conj()))[:, :, None])[:, :, 0] for table, w in zip(tables, slopes, strict=True)]
        return energy.projected(eta, np.concatenate(pulled, axis=1))

    c = np.concatenate([one.parameters(h) for one, h in zip(forms, start.matrices, strict=True)])
    _require_positive(inside_residual(c))
    # The way to a minimum inside of the cone may lead through its outside: the whole cone is a constraint where the minimum asks for it.
    for function in (residual, inside_residual):
        solved = least_squares(function, c, jacobian, ftol=tolerance, xtol=1e-12, gtol=1e-14, x_scale="jac", max_nfev=steps)  # type: ignore[arg-type]
        if inside(solved.x):
            break
    parts = zip(forms, np.split(solved.x, ends), strict=True)
    return AlgebraicMetric(start.variety, start.terms, tuple(one.canonical(part) for one, part in parts))


def _matrix_free(start: AlgebraicMetric, points: Points, steps: int, tolerance: float, inner: int, tell: Told = silent) -> AlgebraicMetric:
    """Gauss-Newton: each step is the least-squares solution of LSMR for the linearised residual, halved until it gains.

    The jets are those of the basis ``bases`` of sections, in which H = 1; they are the memory of a fit, so that a step rewrites them.
    """
    energy = _Energy.of(start, points)
    jets = [one.jets(points.local, dtype=np.complex64) for one in start.sections]
    bases = [np.linalg.cholesky(one.canonical(h)) for one, h in zip(start.sections, start.matrices, strict=True)]
    for u, root in zip(jets, bases, strict=True):
        _change_basis(u, root)
    forms = [_form(u, np.eye(u.shape[2])) for u in jets]
    residual = energy.residual(forms)
    _require_positive(residual)
    damping = 1e-2
    tell(f"root of the mean of (1 - eta)^2 at the start {np.linalg.norm(residual):.4f}")
    for number in range(1, steps + 1):
        before = residual @ residual
        operator = _operator(energy, jets, forms)
        # Relative to the size of the operator, as LSMR sees it along the gradient.
        gradient = operator.rmatvec(residual)
        size = float(np.linalg.norm(operator.matvec(gradient)) / np.linalg.norm(gradient))
        step = _matrices(lsmr(operator, -residual, damp=damping * size, atol=1e-3, btol=1e-3, maxiter=inner)[0], [len(h) for h in bases])
        for halving in range(8):
            moved = [np.eye(len(x)) + x * 0.5**halving for x in step]
            if min(np.linalg.eigvalsh(h)[0] for h in moved) > 0:
                forms_moved = [_form(u, h) for u, h in zip(jets, moved, strict=True)]
                trial = energy.residual(forms_moved)
                if trial @ trial < before:
                    break
        else:
            damping *= 10
            if damping > 1:
                break
            continue
        forms, residual = forms_moved, trial
        tell(f"after step {number} of {steps} at the most {np.linalg.norm(residual):.4f}")
        roots = [np.linalg.cholesky(h) for h in moved]
        bases = [base @ root for base, root in zip(bases, roots, strict=True)]
        damping = damping / 3 if halving == 0 else damping * 2
        if before - residual @ residual < tolerance * before:
            break
        for u, root in zip(jets, roots, strict=True):
            _change_basis(u, root)
    canonical = (one.canonical(base @ base.conj().T) for one, base in zip(start.sections, bases, strict=True))
    return AlgebraicMetric(start.variety, start.terms, tuple(h * (len(h) / np.trace(h).real) for h in canonical))


def _change_basis(jets: np.ndarray, root: np.ndarray) -> None:
    """The jets of the sections times ``root``, where they are."""
    for start in range(0, len(jets), _CHUNK):
        jets[start : start + _CHUNK] = _times(jets[start : start + _CHUNK], root)


def _form(jets: np.ndarray, h: np.ndarray) -> np.ndarray:
    """A [N, n + 1, n + 1] in double precision, of jets in single precision."""
    found = np.empty((*jets.shape[:2], jets.shape[1]), dtype=np.complex128)
    for start in range(0, len(jets), _CHUNK):
        part = jets[start : start + _CHUNK]
        found[start : start + _CHUNK] = _times(part, h) @ part.conj().transpose(0, 2, 1)
    return (found + found.conj().transpose(0, 2, 1)) / 2


def _times(jets: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return (jets.reshape(-1, jets.shape[2]) @ matrix.astype(jets.dtype)).reshape(*jets.shape[:2], -1)


def _matrices(vector: np.ndarray, sizes: Sequence[int]) -> list[np.ndarray]:
    """The Hermitian matrices X of a vector: its numbers are all real parts, then all imaginary parts, of square matrices in a row."""
    found, start = [], 0
    for size in sizes:
        square = vector[start : start + 2 * size * size].reshape(2, size, size)
        y = square[0] + 1j * square[1]
        found.append((y + y.conj().T) / 2)
        start += 2 * size * size
    return found


def _operator(energy: _Energy, based: Sequence[np.ndarray], forms: Sequence[np.ndarray]) -> LinearOperator:
    r"""The Jacobian in X, where the jets ``based`` are those of a basis in which H = 1.

    With $W = \sum_r \epsilon_r\,\bar u_r u_r^T$ a row is $\sum_r\epsilon_r\,v_r X v_r^\dagger$ for the combinations $v_r = u_r S$ of jets,
    so that a product takes one matrix multiplication and one sum of squares.
    """
    eta, slopes = energy.slopes(forms)
    sizes, points = [s.shape[2] for s in based], len(eta)
    signs, rays = [], []
    for s, w in zip(based, slopes, strict=True):
        values, vectors = np.linalg.eigh((w.conj() + w.transpose(0, 2, 1)) / 2)
        scaled = vectors * np.sqrt(np.abs(values))[:, None, :]
        signs.append(np.sign(values).astype(np.float32))
        rays.append((scaled.conj().transpose(0, 2, 1).astype(s.dtype) @ s).reshape(-1, s.shape[2]))

    def matvec(vector: np.ndarray) -> np.ndarray:
        rows = np.zeros(points)
        for sign, v, x in zip(signs, rays, _matrices(vector.ravel(), sizes), strict=True):
            components = sign.shape[1]
            for start in range(0, points, _CHUNK):
                part = v[start * components : (start + _CHUNK) * components]
                pushed = part @ x.astype(part.dtype)
                squares = np.einsum("nk,nk->n", _real(pushed), _real(part)).reshape(-1, components)
                rows[start : start + _CHUNK] += np.sum(squares * sign[start : start + _CHUNK], axis=1)
        return energy.projected(eta, rows)

    def rmatvec(rows: np.ndarray) -> np.ndarray:
        rows = energy.projected_back(eta, rows.ravel())
        parts = []
        for sign, v, size in zip(signs, rays, sizes, strict=True):
            total = np.zeros((size, size), dtype=np.complex128)
            scale = (sign * rows[:, None]).ravel()
            (rank,) = get_blas_funcs(("herk",), (v,))
            for start in range(0, len(v), 4 * _CHUNK):
                part, factors = v[start : start + 4 * _CHUNK], scale[start : start + 4 * _CHUNK]
                for side in (1.0, -1.0):
                    here = np.flatnonzero(side * factors > 0)
                    if len(here):
                        rooted = part[here] * np.sqrt(np.abs(factors[here])).astype(sign.dtype)[:, None]
                        total += rank(side, rooted.T)
            total = np.triu(total).conj() + np.triu(total, 1).T
            parts += [total.real.ravel(), total.imag.ravel()]
        return np.concatenate(parts)

    shape = (points, 2 * sum(size * size for size in sizes))
    return LinearOperator(shape, matvec=matvec, rmatvec=rmatvec, dtype=np.float64)  # type: ignore[call-arg]


def _real(complex_: np.ndarray) -> np.ndarray:
    """Real and imaginary parts side by side, without a copy."""
    return complex_.view(np.float32 if complex_.dtype == np.complex64 else np.float64)


def _require_positive(residual: np.ndarray) -> None:
    if not np.all(np.isfinite(residual)):
        raise InputError(
            "start", "a metric that is not positive at a point, or has an H that is not", "positive", "start from fubini_study"
        )
