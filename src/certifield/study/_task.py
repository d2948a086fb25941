"""One piece of work by its address, and what it leaves behind."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._case import Case

if TYPE_CHECKING:
    from jaxtyping import Array, Key

# What a piece holds, by name: exact JSON (no floats, whose last digits differ between machines), arrays, certificates.
Piece = Mapping[str, Any]
# The pieces of a case that are there, by ascending step; each is read from its file when it is looked at.
Pieces = Mapping[int, Piece]


@dataclass(frozen=True)
class Task:
    """The address (root seed, case, step) of a piece; ``before``: in a chain, the piece of the step before.

    All that is random in a piece comes from ``seed`` or ``key``, so that where and how often it is computed cannot change it.
    """

    root: int
    case: Case
    step: int
    before: Piece | None = None

    @property
    def seed(self) -> int:
        """A whole number below 2^63: sha256 of root seed, case and step."""
        address = json.dumps([self.root, self.case.name, self.step], separators=(",", ":"))
        return int.from_bytes(hashlib.sha256(address.encode()).digest()[:8], "big") >> 1

    @property
    def key(self) -> "Key[Array, '']":
        """A key of JAX: the stream of (root seed, case), block number ``step`` (see `certifield.streams`)."""
        from certifield.streams import block_key, stream_key

        return block_key(stream_key(self.root, self.case.name), self.step)
