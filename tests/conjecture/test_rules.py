"""Rules by thresholds: proposed by models, decided in fractions; and the study that finds, refutes and refines one."""

import random
from fractions import Fraction

import pytest

pytest.importorskip("sklearn")

from certifield import engine
from certifield.bundles.trees import DOMINANT, Geometries, certify_threshold, gauge_group, largest_coefficient, orders, weak_fano_base
from certifield.conjecture import Rule, Table, Threshold, balanced_accuracy, logistic_rule, tree_rule
from certifield.evidence import Certified, InputError, Unknown, checker_path

ROWS = [(x, y) for x in range(-5, 6) for y in range(-5, 6)]


def planted(truth) -> Table:
    return Table.of({"x": [x for x, _ in ROWS], "y": [y for _, y in ROWS], "good": [truth(x, y) for x, y in ROWS]}, ROWS)


def test_a_planted_threshold_is_found_exactly():
    table = planted(lambda x, y: x <= 2)
    for rule in (tree_rule(table, "good", ["x", "y"]), logistic_rule(table, "good", ["x", "y"]), tree_rule(table, "good", ["x"], depth=1)):
        assert str(rule) == "good iff x <= 2" and rule.check(table).holds and balanced_accuracy(rule, table) == 1


def test_a_planted_half_plane_and_a_planted_corner():
    slanted = planted(lambda x, y: 2 * x - 3 * y > 1)
    rule = logistic_rule(slanted, "good", ["x", "y"])
    assert rule.check(slanted).holds and str(rule) == "good iff 2 x - 3 y > 1"
    corner = planted(lambda x, y: x > 1 and y <= 3)
    rule = tree_rule(corner, "good", ["x", "y"])
    assert rule.check(corner).holds and {str(t) for clause in rule.clauses for t in clause} == {"x > 1", "y <= 3"}
    assert not logistic_rule(corner, "good", ["x", "y"]).check(corner).holds


def test_permuted_labels_fall_to_the_baseline():
    table = planted(lambda x, y: x <= 2)
    truth = list(table.hypotheses["good"])
    random.Random(3).shuffle(truth)
    shuffled = Table(table.columns, {"good": tuple(truth)}, table.objects)
    assert balanced_accuracy(tree_rule(shuffled, "good", ["x", "y"]), shuffled) < Fraction(7, 10)
    assert balanced_accuracy(Rule("good", ((),)), table) == Fraction(1, 2) and str(Rule("good", ((),))) == "good iff always"


def test_rules_are_decided_in_fractions_or_not_at_all():
    table = Table.of({"x": [Fraction(1, 3), (Fraction(0), Fraction(1)), 2], "good": [True, True, False]})
    rule = Rule("good", ((Threshold((("x", Fraction(1)),), "<=", Fraction(1, 3)),),))
    assert rule.check(table).undecided == (1,) and rule.check(table).right == 2 and not rule.check(table).holds
    assert Rule("good", ((Threshold((("x", Fraction(-2)),), ">", Fraction(-3)),),)).check(table).holds
    wrong = Rule("good", ((Threshold((("x", Fraction(1)),), ">", Fraction(1, 3)),),)).check(table)
    assert wrong.violated == (0, 2)


@pytest.mark.parametrize(
    "call",
    [
        lambda: tree_rule(planted(lambda x, y: True), "good", ["x"]),
        lambda: tree_rule(planted(lambda x, y: x > 0), "bad", ["x"]),
        lambda: logistic_rule(planted(lambda x, y: x > 0), "good", ["z"]),
        lambda: Rule("bad", ()).check(planted(lambda x, y: x > 0)),
        lambda: Geometries(weak_fano_base(DOMINANT[0]), 99),
        lambda: certify_threshold(weak_fano_base(DOMINANT[0]), 0, (1, 0, 0), "h"),
    ],
)
def test_bad_input(call):
    with pytest.raises(InputError):
        call()


BASE = weak_fano_base(DOMINANT[0])
AT = BASE.rays.index((1, -1, -1))


@pytest.mark.parametrize(("section", "name", "value"), [((-2, 0, 0), "g", "3"), ((-1, 0, 0), "f", "4"), ((-1, 0, 0), "g", "6")])
def test_thresholds_of_sections_are_certified(section, name, value):
    found = certify_threshold(BASE, AT, section, name)
    assert isinstance(found, Certified) and found.certificate.value == value
    assert isinstance(certify_threshold(BASE, AT, (-2, 1, 0), name), Unknown)
    from planar_walks import loaded

    module = loaded(checker_path("tree-section@1").read_text())
    document = found.certificate.document()
    whole = [document[field] for field in ("claim", "value", "witness")]
    assert module.check(*whole)[0]
    for other in ("2", "5", 3, None):
        assert not module.check(whole[0], other, whole[2])[0]
    broken = {**whole[0], "cones": whole[0]["cones"][1:]}
    assert not module.check(broken, whole[1], whole[2])[0]
    for change in ({"section": [-2, 0, 1]}, {"weight": 5}, {"ray": 0}, {"rays": whole[0]["rays"][:-1]}, {"kind": "other"}):
        assert not module.check({**whole[0], **change}, whole[1], whole[2])[0]
    assert not module.check(whole[0], whole[1], {"zero": whole[2]["zero"][1:]})[0]


def test_the_probability_of_low_coefficients():
    assert Geometries(BASE, AT, 3).probability() == Fraction(46, 82) ** 9 * Fraction(13_296_803, 41_873_645) ** 9
    assert Geometries(BASE, AT, 6).probability() == 1


def test_coefficients_are_read_off_trees():
    assert largest_coefficient({(AT, 99): [(2, 1), (1, 1)], (3, AT): [(1, 2), (3, 1)]}, AT) == (2, 2)
    assert largest_coefficient({}, AT) == (1, 0)
    lone = {face: [(1, 1, 1)] for face in BASE.faces if AT in face}
    f, g = orders(BASE, BASE.blown_up(lone), (1, -1, -1))
    assert gauge_group(f, g) == ""


def test_the_loop_on_trees(tmp_path):
    (tmp_path / "study.toml").write_text('study = "e6-on-trees"\nseed = 2\n[options]\ndraws = 5\nattacks = 8\ntrees = 300\n')
    engine.create(tmp_path / "study.toml", tmp_path / "run")
    engine.run(tmp_path / "run", workers=0)
    found = engine.answer(tmp_path / "run")
    assert found.conclusions["threshold"].value.value == 3
    assert found.conclusions["geometries that refute the threshold"].value.value > 10
    assert found.conclusions["geometries that refute the refined statement"].value.value == 0
    assert found.readings["sections"]["(-2, 0, 0) in g survives up to"].value.value == 3
    assert engine.verify(tmp_path / "run", again=3).accepted
