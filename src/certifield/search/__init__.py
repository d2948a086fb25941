"""Environments of one player, and searchers that know nothing of what they search."""

from ._beam import Beam as Beam
from ._environment import Environment as Environment, Episode as Episode, Trajectory as Trajectory, Transition as Transition
from ._gymnasium import as_gymnasium as as_gymnasium
from ._named import PLAYERS as PLAYERS, player as player
from ._players import Games as Games, Policy as Policy, Searcher as Searcher, follow as follow, play as play
from ._random_walk import RandomWalk as RandomWalk
from ._reward import Reward as Reward
from .learning import (
    A2C as A2C,
    DQN as DQN,
    PPO as PPO,
    TRPO as TRPO,
    Actor as Actor,
    Critic as Critic,
    Learner as Learner,
    Learning as Learning,
    Progress as Progress,
    Question as Question,
    Report as Report,
    trained as trained,
    training as training,
)
