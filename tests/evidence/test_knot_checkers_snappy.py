"""The checker of planar moves against programs of others: spherogram's bands and simplifier, knot Floer homology."""

import random

import pytest
from bracket import bracket
from planar_walks import invariant, loaded, made, mirrored, oriented, proposed, scrambled_unknot

from certifield.evidence import certificate_of_moves

CHECKER = loaded()
TREFOIL = [[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 2]]
CONWAY_MUTANTS = ["K11n34", "K11n42"]  # same Alexander and Jones polynomials, genera 3 and 2

pytestmark = pytest.mark.knots


def _claimed(code: list) -> object:
    return CHECKER._claimed({"kind": "ribbon", "diagram": [list(crossing) for crossing in code]})


def _banded_apart(names: list[str], handedness: int) -> tuple[int, int]:
    """How many bands there are of up to two crossed strands and two half twists, and how many diagrams differ from spherogram's.

    There, a strand that the band meets is named by its upper end, the band going from left to right; here by its lower end.
    """
    from spherogram import Link
    from spherogram.links.bands.core import add_one_band, min_len_bands, normalize_crossing_labels

    bands = apart = 0
    for name in names:
        link = Link(name)
        normalize_crossing_labels(link)
        code = link.PD_code()
        for band in min_len_bands(link, 2, 4)[::5]:
            theirs = add_one_band(link, band)
            first, *rest = (4 * crossing + place for crossing, place in band.cs_along_top)
            ours = _claimed(code)
            path = [first, *(ours.across[dart] for dart in rest)]
            ours.move(["band", path, [int(bit) for bit in band.arc_is_under], handedness * band.num_twist], True)
            bands += 1
            apart += invariant(ours) != bracket([tuple(crossing) for crossing in theirs.PD_code()], theirs.unlinked_unknot_components)
    return bands, apart


def test_bands_are_those_of_spherogram():
    """Ends, over, under and the hand of the twists, by the Kauffman bracket of the two banded diagrams, not up to anything."""
    bands, apart = _banded_apart(["K4a1", "K6a3", "K7a2", "K8n1", "K9a27", "K10n5"], handedness=1)
    assert bands > 300 and apart == 0


def test_bands_of_the_other_hand_are_seen():
    """Sabotage twin."""
    bands, apart = _banded_apart(["K6a3"], handedness=-1)
    assert apart > 0.5 * bands


def _floer(code: list) -> tuple:
    """tau, genus, rank and ranks; kinks, which that program refuses, are first removed by spherogram."""
    import knot_floer_homology
    from spherogram import Link

    link = Link([list(crossing) for crossing in code])
    link.simplify("basic")
    if not link.crossings:
        return 0, 0, 1, [((0, 0), 1)]
    answer = knot_floer_homology.pd_to_hfk([list(crossing) for crossing in link.PD_code()])
    return answer["tau"], answer["seifert_genus"], answer["total_rank"], sorted(answer["ranks"].items())


def test_knot_floer_homology_after_random_moves():
    """tau changes sign under mirrors; genus and ranks tell mutants apart, which the bracket does not."""
    from spherogram import Link

    codes = [TREFOIL, mirrored(TREFOIL), *(Link(name).PD_code() for name in ("K7a2", "K8n3", *CONWAY_MUTANTS))]
    before = [_floer(code) for code in codes]
    assert before[0][0] == -before[1][0] == 1 and before[-1] != before[-2]
    for code, homology in zip(codes, before, strict=True):
        for seed in range(4):
            rng = random.Random(seed)
            diagram, kept = _claimed(code), 0
            while kept < 24:
                kinds = ("R1+", "R2+", "R3", "R3", "R3", "R1-", "R2-") if len(diagram.across) < 72 else ("R1-", "R2-", "R3")
                after = made(CHECKER, diagram, proposed(rng, diagram, kinds))
                diagram, kept = (diagram, kept) if after is None else (after, kept + 1)
                if after is not None and kept % 6 == 0:
                    assert _floer(oriented(diagram)[0]) == homology


def test_scrambled_unknots_have_genus_zero():
    for seed in range(10):
        code, moves = scrambled_unknot(CHECKER, random.Random(seed), 25)
        document = certificate_of_moves("unknot", code, moves).document()
        assert CHECKER.check(document["claim"], document["value"], document["witness"])[0]
        assert _floer(code)[1:3] == (0, 1)
