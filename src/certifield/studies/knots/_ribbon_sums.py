"""Sums of a knot and its mirror image, which are all ribbon: how far does each proposer of bands get?"""

import random
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from certifield.evidence import wilson

from ..census import Answered, Item, Options, Plot, Record, Section, Series, Task
from ._discs import PACKAGES, prepare_moves, proves_disc, record_of_search
from ._films import films

Proposer = Literal["enumeration", "random", "learned"]


class Sums(Options):
    """``count`` knots K for each of the ``sizes``, the crossings of K # -K; each scrambled to ``scramble`` times as many crossings."""

    sizes: tuple[Annotated[int, Field(ge=6, le=52, multiple_of=2)], ...] = (12, 16, 20, 24, 32, 40)
    count: int = Field(8, ge=1)
    scramble: float = Field(1.5, ge=1)
    proposers: tuple[Proposer, ...] = ("enumeration", "random", "learned")
    bands: int = Field(4, ge=1, le=5)
    seed: int = 7


def items(options: Sums) -> Iterator[Item]:
    """The same diagrams for every proposer.

    A summand of up to 13 crossings is a prime knot of KnotInfo, chosen at random; a larger one is a sum of two of them.
    """
    from certifield.topology.ribbon import mirror_sum
    from certifield.topology.tables import prime_knots

    chance = random.Random(options.seed)
    for size in options.sizes:
        half = size // 2
        parts = (half,) if half <= 13 else (half // 2, half - half // 2)
        tables = [list(prime_knots(part)) for part in parts]
        for number in range(options.count):
            rows = [chance.choice(table) for table in tables]
            knot = rows[0].diagram if len(rows) == 1 else rows[0].diagram.connected_sum(rows[1].diagram)
            seed = chance.randrange(10**6)
            whole = mirror_sum(knot, scramble=round(options.scramble * size), seed=seed)
            code = [list(crossing) for crossing in whole.crossings]
            data = {"size": size, "summand": "+".join(row.name for row in rows), "diagram": code}
            for proposer in options.proposers:
                yield Item(f"{proposer}-{size}-{number}", {**data, "proposer": proposer}, proposer)


def answer(item: Item, budget: int, seed: int, options: Sums) -> Record:
    """The disc that the item's proposer finds."""
    return record_of_search(item.data["diagram"], item.data["proposer"], options.bands, budget, seed)


def sections(answered: Sequence[Answered], options: Sums) -> list[Section]:
    """The share of solved sums against their size for every proposer, and films."""
    rows, curves = [], []
    for proposer in options.proposers:
        points = []
        for size in options.sizes:
            members = [one for one in answered if one.item.data["proposer"] == proposer and one.item.data["size"] == size and one.best]
            solved = sum(one.status == "certified" for one in members)
            share = wilson(solved, len(members))
            if members:
                points.append((size, share.value, share.low, share.high))
            times = sorted(one.seconds for one in members)
            median = f"{times[len(times) // 2]:.3f}" if times else ""
            rows.append((proposer, size, len(members), solved, f"{share.low:.2f} to {share.high:.2f}", median))
        if points:
            x, y, low, high = zip(*points, strict=True)
            curves.append(Series(proposer, x, y, low, high))
    plot = Plot(
        "Solved sums, with Wilson's intervals",
        "crossings of K # -K",
        "share solved",
        curves,
        y_range=(0, 1.05),
        alternative="Share of solved sums against their crossings for each proposer",
    )
    text = (
        "Every sum of a knot and its mirror image is ribbon, so a perfect searcher would solve all. "
        f"The diagrams are scrambled to {options.scramble:g} times their crossings. "
        "All proposers see the same diagrams and have the same budget. "
        "The network of the learned proposer was trained on sums of this kind, some of them of the same knots: what it has learned is "
        "to rank bands, and nothing is claimed for knots of another kind. "
        "A knot may be drawn twice, in different diagrams, which the intervals do not know of."
    )
    columns = ("proposer", "crossings", "sums", "solved", "95 % interval", "median seconds")
    return [
        Section("proposers", "By proposer and size", text, plots=[plot] if curves else [], columns=columns, rows=rows),
        *films(answered),
    ]


def prepare(options: Sums) -> None:
    """Compiles the moves, and the network, so that no item pays for that."""
    prepare_moves(options)
    if "learned" in options.proposers:
        from certifield.topology.ribbon import learning

        learning.prepare(round(options.scramble * max(options.sizes)))


TASK = Task(
    options=Sums,
    items=items,
    answer=answer,
    proves=proves_disc,
    unit="bands",
    packages=PACKAGES,
    prepare=prepare,
    sections=sections,
)
