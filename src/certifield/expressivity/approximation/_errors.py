"""How far a network is from its target: the mean square with its error bar, and on a line a bound on the largest error that is proved."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jaxtyping import Array

from certifield._arguments import a_function, interval, listed, positive, reals, seeded, whole
from certifield.enclosures import enclose, program_of
from certifield.evidence import Estimate, Exact, InputError, NotConverged

from ._shallow import Shallow, Target, at_points, fit_shallow

_REPLICATES, _POINTS = 16, 1024


class Approximation(NamedTuple):
    """A network with its root-mean-square error over the box, from nodes that the fit has not seen, and its largest error if proved."""

    network: Shallow
    l2: Estimate
    sup: Exact | None


class ApproximationStudy(NamedTuple):
    """Fits at growing numbers of neurons, and ``rate``: the slope of log l2 against log N, its error from the scatter about the line."""

    neurons: tuple[int, ...]
    fits: tuple[Approximation, ...]
    rate: Estimate


def approximation_study(
    target: Target, activation: Callable[[Array], Array], neurons: Sequence[int], *, dim: int = 1, half_width: float = 1.0,
    restarts: int = 4, seed: int = 0, steps: int = 200, order: int = 2, proved: bool = False,
) -> ApproximationStudy:  # fmt: skip
    """The best of ``restarts`` fits at every number of ``neurons`` (`fit_shallow`), their errors and the rate at which these fall.

    ``proved`` asks for a bound on the largest error as well, on a line.  Rates of classes of functions to hold it against: for ReLU^k on
    the Barron space N^(-1/2 - (2k + 1)/(2d)) (Siegel and Xu), on a line N^-(k+1); N^(-s/d) for s derivatives (Mhaskar); at most
    (2 r C_f)/sqrt(N) for sigmoidal neurons (`barron_bound`).
    Raises `InputError` for fewer than three numbers of neurons.
    """
    counts = tuple(whole("neurons", one, 1) for one in listed("neurons", neurons, "a list of whole numbers", "try neurons=[4, 8, 16, 32]"))
    if len(counts) < 3 or len(set(counts)) != len(counts):
        raise InputError("neurons", list(counts), "three different numbers or more", "try neurons=[4, 8, 16, 32]")
    fits = []
    for count in counts:
        network = fit_shallow(
            target, activation, count, dim=dim, half_width=half_width, restarts=restarts, seed=seed, steps=steps, order=order
        )
        sup = None
        if proved:
            if dim != 1:
                raise InputError("proved", proved, "False above one dimension", "a bound on the largest error is for functions on a line")
            sup = proved_largest(_difference(target, network), -half_width, half_width)
        fits.append(Approximation(network, rms_error(target, network, dim=dim, half_width=half_width, seed=seed), sup))
    return ApproximationStudy(counts, tuple(fits), fitted_rate(counts, [float(fit.l2.mean) for fit in fits]))


def _difference(target: Target, network: Shallow) -> Callable[[Array], Array]:
    return lambda x: target(x) - network.on_line(x)


def fitted_rate(neurons: Sequence[int], errors: Sequence[float]) -> Estimate:
    """The slope of log error against log N by least squares; its error bar from the scatter, since fits end in local minima."""
    counts, sizes = (reals(name, given, "a list of positive numbers", "one error for each number of neurons", 1)
                     for name, given in (("neurons", neurons), ("errors", errors)))  # fmt: skip
    if counts.shape != sizes.shape or len(set(counts.tolist())) < 3 or min(counts.min(), sizes.min()) <= 0:
        raise InputError("errors", list(errors), f"{len(counts)} positive numbers, for three neurons or more", "pair them")
    x, y = np.log(counts), np.log(sizes)
    centred = x - x.mean()
    slope = float(centred @ y / (centred @ centred))
    left = y - y.mean() - slope * centred
    error = float((left @ left / max(len(x) - 2, 1) / (centred @ centred)) ** 0.5)
    return Estimate.from_stderr(slope, error, source=f"fits at {list(neurons)}", method="line through logarithms", bias="unknown")


def rms_error(target: Target, network: Callable[[Array], Array], *, dim: int = 1, half_width: float = 1.0, seed: int = 0) -> Estimate:
    """sqrt(mean (f - f_N)^2) over the box, by 16 scramblings of 1024 Sobol points, with the error bar of their scatter."""
    whole("dim", dim, 1)
    half_width, seed = positive("half_width", half_width), seeded(seed)
    a_function("network", network, "a point [dim] that returns a number")
    known = at_points(a_function("target", target, "a number on a line, of a point [dim] above, that returns a number"), dim)
    compare = jax.jit(lambda points: jnp.mean((jax.vmap(known)(points) - jax.vmap(network)(points)) ** 2))
    sequences = (scipy.stats.qmc.Sobol(dim, scramble=True, rng=np.random.default_rng([seed, one, 7])) for one in range(_REPLICATES))
    means = np.array([float(compare(jnp.asarray(half_width * (2 * one.random(_POINTS) - 1)))) for one in sequences])
    mean, error = means.mean(), means.std(ddof=1) / _REPLICATES**0.5
    root = float(mean**0.5)
    return Estimate.from_stderr(root, error / (2 * root) if root else 0.0, source=f"Sobol {seed}, {dim} dimensions, rms {root!r}",
                                draws=_REPLICATES * _POINTS, method="scrambled Sobol points")  # fmt: skip


def proved_largest(function: Callable[[Array], Array], low: float, high: float, *, slack: float = 0.02, most: int = 200_000) -> Exact:
    """A bound on max |f| over [low, high] that is at most ``slack`` above it, relatively: the middle and half the radius of what is known.

    ``function`` maps one number, by operations that `enclosures` have rules for.  On each cell |f| is at most |f(middle)| and half the
    cell times the largest slope, both enclosed with their rounding; cells that could hold the maximum are halved until the bound is close
    to a value that is taken.
    Raises `NoClosedForm` for an operation without a rule, `NotConverged` where ``most`` cells do not do.
    Reference: Tucker, Validated Numerics (2011), ch. 5.
    """
    low, high = interval(low, high)
    slack, most = positive("slack", slack), whole("most", most, 1)
    a_function("function", function, "one number that returns a number")
    value, slope = program_of(function), program_of(jax.grad(function))
    edges = np.linspace(low, high, 65)
    left, right = edges[:-1], edges[1:]
    taken, spent, settled, highest = 0.0, 0, 0.0, np.inf
    while spent < most:
        spent += len(left)
        middle = (left + right) / 2
        at = enclose(value, middle, middle, np.zeros_like(middle))
        steep = enclose(slope, left, right, np.zeros_like(middle))
        size = np.maximum(abs(at.low), abs(at.high))
        taken = max(taken, float(np.maximum(0.0, np.where(at.low * at.high > 0, np.minimum(abs(at.low), abs(at.high)), 0.0)).max()))
        bound = (size + np.maximum(abs(steep.low), abs(steep.high)) * (right - left) * 0.5000001) * (1 + 1e-14)
        open_ = ~(bound <= taken * (1 + slack) + 1e-300)
        highest = float(bound.max())
        settled = max(settled, float(np.where(open_, 0.0, bound).max(initial=0.0)))
        if not open_.any():
            return Exact((taken + settled) / 2, "largest modulus, enclosed cell by cell", radius=(settled - taken) / 2 * (1 + 1e-12))
        left, right = np.concatenate([left[open_], middle[open_]]), np.concatenate([middle[open_], right[open_]])
    raise NotConverged(f"{most} cells do not bound the largest value to {slack:g}: {taken:g} is taken, {highest:g} is the bound")
