"""Renormalisation as a flow of measures: steepest descent of relative entropy, its cost, its inverse by diffusion, and Bayes' rule."""

from ._density import DensityFlow as DensityFlow, density_flow as density_flow
from ._potential import EffectivePotential as EffectivePotential, effective_potential as effective_potential
