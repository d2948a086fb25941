"""How the tangent kernel of finite networks differs from draw to draw and moves in training: what is left of freezing at 1/width (D2).

A case is a measure at one width: the kernel of a deep ReLU network at one input, or how far that of two linear layers moves.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jaxtyping import Array
from pydantic import Field

from certifield.evidence import Estimate, Exact, propagate
from certifield.layers import Serial, dense, relu, serial
from certifield.study import Blocks, Case, Claim, Found, Missing, Options, Piece, Pieces, Plot, Readings, Section, Study, Task

from certifield.study import curves, groups  # isort: skip

from ..dynamics import GradientFlow
from ..finite_width import ntk_mean, ntk_relative_variance
from ._draws import over_draws, sums_over_draws

LABEL, TIME = 1.5, 4.0  # of the datum that two linear layers learn, and when they have
_DIM = 3


class Fluctuation(Options):
    """Depths of the ReLU networks, and two widths through which to extrapolate."""

    depths: tuple[int, ...] = Field((1, 2, 3, 4), min_length=1, examples=[[1, 2]])
    widths: tuple[int, int] = Field((64, 128), examples=[[32, 64]])


def relu_network(depth: int) -> Serial:
    """sigma_w^2 = 2 and no biases: variances are kept."""
    return serial(*[layer for _ in range(depth) for layer in (dense(2**0.5), relu())], dense(2**0.5))


def _squared_gradient(field: Callable[[object], Array], params: object) -> Array:
    return sum((jnp.sum(leaf**2) for leaf in jax.tree.leaves(jax.grad(field)(params))), start=jnp.zeros(()))


@lru_cache(maxsize=64)
def relative_kernel(depth: int, width: int) -> Callable[[Array], Array]:
    """Theta/E Theta - 1 at one input of |x|^2 = dim, from a key."""
    ensemble, x = relu_network(depth).ensemble(_DIM, width), jnp.ones((1, _DIM))
    mean = float(np.asarray(ntk_mean(depth, float(_DIM), _DIM).value))

    def one(key: Array) -> Array:
        return _squared_gradient(lambda p: ensemble.architecture(p, x)[0, 0], ensemble.density.sample(key)) / mean - 1

    return jax.jit(jax.vmap(one))


@lru_cache(maxsize=16)
def motion(depth: int, width: int) -> Callable[[Array], Array]:
    """width (Theta_end - Theta_0) of two linear layers that learn one label at |x|^2/d = 1 from the field 0, by the flow."""
    ensemble, x = serial(dense(), dense()).ensemble(1, width), jnp.ones((1, 1))

    def one(key: Array) -> Array:
        start = ensemble.density.sample(key)

        def field(params: object) -> Array:
            return ensemble.architecture(params, x)[0, 0]  # type: ignore[arg-type]

        before = field(start)
        gradient = jax.grad(lambda params: 0.5 * (field(params) - before - LABEL) ** 2)
        end = jax.tree.map(lambda leaf: leaf[-1], GradientFlow().states(gradient, start, np.array([TIME]), 0.05))
        return width * (_squared_gradient(field, end) - _squared_gradient(field, start))

    return jax.jit(jax.vmap(one))


MEASURES = {"relu": relative_kernel, "motion": motion}


def cases(options: Fluctuation) -> Iterator[Case]:
    """Every depth at every width, and the motion at the widest; ``work``: operations of a draw."""
    for depth in options.depths:
        for width in options.widths:
            yield Case(f"relu/L={depth}/n={width}", {"measure": "relu", "depth": depth, "width": width, "work": 20 * depth * width**2})
    width = options.widths[1]
    yield Case(f"motion/n={width}", {"measure": "motion", "depth": 1, "width": width, "work": 8e3 * width})


BLOCKS = Blocks(first=4096, doubling=64, operations=1e10, work=lambda case: case.data["work"])
_AT_ONCE = 1 << 22


def piece(task: Task, options: Fluctuation) -> Piece:
    """Sums of the value and of its square, in 16 parts."""
    data = task.case.data
    measure = MEASURES[data["measure"]](data["depth"], data["width"])
    draws, at_once = BLOCKS.size(task.case, task.step), _AT_ONCE // (4 * data["depth"] * data["width"] ** 2)
    return sums_over_draws(task, draws, at_once, measure, lambda values: np.stack([values, values**2], axis=1))


def read(case: Case, pieces: Pieces, options: Fluctuation) -> Iterator[tuple[str, Found]]:
    """The mean, and for ReLU networks width times the relative variance."""
    sums = groups(pieces)
    if len(sums) < 2:
        yield "mean", Found(Missing("no draws yet", waiting=True))
        return
    expected = Exact(0, "E Theta = 2 (L+1) |x|^2/d at every width") if case.data["measure"] == "relu" else None
    yield "mean", Found(over_draws("kernel-fluctuation", case, sums, lambda total, n: total[:, 0] / n), expected)
    if case.data["measure"] == "relu":
        width = case.data["width"]

        def spread(total: np.ndarray, n: np.ndarray) -> np.ndarray:
            mean, square = total[:, 0] / n, total[:, 1] / n
            return width * (square - mean**2) * n / (n - 1) / (1 + mean) ** 2

        yield "width x relative variance", Found(over_draws("kernel-fluctuation", case, sums, spread))


def first_order(depth: int) -> Exact:
    """Width times the relative variance at infinite width."""
    return ntk_relative_variance(depth, 1000 * depth) * (1000 * depth)


def conclude(readings: Readings, options: Fluctuation) -> Iterator[tuple[str, Found]]:
    """The straight line in 1/width through both widths, at infinite width; and the motion of the kernel."""
    low, high = options.widths
    for depth in options.depths:
        both = [value for width in options.widths if (value := _found(readings, f"relu/L={depth}/n={width}", _SPREAD)) is not None]
        if len(both) == 2:
            limit = propagate(lambda a, b: (high * b - low * a) / (high - low), *both, independent=True)
            yield f"L = {depth}: {_SPREAD}", Found(limit, first_order(depth))
    moved = _found(readings, f"motion/n={high}", "mean")
    if moved is not None:
        yield "two linear layers: width x motion of the kernel", Found(moved, moved_on_average(high))


def moved_on_average(width: int) -> Estimate:
    """The average of `motion` after infinite time at this width: y^2 - y^4/(4 width) and higher orders.

    With S = |a|^2 + |w|^2 and f = a.w/sqrt(N) training keeps S^2 - 4 N f^2, and Theta = S/N: so Theta_end is the root of
    Theta_0^2 + (4/N) (y^2 + 2 y f_0).  S is chi^2 with 2 N degrees of freedom, and f_0 = S (2 B - 1)/(2 sqrt(N)) with B of the law
    Beta(N/2, N/2), independent of S.  By Gauss-Legendre rules over 12 deviations; the error is the difference to one of half the nodes.
    """

    def averaged(nodes: int) -> float:
        x, weights = np.polynomial.legendre.leggauss(nodes)
        s, b = np.maximum(2 * width + 24 * x * width**0.5, 1e-9), 0.5 + 0.5 * x * min(1.0, 12 / width**0.5)
        chance = weights[:, None] * scipy.stats.chi2.pdf(s, 2 * width)[:, None] * weights * scipy.stats.beta.pdf(b, width / 2, width / 2)
        theta, field = s[:, None] / width, s[:, None] * (2 * b - 1) / (2 * width**0.5)
        moved = width * (np.sqrt(theta**2 + 4 / width * (LABEL**2 + 2 * LABEL * field)) - theta)
        return float(np.sum(chance * moved) / np.sum(chance))

    value = averaged(200)
    words = "average over the start of two linear layers"
    return Estimate.from_stderr(value, abs(value - averaged(100)) + 1e-12, source=f"{words}/{width}", method=words, bias="unknown")


_SPREAD = "width x relative variance"


def _found(readings: Readings, case: str, what: str) -> Estimate | None:
    value = readings[case][what].value if case in readings and what in readings[case] else None
    return value if isinstance(value, Estimate) else None


def page(readings: Readings, options: Fluctuation) -> Iterator[Section]:
    """Width times the relative variance against 1/width."""
    marks, rows = [], []
    for number, depth in enumerate(options.depths):
        found = {width: _found(readings, f"relu/L={depth}/n={width}", _SPREAD) for width in options.widths}
        known = {width: value for width, value in found.items() if value is not None}
        if not known:
            continue
        limit = float(np.asarray(first_order(depth).value, dtype=float))
        falling = dict(sorted(known.items(), reverse=True))  # from 1/width = 0 on, so that the line does not turn back
        across, mean = [0.0, *(1 / width for width in falling)], [limit, *(float(one.mean) for one in falling.values())]
        bars = [0.0, *(float(one.nominal_stderr) for one in falling.values())]
        low, high = ([m + sign * bar for m, bar in zip(mean, bars, strict=True)] for sign in (-1, 1))
        marks += curves(f"L = {depth}", across, mean, number, low=low, high=high)
        rows += [[depth, width, one, f"{limit:.4f}", f"{depth / width:.3f}"] for width, one in known.items()]
    text = (
        "Deep ReLU networks with sigma_w^2 = 2 at one input. At 1/width = 0 stands the first order, [5 - 4(L+2)/(3(L+1))] L; what grows "
        "beside it are higher orders, in L/width: beyond 0.2 the expansion says little."
    )
    plot = Plot("fluctuation of the tangent kernel", "1/width", "width x relative variance", marks, alternative="lines rising with depth")
    columns = ("depth L", "width", "width x relative variance", "first order", "L/width")
    yield Section("fluctuation", "From draw to draw", text, plots=(plot,), caption="Bars: one standard error.", columns=columns, rows=rows)


_SOURCES = "arXiv:2402.13321 (8); Physics4ML notes (2.48)"
CLAIMS = (
    Claim("DY-02", "Physics4ML notes, section 2.3.1", "The tangent kernel of a network is a sum over all its parameters, and stochastic.",
          ours="L = 1: width x relative variance", printed=Exact(0), relation=">",
          note="From draw to draw at finite width; that it moves in training is DY-03 (constant), that it reaches across points GE-15."),
    Claim("DY-03", _SOURCES, "At infinite width the tangent kernel is deterministic.",
          ours="L = 1: width x relative variance", printed=Exact(3.0, "first order in 1/width"), within=0.6,
          note="The relative variance is 3/N for one hidden layer of N neurons; the 'beta' of (2.48)-(2.50) is a misprint of E."),
    Claim("DY-03 (L = 2)", _SOURCES, "The same for two hidden layers.", ours="L = 2: width x relative variance",
          printed=Exact(58 / 9, "first order in 1/width"), within=1.3),
    Claim("DY-03 (constant)", _SOURCES, "At infinite width the tangent kernel stays constant in training.",
          ours="two linear layers: width x motion of the kernel", printed=Exact(LABEL**2, "y^2 from one datum", radius=LABEL**4 / 256),
          within=0.2, note="It moves by y^2/N, which vanishes with the width; the radius is twice the next order, -y^4/(4 N), at N = 128."),
)  # fmt: skip

STUDY = Study(
    options=Fluctuation, cases=cases, piece=piece, read=read, steps=BLOCKS, conclude=conclude, claims=CLAIMS, page=page, unit="draws"
)
