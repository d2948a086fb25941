r"""Checks graph-spectral@1: a connected graph with lambda_1 + mu < sqrt(n - 1) + 1, the largest eigenvalue plus the matching number.

Every matching has at most one edge for each vertex of a set that touches all edges (a cover), hence mu <= its size.  If r - A is positive
definite, A being the adjacency matrix, then lambda_1 < r.  With s = r + size, s - 1 < sqrt(n - 1) is a comparison of fractions.

claim    {"kind": "spectral counterexample", "inequality": "lambda_1 + mu >= sqrt(n - 1) + 1", "order": n, "edges": [[u, w], ...]}
value    s as a fraction
witness  {"radius": r as a fraction, "cover": [u, ...]}

Vertices are 0, ..., n - 1.  r - A is positive definite exactly if all pivots of its elimination are positive.
"""

import json
import sys
from fractions import Fraction
from typing import Any

CHECKER = "graph-spectral@1"
INEQUALITY = "lambda_1 + mu >= sqrt(n - 1) + 1"
MOST = 300  # vertices


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> tuple[bool, str, int]:
    """Whether the graph of ``claim`` violates the inequality."""
    steps = 0
    try:
        size, edges = _graph(claim)
        _require(isinstance(witness, dict) and set(witness) == {"radius", "cover"}, "the witness must have the fields radius, cover")
        cover = witness["cover"]
        fits = isinstance(cover, list) and all(type(u) is int and 0 <= u < size for u in cover) and len(set(cover)) == len(cover)
        _require(fits, "witness.cover must be vertices, none twice")
        loose = [edge for edge in edges if not set(edge) & set(cover)]
        _require(not loose, f"witness.cover does not touch the edge {loose[:1]}")
        radius, total = _fraction(witness["radius"], "witness.radius"), _fraction(value, "the value")
        steps = _pivots(size, edges, radius)
        _require(total == radius + len(cover), "the value must be radius plus the size of the cover")
        _require(total < 1 or (total - 1) ** 2 < size - 1, "the sum is not below sqrt(n - 1) + 1")
    except _Refused as refusal:
        return False, str(refusal), steps
    return True, "", steps


def _graph(claim: Any) -> tuple[int, list[list[int]]]:
    fields = {"kind", "inequality", "order", "edges"}
    _require(isinstance(claim, dict) and set(claim) == fields, "the claim must have the fields kind, inequality, order, edges")
    _require(claim["kind"] == "spectral counterexample", 'claim.kind must be "spectral counterexample"')
    _require(claim["inequality"] == INEQUALITY, f"claim.inequality must be {INEQUALITY!r}")
    size, edges = claim["order"], claim["edges"]
    _require(type(size) is int and 2 <= size <= MOST, f"claim.order must be an integer from 2 to {MOST}")
    fits = isinstance(edges, list) and all(
        isinstance(edge, list) and len(edge) == 2 and all(type(u) is int and 0 <= u < size for u in edge) and edge[0] != edge[1]
        for edge in edges
    )
    _require(fits and len({frozenset(edge) for edge in edges}) == len(edges), "claim.edges must be different pairs of vertices")
    reached, waiting = {0}, [0]
    while waiting:
        here = waiting.pop()
        fresh = {u for edge in edges if here in edge for u in edge} - reached
        reached |= fresh
        waiting += fresh
    _require(len(reached) == size, "the graph is not connected")
    return size, edges


def _pivots(size: int, edges: list[list[int]], radius: Fraction) -> int:
    rows: dict[int, dict[int, Fraction]] = {u: {u: radius} for u in range(size)}
    for u, w in edges:
        rows[u][w] = rows[w][u] = Fraction(-1)
    for step in range(size):
        u = min(rows, key=lambda vertex: (len(rows[vertex]), vertex))  # few neighbours first: on a tree nothing is filled in
        row = rows.pop(u)
        pivot = row.pop(u)
        _require(pivot > 0, f"radius - A is not positive definite: pivot {step} is {pivot}")
        for w, entry in row.items():
            del rows[w][u]
            for x, other in row.items():
                rows[w][x] = rows[w].get(x, Fraction(0)) - entry * other / pivot
    return size


def _fraction(text: Any, name: str) -> Fraction:
    try:
        value = Fraction(text) if isinstance(text, str) and len(text) < 2000 and set(text) <= set("0123456789-/") else None
    except (ValueError, ZeroDivisionError):
        value = None
    if value is None or str(value) != text:
        raise _Refused(f"{name} must be a fraction in lowest terms")
    return value


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise _Refused(otherwise)


def _without_duplicates(pairs: list) -> dict:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a field is given twice")
    return dict(pairs)


def main(arguments: list[str]) -> int:
    """Prints the verdict on the certificate in the file named by the one argument."""
    try:
        with open(arguments[0], encoding="utf-8") as file:
            certificate = json.load(file, object_pairs_hook=_without_duplicates)
        if certificate["checker"] != CHECKER:
            raise ValueError(f"the certificate asks for another checker than {CHECKER}")
        accepted, reason, steps = check(certificate["claim"], certificate["value"], certificate["witness"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        print(json.dumps({"accepted": False, "reason": f"not a certificate: {error}", "steps": 0}))
        return 2
    print(json.dumps({"accepted": accepted, "reason": reason, "steps": steps}))
    return 0 if accepted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
