"""What a task is made of: items, records, intervals, and the table of tasks."""

import math

import pytest

from certifield.evidence import Certified, InputError, Obstructed, Unknown, certificate_of_braid_moves
from certifield.studies.census import TASKS, Item, Record, Task, task_called
from certifield.studies.census.protocol._item import named_apart

PROOF = certificate_of_braid_moves([], 1, [])


@pytest.mark.parametrize("name", ["", "-a", "a/b", "a b", "..", "ä", "a" * 121, 7])
def test_a_name_must_name_a_file(name) -> None:
    with pytest.raises(InputError, match="item = "):
        Item(name)


@pytest.mark.parametrize("name", ["0_1", "12a_631", "3_1#-3_1", "word-7.beam", "K14n14254", "a" * 120])
def test_names_of_knots_do(name: str) -> None:
    assert Item(name).name == name


@pytest.mark.parametrize("data", [{"a": {1, 2}}, {"a": math.nan}, {"a": object()}])
def test_data_must_be_json(data) -> None:
    with pytest.raises(InputError, match="data of item a"):
        Item("a", data)


def test_items_are_named_apart() -> None:
    assert [item.name for item in named_apart([Item("b"), Item("a")])] == ["b", "a"]
    with pytest.raises(InputError, match="a name of its own"):
        named_apart([Item("11a_1"), Item("11A_1")])
    with pytest.raises(InputError, match="one item at least"):
        named_apart([])


def test_a_record_says_what_its_answer_is() -> None:
    assert Record(Certified(PROOF)).status == "certified" and Record(Certified(PROOF)).category is None
    assert Record(Obstructed(PROOF, "smooth")).category == "smooth"
    unknown = Record(Unknown({"bands": 7}))
    assert (unknown.status, unknown.certificate, dict(unknown.spent), unknown.claim) == ("unknown", None, {"bands": 7}, {})
    assert Record(Certified(PROOF, {"bands": 7})).spent == {"bands": 7}
    assert Record(Certified(PROOF)).claim == {"kind": "unknot", "strands": 1, "word": []}


@pytest.mark.parametrize("figures", [{"a": 0.5}, {"a": [1, 2.0]}, {"a": {"b": math.inf}}, {"a": {1: 2}}, {"a": object()}])
def test_figures_are_exact(figures) -> None:
    with pytest.raises(InputError, match="figures"):
        Record(Unknown({}), figures)
    assert Record(Unknown({}), {"a": [1, "1/2", None, True, {"b": []}]}).figures["a"][1] == "1/2"


def test_an_answer_is_one_of_three() -> None:
    with pytest.raises(InputError, match="answer"):
        Record(PROOF)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", TASKS)
def test_every_registered_task_is_there(name: str) -> None:
    assert isinstance(task_called(name), Task)


def test_an_unknown_task(tmp_path) -> None:
    with pytest.raises(InputError, match="census = 'no-such'"):
        task_called("no-such")
    (tmp_path / "mine.py").write_text("TASK = 7")
    with pytest.raises(InputError, match="it is a int"):
        task_called("mine.py:TASK", tmp_path)
    with pytest.raises(InputError, match=r"a name in mine.py"):
        task_called("mine.py:OTHER", tmp_path)
