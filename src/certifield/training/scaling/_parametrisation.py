"""Powers of the width: which parametrisations of a deep network are stable, and which learn features."""

from dataclasses import dataclass
from fractions import Fraction

from certifield.evidence import Exact, InputError

_REFERENCE = "arXiv:2011.14522, theorem 3.3 and definitions 3.2-3.5"


@dataclass(frozen=True)
class Parametrisation:
    """W^l = N^(-a_l) w^l, w^l ~ N(0, N^(-2 b_l)), learning rate eta N^(-c) of gradient descent, for layers l = 1 (input) to L + 1 (output).

    ``a``, ``b``: one power for each layer; ``c``.  Whole numbers or fractions.  Two of them that differ by a gauge transformation train
    the same functions.  Raises `InputError` for fewer than two layers, or powers that do not pair up.

    >>> Parametrisation.maximal_update(depth=3).regime
    'features are learned'
    """

    a: tuple[Fraction, ...]
    b: tuple[Fraction, ...]
    c: Fraction

    def __post_init__(self) -> None:
        for name in ("a", "b"):
            object.__setattr__(self, name, tuple(_fraction(name, power) for power in getattr(self, name)))
        object.__setattr__(self, "c", _fraction("c", self.c))
        if len(self.a) != len(self.b) or len(self.a) < 2:
            raise InputError("a, b", (self.a, self.b), "as many powers as layers, two or more", "try a=(0, 0), b=(0, Fraction(1, 2))")

    @staticmethod
    def standard(depth: int = 2, c: Fraction | int = 0) -> "Parametrisation":
        """Weights of variance 1/fan-in, with ``depth`` hidden layers: unstable at c = 0, a kernel method at c = 1."""
        half = Fraction(1, 2)
        return Parametrisation((Fraction(0),) * (depth + 1), (Fraction(0), *(half,) * depth), Fraction(c))

    @staticmethod
    def tangent_kernel(depth: int = 2) -> "Parametrisation":
        """Standard Gaussian weights, divided by sqrt(fan-in) in the function."""
        half = Fraction(1, 2)
        return Parametrisation((Fraction(0), *(half,) * depth), (Fraction(0),) * (depth + 1), Fraction(0))

    @staticmethod
    def maximal_update(depth: int = 2) -> "Parametrisation":
        """The one, up to gauge, in which every layer learns as much as it can."""
        half = Fraction(1, 2)
        return Parametrisation((-half, *(Fraction(0),) * (depth - 1), half), (half,) * (depth + 1), Fraction(0))

    def gauge(self, shift: Fraction | int) -> "Parametrisation":
        """a + s, b - s, c - 2s: the same functions of time."""
        s = _fraction("shift", shift)
        return Parametrisation(tuple(power + s for power in self.a), tuple(power - s for power in self.b), self.c - 2 * s)

    @property
    def r(self) -> Exact:
        """The power with which features stand still: after a step they have moved by N^(-r)."""
        least = min(2 * power + (place == 0) for place, power in enumerate(self.a[:-1]))
        return Exact(min(self._readout, 2 * self.a[-1] + self.c) + self.c - 1 + least, "min(a + b, 2a + c) + c - 1 + min(...)", _REFERENCE)

    @property
    def _readout(self) -> Fraction:
        return self.a[-1] + self.b[-1]

    @property
    def stable(self) -> bool:
        """Whether preactivations and outputs stay finite as the width grows, at the start and in training."""
        start = self.a[0] + self.b[0] == 0 and all(x + y == Fraction(1, 2) for x, y in zip(self.a[1:-1], self.b[1:-1], strict=True))
        r = self._r
        return start and self._readout >= Fraction(1, 2) and r >= 0 and 2 * self.a[-1] + self.c >= 1 and self._readout + r >= 1

    @property
    def _r(self) -> Fraction:
        return Fraction(self.r.value)  # type: ignore[arg-type]

    @property
    def trivial(self) -> bool:
        """Whether the output does not move in the limit."""
        return not (self._readout + self._r == 1 or 2 * self.a[-1] + self.c == 1)

    @property
    def regime(self) -> str:
        """In words: unstable, trivial, a kernel method, or feature learning."""
        if not self.stable:
            return "unstable"
        return "trivial" if self.trivial else "features are learned" if self._r == 0 else "kernel"


def _fraction(name: str, power: object) -> Fraction:
    if isinstance(power, bool) or not isinstance(power, int | Fraction):
        raise InputError(name, power, "a whole number or a Fraction", "write Fraction(1, 2) for one half")
    return Fraction(power)
