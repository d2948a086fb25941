"""A band in a picture is the band of the certificate: the surgery made on the drawn lines gives the link of the checker.

One side is `read_picture.after_surgery`, which knows nothing but lines.  The other is the checker of ribbon@1, which knows no lines.
"""

import itertools
from functools import cache

import pytest
from read_picture import after_surgery

from certifield.evidence import Certified, InputError
from certifield.evidence.checkers import planar_moves_1
from certifield.topology import Diagram
from certifield.topology.drawing import PlanarState, draw
from certifield.topology.drawing._finger import fingered
from certifield.topology.ribbon import ribbon_disc
from certifield.topology.tables import slice_knots

STEVEDORE = [[1, 7, 2, 6], [3, 10, 4, 11], [5, 3, 6, 2], [7, 1, 8, 12], [9, 4, 10, 5], [11, 9, 12, 8]]
SIZE = 600.0


def _link(diagram: planar_moves_1._Diagram) -> Diagram:
    """A diagram of the checker, by its Gauss code; each component has some orientation."""
    walks, crossings = [], sorted({dart >> 2 for dart in diagram.across})
    leaving: dict[tuple[int, int], int] = {}
    for start in sorted(diagram.across):
        walk, dart = [], start
        while (dart >> 2, dart & 1) not in leaving:
            leaving[dart >> 2, dart & 1] = dart
            walk.append((crossings.index(dart >> 2) + 1) * (1 if dart & 1 else -1))
            dart = planar_moves_1._turned(diagram.across[dart], 2)
        walks += [walk] if walk else []
    signs = [1 if (leaving[one, 1] - leaving[one, 0]) & 3 == 3 else -1 for one in crossings]
    link = Diagram.from_gauss(walks, signs) if walks else Diagram()
    return link.split_union(Diagram(circles=diagram.circles)) if diagram.circles else link


def _same(one: Diagram, other: Diagram) -> bool:
    """Whether two diagrams are the same up to orientations."""
    if (len(one.crossings), one.components) != (len(other.crossings), other.components):
        return False
    numbers = range(other.components)
    chosen = itertools.chain.from_iterable(itertools.combinations(numbers, count) for count in range(other.components + 1))
    return any(one.canonical() == other.reverse(some).canonical() for some in chosen)


def _state(diagram: planar_moves_1._Diagram) -> PlanarState:
    return PlanarState(dict(diagram.across), diagram.circles, unused=diagram.unused)


@cache
def _certificates() -> dict[str, dict]:
    """Ribbon discs of the first 22 slice knots for which a short search finds one."""
    answers = ((row.name, ribbon_disc(row.diagram, budget=20_000)) for row in slice_knots(range(3, 12)))
    found = ((name, answer.certificate.document()) for name, answer in answers if isinstance(answer, Certified))
    return dict(itertools.islice(found, 22))


def _bands(document: dict) -> list[tuple[PlanarState, list, Diagram]]:
    """The diagram before every band, the band, and the link after it."""
    diagram, found = planar_moves_1._claimed(document["claim"]), []
    for move in document["witness"]["moves"]:
        before = _state(diagram)
        diagram.move(move, True)
        if move[0] == "band":
            found.append((before, move, _link(diagram)))
    return found


@pytest.mark.knots
def test_bands_of_ribbon_discs():
    """Every band of 22 certificates."""
    bands = [(name, *one) for name, document in _certificates().items() for one in _bands(document)]
    assert len(bands) >= 22
    for name, before, band, after in bands:
        assert _same(after_surgery(draw(before, bands=[band], size=SIZE).svg()), after), (name, band)


@pytest.mark.knots
def test_another_twist_is_another_link():
    """Sabotage twin: a full twist more, or over in place of under, is seen."""
    for document in list(_certificates().values())[:4]:
        ((before, (kind, darts, over, half_twists), after),) = _bands(document)
        twisted = after_surgery(draw(before, bands=[[kind, darts, over, half_twists - 2 if half_twists > 0 else half_twists + 2]]).svg())
        assert not _same(twisted, after)
        if over:
            assert not _same(after_surgery(draw(before, bands=[[kind, darts, [1 - bit for bit in over], half_twists]]).svg()), after)


OWN = [
    ["band", [11, 19, 28, 19, 25], [1, 1, 0], 2],
    ["band", [1, 21, 29, 36, 39], [0, 1, 0], 0],
    ["band", [6, 16, 29, 16, 26], [0, 0, 0], -2],
    ["band", [13, 3, 10, 27, 26], [0, 1, 0], 0],
    ["band", [11, 21, 20, 36, 39], [0, 1, 1], -2],
    ["band", [14, 22, 11, 36, 39], [1, 1, 0], 2],
]
OTHERS = [["band", [6, 20, 3, 36], [0, 1], 0], ["band", [18, 4, 28, 31], [1, 0], -2], ["band", [9, 3, 29, 7], [0, 0], -2]]


@pytest.mark.parametrize("band", [*OWN, *OTHERS])
def test_bands_along_and_inside_themselves(band):
    """A band that meets itself is pushed out as a finger; others come back to an edge, or to the darts of their own crossings."""
    diagram = planar_moves_1._claimed({"kind": "ribbon", "diagram": STEVEDORE})
    before = _state(diagram)
    svg = draw(before, bands=[band], size=SIZE).svg()
    diagram.move(band, True)
    assert _same(after_surgery(svg), _link(diagram))


def test_a_finger_comes_first_where_several_bands_are_shown():
    """The darts of a later band's own crossings are renumbered."""
    before = PlanarState.of(Diagram.from_pd(STEVEDORE))
    state, bands = fingered(before, [OWN[0], OTHERS[2], OWN[3]])
    assert bands[1] == OTHERS[2] and [len(band[1]) for band in bands] == [2, 4, 2]
    assert len(state.across) == len(before.across) + 4 * 2 * (3 + 3)


def test_a_finger_that_does_not_fit():
    """The second time the edge that is to be crossed lies behind the first finger."""
    with pytest.raises(InputError, match="face"):
        draw(PlanarState.of(Diagram.from_pd(STEVEDORE)), bands=[OWN[0], OWN[0]])
    with pytest.raises(InputError, match="face"):
        draw(PlanarState.of(Diagram.from_pd(STEVEDORE)), bands=[["band", [11, 19, 28, 19, 3], [1, 1, 0], 2]])
