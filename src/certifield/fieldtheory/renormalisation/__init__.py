"""Renormalisation as a flow of measures: steepest descent of relative entropy, its cost, its inverse by diffusion, and Bayes' rule."""

from ._bayes import (
    BayesianFlow as BayesianFlow,
    CoarseGrained as CoarseGrained,
    GaussianInference as GaussianInference,
    bayesian_flow as bayesian_flow,
    data_of_flow as data_of_flow,
    fisher_coarse_graining as fisher_coarse_graining,
    gaussian_inference as gaussian_inference,
)
from ._clouds import CloudDistance as CloudDistance, matched_distance as matched_distance, sliced_distance as sliced_distance
from ._density import DensityFlow as DensityFlow, density_flow as density_flow
from ._diffusion import DiffusedFields as DiffusedFields, diffuse as diffuse
from ._lattice_flow import (
    LatticeFlow as LatticeFlow,
    lattice_flow as lattice_flow,
    matched_reference as matched_reference,
    relative_entropy as relative_entropy,
)
from ._modes import (
    GaussianFlow as GaussianFlow,
    ModeFlow as ModeFlow,
    gaussian_distance as gaussian_distance,
    gaussian_flow as gaussian_flow,
    mode_flow as mode_flow,
    mode_variances as mode_variances,
    modes as modes,
)
from ._potential import EffectivePotential as EffectivePotential, effective_potential as effective_potential
from ._score import LearnedScore as LearnedScore, ScoreNetwork as ScoreNetwork, Setting as Setting, learn_score as learn_score
