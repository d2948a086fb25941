"""What a run of a census says about itself."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """Where a run stands.

    Of ``items`` in all, so many are ``certified`` and ``obstructed``, and so many ``unknown`` so far: tried, and not proved.
    ``done`` of ``total`` items of the round of ``budget`` have their answer; ``elapsed`` seconds since the run began, and ``remaining``
    ones in this round, None until two answers of it are there; ``item`` is the last one; ``remarks`` say what was left undone.
    """

    items: int
    certified: int
    obstructed: int
    unknown: int
    budget: int
    done: int
    total: int
    elapsed: float
    remaining: float | None
    item: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def kept(self) -> str:
        """What is in the store, in words."""
        return f"answers to {self.certified + self.obstructed + self.unknown} of {self.items} items"


Callback = Callable[[Progress], object]
