"""Whatever a function of links or knots is given, it raises `InputError` or answers."""

from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("numba")

from certifield.evidence import InputError
from certifield.topology import (
    Diagram,
    alexander_polynomial,
    arf,
    determinant,
    fox_milnor,
    jones_polynomial,
    levine_tristram,
    nullity,
    seifert_matrix,
    signature,
)
from certifield.topology.drawing import draw
from certifield.topology.floer import rasmussen_obstruction
from certifield.topology.groups import unknot_by_group
from certifield.topology.moves import simplify, unknot
from certifield.topology.obstructions import slice_obstruction
from certifield.topology.questions import is_slice, is_unknot
from certifield.topology.ribbon import mirror_sum, ribbon_disc, scrambled, symmetric_union
from certifield.topology.twisted import twisted_obstruction

pytestmark = pytest.mark.knots
TREFOIL = Diagram.from_braid([1, 1, 1])
OF_LINKS = [
    alexander_polynomial, determinant, fox_milnor, jones_polynomial, nullity, seifert_matrix, signature, simplify, slice_obstruction,
    TREFOIL.split_union, TREFOIL.connected_sum, lambda given: levine_tristram(given, Fraction(1, 3)), lambda given: scrambled(given, 9),
]  # fmt: skip
OF_KNOTS = [arf, unknot, is_slice, is_unknot, ribbon_disc, mirror_sum, rasmussen_obstruction, unknot_by_group, twisted_obstruction]


@pytest.mark.parametrize("given", ["3_1", None, 3, [1, 1, 1], Diagram], ids=repr)
@pytest.mark.parametrize("function", OF_LINKS + OF_KNOTS)
def test_what_is_no_diagram_is_refused_by_every_function(function, given):
    with pytest.raises(InputError, match="a Diagram"):
        function(given)


class Odd:
    """Looks like a whole number and is none."""

    def __index__(self) -> int:
        raise TypeError


@pytest.mark.parametrize(
    "call",
    [
        lambda: TREFOIL.sublink(0),
        lambda: TREFOIL.sublink(["x"]),
        lambda: TREFOIL.reverse(0),
        lambda: TREFOIL.pd("a"),
        lambda: Diagram.from_braid([np.array([1, 2])]),
        lambda: Diagram.from_braid([int]),
        lambda: Diagram.from_braid([Odd()]),
        lambda: simplify(TREFOIL, seed=np.array([1, 2])),
        lambda: simplify(TREFOIL, seed=Odd()),
        lambda: simplify(TREFOIL, rounds="x"),
        lambda: is_slice(TREFOIL, budget="x"),
        lambda: is_slice(TREFOIL, budget=None),
        lambda: is_slice(TREFOIL, budget=0),
        lambda: is_slice(TREFOIL, seed="x"),
        lambda: is_unknot(TREFOIL, rounds="x"),
        lambda: is_unknot(TREFOIL, rounds=-1),
        lambda: is_unknot(TREFOIL, seed=1.5),
        lambda: symmetric_union(TREFOIL, 5),
        lambda: symmetric_union(TREFOIL, ("x",)),
        lambda: scrambled(Diagram(), 5),
        lambda: draw(TREFOIL, size="x"),
        lambda: draw(TREFOIL, size=0),
        lambda: draw(TREFOIL, size=-5),
        lambda: draw(TREFOIL, size=float("nan")),
        lambda: draw(TREFOIL, size=float("inf")),
        lambda: draw(TREFOIL, labels=5),
        lambda: draw(TREFOIL, labels=[["x"]]),
        lambda: draw(TREFOIL, bands=5),
        lambda: draw(TREFOIL, title=5),
    ],
)
def test_odd_arguments_give_an_input_error(call):
    with pytest.raises(InputError):
        call()
