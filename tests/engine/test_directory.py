"""A study and its directory: made once, continued ever after, and never mixed up with another."""

import json
import os
from pathlib import Path

import pytest
from four_kinds import OWN, contents, created, left_alone, pieces

from certifield import engine
from certifield.engine import ask, create, open_study
from certifield.evidence import InputError, StoreMismatch
from certifield.files import StoreError

# What the digest covers, and nothing else.
FIELDS = {"format", "study", "version", "seed", "precision", "options", "files", "cases"}


def test_create_writes_all_that_open_needs(tmp_path: Path) -> None:
    (tmp_path / "primes.py").write_bytes((OWN / "primes.py").read_bytes())
    made = create(tmp_path / "primes.py", tmp_path / "run")
    (tmp_path / "primes.py").unlink()
    again = open_study(tmp_path / "run")
    assert again.digest == made.digest == open_study(tmp_path / "run", check=False).digest
    assert (
        list(again.cases) == list(made.cases)
        and again.cases["n-003"].data == {"number": 3}
        and again.title == "Which of the numbers are prime?"
    )
    listed = ["cases.json", "certificates", "originals.json", "pieces", "primes.py", "seconds", "study.json", "study.toml"]
    assert sorted(os.listdir(tmp_path / "run")) == listed
    assert json.loads((tmp_path / "run" / "study.json").read_text())["identity"].keys() == FIELDS
    assert engine.is_study(tmp_path / "run") and not engine.is_study(tmp_path)


def question(tmp_path: Path, text: str) -> Path:
    (tmp_path / "asked").mkdir(exist_ok=True)
    (tmp_path / "asked" / "coin.py").write_bytes((OWN / "coin.py").read_bytes())
    (tmp_path / "asked" / "coin.toml").write_text(f'study = "coin.py:STUDY"\n{text}')
    return tmp_path / "asked" / "coin.toml"


@pytest.mark.parametrize(
    "text", ['title = "More"', "[budget]\ndraws = 7", "[budget]\nstderr = 0.1", "[options]\nwidths = [1, 2]", "seed = 0", "# a remark"]
)
def test_a_new_budget_and_a_new_title_continue_the_study(text: str, tmp_path: Path) -> None:
    first = create(question(tmp_path, ""), tmp_path / "run")
    assert create(question(tmp_path, text), tmp_path / "run").digest == first.digest
    assert text in (tmp_path / "run" / "study.toml").read_text()


@pytest.mark.parametrize(
    "text, field",
    [
        ("seed = 6", "seed: 6 here, 0 in the store"),
        ('precision = "float32"', 'precision: "float32" here, "float64" in the store'),
        ("[options]\nwidths = [1, 3]", "options.widths: [1,3] here, [1,2] in the store"),
    ],
)
def test_another_study_is_refused_and_told_apart(text: str, field: str, tmp_path: Path) -> None:
    create(question(tmp_path, ""), tmp_path / "run")
    before = (tmp_path / "run" / "study.toml").read_text()
    with pytest.raises(StoreMismatch, match="another directory") as caught:
        create(question(tmp_path, text), tmp_path / "run")
    assert field in str(caught.value)
    assert (tmp_path / "run" / "study.toml").read_text() == before and open_study(tmp_path / "run").seed == 0


def test_another_source_is_refused(tmp_path: Path) -> None:
    path = question(tmp_path, "")
    create(path, tmp_path / "run")
    source = path.parent / "coin.py"
    before = source.read_text()
    source.write_text(before + "\n")
    with pytest.raises(StoreMismatch, match=r"coin\.py changed since the study was created .*restore the copy.*another directory"):
        create(path, tmp_path / "run")
    source.write_text(before)
    assert create(path, tmp_path / "run").digest == open_study(tmp_path / "run").digest
    (tmp_path / "run" / "coin.py").write_text(before + "# changed by hand\n")
    with pytest.raises(StoreMismatch, match=r"coin\.py changed"):
        open_study(tmp_path / "run")


def test_an_edited_original_is_noticed(tmp_path: Path) -> None:
    """Not before it is edited, nor when it is gone, nor for a study without files of its own."""
    path = question(tmp_path, "")
    create(path, tmp_path / "run")
    source = path.parent / "coin.py"
    assert list(engine.changed_originals(tmp_path / "run")) == []
    source.write_text(source.read_text() + "\n")
    (note,) = engine.changed_originals(tmp_path / "run")
    assert str(tmp_path / "run" / "coin.py") in note and str(source) in note and "\n" not in note
    source.unlink()
    assert list(engine.changed_originals(tmp_path / "run")) == list(engine.changed_originals(tmp_path)) == []
    (tmp_path / "run" / "originals.json").write_text("{")
    assert list(engine.changed_originals(tmp_path / "run")) == []


def test_directories_that_are_no_study(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="certifield run"):
        open_study(tmp_path)
    for name in ("study.json", "cases.json"):
        directory = created("primes", tmp_path / name)
        (directory / name).write_text("{")
        with pytest.raises(InputError, match=rf"{name} can be read.*restore it"):
            open_study(directory)


@pytest.mark.parametrize("old", ['{"format": 1, "seed": 5}', '{"seed": 5, "system": {}}', "[]"])
def test_directories_of_other_versions(old: str, tmp_path: Path) -> None:
    (tmp_path / "study.json").write_text(old)
    with pytest.raises(StoreMismatch, match=r"written by another version of Certifield.*format .* there, 2 here.*another directory"):
        open_study(tmp_path)
    with pytest.raises(StoreMismatch, match="another version"):
        create(OWN / "primes.py", tmp_path)
    assert (tmp_path / "study.json").read_text() == old and not (tmp_path / "study.toml").exists()


def test_a_case_list_changed_by_hand_is_noticed(tmp_path: Path) -> None:
    directory = created("primes", tmp_path / "run")
    path = directory / "cases.json"
    path.write_text(path.read_text().replace('"number":3', '"number":9'))
    with pytest.raises(StoreMismatch, match="cases"):
        open_study(directory)


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((StoreError, InputError), match="Not a directory"):
        create(OWN / "primes.py", tmp_path / "file" / "run")


def test_a_full_disc_is_told_and_the_study_goes_on_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory, put, room = created("primes", tmp_path / "run"), os.fsync, [20]

    def fsync(descriptor: int) -> None:
        room[0] -= 1
        if room[0] < 0:
            raise OSError(28, os.strerror(28))
        put(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        with pytest.raises(StoreError, match=r"make room on the disc, then run the study again"):
            engine.run(directory, workers=0)
    assert 0 < len(pieces(directory)) < 12 and not list(directory.rglob("*.tmp"))
    engine.run(directory, workers=0)
    assert contents(directory) == contents(left_alone("primes", tmp_path / "alone"))


def test_an_option_given_by_hand_is_part_of_the_question(tmp_path: Path) -> None:
    create(ask(OWN / "primes.py", options={"count": 3}), tmp_path / "run")
    assert len(open_study(tmp_path / "run").cases) == 3
