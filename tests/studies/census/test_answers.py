"""The store of answers is a set of files: first arrivals stay, later ones are compared, damaged ones are set aside."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from certifield.evidence import (
    Certificate,
    Certified,
    InputError,
    NondeterministicBlock,
    Obstructed,
    StoreMismatch,
    Unknown,
    certificate_of_braid_moves,
    load,
)
from certifield.studies import StoreError
from certifield.studies.census import AnswerStore, Record, certificate_id

PROOF = certificate_of_braid_moves([], 1, [])
OTHER = certificate_of_braid_moves([1], 2, [["D", 1]])
YES = Record(Certified(PROOF, {"steps": 3}), {"moves": 0})
UNKNOWN = Record(Unknown({"steps": 10}))


@pytest.fixture
def store(tmp_path: Path) -> AnswerStore:
    return AnswerStore(tmp_path, "digest")


@pytest.mark.parametrize("record", [YES, UNKNOWN, Record(Obstructed(PROOF, "smooth")), Record(Obstructed(PROOF))])
def test_what_is_put_is_got(store: AnswerStore, record: Record) -> None:
    assert store.get("a", 10) is None
    assert store.put("a", 10, record, 0.25)
    found = store.get("a", 10)
    assert found is not None
    assert (found.status, found.category, found.figures, found.spent) == (record.status, record.category, record.figures, record.spent)
    assert (found.certificate is None) == (record.certificate is None)
    assert store.seconds("a", 10) == 0.25 and store.budgets() == [10] and store.present(10) == {"a"}
    assert not list(store.directory.rglob("*.tmp"))


def test_a_second_arrival_is_dropped_whatever_time_it_took(store: AnswerStore) -> None:
    assert store.put("a", 10, YES, 0.25)
    assert not store.put("a", 10, YES, 99.0)


@pytest.mark.parametrize(
    "record",
    [
        UNKNOWN,
        Record(Certified(OTHER, {"steps": 3}), {"moves": 0}),
        Record(Certified(PROOF, {"steps": 3}), {"moves": 1}),
        Record(Certified(PROOF, {"steps": 4}), {"moves": 0}),
        Record(Obstructed(PROOF, None, {"steps": 3}), {"moves": 0}),
    ],
)
def test_a_different_second_arrival_is_an_error(store: AnswerStore, record: Record) -> None:
    """Sabotage twin of the test above."""
    store.put("a", 10, YES, 0.25)
    with pytest.raises(NondeterministicBlock, match="Item a was answered twice with 10 units"):
        store.put("a", 10, record, 0.25)
    assert store.get("a", 10).status == "certified"


def test_certificates_are_named_after_their_content(store: AnswerStore) -> None:
    store.put("a", 10, YES, 0.1)
    store.put("b", 10, YES, 0.1)  # the same certificate, kept once
    (path,) = store.certificates.iterdir()
    found = load(path)
    assert isinstance(found, Certificate) and found.replay().accepted
    assert path.stem == certificate_id(found) == certificate_id(PROOF)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def _edit(path: Path) -> None:
    path.write_text(path.read_text().replace('"steps":3', '"steps":2'))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _array(path: Path) -> None:
    path.write_text("[1, 2]\n")


@pytest.mark.parametrize("damage", [_cut, _edit, _empty, _array])
def test_a_damaged_answer_is_set_aside(store: AnswerStore, damage) -> None:
    store.put("a", 10, YES, 0.1)
    damage(store.path("a", 10))
    assert store.get("a", 10) is None
    assert store.path("a", 10).with_name("a.json.damaged-0").exists()
    assert store.put("a", 10, YES, 0.1) and store.get("a", 10).status == "certified"


@pytest.mark.parametrize("damage", [_cut, _empty, _array, Path.unlink])
def test_an_answer_without_its_certificate_counts_as_damaged(store: AnswerStore, damage) -> None:
    store.put("a", 10, YES, 0.1)
    damage(store.certificate_path(certificate_id(PROOF)))
    assert store.get("a", 10) is None
    assert store.put("a", 10, YES, 0.1) and store.get("a", 10).certificate is not None


def test_another_certificate_under_the_name_is_damage(store: AnswerStore) -> None:
    store.put("a", 10, YES, 0.1)
    store.put("b", 10, Record(Certified(OTHER)), 0.1)
    store.certificate_path(certificate_id(PROOF)).write_bytes(store.certificate_path(certificate_id(OTHER)).read_bytes())
    assert store.get("a", 10) is None and store.get("b", 10) is not None


def test_a_moved_answer_is_damage(store: AnswerStore) -> None:
    store.put("a", 10, YES, 0.1)
    store.path("a", 10).rename(store.path("b", 10))
    assert store.get("b", 10) is None


def test_an_answer_of_another_census_is_an_error(tmp_path: Path, store: AnswerStore) -> None:
    store.put("a", 10, YES, 0.1)
    with pytest.raises(StoreMismatch, match="digest digest there, other here"):
        AnswerStore(tmp_path, "other").get("a", 10)


@pytest.mark.parametrize("number, words", [(errno.ENOSPC, "make room"), (errno.EIO, "can be read and written")])
def test_a_full_disc_loses_nothing(store: AnswerStore, monkeypatch: pytest.MonkeyPatch, number: int, words: str) -> None:
    store.put("a", 10, YES, 0.1)

    def fails(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        for record in (UNKNOWN, Record(Certified(OTHER))):
            with pytest.raises(StoreError, match=words):
                store.put("b", 10, record, 0.1)
    assert store.present(10) == {"a"} and store.get("a", 10) is not None
    assert not list(store.directory.rglob("*.tmp"))
    assert store.put("b", 10, UNKNOWN, 0.1)


def test_temporary_files_of_the_dead_are_removed(tmp_path: Path, store: AnswerStore) -> None:
    code = f"""
import os
os.link = lambda *paths: os._exit(9)
from certifield.evidence import Unknown
from certifield.studies.census import AnswerStore, Record
AnswerStore({str(tmp_path)!r}, "digest").put("a", 10, Record(Unknown({{"steps": 10}})), 0.1)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert len(list(tmp_path.rglob("*.tmp"))) == 1
    AnswerStore(tmp_path, "digest")
    assert not list(tmp_path.rglob("*.tmp")) and store.get("a", 10) is None


def test_a_lost_time_loses_no_answer(store: AnswerStore) -> None:
    store.put("a", 10, YES, 0.1)
    (store.times / "10" / "a").unlink()
    (attempt,) = store.attempts("a")
    assert attempt.seconds is None and attempt.record.status == "certified"


def test_attempts_ascend(store: AnswerStore) -> None:
    for budget in (200, 9, 1000):
        store.put("a", budget, UNKNOWN, 0.1)
    assert [attempt.budget for attempt in store.attempts("a")] == [9, 200, 1000]


def test_the_bytes_hold_no_time(store: AnswerStore, tmp_path: Path) -> None:
    store.put("a", 10, YES, 0.1)
    again = AnswerStore(tmp_path / "again", "digest")
    again.put("a", 10, YES, 7.0)
    assert store.path("a", 10).read_bytes() == again.path("a", 10).read_bytes()
    assert json.loads(store.path("a", 10).read_bytes())["answer"]["spent"] == {"steps": 3}


def test_input_errors_name_the_argument() -> None:
    with pytest.raises(InputError, match="category"):
        Record(Obstructed(PROOF, "both"))  # type: ignore[arg-type]
