"""Interactions from parameters that are not independent: deformed and tilted densities, shared variances."""

from ._dependent import (
    DeformedGaussian as DeformedGaussian,
    RadialLaw as RadialLaw,
    deformed_gaussian as deformed_gaussian,
    shared_variance as shared_variance,
    shared_variance_cumulant as shared_variance_cumulant,
)
from ._tilted import Tilted as Tilted, tilted_expectation as tilted_expectation
