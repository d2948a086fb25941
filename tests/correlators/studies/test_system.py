"""Tables of systems in, options out; and everything else is an `InputError` that names the key."""

import contextlib
import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import tomli_w
from hypothesis import given, settings, strategies as st

from certifield.correlators.studies._system import System
from certifield.engine import ask
from certifield.evidence import InputError

SYSTEM = {
    "name": "erf",
    "ensemble": "erf_net",
    "parameters": {"dim": 1},
    "widths": [2, 3],
    "points": [[0.5], [1.0]],
    "orders": [2, 4],
    "methods": ["neuron", "network-wick"],
}


def text(system: dict | None = None, drop: str = "") -> str:
    return of_systems([{key: value for key, value in {**SYSTEM, **(system or {})}.items() if key != drop}])


def of_systems(systems: list[dict]) -> str:
    return tomli_w.dumps({"study": "correlators", "options": {"system": systems}, "budget": {"draws": 1000}})


@pytest.fixture
def asked(tmp_path: Path):
    """Reads the text of a study file."""

    def read(content: str):
        (tmp_path / "study.toml").write_text(content)
        return ask(tmp_path / "study.toml").options

    return read


BAD = {
    "unknown key of a system": ({"widhts": [1]}, "", "widhts", "did you mean 'widths'?"),
    "misspelt instead of": ({"widht": [1]}, "widths", "widht", "did you mean 'widths'?"),
    "hopeless key": ({"zzzz": 3}, "", "zzzz", "remove it"),
    "missing": ({}, "ensemble", "ensemble", 'add ensemble = "erf_net"'),
    "width 0": ({"widths": [0]}, "", "widths[0]", "widths = [20, 100]"),
    "no widths": ({"widths": []}, "", "widths", "widths = [20, 100]"),
    "repeated width": ({"widths": [3, 3]}, "", "widths", "give 3 only once"),
    "a width among the parameters": ({"parameters": {"width": 5}}, "", "parameters.width", "write widths = [5]"),
    "name": ({"name": "a/b"}, "", "name", "erf-d1"),
    "hidden name": ({"name": ".."}, "", "name", "erf-d1"),
    "a file without a function": ({"ensemble": "my_net.py"}, "", "ensemble", "my_net.py:build"),
    "NaN point": ({"points": [[math.nan], [1.0]]}, "", "points[0][0]", "points = "),
    "infinite point": ({"points": [[math.inf], [1.0]]}, "", "points[0][0]", "points = "),
    "ragged points": ({"points": [[0.5], [1.0, 2.0]]}, "", "points", "[[-1.0], [1.0]]"),
    "ragged points in two dimensions": (
        {"parameters": {}, "points": [[0.5, 1.0], [0.0, 1.0], [2.0]]}, "", "points", "[[-1.0, -1.0], [1.0, 1.0]] in dimension 2"),
    "ragged points of a given dimension": (
        {"parameters": {"dim": 3}, "points": [[0.5], [0.0, 1.0]]}, "", "points", "[[-1.0, -1.0, -1.0], [1.0, 1.0, 1.0]]"),
    "flat points": ({"points": [-1.0, 0.5]}, "", "points", "try points = [[-1.0], [0.5]]"),
    "a law that is none": (
        {"parameters": {"dim": 1, "weights": {"family": "laplac"}}}, "", "parameters.weights", "did you mean 'laplace'?"),
    "a law without its number": (
        {"parameters": {"dim": 1, "weights": {"family": "student_t"}}}, "", "parameters.weights", 'family = "student_t", freedom = 5.0'),
    "a table that is no law": ({"parameters": {"dim": 1, "weights": {"scale": 2.0}}}, "", "parameters.weights", "cf.ensembles.laplace"),
    "no points": ({"points": []}, "", "points", "[[-1.0], [1.0]]"),
    "empty point": ({"points": [[]]}, "", "points", "[[-1.0], [1.0]]"),
    "other dimension": ({"parameters": {"dim": 2}}, "", "parameters.dim", "set dim = 1"),
    "NaN parameter": ({"parameters": {"dim": 1, "sigma_b": math.nan}}, "", "parameters.sigma_b", ""),
    "order 9": ({"orders": [9]}, "", "orders[0]", "orders = [2, 4]"),
    "method": ({"methods": ["netwick"]}, "", "methods[0]", "did you mean 'network-wick'?"),
    "hopeless method": ({"methods": ["zzz"]}, "", "methods[0]", 'methods = ["neuron", "network-wick"]'),
    "indices in words": ({"indices": "some"}, "", "indices", ""),
    "indices of no order": ({"indices": {"two": [[0, 0]]}}, "", "indices", "4 = [["),
    "date as parameter": ({"parameters": {"dim": date(2026, 1, 1)}}, "", "parameters.dim", ""),
    "indices of another order": ({"indices": {"6": [[0] * 6]}}, "", "indices.6", "add 6 to orders"),
    "index out of range": ({"indices": {"2": [[0, 2]]}}, "", "indices.2", "try [0, 0]"),
    "index tuple too short": ({"indices": {"4": [[0, 1]]}}, "", "indices.4", "try [0, 0, 0, 0]"),
    "negative index": ({"indices": {"2": [[0, -1]]}}, "", "indices", ""),
    "no index tuples": ({"indices": {"2": []}}, "", "indices.2", "add one"),
    "too many entries": ({"points": [[float(n)] for n in range(60)]}, "", "indices", "4 = [["),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD, ids=BAD.keys())
def test_every_mistake_is_named(asked, case: str) -> None:
    system, drop, argument, remedy = BAD[case]
    with pytest.raises(InputError) as caught:
        asked(text(system, drop))
    named = str(caught.value.argument)
    assert named.endswith(f"system[0].{argument}") and "study.toml" in named
    assert remedy in caught.value.remedy
    assert "Value error" not in str(caught.value) and "documentation" not in caught.value.remedy


def test_the_same_text_without_the_mistake_is_accepted(asked) -> None:
    """Sabotage twin of the table: it is the mistakes that are refused."""
    assert asked(text()).system[0].dim == 1


def test_no_systems(asked) -> None:
    with pytest.raises(InputError, match="system"):
        asked(of_systems([]))


def test_two_systems_of_one_name(asked) -> None:
    with pytest.raises(InputError, match="rename or remove one of the systems called 'erf'"):
        asked(of_systems([SYSTEM, {**SYSTEM, "name": "ERF"}]))
    # Sabotage twin: it is the names that are refused.
    assert len(asked(of_systems([SYSTEM, {**SYSTEM, "name": "erf2"}])).system) == 2


def test_equal_systems_are_one_key_of_a_cache() -> None:
    one, other = (System.model_validate({**SYSTEM, "indices": {4: [[0, 0, 1, 1]]}}) for _ in range(2))
    assert one == other and hash(one) == hash(other)
    assert one != System.model_validate(SYSTEM)


def test_entries() -> None:
    system = System.model_validate({**SYSTEM, "indices": {"4": [[0, 0, 1, 1]]}})
    np.testing.assert_array_equal(system.entries(2), [[0, 0], [0, 1], [1, 1]])
    np.testing.assert_array_equal(system.entries(4), [[0, 0, 1, 1]])
    assert [system.symbol(order) for order in system.orders] == ["G2", "G_c4"]
    assert System.model_validate({**SYSTEM, "connected": False}).symbol(4) == "G4"


def test_parameters_keep_their_types() -> None:
    given = {"dim": 1, "on": True, "n": 3, "s": "x", "list": [1.5, 2]}
    kept = System.model_validate({**SYSTEM, "parameters": given}).parameters
    assert kept == {**given, "list": (1.5, 2)} and type(kept["on"]) is bool


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([*SYSTEM, "indices", "connected"]), VALUES)
def test_any_value_of_a_key_is_read_or_refused(key: str, value: object) -> None:
    with contextlib.suppress(InputError, ValueError):  # pydantic's own errors are values errors
        hash(System.model_validate({**SYSTEM, key: value}))
