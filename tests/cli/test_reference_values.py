"""Every number that `certifield show` prints is the number that `correlators.exact` computes.

The values were computed outside this project, with closed forms checked by 4e6 Monte Carlo neurons (sources: arXiv:2008.08601,
arXiv:2307.03223 and the references of each catalogue entry).
"""

import tomllib
from importlib.resources import files

import numpy as np
import pytest

CATALOGUE = tomllib.loads((files("certifield") / "ensembles" / "catalogue.toml").read_text(encoding="utf-8"))
VALUES = [(entry["name"], value) for entry in CATALOGUE["ensemble"] for value in entry.get("value", [])]
WIDTH = 7


def computed(name: str, ask: dict) -> float:
    """N^power times the connected correlator that a catalogue value asks for."""
    import certifield.correlators as correlators
    import certifield.ensembles as ensembles

    points = np.array(ask["points"])
    ensemble = getattr(ensembles, name)(points.shape[1], WIDTH, **ask.get("parameters", {}))
    answer = correlators.exact(ensemble, points, connected=True, indices=np.array([ask["indices"]]))
    return float(np.asarray(answer.value).ravel()[0]) * WIDTH ** ask.get("power", 0)


@pytest.mark.parametrize(("name", "value"), VALUES, ids=[f"{name}-{value['quantity'][:24]}" for name, value in VALUES])
def test_reference_value(name, value):
    assert abs(computed(name, value["ask"]) - float(value["value"])) <= value["tolerance"]


def test_a_missing_power_of_the_width_is_seen():
    """Sabotage twin: the same comparison without the factor N."""
    name, value = next((name, value) for name, value in VALUES if value["ask"].get("power") == 1)
    wrong = {**value["ask"], "power": 0}
    assert abs(computed(name, wrong) - float(value["value"])) > value["tolerance"]
