"""A Kolmogorov-Arnold network learns exp(sin(x1^2 + x2^2) + sin(x3^2 + x4^2)), and its formula is read off (ledger D8).

The shape [4, 2, 1, 1] represents the function exactly.  The constructive error is that of the best spline on every edge of that
representation; trained networks are held against it, grid by grid.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import jax.numpy as jnp
import numpy as np
from pydantic import Field

from certifield.evidence import Estimate, Exact, MissingExtra, propagate
from certifield.study import Case, Claim, Curve, Found, Missing, Options, Pieces, Plot, Points, Readings, Section, Study, Task

from ..kolmogorov_arnold import basis, best_starts, fit, knots, read_formula

SHAPE = [4, 2, 1, 1]
_ORDER, _HELD = 3, 20_000
# Test points lie beyond all training points by up to a few percent of the range of a hidden node, at corners of the cube; a margin of three
# percent goes on there as a cubic, and makes intervals longer by six.  Parameters are held with 1e-8 |theta - theta_0|^2.
_MARGIN, _HOLD = 0.03, 1e-8
_TARGET = "exp(sin(x1**2 + x2**2) + sin(x3**2 + x4**2))"


class Question(Options):
    """Seeds; grids after the first of three intervals; training points; random starts of every seed; steps of least squares on each grid;
    grids of the constructive error."""

    seeds: int = Field(5, ge=1)
    grids: tuple[int, ...] = Field((5, 10, 20), min_length=1)
    points: int = Field(8000, ge=100)
    starts: int = Field(48, ge=3)
    steps: int = Field(40, ge=1)
    constructive: tuple[int, ...] = (3, 5, 10, 20, 40, 80)


def target(x: np.ndarray) -> np.ndarray:
    """[S, 4] to [S, 1]."""
    return np.exp(np.sin(x[:, :1] ** 2 + x[:, 1:2] ** 2) + np.sin(x[:, 2:3] ** 2 + x[:, 3:] ** 2))


def root_mean_square(gaps: np.ndarray) -> np.ndarray:
    """Of distances at random points, and its standard error: that of the mean square over twice the root."""
    squares = np.ravel(gaps) ** 2
    root = np.sqrt(squares.mean())
    return np.array([root, squares.std(ddof=1) / np.sqrt(squares.size) / (2 * root)])


def constructive_error(intervals: int) -> np.ndarray:
    """The root mean square at 20,000 points of the function made of the best cubic splines of x^2, sin and exp on their ranges, and its
    standard error."""
    x = np.random.default_rng(20).uniform(-1, 1, (_HELD, 4))

    def spline(function: Any, low: float, high: float) -> Any:
        grid, at = knots(np.array([low]), np.array([high]), intervals, _ORDER), np.linspace(low, high, 4001)
        coefficients = np.linalg.lstsq(_basis(at, grid), function(at), rcond=None)[0]
        return lambda y: (_basis(y.ravel(), grid) @ coefficients).reshape(y.shape)

    square, sine, end = spline(np.square, -1.0, 1.0), spline(np.sin, 0.0, 2.0), spline(np.exp, 0.0, 2.0)
    nodes = np.stack([square(x[:, 0]) + square(x[:, 1]), square(x[:, 2]) + square(x[:, 3])], axis=1)
    return root_mean_square(end(sine(nodes).sum(axis=1)) - target(x)[:, 0])


def _basis(at: np.ndarray, grid: np.ndarray) -> np.ndarray:
    return np.asarray(basis(jnp.asarray(at)[:, None], jnp.asarray(grid), _ORDER, True))[:, 0]


def cases(options: Question) -> Iterator[Case]:
    """The constructive errors, the product, and every seed."""
    yield Case("constructive", {"kind": "constructive"})
    yield Case("product", {"kind": "product"})
    for seed in range(options.seeds):
        yield Case(f"seed={seed}", {"kind": "seed", "seed": seed})


def piece(task: Task, options: Question) -> dict[str, Any]:
    """Errors on every grid with their standard errors [grids, 2]; of a seed also the formula."""
    import jax

    with jax.enable_x64(True):
        if task.case.data["kind"] == "constructive":
            return {"errors": np.array([constructive_error(intervals) for intervals in options.constructive])}
        if task.case.data["kind"] == "product":
            return _product()
        return _trained(task, options)


def _product() -> dict[str, Any]:
    """At how many of the sixteen points of {-2, -1, 1, 2}^2 the two forms of x y hold over the real numbers."""
    import math

    rows = [(x, y) for x in (-2, -1, 1, 2) for y in (-2, -1, 1, 2)]
    logs = sum(min(x, y) > 0 and abs(math.exp(math.log(x) + math.log(y)) - x * y) < 1e-12 for x, y in rows)
    return {"logarithms": logs, "squares": sum((x + y) ** 2 - (x - y) ** 2 == 4 * x * y for x, y in rows), "points": len(rows)}


def _trained(task: Task, options: Question) -> dict[str, Any]:
    rng = np.random.default_rng(task.seed)
    x, held = rng.uniform(-1, 1, (options.points, 4)), rng.uniform(-1, 1, (_HELD, 4))
    y, wanted = target(x), target(held)
    few = slice(0, 400)
    starts = best_starts(SHAPE, x[few], y[few], starts=options.starts, seed=task.seed % 2**31)
    begun = [fit(one, x[few], y[few], steps=40) for one in starts]
    network, errors = min(begun, key=lambda one: one.errors[-1]).network, []
    told, error = "", np.full(2, np.nan)
    for place, intervals in enumerate(options.grids):
        for _ in range(1 if place else 2):  # the first grid is moved once more onto what its layers are given then
            network = fit(network, x, y, intervals=intervals, steps=options.steps, damping=_HOLD, margin=_MARGIN).network
        errors.append(root_mean_square(np.asarray(network(jnp.asarray(held))) - wanted))
        if not told:  # from the coarsest grid
            try:
                formula = read_formula(network, x[few], y[few], (held, wanted))
                told, error = str(formula), np.array([formula.error.mean, formula.error.nominal_stderr])
            except MissingExtra as missing:
                told = str(missing)
    return {"errors": np.array(errors), "formula": told, "formula error": error}


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Errors at random points, with those of so many points, and the formula's largest one."""
    if 0 not in pieces:
        return
    found, kind = pieces[0], case.data["kind"]
    if kind == "product":
        for name in ("logarithms", "squares"):
            yield name, Found(Exact(found[name], "points of 16 at which it holds"))
        return
    grids = options.constructive if kind == "constructive" else options.grids
    about: dict[str, Any] = {"source": case.name, "draws": _HELD}
    for intervals, (error, stderr) in zip(grids, np.asarray(found["errors"]), strict=True):
        yield f"G={intervals}", Found(Estimate.from_stderr(error, stderr, method="root mean square", bias="unknown", **about))
    if kind == "seed":
        error, stderr = np.asarray(found["formula error"])
        value = Estimate.from_stderr(error, stderr, method=f"largest distance of {found['formula']}", bias="unknown", **about)
        yield "largest error of the formula", Found(value if np.isfinite(error) else Missing(found["formula"] or "no formula"))


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """Medians over seeds, over the constructive error; how many seeds find the formula."""
    known = [one for name, one in readings.items() if name.startswith("seed=") and 0 in one.pieces]
    base = readings.get("constructive")
    if base is None or 0 not in base.pieces or len(known) < options.seeds:
        return
    for place, intervals in enumerate(options.grids):
        if f"G={intervals}" in base:
            middle = _median(np.array([np.asarray(one.pieces[0]["errors"])[place] for one in known]))
            best = base[f"G={intervals}"].value
            assert isinstance(best, Estimate)
            yield f"median over the constructive error, G={intervals}", Found(propagate(np.divide, middle, best, independent=True))
    exact = sum(one.pieces[0]["formula"] == _TARGET for one in known)
    yield "share of seeds with the formula", Found(Exact(Fraction(exact, len(known)), f"{exact} of {len(known)} seeds"))
    told = [one["largest error of the formula"].value for one in known]
    read_off = [value for value in told if isinstance(value, Estimate)]
    smallest = min(read_off, key=lambda value: float(value.mean)) if read_off else Missing("no formula was read")
    yield "smallest error of a formula", Found(smallest)


def _median(errors: np.ndarray) -> Estimate:
    """Over seeds, of errors [seeds, 2] with their standard errors: by resampled seeds, whose errors are drawn anew."""
    rng, count = np.random.default_rng(0), len(errors)
    chosen = errors[rng.integers(0, count, (1000, count))]
    resampled = np.median(chosen[..., 0] + chosen[..., 1] * rng.normal(size=(1000, count)), axis=1)
    about: dict[str, Any] = {"source": "seeds", "draws": count, "method": "median, bootstrap", "bias": "unknown"}
    return Estimate.from_stderr(np.median(errors[:, 0]), resampled.std(), **about)


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Errors against the number of intervals, and formulas."""
    marks, rows, formulas = [], [], []
    base = readings.get("constructive")
    if base is not None and 0 in base.pieces:
        errors = np.asarray(base.pieces[0]["errors"])[:, 0]
        marks.append(Curve(np.array(options.constructive), errors, "blue", label="best spline on every edge"))
        rows.append(("constructive", *(one.value for one in base.values())))
    for name, one in readings.items():
        if name.startswith("seed=") and 0 in one.pieces:
            errors, bars = np.asarray(one.pieces[0]["errors"]).T
            marks.append(Points(np.array(options.grids), errors, bars, "orange", "o", label="trained" if name == "seed=0" else ""))
            formulas.append((name, one.pieces[0]["formula"].replace("**", "^"), f"{np.asarray(one.pieces[0]['formula error'])[0]:.2g}",
                             *(f"{error:.3g}" for error in errors)))  # fmt: skip
    yield Section(
        "errors",
        "Error against the number of intervals",
        "Root mean square at 20,000 points that were held back. The best splines on the edges of the exact representation fall as G^-4; a "
        "trained network may share the work among its edges otherwise, and come out below.",
        plots=[Plot("", "intervals G", "error", marks, "a line of slope -4 and points near it", x_log=True, y_log=True)] if marks else [],
        caption="Blue: constructive; orange: trained, one point a seed and grid.",
        columns=("", *(f"G = {intervals}" for intervals in options.constructive)),
        rows=rows,
    )
    yield Section(
        "formulas",
        "Formulas that were read",
        "From the coarsest grid. All constants are fitted together, then recognised; the error is the largest one at the points held back.",
        columns=("", "formula", "largest error", *(f"error at G = {intervals}" for intervals in options.grids)),
        rows=formulas,
        numbers=False,
    )


CLAIMS = (
    Claim("DY-22", "Physics4ML notes (2.5), (2.6)", "x y = exp(log x + log y).", ours="product/logarithms",
          printed=Exact(16, "all signs"), correction=Exact(4, "x and y positive"),
          note="Points of {-2, -1, 1, 2}^2; ((x + y)^2 - (x - y)^2)/4 holds at all of them."),
    Claim("DY-23", "Strings 2025; arXiv:2404.19756", "A Kolmogorov-Arnold network learns exp(sin(x1^2 + x2^2) + sin(x3^2 + x4^2)).",
          ours="median over the constructive error, G=5", printed=Exact(3.0, "three times the best splines"), relation="<",
          note="Medians over five seeds, none left out; a training set has no point in some corners, and there the error is largest."),
    Claim("DY-23b", "arXiv:2404.19756", "The error falls as G^-4 in training, too.",
          ours="median over the constructive error, G=20", printed=Exact(3.0, "three times the best splines"), relation="<",
          note="From G = 5 to 20 the best splines gain a factor of 267."),
    Claim("DY-24", "Physics4ML notes 2.1.2; arXiv:2404.19756", "Its edges can be read as formulas.",
          ours="smallest error of a formula", printed=Exact(1e-9, "the largest error at 20,000 points"), relation="<",
          note="With constants that are recognised: the formula itself is in the study."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="networks", version=3)
