"""Laurent polynomials with integer coefficients, as results."""

from dataclasses import dataclass
from fractions import Fraction

from ..diagrams._reading import integers, refuse


@dataclass(frozen=True)
class LaurentPolynomial:
    """sum_k coefficients[k] t^(lowest + k); ``lowest`` is a whole number, or half of one for the Jones polynomial of some links.

    The first and the last coefficient are not 0; the zero polynomial has no coefficients and lowest = 0.

    >>> print(LaurentPolynomial((1, -1, 1), -1))
    t^-1 - 1 + t
    """

    coefficients: tuple[int, ...] = ()
    lowest: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        coefficients = integers_of_any_size(self.coefficients)
        leading_zeros = next((place for place, entry in enumerate(coefficients) if entry), len(coefficients))
        while coefficients and not coefficients[-1]:
            coefficients.pop()
        if not isinstance(self.lowest, int | Fraction) or isinstance(self.lowest, bool) or Fraction(self.lowest).denominator > 2:
            raise refuse("lowest", self.lowest, "a whole number or half of one", "pass a Fraction")
        object.__setattr__(self, "coefficients", tuple(coefficients[leading_zeros:]))
        object.__setattr__(self, "lowest", Fraction(self.lowest) + leading_zeros if any(coefficients) else Fraction(0))

    @property
    def highest(self) -> Fraction:
        """The largest exponent."""
        return self.lowest + max(len(self.coefficients) - 1, 0)

    def inverted(self) -> "LaurentPolynomial":
        """The polynomial with 1/t in place of t."""
        return LaurentPolynomial(self.coefficients[::-1], -self.highest)

    def __call__(self, t: int | Fraction) -> Fraction:
        """The value at a rational t that is not 0; raises `InputError` where half powers do not allow it."""
        if not isinstance(t, int | Fraction) or t == 0 or (self.lowest.denominator == 2 and t != 1):
            raise refuse("t", t, "a rational number other than 0 (only 1 where there are half powers)", "pass a Fraction")
        return sum((entry * Fraction(t) ** (int(self.lowest // 1) + place) for place, entry in enumerate(self.coefficients)), Fraction(0))

    def __str__(self) -> str:
        terms = [_term(entry, self.lowest + place) for place, entry in enumerate(self.coefficients) if entry]
        return " + ".join(terms).replace("+ -", "- ") or "0"


def integers_of_any_size(given: object) -> list[int]:
    """The coefficients as a list; they may be as large as they like, unlike labels."""
    if not isinstance(given, list | tuple) or not all(isinstance(entry, int) and not isinstance(entry, bool) for entry in given):
        return integers("coefficients", given)
    return list(given)


def _term(coefficient: int, exponent: Fraction) -> str:
    power = "" if exponent == 0 else "t" if exponent == 1 else f"t^{exponent}" if exponent.denominator == 1 else f"t^({exponent})"
    if not power:
        return str(coefficient)
    return {1: power, -1: f"-{power}"}.get(coefficient, f"{coefficient} {power}")
