"""One block, from question to store."""

import time
from functools import lru_cache

from certifield.studies import Store, Study, open as open_study

from .._worker import Failure, failure
from ._meter import Outcome


def store_block(study: Study, store: Store, quantity: str, index: int) -> Outcome:
    """Computes a block and stores it, unless it is there already (another coordinator may be at work in the same directory)."""
    if store.get(quantity, index) is not None:
        return Outcome(quantity, index, None)
    started = time.monotonic()
    try:
        store.put(quantity, index, study.block(quantity, index))
    except Exception as error:
        error.add_note(f"in block {index} of {quantity} of the study in {store.folder.parent}, seed {study.root_seed}")
        raise
    return Outcome(quantity, index, time.monotonic() - started)


def work(directory: str, digest: str, quantity: str, index: int) -> Outcome | Failure:
    """Stores one block, in a process of the pool."""
    try:
        return store_block(*_opened(directory, digest), quantity, index)
    except Exception as error:
        return failure(error)


@lru_cache(maxsize=1)
def _opened(directory: str, digest: str) -> tuple[Study, Store]:
    return open_study(directory, check=False), Store(directory, digest)
