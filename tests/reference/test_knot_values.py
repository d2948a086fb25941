"""Reference values of the knot specification that no other test holds, and where the others are.

Section 3: signatures, determinants, Jones and Alexander polynomials of 500 knots are in topology/test_invariants.py; 300 knots up to
13 crossings with published braids in topology/tables; the Jones polynomial of 6_1 and spherogram's Seifert matrices in
topology/test_names.py.
Section 5: the Gordian and the monster unknot with moves and by groups in topology/moves and topology/groups.
Section 8: certificates of equal 0-surgery in topology/surgery.  Section 9: counts of KnotInfo, of its slice knots and of its
gaps in topology/tables.  Section 10: all 158 ribbon discs in topology/ribbon; slopes and volumes of many knots in
topology/hyperbolic/test_statistics.py; times are in benchmarks/.
Section 7 has no rows that were checked; its tests are in topology/obstructions, topology/twisted and topology/floer.

Sources: the specification, 2026; KnotInfo (Livingston and Moore); SnapPy's tables (Hoste and Thistlethwaite; Dunfield and Gong).
"""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from certifield.topology import Diagram, arf, named, signature
from certifield.topology.floer import knot_floer, rasmussen
from certifield.topology.hyperbolic import Cusp, cusp, cusps
from certifield.topology.tables import Interval, knotinfo, slice_knots
from certifield.topology.tables._file import cells, columns, places, table

pytestmark = [
    pytest.mark.knots,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # SnapPy leaves a file open when it is imported
]
TOPOLOGY = Path(__file__).parents[1] / "topology"
EXAMPLES = json.loads((TOPOLOGY / "example_knots.json").read_text(encoding="utf-8"))  # from Regina's ExampleLink


def _link(diagram: Diagram):
    """spherogram's link of a diagram; it gets exteriors from SnapPy, where that is imported."""
    import snappy  # noqa: F401
    import spherogram

    return spherogram.Link([list(crossing) for crossing in diagram.crossings])


# Sections 3 and 10: slope and signature ----------------------------------------------------------------------------------------

SLOPES = [  # sigma, slope, volume; the sign is that of KnotInfo's planar diagram
    ("4_1", 0, 0.0, 2.0298832128),
    ("5_2", -2, -2.4902446675, 2.8281220883),
    ("6_1", 0, 1.8267382783, 3.1639632289),
    ("8_20", 0, -1.1060408104, 4.1249032518),
    ("10_125", 2, 5.0251437927, 4.6119613745),
    ("12n_242", -8, -18.2150798545, 2.8281220883),
]


@pytest.mark.parametrize(("name", "sigma", "slope", "volume"), SLOPES)
def test_slopes_signatures_and_volumes(name, sigma, slope, volume):
    found = cusp(knotinfo(name).diagram)
    assert found.status == "verified" and signature(knotinfo(name).diagram) == sigma
    assert abs(found.slope.value - slope) < 1e-8 - found.slope.radius and abs(found.volume.value - volume) < 1e-8 - found.volume.radius
    by_translations = (found.longitude.value / found.meridian.value).real
    assert abs(by_translations - slope) < 1e-7  # the other way
    if slope:
        assert abs(cusp(knotinfo(name).diagram.mirror(), quick=True).slope.value - slope) > 2  # the twin: the wrong image
        assert abs((found.meridian.value / found.longitude.value).real - slope) > 0.5  # the twin: curves exchanged


@pytest.mark.parametrize("name", ["5_2", "12n_242"])
def test_knotinfo_lists_the_absolute_value_of_the_meridian(name):
    listed = float(cells(places()[name])["meridian_translation"].strip("()").split(",")[0])
    computed = cusp(knotinfo(name).diagram).meridian.value.real
    assert computed < 0 < listed and abs(computed + listed) < 1e-8


FAMILY = {  # n: 2 sigma, slope, volume, shortest geodesic where it is given
    2: (-16, -18.742, 5.917, None),
    3: (-24, -27.255, 7.029, None),
    4: (-32, -36.117, 7.472, 0.4059),
    5: (-40, -45.063, 7.692, 0.2684),
    6: (-48, -54.038, 7.818, 0.1902),
}


def _family(n: int) -> Diagram:
    return Diagram.from_braid([1, 2] * (3 * n) + [1, -2, 1, -2])


@pytest.mark.parametrize(("n", "row"), FAMILY.items())
def test_full_twists_on_three_strands(n, row):
    found, (twice, slope, volume, geodesic) = cusp(_family(n), quick=n < 4), row
    assert 2 * signature(_family(n)) == twice and found.status == "verified"
    assert abs(found.slope.value - slope) < 6e-4 and abs(found.volume.value - volume) < 6e-4
    if geodesic is not None:
        assert abs(2 * found.inj_proxy.value - geodesic) < 6e-5


def test_the_difference_grows_at_bounded_volume():
    """These are fillings of a link of volume 8.1195 = 4 vol(4_1), and so below it (Thurston): no bound is a vol + b.

    n = 1 is not hyperbolic.
    """
    found = list(cusps([_family(n) for n in range(1, 9)], quick=True))
    assert found[0] == Cusp("not_hyperbolic")
    differences = [abs(2 * signature(_family(n)) - one.slope.value) for n, one in enumerate(found[1:], start=2)]
    assert all(0.5 < after - before < 1.1 for before, after in pairwise(differences))
    assert max(one.volume.value for one in found[1:]) < 4 * SLOPES[0][3]


# Section 5: hard unknots -------------------------------------------------------------------------------------------------------


def test_examples_of_regina_have_their_sizes():
    sizes = {"gordian": 141, "monster": 10, "gst": 48, "conway": 11, "kinoshitaTerasaka": 11}
    assert {name: len(EXAMPLES[name]) for name in sizes} == sizes


def test_what_spherogram_makes_of_hard_unknots():
    """Its simplifier by pickups stops at once at the Gordian unknot; the monster falls to all but the basic one."""
    gordian, left = _link(Diagram.from_pd(EXAMPLES["gordian"])), {}
    gordian.simplify("pickup")
    for mode in ("basic", "level", "pickup", "global"):
        monster = _link(Diagram.from_pd(EXAMPLES["monster"]))
        monster.simplify(mode)
        left[mode] = len(monster.crossings)
    assert len(gordian.crossings) == 141 and left == {"basic": 10, "level": 0, "pickup": 0, "global": 0}


@pytest.mark.parametrize("name", [pytest.param("gordian", marks=pytest.mark.slow), "monster"])
def test_snappy_simplifies_the_groups_of_hard_unknots(name):
    group = _link(Diagram.from_pd(EXAMPLES[name])).exterior().fundamental_group()
    assert (group.num_generators(), group.num_relators()) == (1, 0)
    knotted = _link(knotinfo("4_1").diagram).exterior().fundamental_group()
    assert knotted.num_relators() == 1  # the twin


# Section 6: the verifier of spherogram -----------------------------------------------------------------------------------------


def test_spherograms_verifier_of_ribbon_discs_takes_the_mirror_image():
    """Ours, topology/ribbon, refuses it; a wrong twist and a wrong knot are refused by both."""
    import spherogram
    from spherogram.links.bands.search import verify_ribbon_to_unknot

    stevedore = spherogram.Link("K6a3")
    disc = [stevedore.PD_code(), "1201_0_1", "unknot"]
    assert verify_ribbon_to_unknot(stevedore, disc) and verify_ribbon_to_unknot(stevedore.mirror(), disc)
    assert not verify_ribbon_to_unknot(stevedore, [disc[0], "1201_0_0", "unknot"])
    assert not verify_ribbon_to_unknot(spherogram.Link("K6a2"), disc)


STAGES = [(0, 2), (1, 2), (2, 2), (1, 3), (2, 4), (2, 5)]  # most twists, longest band


def _one_band(diagram: Diagram) -> bool:
    """Whether one band of spherogram's enumeration, shortest paths, leads to what its simplifier makes the unlink."""
    from spherogram.links.bands.core import banded_links
    from spherogram.links.bands.search import linking_nums_all_zero

    for twists, length in STAGES:
        for link, _ in banded_links(_link(diagram), max_twists=twists, max_band_len=length):
            if linking_nums_all_zero(link):
                link.simplify("global")
                if not link.crossings:
                    return True
    return False


def test_spherograms_bands_find_the_slice_knots_of_9_crossings():
    """7 of the 21 knots up to 10 crossings of the specification, for time; the trefoil is no slice knot at the first stage."""
    rows = list(slice_knots(range(3, 10)))
    assert len(rows) == 7 and all(_one_band(row.diagram) for row in rows)


@pytest.mark.parametrize("name", ["12n_553", "12n_556"])
def test_one_band_leads_to_a_known_ribbon_link(name):
    """SnapPy's table of ribbon links ends the search; without it, the twin, the same bands of 12n_556 do not lead to the unknot."""
    from spherogram.links.bands.search import ribbon_concordant_links

    def found(with_table: bool) -> list:
        options = {"max_bands": 1, "max_twists": 0, "max_band_len": 2, "filter_for_plausibly_slice": False}
        return ribbon_concordant_links(_link(knotinfo(name).diagram), use_ribbon_link_cache=with_table, **options)

    assert "unknot" in found(True) and (name == "12n_553" or "unknot" not in found(False))


# Section 8: the pair with the same 0-surgery -----------------------------------------------------------------------------------


def test_the_pair_with_the_same_0_surgery():
    """Manolescu and Piccirillo, 2102.04391, Example 4.10."""
    fillings = []
    for name in ("K12n309", "K14n14254"):
        found, exterior = knot_floer(named(name)), _link(named(name)).exterior()
        assert (found.genus.value, found.fibred, found.tau.value) == (3, True, 0)
        exterior.dehn_fill((0, 1))
        assert abs(float(exterior.volume()) - 3.7028973219) < 1e-9
        fillings.append(exterior)
    one, other = fillings
    assert len(named("K12n309").crossings) + len(named("K14n14254").crossings) == 26
    assert one.is_isometric_to(other)
    other.dehn_fill((1, 1))
    assert abs(float(other.volume()) - 3.7028973219) > 0.1  # the twin: another slope


# Section 9: tables -------------------------------------------------------------------------------------------------------------


def test_sizes_of_snappys_tables():
    """433,804 with the add-on of 253,293 knots of 15 crossings, which is a package of its own."""
    import snappy

    tables = snappy.HTLinkExteriors, snappy.CensusKnots, snappy.RibbonLinks
    add_on = len(tables[0](crossings=15))
    assert add_on in (0, 253_293) and len(tables[0]) == 433_804 - 253_293 + add_on
    assert len(tables[0](crossings=14, knots_vs_links="knots")) == 46_972
    assert len(tables[1]) == 3_116 and len(tables[2]) == 12_184
    assert [len(tables[2](num_cusps=cusps)) for cusps in (2, 1)] == [12_143, 41]


def test_sizes_of_knotinfos_tables():
    """12,966 knots with the unknot, 4,188 links; a line of display names below the names of the columns; no numbers, all text."""
    import database_knotinfo

    links = Path(database_knotinfo.__path__[0], "csv_data", "linkinfo_data_complete.csv").read_bytes()
    assert links.count(b"\n") + (not links.endswith(b"\n")) - 2 == 4_188
    lines = table()[:].split(b"\n")
    display = lines[1].decode().split("|")
    assert len([line for line in lines[2:] if line]) == len(places()) == 12_966
    twins = [name for name in columns() if name.endswith("_anon")]
    assert len(columns()) == len(display) == 248 and len(twins) == 124 and display[columns()["name"]] == "Name"


def test_gaps_of_knotinfo():
    """The column of ribbon discs is empty, and so are cells of the unknot.

    The specification says that volumes stop at 12 crossings.  In database-knotinfo 2026.11.2 they do not.
    """
    rows = {name: cells(places()[name]) for name in list(places())[::20]}
    assert {row["ribbon"] for row in rows.values()} == {""} and "" in rows["0_1"].values() and len(rows) == 649
    assert [name for name, row in rows.items() if not row["volume"]] == ["0_1"] and sum(name.startswith("13") for name in rows) > 490


# Section 10: invariants of four knots ------------------------------------------------------------------------------------------

FOUR = [  # sigma, tau, s, Arf, smooth and topological four-genus
    ("3_1", -2, 1, 2, 1, 1, 1),
    ("8_19", -6, 3, 6, 1, 3, 3),
    ("12n_242", -8, 5, 10, 0, 5, 4),
    ("11n_34", 0, 0, 0, 0, 1, 0),
]


@pytest.mark.parametrize(("name", "sigma", "tau", "s", "arf_invariant", "smooth", "topological"), FOUR)
def test_invariants_of_four_knots(name, sigma, tau, s, arf_invariant, smooth, topological):
    row, found = knotinfo(name), knot_floer(knotinfo(name).diagram)
    assert (signature(row.diagram), found.tau.value, rasmussen(row.diagram).value, arf(row.diagram)) == (sigma, tau, s, arf_invariant)
    assert (row.smooth_four_genus, row.topological_four_genus) == (Interval(smooth, smooth), Interval(topological, topological))
    mirror = row.diagram.mirror()
    assert (signature(mirror), knot_floer(mirror).tau.value, rasmussen(mirror).value) == (-sigma, -tau, -s)


def test_the_knot_floer_homology_of_a_knot_of_48_crossings():
    """Gompf, Scharlemann and Thompson, 1103.1601: genus 10 and tau 0."""
    found = knot_floer(Diagram.from_pd(EXAMPLES["gst"]))
    assert (found.genus.value, found.tau.value) == (10, 0)


# Section 12: what SnapPy does not do without Sage ------------------------------------------------------------------------------

OF_LINKS = [
    "signature",
    "alexander_polynomial",
    "jones_polynomial",
    "determinant",
    "knot_group",
    "goeritz_matrix",
    "ribbon_concordant_links",
]


def _needs_sage(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except Exception as error:
        return type(error).__name__ == "SageNotAvailable"
    return False


def test_methods_that_need_sage():
    link = _link(knotinfo("6_1").diagram)
    exterior = link.exterior()
    assert all(_needs_sage(getattr(link, method)) for method in OF_LINKS)
    assert _needs_sage(exterior.alexander_polynomial) and _needs_sage(exterior.fox_milnor_test)
    assert _needs_sage(lambda: exterior.slice_obstruction_HKL((10, 10)))
    assert not _needs_sage(exterior.volume) and not _needs_sage(link.linking_matrix)
