"""The adapter to KnotInfo: counts, traps of the table, names, and that its codes belong together."""

import pickle
import random

import pytest

from certifield.evidence import InputError
from certifield.topology import Diagram, alexander_polynomial, arf, determinant, jones_polynomial, signature
from certifield.topology.tables import Interval, KnotInfoRow, knotinfo, prime_knots, slice_knots
from certifield.topology.tables._interval import interval_of_text

pytestmark = pytest.mark.knots

PRIME = {3: 1, 4: 1, 5: 2, 6: 3, 7: 7, 8: 21, 9: 49, 10: 165, 11: 552, 12: 2176, 13: 9988}  # OEIS A002863
SLICE = {3: 0, 4: 0, 5: 0, 6: 1, 7: 0, 8: 3, 9: 3, 10: 14, 11: 30, 12: 107, 13: 353}
UNDETERMINED = ["13n_65", "13n_3871", "13n_3872", "13n_3897", "13n_3936", "13n_4582"]


def test_the_table_is_complete():
    assert {crossings: len(list(prime_knots(crossings))) for crossings in PRIME} == PRIME
    assert [row.name for row in prime_knots()][:4] == ["3_1", "4_1", "5_1", "5_2"]
    assert list(prime_knots(0)) == list(prime_knots([1, 2])) == []  # the unknot is not prime


def test_slice_knots_are_counted():
    assert {crossings: len(list(slice_knots(crossings))) for crossings in SLICE} == SLICE
    assert len(list(slice_knots(range(3, 13)))) == 158
    assert all(row.signature == row.rasmussen == row.tau == row.epsilon == row.arf == 0 for row in slice_knots())


def test_undetermined_four_genera_are_intervals_and_not_slice():
    open_knots = [row.name for row in prime_knots() if row.smooth_four_genus == Interval(0, 1)]
    assert open_knots == UNDETERMINED and not {row.name for row in slice_knots(13)} & set(open_knots)


def test_one_knot_up_to_12_crossings_is_slice_only_topologically():
    smooth = {row.name for row in slice_knots(range(3, 13))}
    topological = {row.name for row in slice_knots(range(3, 13), category="topological")}
    assert topological - smooth == {"11n_34"} and smooth < topological
    assert not list(slice_knots(13, category="topological"))  # that part of the table is empty


@pytest.mark.parametrize(
    ("name", "found", "dt_name"),
    [
        ("6_1", "6_1", "6a_3"), (" 6a_3 ", "6_1", "6a_3"), ("K6a3", "6_1", "6a_3"), ("K12n309", "12n_309", "12n_309"),
        ("12n_309", "12n_309", "12n_309"), ("12n309", "12n_309", "12n_309"), ("12a_631", "12a_631", "12a_631"), ("0_1", "0_1", "0_1"),
    ],
)  # fmt: skip
def test_names(name, found, dt_name):
    row = knotinfo(name)
    assert (row.name, row.dt_name) == (found, dt_name) and row is knotinfo(found)


@pytest.mark.parametrize(
    "name", ["Name", "name", "", "6_4", "10_166", "12n_889", "14n_1", "6a3x", "L5a1", "6_1|", "\n6_1\n7_1", None, 6, ["6_1"]]
)
def test_names_that_are_not_there(name):
    with pytest.raises(InputError, match="12n_309"):
        knotinfo(name)


@pytest.mark.parametrize("crossings", [14, -1, "3", None, [3, 14], 2.5, True])
def test_numbers_of_crossings_that_are_not_there(crossings):
    with pytest.raises(InputError):
        prime_knots(crossings)
    with pytest.raises(InputError, match="category"):
        slice_knots(6, category="ribbon")


def test_the_unknot_in_spite_of_its_empty_cells():
    """The table gives it determinant 0."""
    row = knotinfo("0_1")
    assert row.diagram == Diagram(circles=1) and row.braids == ((),) and row.determinant == 1 and row.fibred
    assert str(row.alexander) == str(row.jones) == "1" and row.smooth_four_genus == row.unknotting_number == Interval(0, 0)


def test_braid_notation_is_sometimes_a_list_of_words():
    row = knotinfo("10_136")
    assert [len(word) for word in row.braids] == [11, 10] and row.braid == row.braids[0]
    several = [row for row in prime_knots(range(3, 13)) if len(row.braids) > 1]
    assert len(several) == 17
    for row in several:
        assert max(map(abs, row.braids[0])) < max(map(abs, row.braids[1])) and len(row.braids[0]) > len(row.braids[1])


def test_codes_and_values_belong_to_the_same_image():
    """300 knots: planar diagram, every braid word, and the published values; the mirror image fails where it differs."""
    rows = list(prime_knots(range(3, 10))) + random.Random(3).sample(list(prime_knots(range(10, 14))), 216)
    seen = 0
    for row in rows:
        jones = jones_polynomial(row.diagram)
        assert all(jones_polynomial(Diagram.from_braid(word)) == jones for word in row.braids), row.name
        assert row.jones in (jones, None) and row.alexander in (alexander_polynomial(row.diagram), None), row.name
        assert (signature(row.diagram), determinant(row.diagram), arf(row.diagram)) == (row.signature, row.determinant, row.arf)
        seen += row.jones not in (jones.inverted(), None)
    assert len(rows) == 300 and seen > 100


def test_volumes_are_as_printed_and_absent_for_other_geometries():
    assert str(knotinfo("4_1").volume) == "2.0298832128" and knotinfo("3_1").volume is None and not knotinfo("3_1").hyperbolic
    assert all(row.volume for row in prime_knots(range(3, 13)) if row.hyperbolic)


def test_rows_are_frozen_and_can_be_pickled():
    row = knotinfo("6_1")
    assert pickle.loads(pickle.dumps(row)).diagram == row.diagram
    with pytest.raises(TypeError):
        row.texts["signature"] = "2"  # type: ignore[index]
    assert isinstance(row, KnotInfoRow) and "ribbon" not in row.texts and "meridian_translation" not in row.texts


def test_intervals():
    assert interval_of_text("[1, 2]") == Interval(1, 2) and 2 in Interval(1, 2) and 3 not in Interval(1, 2)
    for bounds in ((2, 1), (0, 0.5), (None, 1)):
        with pytest.raises(InputError, match="bounds"):
            Interval(*bounds)
