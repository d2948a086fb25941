"""How many parameters a differential equation takes: a network fitted to the residual against a lattice, dimension by dimension (D7)."""

from collections.abc import Iterator

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield.evidence import Estimate, Exact
from certifield.expressivity import differential_equations as de
from certifield.study import Case, Claim, Found, Options, Piece, Pieces, Plot, Readings, Section, Study, Task

from certifield.study import curves  # isort: skip

# Dimension: neurons of the network, and points a dimension of the two lattices.
SIZES = {1: (10, (32, 64)), 2: (16, (16, 32)), 3: (24, (12, 24)), 4: (32, (8, 16)), 5: (36, (6, 12)), 6: (40, (5, 10))}


class Question(Options):
    """Dimensions, starts of every fit and steps of each."""

    dimensions: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    restarts: int = 2
    steps: int = 40


def solution(x: Array) -> Array:
    """The known solution, zero on the boundary of the unit box, and no product of functions of one coordinate."""
    return jnp.prod(jnp.sin(jnp.pi * x)) * (1 + jnp.mean(x**2))


def source(x: Array) -> Array:
    """f = -Laplace u."""
    return -de.laplacian(solution)(x)


def cases(options: Question) -> Iterator[Case]:
    """A network and two lattices in every dimension."""
    for dim in options.dimensions:
        yield Case(f"network-{dim}", {"dim": dim, "neurons": SIZES[dim][0]}, f"dimension {dim}")
        for n in SIZES[dim][1]:
            yield Case(f"lattice-{dim}-{n}", {"dim": dim, "n": n}, f"dimension {dim}")


def piece(task: Task, options: Question) -> Piece:
    """Relative errors in the mean square: of the network at points of its own, of the lattice at its points."""
    dim = task.case.data["dim"]
    if "n" in task.case.data:
        solved = de.solve_on_lattice(source, dim, task.case.data["n"])
        known = de.on_lattice(solution, dim, solved.axis)
        return {"error": np.sqrt(np.array([((solved.values - known) ** 2).mean() / (known**2).mean()])), "numbers": solved.points}
    solved = de.solve_by_residual(
        lambda u, x: -de.laplacian(u)(x) - source(x),
        dim,
        task.case.data["neurons"],
        restarts=options.restarts,
        steps=options.steps,
        seed=task.seed,
    )
    size = float(de.mean_square(solution, dim, seed=task.seed).mean)
    off = de.mean_square(lambda x: solved.field(x) - solution(x), dim, seed=task.seed)
    return {"error": np.array([off.mean, off.stderr]) / size, "numbers": solved.parameters,
            "residual": np.array([solved.residual.mean, solved.residual.stderr]),
            "bound": np.array([1 / (dim * np.pi**2) / size])}  # fmt: skip


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Errors and how many numbers they took; that of the network lies below residual/(d pi^2)."""
    if 0 not in pieces:
        return
    held = pieces[0]
    yield "numbers", Found(Exact(held["numbers"], "parameters or points"))
    if "residual" in held:
        error, residual = np.asarray(held["error"]).tolist(), np.asarray(held["residual"]).tolist()
        found = Estimate.from_stderr(*error, source=case.name, method="scrambled Sobol points")
        yield "error", Found(found)
        left = Estimate.from_stderr(*residual, source=f"{case.name} residual", method="scrambled Sobol points")
        yield "residual", Found(left)
        bound = left * float(np.asarray(held["bound"])[0])
        yield "error over its bound", Found(found / float(bound.mean))
    else:
        error = float(np.asarray(held["error"])[0])
        # Two sums over all points of the lattice: rounding of the solution and of the sums is what can be wrong with it.
        slack = 1e-13 * case.data["n"] ** 2
        yield "error", Found(Estimate.from_stderr(error, slack, source=case.name, method="at the points of the lattice", bias="unknown"))


def _needed(readings: Readings, dim: int) -> Estimate | None:
    """log10 of the points with which a lattice would have the error of the network: n ~ error^(-1/order), the order from two lattices."""
    names = [f"lattice-{dim}-{n}" for n in SIZES[dim][1]]
    if f"network-{dim}" not in readings or any(name not in readings or "error" not in readings[name] for name in names):
        return None
    network = readings[f"network-{dim}"].get("error")
    if network is None or not isinstance(network.value, Estimate):
        return None
    n = np.array(SIZES[dim][1], dtype=float) + 1  # cells
    errors = np.array([float(np.asarray(readings[name]["error"].value.mean)) for name in names])  # type: ignore[union-attr]
    order = float(np.log(errors[0] / errors[1]) / np.log(n[1] / n[0]))
    wanted = n[1] * (errors[1] / float(network.value.mean)) ** (
        1 / np.array([order, 2.0])
    )  # by the order seen, and by the one in the limit
    points = dim * np.log10(np.maximum(wanted - 1, 1))
    return Estimate.from_stderr(points[1], abs(points[1] - points[0]) + 1e-3, source=f"lattices {dim}", method="h^2", bias="unknown")


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """Points that a lattice would need, over the parameters of the network; and how both grow with the dimension."""
    logs = {}
    for dim in options.dimensions:
        needed = _needed(readings, dim)
        if needed is not None:
            logs[dim] = needed
            parameters = float(np.asarray(readings[f"network-{dim}"]["numbers"].value.mean))  # type: ignore[union-attr]
            yield f"log10 of lattice points over parameters, dimension {dim}", Found(needed - float(np.log10(parameters)))
    if len(logs) >= 3:
        x, y = np.array(list(logs), dtype=float), np.array([float(one.mean) for one in logs.values()])
        centred = x - x.mean()
        slope = float(centred @ y / (centred @ centred))
        scatter = float((((y - y.mean() - slope * centred) ** 2).sum() / (len(x) - 2) / (centred @ centred)) ** 0.5)
        yield (
            "log10 of lattice points a dimension",
            Found(Estimate.from_stderr(slope, scatter, source="dimensions", method="line", bias="unknown")),
        )


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Numbers needed against the dimension, and a table of errors."""
    rows, network, lattice = [], [], []
    for dim in options.dimensions:
        for name in (f"network-{dim}", *(f"lattice-{dim}-{n}" for n in SIZES[dim][1])):
            reading = readings.get(name)
            if reading is not None and "error" in reading:
                error, numbers = reading["error"].value, reading["numbers"].value
                assert isinstance(error, Estimate | Exact) and isinstance(numbers, Exact)
                rows.append((dim, name.split("-")[0], f"{int(np.asarray(numbers.value))}", f"{float(np.asarray(error.mean)):.2e}"))
                if name.startswith("network"):
                    network.append((dim, float(np.asarray(numbers.value))))
        needed = _needed(readings, dim)
        if needed is not None:
            lattice.append(
                (dim, 10 ** float(needed.mean), 10 ** float(needed.mean - needed.stderr), 10 ** float(needed.mean + needed.stderr))
            )
    plots = []
    if network and lattice:
        marks = curves("parameters of the network", [x for x, _ in network], [y for _, y in network], 0)
        x, y, low, high = zip(*lattice, strict=True)
        marks += curves("lattice points for its error", x, y, 1, low=low, high=high)
        plots.append(Plot("numbers for the same error", "dimension d", "numbers", marks, "two curves that part as d grows", y_log=True))
    yield Section(
        "costs",
        "Networks and lattices",
        "-Laplace u = f in the unit box with u = 0 on its boundary. The network is fitted to the residual alone and never sees the "
        "solution; its error is taken at points of its own. A lattice of second order needs n points in each dimension, n^d in all, and "
        "what it would need for the error of the network follows from its law h^2. The network pays in another way: a nonlinear fit "
        "without a guarantee, where the lattice is solved exactly.",
        plots=plots,
        columns=("dimension", "method", "numbers", "relative error"),
        rows=rows,
        caption="Bars: between the order seen on two lattices and h^2.",
    )


CLAIMS = (
    Claim("DY-19", "Physics4ML notes 1; ML talk, DEs", "The curse of dimensionality is due to logarithmic scaling.",
          ours="log10 of lattice points a dimension", printed=Exact(0.3), correction=Exact(0.3), relation="<",
          note="It is exponential: (points in each dimension)^d, for a relative error near 1e-3 a factor of tens for every dimension."),
    Claim("DY-21", "ML talk, DEs", "A network solves a differential equation by its residual, and is valid off any lattice; a lattice "
          "needs (points a dimension)^d numbers, a network N = ?",
          ours="log10 of lattice points over parameters, dimension 6", printed=Exact(1.0), relation=">",
          note="For this smooth solution a few hundred parameters do in six dimensions, found by a nonlinear fit that costs more than the "
          "solution of a lattice. The loss is that of the network's own residual; the slide has the exact solution in it."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="solutions")
