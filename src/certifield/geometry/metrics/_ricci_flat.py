"""Nearly Ricci-flat metrics by a ladder of fits, each of a higher degree than the one before."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from certifield._arguments import listed, of_kind, positive_float, whole
from certifield.evidence import InputError

from ..points import MOST_DRAWS, Points, kinds, sample
from ..varieties import Symmetry, Variety, smoothness
from ._algebraic import AlgebraicMetric, Logarithm, fubini_study, logarithms, raised
from ._fit import POINTS_EACH, POINTS_ENOUGH, fit
from ._forms import invariant_forms
from ._progress import LONG, Progress, Told, silent

_LADDER = "a list with the multidegrees of each fit, one at the least", "the quintic takes [[[2]], [[4]]]"
_LEAST_DRAWS = 400  # of a fit before the last


def ricci_flat(
    variety: Variety,
    kaehler: Sequence[object],
    ladder: Sequence[Sequence[Sequence[int]]],
    *,
    draws: int,
    seed: int,
    symmetry: Symmetry | None = None,
    tolerance: float = 1e-3,
    progress: Told | None = None,
) -> tuple[AlgebraicMetric, Points]:
    """A nearly Ricci-flat metric of the class t = ``kaehler``, and the points that it was fitted on.

    ``ladder``: for each fit the multidegrees of its logarithms, such as [[[2]], [[4]]] for degrees 2 and 4; each begins with the metric of
    the one before.  ``draws``: of points for the last fit; those before take 15 points a parameter.  Judge it by `quality`, on another
    seed.  ``progress``: called with a line of text before and after each step of a long fit; without it these lines go to stderr.
    Raises `InputError`, before any work, for fewer than three points a parameter in any fit.  Warns of a variety that is singular: where
    no argument decides it, a singular point is looked for.
    """
    of_kind("variety", variety, Variety, "such as fermat()")
    tolerance = positive_float("tolerance", tolerance, "try tolerance=1e-3")
    draws = whole("draws", draws, 1, MOST_DRAWS, "a draw of the quintic has 5 points; try draws=2000")
    plan = _planned(variety, kaehler, ladder, draws, symmetry)
    long = any(rung.parameters * rung.points >= LONG for rung in plan)
    tell = Progress(progress if long or progress is not None else silent)
    sizes = ", ".join(f"degrees {rung.shown}: {rung.parameters} parameters, {rung.points} points" for rung in plan)
    tell(f"sampling {draws} draws of {variety!r} for {len(plan)} fit{'s' * (len(plan) > 1)} ({sizes})")
    points = sample(variety, draws, seed)
    found = smoothness(variety, points.z) if variety.smooth is None else None  # of members that are known to be singular `sample` warns
    if found is not None and found.singular:
        warnings.warn(f"{variety!r} is {found}. Metric and certificate are about its smooth points; change a coefficient", stacklevel=2)
    metric = fubini_study(variety, plan[0].terms)
    for number, rung in enumerate(plan, 1):
        metric = raised(metric, rung.terms)
        tell(f"fit {number} of {len(plan)}, degrees {rung.shown}: {rung.parameters} parameters")
        metric = fit(metric, points[points.draws < rung.draws], symmetry=symmetry, tolerance=tolerance, progress=tell.told)
    tell("done")
    return metric, points


@dataclass(frozen=True)
class _Rung:
    """One fit: its logarithms, its number of parameters, and how many draws and points it takes."""

    terms: tuple[Logarithm, ...]
    parameters: int
    draws: int
    points: int

    @property
    def shown(self) -> str:
        return " + ".join(f"({', '.join(map(str, term.degrees))})" for term in self.terms)


def _planned(
    variety: Variety, kaehler: Sequence[object], ladder: Sequence[Sequence[Sequence[int]]], draws: int, symmetry: Symmetry | None
) -> list[_Rung]:
    """All fits before the work of the first.  Raises `InputError` where one has too few points, with the draws that it needs."""
    if not len(listed("ladder", ladder, *_LADDER)):
        raise InputError("ladder", ladder, *_LADDER)
    terms = [logarithms(variety, kaehler, listed("ladder", degrees, *_LADDER)) for degrees in ladder]
    variety.configuration.require_calabi_yau()
    each, plan = sum(kinds(variety).values()), []
    for number, one in enumerate(terms, 1):
        parameters = sum(invariant_forms(variety, term.degrees, symmetry).size for term in one)
        enough = draws if number == len(terms) else min(draws, max(-(-POINTS_ENOUGH * parameters // each), _LEAST_DRAWS))
        plan.append(_Rung(one, parameters, enough, enough * each))
    for rung in plan:
        if rung.points < POINTS_EACH * rung.parameters:
            least, better = (-(-times * rung.parameters // each) for times in (POINTS_EACH, POINTS_ENOUGH))
            allowed = f"{least} or more for degrees {rung.shown}, {POINTS_EACH} points a parameter, better {better}"
            why = f"{draws}, which are {rung.points} points for {rung.parameters} parameters"
            raise InputError("draws", why, allowed, f"take draws={better}, a lower degree, or a symmetry of the variety")
    return plan
