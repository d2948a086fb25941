"""Knot groups: presentations, and Tietze moves that prove a knot trivial."""

from ._presentation import Presentation as Presentation, wirtinger as wirtinger
from ._unknot import unknot_by_group as unknot_by_group
