"""Knots and links: diagrams and exact invariants here; moves, discs, obstructions and all else in the packages below, loaded when used."""

import importlib

from .diagrams import Diagram as Diagram, named as named, parse as parse
from .invariants import (
    FoxMilnor as FoxMilnor,
    LaurentPolynomial as LaurentPolynomial,
    SignatureNullity as SignatureNullity,
    alexander_polynomial as alexander_polynomial,
    arf as arf,
    determinant as determinant,
    fox_milnor as fox_milnor,
    jones_polynomial as jones_polynomial,
    levine_tristram as levine_tristram,
    nullity as nullity,
    seifert_matrix as seifert_matrix,
    signature as signature,
)

_PARTS = (
    "braids", "drawing", "floer", "groups", "hyperbolic", "moves", "obstructions", "plumbing", "questions", "ribbon", "surgery", "tables",
    "twisted",
)  # fmt: skip


def __getattr__(name: str):
    if name in _PARTS:
        return importlib.import_module(f"certifield.topology.{name}")
    raise AttributeError(f"module 'certifield.topology' has no attribute {name!r}")
