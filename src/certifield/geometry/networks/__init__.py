"""Potentials with a network: corrections of algebraic metrics that are defined everywhere."""

from ._phi import NetworkMetric as NetworkMetric, train_network as train_network
