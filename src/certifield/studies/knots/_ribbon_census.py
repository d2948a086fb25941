"""Ribbon discs for the slice prime knots of KnotInfo."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from ..census import Answered, Item, Options, Record, Section, Task
from ._discs import PACKAGES, prepare_moves, proves_disc, record_of_search
from ._films import films


class Knots(Options):
    """Slice prime knots with one of these numbers of crossings, and the most bands of a disc."""

    crossings: tuple[int, ...] = (6, 7, 8, 9, 10, 11, 12)
    bands: int = Field(4, ge=1, le=5)


def items(options: Knots) -> Iterator[Item]:
    """The knots that KnotInfo knows to be smoothly slice, in its order and in its image."""
    from certifield.topology.tables import slice_knots

    for row in slice_knots(options.crossings):
        yield Item(row.name, {"diagram": [list(crossing) for crossing in row.diagram.crossings]}, f"{row.crossings} crossings")


def answer(item: Item, budget: int, seed: int, options: Knots) -> Record:
    """The disc that is found with at most ``budget`` bands tried."""
    return record_of_search(item.data["diagram"], "enumeration", options.bands, budget, seed)


def sections(answered: Sequence[Answered], options: Knots) -> list[Section]:
    """Solved knots by number of crossings, and films."""
    rows, counts = [], range(1, options.bands + 1)
    for group in dict.fromkeys(one.item.group for one in answered):
        members = [one for one in answered if one.item.group == group]
        solved = [one for one in members if one.status == "certified"]
        bands = [int(one.best.record.figures["bands"]) for one in solved]  # type: ignore[union-attr]
        times = sorted(one.seconds for one in solved)
        median = f"{times[len(times) // 2]:.4f}" if times else ""
        rows.append((group, len(members), len(solved), *(bands.count(number) for number in counts), median, f"{sum(times):.2f}"))
    columns = ("knots of", "knots", "ribbon", *(f"{number} band{'s' * (number > 1)}" for number in counts), "median seconds", "seconds")
    text = "Every disc is proved by a certificate of bands and Reidemeister moves that ends at circles without crossings."
    return [Section("crossings", "By number of crossings", text, columns=columns, rows=rows), *films(answered)]


TASK = Task(
    options=Knots,
    items=items,
    answer=answer,
    proves=proves_disc,
    unit="bands",
    complete=True,
    packages=PACKAGES,
    prepare=prepare_moves,
    sections=sections,
)
