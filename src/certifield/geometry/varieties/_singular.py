r"""Singular points, looked for by Newton's method.

A point is singular where $\sum_a \lambda_a\, dp_a = 0$ for some $\lambda\neq0$.  From points of X where the differentials are nearest to
dependent, the system $p = 0$, $\sum_a\lambda_a\,dp_a = 0$, with $\lambda$ and the coordinates of every factor of length 1, is solved for
$(z, \lambda)$ by damped least squares.  It is overdetermined: it has a zero where X is singular, and none elsewhere.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from scipy.optimize import least_squares

from certifield._arguments import of_kind
from certifield.evidence import InputError

from ._variety import Variety

_ZERO = 1e-10  # residual of a point that is singular up to rounding
_STARTS = 12
_GAIN = 1e-8  # relative, of the squared residual, below which a search that ends elsewhere is given up
_MOST = 20_000  # points that are looked at
_OWN = 2000  # points that are made where none are given
_searched: "WeakKeyDictionary[Variety, Singularity]" = WeakKeyDictionary()


@dataclass(frozen=True)
class Singularity:
    """What is known of singular points: ``singular`` True or False where it is decided, None where nothing was found.

    ``point``: a singular point, of length 1 in each factor and with its largest coordinate there above 0; ``residual``: of its equations;
    ``nearest``: the least distance of the differentials from dependence that was met, relative to their size; ``reason``: the argument.
    Nothing found is no proof of smoothness.
    """

    singular: bool | None
    point: np.ndarray | None
    residual: float | None
    nearest: float
    reason: str

    def __str__(self) -> str:
        if self.singular is False:
            return f"smooth: {self.reason}"
        if self.singular is None:
            return f"smoothness is not proved: {self.reason}"
        place = "" if self.point is None else f" at ({', '.join(map(_shown, self.point))})"
        return f"singular{place}: {self.reason}"


def dependence(variety: Variety, z: np.ndarray) -> np.ndarray:
    """How far the differentials at ``z`` are from dependent: smallest over largest possible singular value, between 0 and 1 about.

    Of the Jacobian at coordinates of length 1, its rows divided by the size of the coefficients of their polynomials.
    """
    jacobian = variety.jacobian(variety.normalised(z)) / _sizes(variety)[None, :, None]
    return np.linalg.svd(jacobian, compute_uv=False)[:, -1]


def find_singularity(variety: Variety, z: np.ndarray | None = None) -> Singularity:
    """A singular point of X, looked for from the points ``z`` [points, coordinates] of X, the most suspicious first.

    Without ``z`` the search makes points of its own.  Where the family decides, its argument is the reason, and the search only shows the
    point.
    """
    of_kind("variety", variety, Variety, "such as fermat()")
    if z is None:
        z = _points_of(variety)
    given = z
    z = np.asarray(z)
    if z.dtype.kind not in "iufc" or z.ndim != 2 or z.shape[1] != variety.coordinates or not len(z):
        raise InputError("z", given, f"points [points, {variety.coordinates}]", "leave it out, or pass sample(...).z")
    lengths = [np.linalg.norm(z[:, part], axis=1) for part in variety.factors]
    if not np.all(np.isfinite(lengths)) or not np.all(lengths):
        raise InputError("z", given, "finite, with a coordinate other than 0 in each factor", "leave it out, or pass sample(...).z")
    far = dependence(variety, z)
    best, point = np.inf, None
    if variety.smooth is not True:
        for start in np.argsort(far)[:_STARTS]:
            found, residual = _newton(variety, variety.normalised(z[[start]])[0])
            if residual < best:
                best, point = residual, found
            if best < _ZERO:
                break
    found = best < _ZERO
    if point is not None:
        for part in variety.factors:
            largest = point[part][np.argmax(np.abs(point[part]))]
            point[part] *= np.abs(largest) / largest
    if variety.smooth is not None:
        return Singularity(not variety.smooth, point if found else None, best if found else None, float(far.min()), variety.reason)
    reason = (
        f"Newton's method ends at a singular point, residual {best:.1e}"
        if found
        else f"no singular point was found from {min(_STARTS, len(z))} starts"
    )
    return Singularity(True if found else None, point if found else None, best if found else None, float(far.min()), reason)


def smoothness(variety: Variety, z: np.ndarray) -> Singularity:
    """What is known of singular points of X: the argument of its family, or what one search from its points ``z`` found."""
    if variety not in _searched:
        decided = variety.smooth is True or (variety.smooth is None and variety.reason)  # by an argument, certain or with probability 1
        argued = Singularity(False if variety.smooth else None, None, None, np.nan, variety.reason)
        _searched[variety] = argued if decided else find_singularity(variety, z[:_MOST])
    return _searched[variety]


def _points_of(variety: Variety) -> np.ndarray:
    """Random points of the ambient space, moved to X by Newton's method along the shortest way."""
    random = np.random.default_rng(0)
    z = variety.normalised(random.normal(size=(_OWN, variety.coordinates, 2)) @ np.array([1, 1j]))
    for _ in range(10):
        inverse = np.linalg.pinv(variety.jacobian(z))
        z = variety.normalised(z - (inverse @ variety.values(z)[:, :, None])[:, :, 0])
    there = np.max(np.abs(variety.values(z)) / _sizes(variety), axis=1) < 1e-8
    return z[there] if there.any() else z


def _newton(variety: Variety, start: np.ndarray) -> tuple[np.ndarray, float]:
    sizes, size, equations = _sizes(variety), variety.coordinates, len(variety.polynomials)
    multipliers = np.linalg.svd(variety.jacobian(start[None])[0] / sizes[:, None])[0][:, -1].conj()

    def parts(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        complex_ = x[: len(x) // 2] + 1j * x[len(x) // 2 :]
        return complex_[:size], complex_[size:]

    def residual(x: np.ndarray) -> np.ndarray:
        z, weights = parts(x)
        values = variety.values(z[None])[0] / sizes
        gradient = weights @ (variety.jacobian(z[None])[0] / sizes[:, None])
        lengths = [np.vdot(z[part], z[part]).real - 1 for part in variety.factors] + [np.vdot(weights, weights).real - 1]
        return np.concatenate([values.real, values.imag, gradient.real, gradient.imag, lengths])

    def jacobian(x: np.ndarray) -> np.ndarray:
        z, weights = parts(x)
        first = variety.jacobian(z[None])[0] / sizes[:, None]
        second = np.tensordot(weights / sizes, np.stack([p.hessian(z[None])[0] for p in variety.polynomials]), 1)
        holomorphic = np.block([[first, np.zeros((equations, equations))], [second, first.T]])
        lengths = np.zeros((len(variety.factors) + 1, size + equations), dtype=complex)
        for row, part in enumerate(variety.factors):
            lengths[row, part] = 2 * z[part].conj()
        lengths[-1, size:] = 2 * weights.conj()
        upper, lower = holomorphic[:equations], holomorphic[equations:]
        rows = [np.hstack([np.real(one), -np.imag(one)]) if real else np.hstack([np.imag(one), np.real(one)])
                for one in (upper, lower) for real in (True, False)]  # fmt: skip
        return np.vstack([*rows, np.hstack([np.real(lengths), -np.imag(lengths)])])

    both = np.concatenate([start, multipliers])
    x = np.concatenate([np.real(both), np.imag(both)])
    solved = least_squares(residual, x, jacobian, xtol=1e-15, ftol=_GAIN, gtol=1e-15, max_nfev=200)  # type: ignore[arg-type]
    return parts(solved.x)[0], float(np.linalg.norm(solved.fun))


def _shown(one: complex) -> str:
    real, imaginary = (round(float(part), 4) + 0.0 for part in (np.real(one), np.imag(one)))
    return f"{real:g}" if imaginary == 0 else f"{complex(real, imaginary):g}"


def _sizes(variety: Variety) -> np.ndarray:
    return np.array([np.linalg.norm(p.coefficients) for p in variety.polynomials])
