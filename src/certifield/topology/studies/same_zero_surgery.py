"""Pairs of knots with the same 0-surgery: one slice and the other not would make an exotic four-sphere.

Every pair gives three cases: whether the 0-surgeries are the same, and whether each of the two knots is slice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pydantic import Field

from certifield.evidence import Certificate, Exact, Obstructed
from certifield.study import (
    Case,
    Claim,
    Found,
    Missing,
    Options,
    Piece,
    Pieces,
    Reading,
    Readings,
    Rounds,
    Section,
    Study,
    Task,
    piece_of_answer,
)

from ._discs import (
    PACKAGES,
    PREPARING,
    about_sliceness,
    answer_in,
    claim_of,
    counted,
    figures_of_disc,
    films,
    prepare_moves,
    read_search,
    read_sliceness,
)
from .slice_status import decided_by

SURGERY = "equal 0-surgery"
SLICE = "slice"
STEPS = "steps"  # moves and triangulations of a surgery; tests, bands and entries of matrices for a knot


class Pairs(Options):
    """The first ``pairs`` of the shipped ones; 0 stands for all."""

    pairs: int = Field(0, ge=0)


def cases(options: Pairs) -> Iterator[Case]:
    """Three cases for each pair: the surgery, and its two knots."""
    from certifield.topology.surgery import shipped_pairs

    for pair in shipped_pairs()[: options.pairs or None]:
        codes = [[list(crossing) for crossing in knot.crossings] for knot in (pair.first, pair.second)]
        names = [name.replace("-", "mirror-") if name.startswith("-") else name for name in pair.names]
        title = "=".join(names)
        yield Case(f"{title}=surgery", {"pair": title, "first": codes[0], "second": codes[1], "source": pair.source}, SURGERY)
        for which, (name, code) in enumerate(zip(names, codes, strict=True), 1):
            yield Case(f"{title}={which}", {"pair": title, "knot": name, "diagram": code}, SLICE)


def piece(task: Task, options: Pairs) -> Piece:
    """The map between the surgeries, or a disc, or an obstruction."""
    from certifield.topology import Diagram
    from certifield.topology.questions import is_slice
    from certifield.topology.surgery import equal_zero_surgery

    data = task.case.data
    if task.case.group == SURGERY:
        found = equal_zero_surgery(Diagram.from_pd(data["first"]), Diagram.from_pd(data["second"]), task.step, seed=task.seed)
    else:
        found = is_slice(Diagram.from_pd(data["diagram"]), budget=task.step, seed=task.seed)
    figures = {"decided by": decided_by(found)} if isinstance(found, Obstructed) else {}
    return piece_of_answer(replace(found, spent={**found.spent, STEPS: sum(found.spent.values())}), figures | figures_of_disc(found))


def read(case: Case, pieces: Pieces, options: Pairs) -> Iterator[tuple[str, Found]]:
    """The answer, and the size of a disc."""
    return (read_search if case.group == SURGERY else read_sliceness)(case, pieces, options)


def about(case: Case, certificate: Certificate, options: Pairs) -> bool:
    """Whether the certificate speaks of these very diagrams."""
    if case.group == SURGERY:
        return claim_of(certificate) == {"kind": "equal zero surgery", "first": case.data["first"], "second": case.data["second"]}
    return about_sliceness(case, certificate, options)


def by_pair(readings: Readings) -> list[list[Reading]]:
    """The three cases of each pair, that of the surgery first."""
    pairs: dict[str, list[Reading]] = {}
    for one in readings.values():
        pairs.setdefault(one.case.data["pair"], []).append(one)
    return list(pairs.values())


def verdict(surgery: Reading, knots: Sequence[Reading]) -> str:
    """What the three answers say together of the smooth Poincare conjecture in dimension four."""
    halves = {_slice_word(one) for one in knots}
    if answer_in(surgery) != "certified" or "open" in halves:
        return "OPEN"
    if halves == {"slice", "not slice (smooth)"} or halves == {"slice", "not slice (topological)"}:
        return "COUNTEREXAMPLE? Check everything by hand."
    return "both slice" if halves == {"slice"} else "neither slice"


def _slice_word(one: Reading) -> str:
    if answer_in(one) == "certified":
        return "slice"
    value = one["answer"].value
    return f"not slice ({value.category})" if isinstance(value, Obstructed) else "open"


def conclude(readings: Readings, options: Pairs) -> Iterator[tuple[str, Found]]:
    """How many pairs share their 0-surgery, and how many are ruled out as counterexamples."""
    pairs = by_pair(readings)
    yield "pairs with equal 0-surgery", counted([surgery for surgery, *_ in pairs], "certified")
    verdicts = [verdict(surgery, knots) for surgery, *knots in pairs]
    told = f"counted among {len(pairs)} pairs"
    waiting = any(answer_in(one) == "waiting" for one in readings.values())
    for name, word in (("pairs with both knots slice", "both slice"), ("pairs with neither knot slice", "neither slice")):
        yield name, Found(Missing("not all have been asked yet", waiting=True) if waiting else Exact(verdicts.count(word), told))


CLAIMS = (
    Claim(
        "KN-10",
        "arXiv:2402.13321, section 2.2",
        "many pairs of knots have the same 0-surgery; one slice and the other not would make an exotic four-sphere",
        ours="pairs with equal 0-surgery",
        printed=Exact(0),
        relation=">",
        note="Pairs that are shipped, each with a certified homeomorphism that preserves orientation. What a counterexample would follow "
        "from is a theorem; there is none here.",
    ),
    Claim(
        "KN-14",
        "arXiv:2402.13321, sections 2.2 and 4",
        "over 800 candidates for counterexamples of the smooth Poincare conjecture were ruled out, and new slice knots were found",
        open="The list of these pairs is not part of the source. Of the pairs shipped here the table says which are ruled out.",
    ),
)


def page(readings: Readings, options: Pairs) -> Iterator[Section]:
    """A line for every pair, and films."""
    rows, sources = [], {}
    for surgery, *knots in by_pair(readings):
        names = [one.case.data["knot"] for one in knots]
        proved = "certified" if answer_in(surgery) == "certified" else "open"
        rows.append((*names, proved, *(_slice_word(one) for one in knots), verdict(surgery, knots)))
        sources.setdefault(surgery.case.data["source"], []).append(surgery.case.data["pair"])
    text = (
        "If two knots have the same 0-surgery and just one of them is slice, there is an exotic four-sphere "
        "(Freedman, Gompf, Morrison and Walker; Manolescu and Piccirillo, arXiv:2102.04391). "
        "The homeomorphism of the surgeries preserves orientation and is replayed from the diagrams alone.\n\n"
    ) + "\n\n".join(f"{', '.join(pairs)}: {source}." for source, pairs in sources.items())
    columns = ("first knot", "second knot", "equal 0-surgery", "first", "second", "verdict")
    yield Section("pairs", "Pairs", text, columns=columns, rows=rows, numbers=False)
    yield from films(one for one in readings.values() if one.case.group == SLICE)


STUDY = Study(
    options=Pairs,
    cases=cases,
    piece=piece,
    read=read,
    steps=Rounds(),
    about=about,
    conclude=conclude,
    claims=CLAIMS,
    page=page,
    prepare=prepare_moves,
    preparing=PREPARING,
    unit=STEPS,
    packages=PACKAGES,
    complete=True,
)
