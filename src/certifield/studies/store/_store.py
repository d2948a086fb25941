"""A directory of block files, which is a set: nothing is counted, and nothing is known that is not a file.

A block is written once: the first arrival stays, and a later one is compared with it and dropped.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from certifield.evidence import NondeterministicBlock, StoreMismatch
from certifield.streams import BlockSums, merge

from ._block_file import DamagedBlock, decode, encode
from ._errors import StoreError
from ._files import explained
from ._once import put_once, remove_abandoned, set_aside

MOST_GROUPS = 128  # as in streams.group: the resolution of the jackknife
_CHUNK = 64  # blocks in memory at once
_SUFFIX = ".block"


class Store:
    """The blocks of the study with this ``digest`` under ``directory``/blocks."""

    def __init__(self, directory: Path | str, digest: str) -> None:
        self.folder, self.digest = Path(directory) / "blocks", digest
        with explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            remove_abandoned(self.folder)

    def path(self, quantity: str, index: int) -> Path:
        """Where block ``index`` of ``quantity`` is, or will be."""
        return self.folder / quantity / f"{index:08d}{_SUFFIX}"

    def put(self, quantity: str, index: int, block: BlockSums) -> bool:
        """Stores a block; False where it is already there with the same content.

        Raises `NondeterministicBlock` where it is there with another content, `StoreError` where it cannot be written.
        """
        content, path = encode(self.digest, quantity, index, block), self.path(quantity, index)
        return put_once(path, content, lambda: self._holds(quantity, index, content))

    def _holds(self, quantity: str, index: int, content: bytes) -> bool:
        present = self.get(quantity, index)
        if present is None:
            return False
        if encode(self.digest, quantity, index, present) == content:
            return True
        raise NondeterministicBlock(
            f"Block {index} of {quantity} was computed twice with different content; the first is kept in {self.path(quantity, index)}. "
            "The same block must give the same bits: look for a draw that does not come from its key, or for two machines "
            "with different versions of JAX or different processors in one study."
        )

    def get(self, quantity: str, index: int) -> BlockSums | None:
        """A block, or None where it is not there; a damaged file is renamed aside and counts as not there.

        Raises `StoreMismatch` where the file belongs to another study.
        """
        path = self.path(quantity, index)
        try:
            return self.read(quantity, index)
        except FileNotFoundError:
            return None
        except DamagedBlock:
            set_aside(path)
            return None

    def read(self, quantity: str, index: int) -> BlockSums:
        """A block as it is, without touching the directory.  Raises `DamagedBlock`, `StoreMismatch`, `FileNotFoundError`."""
        path = self.path(quantity, index)
        with explained(path):
            header, block = decode(path.read_bytes())
        if header["study"] != self.digest:
            raise StoreMismatch(
                f"{path} belongs to another study (digest {header['study']} there, {self.digest} here). "
                "Keep every study in a directory of its own: move the file away, or run this study elsewhere."
            )
        if (header["quantity"], header["index"]) != (quantity, index):
            raise DamagedBlock(f"it holds block {header['index']} of {header['quantity']}: it was moved or copied here")
        return block

    def present(self, quantity: str) -> list[int]:
        """Block numbers that have a file, ascending; contents are not looked at."""
        folder = self.folder / quantity
        names = os.listdir(folder) if folder.is_dir() else []
        return sorted(int(name.removesuffix(_SUFFIX)) for name in names if name.endswith(_SUFFIX) and name[: -len(_SUFFIX)].isdecimal())

    def done(self, quantity: str) -> set[int]:
        """Block numbers whose files are whole; damaged ones are renamed aside on the way."""
        return {index for index in self.present(quantity) if self.get(quantity, index) is not None}

    def blocks(self, quantity: str) -> Iterator[BlockSums]:
        """The blocks of ``quantity`` in the order of their numbers."""
        found = (self.get(quantity, index) for index in self.present(quantity))
        return (block for block in found if block is not None)

    def groups(self, quantity: str, indices: Sequence[int]) -> list[BlockSums]:
        """The blocks ``indices`` merged into at most 128 groups of consecutive ones; memory does not grow with their number."""
        size = max(1, -(-len(indices) // MOST_GROUPS))
        return [self._merged(quantity, indices[start : start + size]) for start in range(0, len(indices), size)]

    def _merged(self, quantity: str, indices: Sequence[int]) -> BlockSums:
        total = merge(self._need(quantity, indices[:_CHUNK]))
        for start in range(_CHUNK, len(indices), _CHUNK):
            total = merge([total, *self._need(quantity, indices[start : start + _CHUNK])])
        return total

    def _need(self, quantity: str, indices: Iterable[int]) -> list[BlockSums]:
        found = {index: self.get(quantity, index) for index in indices}
        for index, block in found.items():
            if block is None:
                raise StoreError(f"Block {index} of {quantity} vanished from {self.folder} while it was read. Run the study again.")
        return [block for block in found.values() if block is not None]
