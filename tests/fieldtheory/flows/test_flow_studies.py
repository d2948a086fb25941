"""The studies of flows: small settings, their claims, and what their pages hold."""

import pytest
from study_answers import answered, disagreeing

from certifield.engine import entry_called


def test_the_system_has_its_studies():
    assert entry_called("F7").name == "lattice-flows" and entry_called("gauge-flows").area == "Networks as fields"


@pytest.mark.slow
def test_lattice_flows():
    small = {"lattices": [[4, 8.0]], "training": 120, "batch": 64, "coupling_training": 0, "draws": 2048, "chains": 64,
             "trajectories": 100, "particles": 128}  # fmt: skip
    readings, verdicts, (training, values, race) = answered("lattice-flows", **small)
    assert not disagreeing(readings) and set(verdicts.values()) == {"open"}  # of another lattice
    assert len(training.plots) == 1 and len(values.rows) == 13 and len(race.rows) == 3
    flow, chains = (readings[f"L=4/lambda=8/{route}"] for route in ("continuous", "lattice"))
    assert float(flow["effective part of the draws"].value.mean) > 0.3
    assert flow["phi^2"].value.agrees_with(chains["phi^2"].value, independent=True).agrees
    assert not flow["phi^2"].value.agrees_with(1.2 * chains["phi^2"].value, independent=True).agrees


@pytest.mark.slow
def test_gauge_flows():
    small = {"matrices": [[2, 0]], "lattices": [["U(1)", 2, 2.0]], "plaquettes": False, "training": 100, "draws": 2048,
             "chains": 64, "trajectories": 150}  # fmt: skip
    readings, verdicts, (training, values, race) = answered("gauge-flows", **small)
    assert not disagreeing(readings) and verdicts == {"FI-21": "open", "FI-21c": "reproduced", "FI-21d": "open"}
    assert len(training.plots) == 1 and len(values.rows) == 8 and len(race.rows) == 4
    drawn, known = (readings["SU2/set-0"][f"effective part {how}"].value for how in ("of the draws", "by quadrature"))
    assert drawn.agrees_with(known, independent=True).agrees and not drawn.agrees_with(0.8 * known, independent=True).agrees
    assert not readings["U1/L=2/beta=2/hierarchy"]["plaquette"].value.agrees_with(0.6992519268).agrees  # sabotage twin: of 4 by 4


@pytest.mark.slow
def test_lattice_flows_with_couplings():
    small = {"lattices": [[4, 8.0]], "training": 30, "batch": 64, "coupling_training": 10, "draws": 1024, "chains": 16,
             "trajectories": 100, "particles": 64}  # fmt: skip
    readings, _, (_, _, race) = answered("lattice-flows", **small)
    assert any("unusable" in row[3] for row in race.rows) and "L=4/lambda=8/coupling" in readings
