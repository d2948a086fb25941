"""Twisted Alexander polynomials of the metabelian representations of a knot group."""

from typing import Any

from ..diagrams._diagram import Diagram
from ..diagrams._reading import refuse
from ..invariants._flint import flint
from ._characters import Character, is_character
from ._cyclotomic import CyclotomicPolynomial
from ._wirtinger import Presentation, wirtinger

Pencil = tuple[list[list[tuple[int, int, int]]], int]


def twisted_alexander_polynomial(diagram: Diagram, character: Character) -> CyclotomicPolynomial:
    """The order of H_1 of a knot complement with coefficients Q(z)[t, 1/t]^sheets, exact, up to +-z^a t^k.

    A character chi with values in Z/q of the cover with n sheets gives the representation, for k modulo n and z = exp(2 pi i/q),

        x_i e_k = z^chi(x_i, k+1) e_(k+1),   with a factor t where k = n - 1,

    of the knot group on Q(z)[t, 1/t]^n, induced from the cover (Herald, Kirk, Livingston, 0804.1355, section 3).  With X_i these matrices,
    D = det of the Fox matrix of Wirtinger's presentation without one relation and without x_0 has the degree crossings - 1 at most, and
    the order of H_1 is D / (t - 1) for chi not trivial.  For trivial chi it is D = prod_(w^n = 1) Delta(w t^(1/n)), Delta Alexander's.
    Computed modulo primes that are 1 modulo q, as many as the coefficients may need, at every root z and at crossings-many t.
    Raises `InputError` for a link that is not a knot or a table that is not a character of it, `MissingExtra` without python-flint.

    >>> from certifield.topology import Diagram, twisted
    >>> eight = Diagram.from_braid([1, -2, 1, -2])
    >>> (chi,) = twisted.characters(eight, 2, 5)
    >>> print(twisted.twisted_alexander_polynomial(eight, chi))
    1 - t
    """
    if not is_character(diagram, character):
        raise refuse("character", character, "a character of this diagram", "take one from `characters(diagram, sheets, prime)`")
    minor = fox_determinant(wirtinger(diagram), character)
    if character.trivial:
        return minor.normalised()
    quotient = minor.divided_by_t_minus_1()
    assert quotient is not None  # t - 1 = det(X_0 - 1) divides D, since H_0 vanishes
    return quotient.normalised()


def entries_needed(generators: int, sheets: int, prime: int) -> int:
    """The entries of all the matrices modulo word-sized primes whose determinants make one polynomial: a measure of work."""
    size = (generators - 1) * sheets
    return (prime - 1) * generators * _moduli_needed(size) * size**2


def fox_determinant(presentation: Presentation, character: Character) -> CyclotomicPolynomial:
    """D, with integer coefficients in the basis 1, ..., z^(q-2)."""
    prime, points = character.prime, presentation.generators
    moduli: list[int] = []
    residues: list[list[list[int]]] = []
    for modulus in _moduli(prime, _moduli_needed((points - 1) * character.sheets), points):
        moduli.append(modulus)
        residues.append(_modulo(presentation, character, modulus))
    lifted = tuple(tuple(_lift([entries[k][j] for entries in residues], moduli) for j in range(prime - 1)) for k in range(points))
    return CyclotomicPolynomial(prime, lifted)


def _moduli_needed(size: int) -> int:
    """Four entries of modulus 1 in a row at most, so |D| <= 4^size on the unit circle, and a coefficient at most twice that."""
    return (2 * size + 2) // 61 + 1


def _moduli(prime: int, count: int, points: int) -> list[int]:
    """The largest primes below 2^63 that are 1 modulo ``prime``; all exceed 2^61, so their product exceeds 4^(size + 1)."""
    found, candidate = [], ((1 << 63) - 1) // (2 * prime) * 2 * prime + 1
    while len(found) < count:
        candidate -= 2 * prime
        if flint().fmpz(candidate).is_prime():
            found.append(candidate)
    return found


def _modulo(presentation: Presentation, character: Character, modulus: int) -> list[list[int]]:
    """Coefficients [k][j] of t^k z^j in D, modulo a prime in which z is an integer."""
    prime = character.prime
    root = _root_of_unity(prime, modulus)
    powers = [pow(root, a, modulus) for a in range(prime)]
    values = [_interpolated(_values(presentation, character, powers, a, modulus), modulus) for a in range(1, prime)]
    scale = pow(prime, -1, modulus)
    table = [[(powers[-a * j % prime] - powers[a]) * scale % modulus for a in range(1, prime)] for j in range(prime - 1)]
    by_power = zip(*values, strict=True)
    return [[sum(w * entry for w, entry in zip(row, entries, strict=True)) % modulus for row in table] for entries in by_power]


def _values(presentation: Presentation, character: Character, powers: list[int], a: int, modulus: int) -> list[int]:
    """D at z = powers[a] and t = 0, 1, ..., generators - 1."""
    size = (presentation.generators - 1) * character.sheets
    if not size:
        return [1]
    constant, linear = fox_matrix(presentation, character)
    entries = [0] * (size * size)
    for row, column, sign, exponent in constant:
        place = row * size + column
        entries[place] = (entries[place] + sign * powers[exponent * a % character.prime]) % modulus
    matrix: Any = flint().nmod_mat(size, size, entries, modulus)
    moving = [(row, column, sign * powers[exponent * a % character.prime]) for row, column, sign, exponent in linear]
    values = [int(matrix.det())]
    for _ in range(presentation.generators - 1):
        for row, column, step in moving:
            matrix[row, column] = int(matrix[row, column]) + step
        values.append(int(matrix.det()))
    return values


def fox_matrix(presentation: Presentation, character: Character) -> tuple[list[tuple[int, int, int, int]], list[tuple[int, int, int, int]]]:
    """The matrix as two lists of (row, column, sign, exponent of z): what is constant, and what is multiplied by t.

    Block row r of x_o x_b = x_a x_o: 1 - X_a at x_o, X_o at x_b, -1 at x_a.  The last relation and x_0 are left out.
    """
    constant, linear = [], []
    n = character.sheets
    for number, (over, before, after) in enumerate(presentation.relations[:-1]):
        for arc, matrix, sign in ((over, None, 1), (over, after, -1), (before, over, 1), (after, None, -1)):
            if arc == 0:
                continue
            for k in range(n):
                row = k if matrix is None else (k + 1) % n
                exponent = 0 if matrix is None else character.values[matrix][row]
                entry = (number * n + row, (arc - 1) * n + k, sign, exponent)
                (linear if matrix is not None and row == 0 else constant).append(entry)
    return constant, linear


def _root_of_unity(prime: int, modulus: int) -> int:
    return next(root for base in range(2, modulus) if (root := pow(base, (modulus - 1) // prime, modulus)) != 1)


def _interpolated(values: list[int], modulus: int) -> list[int]:
    """Coefficients of the polynomial that has these values at 0, 1, 2, ...: divided differences, then Horner's scheme."""
    differences = list(values)
    for order in range(1, len(values)):
        inverse = pow(order, -1, modulus)
        for place in range(len(values) - 1, order - 1, -1):
            differences[place] = (differences[place] - differences[place - 1]) * inverse % modulus
    coefficients = [0] * len(values)
    for place in range(len(values) - 1, -1, -1):
        shifted = [0, *coefficients[:-1]]
        coefficients = [(a - place * b) % modulus for a, b in zip(shifted, coefficients, strict=True)]
        coefficients[0] = (coefficients[0] + differences[place]) % modulus
    return coefficients


def _lift(residues: list[int], moduli: list[int]) -> int:
    """The integer nearest to 0 with these residues."""
    value, product = 0, 1
    for residue, modulus in zip(residues, moduli, strict=True):
        value += product * ((residue - value) * pow(product, -1, modulus) % modulus)
        product *= modulus
    return value - product if 2 * value > product else value
