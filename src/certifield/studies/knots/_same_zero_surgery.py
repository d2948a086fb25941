"""Pairs of knots with the same 0-surgery: one slice and the other not would make an exotic four-sphere.

Every pair gives three items: whether the 0-surgeries are the same, and whether each of the two knots is slice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pydantic import Field

from certifield.evidence import Obstructed

from ..census import Answered, Item, Options, Record, Section, Task
from ._discs import PACKAGES, figures_of_disc, prepare_moves, proves_sliceness
from ._films import films
from ._slice_status import test_of

SURGERY = "equal 0-surgery"
SLICE = "slice"
STEPS = "steps"  # moves and triangulations of a surgery; tests, bands and entries of matrices for a knot


class Pairs(Options):
    """The first ``pairs`` of the shipped ones; 0 stands for all."""

    pairs: int = Field(0, ge=0)


def items(options: Pairs) -> Iterator[Item]:
    """Three items for each pair: the surgery, and its two knots."""
    from certifield.topology.surgery import shipped_pairs

    for pair in shipped_pairs()[: options.pairs or None]:
        codes = [[list(crossing) for crossing in knot.crossings] for knot in (pair.first, pair.second)]
        names = [name.replace("-", "mirror-") if name.startswith("-") else name for name in pair.names]
        title = "=".join(names)
        yield Item(f"{title}=surgery", {"pair": title, "first": codes[0], "second": codes[1], "source": pair.source}, SURGERY)
        for which, (name, code) in enumerate(zip(names, codes, strict=True), 1):
            yield Item(f"{title}={which}", {"pair": title, "knot": name, "diagram": code}, SLICE)


def answer(item: Item, budget: int, seed: int, options: Pairs) -> Record:
    """The map between the surgeries, or a disc, or an obstruction."""
    from certifield.topology import Diagram
    from certifield.topology.questions import is_slice
    from certifield.topology.surgery import equal_zero_surgery

    if item.group == SURGERY:
        found = equal_zero_surgery(Diagram.from_pd(item.data["first"]), Diagram.from_pd(item.data["second"]), budget, seed=seed)
    else:
        found = is_slice(Diagram.from_pd(item.data["diagram"]), budget=budget, seed=seed)
    figures = {"decided by": test_of(found)} if isinstance(found, Obstructed) else {}
    return Record(replace(found, spent={**found.spent, STEPS: sum(found.spent.values())}), figures | figures_of_disc(found))


def proves(item: Item, record: Record, options: Pairs) -> bool:
    """Whether the certificate speaks of these very diagrams."""
    if item.group == SURGERY:
        return record.claim == {"kind": "equal zero surgery", "first": item.data["first"], "second": item.data["second"]}
    return proves_sliceness(item, record, options)


def verdict(surgery: Answered, knots: Sequence[Answered]) -> str:
    """What the three answers say together of the smooth Poincare conjecture in dimension four."""
    halves = {_slice_word(one) for one in knots}
    if surgery.status != "certified" or "open" in halves:
        return "OPEN"
    if halves == {"slice", "not slice (smooth)"} or halves == {"slice", "not slice (topological)"}:
        return "COUNTEREXAMPLE? Check everything by hand."
    return "both slice" if halves == {"slice"} else "neither slice"


def _slice_word(one: Answered) -> str:
    if one.status == "certified":
        return "slice"
    return f"not slice ({one.best.record.category})" if one.best and one.status == "obstructed" else "open"


def sections(answered: Sequence[Answered], options: Pairs) -> list[Section]:
    """A line for every pair."""
    by_pair: dict[str, list[Answered]] = {}
    for one in answered:
        by_pair.setdefault(one.item.data["pair"], []).append(one)
    rows, sources = [], {}
    for surgery, *knots in by_pair.values():
        names = [one.item.data["knot"] for one in knots]
        proved = "certified" if surgery.status == "certified" else "open"
        rows.append((*names, proved, *(_slice_word(one) for one in knots), verdict(surgery, knots)))
        sources.setdefault(surgery.item.data["source"], []).append(surgery.item.data["pair"])
    text = (
        "If two knots have the same 0-surgery and just one of them is slice, there is an exotic four-sphere "
        "(Freedman, Gompf, Morrison and Walker; Manolescu and Piccirillo, arXiv:2102.04391). "
        "The homeomorphism of the surgeries preserves orientation and is replayed from the diagrams alone.\n\n"
    ) + "\n\n".join(f"{', '.join(pairs)}: {source}." for source, pairs in sources.items())
    columns = ("first knot", "second knot", "equal 0-surgery", "first", "second", "verdict")
    halves = [one for one in answered if one.item.group == SLICE]
    return [Section("pairs", "Pairs", text, columns=columns, rows=rows, numbers=False), *films(halves)]


TASK = Task(
    options=Pairs,
    items=items,
    answer=answer,
    proves=proves,
    unit=STEPS,
    complete=True,
    packages=PACKAGES,
    prepare=prepare_moves,
    sections=sections,
)
