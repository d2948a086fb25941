"""Tables over lattice points as regions with a polynomial each: learnt exactly, verified on larger tables."""

from ._learn import learn_regions as learn_regions
from ._map import Region as Region, RegionMap as RegionMap, Verification as Verification
from ._neural import NeuralRegions as NeuralRegions, learn_neural_regions as learn_neural_regions
