"""Inflation of one field: potentials, slow roll fast and adaptive, exact spectra, and the search for viable models."""

from ._formula_genome import FormulaGenome as FormulaGenome, cosmologies_of as cosmologies_of
from ._formulas import OPERATIONS as OPERATIONS, Formula as Formula
from ._game import Sextic as Sextic, SexticGame as SexticGame, reflected as reflected
from ._genome import RANGES as RANGES, SexticGenome as SexticGenome
from ._modes import Spectrum as Spectrum, exact_spectrum as exact_spectrum
from ._potentials import (
    Cosines as Cosines,
    Exponentials as Exponentials,
    Lowered as Lowered,
    Polynomial as Polynomial,
    Potential as Potential,
    Scaled as Scaled,
)
from ._presets import PRESETS as PRESETS, Observed as Observed
from ._sextic import Cosmologies as Cosmologies, cosmologies as cosmologies
from ._slow_roll import SlowRoll as SlowRoll, slow_roll as slow_roll
