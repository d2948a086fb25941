"""Polynomials read from text, in fractions, without evaluating it as a program.

    sum      = ["+" | "-"] product {("+" | "-") product}
    product  = power {["*"] power | "/" power}        a blank or nothing between two powers multiplies, too
    power    = atom [("^" | "**") whole number]
    atom     = number | "I" | "i" | "j" | coordinate | "(" sum ")"

Numbers are whole, decimal or in the notation 1.5e-3; division is by numbers.  Each coefficient is rounded once, at the end.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from certifield._arguments import listed, whole
from certifield.evidence import InputError

from ._polynomial import Polynomial

_TOKEN = re.compile(r"\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\*\*|[-+*/^()]))")
_LETTERS = ("z", "x", "z_", "x_")
_MOST_WORK = 100_000  # products of terms, a second of them
_MOST_DEGREE = 1000
_MOST_DIGITS = 400  # of a number, and its largest exponent
_MOST_BITS = 10_000  # of a coefficient
_MEND = 'write it as "z0^5 + 2*z0*z1^4", with z0, z1, ... for the coordinates'
_Number = tuple[Fraction, Fraction]  # real and imaginary part
_Terms = dict[tuple[int, ...], _Number]


def read(given: object, variables: int, names: Sequence[str] | None = None) -> object:
    """A `Polynomial` of a text, or of an expression of SymPy; whatever else is returned as it is.

    ``names``: of the coordinates; without them z0, z1, ... (also x0, z_0, x_0), numbered through all factors.
    """
    known = _numbered(names, variables)
    if hasattr(given, "as_poly") and hasattr(given, "free_symbols"):  # SymPy, which is not imported
        return _of_sympy(given, known, variables)
    if not isinstance(given, str):
        return given
    terms = _Reader(given, known, variables).whole()
    try:
        table: dict[Any, Any] = {(0,) * variables: 0}  # what is 0 has a monomial as well
        table |= {monomial: complex(float(x), float(y)) for monomial, (x, y) in terms.items()}
        return Polynomial.of(table)
    except OverflowError:
        raise InputError("polynomial", given, "of coefficients that floats hold", "divide it by a number") from None


def _numbered(names: Sequence[str] | None, variables: int) -> dict[str, int]:
    if names is None:
        return {f"{letter}{i}": i for i in range(variables) for letter in _LETTERS}
    given = listed("names", names, f"{variables} names of coordinates", 'such as ("x", "y", "z")')
    if len(given) != variables or len(set(map(str, given))) != variables or not all(isinstance(n, str) and n.isidentifier() for n in given):
        raise InputError("names", names, f"{variables} different names of coordinates", 'such as ("x", "y", "z")')
    return {name: number for number, name in enumerate(given)}


def _of_sympy(given: Any, known: dict[str, int], variables: int) -> Polynomial:
    symbols = sorted(given.free_symbols, key=str)
    foreign = [str(one) for one in symbols if str(one) not in known]
    table = None if foreign else given.as_expr().as_poly(*symbols)
    if table is None:
        why = f"{', '.join(foreign)} is none of {_told(known)}" if foreign else "it is no polynomial"
        raise InputError("polynomial", f"{str(given)[:60]} ({why})", "a polynomial in the coordinates", _MEND)
    terms = {}
    for powers, coefficient in table.terms():
        monomial = [0] * variables
        for symbol, power in zip(symbols, powers, strict=True):
            monomial[known[str(symbol)]] += int(power)
        terms[tuple(monomial)] = complex(coefficient)
    return Polynomial.of(terms)


def _told(known: dict[str, int]) -> str:
    """The names, the first spelling of each."""
    return ", ".join(reversed({number: name for name, number in reversed(known.items())}.values()))


class _Reader:
    """Reads by descent: each method takes what it knows from the front of the tokens, and returns exact terms."""

    def __init__(self, text: str, names: dict[str, int], variables: int) -> None:
        self.text, self.names, self.variables = text, names, variables
        self.tokens: list[re.Match[str]] = []
        self.place, self.depth, self.work, end = 0, 0, 0, 0
        while match := _TOKEN.match(text, end):
            self.tokens.append(match)
            end = match.end()
        if text[end:].strip():
            raise self.refused(f"{text[end:].strip()[:20]!r} cannot be read")

    def refused(self, why: str) -> InputError:
        shown = self.text if len(self.text) <= 60 else self.text[:57] + "..."
        return InputError("polynomial", f"{shown} ({why})", "a polynomial in the coordinates", _MEND)

    def next(self) -> str:
        return self.tokens[self.place].group().strip() if self.place < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        """The next token where it is one of these, else nothing."""
        found = self.next() if self.next() in wanted else ""
        self.place += bool(found)
        return found

    def whole(self) -> _Terms:
        if not self.tokens:
            raise self.refused("it is empty")
        found = self.sum()
        if self.next():
            raise self.refused(f"{self.next()!r} is not expected")
        return found

    def sum(self) -> _Terms:
        sign = self.take("+", "-")
        total = self.scaled(self.product(), Fraction(-1 if sign == "-" else 1))
        while sign := self.take("+", "-"):
            for monomial, (x, y) in self.scaled(self.product(), Fraction(-1 if sign == "-" else 1)).items():
                real, imaginary = total.get(monomial, (Fraction(0), Fraction(0)))
                total[monomial] = (real + x, imaginary + y)
        return {monomial: number for monomial, number in total.items() if any(number)}

    def product(self) -> _Terms:
        total = self.power()
        while (token := self.next()) not in ("", "+", "-", ")"):
            if self.take("/"):
                total = self.times(total, self.inverse(self.power()))
            elif token in ("^", "**"):
                raise self.refused("a power of a power needs brackets")
            else:
                self.take("*")
                total = self.times(total, self.power())
        return total

    def power(self) -> _Terms:
        base = self.atom()
        if not self.take("^", "**"):
            return base
        exponent = self.next()
        if not exponent.isdecimal() or int(exponent) > _MOST_DEGREE:
            raise self.refused(f"{exponent!r} is no exponent from 0 to {_MOST_DEGREE}")
        self.place += 1
        total = self.constant(Fraction(1))
        for _ in range(int(exponent)):
            total = self.times(total, base)
        return total

    def atom(self) -> _Terms:
        if self.take("("):
            self.depth += 1
            if self.depth > 50:
                raise self.refused("too many brackets in brackets")
            inside = self.sum()
            if not self.take(")"):
                raise self.refused("a bracket is not closed")
            self.depth -= 1
            return inside
        if self.place == len(self.tokens):
            raise self.refused("it ends too early")
        number, name, sign = self.tokens[self.place].groups()
        self.place += 1
        if number:
            power = re.split("[eE]", number)[-1] if "e" in number.lower() else "0"
            if len(number) > _MOST_DIGITS or len(power) > 4 or abs(int(power)) > _MOST_DIGITS:
                raise self.refused(f"{number[:20]} is too long a number")
            return self.constant(Fraction(number))
        if name in self.names:
            return {tuple(int(i == self.names[name]) for i in range(self.variables)): (Fraction(1), Fraction(0))}
        if name in ("I", "i", "j"):
            return self.constant(Fraction(0), Fraction(1))
        raise self.refused(f"{name!r} is none of {_told(self.names)}" if name else f"{sign!r} is not expected")

    def constant(self, real: Fraction, imaginary: Fraction = Fraction(0)) -> _Terms:
        return {(0,) * self.variables: (real, imaginary)} if real or imaginary else {}

    def scaled(self, terms: _Terms, factor: Fraction) -> _Terms:
        return {monomial: (x * factor, y * factor) for monomial, (x, y) in terms.items()}

    def times(self, left: _Terms, right: _Terms) -> _Terms:
        self.work += len(left) * len(right)
        if self.work > _MOST_WORK:
            raise self.refused("it takes too long to multiply out")
        total: _Terms = {}
        for one, (a, b) in left.items():
            for other, (c, d) in right.items():
                monomial = tuple(x + y for x, y in zip(one, other, strict=True))
                x, y = total.get(monomial, (Fraction(0), Fraction(0)))
                total[monomial] = (x + a * c - b * d, y + a * d + b * c)
        if any(part.numerator.bit_length() + part.denominator.bit_length() > _MOST_BITS for number in total.values() for part in number):
            raise self.refused("its coefficients are too long")
        return {monomial: number for monomial, number in total.items() if any(number)}

    def inverse(self, terms: _Terms) -> _Terms:
        (x, y) = terms.get((0,) * self.variables, (Fraction(0), Fraction(0)))
        if len(terms) != 1 or not (x or y):
            raise self.refused("it divides by what is not a number other than 0")
        return self.constant(x / (x * x + y * y), -y / (x * x + y * y))


def polynomial(text: object, variables: int | Sequence[str]) -> Polynomial:
    """The polynomial of a text or of an expression of SymPy, in so many coordinates z0, z1, ... or in coordinates of these names.

    Powers are written ^ or **, I is the imaginary unit; numbers are read as fractions, and each coefficient is rounded once.
    Raises `InputError` for what is no polynomial in the coordinates.

    >>> polynomial("(x + 2 y)^2 - x*y/3", ("x", "y"))
    1*x0^2 + 3.66667*x0*x1 + 4*x1^2
    """
    names = None if isinstance(variables, int) else listed("variables", variables, "their number or their names", "such as 5")
    count = whole("variables", variables, 1, 1000, "P^4 has 5 homogeneous coordinates") if names is None else len(names)
    found = read(text, count, names)
    if not isinstance(found, Polynomial):
        raise InputError("text", text, "a text, or an expression of SymPy", _MEND)
    return found
