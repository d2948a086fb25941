"""A complete intersection with its polynomials."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from certifield._arguments import listed, of_kind, whole
from certifield.evidence import InputError

from ._configuration import Configuration
from ._polynomial import Polynomial
from ._reading import read
from ._symmetry import Symmetry


@dataclass(frozen=True, eq=False)
class Variety:
    """The common zeros of ``polynomials`` in the product of the P^(n_i) of ``ambient``, with all homogeneous coordinates in one row.

    ``polynomials``: made from `coordinates`, or texts such as "z0^5 + z1^5 - 5*z0*z1" or SymPy's expressions (see `polynomial`).
    The coordinates are numbered through all factors: of P2xP2, z0 to z2 are those of the first and z3 to z5 those of the second.
    ``symmetry``: a finite group that maps it to itself, which is checked; ``smooth``: True or False where an argument decides it
    (``reason``), None where none does: then `find_singularity` looks for a singular point, and `ricci_flat` and `quality` tell what it
    finds (of a member with a ``reason`` why it is smooth with probability 1, they tell that reason).
    Raises `InputError` for polynomials in other variables, or that are not homogeneous in each factor (the monomials are named).
    """

    ambient: tuple[int, ...]
    polynomials: tuple[Polynomial, ...]
    name: str = ""
    symmetry: Symmetry = Symmetry()  # noqa: RUF009  a value
    smooth: bool | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        space = "a list of the n_i of the factors P^(n_i)", "the quintic is in (4,)"
        object.__setattr__(self, "ambient", tuple(whole("ambient", n, 1, 1000, space[1]) for n in listed("ambient", self.ambient, *space)))
        equations = listed("polynomials", self.polynomials, "a list of Polynomials", "build them from coordinates(...)")
        object.__setattr__(self, "polynomials", tuple(read(p, self.coordinates) for p in equations))
        if not self.polynomials:
            raise InputError("polynomials", self.polynomials, "one polynomial at least", "the projective space itself has a metric already")
        for number, p in enumerate(self.polynomials):
            if not isinstance(p, Polynomial) or not len(p.coefficients):
                raise InputError(f"polynomial {number}", p, "a Polynomial that is not 0", 'build it from coordinates(...), or "z0^5 + ..."')
        _ = self.configuration  # checks the degrees
        of_kind("symmetry", self.symmetry, Symmetry, "leave it out, or take Symmetry()").check(self.ambient, self.polynomials)

    @cached_property
    def configuration(self) -> Configuration:
        """Ambient space and degrees."""
        columns = [self._degree(number, p) for number, p in enumerate(self.polynomials)]
        return Configuration(self.ambient, tuple(zip(*columns, strict=True)))

    def _degree(self, number: int, p: Polynomial) -> tuple[int, ...]:
        if p.variables != self.coordinates:
            allowed = f"in {self.coordinates} variables, n_i + 1 for each factor"
            raise InputError(f"polynomial {number}", f"one in {p.variables} variables", allowed, "take them from coordinates(...)")
        sums = np.stack([p.exponents[:, part].sum(axis=1) for part in self.factors], axis=1)
        for i in range(len(self.ambient)):
            other = np.flatnonzero(sums[:, i] != sums[0, i])
            if len(other):
                first, second = (Polynomial(p.exponents[[row]], np.ones(1)) for row in (0, other[0]))
                given = f"{first} of degree {sums[0, i]} beside {second} of degree {sums[other[0], i]} in factor {i}"
                raise InputError(f"polynomial {number}", given, "homogeneous in the coordinates of each factor", "mend these monomials")
        return tuple(int(degree) for degree in sums[0])

    @property
    def coordinates(self) -> int:
        """The number of homogeneous coordinates of all factors."""
        return sum(n + 1 for n in self.ambient)

    @cached_property
    def factors(self) -> tuple[slice, ...]:
        """The places of the coordinates of each factor."""
        ends = np.cumsum([n + 1 for n in self.ambient]).tolist()
        return tuple(slice(end - n - 1, end) for n, end in zip(self.ambient, ends, strict=True))

    @property
    def dimension(self) -> int:
        """The complex dimension."""
        return self.configuration.dimension

    def values(self, z: np.ndarray) -> np.ndarray:
        """The polynomials [points, K] at ``z`` [points, coordinates]."""
        return np.stack([p(z) for p in self.polynomials], axis=1)

    def jacobian(self, z: np.ndarray) -> np.ndarray:
        """dp_a/dz_I [points, K, coordinates]."""
        return np.stack([p.gradient(z) for p in self.polynomials], axis=1)

    def normalised(self, z: np.ndarray) -> np.ndarray:
        """The same points with coordinates of length 1 in each factor."""
        return np.concatenate([z[:, part] / np.linalg.norm(z[:, part], axis=1, keepdims=True) for part in self.factors], axis=1)

    def same_as(self, other: "Variety") -> bool:
        """Whether the equations are the same ones, coefficient by coefficient."""
        if self is other:
            return True
        pairs = zip(self.polynomials, other.polynomials, strict=False)
        alike = (len(self.polynomials), self.ambient) == (len(other.polynomials), other.ambient)
        return alike and all(np.array_equal(p.exponents, q.exponents) and np.array_equal(p.coefficients, q.coefficients) for p, q in pairs)

    def __repr__(self) -> str:
        remark = "" if self.configuration.calabi_yau else ", not Calabi-Yau: c_1 is not 0"
        return f"{self.name + ': ' if self.name else ''}{self.configuration!r}{remark}"
