"""The studies of metrics: small settings of each, their certificates, claims and pages."""

import importlib

import numpy as np
import pytest

from certifield.engine import entry_called
from certifield.evidence import Certified
from certifield.study import Reading, Task


def answered(name, **options):
    entry = entry_called(name)
    module, _, attribute = entry.define.partition(":")
    study = getattr(importlib.import_module(module), attribute)
    chosen = study.options.model_validate({**entry.options, **options})
    readings = {}
    for case in study.cases(chosen):
        pieces = {0: study.piece(Task(entry.seed, case, 0), chosen)}
        assert "positive" not in pieces[0] or study.about(case, pieces[0]["positive"], chosen)
        readings[case.name] = Reading(case, dict(study.read(case, pieces, chosen)), pieces, 1.0)
    concluded = dict(study.conclude(readings, chosen))
    verdicts = {}
    for claim in study.claims:
        case, _, finding = claim.ours.rpartition("/")
        found = concluded.get(claim.ours) or (readings[case].get(finding) if case in readings else None)
        verdicts[claim.key] = claim.verdict(found)
    certificates = {case: reading.pieces[0]["positive"] for case, reading in readings.items() if "positive" in reading.pieces[0]}
    foreign = [study.about(readings[one].case, certificates[two], chosen) for one in certificates for two in certificates if one != two]
    return readings, verdicts, list(study.page(readings, chosen)), foreign


def agreeing(readings) -> bool:
    found = [one for reading in readings.values() for one in reading.values() if one.expected is not None]
    return bool(found) and all(np.all(one.value.agrees_with(one.expected).agrees) for one in found)


@pytest.mark.parametrize("system", ["G1", "G2", "G3"])
def test_every_system_has_its_study(system):
    assert entry_called(system).area == "Calabi-Yau metrics"


def test_quintic_ladder():
    readings, verdicts, (ladder,), foreign = answered("quintic-ladder", fermat=[2, 6], dwork=[2], generic=[2], draws=1000, tested=500)
    assert verdicts == {"GE-05": "reproduced", "GE-03": "corrected", "GE-09": "corrected"} and agreeing(readings)
    assert all(isinstance(reading["positive"].value, Certified) for reading in readings.values())
    sigma = {name: float(reading["sigma"].value.mean) for name, reading in readings.items()}
    assert sigma["fermat/k=6"] < 0.002 < 0.04 < sigma["fermat/k=2"] < 0.06 < sigma["dwork/k=2"] < 0.12 < sigma["generic/k=2"]
    assert len(ladder.rows) == 4 and len(ladder.plots) == 2
    assert sum(foreign) == 6  # a certificate of degree 2 is about every potential of degree 2 in P^4, and about no other


def test_complete_intersection():
    readings, _, (section,), _ = answered("complete-intersection", symmetric=[2, 4], plain=[2], draws=300, tested=300)
    sigma = {name: float(reading["sigma"].value.mean) for name, reading in readings.items()}
    assert sigma["symmetric/k=4"] < 0.005 and abs(sigma["symmetric/k=2"] - sigma["plain/k=2"]) < 0.005
    assert agreeing(readings) and len(section.rows) == 3


def test_bicubic_table():
    readings, verdicts, (section,), foreign = answered("bicubic-table", classes=[1, 2], draws=400, tested=600)
    assert verdicts["GE-07"] == "corrected" and agreeing(readings) and not any(foreign)
    for reading in readings.values():
        assert float(reading["sigma"].value.mean) < 0.75 * float(reading["FS sigma"].value.mean)
        claim = reading.pieces[0]["positive"].document()["claim"]
        assert claim["ambient"] == [2, 2]
    assert len(section.rows) == 2


def test_ricci_flow():
    readings, verdicts, (section,), _ = answered("ricci-flow", squashed=[0.5])
    assert verdicts == {"GE-12": "reproduced", "GE-13": "corrected", "GE-14": "refuted", "GE-18": "corrected"} and agreeing(readings)
    assert len(section.plots) == 2 and len(section.rows) == 6
