"""The invariants of a knot as a table of names, functions and what vouches for them."""

from collections.abc import Callable, Iterator

from certifield.evidence import Exact, MissingExtra

from ..diagrams import Diagram
from ..floer import knot_floer, rasmussen
from ..invariants import alexander_polynomial, arf, determinant, fox_milnor, jones_polynomial, signature

Invariant = tuple[str, object, str]  # name, value, how it was found

SEIFERT = "exact, from the Seifert matrix"

ALGEBRAIC: tuple[tuple[str, Callable[[Diagram], object], str], ...] = (
    ("signature", signature, SEIFERT),
    ("determinant", determinant, SEIFERT),
    ("Arf invariant", arf, SEIFERT),
    ("Alexander polynomial", alexander_polynomial, SEIFERT),
    ("Fox-Milnor condition", lambda diagram: fox_milnor(diagram).holds, "exact, by factors over the integers"),
    ("Jones polynomial", jones_polynomial, "exact, from the Kauffman bracket"),
)


def invariants_of(diagram: Diagram) -> Iterator[Invariant]:
    """The invariants of a knot, the homological ones last; those whose program is not installed are left out."""
    for name, function, source in ALGEBRAIC:
        yield name, function(diagram), source
    try:
        floer = knot_floer(diagram)
        for name, value in (("genus", floer.genus), ("tau", floer.tau), ("epsilon", floer.epsilon), ("nu", floer.nu)):
            yield name, value.value, _source(value)
        yield "fibred", floer.fibred, _source(floer.genus)
        s = rasmussen(diagram)
        yield "Rasmussen's s over Q", s.value, _source(s)
    except MissingExtra:
        return


def _source(exact: Exact) -> str:
    return exact.reference
