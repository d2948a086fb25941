"""Ensembles of networks: an architecture and a density on its parameters."""

from ._activation import ACTIVATIONS as ACTIVATIONS, activation as activation
from ._architecture import (
    AbstractArchitecture as AbstractArchitecture,
    Feature as Feature,
    LinearField as LinearField,
    SingleLayer as SingleLayer,
    SingleLayerParameters as SingleLayerParameters,
)
from ._density import AbstractDensity as AbstractDensity, Independent as Independent, Sampler as Sampler, fan_in as fan_in
from ._ensemble import Ensemble as Ensemble, Network as Network, Neurons as Neurons
from ._law import (
    Law as Law,
    complex_normal as complex_normal,
    exponential as exponential,
    fixed as fixed,
    laplace as laplace,
    normal as normal,
    rademacher as rademacher,
    rayleigh as rayleigh,
    student_t as student_t,
    uniform as uniform,
)
from ._momenta import (
    AbstractMomenta as AbstractMomenta,
    CauchyMomenta as CauchyMomenta,
    MomentumShells as MomentumShells,
)
from ._momentum_ball import MomentumBall as MomentumBall
from ._named import law_from as law_from
from ._outside import OutsideArchitecture as OutsideArchitecture, outside as outside
from ._program import program_digest as program_digest
from ._random_waves import (
    AMPLITUDES as AMPLITUDES,
    Propagator as Propagator,
    Spectrum as Spectrum,
    Wave as Wave,
    propagator as propagator,
    random_waves as random_waves,
    shells_like as shells_like,
)
from ._zoo import (
    cos_net as cos_net,
    erf_net as erf_net,
    gauss_net as gauss_net,
    linear_field as linear_field,
    linear_net as linear_net,
    relu_net as relu_net,
    scalar_field as scalar_field,
    single_layer as single_layer,
)
