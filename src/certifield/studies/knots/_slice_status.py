"""Slice or not: every prime knot up to some number of crossings, beside what KnotInfo says."""

import re
from collections.abc import Iterator, Sequence

from pydantic import Field

from certifield.evidence import Obstructed

from ..census import Answered, Item, Options, Record, Section, Task
from ._discs import PACKAGES, figures_of_disc, prepare_moves, proves_sliceness
from ._films import films

MOST = 10**6  # larger than any genus
QUICK = ("Arf invariant", "determinant")
TESTS = (*QUICK, "signature", "Fox-Milnor", "signature function", "Goeritz lattice")  # columns of the matrix; the others are for links
NOTHING = "-"  # in the matrix: the test forbids nothing


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
    """A ribbon disc, or an obstruction, or neither; and beside it what every quick test says."""
    from certifield.topology import Diagram
    from certifield.topology.obstructions import slice_obstructions
    from certifield.topology.questions import is_slice

    knot = Diagram.from_pd(item.data["diagram"])
    found = is_slice(knot, budget=budget, seed=seed)
    figures: dict[str, object] = {"decided by": "", "value": "", **figures_of_disc(found)}
    if isinstance(found, Obstructed):
        figures |= {"decided by": test_of(found), "value": str(found.certificate.value)}
    tests = slice_obstructions(knot)
    return Record(found, figures | {name: _in_matrix(tests[name]) for name in TESTS})


def _in_matrix(found: Obstructed | None) -> str:
    """How a test forbids a disc, as the matrix of obstructions shows it."""
    if found is None:
        return NOTHING
    document = found.certificate.document()
    value, witness = document["value"], document["witness"]
    assert isinstance(witness, dict)  # of every test in the table
    if witness.get("test") == "fox-milnor":
        return f"t^2 - {witness['trace']} t + 1 mod {witness['prime']}"
    return f"{value} at cot {witness['cotangent']}" if witness.get("cotangent", "0") != "0" else str(value)


def test_of(found: Obstructed) -> str:
    """The test behind an obstruction, in a word or two."""
    document = found.certificate.document()
    witness = document["witness"]
    named = witness.get("test") if isinstance(witness, dict) else None
    return str(named or document["checker"]).removesuffix("@1")


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
    groups = list(dict.fromkeys(one.item.group for one in answered if one.best))  # those that have been asked
    kinds: dict[str, dict[str, int]] = {}
    for one in answered:
        if one.best:
            figures = one.best.record.figures
            kind = {"certified": "ribbon disc", "obstructed": str(figures["decided by"]), "unknown": "unknown"}[one.best.record.status]
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
        _matrix(answered),
        *films(answered),
    ]


def _matrix(answered: Sequence[Answered]) -> Section:
    """The exact value by which each test forbids a disc, for the knots that the two quickest leave open."""
    rows = []
    for one in answered:
        if one.best and all(one.best.record.figures[name] == NOTHING for name in QUICK):
            record = one.best.record
            decided = record.figures["decided by"] or ("ribbon disc" if record.status == "certified" else "nothing")
            rows.append((one.item.name, *(record.figures[name] for name in TESTS[len(QUICK) :]), decided, record.figures["value"]))
    text = (
        "Knots by tests: the exact value by which each test forbids a disc, where it does, for the knots whose Arf invariant is 0 and "
        "whose determinant is a square.  For Fox and Milnor's condition, a factor of the Alexander polynomial whose power is odd; "
        "for the signature function, its value and the cotangent of half the argument.  All knots are in data/answers.csv."
    )
    columns = ("knot", *TESTS[len(QUICK) :], "decided by", "value")
    return Section("matrix", "Matrix of obstructions", text, columns=columns, rows=rows, numbers=False)


TASK = Task(
    options=PrimeKnots,
    items=items,
    answer=answer,
    proves=proves_sliceness,
    unit="bands",
    complete=True,
    packages=PACKAGES,
    prepare=prepare_moves,
    sections=sections,
)
