"""Rules by thresholds: proposed by models, decided in fractions; and the study that finds, refutes and refines one."""

import itertools
import random
from fractions import Fraction

import numpy as np
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


def survives(claim: dict, most: int) -> bool:
    """By another route: all rays of blow-ups of the cones up to height 14 in which v has at most this coefficient obey the section."""
    section, at = np.array(claim["section"]), claim["ray"]
    sums = np.array([one for one in itertools.product(range(most + 1), repeat=3) if 0 < sum(one) <= 14])
    for cone in claim["cones"]:
        own = sums[sums[:, cone.index(at)] <= most] if at in cone else sums
        if (own @ np.array([claim["rays"][ray] for ray in cone]) @ section < -claim["weight"]).any():
            return False
    return True


def test_forged_certificates_of_sections_are_rejected():
    """Every claim with one thing changed that is accepted is true, by trying the rays of blow-ups one by one."""
    from mutations import mutations
    from planar_walks import loaded

    module = loaded(checker_path("tree-section@1").read_text())
    document = certify_threshold(BASE, AT, (-2, 0, 0), "g").certificate.document()
    whole = {field: document[field] for field in ("claim", "value", "witness")}
    assert survives(whole["claim"], 3) and not survives(whole["claim"], 4)
    forged, accepted = 0, []
    for one in mutations(whole):
        if isinstance(one, dict) and set(one) == set(whole):
            forged += 1
            if module.check(one["claim"], one["value"], one["witness"])[0]:
                accepted.append(one)
    assert forged > 7000 and len(accepted) < 30  # such as another section with the same products
    for one in accepted:
        most = int(one["value"])
        assert survives(one["claim"], most) and not survives(one["claim"], most + 1)


def test_cones_that_are_no_fan_are_rejected():
    """Twice the same cones, cones on one side of a wall, and cones that wind around twice."""
    from planar_walks import loaded

    module = loaded(checker_path("tree-section@1").read_text())
    document = certify_threshold(BASE, AT, (-2, 0, 0), "g").certificate.document()
    claim, rest = document["claim"], (document["value"], document["witness"])
    doubled = {**claim, "cones": [cone for cone in claim["cones"] for _ in range(2)]}
    assert "two cones" in module.check(doubled, *rest)[1]
    part = [[0, 1, 2], [3, 4, 5]]  # every wall lies in two cones, which are the same
    rays = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 0, 0], [0, -1, 0], [0, 0, -1]]
    alone = {"rays": rays, "cones": [*part, *part], "ray": 0, "section": [-1, 0, 0], "weight": 4, "kind": claim["kind"]}
    assert "one side" in module.check(alone, "4", {"zero": [1, 2]})[1]
    octants = [[a, b, c] for a in (0, 3) for b in (1, 4) for c in (2, 5)]
    assert module.check({**alone, "cones": octants}, "4", {"zero": [1, 2, 4, 5]})[0]
    wound = [[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0], [1, 1, 0], [-2, -1, 0], [0, 0, 1], [0, 0, -1]]
    cones = [[i, (i + 1) % 6, top] for i in range(6) for top in (6, 7)]
    twice = {**alone, "rays": wound, "cones": cones, "ray": 6, "section": [0, 0, -1]}
    assert module.check(twice, "4", {"zero": [0, 1, 2, 3, 4, 5]})[1] == "cones overlap"


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
