"""Twisted Alexander polynomials, and the obstruction to being slice that they give."""

from ._characters import Character as Character, characters as characters
from ._cyclotomic import CyclotomicPolynomial as CyclotomicPolynomial
from ._norms import OddRoot as OddRoot, odd_root as odd_root
from ._obstruction import twisted_obstruction as twisted_obstruction
from ._polynomial import twisted_alexander_polynomial as twisted_alexander_polynomial
