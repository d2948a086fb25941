"""How much work a study is given.

A budget never enters the digest: a study that is given more continues where it was.
"""

from dataclasses import dataclass

from certifield.evidence import InputError

_FEWEST_DRAWS = 16384  # fewer hardly ever pass the heavy-tail guard at order 4


@dataclass(frozen=True)
class Draws:
    """A number of draws for every quantity, rounded up to whole blocks."""

    draws: int

    def __post_init__(self) -> None:
        if self.draws < 1:
            raise InputError("draws", self.draws, "a whole number of draws, 1 or more", "try draws=100000")


@dataclass(frozen=True)
class Neurons:
    """A number of neurons for every quantity, so that narrow and wide networks cost the same: neurons/width draws, at least 16384."""

    neurons: int

    def __post_init__(self) -> None:
        if self.neurons < 1:
            raise InputError("neurons", self.neurons, "a whole number of neurons, 1 or more", "try neurons=10000000")

    def at(self, width: int) -> Draws:
        """The draws of networks of ``width`` neurons; a single neuron is a network of width 1."""
        return Draws(max(_FEWEST_DRAWS, self.neurons // width))


@dataclass(frozen=True)
class Precision:
    """A target for the error bar of every quantity.

    It is met when the largest standard error over all entries of the highest order, and over all widths that the quantity serves, is
    at most ``stderr``.  ``max_draws`` bounds the draws of one quantity.
    """

    stderr: float
    max_draws: int = 10**9

    def __post_init__(self) -> None:
        if not 0 < self.stderr < float("inf"):
            raise InputError("stderr", self.stderr, "a positive finite number", "try stderr=0.001")
        if self.max_draws < 1:
            raise InputError("max_draws", self.max_draws, "a whole number of draws, 1 or more", "leave it out: the default is 10**9")


@dataclass(frozen=True)
class Seconds:
    """Wall-clock time for the whole study; blocks are handed out to its quantities in turn."""

    seconds: float

    def __post_init__(self) -> None:
        if not 0 < self.seconds < float("inf"):
            raise InputError("seconds", self.seconds, "a positive finite number", "try seconds=60")


Budget = Draws | Precision | Seconds
