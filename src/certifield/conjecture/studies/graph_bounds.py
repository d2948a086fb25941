"""The statement lambda_1 + mu >= sqrt(n - 1) + 1 for connected graphs, attacked order by order among trees."""

from collections.abc import Iterator

from pydantic import Field

from certifield.evidence import Certificate, Certified, Exact, Unknown
from certifield.study import (
    Case,
    Claim,
    Found,
    Missing,
    Options,
    Piece,
    Pieces,
    Readings,
    Rounds,
    Section,
    Study,
    Task,
    piece_of_answer,
    read_answer,
)


class Orders(Options):
    """Trees of so many vertices, each attacked ``attempts`` times by itself."""

    orders: tuple[int, ...] = (10, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22)
    attempts: int = Field(3, ge=1)


def cases(options: Orders) -> Iterator[Case]:
    """Order by order."""
    for order in options.orders:
        for attempt in range(options.attempts):
            yield Case(f"n={order}/{attempt}", {"order": order}, f"n = {order}")


def piece(task: Task, options: Orders) -> Piece:
    """A tree that violates the statement, or how many were tried."""
    from certifield.conjecture import attack_spectral_bound, counterexample

    found = attack_spectral_bound(task.case.data["order"], seed=task.seed, budget=task.step)
    answer = Unknown({"trees": found.tried})
    if found.witness is not None:
        answer = Certified(counterexample(found.witness).certificate, {"trees": found.tried})  # type: ignore[union-attr]
    return piece_of_answer(answer, {"closest": list(found.closest)})


def read(case: Case, pieces: Pieces, options: Orders) -> Iterator[tuple[str, Found]]:
    """The answer."""
    return read_answer(pieces)


def about(case: Case, certificate: Certificate, options: Orders) -> bool:
    """Whether the certificate speaks of a graph of this order."""
    claim = certificate.document()["claim"]
    return isinstance(claim, dict) and (claim.get("kind"), claim.get("order")) == ("spectral counterexample", case.data["order"])


def _solved(readings: Readings) -> dict[int, list]:
    """Certified answers by order."""
    found: dict[int, list] = {}
    for one in readings.values():
        if isinstance(one["answer"].value, Certified):
            found.setdefault(one.case.data["order"], []).append(one["answer"].value)
    return found


def conclude(readings: Readings, options: Orders) -> Iterator[tuple[str, Found]]:
    """The smallest counterexample."""
    if any(isinstance(one["answer"].value, Missing) for one in readings.values()):
        yield "smallest counterexample", Found(Missing("not all orders have been asked yet", waiting=True))
        return
    solved = _solved(readings)
    if not solved:
        yield "smallest counterexample", Found(Unknown({"cases": len(readings)}))
        return
    yield "smallest counterexample", Found(solved[min(solved)][0])
    yield "its order", Found(Exact(min(solved), "the least order among those asked with a certificate"))


CLAIMS = (
    Claim(
        "CO-06",
        "arXiv:2402.13321, sections 2 and 4; arXiv:2104.14516",
        "conjectures that a computer makes are refuted by counterexamples that a computer finds",
        ours="smallest counterexample",
        note="The statement lambda_1 + mu >= sqrt(n - 1) + 1. Stars give equality, where floats have any sign: the witness is exact. "
        "The source found one of 19 vertices; one of 18 is smaller.",
    ),
)


def page(readings: Readings, options: Orders) -> Iterator[Section]:
    """Order by order."""
    rows = []
    for order in options.orders:
        ones = [one for one in readings.values() if one.case.data["order"] == order]
        solved = [one["answer"].value for one in ones if isinstance(one["answer"].value, Certified)]
        tried = [value.spent["trees"] for value in solved]
        rows.append((order, len(ones), len(solved), min(tried, default="")))
    text = (
        "An attack is simulated annealing on the slack among trees: some leaves of a vertex, or a branch, are attached elsewhere. A tree "
        "whose slack is negative in floats is decided exactly: a set of vertices that touches all edges bounds the matching number, and a "
        "fraction r with r - A positive definite bounds the eigenvalue.\n\n"
        "No counterexample among the trees that were tried says nothing about others."
    )
    columns = ("vertices", "attacks", "counterexamples", "fewest trees up to one")
    yield Section("orders", "By order", text, columns=columns, rows=rows)


STUDY = Study(options=Orders, cases=cases, piece=piece, read=read, steps=Rounds(), about=about, conclude=conclude, claims=CLAIMS, page=page,
              unit="trees")  # fmt: skip
