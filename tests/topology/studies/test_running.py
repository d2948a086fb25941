"""The studies of knots in the engine: what the catalogue names, seeds, forgeries, and a study of the user's in forty lines."""

import hashlib
import json
from pathlib import Path

import pytest

from certifield import engine
from certifield.evidence import Certified, Obstructed, Unknown
from certifield.study import Case, Study, Task

MINE = Path(__file__).parents[2] / "support" / "braid_study.py"
NAMES = {"unknot-braids", "ribbon-census", "ribbon-census-13", "ribbon-sums", "slice-status", "same-zero-surgery"}


def test_the_catalogue_names_them_with_questions_that_read() -> None:
    (knots,) = [catalogue for catalogue in engine.catalogues() if any(system["name"] == "K1" for system in catalogue.systems)]
    assert {entry.name for entry in knots.studies} == NAMES | {"plumbing-pairs", "plumbing-networks", "plumbing-moves"}
    assert (engine.entry_called("K1").name, engine.entry_called("k2").name) == ("unknot-braids", "ribbon-census")
    for name in NAMES:
        for quick in (False, True):
            asked = engine.ask(name, quick=quick)
            assert isinstance(asked.study, Study) and asked.question.budget.rounds and asked.question.seed == 1
        assert set(asked.question.references) <= knots.references.keys()


def test_every_claim_of_knots_is_in_one_study() -> None:
    claims = [claim for name in NAMES - {"ribbon-census-13"} for claim in engine.ask(name).study.claims]
    keys = [claim.key.rstrip("ab") for claim in claims]
    assert {f"KN-{number:02}" for number in range(1, 15)} == set(keys) and len({claim.key for claim in claims}) == len(claims)
    assert {key for key in keys if keys.count(key) > 1} == {"KN-12"}


def test_seeds_are_those_that_they_always_were() -> None:
    text = '[1,"10_99",3000]'
    wanted = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") // 2
    assert Task(1, Case("10_99"), 3000).seed == wanted


@pytest.fixture(scope="module")
def mine(tmp_path_factory) -> Path:
    """The braids of the user's study, two rounds."""
    folder = tmp_path_factory.mktemp("mine")
    (folder / "braid_study.py").write_text(MINE.read_text())
    question = folder / "study.toml"
    question.write_text('study = "braid_study.py:STUDY"\nseed = 3\n[budget]\nrounds = [14, 200]\n')
    engine.create(question, folder / "run")
    engine.run(folder / "run", workers=0)
    engine.answer(folder / "run")
    return folder / "run"


def test_a_study_of_the_users_has_forty_lines_and_runs(mine: Path) -> None:
    assert len(MINE.read_text().splitlines()) <= 40
    found = engine.answer(mine)
    answers = {name: one["answer"].value for name, one in found.readings.items()}
    assert {type(answer) for answer in answers.values()} == {Certified, Unknown}
    assert {name for name, one in found.readings.items() if len(one.pieces) == 2} >= {
        n for n, a in answers.items() if isinstance(a, Unknown)
    }
    assert all(one["left"].value.value == 0 for name, one in found.readings.items() if isinstance(answers[name], Certified))
    assert engine.verify(mine, again=2).accepted


def test_what_a_proof_is_about_is_looked_at(mine: Path, tmp_path: Path) -> None:
    """The forger writes a whole piece with a true certificate, of another braid."""
    opened = engine.open_study(mine)
    proved, unknown = (
        next(name for name in opened.cases if isinstance(opened.read(name)["answer"].value, kind)) for kind in (Certified, Unknown)
    )
    ((_, piece),) = list(opened.store.pieces(proved).items())[-1:]
    opened.store.path(unknown, 200).unlink()
    opened.store.put(unknown, 200, piece, 0.1)
    rejected = engine.verify(mine, again=0).rejected
    assert [(check.case, check.reason) for check in rejected] == [(unknown, "its certificate is about something else")]
    opened.store.path(unknown, 200).unlink()
    engine.run(mine, workers=0)
    engine.answer(mine)
    assert engine.verify(mine, again=0).accepted


@pytest.mark.knots
def test_slice_status_is_run_verified_and_forged(tmp_path: Path) -> None:
    """A true certificate for a disc under the word obstructed stays what it is; results.json that says otherwise is found."""
    pytest.importorskip("numba")
    asked = engine.ask("slice-status", options={"crossings": [6]})
    opened = engine.create(asked, tmp_path)
    progress = engine.run(tmp_path, asked.question.budget, workers=0)
    assert (progress.done, progress.proved) == (3, 3)
    found = engine.answer(tmp_path)
    assert found.conclusions["slice"].value.value == 1 and found.complete
    assert {judged.claim.key: judged.verdict for judged in found.claims} == {"KN-08": "open", "KN-09": "reproduced", "KN-11": "reproduced"}
    assert engine.verify(tmp_path, again=0).accepted
    (path,) = (opened.store.path("6_1", step) for step in opened.store.steps("6_1"))
    piece = opened.store.read("6_1", 20000)
    path.unlink()
    opened.store.put("6_1", 20000, {**piece, "answer": "obstructed"}, 0.1)
    assert not isinstance(opened.read("6_1")["answer"].value, Obstructed)
    stored = json.loads((tmp_path / engine.RESULTS).read_text())
    stored["conclusions"]["slice"]["value"]["value"] = 2
    (tmp_path / engine.RESULTS).write_text(json.dumps(stored, indent=1))
    assert not engine.verify(tmp_path, again=0).accepted
