"""The code that a directory brings along runs only after its user said so, here or when running the file."""

import shutil
from pathlib import Path

import pytest

from certifield import engine
from certifield.cli import main
from certifield.evidence import InputError

STUDY = """
from pathlib import Path

from certifield.evidence import Exact
from certifield.study import Case, Found, Once, Options, Study

Path(__file__).with_name("it-ran").touch()


def piece(task, options):
    return {"answer": 6 * 7}


def read(case, pieces, options):
    return [("answer", Found(Exact(piece["answer"], "arithmetic"))) for piece in pieces.values()]


STUDY = Study(Options, lambda options: [Case("one", {})], piece, read, Once(), unit="pieces")
"""
VERBS = (["status"], ["resume", "--workers", "0"], ["verify"], ["report"], ["claims"], ["slurm"])


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory made by somebody else: it came with its study file, which was never run by this user."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "their state"))
    (tmp_path / "their_study.py").write_text(STUDY)
    assert main(["run", str(tmp_path / "their_study.py"), str(tmp_path / "made"), "--workers", "0", "--no-report"]) == 0
    shutil.copytree(tmp_path / "made", tmp_path / "theirs", ignore=shutil.ignore_patterns("it-ran"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "our state"))
    return tmp_path / "theirs"


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb[0])
def test_nothing_of_theirs_runs_before_it_is_trusted(verb, theirs, capsys):
    assert main([verb[0], str(theirs), *verb[1:]]) == 2
    assert "their_study.py" in (said := capsys.readouterr().err) and "--trust" in said
    assert not (theirs / "it-ran").exists()
    assert main([verb[0], str(theirs), *verb[1:], "--trust"]) == 0 and (theirs / "it-ran").exists()
    assert main(["status", str(theirs)]) == 0, "once is enough"


def test_another_content_is_another_file(theirs):
    engine.refuse_strangers(theirs, trust=True)
    with (theirs / "their_study.py").open("a") as file:
        file.write("\n# and something else\n")
    with pytest.raises(InputError, match="run here before"):
        engine.refuse_strangers(theirs)


def test_a_file_outside_the_directory_is_seen_too(theirs):
    """The question may name any path, where no copy lies beside it."""
    (theirs / "their_study.py").rename(theirs.parent / "elsewhere.py")
    question = theirs / "study.toml"
    question.write_text(question.read_text().replace("their_study.py", "../elsewhere.py"))
    with pytest.raises(InputError, match=r"elsewhere\.py"):
        engine.refuse_strangers(theirs)


def test_own_files_among_the_options_count(theirs):
    (theirs / "net.py").write_text("build = None\n")
    (theirs / "study.toml").write_text('study = "erf-net"\ntitle = "x.py:y"\n[options]\nparts = [{ensemble = "net.py:build"}]\n')
    with pytest.raises(InputError, match=r"net\.py"):
        engine.refuse_strangers(theirs)


def test_shipped_studies_and_studies_of_ones_own_are_not_asked_about(theirs, tmp_path):
    (theirs / "study.toml").write_text('study = "erf-net"\ntitle = "their_study.py:STUDY"\n')
    engine.refuse_strangers(theirs)
    engine.refuse_strangers(tmp_path / "nothing there")
    assert main(["run", str(tmp_path / "their_study.py"), str(tmp_path / "mine"), "--workers", "0", "--no-report"]) == 0
    assert main(["status", str(tmp_path / "mine")]) == 0


def test_where_nothing_can_be_noted_down_the_question_stays(theirs, monkeypatch):
    (theirs.parent / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(theirs.parent / "file"))
    engine.refuse_strangers(theirs, trust=True)
    with pytest.raises(InputError):
        engine.refuse_strangers(theirs)
