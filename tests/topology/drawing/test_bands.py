"""Bands in pictures and films: their gaps and half twists, and the moves of a replay."""

import numpy as np
import pytest
from read_picture import diagram_of, meetings, paths, read

from certifield.evidence import InputError, certificate_of_braid_moves, certificate_of_moves
from certifield.topology import Diagram, determinant, jones_polynomial
from certifield.topology.drawing import PlanarState, draw, film_strip
from certifield.topology.drawing._moves import Replay
from certifield.topology.drawing.film._braid import drawn_braid

STEVEDORE = [[1, 7, 2, 6], [3, 10, 4, 11], [5, 3, 6, 2], [7, 1, 8, 12], [9, 4, 10, 5], [11, 9, 12, 8]]
BAND = ["band", [0, 12, 21], [0], 1]
DISC = [BAND, ["R2-", 0], ["R3", 11], ["R2-", 19], ["R3", 6], ["R2-", 6], ["R1-", 10], ["R2-", 20]]
KNOT = Diagram.from_pd(STEVEDORE)


def test_the_diagram_is_unchanged_under_a_band_over_everything():
    """The strands under a band have a gap where it passes; where it is over, a strand ends at both of its edges."""
    under, over = (draw(KNOT, bands=[["band", [0, 12, 21], [bit], 1]]).svg() for bit in (0, 1))
    assert len(paths(over, "strand")) == len(paths(under, "strand")) + 1
    assert len(paths(under, "band")) == 2 and len(paths(over, "band")) == 1


def test_without_bands_nothing_is_cut():
    assert read(draw(PlanarState.of(KNOT)).svg()).canonical() == KNOT.canonical()


@pytest.mark.parametrize(("half_twists", "sign"), [(3, 1), (-3, -1), (1, 1), (-2, -1)])
def test_half_twists_are_right_handed_for_positive_numbers(half_twists, sign):
    """The edges of a twisted ribbon, both in the direction of the core, cross as often as it has half twists, each time with its sign."""
    svg = draw(KNOT, bands=[["band", [0, 12, 21], [1], half_twists]]).svg()
    edges = paths(svg, "band-edge")
    signs = []
    for one in edges:
        ends = [other[0] - one[-1] for other in edges if abs(other[0] - one[-1]) > 1e-9]
        ahead = one[-1] - one[-2]
        gaps = [gap for gap in ends if (ahead.conjugate() * gap).real > 0.85 * abs(ahead) * abs(gap)]
        gap = min(gaps, key=abs, default=0)
        met = [(other, place) for other in edges for u, place in meetings(np.array([one[-1], one[-1] + gap]), other) if 0.01 < u < 0.99]
        signs += [1 if ((other[int(v) + 1] - other[int(v)]).conjugate() * gap).imag > 0 else -1 for other, v in met if len(met) == 1]
    assert signs == [sign] * abs(half_twists)


def test_a_replay_makes_the_moves_of_the_checker():
    """States after every move read from their pictures have the components that the colours say, and end at circles."""
    replay = Replay(PlanarState.of(KNOT))
    components = [1]
    for move in DISC:
        replay.make(move)
        state = replay.state()
        shown = read(draw(state).svg())
        assert shown.components == len(set(state.forward.values()) | set(state.circle_numbers))
        components.append(shown.components)
        assert determinant(shown) == 0 and str(jones_polynomial(shown)) == str(jones_polynomial(Diagram(circles=2)))
    assert components == [1, *[2] * len(DISC)] and replay.state().circles == 2


def test_a_film_strip_shows_start_band_and_end():
    certificate = certificate_of_moves("ribbon", STEVEDORE, DISC)
    wide = film_strip(certificate, 6)
    svg = wide.svg()
    assert "ribbon: 1 band, 7 moves" in svg and "band 1: over 0, under 1, +1 half twist" in svg and "end: 2 circles" in svg
    assert svg.count("<text") == 7 and svg.count('class="circle"') == 2 and len(paths(svg, "band")) == 2
    narrow = film_strip(certificate, 3, columns=1)  # three below each other, of six in rows of four
    assert narrow.width < 0.3 * wide.width and narrow.height > 1.4 * wide.height and narrow.svg().count("<text") == 4
    with pytest.raises(InputError, match="columns"):
        film_strip(certificate, 4, columns=0)


def test_a_film_of_a_refused_certificate_is_refused():
    """Sabotage twin: a wrong twist."""
    moves = [["band", [0, 12, 21], [0], -1], *DISC[1:]]
    with pytest.raises(InputError, match="accepted"):
        film_strip(certificate_of_moves("ribbon", STEVEDORE, moves))


def test_a_film_of_a_braid():
    word, moves = [1, 2, -2, -1, 1, 2], [["F", 1], ["F", 0], ["D", 2], ["D", 1]]
    certificate = certificate_of_braid_moves(word, 3, moves)
    svg = film_strip(certificate, 5).svg()
    assert "start: 6 letters, 3 strands" in svg and "end: 0 letters, 1 strand" in svg


def test_letters_of_a_braid_are_crossings_of_their_sign():
    """Strands from left to right: at a positive letter the lower strand passes from the right of the upper one to its left."""
    for letter in (1, -1):
        arcs = paths(drawn_braid([letter], 2, 1.0).svg(), "strand")
        (upper,) = (arc for arc in arcs if abs(arc[-1] - arc[0]) > 0.9 * max(abs(one[-1] - one[0]) for one in arcs))
        assert (upper[-1].imag < upper[0].imag) == (letter > 0)


@pytest.mark.parametrize(
    "band",
    [
        "band",
        [],
        ["band", [0], [], 0],
        ["band", [0, 12, 21], [2], 0],
        ["band", [0, 999], [], 0],
        ["band", [0, 3, 21], [0], 1],
        ["twist", [0, 1], [], 0],
    ],
)
def test_bands_that_do_not_fit(band):
    with pytest.raises(InputError):
        draw(KNOT, bands=[band])


def test_the_arcs_of_a_trefoil():
    """The reader itself: three arcs, three positive crossings."""
    trefoil = Diagram.from_braid([1, 1, 1])
    arcs = paths(draw(trefoil).svg(), "strand")
    assert len(arcs) == 3 and diagram_of(arcs).signs == (1, 1, 1)


def test_a_film_of_a_band_that_runs_along_itself():
    """The band comes back over the side of its own finger; the circle with one crossing becomes two circles."""
    moves = [["band", [3, 1, 8, 1, 5], [1, 1, 1], 0], ["R2-", 3], ["R2-", 8], ["R2-", 13], ["R1-", 24]]
    svg = film_strip(certificate_of_moves("ribbon", [[0, 0, 1, 1]], moves), 4).svg()
    assert "band 1: over 3, under 0" in svg and "end: 2 circles" in svg and len(paths(svg, "band")) == 1
