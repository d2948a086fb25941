"""One answer, from item to store."""

import time
from dataclasses import dataclass
from functools import lru_cache

from certifield.studies.census import AnswerStore, Census, open as open_census

from .._worker import Failure, failure


@dataclass(frozen=True)
class Outcome:
    """An answer that is in the store now; ``seconds`` is None where it was there already."""

    item: str
    budget: int
    status: str
    seconds: float | None


def store_answer(census: Census, store: AnswerStore, item: str, budget: int) -> Outcome:
    """Answers an item and stores that, unless it is there already (another coordinator may be at work in the same directory)."""
    present = store.get(item, budget)
    if present is not None:
        return Outcome(item, budget, present.status, None)
    started = time.perf_counter()
    try:
        record = census.answer(item, budget)
        seconds = time.perf_counter() - started
        store.put(item, budget, record, seconds)
    except Exception as error:
        seed = census.seed_of(item, budget)
        error.add_note(f"at item {item} with budget {budget} of the census in {store.directory}, seed {seed}")
        raise
    return Outcome(item, budget, record.status, seconds)


def work(directory: str, digest: str, item: str, budget: int) -> Outcome | Failure:
    """Stores one answer, in a process of the pool."""
    try:
        return store_answer(*_opened(directory, digest), item, budget)
    except Exception as error:
        return failure(error)


@lru_cache(maxsize=1)
def _opened(directory: str, digest: str) -> tuple[Census, AnswerStore]:
    census = open_census(directory, check=False)
    census.task.prepare(census.options)
    return census, AnswerStore(directory, digest)
