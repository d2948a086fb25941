"""Plumbing forests and the 3-manifolds they bound: moves, normal form, invariants, and whether two are the same."""

from ._compare import same_manifold as same_manifold
from ._draw import drawing as drawing
from ._forest import PlumbingForest as PlumbingForest, chain as chain, read_forests as read_forests, star as star
from ._invariants import Homology as Homology, determinant as determinant, homology as homology, inertia as inertia
from ._linking import LinkingForm as LinkingForm, linking_form as linking_form
from ._moves import Plumbing as Plumbing, play as play, reductions as reductions, scrambled as scrambled
from ._normal_form import NormalForm as NormalForm, normal_codes as normal_codes, normal_form as normal_form
from ._pairs import Forests as Forests, Pairs as Pairs, hard_negatives as hard_negatives, pairs as pairs
from ._pieces import (
    Graph as Graph,
    Handle as Handle,
    LensSpace as LensSpace,
    Seifert as Seifert,
    continued_fraction as continued_fraction,
    pieces as pieces,
)
