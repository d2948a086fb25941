"""Sums of a knot and its mirror image, which are all ribbon: how far does each proposer of bands get?"""

import random
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Annotated, Literal

from pydantic import Field

from certifield.evidence import Exact, wilson
from certifield.study import (
    Case,
    Claim,
    Found,
    Mark,
    Missing,
    Options,
    Piece,
    Plot,
    Reading,
    Readings,
    Rounds,
    Section,
    Study,
    Task,
    curves,
)

from ._discs import PACKAGES, about_disc, answer_in, counted, films, piece_of_search, prepare_moves, read_search
from ._shares import mean_of

Proposer = Literal["enumeration", "random", "learned"]
LARGEST_TABLE = 13  # crossings of prime knots to choose from
SQUARE, SEVENTY = "square-knot", "seventy-crossings"


class Sums(Options):
    """``count`` knots K for each of the ``sizes``, the crossings of K # -K; each scrambled to ``scramble`` times as many crossings.

    ``named``: whether the square knot with one band, and a sum of more than 70 crossings, are asked beside them.
    """

    sizes: tuple[Annotated[int, Field(ge=6, le=52, multiple_of=2)], ...] = (12, 16, 20, 24, 32, 40)
    count: int = Field(8, ge=1)
    scramble: float = Field(1.5, ge=1)
    proposers: tuple[Proposer, ...] = ("enumeration", "random", "learned")
    bands: int = Field(4, ge=1, le=5)
    seed: int = 7
    named: bool = True


def cases(options: Sums) -> Iterator[Case]:
    """The same diagrams for every proposer; then the sums with names."""
    chance = random.Random(options.seed)
    for size in options.sizes:
        for number in range(options.count):
            data = _sum(size, round(options.scramble * size), chance)
            for proposer in options.proposers:
                yield Case(f"{proposer}-{size}-{number}", {**data, "proposer": proposer}, proposer)
    if options.named:
        yield Case(SQUARE, {**_square_knot(), "proposer": "enumeration", "bands": 1}, "by name")
        yield Case(SEVENTY, {**_sum(48, 72, random.Random(f"{options.seed}/{SEVENTY}")), "proposer": "enumeration"}, "by name")


def _sum(size: int, crossings: int, chance: random.Random) -> dict:
    """A knot chosen at random plus its mirror image: prime and from KnotInfo, or a sum of two of these where it is larger than those."""
    from certifield.topology.ribbon import mirror_sum
    from certifield.topology.tables import prime_knots

    half = size // 2
    parts = (half,) if half <= LARGEST_TABLE else (half // 2, half - half // 2)
    rows = [chance.choice(list(prime_knots(part))) for part in parts]
    knot = rows[0].diagram if len(rows) == 1 else rows[0].diagram.connected_sum(rows[1].diagram)
    whole = mirror_sum(knot, scramble=crossings, seed=chance.randrange(10**6))
    return {"size": size, "summand": "+".join(row.name for row in rows), "diagram": [list(crossing) for crossing in whole.crossings]}


def _square_knot() -> dict:
    """The trefoil plus its mirror image, six crossings."""
    from certifield.topology.ribbon import mirror_sum
    from certifield.topology.tables import knotinfo

    whole = mirror_sum(knotinfo("3_1").diagram)
    return {"size": 6, "summand": "3_1", "diagram": [list(crossing) for crossing in whole.crossings]}


def piece(task: Task, options: Sums) -> Piece:
    """The disc that the proposer of the case finds."""
    data = task.case.data
    return piece_of_search(data["diagram"], data["proposer"], data.get("bands", options.bands), task.step, task.seed)


def conclude(readings: Readings, options: Sums) -> Iterator[tuple[str, Found]]:
    """What each proposer solves, and how many bands it tries for that, compared with the enumeration."""
    for proposer in options.proposers:
        yield f"solved by {proposer}", counted([one for one in readings.values() if one.case.group == proposer], "certified")
    for proposer in options.proposers:
        if proposer != "enumeration" and "enumeration" in options.proposers:
            yield f"bands of {proposer} over enumeration", _compared(proposer, "enumeration", readings, options)


def _compared(first: str, second: str, readings: Readings, options: Sums) -> Found:
    """The mean of log2 of the ratio of the bands that two proposers try for the same sum; of an unsolved one those tried in vain count."""
    import numpy as np

    places = [f"{size}-{number}" for size, number in product(options.sizes, range(options.count))]
    tried = [[_bands_tried(readings[f"{proposer}-{place}"]) for place in places] for proposer in (first, second)]
    if not all(map(all, tried)):
        return Found(Missing("not all have been asked yet", waiting=True))
    if len(places) < 2:
        return Found(Missing("two sums at least are needed for an error"))
    return Found(mean_of(np.log2(np.divide(tried[0], tried[1])), f"log2 of bands of {first} over {second}", "sums of both"))


def _bands_tried(one: Reading) -> int:
    return sum(piece["spent"]["bands"] for piece in one.pieces.values())


_WHERE = "arXiv:2402.13321, section 2.2"
CLAIMS = (
    Claim(
        "KN-07",
        "arXiv:2402.13321, figure 1",
        "one band takes the square knot to the unlink of two components",
        ours=f"{SQUARE}/answer",
        note="The search may use one band only; the certificate holds every move.",
    ),
    Claim(
        "KN-12a",
        _WHERE,
        "the random agent with optimised weights is the strongest searcher for ribbon discs where speed counts",
        ours="bands of random over enumeration",
        printed=Exact(0, "log2 of the ratio of bands tried: fewer than an enumeration"),
        correction=Exact(0, "log2 of the ratio of bands tried: more than an enumeration"),
        relation="<",
        note="An enumeration by length, the link of fewest crossings first, needs fewer bands. Sums that the agent does not solve count "
        "with the bands tried in vain, so that the ratio is still larger.",
    ),
    Claim(
        "KN-12b",
        _WHERE,
        "learned searchers are strong, too",
        ours="bands of learned over enumeration",
        printed=Exact(0, "log2 of the ratio of bands tried: fewer than an enumeration"),
        relation="<",
        note="The network was trained on sums of this kind. A band that it ranks costs more time than an enumerated one: see the times.",
    ),
    Claim(
        "KN-13",
        _WHERE,
        "ribbon discs are found for knots of up to 70 crossings",
        ours=f"{SEVENTY}/answer",
        note="A diagram of more than 70 crossings. The table has the solved share by size; what is not found is unknown.",
    ),
)


def page(readings: Readings, options: Sums) -> Iterator[Section]:
    """The share of solved sums against their size for every proposer, and films."""
    rows, marks = [], []
    for number, proposer in enumerate(options.proposers):
        points = []
        for size in options.sizes:
            members = [one for one in readings.values() if one.case.group == proposer and one.case.data["size"] == size]
            members = [one for one in members if answer_in(one) != "waiting"]
            rows.append((proposer, size, *_row(members)))
            if members:
                share = wilson(rows[-1][3], len(members))
                points.append((size, share.value, share.low, share.high))
        if points:
            x, y, low, high = zip(*points, strict=True)
            marks += curves(proposer, x, y, number, low=low, high=high)
    text = (
        "Every sum of a knot and its mirror image is ribbon, so a perfect searcher would solve all. "
        f"The diagrams are scrambled to {options.scramble:g} times their crossings. "
        "All proposers see the same diagrams and have the same budget. "
        "The network of the learned proposer was trained on sums of this kind, some of them of the same knots: what it has learned is "
        "to rank bands, and nothing is claimed for knots of another kind. "
        "A knot may be drawn twice, in different diagrams, which the intervals do not know of."
    )
    columns = ("proposer", "crossings", "sums", "solved", "95 % interval", "median seconds")
    plots = [_plot(marks)] if marks else []
    yield Section("proposers", "By proposer and size", text, plots=plots, columns=columns, rows=rows)
    yield from films(readings.values())


def _row(members: Sequence[Reading]) -> tuple:
    solved = sum(answer_in(one) == "certified" for one in members)
    share = wilson(solved, len(members))
    times = sorted(one.seconds or 0.0 for one in members)
    return len(members), solved, f"{share.low:.2f} to {share.high:.2f}", f"{times[len(times) // 2]:.3f}" if times else ""


def _plot(marks: Sequence[Mark]) -> Plot:
    return Plot(
        "Solved sums, with Wilson's intervals",
        "crossings of K # -K",
        "share solved",
        marks,
        "Share of solved sums against their crossings for each proposer",
        y_range=(0, 1.05),
        legend_columns=2,
    )


def prepare(options: Sums) -> None:
    """Compiles the moves, and the network, so that no case pays for that."""
    prepare_moves(options)
    if "learned" in options.proposers:
        from certifield.topology.ribbon import learning

        learning.prepare(round(options.scramble * max(options.sizes)))


STUDY = Study(
    options=Sums,
    cases=cases,
    piece=piece,
    read=read_search,
    steps=Rounds(),
    about=about_disc,
    conclude=conclude,
    claims=CLAIMS,
    page=page,
    prepare=prepare,
    precision="float32",  # of the networks
    preparing="compiling the moves of diagrams, and the network for every size",
    unit="bands",
    packages=PACKAGES,
)
