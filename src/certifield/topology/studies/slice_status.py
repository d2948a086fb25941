"""Slice or not: every prime knot up to some number of crossings, beside what KnotInfo says."""

import re
from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field

from certifield.evidence import Certified, Exact, Obstructed
from certifield.study import (
    Case,
    Claim,
    Found,
    Missing,
    Options,
    Piece,
    Reading,
    Readings,
    Rounds,
    Section,
    Study,
    Task,
    best,
    piece_of_answer,
)

from ._discs import PACKAGES, PREPARING, about_sliceness, answer_in, counted, figures_of_disc, films, prepare_moves, read_sliceness

MOST = 10**6  # larger than any genus
QUICK = ("Arf invariant", "determinant")
TESTS = (*QUICK, "signature", "Fox-Milnor", "signature function", "Goeritz lattice")  # columns of the matrix; the others are for links
QUICKEST = ("arf", "determinant")  # the same two, as certificates name them
NOTHING = "-"  # in the matrix: the test forbids nothing
PUBLISHED = "four genus in KnotInfo"
TREFOIL = "3_1"


class PrimeKnots(Options):
    """Prime knots with one of these numbers of crossings; ``every``: only each so-manyth of them."""

    crossings: tuple[int, ...] = (3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    every: int = Field(1, ge=1)


def cases(options: PrimeKnots) -> Iterator[Case]:
    """The knots in the order and image of KnotInfo, with its published four-genera, which prove nothing and enter no answer."""
    from certifield.topology.tables import prime_knots

    for place, row in enumerate(prime_knots(options.crossings)):
        if place % options.every == 0:
            published = {"smooth": str(row.smooth_four_genus), "topological": str(row.topological_four_genus)}
            diagram = [list(crossing) for crossing in row.diagram.crossings]
            yield Case(row.name, {"diagram": diagram, PUBLISHED: published}, f"{row.crossings} crossings")


def piece(task: Task, options: PrimeKnots) -> Piece:
    """A ribbon disc, or an obstruction, or neither; and beside it what every quick test says."""
    from certifield.topology import Diagram
    from certifield.topology.obstructions import slice_obstructions
    from certifield.topology.questions import is_slice

    knot = Diagram.from_pd(task.case.data["diagram"])
    found = is_slice(knot, budget=task.step, seed=task.seed)
    figures: dict[str, object] = {"decided by": "", "value": "", **figures_of_disc(found)}
    if isinstance(found, Obstructed):
        figures |= {"decided by": decided_by(found), "value": str(found.certificate.value)}
    tests = slice_obstructions(knot)
    return piece_of_answer(found, figures | {name: _in_matrix(tests[name]) for name in TESTS})


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


def decided_by(found: Obstructed) -> str:
    """The test behind an obstruction, in a word or two."""
    witness = found.certificate.witness
    named = witness.get("test") if isinstance(witness, Mapping) else None
    return str(named or found.certificate.checker).removesuffix("@1")


def _kind(one: Reading) -> str:
    """What decides a knot, from its certificate."""
    answer = one["answer"].value
    return decided_by(answer) if isinstance(answer, Obstructed) else "ribbon disc" if isinstance(answer, Certified) else "unknown"


def agrees(one: Reading) -> bool | None:
    """Whether the answer agrees with KnotInfo; None where one of the two leaves it open."""
    word, published = answer_in(one), one.case.data[PUBLISHED]
    if word not in ("certified", "obstructed"):
        return None
    category = getattr(one["answer"].value, "category", None)
    least, most = _bounds(published["smooth"] if word == "certified" or category == "smooth" else published["topological"])
    if word == "certified":
        return True if most == 0 else False if least > 0 else None
    return True if least > 0 else False if most == 0 else None


def _bounds(published: str) -> tuple[int, int]:
    """The bounds that "2" or "[1, 2]" stands for; an empty cell knows nothing."""
    numbers = [int(number) for number in re.findall(r"\d+", published)]
    return (numbers[0], numbers[-1]) if numbers else (0, MOST)


def conclude(readings: Readings, options: PrimeKnots) -> Iterator[tuple[str, Found]]:
    """Counts of answers, of those that agree or differ with KnotInfo, and of discs of knots that a test says have none."""
    every = list(readings.values())
    for name, word in (("slice", "certified"), ("not slice", "obstructed"), ("open", "unknown")):
        yield name, counted(every, word)
    asked = [one for one in every if answer_in(one) != "waiting"]
    verdicts = [agrees(one) for one in asked]
    yield "agree with KnotInfo", _count(verdicts.count(True), asked, "where neither leaves it open")
    yield "differ from KnotInfo", Found(Exact(verdicts.count(False), "counted") if asked else _NOTHING_YET, Exact(0, "KnotInfo"))
    discs = [one for one in asked if answer_in(one) == "certified"]
    contradicted = sum(any(piece[name] != NOTHING for name in TESTS) for one in discs if (piece := best(one.pieces)))
    yield "discs that a test forbids", _count(contradicted, discs, f"by {len(TESTS)} tests of every knot with a disc")
    trefoil = [one for one in asked if one.case.name == TREFOIL and answer_in(one) != "unknown"]
    yield "ribbon trefoils", _count(sum(answer_in(one) == "certified" for one in trefoil), trefoil, "obstructed")


_NOTHING_YET = Missing("nothing has been asked yet", waiting=True)


def _count(number: int, of: Sequence[Reading], how: str) -> Found:
    return Found(Exact(number, f"counted among {len(of)} knots, {how}") if of else _NOTHING_YET)


CLAIMS = (
    Claim(
        "KN-08",
        "arXiv:2402.13321, section 2.2",
        "a knot is ribbon if Reidemeister moves and bands take it to an unlink",
        ours="ribbon trefoils",
        printed=Exact(1, "two bands take the closure of s1^3 to that of s1, an unlink of one component"),
        correction=Exact(0, "every band must add a component: k bands end at k + 1 circles"),
        note="As printed the rule makes the trefoil ribbon, whose signature forbids a disc. Our certificates count the circles.",
    ),
    Claim(
        "KN-09",
        "arXiv:2402.13321, section 2.2",
        "a ribbon knot is slice",
        ours="discs that a test forbids",
        printed=Exact(0, "a theorem: a ribbon disc is pushed into the ball"),
        note="Of the knots with a certified ribbon disc none is obstructed by any of the tests. The general statement is a theorem.",
    ),
    Claim(
        "KN-11",
        "arXiv:2402.13321, section 2.2",
        "invariants establish that knots are not slice",
        ours="not slice",
        printed=Exact(0),
        relation=">",
        note="The matrix of obstructions shows the value of every test. 11n_34, the Conway knot, stays open: no test here decides it.",
    ),
)


def page(readings: Readings, options: PrimeKnots) -> Iterator[Section]:
    """Answers by test and number of crossings, disagreements with KnotInfo, what is left open, and films."""
    asked = [one for one in readings.values() if answer_in(one) != "waiting"]
    yield _deciding(asked)
    listed = [
        (one.case.name, answer_in(one), *one.case.data[PUBLISHED].values(), "no" if agrees(one) is False else "open")
        for one in asked
        if agrees(one) is not True
    ]
    columns = ("knot", "answer", "smooth four-genus in KnotInfo", "topological", "agrees")
    text = "Knots whose answer cannot be compared, or differs." if listed else "None: every answer agrees with the four-genera of KnotInfo."
    yield Section("open", "Open or differing", text, columns=columns if listed else (), rows=listed, numbers=False)
    yield _matrix(asked)
    yield from films(asked)


def _deciding(asked: Sequence[Reading]) -> Section:
    groups = list(dict.fromkeys(one.case.group for one in asked))
    kinds: dict[str, dict[str, int]] = {}
    for one in asked:
        kinds.setdefault(_kind(one), dict.fromkeys(groups, 0))[one.case.group] += 1
    rows = [(kind, *counts.values(), sum(counts.values())) for kind, counts in sorted(kinds.items(), key=lambda row: -sum(row[1].values()))]
    verdicts = [agrees(one) for one in asked]
    text = (
        f"{verdicts.count(True)} answers agree with the four-genera of KnotInfo, {verdicts.count(False)} disagree, and "
        f"{verdicts.count(None)} cannot be compared, since one of the two leaves the knot open."
    )
    return Section("tests", "What decides", text, columns=("decided by", *groups, "all"), rows=rows)


def _matrix(asked: Sequence[Reading]) -> Section:
    """The exact value by which each test forbids a disc, for the knots that the two quickest leave open."""
    rows = []
    for one in asked:
        piece = None if _kind(one) in QUICKEST else best(one.pieces)  # most are decided by these, and their files need not be read
        if piece and all(piece[name] == NOTHING for name in QUICK):
            decided = piece["decided by"] or ("ribbon disc" if answer_in(one) == "certified" else "nothing")
            rows.append((one.case.name, *(piece[name] for name in TESTS[len(QUICK) :]), decided, piece["value"]))
    text = (
        "Knots by tests: the exact value by which each test forbids a disc, where it does, for the knots whose Arf invariant is 0 and "
        "whose determinant is a square.  For Fox and Milnor's condition, a factor of the Alexander polynomial whose power is odd; "
        "for the signature function, its value and the cotangent of half the argument."
    )
    columns = ("knot", *TESTS[len(QUICK) :], "decided by", "value")
    return Section("matrix", "Matrix of obstructions", text, columns=columns, rows=rows, numbers=False)


STUDY = Study(
    options=PrimeKnots,
    cases=cases,
    piece=piece,
    read=read_sliceness,
    steps=Rounds(),
    about=about_sliceness,
    conclude=conclude,
    claims=CLAIMS,
    page=page,
    prepare=prepare_moves,
    preparing=PREPARING,
    unit="bands",
    packages=PACKAGES,
    complete=True,
)
