"""Kolmogorov-Arnold networks: fast splines, other grids, least squares, sparsity, formulas read and written down."""

from ._compile import Compiled as Compiled, compiled as compiled
from ._exchange import as_jaxkan as as_jaxkan, from_jaxkan as from_jaxkan
from ._fit import Fitted as Fitted, fit as fit
from ._network import KAN as KAN, Layer as Layer, kan as kan, trained_part as trained_part
from ._refit import Refit as Refit, extended as extended, refit as refit
from ._sparse import Pruned as Pruned, attribution as attribution, penalty as penalty, prune as prune, sizes as sizes
from ._splines import adapted as adapted, basis as basis, knots as knots
from ._starts import best_starts as best_starts
from ._symbolic import (
    LIBRARY as LIBRARY,
    Edge as Edge,
    Formula as Formula,
    Function as Function,
    read_edge as read_edge,
    read_formula as read_formula,
)
from ._tree import Branch as Branch, Tree as Tree, trees as trees
