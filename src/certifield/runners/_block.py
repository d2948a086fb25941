"""One block, from question to store."""

import time

from certifield.studies import Store, Study

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
