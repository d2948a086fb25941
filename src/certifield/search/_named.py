"""Players by name, as studies ask for them."""

from pathlib import Path
from typing import Any

from certifield.evidence import InputError

from ._beam import Beam
from ._players import Policy, Searcher
from ._random_walk import RandomWalk
from .learning import A2C, DQN, PPO, TRPO, Question, trained

_UNTAUGHT = {"random-walk": RandomWalk, "beam": Beam}
_LEARNERS = {"a2c": A2C, "ppo": PPO, "trpo": TRPO, "dqn": DQN}
PLAYERS = (*_UNTAUGHT, *_LEARNERS)


def player(name: str, environment: Any, *, seed: int = 0, budget: int = 400_000, folder: Path | None = None) -> Policy | Searcher:
    """The player of that name with its default settings; a learner is trained on ``environment`` for ``budget`` choices.

    With a ``folder`` the training is kept there under its digest, so that the same player is read the next time.
    Raises `InputError` for a name that is not one of `PLAYERS`, and for a seed or a budget that is not a whole number.
    """
    if name not in PLAYERS:
        raise InputError("name", name, f"one of {', '.join(PLAYERS)}", "correct the name")
    if name in _UNTAUGHT:
        return _UNTAUGHT[name]()
    return trained(Question(_LEARNERS[name](), environment, seed, budget), folder)
