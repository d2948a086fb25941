"""Slice or not: every prime knot up to some number of crossings, beside what KnotInfo says."""

import re
from collections.abc import Iterator, Sequence

from pydantic import Field

from certifield.evidence import Certified, Obstructed

from ..census import Answered, Item, Options, Record, Section, Task
from ._films import films
from ._ribbon_census import figures_of_disc, prepare as prepare_moves

MOST = 10**6  # larger than any genus


class PrimeKnots(Options):
    """Prime knots with one of these numbers of crossings; ``every``: only each so-manyth of them."""

    crossings: tuple[int, ...] = (3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    every: int = Field(1, ge=1)


def items(options: PrimeKnots) -> Iterator[Item]:
    """The knots in the order and image of KnotInfo, with its published four-genera, which prove nothing and enter no answer."""
    from certifield.topology.tables import prime_knots

    for place, row in enumerate(prime_knots(options.crossings)):
        if place % options.every == 0:
            published = {"smooth": str(row.smooth_four_genus), "topological": str(row.topological_four_genus)}
            diagram = [list(crossing) for crossing in row.diagram.crossings]
            yield Item(row.name, {"diagram": diagram, "four genus in KnotInfo": published}, f"{row.crossings} crossings")


def answer(item: Item, budget: int, seed: int, options: PrimeKnots) -> Record:
    """A ribbon disc, or an obstruction, or neither."""
    from certifield.topology import Diagram
    from certifield.topology.questions import is_slice

    found = is_slice(Diagram.from_pd(item.data["diagram"]), budget=budget, seed=seed)
    if isinstance(found, Certified):
        return Record(found, figures_of_disc(found))
    if isinstance(found, Obstructed):
        return Record(found, {"test": test_of(found), "value": str(found.certificate.value)})
    return Record(found)


def test_of(found: Obstructed) -> str:
    """The test behind an obstruction, in a word or two."""
    document = found.certificate.document()
    witness = document["witness"]
    named = witness.get("test") if isinstance(witness, dict) else None
    return str(named or document["checker"]).removesuffix("@1")


def proves(item: Item, record: Record, options: PrimeKnots) -> bool:
    """Whether the certificate speaks of discs of this very diagram."""
    kinds = {"certified": "ribbon", "obstructed": "not slice"}
    return record.claim.get("kind") == kinds.get(record.status) and record.claim.get("diagram") == item.data["diagram"]


def agrees(one: Answered) -> bool | None:
    """Whether the answer agrees with KnotInfo; None where one of the two leaves it open."""
    record = one.best.record if one.best else None
    if record is None or record.status == "unknown":
        return None
    smooth = str(one.item.data["four genus in KnotInfo"]["smooth"])
    topological = str(one.item.data["four genus in KnotInfo"]["topological"])
    published = smooth if record.status == "certified" or record.category == "smooth" else topological
    least, most = _bounds(published)
    if record.status == "certified":
        return True if most == 0 else False if least > 0 else None
    return True if least > 0 else False if most == 0 else None


def _bounds(published: str) -> tuple[int, int]:
    """The bounds that "2" or "[1, 2]" stands for; an empty cell knows nothing."""
    numbers = [int(number) for number in re.findall(r"\d+", published)]
    return (numbers[0], numbers[-1]) if numbers else (0, MOST)


def sections(answered: Sequence[Answered], options: PrimeKnots) -> list[Section]:
    """Answers by test and number of crossings, disagreements with KnotInfo, what is left open, and films."""
    groups = list(dict.fromkeys(one.item.group for one in answered))
    kinds: dict[str, dict[str, int]] = {}
    for one in answered:
        if one.best:
            figures = one.best.record.figures
            kind = {"certified": "ribbon disc", "obstructed": str(figures.get("test")), "unknown": "unknown"}[one.best.record.status]
            kinds.setdefault(kind, dict.fromkeys(groups, 0))[one.item.group] += 1
    rows = [(kind, *counts.values(), sum(counts.values())) for kind, counts in sorted(kinds.items(), key=lambda row: -sum(row[1].values()))]
    verdicts = [agrees(one) for one in answered if one.best]
    text = (
        f"{verdicts.count(True)} answers agree with the four-genera of KnotInfo, {verdicts.count(False)} disagree, and "
        f"{verdicts.count(None)} cannot be compared, since one of the two leaves the knot open."
    )
    differing = [one for one in answered if agrees(one) is not True and one.best]
    listed = [
        (one.item.name, one.status, *one.item.data["four genus in KnotInfo"].values(), "no" if agrees(one) is False else "open")
        for one in differing
    ]
    columns = ("knot", "answer", "smooth four-genus in KnotInfo", "topological", "agrees")
    return [
        Section("tests", "What decides", text, columns=("decided by", *groups, "all"), rows=rows),
        Section(
            "open", "Open or differing", "Knots whose answer cannot be compared, or differs.", columns=columns, rows=listed, numbers=False
        ),
        *films(answered),
    ]


TASK = Task(
    options=PrimeKnots,
    items=items,
    answer=answer,
    proves=proves,
    unit="bands",
    prepare=lambda options: prepare_moves(None),  # type: ignore[arg-type]
    sections=sections,
)
