"""Knots and links: diagrams, and invariants that are computed exactly."""

from ._alexander import FoxMilnor as FoxMilnor, alexander_polynomial as alexander_polynomial, fox_milnor as fox_milnor
from ._diagram import Diagram as Diagram
from ._jones import jones_polynomial as jones_polynomial
from ._laurent import LaurentPolynomial as LaurentPolynomial
from ._levine_tristram import SignatureNullity as SignatureNullity, levine_tristram as levine_tristram
from ._names import named as named
from ._parse import parse as parse
from ._seifert import seifert_matrix as seifert_matrix
from ._signature import arf as arf, determinant as determinant, nullity as nullity, signature as signature
