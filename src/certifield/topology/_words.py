"""Certificates about knots in words: what they prove, a line for each checker and each of its tests, and what they are about."""

from collections.abc import Callable
from typing import Any

from certifield.evidence import Certificate

KNOT = "knot.json"  # the file beside them that says whose they are; see `dossier`
SHORT = 16  # crossings, or letters of a braid, that are written out

# From value, claim and witness.
TESTS: dict[str, Callable[[str, Any, Any], str]] = {
    "arf": lambda value, claim, witness: f"the Arf invariant is {value}",
    "determinant": lambda value, claim, witness: f"the determinant is {value}",
    "signature": lambda value, claim, witness: f"the signature is {value}{_point(witness['cotangent'])}",
    "nullity": lambda value, claim, witness: f"the nullity is {value}",
    "linking number": lambda value, claim, witness: f"two components have linking number {value}",
    "fox-milnor": lambda value, claim, witness: (
        "the Alexander polynomial is no f(t) f(1/t): "
        f"modulo {witness['prime']}, t^2 - {witness['trace']} t + 1 divides it {value} times, an odd number"
    ),
    "alexander": lambda value, claim, witness: f"the Alexander polynomial has degree {value}",
}
SLICE = {"topological": "not slice, not even topologically", "smooth": "not smoothly slice"}
PROVED: dict[str, Callable[[str, Any, Any], str]] = {
    "unknot-braid@1": lambda value, claim, witness: f"the unknot, by {_count(witness['moves'], 'move')} of braids",
    "unknot-moves@1": lambda value, claim, witness: f"the unknot, by {_count(witness['moves'], 'Reidemeister move')}",
    "unlink-moves@1": lambda value, claim, witness: f"the unlink of {value}, by {_count(witness['moves'], 'Reidemeister move')}",
    "split-moves@1": lambda value, claim, witness: f"split into {value} pieces, by {_count(witness['moves'], 'Reidemeister move')}",
    "not-split-colouring@1": lambda value, claim, witness: f"not split: every colouring modulo {witness['prime']} is constant",
    "unknot-group@1": lambda value, claim, witness: (
        f"the unknot: its group is infinite cyclic, by {_count(witness['moves'], 'Tietze move')}"
    ),
    "ribbon@1": lambda value, claim, witness: f"smoothly slice, by a ribbon disc with {value} band{'' if value == '1' else 's'}",
    "not-slice-seifert@1": lambda value, claim, witness: f"{SLICE['topological']}: {TESTS[witness['test']](value, claim, witness)}",
    "not-unknot-seifert@1": lambda value, claim, witness: f"knotted: {TESTS[witness['test']](value, claim, witness)}",
    "not-unknot-jones@1": lambda value, claim, witness: f"knotted: the Jones polynomial has span {value}",
    "not-slice-lattice@1": lambda value, claim, witness: (
        f"{SLICE['smooth']}: a Goeritz lattice of signature {value}, which is definite, does not embed in Z^n"
    ),
    "rasmussen@1": lambda value, claim, witness: f"{SLICE['smooth']}: Rasmussen's s over {witness['field']} is {value}",
    "twisted-alexander@1": lambda value, claim, witness: (
        f"{SLICE['topological']}: twisted Alexander polynomials of the cover with {witness['sheets']} sheets, characters modulo "
        f"{witness['prime']}"
    ),
    "same-plumbing@1": lambda value, claim, witness: (
        f"the same oriented 3-manifold, by {_count(witness['first'] + witness['second'], 'move')} of Neumann"
    ),
    "different-plumbing@1": lambda value, claim, witness: f"different oriented 3-manifolds: told apart by their {value}",
    "equal-zero-surgery@1": lambda value, claim, witness: (
        f"the same 0-surgery, orientation preserved, by {_count(witness['first'] + witness['second'], 'move')} of triangulations"
    ),
    "table-statements@1": lambda value, claim, witness: (
        f"{value} statements hold in the {claim['rows']} rows of the table, {len(witness['fates']) - int(value)} are violated by a row"
    ),
}


def proved(certificate: Certificate) -> str:
    """What the certificate proves if its checker accepts it; its kind and value where there are no better words."""
    document = certificate.document()
    claim, witness, value = document["claim"], document["witness"], str(document["value"])
    try:
        return PROVED[certificate.checker](value, claim, witness)
    except (KeyError, TypeError):  # another subject, or a damaged witness, which the checker refuses
        return f"{claim.get('kind', 'claim')}: {value}"  # type: ignore[union-attr]


def has_words(certificate: Certificate) -> bool:
    """Whether `proved` says what the number of such a certificate is."""
    return certificate.checker in PROVED


def subject(certificate: Certificate) -> str:
    """What it is about: the diagram or the braid, written out where it is short; nothing for other claims."""
    claim: Any = certificate.document()["claim"]
    if "diagram" in claim:
        return f"the knot or link of {_diagram(claim['diagram'])}"
    if "word" in claim:
        return f"the closure of {_braid(claim)}"
    if "plumbed" in str(claim.get("kind")):
        return f"the boundaries of {_forest(claim['first'])} and of {_forest(claim['second'])}"
    if "first" in claim and "second" in claim:
        return f"the knots of {_diagram(claim['first'])} and of {_diagram(claim['second'])}"
    return ""


def _diagram(code: Any) -> str:
    if not code:
        return "the circle"
    return f"the diagram {code}" if len(code) <= SHORT else f"a diagram of {len(code)} crossings"


def _forest(given: Any) -> str:
    weights, edges = given["weights"], given["edges"]
    return f"the forest of weights {weights}, edges {edges}" if len(weights) <= SHORT else f"a forest of {len(weights)} vertices"


def _braid(claim: Any) -> str:
    shown = claim["word"] if len(claim["word"]) <= 2 * SHORT else f"a word of {len(claim['word'])} letters"
    return f"{shown} on {claim['strands']} strands"


def _point(cotangent: str) -> str:
    return "" if cotangent == "0" else f" at the point (c + i)/(c - i) of the circle, c = {cotangent}"


def _count(things: Any, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"
