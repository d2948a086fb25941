"""Whether the blocks of a study are what they claim to be."""

import random
from dataclasses import dataclass
from pathlib import Path

from ..store._block_file import DamagedBlock, encode
from ..store._store import Store
from ._directory import open as open_study
from ._study import Study


@dataclass(frozen=True)
class BlockCheck:
    """One block file, looked at: its checksum, and (``recomputed``) whether computing it again gives the same bits."""

    quantity: str
    index: int
    recomputed: bool
    accepted: bool
    reason: str


def verify_blocks(directory: Path | str, how_many: int = 8, seed: int = 0) -> list[BlockCheck]:
    """Checks the checksum of every block of the study, and recomputes ``how_many`` of them, chosen at random by ``seed``.

    Nothing in the directory is changed.  One record a block.  Raises `StoreMismatch` where a block belongs to another study.
    """
    study = open_study(directory)
    store = Store(directory, study.digest())
    present = [(quantity.name, index) for quantity in study.quantities for index in store.present(quantity.name)]
    chosen = set(random.Random(seed).sample(present, min(how_many, len(present))))
    return [_check(study, store, quantity, index, (quantity, index) in chosen) for quantity, index in present]


def _check(study: Study, store: Store, quantity: str, index: int, recompute: bool) -> BlockCheck:
    try:
        stored = store.read(quantity, index)
    except DamagedBlock as damage:
        return BlockCheck(quantity, index, False, False, str(damage))
    if not recompute:
        return BlockCheck(quantity, index, False, True, "checksum holds")
    again = study.block(quantity, index)
    same = encode(study.digest(), quantity, index, again) == encode(study.digest(), quantity, index, stored)
    return BlockCheck(quantity, index, True, same, "computed again: the same bits" if same else "computed again: other bits")
