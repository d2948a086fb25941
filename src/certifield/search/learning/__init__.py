"""Policies that are learned: actor-critic, trust region, proximal methods and deep Q-learning over many environments at once."""

from ._a2c import A2C as A2C
from ._advantages import advantages as advantages
from ._dqn import DQN as DQN
from ._learner import Learner as Learner, Learning as Learning, Report as Report
from ._policy import Actor as Actor, Critic as Critic
from ._ppo import PPO as PPO
from ._training import Progress as Progress, Question as Question, trained as trained, training as training
from ._trpo import TRPO as TRPO
