"""Heterotic monad bundles: exact topology, all models of a box, their search by games and by evolution, and certificates by stages."""

from certifield.search import Reward as Reward

from ._certificate import certificate_of_topology as certificate_of_topology
from ._cohomology import Spectrum as Spectrum, endomorphisms as endomorphisms, spectrum as spectrum, square_cohomology as square_cohomology
from ._conditions import TERMS as TERMS, Conditions as Conditions, degeneracy as degeneracy
from ._game import MonadGame as MonadGame
from ._genome import Genome as Genome
from ._maps import Rank as Rank, SheafMap as SheafMap
from ._monad import Monad as Monad, canonical_rows as canonical_rows
from ._scan import FILTERS as FILTERS, Box as Box, Funnel as Funnel, scan as scan
from ._stages import Stage as Stage, macaulay2 as macaulay2, stages as stages
