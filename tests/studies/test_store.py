"""The store is a set of files: what arrives twice is compared, what is damaged is set aside, what is killed leaves nothing behind."""

import errno
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from certifield.evidence import NondeterministicBlock, StoreMismatch
from certifield.streams import BlockSums, group
from certifield.studies import Store, StoreError

Q = "erf/network-wick/N=2"


def block(value: float = 1.0, features: int = 3) -> BlockSums:
    numbers = np.random.default_rng(int(value)).normal(size=features) * 1e3
    return BlockSums(64, numbers, abs(numbers), abs(numbers) / 7)


def same(one: BlockSums, other: BlockSums) -> bool:
    arrays = all(getattr(one, key).tobytes() == getattr(other, key).tobytes() for key in ("sums", "absolute", "largest"))
    return arrays and (one.count, one.nonfinite) == (other.count, other.nonfinite)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, "digest")


def test_what_is_put_is_got(store: Store) -> None:
    assert store.get(Q, 7) is None and store.done(Q) == set() and list(store.blocks(Q)) == []
    extreme = BlockSums(2, np.array([np.pi, -0.0, 5e-324]), np.array([1e308, 0.0, np.inf]), np.zeros(3), nonfinite=1)
    assert store.put(Q, 7, extreme)
    assert store.put(Q, 2**40, block())
    assert same(store.get(Q, 7), extreme)
    assert store.done(Q) == {7, 2**40} == set(store.present(Q))
    assert [found.count for found in store.blocks(Q)] == [2, 64]
    assert not list(store.folder.rglob("*.tmp"))


def test_a_second_arrival_is_dropped(store: Store) -> None:
    assert store.put(Q, 0, block())
    written = store.path(Q, 0).stat().st_mtime_ns
    assert not store.put(Q, 0, block())
    assert store.path(Q, 0).stat().st_mtime_ns == written


@pytest.mark.parametrize("change", ["sums", "absolute", "largest", "count", "nonfinite"])
def test_a_different_second_arrival_is_an_error(store: Store, change: str) -> None:
    """Sabotage twin of the test above, to the last bit."""
    first = block()
    store.put(Q, 0, first)
    fields = dict(vars(first))
    fields[change] = fields[change] + 1 if isinstance(fields[change], int) else np.nextafter(fields[change], np.inf)
    with pytest.raises(NondeterministicBlock, match=r"Block 0 of erf/network-wick/N=2"):
        store.put(Q, 0, BlockSums(**fields))
    assert same(store.get(Q, 0), first)


def test_every_single_altered_byte_and_every_truncation_is_noticed(store: Store) -> None:
    store.put(Q, 0, block(features=1))
    path = store.path(Q, 0)
    whole = path.read_bytes()
    damaged = [whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :] for place in range(len(whole))]
    damaged += [whole[:length] for length in range(len(whole))]
    for content in damaged:
        path.write_bytes(content)
        assert store.get(Q, 0) is None
        assert not path.exists()
        assert store.put(Q, 0, block(features=1))
    assert path.read_bytes() == whole
    assert len(list(path.parent.glob("*.damaged-*"))) == len(damaged)


def test_a_damaged_file_counts_as_not_done_and_gives_way(store: Store) -> None:
    for index in range(3):
        store.put(Q, index, block(index))
    store.path(Q, 1).write_bytes(store.path(Q, 1).read_bytes()[:-1])
    assert store.present(Q) == [0, 1, 2]
    assert store.put(Q, 1, block(1)), "a new arrival takes the place of a damaged file"
    store.path(Q, 1).write_bytes(b"")
    assert store.done(Q) == {0, 2}
    assert len(list(store.blocks(Q))) == 2
    assert sorted(path.name for path in store.path(Q, 1).parent.glob("*damaged*")) == [
        "00000001.block.damaged-0",
        "00000001.block.damaged-1",
    ]


def test_a_block_copied_to_another_number_is_set_aside(store: Store) -> None:
    store.put(Q, 0, block())
    store.path(Q, 1).write_bytes(store.path(Q, 0).read_bytes())
    assert store.done(Q) == {0}
    other = store.path("erf/neuron", 0)
    other.parent.mkdir()
    other.write_bytes(store.path(Q, 0).read_bytes())
    assert store.done("erf/neuron") == set()


def test_a_block_of_another_study_is_an_error(tmp_path: Path, store: Store) -> None:
    store.put(Q, 0, block())
    with pytest.raises(StoreMismatch, match=r"digest digest there, other here"):
        Store(tmp_path, "other").get(Q, 0)
    assert store.done(Q) == {0}


@pytest.mark.parametrize("number, words", [(errno.ENOSPC, "make room"), (errno.EIO, "can be read and written")])
def test_a_full_disc_loses_nothing(store: Store, monkeypatch: pytest.MonkeyPatch, number: int, words: str) -> None:
    store.put(Q, 0, block())

    def fails(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        with pytest.raises(StoreError, match=words) as caught:
            store.put(Q, 1, block())
    assert "00000001.block" in str(caught.value)
    assert store.done(Q) == {0}
    assert os.listdir(store.path(Q, 0).parent) == ["00000000.block"]
    assert store.put(Q, 1, block())


LIMITED = """
import resource, sys
import numpy as np
from certifield.streams import BlockSums
from certifield.studies import Store, StoreError
store = Store(sys.argv[1], "digest")
zeros = np.zeros(3)
store.put("q", 0, BlockSums(1, zeros, zeros, zeros))
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
zeros = np.zeros(1000)
try:
    store.put("q", 1, BlockSums(1, zeros, zeros, zeros))
except StoreError as error:
    print(error)
"""


def test_a_file_that_the_system_cuts_short(tmp_path: Path) -> None:
    """A real write that fails half way: a limit on the size of files."""
    ran = subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "make room on the disc" in ran.stdout
    assert [path.name for path in (tmp_path / "blocks").rglob("*") if path.is_file()] == ["00000000.block"]


def test_a_file_system_without_links(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*paths: object) -> None:
        raise OSError(errno.EPERM, "no links")

    monkeypatch.setattr(os, "link", fails)
    assert store.put(Q, 0, block())
    assert not store.put(Q, 0, block())
    assert same(store.get(Q, 0), block())
    with pytest.raises(NondeterministicBlock):
        store.put(Q, 0, block(2))


def test_a_failing_link_is_a_clean_error(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*paths: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "link", fails)
    with pytest.raises(StoreError, match="make room"):
        store.put(Q, 0, block())
    assert os.listdir(store.path(Q, 0).parent) == []


def test_temporary_files_of_the_dead_are_removed(tmp_path: Path, store: Store) -> None:
    store.put(Q, 0, block())
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    host = socket.gethostname()
    left = {
        f"once.{dead.pid}.0123abcd.{host}.tmp": False,
        f"once.{os.getpid()}.0123abcd.{host}.tmp": True,
        f"once.{os.getppid()}.0123abcd.{host}.tmp": True,
        f"once.{dead.pid}.0123abcd.{host}.elsewhere.org.tmp": True,
        "rsync.tmp": True,  # what others leave is not ours to remove
        f"x.{dead.pid}.y.{host}.tmp": True,
    }
    folder = store.path(Q, 0).parent
    for name in left:
        (folder / name).write_bytes(b"half a blo")
    Store(tmp_path, "digest")
    assert {name: (folder / name).exists() for name in left} == left
    assert store.done(Q) == {0}


def test_a_process_that_may_not_be_asked_is_alive(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put(Q, 0, block())
    path = store.path(Q, 0).with_name(f"once.1.0123abcd.{socket.gethostname()}.tmp")
    path.write_bytes(b"")

    def refuses(process: int, number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuses)
    Store(tmp_path, "digest")
    assert path.exists()


def test_many_writers_of_one_block(tmp_path: Path) -> None:
    stores = [Store(tmp_path, "digest") for _ in range(8)]
    new: list[bool] = []
    writers = [
        threading.Thread(target=lambda store=store: new.extend(store.put(Q, index, block(index)) for index in range(20)))
        for store in stores
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sum(new) == 20 and len(new) == 160
    assert stores[0].done(Q) == set(range(20))
    assert len(os.listdir(stores[0].path(Q, 0).parent)) == 20


@pytest.mark.parametrize("count", [1, 128, 129, 300])
def test_groups_are_those_of_streams(store: Store, count: int) -> None:
    blocks = [block(index) for index in range(count)]
    for index, content in enumerate(blocks):
        store.put(Q, index, content)
    assert all(same(*pair) for pair in zip(store.groups(Q, range(count)), group(blocks), strict=True))
    # Sabotage twin: one block less makes other groups.
    assert count == 1 or not same(store.groups(Q, range(1, count))[0], group(blocks)[0])


def test_groups_hold_a_bounded_number_of_blocks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group of many blocks is merged piece by piece; pieces and whole agree to rounding."""
    monkeypatch.setattr("certifield.studies.store._store.MOST_GROUPS", 2)
    blocks = [block(index) for index in range(300)]
    for index, content in enumerate(blocks):
        store.put(Q, index, content)
    groups = store.groups(Q, range(300))
    assert [part.count for part in groups] == [150 * 64] * 2
    for mine, theirs in zip(groups, group(blocks, most=2), strict=True):
        np.testing.assert_allclose(mine.sums, theirs.sums, rtol=1e-12)
        np.testing.assert_array_equal(mine.largest, theirs.largest)


def test_a_block_that_vanishes_is_an_error(store: Store) -> None:
    store.put(Q, 0, block())
    with pytest.raises(StoreError, match=r"Block 1 of .* vanished"):
        store.groups(Q, [0, 1])


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "blocks").write_text("a file, not a folder")
    with pytest.raises(StoreError):
        Store(tmp_path, "digest")
