"""The bicubic in seven Kaehler classes: exact, Fubini-Study and fitted volumes, and the error of the metric (ledger G1, G2)."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from pydantic import Field

from certifield.evidence import Certificate, Estimate, Exact
from certifield.geometry import CONFIGURATIONS, fubini_study, invariant_forms, named, quality, sample, volume
from certifield.geometry.studies._ladders import Row, about as about_row, cells, findings, fitted, measured, packed
from certifield.study import Case, Claim, Curve, Found, Options, Piece, Pieces, Plot, Points, Readings, Section, Study, Task

# t with |t| = 2, from the printed intersection volume; then what the talk prints: V_int, V_FS, V_CY
_PRINTED = {
    1: ((1.41421356, 1.41421356), 8.49, 8.49, 8.56),
    2: ((0.6876, 1.8781), 4.97, 4.50, 5.03),
    3: ((0.4205, 1.9553), 2.93, 2.94, 2.96),
    4: ((0.2991, 1.9775), 2.02, 2.03, 2.03),
    5: ((0.9619, 1.7535), 6.87, 6.91, 6.86),
    6: ((1.0908, 1.6763), 7.59, 7.58, 7.58),
    7: ((0.8528, 1.8091), 6.16, 6.26, 6.28),
}
_POINTS = 6  # of a draw
_STEEP = 4  # of t2/t1, beyond which the second degrees are higher by 1 for every so much
_DIGITS = 0.005  # half a unit of the last printed place


class Question(Options):
    """Which of the seven classes, the seed of the polynomial, the sections of the fit, draws (6 points each) and points a parameter of the
    fit at the least.
    """

    classes: tuple[int, ...] = tuple(_PRINTED)
    polynomial: int = 3
    degree: int = 1
    draws: int = 2000
    points: int = Field(12, ge=3)
    tested: int = 4000


def kaehler_of(number: int) -> tuple[Fraction, Fraction]:
    """The class to four digits, as fractions."""
    first, second = _PRINTED[number][0]
    return Fraction(first).limit_denominator(10_000), Fraction(second).limit_denominator(10_000)


def terms(kaehler: tuple[Fraction, Fraction], degree: int) -> tuple[tuple[int, ...], ...]:
    """Multidegrees (k, b) and (k, k) or (0, b') on both sides of t; (k, k) alone where t1 = t2.

    From degree 2 on b is about 2k, the more the steeper t, as fits on other points had it: the error is that of the direction with the
    larger parameter.  At degree 1 b is just below t2/t1.
    """
    slope = kaehler[1] / kaehler[0]
    if slope == 1:
        return ((degree, degree),)
    if degree == 1:
        return (1, -(-slope.numerator // slope.denominator) - 1), (0, 2)
    if slope <= 2:
        return (degree, 2 * degree), (degree, degree)
    return (degree, 2 * degree + int((slope - 2) / _STEEP)), (0, degree + int(slope / _STEEP))


def _rungs(last: tuple[tuple[int, ...], ...]) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """The fits before the last: halves of the degrees of its first logarithm."""
    (first, *others), rungs = last, [last]
    while first[0] > 1:
        first = tuple(-(-k // 2) for k in first)
        rungs.append((first, *others))
    return tuple(reversed(rungs))


def _row(number: int, options: Question) -> Row:
    kaehler = kaehler_of(number)
    degrees = terms(kaehler, options.degree)
    variety = named("bicubic", options.polynomial)
    parameters = sum(invariant_forms(variety, one).size for one in degrees)
    return Row(lambda: variety, kaehler, _rungs(degrees), max(options.draws, options.points * parameters // _POINTS))


def cases(options: Question) -> Iterator[Case]:
    """One for each class."""
    yield from (Case(f"class-{number}", {"number": number}) for number in options.classes)


def piece(task: Task, options: Question) -> Piece:
    """The Fubini-Study metric and the fitted one, on the same unseen points."""
    row = _row(task.case.data["number"], options)
    held = dict(fitted(row, task, options.tested))
    points = sample(row.variety(), options.tested, held["seed"])
    found = quality(fubini_study(points.variety, row.kaehler), points, ricci=0, certify=False)
    for name in ("sigma", "volume"):
        held |= packed(f"FS {name}", getattr(found, name))
    return held


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Volumes against the exact one, and the error of both metrics."""
    if 0 not in pieces:
        return
    row, held = _row(case.data["number"], options), pieces[0]
    exact = volume(CONFIGURATIONS["bicubic"], row.kaehler)
    yield "V_int", Found(exact)
    yield "V_FS", Found(measured(case, held, "FS volume"), exact)
    yield "FS sigma", Found(measured(case, held, "FS sigma"))
    yield from findings(case, held, row)


def about(case: Case, certificate: Certificate, options: Question) -> bool:
    """Whether a certificate is about the potential of this case."""
    return about_row(case, certificate, _row(case.data["number"], options))


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """The seven intersection volumes as one array."""
    known = [reading["V_int"].value for reading in readings.values() if "V_int" in reading]
    if len(known) == len(_PRINTED):
        values = np.array([_float(one) for one in known if isinstance(one, Exact)])
        yield "V_int", Found(Exact(values, "(3/2)(t1^2 t2 + t1 t2^2)", radius=np.full(len(values), 1e-12)))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """The table, and sigma against the slope of the class."""
    rows, slopes, fs, fit = [], [], [], []
    for name, reading in readings.items():
        if "V_FS" not in reading:
            continue
        number = reading.case.data["number"]
        t, *printed = _PRINTED[number]
        exact = reading["V_int"].value
        pulls = []
        for one in ("V_FS", "volume"):
            value = reading[one].value
            assert isinstance(value, Estimate) and isinstance(exact, Exact)
            pulls.append(f"{float((value.mean - _float(exact)) / value.stderr):+.1f}")
        texts = cells(reading, ("V_FS", "volume", "FS sigma", "sigma", "positive"))
        head = (name, f"{t[0]:.4f}, {t[1]:.4f}", f"{_float(exact):.3f}")
        rows.append((*head, texts[0], pulls[0], texts[1], pulls[1], *texts[2:], *printed))
        slopes.append(t[1] / t[0])
        for kept, one in ((fs, "FS sigma"), (fit, "sigma")):
            kept.append((float(reading[one].value.mean), float(reading[one].value.stderr)))  # type: ignore[union-attr]
    marks = []
    for kept, colour, marker, label in ((fs, "orange", "s", "Fubini-Study"), (fit, "blue", "o", "fitted")):
        if kept:
            order, both = np.argsort(slopes), np.array(kept)
            x = np.array(slopes)[order]
            marks += [Curve(x, both[order, 0], colour), Points(x, both[order, 0], both[order, 1], colour, marker, label=label)]
    yield Section(
        "bicubic",
        "The bicubic in seven classes",
        "Volumes of the Fubini-Study metric and of the fitted one both come out as the intersection number says, as they must for any "
        "potential that is defined everywhere; how far the metrics are from Ricci-flat is in the columns of sigma. The classes are taken "
        "with |t| = 2, the only length that gives the printed intersection volumes; t1 and t2 could be exchanged.",
        plots=[Plot("", "t2 / t1", "sigma", marks, "two curves over the slope of the class", x_log=True, y_log=True)],
        caption="Points: measured on unseen points, with one standard error by draw.",
        columns=(
            *("case", "t", "V_int", "V_FS", "pull", "V fitted", "pull", "sigma, FS", "sigma, fitted", "positive"),
            *("printed V_int", "printed V_FS", "printed V_CY"),
        ),
        rows=rows,
    )


def _float(exact: Exact) -> float:
    return float(np.asarray(exact.value, dtype=float))


def _printed(value: float) -> Exact:
    return Exact(value, radius=_DIGITS)


CLAIMS = (
    Claim("GE-06", "ML for CY metrics (talk), table 3", "V_int = d_ijk t_i t_j t_k/6 for the seven classes.", ours="V_int",
          printed=Exact(np.array([one[1] for one in _PRINTED.values()]), radius=np.full(7, _DIGITS)),
          note="For |t| = 2, which the table does not state: no other length reaches the largest of them."),
    Claim("GE-07", "ML for CY metrics (talk), table 3, case 2", "V_FS = 4.50, said to be within 1 % of 4.97.", ours="class-2/V_FS",
          printed=_printed(4.50), correction=_printed(4.97), note="A misprint: 4.50 is 9.5 % off, and ours agrees with the exact volume."),
    Claim("GE-07 (case 7)", "ML for CY metrics (talk), table 3, case 7", "V_FS = 6.26 against V_int = 6.16.", ours="class-7/V_FS",
          printed=_printed(6.26), correction=_printed(6.16), note="Why 1.6 % are printed is not known to us; the volume is exact."),
    Claim("GE-08", "ML for CY metrics (talk), table 3, case 3", "V_CY = 2.96, within 1 % of V_int = 2.93.", ours="class-3/volume",
          printed=_printed(2.96), correction=_printed(2.93), note="The volume of the fitted metric is the exact one within its error."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, about=about, conclude=conclude, claims=CLAIMS, page=page, unit="fits")
