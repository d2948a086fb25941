"""What is asked: TOML and Python in, a study with checked options out; all else is one error that says what, where and how to mend it."""

import contextlib
import re
from pathlib import Path

import pytest
import tomli_w
from four_kinds import OWN, created
from hypothesis import given, settings, strategies as st

from certifield import engine
from certifield.engine import Question, ask
from certifield.engine._explained import toml_value
from certifield.evidence import InputError
from certifield.study import Budget

GOOD = {"study": "coin.py:STUDY", "title": "t", "seed": 1, "options": {"widths": [1, 2]}, "budget": {"draws": 1000}}


@pytest.fixture
def written(tmp_path: Path):
    """Writes a question beside its study, and says where."""
    (tmp_path / "coin.py").write_bytes((OWN / "coin.py").read_bytes())

    def write(text: str | None = None, drop: str = "", **changed: object) -> Path:
        question = {name: value for name, value in {**GOOD, **changed}.items() if name != drop}
        (tmp_path / "question.toml").write_text(tomli_w.dumps(question) if text is None else text)
        return tmp_path / "question.toml"

    return write


BAD = {
    "unknown key": ({"sead": 3}, "sead", "did you mean 'seed'?"),
    "hopeless key": ({"zzzz": 3}, "zzzz", "remove it"),
    "unknown key of the budget": ({"budget": {"drawz": 3}}, "budget.drawz", "did you mean 'draws'?"),
    "unknown option": ({"options": {"widht": [1]}}, "table [options], widht", "did you mean 'widths'?"),
    "option of another type": ({"options": {"widths": ["a"]}}, "table [options], widths[0]", "widths = [1, 2]"),
    "options that are no table": ({"options": 3}, "options", "try"),
    "negative seed": ({"seed": -1}, "seed", "seed = 1"),
    "seed in words": ({"seed": "one"}, "seed", "without quotes"),
    "precision": ({"precision": "float16"}, "precision", "'float64'"),
    "no draws": ({"budget": {"draws": 0}}, "budget.draws", "draws = 100000"),
    "two budgets": ({"budget": {"draws": 1, "work": 1}}, "budget.work", "keep one of the two"),
    "rounds that shrink": ({"budget": {"rounds": [5, 3]}}, "budget.rounds", "rounds = [3, 5]"),
    "no such name": ({"study": "coin.py:STUDDY"}, "own file", "after the colon"),
    "no such file": ({"study": "absent.py:STUDY"}, "own file", "correct its name"),
    "not a study": ({"study": "coin.py:STEPS"}, "study", "make it one; it is a Blocks"),
    "not a name": ({"study": "coin.py:"}, "own file", "my_file.py:build"),
    "no such module": ({"study": "certifield.nowhere:STUDY"}, "study", "check its name"),
    "no such name in a module": ({"study": "certifield.study:STUDY"}, "study", "after the colon"),
    "nothing": ({"study": ""}, "study", "study = "),
}


@pytest.mark.parametrize("case", BAD)
def test_every_mistake_is_named(case: str, written) -> None:
    changed, argument, remedy = BAD[case]
    with pytest.raises(InputError) as caught:
        ask(written(**changed))
    assert caught.value.argument.endswith(argument) and remedy in caught.value.remedy, caught.value
    assert "Value error" not in str(caught.value) and "\n" not in str(caught.value)


def test_the_same_question_without_the_mistake_is_accepted(written) -> None:
    """Sabotage twin of the table: it is the mistakes that are refused."""
    asked = ask(written())
    assert (asked.question.budget, asked.options.widths, asked.precision) == (Budget(draws=1000), (1, 2), "float64")


def test_a_file_that_cannot_be_read(written, tmp_path: Path) -> None:
    """The cause is part of what must be; the remedy is something to do."""
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "broken.toml").write_text("seed = 1\n[budget\n")
    for name, cause, remedy in [
        ("nowhere.toml", "No such file", "check the path"),
        ("bytes.toml", "UTF-8", "save it as UTF-8"),
        ("broken.toml", "at line 2", "a missing quote, bracket"),
    ]:
        with pytest.raises(InputError, match="study file") as caught:
            ask(tmp_path / name)
        assert cause in caught.value.allowed and remedy in caught.value.remedy and "Errno" not in str(caught.value)
    with pytest.raises(InputError) as missing:
        ask(written(drop="study"))
    assert missing.value.argument.endswith("study") and "add study = " in missing.value.remedy


def test_a_python_file_is_a_question(tmp_path: Path) -> None:
    asked = ask(OWN / "coin.py")
    assert (asked.question.title, asked.define, asked.name) == ("Moments of standard normal numbers", "coin.py:STUDY", "coin")
    assert ask(f"{OWN / 'coin.py'}:STUDY").question == asked.question
    assert ask(OWN / "coin.py", options={"widths": [7]}).options.widths == (7,)
    (tmp_path / "broken.py").write_text("def f(:\n")
    (tmp_path / "raises.py").write_text("1 / 0")
    for name, words in {"broken": "SyntaxError", "raises": "ZeroDivisionError.*mend it until it runs alone"}.items():
        with pytest.raises(InputError, match=words):
            ask(tmp_path / f"{name}.py")


def test_whole_numbers_may_be_written_as_floats_and_be_long(written) -> None:
    question = ask(written(seed=2**100, budget={"draws": 1e6})).question
    assert question.seed == 2**100 and question.budget == Budget(draws=1_000_000)


def test_what_is_asked_reads_back(written, tmp_path: Path) -> None:
    asked = ask(written(), options={"widths": [3]})
    written(asked.text)
    again = ask(tmp_path / "question.toml")
    assert again.question == asked.question and again.text == asked.text


def test_a_text_is_kept_as_it_was_written(written, tmp_path: Path) -> None:
    text = f"# why I ask\n{tomli_w.dumps(GOOD)}"
    engine.create(written(text), tmp_path / "run")
    assert (tmp_path / "run" / "study.toml").read_text() == text


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        engine._question.ask_in(OWN, text)


VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*Question.model_fields]), VALUES)
def test_any_value_of_a_key_is_read_or_refused(key: str, value: object) -> None:
    try:
        text = tomli_w.dumps({**GOOD, key: value})
    except (TypeError, ValueError, AttributeError):  # not TOML
        return
    with contextlib.suppress(InputError):
        engine._question.ask_in(OWN, text)


def test_remedies_are_toml() -> None:
    assert toml_value({"a": [1, True, "x"], "b": 0.5}) == '{a = [1, true, "x"], b = 0.5}'


def test_files_of_ones_own_among_the_options(tmp_path: Path) -> None:
    """They are copied, their content counts, and the copy is what runs, wherever the original was."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "law.py").write_text("def law(n):\n    return n * n\n")
    (tmp_path / "asks.py").write_text(ASKS)
    (tmp_path / "question.toml").write_text('study = "asks.py:STUDY"\n[options]\nlaw = "models/law.py:law"\n')
    opened = engine.create(tmp_path / "question.toml", tmp_path / "run")
    assert {path.name for path in (tmp_path / "run").glob("*.py")} == {"asks.py", "law.py"}
    engine.run(tmp_path / "run", workers=0)
    before = dict(engine.answer(tmp_path / "run").findings())["a/value"].value.value
    (tmp_path / "models" / "law.py").write_text("def law(n):\n    return 0\n")
    assert engine.open_study(tmp_path / "run").digest == opened.digest, "the copy counts, not the original"
    (tmp_path / "run" / "pieces" / "a" / "00000000.piece").unlink()
    done = engine.run(tmp_path / "run", workers=0)
    assert dict(engine.answer(tmp_path / "run").findings())["a/value"].value.value == before == 49
    assert len(done.remarks) == 1 and re.search(r"law\.py is used, the copy .* has changed since", done.remarks[0])
    (tmp_path / "question.toml").write_text('study = "asks.py:STUDY"\n[options]\nlaw = "models/law.py"\n')
    with pytest.raises(InputError, match=r"add the name after a colon: \"models/law.py:build\""):
        ask(tmp_path / "question.toml")


ASKS = """
from typing import Annotated
from pydantic import BeforeValidator
from certifield.evidence import Exact
from certifield.study import Case, Found, Options, Own, Study, own_or_name

class Mine(Options):
    law: Annotated[Own, BeforeValidator(own_or_name)]

def piece(task, options):
    return {"value": options.law.load()(7)}

def read(case, pieces, options):
    yield "value", Found(Exact(pieces[0]["value"] if pieces else 0, "computed"))

STUDY = Study(options=Mine, cases=lambda options: [Case("a")], piece=piece, read=read)
"""


def test_two_files_of_one_name(tmp_path: Path) -> None:
    for folder in ("", "other"):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "asks.py").write_text(ASKS + f"# {folder}\ndef law(n):\n    return n\n")
    (tmp_path / "question.toml").write_text('study = "asks.py:STUDY"\n[options]\nlaw = "other/asks.py:law"\n')
    with pytest.raises(InputError, match="rename your file"):
        engine.create(tmp_path / "question.toml", tmp_path / "run")


def test_a_moved_directory_is_the_same_study(tmp_path: Path) -> None:
    directory = created("primes", tmp_path / "run")
    digest = engine.open_study(directory).digest
    directory.rename(tmp_path / "moved")
    assert engine.open_study(tmp_path / "moved").digest == digest
    assert engine.create(tmp_path / "moved" / "study.toml", tmp_path / "copy").digest == digest


@pytest.mark.parametrize("name, allowed", [("nngp-limits", "a list of more than 1"), ("trained-ensemble", "a list of 2 or more")])
def test_a_list_of_the_wrong_length_is_told_so(name: str, allowed: str, tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(f'study = "{name}"\nseed = 1\n[options]\nwidths = [8]\n')
    with pytest.raises(InputError) as caught:
        ask(tmp_path / "study.toml")
    assert (caught.value.given, caught.value.allowed) == ([8], allowed) and "try widths = [" in caught.value.remedy
