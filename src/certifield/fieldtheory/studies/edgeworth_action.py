"""The action of the cos-net at a point, diagram by diagram, against its exact density; and correlators from actions (ledger S7)."""

from collections.abc import Iterator

import numpy as np

from certifield.ensembles import cos_net
from certifield.evidence import Exact
from certifield.fieldtheory import action_of, cos_net_density, cos_net_log_density, diagrams_by_width, draw
from certifield.study import Case, Claim, Curve, Found, Options, Picture, Pieces, Plot, Readings, Section, Study, Task

from ._from_the_action import ORDERS, diagram_piece, diagram_readings, free_piece, free_readings

POWERS = (2, 4, 6)
_FACTORIAL = {2: 2, 4: 24, 6: 720}


class Question(Options):
    """Widths of the cos-net; of the ReLU-net whose correlators are drawn; draws of networks, and of the free field."""

    widths: tuple[int, ...] = (20, 40, 80, 160, 320)
    relu_width: int = 20
    draws: int = 400_000
    free_draws: int = 4_000_000


def cases(options: Question) -> Iterator[Case]:
    """One for each width; the free field; the ReLU-net."""
    yield from (Case(f"N={width}", {"width": width}, "density") for width in options.widths)
    yield Case("free", {}, "correlators")
    yield Case("relu", {}, "correlators")


def piece(task: Task, options: Question) -> dict[str, np.ndarray]:
    """Coefficients of phi^2, phi^4, phi^6 in log P, exact, to first and to second order; or sampled correlators."""
    if task.case.name == "free":
        return free_piece(task.key, options.free_draws)
    if task.case.name == "relu":
        return diagram_piece(task.seed % 2**31, options.relu_width, options.draws)
    width = task.case.data["width"]
    exact = cos_net_log_density(width)
    actions = [action_of(cos_net(1, width), [[0.0]], order=order) for order in (1, 2)]
    series = [[float(one.couplings[r].ravel()[0]) / _FACTORIAL[r] - (r == 2) for r in POWERS] for one in actions]
    return {"exact": np.asarray(exact.value), "radius": np.asarray(exact.radius), "orders": np.array(series)}


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Exact coefficients, and those to first and second order; correlators over their diagrams."""
    if 0 not in pieces:
        return
    found = pieces[0]
    if case.name == "free":
        yield from free_readings(np.asarray(found["groups"]), options.free_draws)
        return
    if case.name == "relu":
        yield from diagram_readings(found, options.relu_width, options.draws)
        return
    for place, power in enumerate(POWERS):
        exact = Exact(float(found["exact"][place]), "Fourier integral", "arXiv:2307.03223", float(found["radius"][place]))
        for row, order in enumerate(("first", "second")):
            value = float(found["orders"][row, place])
            yield f"phi^{power} to {order} order", Found(Exact(value, "sum of diagrams", "arXiv:2307.03223", 1e-12 * (1 + abs(value))))
        yield f"phi^{power} exactly", Found(exact)


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """The power of N with which the error of each order falls, from the two largest widths."""
    widths = sorted(width for width in options.widths if 0 in readings[f"N={width}"].pieces)[-2:]
    if len(widths) < 2:
        return
    for row, order in enumerate(("first", "second")):
        gaps = [abs(readings[f"N={n}"].pieces[0]["orders"][row, 1] - readings[f"N={n}"].pieces[0]["exact"][1]) for n in widths]
        slope = float(np.log(gaps[1] / gaps[0]) / np.log(widths[1] / widths[0]))
        yield f"error of the {order} order falls as N to the", Found(Exact(slope, "phi^4 at the two largest widths", radius=0.15))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Diagrams, densities and the table of orders; correlators from the action."""
    pictures = [
        Picture(draw(one), f"g_{legs}: {one.labellings} x 1/{one.symmetry}, sign {one.sign:+d}", str(one))
        for legs in POWERS
        for one in diagrams_by_width(legs, 2)
    ]
    yield Section(
        "diagrams",
        "The diagrams to second order in 1/N",
        "Vertices are connected correlators, inner lines -Delta, legs Delta; S = 1/2 phi Delta phi - sum_r g_r phi^r / r!. Each diagram "
        "enters with the number of ways to label its legs over its symmetry factor.",
        pictures=pictures,
    )
    width = options.widths[0]
    field = np.linspace(-2.2, 2.2, 89)
    density = np.asarray(cos_net_density(width, field).value)
    marks = [Curve(field, np.log(density / density[44]) + field**2, "ink", "solid", label="exact")]
    marks += [Curve(field, 0 * field, "blue", "dotted", label="Gaussian")]
    for order, colour in ((1, "orange"), (2, "green")):
        expanded = action_of(cos_net(1, width), [[0.0]], order=order).log_density(field[:, None])
        marks.append(Curve(field, expanded + field**2, colour, "dashed", label=f"order {order}"))
    rows = []
    for each in options.widths:
        if 0 in readings[f"N={each}"].pieces:
            found = readings[f"N={each}"].pieces[0]
            columns = zip(POWERS, *np.asarray(found["orders"]).tolist(), np.asarray(found["exact"]).tolist(), strict=True)
            rows += [(f"N = {each}", f"phi^{power}", *(f"{value:.6g}" for value in values)) for power, *values in columns]
    yield Section(
        "density",
        f"The logarithm of the density at a point, N = {width}",
        "log P(phi)/P(0) of the cos-net, s_a = 1, less that of the free field, -phi^2: exact, and by the action to first and second order "
        "in 1/N.",
        plots=[Plot("", "phi", "log P(phi)/P(0) + phi^2", marks, "an exact curve between two approximations")],
        columns=("network", "coefficient of", "first order", "second order", "exact"),
        rows=rows,
    )
    names = [("free", f"G_{order} over the sum of pairings") for order in ORDERS] + [("free", "factor of phi G2^-1 phi in the action")]
    names += [("relu", f"G_{order} over {what}") for order in (4, 6) for what in ("its diagrams", "the free field")]
    yield Section(
        "correlators",
        "Correlators from the action",
        f"The free field is drawn at three points. The ReLU-net has N = {options.relu_width} neurons; lambda and kappa are measured at one "
        "input, the correlators at others, and drawn from whole networks: G4 = sum KK - 24 lambda I_4 and "
        "G6 = sum KKK - 24 lambda sum K I_4 - 720 kappa I_6. The free field alone misses them.",
        columns=("field", "ratio", "found"),
        rows=[(case, name, readings[case][name].value) for case, name in names if name in readings[case]],
    )


CLAIMS = (
    Claim("ST-16", "PHENO 2021; arXiv:2402.13321, section 3; Physics4ML notes (2.18)", "A free theory: G1 and G2 fix all G^(n) (Wick).",
          ours="free/G_10 over the sum of pairings", printed=Exact(1.0), within=0.05,
          note="Orders 2 to 10 at three points; the sum over pairings is a Hafnian."),
    Claim("ST-17", "arXiv:2402.13321 (6); Physics4ML notes (2.18)-(2.26)", "S = int int phi G2^-1 phi, without 1/2 in (2.23) and (2.26).",
          ours="free/factor of phi G2^-1 phi in the action", printed=Exact(1.0), correction=Exact(0.5), within=0.01,
          note="At P points G2^-1 is the inverse of a matrix; (2.18) has the wrong sign in the exponent too."),
    Claim("ST-24", "PHENO 2021, Feynman diagrams", "Feynman diagrams give the correlators at finite N.",
          ours="relu/G_6 over its diagrams", printed=Exact(np.ones(2)), within=0.1,
          note="G4 = sum KK - 24 lambda I_4 likewise; kappa comes with -720 I_6."),
    Claim("ST-27", "arXiv:2402.13321, section 3.1; Strings 2025", "Diagrams with connected correlators as vertices give the action in 1/N.",
          ours="N=80/phi^4 to second order", printed=Exact(0.003330, "second order", radius=5e-7),
          note="Exactly 0.003343; to first order 0.003125."),
    Claim("ST-27a", "arXiv:2307.03223", "What the second order leaves is of third order in 1/N.",
          ours="error of the second order falls as N to the", printed=Exact(-3.0, radius=0.15)),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="widths")
