"""The figures of a report: panels as data, and the one adapter that draws them."""

from ._canvas import draw as draw
from ._figure import Figure as Figure, Panel as Panel
from ._free_limit import free_limit as free_limit
from ._inline import Sheet as Sheet
from ._palette import DARK as DARK, LIGHT as LIGHT, style_variables as style_variables
from ._pull_distribution import pull_distribution as pull_distribution
from ._sample_functions import sample_functions as sample_functions
from ._width_law import width_law as width_law
