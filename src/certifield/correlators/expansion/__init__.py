"""Set partitions and what is made of them: cumulants, Wick's theorem, unbiased products of expectations."""

from ._copies import cumulants_of as cumulants_of, first_of_alike as first_of_alike, moments_of as moments_of
from ._hafnian import hafnian as hafnian
from ._neuron_law import component_cumulant as component_cumulant, component_moments as component_moments, law_cumulant as law_cumulant
from ._partitions import ALL as ALL, EVEN as EVEN, INTERACTING as INTERACTING, positions as positions, set_partitions as set_partitions
from ._targets import (
    Term as Term,
    cumulant as cumulant,
    moment as moment,
    neuron_cumulant as neuron_cumulant,
    neuron_moment as neuron_moment,
    nonzero as nonzero,
    wick_cumulant as wick_cumulant,
    wick_moment as wick_moment,
)
from ._unbiased import (
    Product as Product,
    UnbiasedTerm as UnbiasedTerm,
    derivative as derivative,
    entering as entering,
    evaluate as evaluate,
    fewest_draws as fewest_draws,
    joined as joined,
    side_by_side as side_by_side,
    unbiased as unbiased,
)
