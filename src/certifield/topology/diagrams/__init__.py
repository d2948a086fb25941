"""Diagrams of oriented links, from every usual code and from names."""

from ._diagram import Diagram as Diagram
from ._knot import checked_knot as checked_knot
from ._names import named as named
from ._parse import Reading as Reading, parse as parse, read as read
