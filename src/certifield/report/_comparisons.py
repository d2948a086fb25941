"""All comparisons of a study at once: whether chance explains the worst, which are the furthest off, and how their pulls spread."""

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from certifield.engine import Results
from certifield.evidence import Agreement, Exact
from certifield.study import Curve, Found, Note, Plot, Points, Section, Stairs

from ._values import Cell, entries, worst
from ._words import count, minus, plural, probability

ENOUGH = 20  # pulls that make a distribution
_WORST = 5  # that are shown first
_EDGES = np.arange(-5.0, 5.01, 0.5)
_QUANTILES = 60  # points of the quantile plot, about, beside both tails
_TAIL = 4
_NOTHING = 0.05  # standard errors
_BOUNDS = 0.1  # rms of pulls, below which errors are bounds of an arithmetic and no standard errors
_BEYOND_TWO = 0.0455  # of a normal law, beyond two standard deviations


@dataclass(frozen=True)
class Verdict:
    """The joint verdict in words: ``kind`` is "good", "bad" or "neutral"; ``headline`` and what ``follows``."""

    kind: str
    headline: str
    follows: str


def verdict(results: Results) -> Verdict | None:
    """Over all comparisons; None where nothing was held against anything."""
    joint = results.joint
    undecided = sum(int(np.sum(~np.ravel(record.decisive))) for record in results.counted.values())
    rest = f" {plural(undecided, 'comparison')} could not be decided: {_their(undecided)} refused or withheld." if undecided else ""
    if joint is None:
        return Verdict("neutral", "Nothing could be compared yet", rest.strip()) if results.agreements else None
    what = "The only comparison" if joint.compared == 1 else f"All {count(joint.compared)} comparisons"
    if not joint.contradicted:
        return Verdict("good", f"{what} {'agrees' if joint.compared == 1 else 'agree'} with what was expected", _calm(results) + rest)
    if math.isinf(joint.pull):
        told = f"{joint.place} is not what was expected, by more than any rounding: start there."
    else:
        told = (
            f"{joint.place} is {abs(joint.pull):.1f} standard errors from what was expected. Among {plural(joint.compared, 'comparison')}, "
            f"chance alone makes the worst as bad as this with probability {probability(joint.p_joint)} at most: start there."
        )
    return Verdict("bad", "A finding contradicts what was expected", told + rest)


def _their(number: int) -> str:
    return "its error bar is" if number == 1 else "their error bars are"


def _calm(results: Results) -> str:
    joint = results.joint
    assert joint is not None
    every = "It" if joint.compared == 1 else "Every one of them"
    if joint.p_value >= 1:
        found = dict(results.findings())
        exact = all(isinstance(found[place].value, Exact) for place in results.counted)
        return f"{every} {'agrees to the last digit that is known' if exact else 'lies within the tolerance that is stated'}."
    if abs(joint.pull) < _NOTHING:
        return f"{every} agrees within the error of the arithmetic."
    if joint.compared == 1:
        return f"It is {abs(joint.pull):.1f} standard errors off; chance alone brings that with probability {probability(joint.p_value)}."
    least = probability(joint.p_joint)
    chance = (
        "as bad as that is to be expected" if joint.p_joint >= 0.5 else f"as bad as that comes by chance with probability {least} at most"
    )
    return f"The worst, {joint.place}, is {abs(joint.pull):.1f} standard errors off. Among {count(joint.compared)}, one {chance}."


@dataclass(frozen=True)
class Furthest:
    """A comparison that is far off."""

    place: str
    index: str
    value: str
    expected: str
    pull: Cell
    chance: str


def furthest(results: Results, above: Collection[str] = ()) -> list[Furthest]:
    """The least probable comparisons, one for each finding, worst first; none where fewer than three findings are compared, and none where
    all of them stand ``above`` already."""
    if len(results.counted) < 3 or set(results.counted) <= set(above):
        return []
    found = dict(results.findings())
    least = sorted((_least(record), place) for place, record in results.counted.items() if np.any(record.decisive))
    return [_furthest(place, found[place], results.agreements[place]) for p_value, place in least[:_WORST] if p_value < 1]


def _least(record: Agreement) -> float:
    return float(np.min(np.ravel(record.p_value)[np.ravel(record.decisive)], initial=1.0))


def _furthest(place: str, found: Found, record: Agreement) -> Furthest:
    entry = worst(entries(found, record))
    assert entry is not None
    return Furthest(place, entry.index, entry.value.text, entry.expected, entry.pull, probability(entry.probability))


def pulls(results: Results) -> Section | None:
    """How the pulls spread, against the normal law that honest error bars give; None where there are too few."""
    lines = [
        line for place, found in results.findings() if place in results.counted for line in _pulls(place, found, results.counted[place])
    ]
    if len(lines) < ENOUGH:
        return None
    values = np.array([line[-1] for line in lines])
    if _rms(values) < _BOUNDS:
        return None
    return Section(
        "pulls",
        "How the pulls spread",
        _reading(values),
        plots=[_histogram(values), _quantile_plot(values)],
        caption="A pull is the distance from what was expected in standard errors; here each is translated through its probability into "
        "that of the normal law, so that error bars from few and from many blocks can stand side by side. The outermost bins hold "
        "everything beyond. Findings that repeat others are left out; those that share their draws are correlated, and may lie off "
        "centre together.",
        columns=("finding", "entry", "pull", "p_value", "normal"),
        rows=lines,
        hidden=True,
    )


def _pulls(place: str, found: Found, record: Agreement) -> list[tuple[str, str, float, float, float]]:
    """The comparisons of a finding that have an error: two exact values agree or do not, and follow no law."""
    from scipy.special import ndtri

    if isinstance(found.value, Exact) and isinstance(found.expected, Exact):
        return []
    shape = np.shape(record.pull)
    normal = -np.sign(record.pull) * ndtri(np.clip(np.asarray(record.p_value) / 2, 1e-300, 0.5))
    columns = (np.ravel(part).tolist() for part in (record.pull, record.p_value, normal, record.decisive))
    return [
        (place, found.name_of(index), pull, p_value, z)
        for index, pull, p_value, z, decisive in zip(np.ndindex(*shape), *columns, strict=True)
        if decisive
    ]


def _histogram(values: np.ndarray) -> Plot:
    counts, _ = np.histogram(np.clip(values, _EDGES[0], _EDGES[-1]), _EDGES)
    heights = counts / (len(values) * np.diff(_EDGES))
    fine = np.linspace(_EDGES[0], _EDGES[-1], 121)
    normal = Curve(fine, np.exp(-(fine**2) / 2) / math.sqrt(2 * math.pi), "ink", thickness=0.9, label="standard normal")
    told = minus(f"mean {values.mean():+.2f}, rms {_rms(values):.2f}")
    marks = [normal, Stairs(_EDGES, heights, "blue", filled=True, label=plural(len(values), "pull")), Note(0.03, 0.96, told)]
    alternative = f"Histogram of {len(values)} pulls beside the standard normal density; {told}."
    top = 1.25 * max(0.42, float(heights.max()))
    return Plot("density", "pull", "density", marks, alternative, x_range=(_EDGES[0], _EDGES[-1]), y_range=(0, top), legend_columns=2)


def _quantile_plot(values: np.ndarray) -> Plot:
    """Ordered pulls against normal quantiles at (i - 1/2)/n, thinned to a few that keep both tails."""
    from scipy.special import ndtri

    size = len(values)
    tails = [position for position in (*range(_TAIL), *range(size - _TAIL, size)) if 0 <= position < size]
    chosen = np.unique(np.concatenate([np.linspace(0, size - 1, _QUANTILES).astype(int), tails]).astype(int))
    x, y = ndtri((chosen + 0.5) / size), np.sort(values)[chosen]
    across = max(3.2, 1.1 * float(np.abs(x).max()))
    reach = max(across, 1.1 * float(np.abs(y).max()))
    diagonal = np.array([-across, across])
    marks = [Curve(diagonal, diagonal, "ink", thickness=0.9, label="honest errors"), Points(x, y, None, "blue", hollow=True, label="pulls")]
    alternative = "Ordered pulls against the quantiles of the standard normal law; those of honest error bars lie on the diagonal."
    return Plot("quantiles", "standard normal quantile", "pull", marks, alternative,
                x_range=(-across, across), y_range=(-reach, reach), legend_columns=2)  # fmt: skip


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _reading(values: np.ndarray) -> str:
    beyond = float(np.mean(np.abs(values) > 2))
    return (
        f"{plural(len(values), 'comparison')} of an estimate with what was expected. If the error bars are honest, pulls follow the "
        f"standard normal law: rms 1 (here {_rms(values):.2f}), and {100 * _BEYOND_TWO:.1f} % beyond two standard errors "
        f"(here {100 * beyond:.1f} %)."
    )
