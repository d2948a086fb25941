"""The report of the study of axions: couplings against their number, control, and mass eigenstates."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from certifield.cosmology.axions import PLANCK_MASS
from certifield.evidence import Estimate
from certifield.study import Band, Curve, Mark, Note, Plot, Points, Reading, Readings, Section

from ._fits import powers

GRAND = (25.0, 40.0)  # a window around 1/alpha of unification for tau of the host
_COLOURS = {"polytopes": "blue", "trees": "green"}
_QED = "below the instanton of the host"
_COUPLINGS = """The norm of the vector of couplings of all axions to the photon of a seven-brane, g M_P, where all are light. Setting:
{how}; the window column has the hosts with tau from {low:g} to {high:g}. The tip is the shortest vector in the coordinates of a basis of
divisors, and other bases have other tips; g does not depend on c. Polytopes: simplices of Fermat type, triangulated by CYTools. Trees:
bases of F-theory with blow-ups on a share of their edges and faces."""
_EIGENSTATES = """Where instantons on all prime divisors make the masses and their scales lie far apart, the eigenstates lighter than the
instanton on the divisor of the photon itself have no coupling to it: the opposite of the reading above. A share of one means that all
eigenstates have couplings above one per cent of the norm."""


def page(readings: Readings, options: Any) -> Iterator[Section]:
    """Three sections, each from what is there."""
    held = [one for one in readings.values() if 0 in one.pieces and "geometries" in one.pieces[0]]
    rows = {
        group: np.concatenate([np.asarray(one.pieces[0]["geometries"]) for one in held if one.case.group == group])
        for group in {one.case.group: None for one in held}
    }
    if rows:
        yield _couplings(rows, held, _matrices(readings), options)
        yield _control(rows, held)
    known = [one for one in held if "masses" in one.pieces[0]]
    if known:
        yield _eigenstates(known)


def _couplings(rows: dict[str, np.ndarray], held: list[Reading], matrices: list[Mark], options: Any) -> Section:
    how = f"all prime toric divisors, tip with c = {options.cone:g}, no mass cut"
    marks: list[Mark] = [*matrices]
    for group, table in rows.items():
        marks += _power(table[:, 0], table[:, 2], group)
    ends = np.array([1.0, 3000.0])
    marks.append(Band(ends, np.full(2, 1e-12 * PLANCK_MASS), np.full(2, 1e-10 * PLANCK_MASS), "muted", label="1e-12 to 1e-10 per GeV"))
    return Section(
        "couplings",
        "Couplings against the number of axions",
        _COUPLINGS.format(how=how, low=GRAND[0], high=GRAND[1]),
        plots=[Plot("mean coupling", "N", "g M_P", marks, "rising points with bands", x_log=True, y_log=True)],
        caption=f"Points: the mean over {how}. Bands: 95 per cent of the power laws of resampled geometries.",
        columns=("geometry", "N", "log10 V", "geometric mean", "mean", "max", "mean in the window", "hosts there"),
        rows=[_row(one) for one in held],
    )


def _row(reading: Reading) -> tuple:
    table = np.asarray(reading.pieces[0]["geometries"])
    window, mean = table[:, 6][table[:, 7] > 0], table.mean(axis=0)
    inside = f"{window.mean():.4g}" if len(window) else "none"
    return reading.case.name, f"{mean[0]:g}", f"{mean[1]:.3f}", f"{mean[3]:.4g}", f"{mean[2]:.4g}", f"{mean[4]:.4g}", inside, f"{mean[7]:g}"


def _matrices(readings: Readings) -> list[Mark]:
    """Means of random matrices with their errors."""
    found = {one.case.data["size"]: one["mean g"].value for one in readings.values() if "size" in one.case.data and "mean g" in one}
    means = {size: one for size, one in found.items() if isinstance(one, Estimate)}
    if not means:
        return []
    y, error = (np.array([float(getattr(one, name)) for one in means.values()]) for name in ("mean", "stderr"))
    return [Points(np.array(list(means), float), y, error, "orange", "s", label="random matrices, |Q| = 1, tau = 25")]


def _control(rows: dict[str, np.ndarray], held: list[Reading]) -> Section:
    marks = [mark for group, table in rows.items() for mark in _power(table[:, 0], 10 ** table[:, 1], group)]
    masses = {one.case.name: np.asarray(one.pieces[0]["masses"]) for one in held if "masses" in one.pieces[0]}
    return Section(
        "control",
        "Control",
        "The volume at the tip of the stretched cone, where all curves have volume c at least.",
        plots=[Plot("volume at the tip", "N", "V", marks, "rising points with bands", x_log=True, y_log=True)],
        columns=("geometry", "N", "lightest log10 m/eV", "heaviest log10 m/eV"),
        rows=[(name, len(one), f"{one.min():.1f}", f"{one.max():.1f}") for name, one in masses.items()],
    )


def _eigenstates(known: list[Reading]) -> Section:
    largest = max(known, key=lambda one: len(one.pieces[0]["masses"])).pieces[0]
    masses, g, own = np.asarray(largest["masses"]), np.asarray(largest["host"]), int(largest["own"])
    seen = g[:own] > 1e-12 * g.max()
    marks = [
        Points(masses[:own][seen], g[:own][seen], None, "blue", label="eigenstates that couple"),
        Points(masses[own:], np.full(len(masses) - own, g.max() * 1e-12), None, "orange", "v", label=f"{_QED}: g = 0"),
        Note(0.03, 0.94, "one host, of median norm"),
    ]
    shares = [(one.case.name, one.pieces[0]) for one in known]
    return Section(
        "eigenstates",
        "Mass eigenstates",
        _EIGENSTATES,
        plots=[Plot("couplings of eigenstates", "log10 m/eV", "g M_P", marks, "points that fall to 0", x_range=(-40.0, 30.0), y_log=True)],
        caption="Triangles stand at the lower edge for zero. Lighter ones than 1e-40 eV are not shown.",
        columns=("geometry", "N", "share that couple, mean over hosts", "within their bounds of the cut", f"largest g {_QED}"),
        rows=[(name, *_shared(one), f"{np.max(one['lighter']):.1g}") for name, one in shares],
    )


def _shared(piece: Any) -> tuple[int, str, int]:
    """N, the share of eigenstates that couple, and how many of all hosts are not decided."""
    couple, n = np.asarray(piece["couple"]), len(piece["masses"])
    return n, f"{couple[:, 0].mean() / n:.3f}", int(couple[:, 1].sum())


def _power(n: np.ndarray, y: np.ndarray, group: str) -> list[Mark]:
    """Points above N = 1, their power law, and where 95 per cent of those of resampled points lie."""
    colour, many = _COLOURS[group], n > 1
    marks: list[Mark] = [Points(n[many], y[many], None, colour, label=group)]
    if len(np.unique(n[many])) < 3:
        return marks
    across = np.geomspace(n[many].min(), n[many].max(), 30)
    intercepts, slopes = powers(np.log(n[many]), np.log(y[many]))
    low, middle, high = np.exp(np.quantile(intercepts[:, None] + slopes[:, None] * np.log(across)[None, :], [0.025, 0.5, 0.975], axis=0))
    label = f"power {np.mean(slopes):.2f} +- {np.std(slopes):.2f}"
    return [*marks, Band(across, low, high, colour), Curve(across, middle, colour, label=label)]
