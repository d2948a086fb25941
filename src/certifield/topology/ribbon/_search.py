"""One question, several proposers, one answer: every disc is a certificate of the same kind."""

from collections.abc import Callable, Iterator

from certifield.evidence import Certificate, Certified, Unknown, certificate_of_moves

from ..diagrams import Diagram
from ..diagrams._knot import checked_knot
from ..diagrams._reading import integers, refuse, seed_of
from ._best_first import enumeration
from ._position import Position, Workbench
from ._random_agent import RandomAgent

# From the simplified knot, the most bands of a disc and the budget: bands tried since the last step, and the solved position if any.
Proposer = Callable[[Workbench, Position, int, int], Iterator[tuple[int, Position | None]]]


def learned(bench: Workbench, start: Position, bands: int, budget: int) -> Iterator[tuple[int, Position | None]]:
    """The search with the network that is shipped; JAX is loaded only here."""
    from .learning import LearnedSearch

    return LearnedSearch()(bench, start, bands, budget)


PROPOSERS: dict[str, Proposer] = {"enumeration": enumeration, "random": RandomAgent(), "learned": learned}


def ribbon_disc(
    diagram: Diagram, *, proposer: str | Proposer = "enumeration", bands: int = 3, budget: int = 100_000, seed: int = 0
) -> Certified | Unknown:
    """A ribbon disc for a knot, with at most so many ``bands``, or Unknown after ``budget`` bands have been tried.

    A knot is ribbon if k bands split it into k + 1 circles that bound disjoint discs; it is then smoothly slice.
    Each link on the way is simplified by Reidemeister moves, all logged; links that cannot bound disjoint discs are dropped: linking
    numbers must vanish, and there must be as many independent colourings as components.
    ``proposer``: "enumeration" tries all bands by length, the most promising link first; "random" is the weighted random agent of
    arXiv:2304.09304; "learned" lets a network rank the bands and the links; or one of your own, such as a `RandomAgent` with other weights.
    All speak of the same bands, certified alike: the certificate has been replayed by its checker.
    Raises `InputError` for a link, an unknown proposer, or a budget that is not a positive integer, and `CertificateRejected` where a
    proposer of your own says that a position is solved which is not.

    >>> from certifield.topology import Diagram
    >>> stevedore = Diagram.from_dt([4, 8, 12, 10, 2, 6])
    >>> str(ribbon_disc(stevedore))
    'CERTIFIED  1  [cert, ribbon, ribbon@1]'
    """
    checked_knot(diagram)
    for name, value in (("bands", bands), ("budget", budget)):
        (number,) = integers(name, [value])
        if number < 1:
            raise refuse(name, value, "a positive integer", "such as 3 bands, or a budget of 100000")
    position, spent = search(diagram, chosen(proposer), bands, budget, seed_of(seed))
    return Unknown({"bands": spent}) if position is None else Certified(certificate(diagram, position).checked(), {"bands": spent})


def search(diagram: Diagram, proposer: Proposer, bands: int, budget: int, seed: int) -> tuple[Position | None, int]:
    """The solved position, if the proposer found one within the budget, and the number of bands tried."""
    bench = Workbench(len(diagram.crossings))
    start = bench.start(diagram, seed)
    if start.solved:
        return start, 0
    spent = 0
    steps = proposer(bench, start, bands, budget)
    if not isinstance(steps, Iterator):
        raise refuse("proposer", proposer, "a function that yields (bands tried, solved position or None)", "see docs/ribbon.md")
    for tried, position in steps:
        spent += tried
        if position is not None or spent >= budget:
            return position, spent
    return None, spent


def chosen(proposer: str | Proposer) -> Proposer:
    """The proposer of that name, or the one given."""
    if callable(proposer):
        return proposer
    if not isinstance(proposer, str) or proposer not in PROPOSERS:
        raise refuse("proposer", proposer, " or ".join(f'"{name}"' for name in PROPOSERS), "or a RandomAgent with weights of your own")
    return PROPOSERS[proposer]


def certificate(diagram: Diagram, position: Position) -> Certificate:
    """The certificate of a solved position."""
    return certificate_of_moves("ribbon", diagram.crossings, position.moves)
