"""The answers to questions of yes or no: counted for each group of cases, and how many are proved within a time or an amount of work."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from certifield.engine import Results
from certifield.evidence import Answer, Certified, Obstructed, Unknown, wilson
from certifield.study import Curve, Missing, Plot, Reading, Section
from certifield.study._section import COLOURS, STYLES

from ._words import count, duration, plural

STATES: tuple[str, ...] = ("certified", "obstructed", "unknown", "waiting", "withheld")
_CURVES = 12  # beyond which one stands for all
SEVERAL = 3  # cases, below which a share and its growth with time say nothing
_LEAST = 1e-4  # seconds, below which a time on a logarithmic axis is noise
_ANSWERS = Certified | Obstructed | Unknown


@dataclass(frozen=True)
class Tally:
    """The answers of a group of cases to one question."""

    question: str
    group: str
    counts: Mapping[str, int]
    spent: int
    seconds: float | None

    @property
    def cases(self) -> int:
        """How many were asked."""
        return sum(self.counts.values())

    @property
    def proved(self) -> int:
        """How many have a proof of either kind."""
        return self.counts["certified"] + self.counts["obstructed"]

    @property
    def tried(self) -> int:
        """How many have an answer, unknown included."""
        return self.proved + self.counts["unknown"]

    @property
    def interval(self) -> str:
        """Wilson's interval of the share with a proof, at 95 %."""
        share = wilson(self.proved, self.tried)
        return f"{share.low:.3f} to {share.high:.3f}"

    @property
    def share(self) -> str:
        """The share with a proof."""
        return f"{self.proved / self.tried:.3f}"

    @property
    def told_spent(self) -> str:
        """The work in words."""
        return count(self.spent)

    @property
    def told_seconds(self) -> str:
        """The time in words."""
        return "–" if self.seconds is None else duration(self.seconds)


def questions(results: Results) -> list[str]:
    """The names of the findings that are answers."""
    found = (name for reading in results.readings.values() for name, one in reading.items() if isinstance(one.value, _ANSWERS))
    return list(dict.fromkeys(found))


def tallies(results: Results) -> list[Tally]:
    """One for each question and group of cases, and for all cases where there are several groups."""
    groups: dict[str, list[Reading]] = {}
    for reading in results.readings.values():
        groups.setdefault(reading.case.group, []).append(reading)
    parts = {**groups, **({"all": list(results.readings.values())} if len(groups) > 1 else {})}
    return [_tally(name, group, members, results.unit) for name in questions(results) for group, members in parts.items()]


def _tally(question: str, group: str, members: Sequence[Reading], unit: str) -> Tally:
    counts: dict[str, int] = dict.fromkeys(STATES, 0)
    for reading in members:
        counts[_state(reading, question)] += 1
    spent = sum(_spent(reading[question].value, unit) for reading in members if question in reading)
    known = [reading.seconds for reading in members if reading.seconds is not None]
    return Tally(question, group, counts, spent, sum(known) if known else None)


def _state(reading: Reading, question: str) -> str:
    if question not in reading:
        return "waiting"
    value = reading[question].value
    if isinstance(value, Missing):
        return "waiting" if value.waiting else "withheld"
    return "certified" if isinstance(value, Certified) else "obstructed" if isinstance(value, Obstructed) else "unknown"


def _spent(value: object, unit: str) -> int:
    return value.spent.get(unit, 0) if isinstance(value, _ANSWERS) else 0


def whole(found: Sequence[Tally]) -> list[Tally]:
    """The tally of all cases for each question: the last one."""
    return list({tally.question: tally for tally in found}.values())


def told(found: Sequence[Tally]) -> str:
    """All answers in a sentence; "" where there are none."""
    sentences = []
    for tally in whole(found):
        parts = [f"{count(number)} {state}" for state, number in tally.counts.items() if number]
        start = f"{tally.question}: " if len(whole(found)) > 1 else ""
        sentences.append(f"{start}{count(tally.proved)} of {plural(tally.cases, 'case')} have a proof ({', '.join(parts)}).")
    return " ".join(sentences[:4]) + (f" {len(sentences) - 4} more questions below." if len(sentences) > 4 else "")


def categories(results: Results) -> str:
    """Where the obstructions live, in a sentence; "" where it is not told."""
    values = [one.value for reading in results.readings.values() for one in reading.values()]
    found = [value.category for value in values if isinstance(value, Obstructed) and value.category]
    return " and ".join(f"{found.count(name)} {name}" for name in ("topological", "smooth") if name in found)


@dataclass(frozen=True, order=True)
class Proof:
    """What a proof took: all the time of its case, and the work of its answer."""

    seconds: float
    work: int
    case: str


def solved(results: Results) -> Section | None:
    """How many cases are proved within a time, and within an amount of work; None where nothing is proved yet."""
    curves = {name: proofs for name, proofs in _curves(results) if proofs}
    if not curves or len(results.readings) < SEVERAL:
        return None
    every = [proof for proofs in curves.values() for proof in proofs]
    timed, worked = any(proof.seconds for proof in every), any(proof.work for proof in every)
    plots = [
        *([_plot("by time", "seconds spent on a case", curves, lambda proof: max(proof.seconds, _LEAST))] if timed else []),
        *([_plot("by work", f"{results.unit} spent on a case", curves, lambda proof: max(proof.work, 1))] if worked else []),
    ]
    if not plots:
        return None
    records = [
        (name, number, proof.case, proof.seconds, proof.work)
        for name, proofs in curves.items()
        for number, proof in enumerate(sorted(proofs), 1)
    ]
    return Section(
        "solved",
        "How many cases have a proof, by time and by work",
        _reading(every, results),
        plots=plots,
        caption="A case counts from the time, or the work, that it took up to its proof. Time is wall-clock time of the machines that were "
        "used; work is the same everywhere.",
        columns=("curve", "proved", "case", "seconds", "work"),
        rows=records,
        hidden=True,
    )


def _curves(results: Results) -> Iterator[tuple[str, list[Proof]]]:
    readings, asked = list(results.readings.values()), questions(results)
    groups = list(dict.fromkeys(reading.case.group for reading in readings))
    if 1 < len(groups) <= _CURVES:
        for group in groups:
            yield group or "no group", _proofs([one for one in readings if one.case.group == group], asked, results.unit)
    elif 1 < len(asked) <= _CURVES:
        for name in asked:
            yield name, _proofs(readings, [name], results.unit)
    else:
        last = {reading.case.name: max(reading.pieces) for reading in readings if reading.pieces}
        rounds = sorted(set(last.values()))
        # Budgets of work as steps: one curve for each, of what was proved up to its end.
        budgets = rounds if rounds and rounds[0] > 0 and len(rounds) <= _CURVES else []
        for step in budgets:
            within = [reading for reading in readings if last.get(reading.case.name, step + 1) <= step]
            yield f"up to {step} {results.unit}", _proofs(within, asked, results.unit)
        if not budgets:
            yield "all cases", _proofs(readings, asked, results.unit)


def _proofs(readings: Sequence[Reading], asked: Sequence[str], unit: str) -> list[Proof]:
    return [proof for reading in readings if (proof := _proof(reading, asked, unit))]


def _proof(reading: Reading, asked: Sequence[str], unit: str) -> Proof | None:
    values: list[Answer] = [reading[name].value for name in asked if name in reading and isinstance(reading[name].value, _ANSWERS)]  # type: ignore[misc]
    first = next((value for value in values if not isinstance(value, Unknown)), None)
    return None if first is None else Proof(round(reading.seconds or 0.0, 6), _spent(first, unit), reading.case.name)


def _plot(title: str, x_label: str, curves: Mapping[str, Sequence[Proof]], cost) -> Plot:
    reach = max(cost(proof) for proofs in curves.values() for proof in proofs)
    marks = [_staircase(name, list(map(cost, proofs)), reach, number) for number, (name, proofs) in enumerate(curves.items())]
    said = "; ".join(f"{name}: {plural(len(proofs), 'case')}" for name, proofs in curves.items())
    return Plot(title, x_label, "cases with a proof", marks, f"Cases with a proof {title}: {said}", x_log=True, legend_columns=2)


def _staircase(name: str, costs: Sequence[float], reach: float, number: int) -> Curve:
    ordered = np.sort(np.asarray(costs, dtype=float))
    x = np.append(np.repeat(ordered, 2), reach * 1.05)
    y = np.append(np.repeat(np.arange(len(ordered) + 1), 2)[1:-1], len(ordered))
    style = STYLES[number // len(COLOURS) % len(STYLES)]
    return Curve(x, y.astype(float), colour=COLOURS[number % len(COLOURS)], style=style, label=name)


def _reading(proofs: Sequence[Proof], results: Results) -> str:
    seconds = {proof.case: proof.seconds for proof in proofs}
    known = np.array([time for time in seconds.values() if time], dtype=float)
    times = (
        f" Half of these took at most {duration(float(np.median(known)))} each, the slowest {duration(float(known.max()))}."
        if known.size
        else ""
    )
    have = "has" if len(results.readings) == 1 else "have"
    return f"{count(len(seconds))} of {plural(len(results.readings), 'case')} {have} a proof.{times}"
