"""How fast networks approximate, against what theorems say, and the one activation that never does (ledger D7)."""

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from pydantic import Field

from certifield.evidence import Estimate, Exact
from certifield.expressivity import approximation as ap
from certifield.study import Case, Claim, Curve, Found, Options, Piece, Pieces, Plot, Points, Readings, Section, Study, Task

from certifield.study import curves  # isort: skip

LIPSCHITZ = 8.0  # of the target on [-1, 1]: |e^x (sin 2x + 2 cos 2x)| <= sqrt(5) e < 6.1


def wave(x: Array) -> Array:
    """The target on [-1, 1]."""
    return jnp.exp(x) * jnp.sin(2 * x)


def bell(x: Array) -> Array:
    """The target in two dimensions and more, whose Barron constant is known: E|z| of a Gaussian vector."""
    return jnp.exp(-(x @ x) / 2)


# Name: the activation, the order of its splines (0 where it is smooth), the target, the dimension.
FAMILIES: dict[str, tuple[Callable[[Array], Array], int, Callable[[Array], Array], int]] = {
    "relu": (jax.nn.relu, 1, wave, 1),
    "relu2": (lambda z: jax.nn.relu(z) ** 2, 2, wave, 1),
    "tanh": (jnp.tanh, 0, wave, 1),
    "cube": (lambda z: z**3, 0, wave, 1),
    "plane": (jax.nn.sigmoid, 0, bell, 2),
}


class Question(Options):
    """Numbers of neurons of each family, cells of stairs, depths of squares, starts of every fit."""

    relu: tuple[int, ...] = Field((8, 16, 32, 64), min_length=3)
    relu2: tuple[int, ...] = Field((4, 8, 16, 32), min_length=3)
    tanh: tuple[int, ...] = Field((1, 2, 4, 8), min_length=3)
    cube: tuple[int, ...] = Field((4, 16, 64), min_length=3)
    plane: tuple[int, ...] = Field((2, 4, 8, 16), min_length=3)
    stairs: tuple[int, ...] = (16, 64, 256)
    depths: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    restarts: int = Field(4, ge=2)


def cases(options: Question) -> Iterator[Case]:
    """Fits by family and number of neurons, constructions, and Barron constants."""
    for family in FAMILIES:
        for neurons in getattr(options, family):
            yield Case(f"{family}-{neurons}", {"family": family, "neurons": neurons}, family)
    for cells in options.stairs:
        yield Case(f"stairs-{cells}", {"cells": cells}, "constructed")
    for depth in options.depths:
        yield Case(f"square-{depth}", {"depth": depth}, "constructed")
    for dim in (1, 2):
        yield Case(f"barron-{dim}", {"barron": dim}, "Barron constants")


def piece(task: Task, options: Question) -> Piece:
    """Errors of one fit, or of one construction."""
    data = task.case.data
    if "family" in data:
        activation, power, target, dim = FAMILIES[data["family"]]
        network = ap.fit_shallow(target, activation, data["neurons"], dim=dim, restarts=options.restarts, seed=task.seed, order=power + 1)
        found = ap.rms_error(target, network, dim=dim, seed=task.seed)
        held: dict[str, Any] = {"l2": np.array([found.mean, found.stderr])}
        if data["family"] == "relu":
            held["sup"] = _held(ap.proved_largest(lambda x: wave(x) - network.on_line(x), -1.0, 1.0))
        return held
    if "cells" in data:
        built = ap.staircase(wave, data["cells"], LIPSCHITZ)
        network = built.network
        assert isinstance(network, ap.Shallow)
        return {"bound": _held(built.bound), "sup": _held(ap.proved_largest(lambda x: wave(x) - network.on_line(x), -1.0, 1.0))}
    if "depth" in data:
        square = ap.deep_square(data["depth"])
        return {"sup": _held(ap.proved_largest(lambda x: x * x - square.network(x), 0.0, 1.0))}
    found = ap.barron_constant(bell if data["barron"] > 1 else lambda x: jnp.exp(-(x**2) / 2), dim=data["barron"])
    return {"constant": np.array([found.mean, found.stderr])}


def _held(found: Exact) -> np.ndarray:
    return np.array([found.value, found.radius], dtype=float)


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Errors, those of constructions against their bounds, and what theorems say of each number of neurons."""
    if 0 not in pieces:
        return
    held, data = pieces[0], case.data
    if "family" in data:
        l2 = Estimate.from_stderr(*np.asarray(held["l2"]).tolist(), source=case.name, method="scrambled Sobol points")
        _, power, target, _ = FAMILIES[data["family"]]
        floor = ap.polynomial_floor(target, 3) if data["family"] == "cube" else None
        yield "l2", Found(l2, floor)
        if power:
            yield "over the best splines", Found(l2 / float(ap.free_knot_limit(target, power, data["neurons"]).mean))
        if data["family"] == "plane":
            yield "over Barron's bound", Found(l2 / ap.barron_bound((np.pi / 2) ** 0.5, 2**0.5, data["neurons"]))
        if "sup" in held:
            yield "largest", Found(_exact(held["sup"]))
    elif "cells" in data:
        bound, largest = _exact(held["bound"]), _exact(held["sup"])
        yield "bound", Found(bound)
        yield "largest", Found(largest)
        yield "largest over the bound", Found(largest / bound)
    elif "depth" in data:
        yield "largest", Found(_exact(held["sup"]), ap.deep_square(data["depth"]).bound)
    else:
        value = Estimate.from_stderr(*np.asarray(held["constant"]).tolist(), source=case.name, method="two boxes", bias="unknown")
        known = {1: (2 / np.pi) ** 0.5, 2: (np.pi / 2) ** 0.5}[data["barron"]]
        yield "constant", Found(value, Exact(known, "E|z| of a Gaussian vector", radius=1e-15))


def _exact(held: Any) -> Exact:
    value, radius = np.asarray(held).tolist()
    return Exact(value, "enclosed cell by cell", radius=radius)


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """The rate of each family, once all its fits are there."""
    for family in FAMILIES:
        counts = getattr(options, family)
        found = [_l2(readings, f"{family}-{neurons}") for neurons in counts]
        if all(one is not None for one in found):
            yield f"rate of {family}", Found(ap.fitted_rate(counts, [float(one.mean) for one in found if one is not None]))


def _l2(readings: Readings, name: str) -> Estimate | None:
    value = readings[name]["l2"].value if name in readings and "l2" in readings[name] else None
    return value if isinstance(value, Estimate) else None


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Errors against neurons, and constructions against their bounds."""
    marks, rows = [], []
    for number, family in enumerate(FAMILIES):
        known = [(neurons, one) for neurons in getattr(options, family) if (one := _l2(readings, f"{family}-{neurons}")) is not None]
        if known:
            marks += curves(family, [neurons for neurons, _ in known], [float(one.mean) for _, one in known], number)
            rows += [(family, neurons, f"{float(one.mean):.3e}", f"{float(one.stderr):.0e}") for neurons, one in known]
    plots = []
    if marks:
        plots.append(Plot("fits", "neurons N", "root mean square error", marks, "lines that fall, and a flat one", x_log=True, y_log=True))
    built = [(case.removeprefix("square-"), reading["largest"].value) for case, reading in readings.items()
             if case.startswith("square-") and "largest" in reading]  # fmt: skip
    if built:
        depth = np.array([float(name) for name, _ in built])
        size = np.array([float(np.asarray(value.mean)) for _, value in built if isinstance(value, Exact)])
        square = [
            Curve(depth, 4.0 ** -(depth + 1), "orange", "dashed", label="4^-(l+1)"),
            Points(depth, size, None, "blue", label="proved"),
        ]
        plots.append(Plot("squares by depth", "depth l", "largest error", square, "points on a falling line", y_log=True))
    yield Section(
        "rates",
        "Rates",
        "Broken lines (ReLU) and parabolas (ReLU^2) fall with the powers of splines with free knots, and the best ReLU fits come close to "
        "the constant of the optimal ones. Smooth sigmoids on an analytic target fall faster than any power. A cubic activation stays, for "
        "any number of neurons, where the best cubic polynomial is. Stairs of sigmoids and squares by depth are written down, and their "
        "largest errors are enclosed cell by cell.",
        plots=plots,
        columns=("family", "neurons", "rms error", "error bar"),
        rows=rows,
        caption="Fits are the best of several starts: what they reach is an upper bound of what the family can do.",
    )


CLAIMS = (
    Claim("DY-17", "ML talk; Physics4ML notes 2.1.1", "Steps made of steep sigmoids approximate every continuous function.",
          ours="stairs-256/largest over the bound", printed=Exact(1.0), relation="<",
          note="On a compact set, which the talk omits; with the explicit bound L h (1 + e^-s + 2/(e^s - 1))."),
    Claim("DY-17b", "ML talk", "A network with a polynomial activation does not approximate, however wide.",
          ours="cube-64/l2", printed=Exact(0.0695861443, radius=1e-9), note="It stays at the distance from polynomials of degree 3."),
    Claim("DY-18", "Physics4ML notes 2.1.1", "No bound on the accuracy in terms of N is known.",
          ours="plane-16/over Barron's bound", printed=Exact(1.0), correction=Exact(1.0), relation=">",
          note="Classes have rates: at most 2 r C_f/sqrt(N) for sigmoids (Barron), N^-(k+1) for ReLU^k on a line; best fits reach them. "
          "No route to the best parameters is proved: fits end in local minima."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="fits")
