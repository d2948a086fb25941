"""Ricci-flat metrics on two cubics in P^5, with the symmetry and without: the benchmark of another program (ledger G2)."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certifield.evidence import Exact
from certifield.geometry import Symmetry, euler_number, invariant_forms, two_cubics
from certifield.geometry.studies._ladders import Row, cells, ladder
from certifield.study import Curve, Found, Options, Plot, Points, Readings, Section

_POINTS = 9  # a draw
_ENOUGH = 15  # points a parameter


class Question(Options):
    """The modulus psi; degrees with and without the symmetry; draws of the fits at the least (9 points each) and of the test."""

    psi: float = 0.5
    symmetric: tuple[int, ...] = (2, 3, 4, 5, 6)
    plain: tuple[int, ...] = (2, 3)
    draws: int = 1200
    tested: int = 4000


def _rows(options: Question) -> dict[str, Row]:
    rows = {}
    for symmetric, degrees in ((True, options.symmetric), (False, options.plain)):
        for k in degrees:
            size = 0 if symmetric else invariant_forms(two_cubics(options.psi), [k], Symmetry()).size
            ladder = tuple(((degree,),) for degree in ((k,) if symmetric else range(2, k + 1)))
            name = f"{'symmetric' if symmetric else 'plain'}/k={k}"
            draws = max(options.draws, _ENOUGH * size // _POINTS)
            rows[name] = Row(lambda: two_cubics(options.psi), (Fraction(1),), ladder, draws, symmetric)
    return rows


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """The Euler number, from the degrees."""
    yield "Euler number", Found(euler_number(two_cubics(options.psi).configuration), Exact(-144))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Error against degree, with the symmetry and without it."""
    marks, rows = [], []
    for number, group in enumerate(("symmetric", "plain")):
        seen = [reading for name, reading in readings.items() if name.startswith(group) and "sigma" in reading]
        if seen:
            sigma = [reading["sigma"].value for reading in seen]
            mean, error = (np.array([float(getattr(one, part)) for one in sigma]) for part in ("mean", "stderr"))
            degrees = np.array([reading.case.data["k"] for reading in seen], dtype=float)
            colour = ("blue", "orange")[number]
            marks += [Curve(degrees, mean, colour), Points(degrees, mean, error, colour, ("o", "s")[number], label=group)]
        for reading in seen:
            rows.append((reading.case.name, *cells(reading, ("sigma", "l2", "quantile", "ricci", "volume", "points", "positive"))))
    yield Section(
        "two-cubics",
        f"Two cubics in P^5, psi = {options.psi:g}",
        "The fit among all Hermitian forms does not know the symmetry; the one among the invariant forms has the fewer parameters the "
        "larger the group, here of order 72 times 81. sigma is measured on unseen points.",
        plots=[Plot("", "degree k", "sigma", marks, "two curves that fall with the degree", y_log=True)],
        caption="Points: measured, with one standard error by draw.",
        columns=("case", "sigma", "L2", "99.9 %", "R-measure", "volume", "points of the test", "positive everywhere"),
        rows=rows,
    )


STUDY = ladder(Question, _rows, conclude=conclude, page=page)
