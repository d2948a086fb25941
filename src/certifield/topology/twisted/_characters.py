"""Characters of branched cyclic covers, as colourings of the arcs of a diagram."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..diagrams._diagram import Diagram
from ..diagrams._reading import integers, refuse
from ..invariants._flint import flint
from ._wirtinger import wirtinger

MOST_SHEETS = 32
LARGEST_PRIME = 10_000


@dataclass(frozen=True)
class Character:
    """A homomorphism chi from H_1 of the branched cyclic cover with ``sheets`` sheets to Z/``prime``.

    ``values[i][k]`` is chi of the loop x_0^-k (x_i x_0^-1) x_0^k, where x_i is the meridian of arc i, the arc that begins where the lower
    strand leaves crossing i.  These loops generate H_1, and a table of values is a character exactly if values[0] = 0 and
    values[after][k] = values[over][k] + values[before][k-1] - values[over][k-1] at every crossing, k modulo ``sheets``.
    Raises `InputError` for a number of sheets or a prime out of range, or a table of another shape.
    """

    sheets: int
    prime: int
    values: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        check_cover(self.sheets, self.prime)
        if not isinstance(self.values, list | tuple) or not self.values:
            raise refuse("values", self.values, "one row for each arc", "start from a character of `characters`")
        rows = tuple(tuple(entry % self.prime for entry in integers("values", row)) for row in self.values)
        if any(len(row) != self.sheets for row in rows):
            raise refuse("values", self.values, f"rows of {self.sheets} values", "give a value for each sheet")
        object.__setattr__(self, "values", rows)

    @property
    def trivial(self) -> bool:
        """Whether every loop has the value 0."""
        return not any(map(any, self.values))

    def translated(self, sheets: int = 1) -> "Character":
        """The character after the deck transformation, that many times: values[i][k - sheets] in place of values[i][k]."""
        shift = sheets % self.sheets
        return Character(self.sheets, self.prime, tuple(row[-shift:] + row[:-shift] for row in self.values))

    def combined(self, weights: Sequence[int]) -> "Character":
        """sum_j weights[j] T^j chi, where T is the deck transformation."""
        size = range(self.sheets)
        rows = (tuple(sum(w * row[(k - j) % self.sheets] for j, w in enumerate(weights)) for k in size) for row in self.values)
        return Character(self.sheets, self.prime, tuple(tuple(entry % self.prime for entry in row) for row in rows))

    def __add__(self, other: "Character") -> "Character":
        if (self.sheets, self.prime, len(self.values)) != (other.sheets, other.prime, len(other.values)):
            raise refuse("other", other, "a character of the same cover and prime", "take both from one call of `characters`")
        pairs = zip(self.values, other.values, strict=True)
        return Character(self.sheets, self.prime, tuple(tuple(a + b for a, b in zip(*rows, strict=True)) for rows in pairs))


def characters(diagram: Diagram, sheets: int, prime: int) -> tuple[Character, ...]:
    """A basis of Hom(H_1(Sigma), F_prime), Sigma the branched cyclic cover of a knot.

    Its length is the rank of H_1 modulo the prime.  Raises `InputError` for a link that is not a knot, `MissingExtra` without python-flint.

    >>> from certifield.topology import Diagram
    >>> [len(characters(Diagram.from_braid([1, 1, 1]), 2, prime)) for prime in (3, 5)]
    [1, 0]
    """
    check_cover(sheets, prime)
    generators, relations = wirtinger(diagram)
    unknowns = (generators - 1) * sheets
    if not unknowns:
        return ()
    entries = [0] * (len(relations) * sheets * unknowns)
    for row, (over, before, after, k) in enumerate((*relation, k) for relation in relations for k in range(sheets)):
        for arc, sheet, sign in ((after, k, -1), (over, k, 1), (before, k - 1, 1), (over, k - 1, -1)):
            if arc:
                entries[row * unknowns + (arc - 1) * sheets + sheet % sheets] += sign
    kernel, rank = flint().nmod_mat(len(relations) * sheets, unknowns, entries, prime).nullspace()
    basis, _ = flint().nmod_mat(kernel.transpose().tolist()[:rank], prime).rref() if rank else (None, 0)
    return tuple(_read(sheets, prime, [int(entry) for entry in row]) for row in (basis.tolist() if basis else ()))


def is_character(diagram: Diagram, character: Character) -> bool:
    """Whether the table of values satisfies the relations of all crossings of a knot."""
    generators, relations = wirtinger(diagram)
    c, prime = character.values, character.prime
    if len(c) != generators or any(c[0]):
        return False
    size = range(character.sheets)
    return not any((c[o][k] + c[b][k - 1] - c[o][k - 1] - c[a][k]) % prime for o, b, a in relations for k in size)


def check_cover(sheets: object, prime: object) -> None:
    """Refuses a number of sheets or a prime that is none, or is too large."""
    (number,) = integers("sheets", [sheets])
    if not 2 <= number <= MOST_SHEETS:
        raise refuse("sheets", sheets, f"from 2 to {MOST_SHEETS}", "prime powers are what obstructs")
    (modulus,) = integers("prime", [prime])
    if not 2 < modulus <= LARGEST_PRIME or any(modulus % divisor == 0 for divisor in range(2, int(modulus**0.5) + 1)):
        raise refuse("prime", prime, f"an odd prime up to {LARGEST_PRIME}", "take one that divides the order of H_1")


def _read(sheets: int, prime: int, row: list[int]) -> Character:
    rows = [row[start : start + sheets] for start in range(0, len(row), sheets)]
    return Character(sheets, prime, ((0,) * sheets, *map(tuple, rows)))
