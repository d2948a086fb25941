"""Training to a budget of choices, with progress, stopped and resumed at any time to the same result."""

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, is_dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import numpy as np

from certifield._atomic import write_whole
from certifield.evidence import InputError

from .._keys import key_of
from ._learner import Learner, Learning, Report
from ._policy import Actor

_SUM = 32  # bytes of the checksum at the beginning of a file
_COMPILERS = ("jax", "jaxlib")  # that turn the same program into numbers


@dataclass(frozen=True)
class Progress:
    """After ``choices`` choices in training: fraction of ended games that were won, mean reward, entropy and divergence of a step."""

    choices: int
    won: float
    reward: float
    entropy: float
    divergence: float


@dataclass(frozen=True)
class Question:
    """What a training is made of.  Raises `InputError` for a seed or a budget that is not a whole number."""

    learner: Learner
    environment: Any
    seed: int
    budget: int

    def __post_init__(self) -> None:
        if type(self.budget) is not int or not 0 <= self.budget <= 10**12:
            raise InputError("budget", self.budget, "a whole number of choices, 0 or more", "try 200000")
        key_of(self.seed, "training")

    @property
    def steps(self) -> int:
        """Steps of learning: as many as fit into the budget."""
        return self.budget // self.learner.batch

    @cached_property
    def begun(self) -> Learning:
        """The state of learning before the first step."""
        return self.learner.init(self.environment, key_of(self.seed, f"training/{self.learner.name}"))

    def digest(self) -> str:
        """Names the result: equal questions have equal digests.

        Part of it are the programs of the first state and of a step, as JAX hands them to its compiler, so that no training is taken for
        that of another version of the method, of the environment or of a library.
        """
        assert is_dataclass(self.learner) and not isinstance(self.learner, type)  # its settings are its fields
        key = key_of(self.seed, "training")
        programs = [_program(self.learner.init, self.environment, key), _program(self.learner.step, self.environment, self.begun)]
        parts = {"method": self.learner.name, "settings": asdict(self.learner), "environment": self.environment.identity()}
        parts |= {"seed": self.seed, "budget": self.budget, "programs": programs, "compilers": [version(name) for name in _COMPILERS]}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _program(function: Any, *arguments: Any) -> str:
    compiled: Any = eqx.filter_jit(function)
    return hashlib.sha256(compiled.lower(*arguments).as_text().encode()).hexdigest()


def training(question: Question, folder: Path | None = None, *, every: int = 10) -> Iterator[tuple[Progress, Learning]]:
    """The states of learning, one after each step.

    With a ``folder`` the state is saved under the digest of the question after every ``every`` steps and at the end, and a training
    that finds one begins there: stopped and resumed, it comes to the same result.  A damaged file counts as none.
    Raises `InputError` for an ``every`` that is not a positive whole number.
    """
    if type(every) is not int or every < 1:
        raise InputError("every", every, "a whole number of steps, 1 or more", "leave it at 10")
    return _steps(question, None if folder is None else _file(folder, question), every)


def _steps(question: Question, path: Path | None, every: int) -> Iterator[tuple[Progress, Learning]]:
    learner, environment = question.learner, question.environment
    learning, done = _resumed(question, path)
    while done < question.steps:
        learning, report = learner.step(environment, learning)
        done += 1
        if path is not None and (done % every == 0 or done == question.steps):
            _save(path, learning, done)
        yield _progress(report, done * learner.batch), learning


def trained(question: Question, folder: Path | None = None) -> Actor:
    """The actor at the end of the training; read from ``folder`` where it has been trained before."""
    path = None if folder is None else _file(folder, question)
    learning, _ = _resumed(question, path)
    for _, state in _steps(question, path, 10):
        learning = state
    return learning.actor


def _progress(report: Report, choices: int) -> Progress:
    ended = float(report.ended)
    won = float(report.won) / ended if ended else 0.0
    return Progress(choices, won, float(report.reward), float(report.entropy), float(report.divergence))


def _file(folder: Path, question: Question) -> Path:
    return Path(folder) / f"{question.learner.name}-{question.digest()[:20]}.eqx"


def _resumed(question: Question, path: Path | None) -> tuple[Learning, int]:
    """The saved state with the number of steps behind it, or the beginning."""
    try:
        content = b"" if path is None else path.read_bytes()
    except FileNotFoundError:
        content = b""
    except OSError as error:
        raise InputError("folder", str(path), f"in a folder that can be read ({error.strerror})", "name another folder") from error
    checksum, content = content[:_SUM], content[_SUM:]
    if hashlib.sha256(content).digest() != checksum:  # damaged, or not there
        return question.begun, 0
    file = io.BytesIO(content)
    done = int.from_bytes(file.read(8), "little")
    return jax.tree.map(_as_array, eqx.tree_deserialise_leaves(file, question.begun), is_leaf=eqx.is_array), done


def _as_array(leaf: Any) -> Any:
    return jax.numpy.asarray(leaf) if isinstance(leaf, np.ndarray) else leaf


def _save(path: Path, learning: Learning, done: int) -> None:
    """Checksum, number of steps, state; written beside and moved into place: a crash leaves the old file or the new one."""
    content = io.BytesIO()
    content.write(done.to_bytes(8, "little"))
    eqx.tree_serialise_leaves(content, learning)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, hashlib.sha256(content.getvalue()).digest() + content.getvalue())
