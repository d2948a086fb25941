"""What the censuses of ribbon discs share: the record of a search, its size, what a certificate must say."""

from certifield.evidence import Answer, Certified

from ..census import Item, Options, Record

PACKAGES = ("numba", "python-flint", "snappy", "spherogram", "knot_floer_homology", "khoca", "database-knotinfo")


def record_of_search(code: list, proposer: str, bands: int, budget: int, seed: int) -> Record:
    """What a proposer of bands makes of the knot with this planar diagram code."""
    from certifield.topology import Diagram
    from certifield.topology.ribbon import ribbon_disc

    found = ribbon_disc(Diagram.from_pd(code), proposer=proposer, bands=bands, budget=budget, seed=seed)
    return Record(found, figures_of_disc(found))


def figures_of_disc(found: Answer) -> dict[str, int]:
    """The size of a ribbon disc; nothing for another answer."""
    if not isinstance(found, Certified) or found.certificate.checker != "ribbon@1":
        return {}
    moves = found.certificate.document()["witness"]["moves"]  # type: ignore[index]
    bands = sum(move[0] == "band" for move in moves)
    return {"bands": bands, "moves": len(moves) - bands}


def proves_disc(item: Item, record: Record, options: Options) -> bool:
    """Whether the certificate speaks of a ribbon disc of this very diagram."""
    return record.claim == {"kind": "ribbon", "diagram": item.data["diagram"]}


def proves_sliceness(item: Item, record: Record, options: Options) -> bool:
    """Whether the certificate speaks of discs of this very diagram, that there are some or none."""
    kinds = {"certified": "ribbon", "obstructed": "not slice"}
    return record.claim.get("kind") == kinds.get(record.status) and record.claim.get("diagram") == item.data["diagram"]


def prepare_moves(options: Options) -> None:
    """Compiles the moves."""
    from certifield.topology import Diagram
    from certifield.topology.ribbon import ribbon_disc

    ribbon_disc(Diagram.from_dt([4, 8, 12, 10, 2, 6]), budget=1)
