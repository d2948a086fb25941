"""Ricci flow against its exact solutions, and Perelman's functional along it: signs and factors of the literature (ledger G3)."""

from collections.abc import Iterator

import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.geometry import flows
from certifield.study import Case, Claim, Curve, Found, Options, Piece, Pieces, Plot, Points, Readings, Section, Study, Task, curves

_DIGITS = 1e-8  # to which the flow must agree with its exact solutions
_TIMES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)


class Question(Options):
    """The squashing a/b of the Berger spheres, and the nodes on the 2-sphere."""

    squashed: tuple[float, ...] = (0.2, 0.5, 1.7)
    nodes: int = 40


def cases(options: Question) -> Iterator[Case]:
    """The round 3-sphere, squashed ones, a bumpy 2-sphere, and Perelman's functional on it."""
    yield Case("round", {"start": [1.0, 1.0, 1.0]}, "SU(2)")
    yield from (Case(f"berger-{ratio:g}", {"start": [ratio, 1.0, 1.0]}, "SU(2)") for ratio in options.squashed)
    yield Case("sphere", {}, "sphere")
    yield Case("perelman", {}, "sphere")


def _bumps(x: np.ndarray) -> np.ndarray:
    return 0.3 * x + 0.2 * x**2 - 0.1 * x**3


def piece(task: Task, options: Question) -> Piece:
    """Numbers along the flow of one case."""
    if "start" in task.case.data:
        found = flows.su2_flow(task.case.data["start"], np.linspace(0, 0.08, 9).tolist())
        return {"times": found.times, "metric": found.metric.mean, "error": found.metric.stderr}
    if task.case.name == "sphere":
        flow = flows.sphere_flow(_bumps, _TIMES, options.nodes)
        return {"times": flow.times, "area": flow.area.mean, "error": flow.area.stderr, "extremes": flow.extremes.mean}
    sphere = flows.Sphere(options.nodes)
    x = sphere.x
    u, f, w = _bumps(x), 0.4 * np.cos(x) + 0.3 * x**2, np.sin(2 * x) + 0.3
    du, df = sphere.directions(u, f)
    gradient = flows.derivative(sphere.functional, u, f, w, 2 * w)  # of F along a conformal change of g at fixed measure
    scale, k, measure = np.exp(-2 * u), sphere.curvature(u), np.exp(2 * u - f)
    laplacian, slope = scale * sphere.laplacian(f), scale * sphere.squared_gradient(f)
    numbers = {
        "growth": flows.derivative(sphere.functional, u, f, du, df),
        "rate": sphere.rate(u, f),
        "measure": flows.derivative(sphere.measure, u, f, du, df),
        "variation": gradient,
        "without 2": -sphere.integral(2 * w * (2 * k + laplacian) * measure),
        "dilaton": flows.derivative(sphere.functional, u, f, 0 * w, w),
        "dilaton expected": sphere.integral(w * (-2 * k - 2 * laplacian + slope) * measure),
        "other flow": flows.derivative(sphere.measure, u, f, du, -2 * k - 2 * laplacian + slope),
    }
    return {name: np.array(float(np.real(value))) for name, value in numbers.items()}


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Each against its exact value."""
    if 0 not in pieces:
        return
    held = {name: np.asarray(value) for name, value in pieces[0].items()}
    if "start" in case.data:
        a, b = held["metric"][:, 0], held["metric"][:, 1]
        if case.name == "round":
            yield "r^2", Found(_solved(case, a, held["error"][:, 0]), Exact(1 - 4 * held["times"], "1 - 4t", radius=np.full(len(a), 1e-15)))
        else:
            constant = a / np.sqrt(np.abs(1 - a / b))
            yield "first integral", Found(_solved(case, constant / constant[0], held["error"].max(axis=1)), Exact(np.ones(len(a))))
        yield "out of round", Found(_solved(case, np.array(abs(1 - a[-1] / b[-1])), held["error"].max()))
    elif case.name == "sphere":
        exact = held["area"][0] - 8 * np.pi * held["times"]
        fallen = (held["area"][0] - held["area"][-1]) / (8 * np.pi * held["times"][-1])
        yield "area lost over 8 pi t", Found(_solved(case, fallen, held["error"].max()))
        yield "area", Found(_solved(case, held["area"], held["error"]), Exact(exact, "A_0 - 8 pi t", radius=np.full(len(exact), 1e-11)))
    else:
        zero = np.array(0.0)
        for name, other in (("growth", "rate"), ("variation", "without 2"), ("dilaton", "dilaton expected")):
            yield name, Found(_solved(case, held[name], zero), Exact(float(held[other]), other, radius=1e-11))
        yield "measure", Found(_solved(case, held["measure"], zero), Exact(0.0))
        yield "growth over the rate", Found(_solved(case, held["growth"] / abs(held["rate"]), zero))
        yield "variation over one with 2", Found(_solved(case, held["variation"] / (2 * held["without 2"]), zero))
        yield "measure along the other flow", Found(_solved(case, held["other flow"], zero))


def _solved(case: Case, mean: np.ndarray, error: np.ndarray) -> Estimate:
    """With the digits of the acceptance as the least error."""
    errors = np.broadcast_to(np.maximum(error, _DIGITS / 5), np.shape(mean))
    return Estimate.from_stderr(mean, errors, source=case.name, method="two tolerances", bias="unknown")


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Squashed spheres become round; the area falls in a straight line."""
    marks, plots = [], []
    for number, (name, reading) in enumerate((key, one) for key, one in readings.items() if key.startswith("berger") and 0 in one.pieces):
        held = reading.pieces[0]
        times, metric = np.asarray(held["times"]), np.asarray(held["metric"])
        marks += curves(name, times.tolist(), (metric[:, 0] / metric[:, 1]).tolist(), number)
    if marks:
        plots.append(Plot("squashed 3-spheres", "time t", "a / b", marks, "curves that approach 1"))
    sphere = readings.get("sphere")
    rows = []
    if sphere is not None and 0 in sphere.pieces:
        held = {name: np.asarray(value) for name, value in sphere.pieces[0].items()}
        line = held["area"][0] - 8 * np.pi * held["times"]
        plots.append(
            Plot("area of a bumpy sphere", "time t", "area", [Curve(held["times"], line, "orange", label="A_0 - 8 pi t"),
                 Points(held["times"], held["area"], None, "blue", label="flow")], "points on a falling line")
        )  # fmt: skip
        rows = [
            (f"{t:g}", f"{area:.10f}", f"{area - exact:+.1e}", f"{low:.4f}", f"{high:.4f}")
            for t, area, exact, (low, high) in zip(held["times"], held["area"], line, held["extremes"], strict=True)
        ]
    yield Section(
        "flow",
        "Ricci flow",
        "Squashed spheres become round while they shrink. On a 2-sphere the area falls by 8 pi a unit of time whatever its shape, by "
        "Gauss and Bonnet, and the extremes of the curvature approach each other. Ricci flow climbs Perelman's F at fixed measure: the "
        "flow that descends it runs the heat equation backwards and is refused.",
        plots=plots,
        columns=("time", "area", "less the line", "least K", "largest K"),
        rows=rows,
    )


CLAIMS = (
    Claim("GE-12", "arXiv:2402.13321 (16)", "Ricci flow is dg/dt = -2 Ric.", ours="sphere/area lost over 8 pi t",
          printed=Exact(1.0, radius=1e-7),
          note="The area falls by 8 pi a unit of time; round spheres obey r^2 = 1 - 4t and squashed ones their first integral, to 1e-8."),
    Claim("GE-13", "arXiv:2402.13321 (17)", "dF/dg = -2 (Ric + Hess phi).", ours="perelman/variation over one with 2",
          printed=Exact(1.0, radius=1e-7), correction=Exact(0.5, radius=1e-7),
          note="At fixed measure it is -(Ric + Hess phi) e^(-phi), without the 2; checked for conformal changes in two dimensions."),
    Claim("GE-14", "arXiv:2402.13321 (17)", "The dynamics of the dilaton is dictated by dF/dphi.",
          ours="perelman/measure along the other flow", printed=Exact(0.0, radius=1e-7),
          note="The flow along dF/dphi does not keep e^(-phi) dV; phi_t = -Lap phi + |grad phi|^2 - R does."),
    Claim("GE-18", "arXiv:2402.13321, section 3.2", "Gradient descent on L = F realises Perelman's flow.",
          ours="perelman/growth over the rate", printed=Exact(-1.0, radius=1e-7), correction=Exact(1.0, radius=1e-7),
          note="Ricci flow climbs F: L = -F."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, claims=CLAIMS, page=page, unit="flows")
