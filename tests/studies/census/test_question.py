"""The file of a census: what it may say, and what is said about what it may not."""

import re
from pathlib import Path

import pytest

from certifield import studies
from certifield.evidence import InputError
from certifield.studies import census
from certifield.studies.census._question import read_census_question

PAGE = Path(__file__).resolve().parents[3] / "docs" / "censuses.md"


def test_it_reads_back_as_it_was_written(question, tmp_path: Path) -> None:
    asked = read_census_question(question())
    (tmp_path / "question" / "again.toml").write_text(census.write_census_question(asked))
    assert read_census_question(tmp_path / "question" / "again.toml") == asked
    assert asked.items["count"] == 8 and asked.budget.rounds == (14, 200)


@pytest.mark.parametrize(
    "replaced, words",
    [
        ({"rounds": "[14, 14]"}, "grow from round to round"),
        ({"rounds": "[]"}, "rounds"),
        ({"rounds": "[0]"}, "rounds"),
        ({"rounds": '["many"]'}, "without quotes"),
        ({"seed": "-1"}, "seed"),
        ({"census": '"braids.py:OTHER"'}, "a name in braids.py"),
        ({"census": '"no-such-census"'}, "census = 'no-such-census'"),
        ({"census": '"absent.py:TASK"'}, "absent.py"),
        ({"count": "0"}, r"table \[items\], count.*Mend: try count = 8"),
        ({"length": '"long"'}, r"table \[items\], length"),
        ({"pause": "nan"}, r"table \[items\], pause"),
    ],
)
def test_mistakes_are_told(question, replaced: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_census_question(question(**replaced))


@pytest.mark.parametrize(
    "line, words",
    [("cuont = 3", "did you mean 'count'"), ("seconds = 3\n[other]", "one of the known keys"), ("[budget]\nrounds = [1]", "valid TOML")],
)
def test_unknown_keys_are_told(question, line: str, words: str) -> None:
    path = question()
    path.write_text(path.read_text().replace("[items]", f"[items]\n{line}"))
    with pytest.raises(InputError, match=words):
        read_census_question(path)


def test_a_misspelt_option_names_the_known_ones(question) -> None:
    path = question()
    path.write_text(path.read_text().replace("length", "lenght"))
    with pytest.raises(InputError, match=r"items\], lenght.*count, length, .*did you mean 'length'"):
        read_census_question(path)


def test_a_missing_budget(question) -> None:
    path = question()
    path.write_text(path.read_text().partition("[budget]")[0])
    with pytest.raises(InputError, match=r"budget.*rounds = \[1000, 20000\]"):
        read_census_question(path)


def test_the_two_kinds_are_told_apart(question, braids) -> None:
    assert census.is_census(question()) and census.is_census(braids())
    assert not census.is_census("erf-net") and not census.is_census(studies.shipped()["erf-net"])
    with pytest.raises(InputError, match="shipped study"):
        census.is_census("no-such-study")
    with pytest.raises(InputError, match="census"):
        studies.open(braids())


@pytest.mark.parametrize("name", census.shipped_censuses())
def test_what_is_shipped_reads(name: str) -> None:
    assert read_census_question(census.shipped_censuses()[name]).title


def test_the_example_of_the_page_runs(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    (tmp_path / "braids.py").write_text(re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0])
    (tmp_path / "study.toml").write_text(re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[0])
    asked = census.create(tmp_path / "study.toml", tmp_path / "run")
    statuses = [[asked.answer(item.name, budget).status for item in asked.items] for budget in asked.rounds]
    assert 0 < statuses[0].count("certified") < statuses[1].count("certified") < len(asked.items)
