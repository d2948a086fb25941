"""Invariants of links, computed exactly."""

from ._alexander import FoxMilnor as FoxMilnor, alexander_polynomial as alexander_polynomial, fox_milnor as fox_milnor
from ._jones import jones_polynomial as jones_polynomial
from ._laurent import LaurentPolynomial as LaurentPolynomial
from ._levine_tristram import SignatureNullity as SignatureNullity, levine_tristram as levine_tristram
from ._seifert import seifert_matrix as seifert_matrix
from ._signature import arf as arf, determinant as determinant, nullity as nullity, signature as signature
