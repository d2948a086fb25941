"""Random streams addressed by (seed, name, block, draw), and the sums that a block of draws leaves behind."""

from typing import TYPE_CHECKING, Any

from ._jackknife import jackknife as jackknife
from ._sums import BlockSums as BlockSums, group as group, merge as merge

if TYPE_CHECKING:
    from ._keys import block_key as block_key, draw_keys as draw_keys, stream_key as stream_key


def __getattr__(name: str) -> Any:  # keys need JAX, which sums do without
    if name in ("block_key", "draw_keys", "stream_key"):
        from . import _keys

        return getattr(_keys, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
