"""TOML in, question out; and everything else is an `InputError` that names the key."""

import contextlib
import math
import tomllib
from datetime import date

import numpy as np
import pytest
import tomli_w
from hypothesis import given, settings, strategies as st

from certifield.evidence import InputError
from certifield.studies import Draws, Neurons, Precision, Seconds, parse_question, read_question, shipped, write_question

SYSTEM = {
    "name": "erf",
    "ensemble": "erf_net",
    "parameters": {"dim": 1},
    "widths": [2, 3],
    "points": [[0.5], [1.0]],
    "orders": [2, 4],
    "methods": ["neuron", "network-wick"],
}


def text(system: dict | None = None, drop: str = "", **study: object) -> str:
    question = {"title": "t", "seed": 1, "system": [{**SYSTEM, **(system or {})}], "budget": {"draws": 1000}, **study}
    question["system"][0].pop(drop, None)
    question.pop(drop, None)
    return tomli_w.dumps(question)


BAD = {
    "unknown key": (text(sead=3), "sead", "did you mean 'seed'?"),
    "unknown key of a system": (text({"widhts": [1]}), "system 'erf', widhts", "did you mean 'widths'?"),
    "misspelt instead of": (text({"widht": [1]}, drop="widths"), "system 'erf', widht", "did you mean 'widths'?"),
    "hopeless key": (text(zzzz=3), "zzzz", "remove it"),
    "unknown key of a budget": (text(budget={"drawz": 3}), "budget.drawz", "did you mean 'draws'?"),
    "unknown method of a budget": (text({"budget": {"neuronn": {"draws": 3}}}), "system 'erf', budget.neuronn", "did you mean 'neuron'?"),
    "unknown key of a method": (text({"budget": {"network-wick": {"draw": 3}}}), "system 'erf', budget.network-wick.draw", "'draws'"),
    "missing": (text(drop="ensemble"), "system 'erf', ensemble", 'add ensemble = "erf_net"'),
    "no systems": ("system = []\n[budget]\ndraws = 1\n", "system", "[[system]]"),
    "no budget": (text(drop="budget"), "budget", "add a table [budget] with draws = 100000"),
    "negative seed": (text(seed=-1), "seed", "seed = 1"),
    "seed in words": (text(seed="one"), "seed", "without quotes"),
    "seed as truth": (text(seed=True), "seed", "without quotes"),
    "fractional seed": (text(seed=0.5), "seed", "seed = 1"),
    "precision": (text(precision="float16"), "precision", "'float64'"),
    "width 0": (text({"widths": [0]}), "system 'erf', widths[0]", "widths = [20, 100]"),
    "no widths": (text({"widths": []}), "system 'erf', widths", "widths = [20, 100]"),
    "repeated width": (text({"widths": [3, 3]}), "system 'erf', widths", "give 3 only once"),
    "name": (text({"name": "a/b"}), "system[0].name", "erf-d1"),
    "hidden name": (text({"name": ".."}), "system[0].name", "erf-d1"),
    "NaN point": (text({"points": [[math.nan], [1.0]]}), "system 'erf', points[0][0]", "a finite number"),
    "infinite point": (text({"points": [[math.inf], [1.0]]}), "system 'erf', points[0][0]", "a finite number"),
    "ragged points": (text({"points": [[0.5], [1.0, 2.0]]}), "system 'erf', points", "[[-1.0], [1.0]]"),
    "ragged points in two dimensions": (
        text({"parameters": {}, "points": [[0.5, 1.0], [0.0, 1.0], [2.0]]}),
        "system 'erf', points",
        "[[-1.0, -1.0], [1.0, 1.0]] in dimension 2",
    ),
    "ragged points of a given dimension": (
        text({"parameters": {"dim": 3}, "points": [[0.5], [0.0, 1.0]]}), "system 'erf', points", "[[-1.0, -1.0, -1.0], [1.0, 1.0, 1.0]]"),
    "no points": (text({"points": []}), "system 'erf', points", "[[-1.0], [1.0]]"),
    "empty point": (text({"points": [[]]}), "system 'erf', points", "[[-1.0], [1.0]]"),
    "other dimension": (text({"parameters": {"dim": 2}}), "system 'erf', parameters.dim", "set dim = 1"),
    "NaN parameter": (text({"parameters": {"dim": 1, "sigma_b": math.nan}}), "system 'erf', parameters.sigma_b", ""),
    "order 9": (text({"orders": [9]}), "system 'erf', orders[0]", "orders = [2, 4]"),
    "method": (text({"methods": ["netwick"]}), "system 'erf', methods[0]", "did you mean 'network-wick'?"),
    "hopeless method": (text({"methods": ["zzz"]}), "system 'erf', methods[0]", 'methods = ["neuron", "network-wick"]'),
    "indices in words": (text({"indices": "some"}), "system 'erf', indices", ""),
    "indices of no order": (text({"indices": {"two": [[0, 0]]}}), "system 'erf', indices", "4 = [["),
    "date as parameter": (text({"parameters": {"dim": date(2026, 1, 1)}}), "system 'erf', parameters.dim", ""),
    "indices of another order": (text({"indices": {"6": [[0] * 6]}}), "system 'erf', indices.6", "add 6 to orders"),
    "index out of range": (text({"indices": {"2": [[0, 2]]}}), "system 'erf', indices.2", "try [0, 0]"),
    "index tuple too short": (text({"indices": {"4": [[0, 1]]}}), "system 'erf', indices.4", "try [0, 0, 0, 0]"),
    "negative index": (text({"indices": {"2": [[0, -1]]}}), "system 'erf', indices", ""),
    "no index tuples": (text({"indices": {"2": []}}), "system 'erf', indices.2", "add one"),
    "too many entries": (text({"points": [[float(n)] for n in range(60)]}), "system 'erf', indices", "4 = [["),
    "two budgets": (text(budget={"draws": 1, "stderr": 0.1}), "budget", "keep one"),
    "neurons of no number": (text(budget={"neurons": 0}), "budget.neurons", "neurons = 10000000"),
    "empty budget": (text(budget={"block_size": 4}), "budget", "draws = 100000"),
    "no draws": (text(budget={"draws": -5}), "budget.draws", "draws = 100000"),
    "no time": (text(budget={"seconds": 0}), "budget.seconds", "seconds = 60"),
    "two budgets of a method": (
        text({"budget": {"neuron": {"draws": 1, "stderr": 0.1}}}), "system 'erf', budget.neuron.budget", "keep one"),
    "seconds of a system": (text({"budget": {"seconds": 3}}), "system 'erf', budget.seconds", ""),
    "seconds overridden": (text({"budget": {"draws": 3}}, budget={"seconds": 3}), "system.budget", "draws or stderr"),
    "huge block": (text(budget={"draws": 1, "block_size": 2**32}), "budget.block_size", "block_size = 1024"),
    "not TOML": ("= 3", "study file", "a missing quote"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD, ids=BAD.keys())
def test_every_mistake_is_named(case: str) -> None:
    content, argument, remedy = BAD[case]
    with pytest.raises(InputError) as caught:
        parse_question(content)
    assert caught.value.argument == argument
    assert remedy in caught.value.remedy
    assert "Value error" not in str(caught.value) and "documentation" not in caught.value.remedy


def test_the_same_text_without_the_mistake_is_accepted() -> None:
    """Sabotage twin of the table: it is the mistakes that are refused."""
    assert parse_question(text()).system[0].dim == 1


def test_two_systems_of_one_name() -> None:
    question = tomllib.loads(text())
    question["system"].append({**question["system"][0], "name": "ERF"})
    with pytest.raises(InputError, match="rename or remove one of the systems called 'erf'"):
        parse_question(tomli_w.dumps(question))
    question["system"][1]["name"] = "erf2"  # sabotage twin: it is the names that are refused
    assert len(parse_question(tomli_w.dumps(question)).system) == 2


def test_a_file_that_cannot_be_read(tmp_path) -> None:
    """The cause is part of what must be; the remedy is something to do."""
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "broken.toml").write_text("seed = 1\n[budget\n")
    for name, cause, remedy in [
        ("nowhere.toml", "No such file", "check the path"),
        ("bytes.toml", "UTF-8", "save it as UTF-8"),
        ("broken.toml", "at line 2", "a missing quote, bracket"),
    ]:
        with pytest.raises(InputError, match="study file") as caught:
            read_question(tmp_path / name)
        assert cause in caught.value.allowed and remedy in caught.value.remedy and "Errno" not in str(caught.value)


def test_a_mistake_in_a_file_names_file_and_system(tmp_path) -> None:
    path = tmp_path / "bad.toml"
    for content, argument in [(text({"widths": [0]}), "system 'erf', widths[0]"), (text(sead=3), "sead"), (text(budget={}), "budget")]:
        path.write_text(content)
        with pytest.raises(InputError) as caught:
            read_question(path)
        assert caught.value.argument == f"{path}, {argument}"


def test_whole_numbers_may_be_written_as_floats_and_be_long() -> None:
    question = parse_question(text(seed=2**100, budget={"draws": 1e6}))
    assert question.seed == 2**100
    assert question.budget.budget() == Draws(1_000_000)


@pytest.mark.parametrize("name", shipped())
def test_round_trip(name: str) -> None:
    question = read_question(shipped()[name])
    assert parse_question(write_question(question)) == question


def test_round_trip_of_everything() -> None:
    budget = {"draws": 50, "neuron": {"stderr": 0.1, "block_size": 8}, "network-wick": {"block_size": 16}}
    system = {
        "indices": {"4": [[0, 0, 1, 1]]},
        "connected": False,
        "parameters": {"dim": 1, "on": True, "n": 3, "s": "x", "list": [1.5, 2]},
    }
    question = parse_question(text({**system, "budget": budget}, precision="float32", seed=2**70))
    assert parse_question(write_question(question)) == question
    assert question.system[0].parameters == {"dim": 1, "on": True, "n": 3, "s": "x", "list": (1.5, 2)}
    assert type(question.system[0].parameters["on"]) is bool


def test_entries() -> None:
    system = parse_question(text({"indices": {"4": [[0, 0, 1, 1]]}})).system[0]
    np.testing.assert_array_equal(system.entries(2), [[0, 0], [0, 1], [1, 1]])
    np.testing.assert_array_equal(system.entries(4), [[0, 0, 1, 1]])


def test_the_most_specific_budget_counts() -> None:
    budget = {"stderr": 0.5, "neuron": {"draws": 7}, "network-wick": {"block_size": 16}}
    question = parse_question(text({"budget": budget}, budget={"draws": 5, "block_size": 4}))
    system = question.system[0]
    assert question.budget_of(system, "neuron", 2) == Draws(7)
    assert question.budget_of(system, "network-wick", 2) == Precision(0.5)
    assert question.block_size_of(system, "network-wick") == 16
    assert question.block_size_of(system, "neuron") == 4
    assert parse_question(text(budget={"seconds": 3})).budget.budget() == Seconds(3)


def test_neurons_are_shared_among_narrow_and_wide_networks() -> None:
    question = parse_question(text(budget={"neurons": 10_000_000}))
    system = question.system[0]
    assert question.budget_of(system, "network-wick", 5) == Draws(2_000_000)
    assert question.budget_of(system, "network-wick", 1000) == Draws(16384)
    assert question.budget_of(system, "neuron", 5) == Draws(10_000_000)


@pytest.mark.parametrize(
    "kind, value", [(Draws, 0), (Neurons, 0), (Precision, 0.0), (Precision, math.nan), (Seconds, -1.0), (Seconds, math.inf)]
)
def test_budgets_check_themselves(kind, value) -> None:
    with pytest.raises(InputError):
        kind(value)
    with pytest.raises(InputError, match="max_draws"):
        Precision(1.0, max_draws=0)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(content: str) -> None:
    with contextlib.suppress(InputError):
        parse_question(content)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([*SYSTEM, "indices", "connected", "budget"]), VALUES.filter(lambda value: value is not None))
def test_any_value_of_a_key_is_read_or_refused(key: str, value: object) -> None:
    try:
        content = text({key: value})
    except (TypeError, ValueError, AttributeError):  # not TOML
        return
    with contextlib.suppress(InputError):
        parse_question(content)
