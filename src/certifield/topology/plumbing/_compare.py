"""Whether two plumbing forests belong to one oriented 3-manifold, with a certificate either way."""

import json
import zlib
from collections.abc import Sequence
from math import gcd, prod
from typing import Any

from certifield.evidence import Certificate, Certified, NotConverged, Obstructed

from ._forest import PlumbingForest
from ._invariants import Homology, homology
from ._linking import linking_form
from ._normal_form import NormalForm, normal_form

SAME = "same-plumbing@1"
DIFFERENT = "different-plumbing@1"


def same_manifold(first: PlumbingForest, second: PlumbingForest) -> Certified | Obstructed:
    """Whether $M$ of the two forests are diffeomorphic by a map that preserves orientation.  It always decides.

    Yes, `Certified` by same-plumbing@1: Neumann's moves from both forests to one normal form, and the isomorphism.
    No, `Obstructed` by different-plumbing@1, whose value says by what, in this order:

    * "homology": the homomorphisms of $H_1$ to Z/m are counted, m being in the witness;
    * "linking form": its part at a prime, which is in the witness;
    * "normal form": moves to two normal forms that are not isomorphic.  The step from there to the manifolds is a theorem that the checker
      cites and does not check: Neumann's 4.1 and 4.2, with a deduction of ours for forests of spheres (the page on plumbing forests has
      it, and a second one).  The two others are computed invariants and rest on neither.

    Needs the extra ``knots``.
    """
    one, other = normal_form(first), normal_form(second)
    spent = {"moves": len(one.moves) + len(other.moves)}
    if one == other:
        return Certified(_same(first, second, one, other).checked(), spent)
    return Obstructed(_different(first, second, one, other).checked(), None, spent)


def _same(first: PlumbingForest, second: PlumbingForest, one: NormalForm, other: NormalForm) -> Certificate:
    return certificate_of_moves(first, second, one.moves, other.moves, list(zip(one.names, other.names, strict=True)))


def certificate_of_moves(
    first: PlumbingForest, second: PlumbingForest, moves: Sequence[Sequence[Any]], others: Sequence[Sequence[Any]], pairs: Sequence[Any]
) -> Certificate:
    """same-plumbing@1, not yet checked: moves from both forests to isomorphic ones, and the isomorphism by names of vertices."""
    claim = {"kind": "same plumbed manifold", "first": first.document(), "second": second.document()}
    parts = [[list(move) for move in moves], [list(move) for move in others], [list(pair) for pair in pairs]]
    witness = {"first": parts[0], "second": parts[1], "isomorphism": parts[2], "trace": _trace(parts)}
    return Certificate(claim, "0", witness, SAME)


def _different(first: PlumbingForest, second: PlumbingForest, one: NormalForm, other: NormalForm) -> Certificate:
    by, witness = _separated(first, second, one, other)
    claim = {"kind": "different plumbed manifolds", "first": first.document(), "second": second.document()}
    return Certificate(claim, by, witness, DIFFERENT)


def _separated(first: PlumbingForest, second: PlumbingForest, one: NormalForm, other: NormalForm) -> tuple[str, dict[str, Any]]:
    groups = [homology(form.forest) for form in (one, other)]
    if groups[0] != groups[1]:
        modulus = telling_modulus(*groups)
        return "homology", {"modulus": modulus, "homomorphisms": [str(homomorphisms(group, modulus)) for group in groups]}
    try:
        forms = [linking_form(form.forest) for form in (one, other)]
    except NotConverged:  # the order has no known factors
        forms = [None, None]
    if forms[0] is not None and forms[1] is not None and forms[0] != forms[1]:
        prime = next(p for p, *_ in forms[0].parts if forms[0].of(p) != forms[1].of(p))
        return "linking form", {"prime": prime, "forms": [[list(row[1:]) for row in form.of(prime)] for form in forms if form is not None]}
    parts = [_moves(one), _moves(other)]
    return "normal form", {"first": parts[0], "second": parts[1], "trace": _trace(parts)}


def homomorphisms(group: Homology, modulus: int) -> int:
    """The number of homomorphisms of a group to Z/modulus."""
    return modulus**group.betti * prod(gcd(divisor, modulus) for divisor in group.torsion)


def telling_modulus(one: Homology, other: Homology) -> int:
    """The least number found that two groups have different numbers of homomorphisms to: a divisor of the torsion, or a prime beside it."""
    beside = 2
    while any(divisor % beside == 0 for divisor in (*one.torsion, *other.torsion)):
        beside += 1
    chosen = sorted({beside, *(gcd(a, b) for a in (*one.torsion, *other.torsion) for b in (*one.torsion, *other.torsion))})
    return next(m for m in chosen if m > 1 and homomorphisms(one, m) != homomorphisms(other, m))


def _moves(form: NormalForm) -> list[list[Any]]:
    return [list(move) for move in form.moves]


def _trace(parts: Sequence[Any]) -> str:
    return f"{zlib.crc32(json.dumps(parts, separators=(',', ':')).encode()):08x}"
