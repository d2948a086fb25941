"""The volume of toric Sasaki-Einstein manifolds: the engine finds the bound by the area, and kills a false one."""

from collections.abc import Iterator
from fractions import Fraction
from math import pi
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from certifield.evidence import Estimate, Exact
from certifield.study import Case, Claim, Curve, Found, Missing, Options, Piece, Pieces, Plot, Points, Readings, Section, Study, Task

FEATURES = ("inverse_area", "I", "B", "n")
UPPER = 4 * pi**2 / 27


class Grids(Options):
    """All polygons in grids of ``sides`` x ``sides`` points, each volume between fractions that agree to so many ``digits``."""

    sides: tuple[Annotated[int, Field(ge=3, le=7)], ...] = (3, 4, 5)
    digits: int = Field(14, ge=8, le=30)


def cases(options: Grids) -> Iterator[Case]:
    """Grid by grid."""
    for side in options.sides:
        yield Case(f"grid-{side}", {"side": side})


def table(side: int, digits: int) -> Any:
    """Volumes between fractions, and features: inverse doubled area, points inside and on the boundary, vertices."""
    from certifield.conjecture import Table
    from certifield.geometry.toric import polygons_in_grid, volume_bounds

    polygons = polygons_in_grid(side)
    columns = {
        "V": [volume_bounds(polygon, digits) for polygon in polygons],
        "inverse_area": [Fraction(1, polygon.double_area) for polygon in polygons],
        "I": [polygon.interior_points for polygon in polygons],
        "B": [polygon.boundary_points for polygon in polygons],
        "n": [len(polygon.vertices) for polygon in polygons],
    }
    return Table.of(columns, [polygon.vertices for polygon in polygons])


def piece(task: Task, options: Grids) -> Piece:
    """What the engine says, statement by statement, and the numbers that it was said of."""
    from certifield.conjecture import Bound, linear_bounds

    data = table(task.case.data["side"], options.digits)
    search = linear_bounds(data, "V", FEATURES, most=2, seed=task.root)
    planted = Bound("V", ">=", (("inverse_area", Fraction(11, 10)),))  # as good as true for polygons of many vertices
    violated = planted.check(data).violated
    return {
        "polygons": len(data),
        "surviving": [[str(one.bound), len(one.check.touched)] for one in search.surviving],
        "dead": [[str(one.bound), str(one.witness)] for one in search.dead],
        "planted": [str(planted), len(violated), str(data.objects[violated[0]]) if violated else ""],
        "V": data.floats["V"],
        "features": np.stack([data.floats[name] for name in FEATURES], axis=1),
    }


def _regression(piece: Piece) -> np.ndarray:
    """Relative errors of 1/V on the fourth part of the polygons that a quadratic polynomial in I, B, n was not fitted to."""
    count, features = len(piece["V"]), np.asarray(piece["features"])
    numbers = np.column_stack([np.ones(count), features[:, 1:]])
    terms = np.stack([numbers[:, a] * numbers[:, b] for a in range(4) for b in range(a, 4)], axis=1)
    order = np.random.Generator(np.random.PCG64(1)).permutation(count)
    tested, fitted = order[: count // 4], order[count // 4 :]
    inverse = 1 / np.asarray(piece["V"])
    weights = np.linalg.lstsq(terms[fitted], inverse[fitted], rcond=None)[0]
    return np.abs(terms[tested] @ weights / inverse[tested] - 1)


def read(case: Case, pieces: Pieces, options: Grids) -> Iterator[tuple[str, Found]]:
    """The range of 2 Area V, the statements, and how well a regression does."""
    if 0 not in pieces:
        yield "polygons", Found(Missing("it has not been asked yet", waiting=True))
        return
    found = pieces[0]
    known = {2: 5, 3: 119, 4: 1633, 5: 17978}.get(case.data["side"])
    yield "polygons", Found(Exact(found["polygons"], "enumerated up to translation"), None if known is None else Exact(known))
    products, features = np.asarray(found["V"]) / np.asarray(found["features"])[:, 0], np.asarray(found["features"])
    radius = 4 * 10.0**-options.digits + 1e-14
    yield "least 2 Area V", Found(Exact(float(products.min()), "among all polygons", radius=radius), Exact(1))
    yield "greatest 2 Area V", Found(Exact(float(products.max()), "among all polygons", radius=2 * radius))
    touches = dict(found["surviving"]).get("V >= inverse_area", 0)
    yield "touches of V >= 1/(2 Area)", Found(Exact(touches, "counted exactly"), Exact(int((features[:, 3] == 3).sum()), "triangles"))
    yield "surviving lower bounds", Found(Exact(len(found["surviving"])))
    yield "dead conjectures", Found(Exact(len(found["dead"]), "each with a polygon that violates it"))
    yield "polygons against the planted bound", Found(Exact(found["planted"][1], f"violations of {found['planted'][0]}"))
    errors = _regression(found)
    mean, deviation = float(errors.mean()), float(errors.std(ddof=1) / np.sqrt(len(errors)))
    source = f"{case.name} regression"
    yield (
        "relative error of 1/V by regression",
        Found(Estimate.from_stderr(mean, deviation, source=source, draws=len(errors), method="quadratic in I, B, n on a test quarter")),
    )


def conclude(readings: Readings, options: Grids) -> Iterator[tuple[str, Found]]:
    """The bound by the area for all convex polygons, by two theorems, and for those of the smallest grid without them."""
    from certifield.conjecture import certify_area_bound
    from certifield.geometry.toric import polygons_in_grid

    yield "1 <= 2 Area V < 4 pi^2/27", Found(certify_area_bound(polygons_in_grid(min(options.sides))))


CLAIMS = (
    Claim(
        "CO-10",
        "arXiv:2402.13321, section 2.1; arXiv:1706.03346",
        "the minimum volume of a toric Sasaki-Einstein manifold is learned from toric data; a formula is open",
        open="A formula is open. What is found here: V_min >= 1/(2 Area), which all triangles touch, a theorem by the planar Mahler "
        "inequality since V is 2/27 of the area of the polar body at its Santalo point; and a regression of 1/V in the numbers of points.",
    ),
)


def _short(statement: str) -> str:
    """A bound with the letter that the text explains."""
    return statement.replace("inverse_area", "A")


def page(readings: Readings, options: Grids) -> Iterator[Section]:
    """Statements with their fates, and the band of 2 Area V."""
    alive, dead, plots = [], [], []
    for one in readings.values():
        if 0 not in one.pieces:
            continue
        found = one.pieces[0]
        alive += [(one.case.name, _short(text), touches, "SURVIVES") for text, touches in found["surviving"]]
        dead += [(one.case.name, _short(text), witness) for text, witness in [*found["dead"], (found["planted"][0], found["planted"][2])]]
        features = np.asarray(found["features"])
        products = np.asarray(found["V"]) / features[:, 0]
        ends = np.array([2.5, features[:, 3].max() + 0.5])
        plots.append(
            Plot(
                f"grid of {one.case.data['side']} x {one.case.data['side']} points",
                "vertices",
                "2 Area V_min",
                [
                    Points(features[:, 3], products, colour="blue", label="polygons"),
                    Curve(ends, np.ones(2), colour="green", label="1"),
                    Curve(ends, np.full(2, UPPER), colour="orange", style="dashed", label="4 pi^2/27"),
                ],
            )
        )
    text = (
        "A bound is the solution of a linear program over some of the polygons, rounded to small fractions, and decided for every polygon "
        "in fractions, the volume lying between two. What a polygon violates is dead, and the polygon joins the program. A is 1/(2 Area), "
        "I and B are the numbers of points inside and on the boundary, n that of vertices; a bound touches where it is an equality."
    )
    columns = ("case", "statement", "touches", "status")
    yield Section("surviving", "Surviving bounds", text, plots=plots, columns=columns, rows=alive, numbers=False,
                  caption="2 Area V_min by number of vertices, between the theorem's bounds; triangles lie on the lower one.")  # fmt: skip
    yield Section("dead", "Dead conjectures", "Each with the first polygon that violates it; the last of a grid was planted.",
                  columns=("case", "statement", "witness"), rows=dead, numbers=False)  # fmt: skip


STUDY = Study(options=Grids, cases=cases, piece=piece, read=read, conclude=conclude, claims=CLAIMS, page=page, complete=True)
