"""What theorems say of the error: Barron's constant and bound, and the floor of polynomial activations."""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield._arguments import a_function, positive, whole
from certifield.evidence import Estimate, Exact, InputError

from ._shallow import Target, at_points


def barron_constant(target: Target, *, dim: int = 1, half_width: float = 8.0, modes: int = 64) -> Estimate:
    """C_f = int |w| |f^(w)| dw with f(x) = int f^(w) e^(i w.x) dw, of a function that is small outside the box |x_i| <= ``half_width``.

    By discrete Fourier transforms on boxes of two widths: sum_k |w_k| |c_k| over the coefficients c_k of the periodic extension, whose
    spacing D = pi/half_width costs an error ~ D^(d+1), the kink of |w| at zero, which is extrapolated.  The error bar is the
    extrapolated part and the difference from half the ``modes`` (of a dimension, on the narrower box): a function that is cut off at the
    edge, or has kinks, shows it there; its constant may be infinite.
    Raises `InputError` for odd or too few modes, or more than 2^22 points.  Reference: A. R. Barron, IEEE Trans. Inf. Theory 39 (1993) 930.
    """
    if isinstance(modes, bool) or not isinstance(modes, int) or modes < 8 or modes % 4:
        raise InputError("modes", modes, "a multiple of 4, at least 8", "try modes=64")
    half_width = positive("half_width", half_width)
    a_function("target", target, "a number on a line, of a point [dim] above, that returns a number")
    if whole("dim", dim, 1) and (2 * modes) ** dim > 1 << 22:
        raise InputError("dim", dim, f"at least 1, with (2 modes)^dim at most 2^22 (modes is {modes})", "take fewer modes")
    fine, coarse, wide = (
        _spectral_mean(target, dim, width, count)
        for width, count in ((half_width, modes), (half_width, modes // 2), (2 * half_width, 2 * modes))
    )
    if not np.isfinite([fine, coarse, wide]).all():
        raise InputError("target", "values that are not finite", "finite numbers in the box", "choose another half_width")
    part = (wide - fine) / (2 ** (dim + 1) - 1)
    error = abs(part) + abs(fine - coarse) + 1e-14 * wide
    return Estimate.from_stderr(wide + part, error, source=f"{modes} modes in {dim} dimensions", method="two boxes", bias="unknown")


def _spectral_mean(target: Target, dim: int, half_width: float, count: int) -> float:
    axis = half_width * (2 * np.arange(count) / count - 1)
    grid = np.stack(np.meshgrid(*[axis] * dim, indexing="ij"), axis=-1).reshape(-1, dim)
    samples = np.asarray(jax.vmap(at_points(target, dim))(jnp.asarray(grid))).reshape((count,) * dim)
    coefficients = abs(np.fft.fftn(samples)) / samples.size
    frequencies = np.stack(np.meshgrid(*[np.fft.fftfreq(count, 1 / count) * np.pi / half_width] * dim, indexing="ij"), axis=-1)
    return float((np.linalg.norm(frequencies, axis=-1) * coefficients).sum())


def barron_bound(constant: float, radius: float, neurons: int) -> Exact:
    """(2 r C_f)/sqrt(N): some N sigmoidal neurons have at most this root-mean-square error in the ball |x| <= r, for any measure on it."""
    value = 2 * positive("radius", radius) * positive("constant", constant) / whole("neurons", neurons, 1) ** 0.5
    return Exact(value, "2 r C_f/sqrt(N)", "Barron 1993", 4e-16 * value)


def free_knot_limit(target: Callable[[Array], Array], power: int, neurons: int, *, half_width: float = 1.0) -> Estimate:
    """What the root-mean-square error of the best N neurons ReLU^power on [-half_width, half_width] tends to, over N^-(power+1) terms of
    higher order: sqrt(|B_2p|/(2p)!) (int |f^(p)|^(2/(2p+1)) dx)^(p+1/2) N^-p/sqrt(2 half_width), p = power + 1, B Bernoulli numbers.

    Splines with free knots; the error bar is the difference of two quadratures, which is not small where f^(p) changes sign.
    Raises `InputError` for powers other than 1, 2, 3.  Reference: C. de Boor, Good approximation by splines with variable knots (1973).
    """
    constants = {1: 1 / 720, 2: 1 / 30240, 3: 1 / 1209600}
    p = whole("power", power, 1, 3, "try power=1 for ReLU") + 1
    half_width = positive("half_width", half_width)
    whole("neurons", neurons, 1)
    derivative = a_function("target", target, "a number that returns a number")
    for _ in range(p):
        derivative = jax.grad(derivative)
    values = []
    for count in (20_001, 10_001):
        x = np.linspace(-half_width, half_width, count)
        mass = np.trapezoid(abs(np.asarray(jax.vmap(derivative)(jnp.asarray(x)))) ** (2 / (2 * p + 1)), x)
        values.append(float(constants[power] ** 0.5 * mass ** (p + 0.5) * float(neurons) ** -p / (2 * half_width) ** 0.5))
    return _by_two(values, f"free knots, {power}, {neurons}, {values[0]!r}")


def polynomial_floor(target: Callable[[Array], Array], degree: int, *, half_width: float = 1.0) -> Estimate:
    """The least root-mean-square error of polynomials of ``degree`` on [-half_width, half_width]: no network with a polynomial activation
    of that degree, however wide, comes below it (Leshno, Lin, Pinkus, Schocken 1993).

    sqrt(mean f^2 - sum_(k <= degree) (2k + 1) (mean f P_k)^2) with Legendre polynomials, by 200 Gauss nodes; its error bar the difference
    from 150 nodes and rounding, which for analytic functions is rounding alone.
    Raises `InputError` for a degree below 0 or above 60.
    """
    whole("degree", degree, 0, 60, "try degree=3")
    half_width = positive("half_width", half_width)
    a_function("target", target, "a number that returns a number")
    values = []
    for count in (200, 150):
        x, weights = np.polynomial.legendre.leggauss(count)
        f = np.asarray(jax.vmap(target)(jnp.asarray(half_width * x)))
        basis = np.polynomial.legendre.legvander(x, degree) * np.sqrt(2 * np.arange(degree + 1) + 1)
        left = f - basis @ (basis.T @ (weights / 2 * f))
        values.append(float((weights / 2 @ left**2) ** 0.5))
    return _by_two(values, f"distance from degree {degree}, {values[0]!r}")


def _by_two(values: Sequence[float], source: str) -> Estimate:
    """The first of two quadratures, with their difference and rounding as its error bar: they could fail alike, so it is no bound."""
    error = abs(values[0] - values[1]) + 1e-13
    return Estimate.from_stderr(values[0], error, source=source, method="two quadratures", bias="unknown")
