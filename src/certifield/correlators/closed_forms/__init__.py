"""Moments of one neuron in closed form."""

from ._table import (
    REFERENCES as REFERENCES,
    embedding as embedding,
    neuron_moments as neuron_moments,
    pair_moments as pair_moments,
)
