from collections.abc import Callable
from dataclasses import dataclass

import pytest

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
