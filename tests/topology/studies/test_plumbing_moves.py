"""The study of moves on plumbing trees: every success is a certificate about its own tree."""

import pytest

pytest.importorskip("numba")

from certifield import engine
from certifield.topology.plumbing import chain, same_manifold

SMALL = {"players": ["greedy", "exact"], "depths": [2], "count": 4, "cap": 8}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("moves")
    lines = [f"{name} = {str(value).replace(chr(39), chr(34))}" for name, value in SMALL.items()]
    (folder / "study.toml").write_text("\n".join(['study = "plumbing-moves"', "seed = 1", "[options]", *lines]) + "\n")
    engine.create(folder / "study.toml", folder / "run")
    engine.run(folder / "run", workers=0)
    return folder / "run"


def test_the_exact_procedure_solves_all_and_no_player_more(run):
    found = engine.answer(run)
    solved = {name: one["solved"].value.value for name, one in found.readings.items()}
    assert solved["exact/2"] == 4 >= solved["greedy/2"] >= 2
    assert found.conclusions["solved by greedy"].value.value == solved["greedy/2"]
    study = engine.ask("plumbing-moves").study
    (section,) = study.page(found.readings, study.options(**SMALL))
    assert {row[0]: row[3] for row in section.rows} == {name.partition("/")[0]: number for name, number in solved.items()}
    assert {mark.label for mark in section.plots[0].marks} >= {"greedy", "exact"}


def test_certificates_are_about_trees_of_their_depth(run):
    study = engine.ask("plumbing-moves").study
    options = study.options(**SMALL)
    case = next(iter(study.cases(options)))
    assert not study.about(case, same_manifold(chain(2, 2), chain(-3)).certificate, options)
    assert engine.verify(run, again=1).accepted
