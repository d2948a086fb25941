"""Moments of one neuron in closed form."""

from ._table import (
    REFERENCES as REFERENCES,
    closed_form_applies as closed_form_applies,
    elementary_moments as elementary_moments,
    embedding as embedding,
    neuron_moments as neuron_moments,
    pair_moments as pair_moments,
    program_of_feature as program_of_feature,
)
