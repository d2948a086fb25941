"""The unknotting game on braid words: for one word on lists, and in JAX for many at once; every won game is a certificate."""

from ._game import Braid as Braid, UnknotGame as UnknotGame
from ._generate import (
    Scrambled as Scrambled,
    disturbed as disturbed,
    exchanged as exchanged,
    falls_by_reduction as falls_by_reduction,
    knotted_braid as knotted_braid,
    practice as practice,
    scrambled_unknot as scrambled_unknot,
)
from ._moves import (
    CORE as CORE,
    GROWTH as GROWTH,
    components as components,
    moved as moved,
    played as played,
    reductions as reductions,
)
from ._suites import SUITES as SUITES, Problem as Problem, suite as suite
