"""Reidemeister moves, every one of them logged."""

from ._unknot import Simplification as Simplification, simplify as simplify, unknot as unknot
