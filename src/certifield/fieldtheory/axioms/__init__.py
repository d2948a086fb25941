"""The Osterwalder-Schrader axioms, tested one by one, and ensembles that satisfy them by construction."""

from ._examine import examine as examine, sampler_of as sampler_of
from ._invariance import (
    clustering as clustering,
    euclidean_invariance as euclidean_invariance,
    permutation_symmetry as permutation_symmetry,
    random_motions as random_motions,
    sampled_clustering as sampled_clustering,
    sampled_invariance as sampled_invariance,
)
from ._mechanisms import (
    KarhunenLoeve as KarhunenLoeve,
    PositiveEnsemble as PositiveEnsemble,
    ground_state_process as ground_state_process,
    karhunen_loeve as karhunen_loeve,
    mean_square_increments as mean_square_increments,
    ornstein_uhlenbeck_process as ornstein_uhlenbeck_process,
    parameter_splitting as parameter_splitting,
    pointwise as pointwise,
    time_convolution as time_convolution,
)
from ._positivity import (
    Gram as Gram,
    functionals as functionals,
    gram_matrix as gram_matrix,
    reflection_positivity as reflection_positivity,
    sampled_positivity as sampled_positivity,
)
from ._report import AxiomReport as AxiomReport, verdict_table as verdict_table
from ._theory import (
    CauchyNet as CauchyNet,
    GaussianTheory as GaussianTheory,
    ScaledTheory as ScaledTheory,
    Theory as Theory,
    commutator as commutator,
    covariance_of_time as covariance_of_time,
    exponential_mixture as exponential_mixture,
    hard_cutoff as hard_cutoff,
    ornstein_uhlenbeck as ornstein_uhlenbeck,
    spatial_cutoff as spatial_cutoff,
)
