"""Training to a budget of choices, with progress, stopped and resumed at any time to the same result."""

import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import numpy as np

from certifield.evidence import InputError

from .._keys import key_of
from ._learner import Learner, Learning, Report
from ._policy import Actor


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

    def digest(self) -> str:
        """Names the result: equal questions have equal digests."""
        assert is_dataclass(self.learner) and not isinstance(self.learner, type)  # its settings are its fields
        parts = {"method": self.learner.name, "settings": asdict(self.learner), "environment": self.environment.identity()}
        text = json.dumps(parts | {"seed": self.seed, "budget": self.budget}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def training(question: Question, folder: Path | None = None, *, every: int = 10) -> Iterator[tuple[Progress, Learning]]:
    """The states of learning, one after each step.

    With a ``folder`` the state is saved under the digest of the question after every ``every`` steps and at the end, and a training
    that finds one begins there: stopped and resumed, it comes to the same result.
    """
    learner, environment = question.learner, question.environment
    learning, done = _resumed(question, folder)
    while done < question.steps:
        learning, report = learner.step(environment, learning)
        done += 1
        if folder is not None and (done % every == 0 or done == question.steps):
            _save(folder, question, learning, done)
        yield _progress(report, done * learner.batch), learning


def trained(question: Question, folder: Path | None = None) -> Actor:
    """The actor at the end of the training; read from ``folder`` where it has been trained before."""
    learning, _ = _resumed(question, folder)
    for _, state in training(question, folder):
        learning = state
    return learning.actor


def _progress(report: Report, choices: int) -> Progress:
    ended = float(report.ended)
    won = float(report.won) / ended if ended else 0.0
    return Progress(choices, won, float(report.reward), float(report.entropy), float(report.divergence))


def _file(folder: Path, question: Question) -> Path:
    return Path(folder) / f"{question.learner.name}-{question.digest()[:20]}.eqx"


def _begun(question: Question) -> Learning:
    return question.learner.init(question.environment, key_of(question.seed, f"training/{question.learner.name}"))


def _resumed(question: Question, folder: Path | None) -> tuple[Learning, int]:
    """The saved state with the number of steps behind it, or the beginning."""
    begun = _begun(question)
    if folder is None or not _file(folder, question).exists():
        return begun, 0
    with open(_file(folder, question), "rb") as file:
        done = int.from_bytes(file.read(8), "little")
        return jax.tree.map(_as_array, eqx.tree_deserialise_leaves(file, begun), is_leaf=eqx.is_array), done


def _as_array(leaf: Any) -> Any:
    return jax.numpy.asarray(leaf) if isinstance(leaf, np.ndarray) else leaf


def _save(folder: Path, question: Question, learning: Learning, done: int) -> None:
    """Written beside and moved into place: a crash leaves the old file or the new one."""
    path = _file(folder, question)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        with open(temporary, "xb") as file:
            file.write(done.to_bytes(8, "little"))
            eqx.tree_serialise_leaves(file, learning)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
