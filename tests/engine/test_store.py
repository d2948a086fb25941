"""The store is a set of files: what arrives twice is compared, what is damaged is set aside, what is killed leaves nothing behind."""

import errno
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from certifield.engine import Store, certificate_id
from certifield.evidence import InputError, NondeterministicBlock, StoreMismatch, certificate_of_braid_moves
from certifield.files import StoreError

Q = "erf/network-wick/N=2"
PROOF = certificate_of_braid_moves([], 1, [])
OTHER = certificate_of_braid_moves([1], 2, [["D", 1]])


def piece(value: int = 1, size: int = 3) -> dict:
    return {"sums": np.random.default_rng(value).normal(size=size), "count": value, "proof": PROOF}


def same(one: dict | None, other: dict) -> bool:
    return one is not None and one["sums"].tobytes() == other["sums"].tobytes() and one["count"] == other["count"]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path, "digest")
    made.tidy()
    return made


def test_what_is_put_is_got(store: Store) -> None:
    assert store.get(Q, 7) is None and store.steps(Q) == [] and list(store.pieces(Q)) == []
    assert store.put(Q, 7, piece(7)) and store.put(Q, 10**12, piece(2))
    assert same(store.get(Q, 7), piece(7)) and store.get(Q, 7)["proof"].canonical() == PROOF.canonical()
    assert store.steps(Q) == [7, 10**12] == list(store.pieces(Q))
    assert list(store.pieces(Q).only(range(9))) == [7] and 8 not in store.pieces(Q)
    assert not list(store.directory.rglob("*.tmp"))


def test_a_second_arrival_is_dropped(store: Store) -> None:
    assert store.put(Q, 0, piece(), 0.25)
    written = store.path(Q, 0).stat().st_mtime_ns
    assert not store.put(Q, 0, piece(), 99.0)
    assert store.path(Q, 0).stat().st_mtime_ns == written and store.seconds() == {Q: 0.25}


@pytest.mark.parametrize(
    "change",
    [
        {"sums": np.nextafter(piece()["sums"], np.inf)},
        {"sums": piece()["sums"].astype("f4")},
        {"count": 2},
        {"count": True},
        {"proof": OTHER},
    ],
)
def test_a_different_second_arrival_is_an_error(store: Store, change: dict) -> None:
    """Sabotage twin of the test above, to the last bit."""
    store.put(Q, 0, piece())
    with pytest.raises(NondeterministicBlock, match=r"piece of erf/network-wick/N=2, step 0, was computed twice.*task\.seed"):
        store.put(Q, 0, {**piece(), **change})
    assert same(store.get(Q, 0), piece())


def test_every_single_altered_byte_and_every_truncation_is_noticed(store: Store) -> None:
    small = {"sums": np.ones(1), "count": 3}
    store.put(Q, 0, small)
    path = store.path(Q, 0)
    whole = path.read_bytes()
    damaged = [whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :] for place in range(len(whole))]
    damaged += [whole[:length] for length in range(len(whole))]
    for content in damaged:
        path.write_bytes(content)
        assert store.get(Q, 0) is None and not path.exists()
        path.with_name(f"{path.name}.damaged-0").unlink()
    assert store.put(Q, 0, small) and path.read_bytes() == whole


def test_a_damaged_file_is_set_aside_and_gives_way(store: Store) -> None:
    for content in (b"half", b""):
        store.put(Q, 1, piece(1))
        store.path(Q, 1).write_bytes(content)
        assert store.put(Q, 1, piece(1)), "a new arrival takes the place of a damaged file"
    assert same(store.get(Q, 1), piece(1)) and store.steps(Q) == [1]
    names = sorted(path.name for path in store.path(Q, 1).parent.glob("*damaged*"))
    assert names == ["00000001.piece.damaged-0", "00000001.piece.damaged-1"]


def test_one_who_only_reads_moves_nothing(store: Store) -> None:
    store.put(Q, 0, piece())
    store.path(Q, 0).write_bytes(b"half")
    reader = Store(store.directory, "digest", read_only=True)
    assert reader.get(Q, 0) is None and store.path(Q, 0).exists()
    with pytest.raises(KeyError):
        reader.pieces(Q)[0]
    with pytest.raises(StoreError, match=r"was damaged or vanished.*made again"):
        store.pieces(Q)[0]


def test_a_piece_copied_to_another_name_is_set_aside(store: Store) -> None:
    store.put(Q, 0, piece())
    other = store.path("erf/neuron", 0)
    other.parent.mkdir(parents=True)
    for path in (store.path(Q, 1), other):
        path.write_bytes(store.path(Q, 0).read_bytes())
    assert store.get(Q, 1) is None and store.get("erf/neuron", 0) is None and same(store.get(Q, 0), piece())


def test_a_piece_of_another_study_is_an_error(store: Store) -> None:
    store.put(Q, 0, piece())
    with pytest.raises(StoreMismatch, match=r"digest digest there, other here.*directory of its own"):
        Store(store.directory, "other").get(Q, 0)
    assert store.steps(Q) == [0]


def certificate_path(store: Store) -> Path:
    return store.directory / "certificates" / f"{certificate_id(PROOF)}.json"


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_bytes(path.read_bytes()[:-9]),
        lambda path: path.write_text("[1]"),
        lambda path: path.write_bytes(b""),
    ],
)
def test_a_piece_without_its_certificate_counts_as_damaged(store: Store, damage) -> None:
    store.put(Q, 0, piece())
    damage(certificate_path(store))
    assert store.get(Q, 0) is None
    assert store.put(Q, 0, piece()) and store.get(Q, 0)["proof"].replay().accepted


def test_another_certificate_under_the_name_is_damage(store: Store) -> None:
    store.put(Q, 0, piece())
    store.put(Q, 1, {"proof": OTHER})
    certificate_path(store).write_bytes((store.directory / "certificates" / f"{certificate_id(OTHER)}.json").read_bytes())
    assert store.get(Q, 0) is None and store.get(Q, 1) is not None


def test_a_certificate_is_kept_once(store: Store) -> None:
    for step in range(3):
        store.put(Q, step, piece(step))
    assert [path.name for path in (store.directory / "certificates").iterdir()] == [certificate_path(store).name]


@pytest.mark.parametrize("number, words", [(errno.ENOSPC, "make room"), (errno.EIO, "can be read and written")])
@pytest.mark.parametrize("call", ["fsync", "link"])
def test_a_full_disc_loses_nothing(store: Store, monkeypatch: pytest.MonkeyPatch, call: str, number: int, words: str) -> None:
    store.put(Q, 0, piece())

    def fails(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fails)
        with pytest.raises(StoreError, match=words) as caught:
            store.put(Q, 1, {"count": 1})
    assert "00000001.piece" in str(caught.value)
    assert os.listdir(store.path(Q, 0).parent) == ["00000000.piece"] and same(store.get(Q, 0), piece())
    assert store.put(Q, 1, {"count": 1})


LIMITED = """
import resource, sys
import numpy as np
from certifield.engine import Store
from certifield.files import StoreError
store = Store(sys.argv[1], "digest")
store.put("q", 0, {"zeros": np.zeros(3)})
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    store.put("q", 1, {"zeros": np.zeros(1000)})
except StoreError as error:
    print(error)
"""


def test_a_file_that_the_system_cuts_short(tmp_path: Path) -> None:
    """A real write that fails half way: a limit on the size of files."""
    ran = subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "make room on the disc" in ran.stdout
    assert [path.name for path in (tmp_path / "pieces").rglob("*") if path.is_file()] == ["00000000.piece"]


def test_a_file_system_without_links(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*paths: object) -> None:
        raise OSError(errno.EPERM, "no links")

    monkeypatch.setattr(os, "link", fails)
    assert store.put(Q, 0, piece()) and not store.put(Q, 0, piece()) and same(store.get(Q, 0), piece())
    with pytest.raises(NondeterministicBlock):
        store.put(Q, 0, piece(2))


def test_what_is_half_written_may_be_swept_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a machine of the same name on a shared folder, for which the process that writes is dead."""
    link, lost = os.link, []

    def sweeps(source: Path, target: Path) -> None:
        if not lost:
            lost.append(source)
            os.unlink(source)
        link(source, target)

    monkeypatch.setattr(os, "link", sweeps)
    assert store.put(Q, 0, {"count": 1}) and lost and store.get(Q, 0) == {"count": 1}


def test_temporary_files_of_the_dead_are_removed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put(Q, 0, piece())
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    unburied = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert unburied.stdout is not None and unburied.stdout.read() == b""
    while "Z" not in Path(f"/proc/{unburied.pid}/stat").read_text().rpartition(")")[2]:
        time.sleep(0.01)
    host = socket.gethostname()
    left = {
        f"once.{unburied.pid}.0123abcd.{host}.tmp": False,  # dead, though its parent has not asked
        f"once.{dead.pid}.0123abcd.{host}.tmp": False,
        f"once.{os.getpid()}.0123abcd.{host}.tmp": True,
        f"once.{os.getppid()}.0123abcd.{host}.tmp": True,
        f"once.{dead.pid}.0123abcd.{host}.elsewhere.org.tmp": True,
        "rsync.tmp": True,  # what others leave is not ours to remove
        f"x.{dead.pid}.y.{host}.tmp": True,
    }
    folder = store.path(Q, 0).parent
    for name in left:
        (folder / name).write_bytes(b"half a pie")
    store.tidy()
    assert {name: (folder / name).exists() for name in left} == left and store.steps(Q) == [0]
    unburied.wait()
    unburied.stdout.close()

    def refuses(process: int, number: int) -> None:
        raise PermissionError

    (folder / f"once.1.0123abcd.{host}.tmp").write_bytes(b"")
    monkeypatch.setattr(os, "kill", refuses)
    store.tidy()
    assert (folder / f"once.1.0123abcd.{host}.tmp").exists(), "a process that may not be asked is alive"


def test_many_writers_of_one_piece(tmp_path: Path) -> None:
    stores, new = [Store(tmp_path, "digest") for _ in range(8)], []

    def write(store: Store) -> None:
        new.extend(store.put(Q, step, piece(step)) for step in range(10))

    writers = [threading.Thread(target=write, args=(store,)) for store in stores]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sum(new) == 10 and len(new) == 80
    assert stores[0].steps(Q) == list(range(10)) and len(os.listdir(stores[0].path(Q, 0).parent)) == 10


def test_seconds_are_a_courtesy(store: Store) -> None:
    store.put(Q, 0, piece(), 0.5)
    store.put("b", 0, {"count": 1}, 2.0)
    (path,) = (store.directory / "seconds").iterdir()
    path.write_text(path.read_text() + "b\t1\t1.5\nnonsense\nb\t")
    assert store.seconds() == {Q: 0.5, "b": 3.5}
    path.unlink()
    (store.directory / "seconds").rmdir()
    (store.directory / "seconds").write_text("a file, not a folder")
    assert store.put(Q, 1, piece(), 0.5) and store.seconds() == {}


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "pieces").write_text("a file, not a folder")
    with pytest.raises(StoreError):
        Store(tmp_path, "digest").tidy()


@pytest.mark.parametrize("odd", [7, None, [1], {1: 2}, {"": 3}])
def test_another_thing_than_a_table_is_refused(store: Store, odd) -> None:
    with pytest.raises(InputError, match="piece = "):
        store.put(Q, 0, odd)
