"""Drawing: plots as SVG inside a page."""

from ._canvas import draw as draw
from ._inline import Sheet as Sheet
from ._palette import DARK as DARK, LIGHT as LIGHT, style_variables as style_variables
from ._swatch import swatch as swatch
