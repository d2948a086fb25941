"""Knots and links: diagrams, and invariants that are computed exactly."""

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
