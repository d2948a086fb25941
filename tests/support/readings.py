"""What a study says of its cases, without a directory: pieces made here and now, and readings of pieces that a test writes."""

from collections.abc import Mapping
from dataclasses import replace

from certifield.study import Case, Options, Piece, Reading, Study, Task


def readings(study: Study, options: Options, *rounds: int, root: int = 1) -> dict[str, Reading]:
    """Every case with its pieces of these rounds, up to a proof; none of them is read before its certificate is held against its case."""
    found = {}
    for case in study.cases(options):
        pieces: dict[int, Piece] = {}
        for step in rounds:
            if not any("proof" in piece for piece in pieces.values()):
                pieces[step] = study.piece(Task(root, case, step), options)
        found[case.name] = reading(study, case, pieces, options)
    return found


def reading(study: Study, case: Case, pieces: Mapping[int, Piece], options: Options) -> Reading:
    """What these pieces say of a case."""
    return Reading(case, dict(study.read(case, pieces, options)), pieces, 0.1)


def about(study: Study, one: Reading, options: Options, of: Reading | None = None) -> bool:
    """Whether the proof of a case, or that ``of`` another one, is about it."""
    proofs = [piece["proof"] for piece in (of or one).pieces.values() if "proof" in piece]
    return all(study.about(one.case, proof, options) for proof in proofs) and bool(proofs)


def with_pieces(study: Study, one: Reading, pieces: Mapping[int, Piece], options: Options, **data) -> Reading:
    """The case with other pieces, and some of its data changed."""
    return reading(study, replace(one.case, data={**one.case.data, **data}), pieces, options)
