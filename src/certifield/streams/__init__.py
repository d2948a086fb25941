"""Random streams addressed by (seed, name, block, draw), and the sums that a block of draws leaves behind."""

from ._jackknife import jackknife as jackknife
from ._keys import block_key as block_key, draw_keys as draw_keys, stream_key as stream_key
from ._sums import BlockSums as BlockSums, group as group, merge as merge
