"""The invariants of a knot as a table of names, functions and what vouches for them."""

from collections.abc import Callable, Collection, Iterator
from math import comb, isqrt
from typing import NamedTuple

from certifield.evidence import Contradiction, Exact, InputError, MissingExtra

from ..diagrams import Diagram
from ..floer import knot_floer, rasmussen
from ..floer._order import scan
from ..hyperbolic import cusp
from ..invariants import (
    FoxMilnor,
    LaurentPolynomial,
    alexander_polynomial,
    arf,
    determinant,
    fox_milnor,
    jones_polynomial,
    nullity,
    signature,
)
from ._geometry import no_hyperbolic_structure

SEIFERT = "exact, from the Seifert matrix"


class Invariant(NamedTuple):
    """``value``: an integer, a truth value, a polynomial, an `Exact` real number, or text; None where unknown, and ``source`` says why."""

    name: str
    value: object
    source: str


class Row(NamedTuple):
    """Invariants found together: names, a function from a diagram to value and source of each, whether it trusts no other program."""

    names: tuple[str, ...]
    find: Callable[[Diagram], list[tuple[object, str]]]
    exact: bool = False


def invariants_of(diagram: Diagram, rows: Collection[Row] | None = None) -> Iterator[list[Invariant]]:
    """The invariants of a knot or link, row after row of the table or of some ``rows`` of it, from the quickest for this diagram on."""
    chosen = table_of(diagram) if rows is None else rows
    for row in sorted(chosen, key=lambda row: expected_cost(row, diagram)):
        try:
            found = row.find(diagram)
        except (MissingExtra, InputError, Contradiction) as refusal:  # no program, a diagram too large for it, or an answer not believed
            found = [(None, str(refusal))] * len(row.names)
        yield [Invariant(name, value, source) for name, (value, source) in zip(row.names, found, strict=True)]


def again(diagram: Diagram, names: Collection[str]) -> dict[str, object]:
    """The exact invariants among ``names``, computed from a diagram that need not be the simplified one."""
    rows = [row for row in table_of(diagram) if row.exact and set(row.names) & set(names)]
    found = ((row.names, row.find(diagram)) for row in rows)
    return {name: value for titles, values in found for name, (value, _) in zip(titles, values, strict=True)}


def _one(name: str, function: Callable[[Diagram], object], source: str) -> Row:
    return Row((name,), lambda diagram: [(function(diagram), source)], exact=True)


def _product(found: FoxMilnor) -> str:
    """The factors of the Alexander polynomial as a product."""
    powers = [f"({LaurentPolynomial(factor)})" + (f"^{exponent}" if exponent > 1 else "") for factor, exponent in found.factors]
    return " ".join([str(found.content)] * (found.content != 1 or not powers) + powers)


def _norm(found: FoxMilnor) -> str:
    """Delta as f(t) f(1/t), up to a unit t^k or -t^k, or what stands against it."""
    if not found.holds:
        return f"no f(t) f(1/t), since {' '.join(f'({LaurentPolynomial(one)})' for one in found.unpaired) or found.content} has no partner"
    half, exponents = [], dict(found.factors)
    for factor, exponent in found.factors:
        partner = factor[::-1] if factor[0] > 0 else tuple(-entry for entry in factor[::-1])
        times = exponent // 2 if partner == factor else exponent if factor < partner or partner not in exponents else 0
        half += [f"({LaurentPolynomial(factor)})" + (f"^{times}" if times > 1 else "")] if times else []
    root = isqrt(found.content)
    return f"f(t) f(1/t) with f = {' '.join([str(root)] * (root != 1 or not half) + half)}"


def _linking(diagram: Diagram) -> str:
    """The linking numbers of all pairs of components, in order."""
    matrix = diagram.linking_matrix()
    return ", ".join(str(matrix[one][two]) for one in range(len(matrix)) for two in range(one + 1, len(matrix)))


def _alexander(diagram: Diagram) -> list[tuple[object, str]]:
    factors = fox_milnor(diagram)
    exact = [(_product(factors), "exact, over the integers"), (factors.holds, f"exact: {_norm(factors)}")]
    return [(alexander_polynomial(diagram), SEIFERT), *exact]


def _homology(diagram: Diagram) -> list[tuple[object, str]]:
    floer = knot_floer(diagram)
    found: list[tuple[object, str]] = [(one.value, one.reference) for one in (floer.genus, floer.tau, floer.epsilon, floer.nu)]
    return [*found, (floer.fibred, floer.genus.reference)]


def _rasmussen(diagram: Diagram) -> list[tuple[object, str]]:
    s = rasmussen(diagram)
    return [(s.value, s.reference)]


def _hyperbolic(diagram: Diagram) -> list[tuple[object, str]]:
    """Where a hyperbolic structure was proved to exist."""
    if why := no_hyperbolic_structure(diagram):
        return [(None, why)] * 2
    found = cusp(diagram, quick=True)
    if isinstance(found.volume, Exact) and isinstance(found.slope, Exact):
        return [(found.volume, found.volume.reference), (found.slope, found.slope.reference)]
    why = "no hyperbolic structure found, which proves nothing" if found.status == "not_hyperbolic" else "found, but not verified"
    return [(None, why)] * 2


INVARIANTS = (
    _one("signature", signature, SEIFERT),
    _one("determinant", determinant, SEIFERT),
    _one("Arf invariant", arf, SEIFERT),
    Row(("Alexander polynomial", "its factors", "Fox-Milnor condition"), _alexander, exact=True),
    _one("Jones polynomial", jones_polynomial, "exact, from the Kauffman bracket"),
    Row(("genus", "tau", "epsilon", "nu", "fibred"), _homology),
    Row(("hyperbolic volume", "slope of the cusp"), _hyperbolic),
    Row(("Rasmussen's s over Q",), _rasmussen),
)
FLOER, HYPERBOLIC, KHOVANOV = INVARIANTS[5:]
LINK_INVARIANTS = (
    _one("components", lambda diagram: diagram.components, "counted"),
    _one("linking numbers", _linking, "exact, from the signs of crossings"),
    _one("signature", signature, SEIFERT),
    _one("nullity", nullity, SEIFERT),
    _one("determinant", determinant, SEIFERT),
    _one("Alexander polynomial", alexander_polynomial, SEIFERT),
    _one("Jones polynomial", jones_polynomial, "exact, from the Kauffman bracket"),
)


def table_of(diagram: Diagram) -> tuple[Row, ...]:
    """The rows for a knot, or for a link."""
    return INVARIANTS if diagram.components == 1 else LINK_INVARIANTS


def expected_cost(row: Row, diagram: Diagram) -> float:
    """A guess, in seconds, at what a row takes for a diagram: what grows with its crossings, or exponentially with its width."""
    crossings, found = len(diagram.crossings), scan(diagram.crossings)
    if row is FLOER:
        return 0.005 + 3e-5 * found.work
    if row is KHOVANOV:
        return 0.01 + 3e-4 * found.work
    if "Jones polynomial" in row.names:
        return 3e-6 * crossings * comb(found.width, found.width // 2)
    if "hyperbolic volume" in row.names:
        return 0.05 + 2e-3 * crossings
    return (1e-6 if row.names[0] in ("signature", "determinant", "Arf invariant") else 1e-5) * crossings**2
