"""Two plumbing forests compared: as oriented manifolds, and where these are distinct, with the orientation of one reversed."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from certifield.evidence import Certified, Obstructed
    from certifield.topology.plumbing import PlumbingForest

MOST_MOVES = 40  # of a forest that are written out
SIDES = ("first", "second")


def compared(first: "PlumbingForest", second: "PlumbingForest", certificate: Path | None) -> dict[str, Any]:
    """The comparison as JSON data; the certificates are saved under the name ``certificate``, and ``-reversed`` added for the second."""
    from certifield.topology.plumbing import same_manifold

    answer = same_manifold(first, second)
    found = {"compared": "as oriented manifolds"} | _verdict(answer, certificate)
    if found["same"] or answer.certificate.value == "homology":  # which knows nothing of orientations
        return found
    beside = None if certificate is None else certificate.with_name(f"{certificate.stem}-reversed{certificate.suffix}")
    return found | {"reversed": _reversed(first, second, beside)}


def _reversed(first: "PlumbingForest", second: "PlumbingForest", certificate: Path | None) -> dict[str, Any]:
    """The comparison with the second reversed, or with the first where the second would grow too large."""
    from certifield.evidence import InputError
    from certifield.topology.plumbing import same_manifold

    for side, one, other in ((SIDES[1], first, second.mirror()), (SIDES[0], first.mirror(), second)):
        try:
            return {"side": side} | _verdict(same_manifold(one, other), certificate)
        except InputError:  # a large weight of the other sign makes many vertices
            continue
    return {"verdict": "UNKNOWN", "reason": "a forest with its weights negated has more than 100,000 vertices on its way to a normal form"}


def _verdict(answer: "Certified | Obstructed", path: Path | None) -> dict[str, Any]:
    from certifield.evidence import Certified, save

    proof, same = answer.certificate, isinstance(answer, Certified)
    count = answer.spent["moves"]
    found: dict[str, Any] = {
        "verdict": f"SAME ({count} move{'' if count == 1 else 's'})" if same else f"DISTINCT (by {proof.value})",
        "same": same,
        "checker": proof.checker,
    }
    if same:
        witness: Any = proof.document()["witness"]
        found["moves"] = {side: witness[side] for side in SIDES}
    if path is not None:
        save(proof, path)
        found["certificate"] = str(path)
    return found


def comparison_in_words(found: dict[str, Any]) -> Iterator[str]:
    """The lines that say what `compared` found."""
    verdict, _, detail = found["verdict"].partition(" ")
    orientation = found.get("reversed")
    as_what = "as oriented manifolds" if found["same"] or orientation else "as manifolds, whatever their orientations"
    yield f"{verdict} {detail} {as_what}   [{found['checker']}]"
    yield from _moves(found)
    if orientation is not None and "checker" not in orientation:
        yield f"not compared with one orientation reversed: {orientation['reason']}"
    elif orientation is not None:
        also = "" if orientation["same"] else "also "
        verdict, _, detail = orientation["verdict"].partition(" ")
        yield f"{verdict} {detail} {also}after reversing the orientation of the {orientation['side']}   [{orientation['checker']}]"
        yield from _moves(orientation)
    written = [one["certificate"] for one in (found, orientation or {}) if "certificate" in one]
    if written:
        yield f"Check it again: certifield verify {' '.join(written)}"


def _moves(found: dict[str, Any]) -> Iterator[str]:
    """The moves of both forests, whose vertices count from 0 in the order of the text; new ones take the next numbers."""
    for side, moves in found.get("moves", {}).items():
        shown = ", ".join(" ".join(map(str, move)) for move in moves[:MOST_MOVES])
        more = f", and {len(moves) - MOST_MOVES} more, all with --json" if len(moves) > MOST_MOVES else ""
        negated = ", weights negated" if found.get("side") == side else ""
        yield f"  moves of the {side}{negated}: {shown or 'none'}{more}"
    if any(found.get("moves", {}).values()):
        yield "  (vertices by number: from 0 in the order of the text, new ones take the next numbers)"
