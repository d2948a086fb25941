"""The studies of metrics: small settings of each, their certificates, claims and pages."""

import math

import numpy as np
import pytest
from study_answers import answered, asked, disagreeing

from certifield.engine import ask, entry_called
from certifield.engine._piece import decode, encode
from certifield.evidence import Certified, Estimate, InputError
from certifield.geometry import Variety, logarithms, named, quality, sample
from certifield.geometry.studies import metric_of, own_metric
from certifield.geometry.studies.bicubic_table import kaehler_of, terms
from certifield.study import Case, Found, Reading, Task


def foreign(name, readings, **options):
    """How many certificates are about the case of another, each being about its own."""
    study, chosen, _ = asked(name, **options)
    proofs = {case: reading.pieces[0]["positive"] for case, reading in readings.items() if "positive" in reading.pieces[0]}
    taken = {(one, two): study.about(readings[one].case, proofs[two], chosen) for one in proofs for two in proofs}
    assert all(taken[case, case] for case in proofs)
    return sum(taken.values()) - len(proofs)


@pytest.mark.parametrize("system", ["G1", "G2", "G3"])
def test_every_system_has_its_study(system):
    assert entry_called(system).area == "Calabi-Yau metrics"


def test_quintic_ladder():
    given = {"fermat": [2, 6], "dwork": [2], "generic": [2], "members": [7, 8], "donaldson": [2], "network": [6]}
    given |= {"draws": 500, "tested": 500}
    readings, verdicts, (ladder,) = answered("quintic-ladder", **given)
    assert verdicts == {"GE-05": "reproduced", "GE-03": "corrected", "GE-09": "corrected"} and not disagreeing(readings)
    assert all(isinstance(reading["positive"].value, Certified) == (not name.startswith("network")) for name, reading in readings.items())
    sigma = {name: float(reading["sigma"].value.mean) for name, reading in readings.items()}
    assert sigma["fermat/k=6"] < 0.002 < 0.04 < sigma["fermat/k=2"] < 0.06 < sigma["dwork/k=2"] < 0.12 < sigma["generic/7/k=2"]
    assert sigma["donaldson/k=2"] > 2 * sigma["fermat/k=2"] and sigma["network/steps=6"] < 0.4
    assert len(ladder.rows) == 7 and len(ladder.plots) == 2
    assert (
        foreign("quintic-ladder", readings, **given) == 20
    )  # a certificate of degree 2 is about every potential of degree 2 in P^4, and about no other


def test_the_mean_over_generic_members():
    """By hand, from readings that are made up; one member has no mean error."""
    study, chosen, _ = asked("quintic-ladder", generic=[2, 3], members=[1, 2, 3])
    found = {}
    for member, sigma in ((1, 0.1), (2, 0.2), (3, 0.6)):
        case = Case(f"generic/{member}/k=2", {"k": 2}, "generic")
        found[case.name] = Reading(case, {"sigma": Found(Estimate.from_stderr(sigma, 0.01, source=case.name))}, {}, 1.0)
    concluded = dict(study.conclude(found, chosen))
    mean = concluded["sigma of generic members, k=2"].value
    assert math.isclose(float(mean.mean), 0.3) and math.isclose(float(mean.stderr), math.sqrt(0.07 / 3), rel_tol=1e-12)
    assert "sigma of generic members, k=3" not in concluded


@pytest.mark.parametrize("members", [[1, 1], [-1]])
def test_members_that_are_none_or_twice_the_same_are_refused(members):
    """One member counted twice would have a mean without an error."""
    study, chosen, _ = asked("quintic-ladder", members=members)
    with pytest.raises(InputError, match=r"members = .*different whole numbers.*Mend: try members"):
        list(study.cases(chosen))


@pytest.mark.parametrize("name", ["bicubic-table", "quintic-ladder"])
def test_fewer_points_than_a_fit_takes_are_refused_when_asked(name):
    with pytest.raises(InputError, match="points = 2"):
        ask(name, options={"points": 2})


def test_degrees_for_the_seven_classes():
    """What the fits of the page were made with; each pair encloses its class."""
    degrees = {number: terms(kaehler_of(number), 2) for number in range(1, 8)}
    both, steep = ((2, 4), (2, 2)), ((2, 4), (0, 2))
    assert degrees == {1: ((2, 2),), 2: steep, 3: ((2, 4), (0, 3)), 4: ((2, 5), (0, 3)), 5: both, 6: both, 7: steep}
    for degree in (1, 2, 3):
        for number in range(1, 8):
            assert logarithms(named("bicubic", 3), kaehler_of(number), terms(kaehler_of(number), degree))  # positive weights


def test_complete_intersection():
    readings, _, (section,) = answered("complete-intersection", symmetric=[2, 4], plain=[2], draws=300, tested=300)
    sigma = {name: float(reading["sigma"].value.mean) for name, reading in readings.items()}
    assert sigma["symmetric/k=4"] < 0.005 and abs(sigma["symmetric/k=2"] - sigma["plain/k=2"]) < 0.005
    assert not disagreeing(readings) and len(section.rows) == 3


def test_bicubic_table():
    given = {"classes": [1, 2], "draws": 400, "tested": 600}
    readings, verdicts, (section,) = answered("bicubic-table", **given)
    assert verdicts["GE-07"] == "corrected" and not disagreeing(readings) and foreign("bicubic-table", readings, **given) == 0
    for reading in readings.values():
        assert float(reading["sigma"].value.mean) < 0.75 * float(reading["FS sigma"].value.mean)
        claim = reading.pieces[0]["positive"].document()["claim"]
        assert claim["ambient"] == [2, 2]
    assert len(section.rows) == 2


def nodal() -> Variety:
    """The Dwork quintic with its nodes, as text, of which no family knows anything."""
    return Variety((4,), ("z0^5 + z1^5 + z2^5 + z3^5 + z4^5 - 5 z0 z1 z2 z3 z4",), "mine")


def test_own_metric_keeps_its_metric_and_tells_of_singular_points():
    """The metric of a stored piece measures as the piece says; the node is found, told and shown."""
    study = own_metric(nodal, [1], {"k=1": [[1]]}, draws=30)
    chosen = study.options(tested=40)
    (case,) = study.cases(chosen)
    with pytest.warns(UserWarning, match=r"mine: P4\[5\] is singular at"):
        made = study.piece(Task(1, case, 0), chosen)
    piece = decode(encode("digest", case.name, 0, made), lambda _: made["positive"])[1]
    found = dict(study.read(case, {0: piece}, chosen))
    reading = Reading(case, found, {0: piece}, 1.0)
    metric = metric_of(reading)
    again = quality(metric, sample(metric.variety, 40, seed=piece["seed"]), ricci=0)
    assert float(again.sigma.mean) == float(found["sigma"].value.mean) and str(again).count("singular at") == 1
    assert "certified at every smooth point" in str(again) and "everywhere" not in str(again)
    assert metric.variety.same_as(nodal()) and metric_of(reading, nodal()).kaehler == (1,)
    assert found["singular"].value.value is True and found["parameters"].value.value == 25 and found["fitted points"].value.value == 150
    (section,) = study.page({case.name: reading}, chosen)
    assert section.title == "The metric of mine: P4[5]" and "- 5*x0*x1*x2*x3*x4" in section.text and "singular at" in section.text
    with pytest.raises(InputError, match="own_metric"):
        metric_of(Reading(case, {}, {}, 1.0))


@pytest.mark.slow
def test_unique_metric():
    given = {"degrees": [2, 6], "monge_ampere": [40], "ricci_norm": [10], "seeds": 2, "neurons": 6, "draws": 300, "tested": 200}
    readings, verdicts, (section,) = answered("unique-metric", **given)
    assert verdicts["GE-01"] == "reproduced" and verdicts["GE-02 (Ricci loss)"] == "open"  # after ten steps nothing is refuted
    assert not disagreeing(readings) and set(verdicts) == {"GE-01", "GE-02", "GE-02 (Ricci loss)"}
    assert len(section.plots) == 2 and len(section.rows) == 7
    entries, norm = (readings["charts"][f"{name}, from chart to chart"] for name in ("sum of squared entries", "norm by g"))
    assert float(entries.value.mean) > max(0.5, 10 * float(entries.value.stderr)) and not entries.value.agrees_with(norm.expected).agrees
    assert float(norm.value.mean) < 1e-9 and norm.value.agrees_with(norm.expected).agrees
    first, second = np.asarray(readings["charts"].pieces[0]["norms"])
    assert np.std(np.log(first[0] / second[0])) > 0.5 and np.std(np.log(first[1] / second[1])) < 1e-9


def test_ricci_flow():
    readings, verdicts, (section,) = answered("ricci-flow", squashed=[0.5])
    assert verdicts == {"GE-12": "reproduced", "GE-13": "corrected", "GE-14": "refuted", "GE-18": "corrected"} and not disagreeing(readings)
    assert len(section.plots) == 2 and len(section.rows) == 6


@pytest.mark.slow
def test_kaehler_scan():
    given = {"phi": [1, 2], "free": [], "additive": [], "multiplicative": [], "matrix": [1]}
    readings, verdicts, (section,) = answered("kaehler-scan", **given, neurons=16, steps=30, draws=300, tested=100)
    assert set(verdicts) == {"GE-04"} and len(section.rows) == 3 and len(section.plots) == 2
    for name, reading in readings.items():
        potential = name.startswith("phi")
        assert (float(reading["kaehler"].value.mean) < 1e-8) == potential and (float(reading["transition"].value.mean) < 1e-8) == potential
        assert float(reading["sigma"].value.mean) < float(reading["FS sigma"].value.mean)


def test_kaehler_ricci():
    readings, verdicts, (section,) = answered("kaehler-ricci", fermat=[2], draws=300, tested=200, torus=300)
    assert verdicts == {"GE-11 (Ricci flow)": "reproduced"} and not disagreeing(readings)
    assert float(readings["fermat/k=2"]["distance at the end"].value.mean) < 0.3 * float(readings["fermat/k=2"]["distance"].value.mean)
    assert len(section.rows) == sum(len(reading) for reading in readings.values()) and len(section.plots) == 1
