"""How many items have a proof within a time, and within an amount of work: one curve for each group, or for each round."""

from collections.abc import Sequence

import numpy as np

from certifield.studies.census import Answered, CensusResults

from ..figures import Figure, Panel
from ..figures._figure import Curve

COLOURS = ("blue", "orange", "green", "purple", "sky", "ink")
STYLES = ("solid", "dashed", "dotted")
_COLUMNS = ("curve", "item", "solved", "seconds", "work")
_LEAST = 1e-4  # seconds, below which a time on a logarithmic axis is noise


def solved(results: CensusResults) -> Figure | None:
    """The figure; None where nothing is proved yet."""
    curves = {name: proofs for name, proofs in _curves(results).items() if proofs}
    if not curves:
        return None
    records = [
        (name, item, number, seconds, work)
        for name, proofs in curves.items()
        for number, (seconds, work, item) in enumerate(sorted(proofs), 1)
    ]
    panels = [
        _panel("by time", "seconds spent on an item", {name: [max(s, _LEAST) for s, _, _ in proofs] for name, proofs in curves.items()}),
        _panel("by work", f"{results.unit} spent on an item", {name: [max(w, 1) for _, w, _ in proofs] for name, proofs in curves.items()}),
    ]
    by_group = len({one.item.group for one in results.answered}) > 1
    return Figure(
        slug="solved",
        title="Items with a proof, by time and by work",
        caption="An item counts from the time, or the work, that all its rounds took up to its proof. "
        + ("One curve for each group of items." if by_group else "One curve for each round: what is proved up to its end."),
        reading=_reading(curves, results),
        panels=panels,
        columns=_COLUMNS,
        records=records,
    )


Proof = tuple[float, int, str]  # seconds and work up to the proof, and the item


def _curves(results: CensusResults) -> dict[str, list[Proof]]:
    answered = results.answered
    groups = list(dict.fromkeys(one.item.group for one in answered))
    if len(groups) > 1:
        return {group or "no group": _proofs([one for one in answered if one.item.group == group], results.unit) for group in groups}
    budgets = sorted({attempt.budget for one in answered for attempt in one.attempts})
    return {f"up to {budget} {results.unit}": _proofs(answered, results.unit, budget) for budget in budgets}


def _proofs(answered: Sequence[Answered], unit: str, most: int | None = None) -> list[Proof]:
    solved = [(one, one.best.budget) for one in answered if one.best is not None and one.best.record.status != "unknown"]
    return [_proof(one, unit, budget) for one, budget in solved if most is None or budget <= most]


def _proof(answered: Answered, unit: str, budget: int) -> Proof:
    tried = [attempt for attempt in answered.attempts if attempt.budget <= budget]
    seconds, work = sum(attempt.seconds or 0.0 for attempt in tried), sum(attempt.record.spent.get(unit, 0) for attempt in tried)
    return round(seconds, 6), work, answered.item.name


def _panel(title: str, x_label: str, curves: dict[str, list[float]]) -> Panel:
    reach = max(max(values) for values in curves.values())
    marks = [_staircase(name, values, reach, number) for number, (name, values) in enumerate(curves.items())]
    told = "; ".join(f"{name}: {len(values)} items" for name, values in curves.items())
    return Panel(title, x_label, "items with a proof", marks, f"Items with a proof {title}: {told}", x_log=True, legend_columns=2)


def _staircase(name: str, values: Sequence[float], reach: float, number: int) -> Curve:
    ordered = np.sort(np.asarray(values, dtype=float))
    x = np.append(np.repeat(ordered, 2), max(reach, ordered[-1]) * 1.05)
    y = np.append(np.repeat(np.arange(len(ordered) + 1), 2)[1:-1], len(ordered))
    style = STYLES[number // len(COLOURS) % len(STYLES)]
    return Curve(x, y.astype(float), colour=COLOURS[number % len(COLOURS)], style=style, label=name)


def _reading(curves: dict[str, list[Proof]], results: CensusResults) -> str:
    every = {item: seconds for proofs in curves.values() for seconds, _, item in proofs}
    times = np.sort(np.fromiter(every.values(), dtype=float))
    half, most = float(np.median(times)), float(times[-1])
    return (
        f"{len(every)} of {len(results.answered)} items have a proof. Half of these took at most {half:.3g} s each, "
        f"the slowest {most:.3g} s. Time is wall-clock time of this machine; work is the same everywhere."
    )
