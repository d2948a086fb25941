"""Ribbon discs for the slice prime knots of KnotInfo."""

from collections.abc import Iterator

from pydantic import Field

from certifield.study import Case, Found, Options, Piece, Readings, Rounds, Section, Study, Task

from ._discs import PACKAGES, PREPARING, about_disc, answer_in, counted, films, piece_of_search, prepare_moves, read_search


class Knots(Options):
    """Slice prime knots with one of these numbers of crossings, and the most bands of a disc."""

    crossings: tuple[int, ...] = (6, 7, 8, 9, 10, 11, 12)
    bands: int = Field(4, ge=1, le=5)


def cases(options: Knots) -> Iterator[Case]:
    """The knots that KnotInfo knows to be smoothly slice, in its order and in its image."""
    from certifield.topology.tables import slice_knots

    for row in slice_knots(options.crossings):
        yield Case(row.name, {"diagram": [list(crossing) for crossing in row.diagram.crossings]}, f"{row.crossings} crossings")


def piece(task: Task, options: Knots) -> Piece:
    """The disc that is found with at most as many bands tried as the step says."""
    return piece_of_search(task.case.data["diagram"], "enumeration", options.bands, task.step, task.seed)


def conclude(readings: Readings, options: Knots) -> Iterator[tuple[str, Found]]:
    """How many knots have a disc, and how many are left open."""
    yield "ribbon", counted(readings.values(), "certified")
    yield "open", counted(readings.values(), "unknown")


def page(readings: Readings, options: Knots) -> Iterator[Section]:
    """Solved knots by number of crossings, and films."""
    rows, counts = [], range(1, options.bands + 1)
    for group in dict.fromkeys(one.case.group for one in readings.values()):
        members = [one for one in readings.values() if one.case.group == group]
        solved = [one for one in members if answer_in(one) == "certified"]
        bands = [one["bands"].value.value for one in solved]  # type: ignore[union-attr]
        times = sorted(one.seconds or 0.0 for one in solved)
        median = f"{times[len(times) // 2]:.4f}" if times else ""
        rows.append((group, len(members), len(solved), *(bands.count(number) for number in counts), median, f"{sum(times):.2f}"))
    columns = ("knots of", "knots", "ribbon", *(f"{number} band{'s' * (number > 1)}" for number in counts), "median seconds", "seconds")
    text = "Every disc is proved by a certificate of bands and Reidemeister moves that ends at circles without crossings."
    yield Section("crossings", "By number of crossings", text, columns=columns, rows=rows)
    yield from films(readings.values())


STUDY = Study(
    options=Knots,
    cases=cases,
    piece=piece,
    read=read_search,
    steps=Rounds(),
    about=about_disc,
    conclude=conclude,
    page=page,
    prepare=prepare_moves,
    preparing=PREPARING,
    unit="bands",
    packages=PACKAGES,
    complete=True,
)
