from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from dice import write_question

from certifield.cli import main


@dataclass(frozen=True)
class Answer:
    """What one call of the command line left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def certifield(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """The command line as a function: arguments in, exit code and both streams out."""

    def call(*arguments: object) -> Answer:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Answer(code, *capsys.readouterr())

    return call


@pytest.fixture
def question(tmp_path: Path) -> Path:
    return write_question(tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a study that was run once; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("finished")
    assert main(["run", str(write_question(folder)), str(folder / "study"), "--workers", "0"]) == 0
    return folder / "study"
