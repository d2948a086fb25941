"""The fall of connected correlators with the width: G_c^(n) ~ N^(1-n/2), fitted on signal only."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from certifield.evidence import Estimate, InputError

SIGNAL = 5.0  # standard errors that a point needs to enter a fit


@dataclass(frozen=True, eq=False)
class WidthLaw:
    """log |G_c| = intercept + slope log N by weighted least squares, on the widths whose signal exceeds 5 standard errors.

    ``slope``, ``intercept``: None where fewer than two widths are left; ``used``, ``excluded``: the widths in and out of the fit;
    ``draws_for_signal``: for an excluded width, how many draws would make its signal 5 standard errors (infinite if it looks like zero);
    ``chi2``, ``dof``: of the fit.
    """

    slope: Estimate | None
    intercept: Estimate | None
    used: tuple[int, ...]
    excluded: tuple[int, ...]
    draws_for_signal: tuple[float, ...]
    chi2: float
    dof: int


def fit_width_law(widths: Sequence[int], estimates: Sequence[Estimate]) -> WidthLaw:
    """The power law of single correlators, one `Estimate` of shape () a width, each from draws of its own.

    A power law is never drawn through noise: widths with |estimate| <= 5 standard errors, or a refused error bar, are left out and listed.
    Raises `InputError` if the numbers of widths and estimates differ, an estimate is not a single number, or two share their draws
    (neuron-level estimates of several widths do: their slope is exact by construction and there is nothing to fit).
    """
    if len(widths) != len(estimates) or not all(isinstance(entry, Estimate) and entry.shape == () for entry in estimates):
        shown = [getattr(entry, "shape", entry) for entry in estimates]
        raise InputError("estimates", shown, f"{len(widths)} estimates of single numbers", "pick one entry, e.g. estimate[0]")
    if not all(width >= 1 for width in widths):
        raise InputError("widths", list(widths), "numbers of neurons, 1 or more", "leave the others out")
    sources = [source for entry in estimates for source in entry.deviations]
    if len(set(sources)) != len(sources):
        raise InputError(
            "estimates", "estimates that share draws", "from independent draws", "fit network-level estimates, one stream a width"
        )
    strong = [bool(entry.signal > SIGNAL) for entry in estimates]
    excluded = [(width, entry) for width, entry, kept in zip(widths, estimates, strong, strict=True) if not kept]
    points = [(width, entry) for width, entry, kept in zip(widths, estimates, strong, strict=True) if kept]
    slope = intercept = None
    chi2, dof = 0.0, max(0, len(points) - 2)
    if len({width for width, _ in points}) >= 2:
        slope, intercept, chi2 = _fit(points)
    return WidthLaw(
        slope=slope,
        intercept=intercept,
        used=tuple(width for width, _ in points),
        excluded=tuple(width for width, _ in excluded),
        draws_for_signal=tuple(_draws_needed(entry) for _, entry in excluded),
        chi2=chi2,
        dof=dof,
    )


def _fit(points: Sequence[tuple[int, Estimate]]) -> tuple[Estimate, Estimate, float]:
    logs = np.log([width for width, _ in points])
    heights = np.log(np.abs([float(entry.mean) for _, entry in points]))
    errors = np.array([float(entry.stderr / abs(entry.mean)) for _, entry in points])
    design = np.stack([logs, np.ones_like(logs)], axis=1) / errors[:, None]
    solution = np.linalg.pinv(design) / errors[None, :]  # parameters = solution @ heights
    parameters = solution @ heights
    chi2 = float(np.sum(((heights - design @ parameters * errors) / errors) ** 2))
    slope, intercept = (_linear(row, value, points) for row, value in zip(solution, parameters, strict=True))
    return slope, intercept, chi2


def _linear(row: np.ndarray, value: float, points: Sequence[tuple[int, Estimate]]) -> Estimate:
    """A linear combination of the log |G_c|, carrying the deviations of every point."""
    deviations = {
        source: coefficient * part / float(entry.mean)
        for coefficient, (_, entry) in zip(row, points, strict=True)
        for source, part in entry.deviations.items()
    }
    first = points[0][1]
    draws, blocks = sum(entry.draws for _, entry in points), min(entry.blocks for _, entry in points)
    return Estimate(np.asarray(value), deviations, draws, blocks, first.seed, "weighted log-log fit", first.precision, bias="unknown")


def _draws_needed(entry: Estimate) -> float:
    signal = float(abs(entry.mean) / entry.nominal_stderr) if entry.nominal_stderr > 0 else 0.0
    return entry.draws * (SIGNAL / signal) ** 2 if signal > 0 else np.inf
