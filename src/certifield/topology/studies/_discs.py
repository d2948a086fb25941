"""What the studies of discs share: a search as a piece, what a certificate must say, films of proofs."""

from collections.abc import Iterable, Iterator, Mapping

from certifield.evidence import Answer, Certificate, Certified, Exact
from certifield.study import (
    Case,
    Found,
    Missing,
    Options,
    Picture,
    Piece,
    Pieces,
    Reading,
    Section,
    best,
    piece_of_answer,
    read_answer,
    status,
)

PACKAGES = ("numba", "python-flint", "snappy", "spherogram", "knot_floer_homology", "khoca", "database-knotinfo")
PREPARING = "compiling the moves of diagrams"
FRAMES = 6
LONGEST = 4000  # moves that a film may replay
_MEANS = {"ribbon": "certified", "not slice": "obstructed"}  # kinds of claims about discs, and what each answers


def piece_of_search(code: list, proposer: str, bands: int, budget: int, seed: int) -> Piece:
    """What a proposer of bands makes of the knot with this planar diagram code."""
    from certifield.topology import Diagram
    from certifield.topology.ribbon import ribbon_disc

    found = ribbon_disc(Diagram.from_pd(code), proposer=proposer, bands=bands, budget=budget, seed=seed)
    return piece_of_answer(found, figures_of_disc(found))


def figures_of_disc(found: Answer) -> dict[str, int]:
    """The size of a ribbon disc; nothing for another answer."""
    if not isinstance(found, Certified) or found.certificate.checker != "ribbon@1":
        return {}
    moves = found.certificate.document()["witness"]["moves"]  # type: ignore[index]
    bands = sum(move[0] == "band" for move in moves)
    return {"bands": bands, "moves": len(moves) - bands}


def claim_of(certificate: Certificate) -> Mapping:
    """The claim of a certificate as plain JSON data."""
    claim = certificate.document()["claim"]
    return claim if isinstance(claim, dict) else {}


def about_disc(case: Case, certificate: Certificate, options: Options) -> bool:
    """Whether the certificate speaks of a ribbon disc of this very diagram."""
    return claim_of(certificate) == {"kind": "ribbon", "diagram": case.data["diagram"]}


def about_sliceness(case: Case, certificate: Certificate, options: Options) -> bool:
    """Whether the certificate speaks of discs of this very diagram, that there are some or none."""
    claim = claim_of(certificate)
    return claim.get("kind") in _MEANS and claim.get("diagram") == case.data["diagram"]


def read_search(case: Case, pieces: Pieces, options: Options) -> Iterator[tuple[str, Found]]:
    """The answer to a case, and the size of its disc."""
    return read_answer(pieces)


def read_sliceness(case: Case, pieces: Pieces, options: Options) -> Iterator[tuple[str, Found]]:
    """The same, where the certificate itself says whether it is for discs or against them."""
    return read_answer({step: _as_proved(piece) for step, piece in pieces.items()})


def _as_proved(piece: Piece) -> Piece:
    return {**piece, "answer": _MEANS[piece["proof"].claim["kind"]]} if "proof" in piece else piece


def prepare_moves(options: Options) -> None:
    """Compiles the moves."""
    from certifield.topology import Diagram
    from certifield.topology.ribbon import ribbon_disc

    ribbon_disc(Diagram.from_dt([4, 8, 12, 10, 2, 6]), budget=1)


def answer_in(reading: Reading) -> str:
    """The answer to a case in a word; "waiting" where there is none yet."""
    return status(reading["answer"].value)


def counted(readings: Iterable[Reading], *words: str) -> Found:
    """How many of the cases are answered in one of these ways; missing until all have been asked."""
    found = [answer_in(reading) for reading in readings]
    waiting = found.count("waiting")
    if waiting or not found:
        return Found(Missing(f"{waiting} of {len(found)} cases have not been asked yet", waiting=True))
    return Found(Exact(sum(map(found.count, words)), f"counted among {len(found)} cases, each with a certificate that was replayed"))


def films(readings: Iterable[Reading], most: int = 3) -> list[Section]:
    """A section with the films of at most so many proofs: the first one, and of the others those with most bands."""
    from certifield.topology.drawing import film_strip

    pieces = [(str(one.case.data.get("knot", one.case.name)), best(one.pieces)) for one in readings if answer_in(one) == "certified"]
    proofs = [(name, piece) for name, piece in pieces if piece and piece.get("moves", 0) <= LONGEST]
    chosen = proofs[:1] + sorted(proofs[1:], key=lambda proof: -proof[1].get("bands", 0))[: most - 1]
    pictures = []
    for name, piece in chosen:
        strip = film_strip(piece["proof"], FRAMES, title=name)
        pictures.append(Picture(strip.svg(), name, f"The proof for {name}, step by step"))
    if not pictures:
        return []
    text = (
        f"{len(pictures)} of {len(proofs)} proofs: the first, and those with most bands. Each film shows states of one certificate; "
        "bands are coloured before their surgery. The command certifield knot makes the film of any knot."
    )
    return [Section("films", "Proofs as films", text, pictures)]
