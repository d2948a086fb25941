"""Interacting fields: local potentials by a deformed density, measured by reweighting, tempering and Markov chains."""

from ._chains import Chains as Chains, chains as chains
from ._measure import measure as measure
from ._potential import Potential as Potential, polynomial as polynomial, quartic as quartic
from ._region import Region as Region, open_box as open_box, torus as torus
from ._reweighting import Foretold as Foretold, Reweighted as Reweighted, foretell_ess as foretell_ess, reweighted as reweighted
from ._tempering import Tempered as Tempered, tempered as tempered
from ._theory import InteractingField as InteractingField, interacting_field as interacting_field
from ._widths import WidthLimit as WidthLimit, width_limit as width_limit
