"""Conformal fields from networks: linear networks on the null cone, and the free boson in two dimensions (ledger F5).

Theta.X is drawn at points -rho, rho, 1, -1 of a plane, and its four-point function decomposed into blocks; the central charge of the field
with a logarithmic kernel is measured from its momenta.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache

import numpy as np
from pydantic import Field

from certifield.evidence import Estimate, Exact
from certifield.study import Case, Cells, Claim, Curve, Found, Options, Pieces, Plot, Points, Readings, Section, Study, Task, curves

from ..conformal import (
    ThetaLaw,
    block,
    central_charge,
    charge_with_cutoff,
    coefficients,
    cross_ratios,
    embed,
    gaussian,
    generalised_free,
    mean_field_coefficient,
    mean_field_sum,
    null_product,
    sampled_four_point,
    scalar_blocks,
    sphere,
    theta_power,
)  # fmt: skip

LAWS: dict[str, Callable[[int], ThetaLaw]] = {"sphere": sphere, "gaussian": gaussian}
_ANGLES = np.linspace(0.4, 1.4, 6)
_RHO = 0.5 * np.exp(1j * _ANGLES)
OPERATORS = ((0, 0), (-2, 0))  # (dimension, spin): the identity and the square of the field
_FREE, _AT = (1, Fraction(3, 2), 2), 0.2 + 0.1j
_BOSON = "boson"


class Fields(Options):
    """Dimensions of space, draws of Theta, momenta of the free boson."""

    dims: tuple[int, ...] = Field((3, 4, 5), min_length=1, examples=[[3, 4, 5]])
    draws: int = Field(4_000_000, ge=1024, examples=[4_000_000])
    momenta: int = Field(1 << 26, ge=1024, examples=[1 << 26])
    reaches: tuple[float, ...] = Field((2.0, 3.0, 4.0, 5.0, 7.0), min_length=1, examples=[[7.0]])


def cases(options: Fields) -> Iterator[Case]:
    """One for each law and dimension, and one for the boson."""
    for dim in options.dims:
        for law in LAWS:
            yield Case(f"Theta.X/D={dim}/{law}", {"dim": dim, "law": law})
    yield Case(_BOSON, {"dim": 2})


def frames(dim: int) -> np.ndarray:
    """Points [K, 4, D] in a plane."""
    points = np.zeros((len(_RHO), 4, dim))
    for place, at in enumerate((-_RHO, _RHO, np.ones(len(_RHO)), -np.ones(len(_RHO)))):
        points[:, place, 0], points[:, place, 1] = at.real, at.imag
    return points


def piece(task: Task, options: Fields) -> dict[str, np.ndarray]:
    """Mean and deviations of g at every frame, or of the central charge at every distance."""
    data = task.case.data
    if task.case.name == _BOSON:
        found = [
            central_charge(draws=options.momenta, seed=task.seed + place, reach=reach)[0] for place, reach in enumerate(options.reaches)
        ]
        return {"mean": np.array([float(one.mean) for one in found]), "error": np.array([float(one.stderr) for one in found])}
    drawn = sampled_four_point(LAWS[data["law"]](data["dim"]), frames(data["dim"]), draws=options.draws, seed=task.seed)
    return {"mean": drawn.mean, "deviations": next(iter(drawn.deviations.values()))}


def _drawn(case: Case, pieces: Pieces, options: Fields) -> Estimate:
    away = pieces[0]["deviations"]
    return Estimate(pieces[0]["mean"], {case.name: away}, options.draws, len(away), None, "draws of Theta", "float64")


def _charges(pieces: Pieces, options: Fields) -> Estimate:
    found = pieces[0]
    return Estimate.from_stderr(found["mean"], found["error"], source=_BOSON, draws=options.momenta, method="draws of momenta")


def read(case: Case, pieces: Pieces, options: Fields) -> Iterator[tuple[str, Found]]:
    """g over its formula, the operators in it, the factor in front; or the central charge."""
    if 0 not in pieces:
        return
    if case.name == _BOSON:
        measured = _charges(pieces, options)
        for place, reach in enumerate(options.reaches):
            yield f"c at k_1 |z| = {reach:g}", Found(measured[place], charge_with_cutoff(reach))
        yield "central charge", Found(measured[len(options.reaches) - 1], Exact(1, "free boson"))
        return
    dim, law = case.data["dim"], LAWS[case.data["law"]](case.data["dim"])
    formula, drawn = theta_power(law), _drawn(case, pieces, options)
    u, v = cross_ratios(frames(dim))
    reference = np.asarray(formula(u, v).value)
    yield "g over its formula", Found(drawn / reference, Exact(np.ones(len(u)), "m (1 + 1/u + v/u)"))
    first, (x1, x2, x3, x4) = frames(dim)[0], embed(frames(dim)[0])
    four_points = drawn[0] * (null_product(x1, x2) * null_product(x3, x4))  # <phi phi> = X.Y for a law with E Theta^2 = 1
    squares = np.sum((first[0] - first[1]) ** 2) * np.sum((first[2] - first[3]) ** 2)
    yield "factor of x12^2 x34^2 g", Found(four_points / (squares * reference[0]), Exact(Fraction(1, 4)))
    known = scalar_blocks(formula, dim)
    expected = Exact([known[Fraction(dimension)].value for dimension, _ in OPERATORS], "by powers of u and v")  # type: ignore[arg-type]  # numbers of any kind, kept as they are
    half = (1 + u - v) / 2
    found = coefficients(drawn, dim, OPERATORS, half + 1j * np.sqrt(u - half**2))
    yield "squared coefficients of 1 and phi^2", Found(found, expected)
    yield "connected over disconnected", Found(formula.terms[Fraction(0), Fraction(0)] - 1)


def conclude(readings: Readings, options: Fields) -> Iterator[tuple[str, Found]]:
    """Generalised free fields: sums of blocks over g; symmetry under exchange of points."""
    u, v = abs(_AT) ** 2, abs(1 - _AT) ** 2
    for delta in _FREE:
        whole = generalised_free(delta)(u, v)
        sums = (mean_field_sum(4, delta, _AT, twists=n, spins=2 * n + 3) / whole for n in (7, 9))
        less, more = (float(ratio.value) for ratio in sums)  # type: ignore[arg-type]
        name = f"sum of blocks over g, Delta = {float(delta):g}"
        yield name, Found(Estimate.from_stderr(more, abs(more - less) + 1e-15, source=name, method="blocks", bias="unknown"), Exact(1))
        for residual, pair in zip(generalised_free(delta).crossing(u, v), ("1 <-> 3", "1 <-> 2"), strict=True):
            yield f"crossing {pair}, Delta = {float(delta):g}", Found(residual, Exact(0))


@cache
def maps() -> tuple[Plot, Plot]:
    r"""g of the generalised free field of Delta = 3/2 over the plane of z, and how far its sum of blocks is from crossing:

    $|g_N(u,v) - (u/v)^\Delta g_N(v,u)|/g(u,v)$ for g_N of 15 blocks, which converge at z; v and u change places with z and 1 - z.
    """
    delta, field = _FREE[1], generalised_free(_FREE[1])
    across, up = np.linspace(0.0, 1.0, 13), np.linspace(0.0, 0.8, 9)
    z = (across[1:] + across[:-1]) / 2 + 1j * ((up[1:] + up[:-1]) / 2)[:, None]
    u, v = abs(z) ** 2, abs(1 - z) ** 2
    exact = np.asarray(field(u, v).value, dtype=float)
    there = np.asarray(mean_field_sum(4, delta, z, twists=3, spins=9).value, dtype=float)
    residual = np.abs(there - (u / v) ** float(delta) * there[:, ::-1]) / exact  # 1 - z is mirrored, and g takes z for its conjugate
    labels, words = ("Re z", "Im z"), "over the plane of z, Delta = 3/2"
    return (
        Plot("g(u, v), free", *labels, [Cells(across, up, np.log10(exact), "log10 g")], f"log10 of g {words}"),
        Plot("Crossing of 15 blocks", *labels, [Cells(across, up, np.log10(residual), "log10 residual")], f"crossing residual {words}"),
    )


def page(readings: Readings, options: Fields) -> Iterator[Section]:
    """g against the angle, the central charge against the distance, and the operators."""
    plots, rows = [], []
    for dim in options.dims:
        marks, strip = [], []
        for number, law in enumerate(LAWS):
            reading = readings.get(f"Theta.X/D={dim}/{law}")
            if reading is None or 0 not in reading.pieces:
                continue
            drawn = _drawn(reading.case, reading.pieces, options)
            exact = np.asarray(theta_power(LAWS[law](dim))(*cross_ratios(frames(dim))).value)
            marks += [Curve(_ANGLES, exact, colour="muted"), *curves(law, _ANGLES.tolist(), drawn.mean.tolist(), number,
                      low=(drawn.mean - drawn.stderr).tolist(), high=(drawn.mean + drawn.stderr).tolist(), joined=False)]  # fmt: skip
            strip += curves("", _ANGLES.tolist(), ((drawn.mean - exact) / drawn.stderr).tolist(), number, joined=False)
        if marks:
            pulls = Plot("", "angle of rho", "pull", strip, y_range=(-5.0, 5.0))
            plots.append(Plot(f"D = {dim}", "angle of rho", "g(u, v)", marks, "sampled four-point functions on their formula", strip=pulls))
    boson = readings.get(_BOSON)
    if boson is not None and 0 in boson.pieces:
        reach, measured = np.linspace(1.0, 9.0, 81), _charges(boson.pieces, options)
        s = reach**2 / 4
        plots.append(
            Plot("The free boson", "k_1 |z|", "central charge",
                 [Curve(reach, (1 - (1 + s) * np.exp(-s)) ** 2, colour="muted", label="with the cutoff, exactly"),
                  Points(np.array(options.reaches), measured.mean, measured.stderr, colour="blue", label="drawn")],
                 "the central charge tends to 1 beyond the cutoff"))  # fmt: skip
    plots += maps()
    for delta in _FREE:
        for n, spin in ((0, 0), (0, 2), (1, 0), (0, 4)):
            factor, at = mean_field_coefficient(4, delta, n, spin), float(2 * delta + 2 * n + spin)
            value = float(block(4, at, spin, _AT).value) if factor.value else 0.0  # type: ignore[arg-type]
            rows.append((f"free, Delta = {float(delta):g}", f"{at:g}", spin, factor, f"{value:.6g}"))
    yield Section(
        "conformal", "Four-point functions, operators and the central charge",
        "Points are -rho, rho, 1 and -1 with |rho| = 1/2. Grey: m (1 + 1/u + v/u), m = 1 for Gaussian Theta and (D+2)/(D+4) for a fixed "
        "length; below, the distance in standard errors. The free boson: sharp cutoffs oscillate for ever in derivatives, "
        "exp(-k^2/k_1^2) does not, and beyond k_1 |z| = 7 it takes 1e-4 of c. Maps: a generalised free field; its first blocks add up to "
        "what is symmetric under crossing best at z = 1/2, where both channels converge alike.",
        plots=plots, columns=("field", "dimension", "spin", "squared coefficient", "block at z = 0.2 + 0.1 i"), rows=rows,
    )  # fmt: skip


_TALK = "Strings 2025; arXiv:2409.12222"
CLAIMS = (
    Claim("FI-18", _TALK, "A homogeneous network on X = (1, x, x^2) whose law is SO(D+1,1) invariant is a conformal field.",
          ours="Theta.X/D=4/sphere/g over its formula", printed=Exact(np.ones(len(_RHO)), "a function of u and v alone"),
          note="The cone is that of D + 2 dimensions, not D + 1; X.Y = -(x-y)^2/2."),
    Claim("FI-19", _TALK, "G4 of Theta.X is x12^2 x34^2 g(u, v), g = mu_4/3 (1 + 1/u + v/u).",
          ours="Theta.X/D=4/sphere/factor of x12^2 x34^2 g", printed=Exact(1), correction=Exact(Fraction(1, 4)),
          note="The factor 1/4 of two products X.Y is dropped there; g is right. E Theta^2 = 1, Delta = -1."),
    Claim("FI-20", _TALK, "These fields are interacting.", ours="Theta.X/D=4/gaussian/connected over disconnected",
          printed=Exact(0), relation="<",
          note="Not for every law: Gaussian Theta is a generalised free field, and another law only mixes such fields with a random length "
               "(-1/4 of the disconnected part for a fixed one, D = 4). Delta = -1 is below the unitarity bound."),
    Claim("FI-20 (c)", "arXiv:2512.24420", "The field with a logarithmic kernel is the free boson: c = 1.", ours=f"{_BOSON}/central charge",
          printed=Exact(1), within=0.01),
)  # fmt: skip

STUDY = Study(Fields, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="measurements",
              packages=("python-flint",))  # fmt: skip
