"""Tables are exact, relations and bounds are decided in fractions, and false statements have witnesses."""

import random
from fractions import Fraction

import pytest

from certifield.conjecture import Bound, Conjecture, Table, dominated, latex, lean, linear_bounds, polynomial_relation
from certifield.evidence import Exact, InputError
from certifield.geometry.toric import polygons_in_grid, volume_bounds

BOX = [(a, b) for a in range(-6, 7) for b in range(-6, 7)]


def bicubic() -> Table:
    """The index of line bundles on the bicubic."""
    values = [Fraction(3, 2) * (a + b) * (2 + a * b) for a, b in BOX]
    return Table.of({"a": [a for a, _ in BOX], "b": [b for _, b in BOX], "y": values}, BOX)


def test_entries_are_intervals():
    table = Table.of({"x": [1, Fraction(1, 3)], "y": [Exact(0.5, radius=0.25), (Fraction(1), Fraction(2))], "h": [True, False]}, ["p", "q"])
    assert table.columns["y"] == ((Fraction(1, 4), Fraction(3, 4)), (1, 2)) and table.hypotheses == {"h": (True, False)}
    assert table.rows_where("h") == [0] and table.derived("z", lambda x: 2 * x, "x").columns["z"][1] == (Fraction(2, 3),) * 2
    with pytest.raises(InputError, match="how wrong"):
        Table.of({"x": [0.1, 0.2]})
    for wrong in ({"x": [1], "y": [1, 2]}, {"x": []}):
        with pytest.raises(InputError):
            Table.of(wrong)
    with pytest.raises(InputError, match="exact column"):
        table.derived("z", lambda y: y, "y")


def test_csv():
    table = Table.from_csv("name,x,y,tree\nP3,2,0.50,true\nK3,1/3,-1.25,false\n")
    assert list(table.objects) == ["P3", "K3"] and table.columns["y"][1] == (Fraction(-5, 4),) * 2
    assert Table.from_csv("x,y\n1,0.5\n2,1.5\n", rounded=True).columns["y"][0] == (Fraction(2, 5), Fraction(3, 5))
    for text in ("x,y\n1\n", "x\n", ""):
        with pytest.raises(InputError):
            Table.from_csv(text)


def test_remarks():
    table = Table.of({"x": [1, 2, 1], "y": [1, 2, 1], "z": [3, 3, 3]})
    assert table.remarks() == ["z is constant", "y equals x", "1 rows repeat the numbers of others"]


def test_the_index_of_the_bicubic_is_found_exactly():
    found = polynomial_relation(bicubic(), "y", ["a", "b"], 3)
    assert found is not None and str(found) == "y = 3 a + 3 b + 3/2 a a b + 3/2 a b b" and found.rows == 169
    assert found.at({"a": Fraction(2), "b": Fraction(5)}) == Fraction(3, 2) * 7 * 12
    assert polynomial_relation(bicubic(), "y", ["a", "b"], 2) is None


def test_permuted_values_have_no_relation():
    """The control of shuffled labels."""
    table = bicubic()
    shuffled = list(table.columns["y"])
    random.Random(1).shuffle(shuffled)
    other = Table({**table.columns, "y": tuple(shuffled)}, {}, table.objects)
    assert polynomial_relation(other, "y", ["a", "b"], 3) is None


def test_a_relation_that_any_table_has_is_refused():
    table = bicubic()
    for rows in (9, 10):  # 10 monomials of degree up to 3
        with pytest.raises(InputError, match="more than the 10 monomials"):
            polynomial_relation(table, "y", ["a", "b"], 3, rows=range(rows))
    line = [row for row, (a, _) in enumerate(BOX) if a == 1]
    assert polynomial_relation(table, "y", ["b"], 2, rows=line[:4]) is not None  # three monomials
    with pytest.raises(InputError, match="more than the 3 monomials"):
        polynomial_relation(table, "y", ["b"], 2, rows=line[:3])
    twice = table.derived("c", lambda a: 2 * a, "a").derived("d", lambda a: 3 * a, "a")
    with pytest.raises(InputError, match="free"):
        polynomial_relation(twice, "d", ["a", "c"], 1)


def polygons() -> Table:
    """Volumes between fractions for the polygons of a 3 x 3 grid."""
    found = polygons_in_grid(3)
    return Table.of(
        {
            "V": [volume_bounds(polygon, 14) for polygon in found],
            "inverse_area": [Fraction(1, polygon.double_area) for polygon in found],
            "B": [polygon.boundary_points for polygon in found],
        },
        [polygon.vertices for polygon in found],
    )


def test_the_area_bound_is_found_and_touched_by_the_triangles():
    table = polygons()
    found = linear_bounds(table, "V", ["inverse_area", "B"])
    best = found.surviving[0]
    assert str(best.bound) == "V >= inverse_area" and len(best.check.touched) == 44
    assert all(len(table.objects[row]) == 3 for row in best.check.touched)
    assert all(one.bound.check(table).violated for one in found.dead)


def test_a_planted_false_bound_is_refuted_with_a_witness():
    table = polygons()
    check = Bound("V", ">=", (("inverse_area", Fraction(11, 10)),)).check(table)
    assert not check.holds and len(check.violated) == 44 and all(len(table.objects[row]) in (3, 4) for row in check.violated)


def test_a_float_witness_is_not_enough():
    """Sabotage twin: with volumes that are known to three digits only, no triangle touches, and the bound is not proved."""
    table = polygons()
    wide = tuple((low - Fraction(1, 1000), high + Fraction(1, 1000)) for low, high in table.columns["V"])
    blurred = Table({**table.columns, "V": wide}, {}, table.objects)
    check = Bound("V", ">=", (("inverse_area", Fraction(1)),)).check(blurred)
    assert not check.holds and not check.violated and len(check.undecided) >= 44
    found = linear_bounds(blurred, "V", ["inverse_area"])
    assert all(not one.check.violated and one.check.undecided for one in found.undecided)
    assert not any(str(one.bound) == "V >= inverse_area" for one in found.surviving)


def test_random_planted_bounds_are_recovered():
    rng = random.Random(4)
    for _ in range(10):
        a, b, c = rng.randint(1, 5), rng.randint(-5, -1), rng.randint(-9, 9)
        rows = [(rng.randint(-20, 20), rng.randint(-20, 20), rng.choice([0, 0, 1, 5, 9])) for _ in range(120)]
        table = Table.of({"u": [u for u, _, _ in rows], "v": [v for _, v, _ in rows], "y": [a * u + b * v + c + gap for u, v, gap in rows]})
        found = linear_bounds(table, "y", ["u", "v"])
        assert Bound("y", ">=", (("u", Fraction(a)), ("v", Fraction(b))), Fraction(c)) in [one.bound for one in found.surviving]
        assert all(one.bound.check(table).holds for one in found.surviving)


@pytest.mark.parametrize("relation", [">=", "<="])
def test_intervals_decide_by_their_worst_ends(relation):
    """A row holds, violates or leaves open by all pairs of numbers from its two intervals, on either side."""
    ends = [(low, low + width) for low in range(4) for width in range(3)]
    for target in ends:
        for feature in ends:
            row = Table.of({"y": [tuple(map(Fraction, target))], "x": [tuple(map(Fraction, feature))]})
            true = {(y >= x if relation == ">=" else y <= x) for y in target for x in feature}
            check = Bound("y", relation, (("x", Fraction(1)),)).check(row)
            assert (check.holds, bool(check.violated), bool(check.undecided)) == (true == {True}, true == {False}, len(true) == 2)


def test_superfluous_bounds_are_left_out():
    table = Table.of({"x": [1, 2, 3], "y": [2, 4, 7]})
    strong, weak = (Bound("y", ">=", (("x", Fraction(factor)),)) for factor in (2, 1))
    assert dominated(weak, [strong], table) and not dominated(strong, [weak], table)


def test_a_rounded_bound_that_a_row_violates_is_dropped_and_counted():
    """1/7 has none of the denominators that are tried: what stands in its place is false in rows that the program has not seen."""
    table = Table.of({"x": range(300), "y": [Fraction(x, 7) for x in range(300)]})
    found = linear_bounds(table, "y", ["x"])
    assert found.dead and all(dict(one.bound.terms)["x"] == Fraction(3, 20) for one in found.dead)
    assert all(one.row in one.bound.check(table).violated and f"by {one.witness}" in str(one) for one in found.dead)
    assert len({one.bound for one in found.dead}) == len(found.dead) and all(one.check.holds for one in found.surviving)


def test_features_whose_weight_has_no_limit_are_named():
    """A constant column and a multiple of another; neither is stated with a weight of a million, as a program with bounds alone would."""
    rows = [(x, z) for x in range(-5, 6) for z in range(4)]
    table = Table.of({"x": [x for x, _ in rows], "z": [z for _, z in rows], "k": [3] * 44, "double": [2 * x for x, _ in rows],
                      "y": [x + 2 * z + (x % 3 == 0) for x, z in rows]})  # fmt: skip
    found = linear_bounds(table, "y", ["x", "z", "k", "double"], most=2)
    assert {one.at_fault for one in found.unbounded} == {("k",), ("x", "double")}
    assert "weights of x, double may grow without end" in str(found.unbounded[-1])
    assert [str(one.bound) for one in found.surviving] == ["y >= x + 2 z"] and linear_bounds(table, "y", ["x", "z"]).unbounded == ()
    told = Conjecture(table, "y", ["x", "double"]).run()  # it leaves constant columns out by itself
    assert [one.at_fault for one in told.unbounded] == [("x", "double")] and "UNBOUNDED  y by x, double" in told.report()


def test_the_size_of_a_column_does_not_matter():
    """Weights above a million, and a constant; without scales a program of bounded weights finds none of them."""
    numbers = range(-5, 6)
    small = Table.of({"x": [Fraction(n, 10**9) for n in numbers], "y": [3 * n + 10**8 + n % 2 for n in numbers]})
    assert "y >= 3000000000 x + 100000000" in [str(one.bound) for one in linear_bounds(small, "y", ["x"]).surviving]
    great = Table.of({"x": list(numbers), "y": [10**9 * n + n % 2 for n in numbers]})
    assert "y >= 1000000000 x" in [str(one.bound) for one in linear_bounds(great, "y", ["x"]).surviving]


@pytest.mark.parametrize(("relation", "sign"), [(">=", 1), ("<=", -1)])
def test_domination_needs_the_worse_end_of_an_interval(relation, sign):
    """A bound by z in (1, 3) may be weaker than one by x in (0, 2); one by z in (2, 3) is not, and mirrored for bounds from above."""
    for low, stronger in ((1, False), (2, True)):
        ends = [tuple(sorted((Fraction(sign * a), Fraction(sign * b)))) for a, b in ((0, 2), (low, 3))]
        table = Table.of({"x": [ends[0]], "z": [ends[1]], "y": [Fraction(sign * 5)]})
        one, other = (Bound("y", relation, ((name, Fraction(1)),)) for name in ("x", "z"))
        assert dominated(one, [other], table) is stronger and not dominated(other, [one], table)


@pytest.mark.parametrize(("relation", "sign"), [(">=", 1), ("<=", -1)])
def test_constants_are_rounded_to_the_true_side(relation, sign):
    """1/101 becomes 0 below and no 1/60, which a row violates."""
    table = Table.of({"x": range(10), "y": [Fraction(x) + sign * (Fraction(1, 101) + x % 2) for x in range(10)]})
    found = linear_bounds(table, "y", ["x"], relation=relation, touching=False)
    assert f"y {relation} x" in [str(one.bound) for one in found.surviving] and all(one.check.holds for one in found.surviving)


def test_hypotheses_restrict_the_rows():
    table = Table.of({"x": [1, 2, 3, 4], "y": [1, 2, 3, 0], "h": [True, True, True, False]})
    found = linear_bounds(table, "y", ["x"], hypothesis="h", most=1)
    assert "if h: y >= x" in [str(one.bound) for one in found.surviving]


def test_obligations():
    bound = Bound("V", "<=", (("2A", Fraction(-1, 2)),), Fraction(3), "convex")
    told = lean(bound)
    assert "opaque V : Object → ℝ\nnoncomputable opaque c_2A : Object → ℝ\nopaque convex : Object → Prop" in told and "variable" not in told
    assert "(h : convex x) : V x ≤ -(1 / 2) * c_2A x + 3 := by" in told
    alike = lean(Bound("x", ">=", (("# a", Fraction(1)), ("|a", Fraction(-1))), Fraction(1)))
    assert "x_ x ≥ c___a x - c__a x + 1 := by" in alike  # one name for each, and none that is bound already
    assert latex(bound) == r"\mathrm{V} \le -\tfrac{1}{2}\,\mathrm{2A} + 3"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(("z", ["x"]), "column"), (("y", ["y"]), "target"), (("k", ["x"]), "target"), (("y", ["x"], 4), "table")],
)
def test_bad_questions(arguments, named):
    table = Table.of({"x": [1, 2, 3, 4], "y": [1, 3, 2, 5], "k": [1, 1, 1, 1]})
    with pytest.raises(InputError, match=named):
        linear_bounds(table, arguments[0], arguments[1], most=arguments[2] if len(arguments) > 2 else 1)
    with pytest.raises(InputError, match="relation"):
        Bound("y", "=", ())
    with pytest.raises(InputError, match="hypothesis"):
        table.rows_where("tree")
