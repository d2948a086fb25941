"""Pictures of diagrams, of bands on them, and of proofs."""

from ._draw import draw as draw
from ._picture import Picture as Picture
from ._state import PlanarState as PlanarState
from .film import film_strip as film_strip
