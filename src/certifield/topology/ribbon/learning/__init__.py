"""A network that has seen how ribbon knots come apart, as a proposer of bands."""

from ._proposer import LearnedSearch as LearnedSearch, prepare as prepare
from ._train import Training as Training, train as train
from ._weights import load as load, save as save
