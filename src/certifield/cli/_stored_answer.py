"""Whether results.json is what the blocks say."""

import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class AnswerCheck:
    """The stored answer, compared with the one that follows from the blocks."""

    accepted: bool
    reason: str


def stored_answer(directory: Path) -> AnswerCheck:
    """Compares results.json with a fresh answer from the same blocks, character by character."""
    from certifield.studies import RESULTS, Store, open as open_study

    path = directory / RESULTS
    if not path.exists():
        return AnswerCheck(True, "not there yet")
    study = open_study(directory)
    fresh = study.results(Store(directory, study.digest()))
    with tempfile.TemporaryDirectory() as folder:
        fresh.save(Path(folder) / RESULTS)
        if (Path(folder) / RESULTS).read_bytes() == path.read_bytes():
            return AnswerCheck(True, "the same as from the blocks")
    if [row.blocks for row in fresh.rows] != _blocks_of(path):
        return AnswerCheck(True, f"older than the newest blocks; to renew it: certifield resume {directory}")
    return AnswerCheck(False, "differs from what the blocks say")


def _blocks_of(path: Path) -> list[int]:
    from certifield.studies import StudyResults

    try:
        return [row.blocks for row in StudyResults.load(path).rows]
    except Exception:  # whatever is wrong with the file, it is not a stored answer
        return []
