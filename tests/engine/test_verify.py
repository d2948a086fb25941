"""What is wrong in a directory is found, and looking changes nothing."""

import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest
from four_kinds import BUDGETS, KINDS, contents, created, left_alone, pieces
from hypothesis import given, strategies as st

from certifield import engine
from certifield.engine._results import Results, results
from certifield.engine._store import spans
from certifield.evidence import StoreMismatch
from certifield.study import Budget, Claim


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sound_is_accepted(kind: str, tmp_path: Path) -> None:
    directory = left_alone(kind, tmp_path / "run")
    assert engine.verify(directory, again=0).results.reason == "not there yet"
    before = contents(directory)
    checked = engine.verify(directory, again=3, seed=1)
    assert checked.accepted and checked.results.reason == "the same as from the pieces"
    assert len(checked.pieces) == len(pieces(directory))
    assert sum(check.again for check in checked.pieces) == 3 and contents(directory) == before
    assert (
        sum(check.replayed for check in checked.pieces) == sum(check.proofs for check in checked.pieces) == (8 if kind == "braids" else 0)
    )
    assert checked.pieces == engine.verify(directory, again=3, seed=1).pieces
    assert checked.pieces != engine.verify(directory, again=3, seed=2).pieces


def test_certificates_are_replayed_apart(tmp_path: Path) -> None:
    checked = engine.verify(left_alone("braids", tmp_path / "run"), again=0, certificates=2, isolated=True)
    assert checked.accepted and sum(check.replayed for check in checked.pieces) == 2


def test_damage_and_forgery_are_found(tmp_path: Path) -> None:
    """A damaged file, one that is copied, one of a strange case, and a forged one whose checksum holds."""
    directory = left_alone("primes", tmp_path / "run")
    store = engine.open_study(directory).store
    damaged, forged = store.path("n-004", 0), store.path("n-005", 0)
    damaged.write_bytes(damaged.read_bytes()[:-8])
    forged.unlink()
    store.put("n-005", 0, store.get("n-007", 0))
    for copy in (store.path("n-006", 1), store.path("stranger", 0)):
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(store.path("n-006", 0).read_bytes())
    before = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    refused = {(check.case, check.step): check.reason for check in engine.verify(directory, again=99).rejected}
    assert {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()} == before
    assert refused.keys() == {("n-004", 0), ("n-005", 0), ("n-006", 1), ("stranger", 0)}
    assert "truncated" in refused["n-004", 0] and "another piece" in refused["n-005", 0]
    assert "moved or copied" in refused["n-006", 1] and "no such case" in refused["stranger", 0]


def test_a_certificate_of_another_case_is_found(tmp_path: Path) -> None:
    """The forger writes whole files: checksums hold, and the certificate is a true one."""
    directory = left_alone("braids", tmp_path / "run")
    store = engine.open_study(directory).store
    (proved, *_) = [step for step in store.steps("braids/001") if "disc" in store.get("braids/001", step)]
    store.path("braids/000", store.steps("braids/000")[-1]).unlink()
    store.put("braids/000", 40, store.get("braids/001", proved))
    assert [check.reason for check in engine.verify(directory, again=0).rejected] == ["its certificate is about something else"]


def test_a_piece_of_another_study_stops_it(tmp_path: Path) -> None:
    one, other = left_alone("primes", tmp_path / "one"), left_alone("primes", tmp_path / "other", first=3)
    pieces(one)[3].write_bytes((other / pieces(one)[3].relative_to(one)).read_bytes())
    with pytest.raises(StoreMismatch, match="move the file away"):
        engine.verify(one)


def test_a_chain_with_a_hole_is_verified(tmp_path: Path) -> None:
    directory = left_alone("walk", tmp_path / "run")
    engine.answer(directory)
    engine.open_study(directory).store.path("drift-0.5", 2).unlink()
    checked = engine.verify(directory, again=99)
    assert checked.rejected == () and "1 of its pieces are missing" in checked.results.reason
    assert sum(not check.again for check in checked.pieces) == 1, "what continues the hole cannot be made again"


def test_results_that_differ_are_found(tmp_path: Path) -> None:
    directory = left_alone("coin", tmp_path / "run", Budget(draws=2000))
    engine.answer(directory)
    stored = directory / "results.json"
    sound = stored.read_text()
    engine.run(directory, BUDGETS["coin"], workers=0)
    assert engine.verify(directory, again=0).accepted and "older than" in engine.verify(directory, again=0).results.reason

    def reason(text: str) -> str:
        stored.write_text(text)
        checked = engine.verify(directory, again=0).results
        assert not checked.accepted
        return checked.reason

    document = json.loads(sound)
    assert reason(sound.replace('"seed": 0', '"seed": 1', 1)) == "differs from what its pieces say"
    assert reason(sound + " ") == "differs from what its pieces say"
    for steps in ({"coin/N=1": [[0, 10**30]]}, {"stranger": [[0, 3]]}, {"coin/N=1": [[500, 501]]}):
        assert "missing or damaged" in reason(json.dumps({**document, "steps": steps}))
    for odd in ("[]", "{", "[" * 200_000, '{"steps": {"coin/N=1": 7}}', '{"steps": [1]}', '{"steps": {"a": [[0, 1e400]]}}', "\\ud800"):
        assert reason(odd) == "not the results of a study"
    engine.answer(directory)
    assert engine.verify(directory, again=0).accepted


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("{}")])
def test_pieces_that_are_missed_are_missed_every_time(damage, tmp_path: Path) -> None:
    """results.json claims more than there is; looking does not change that, running does."""
    directory = left_alone("primes", tmp_path / "run")
    engine.answer(directory)
    damage(pieces(directory)[0])
    first, second = (engine.verify(directory, again=0) for _ in range(2))
    assert first == second and not first.accepted and "1 of its pieces are missing or damaged" in first.results.reason
    engine.run(directory, workers=0)
    engine.answer(directory)
    assert engine.verify(directory, again=0).accepted


@given(st.sets(st.integers(0, 60)))
def test_spans_come_back(steps: set[int]) -> None:
    written = spans(sorted(steps))
    assert [step for first, last in written for step in range(first, last + 1)] == sorted(steps)
    assert all(first <= last for first, last in written) and all(b[0] > a[1] + 1 for a, b in itertools.pairwise(written))


def test_results_are_plain_json(tmp_path: Path) -> None:
    results: Results = engine.answer(left_alone("walk", tmp_path / "run"))
    data = json.loads((tmp_path / "run" / "results.json").read_text())
    assert data["steps"] == {f"drift-{drift}": [[0, 5]] for drift in (0.0, 0.5, 1.0)} and data["digest"] == results.digest
    assert [row["case"] for row in data["cases"]] == list(results.readings)
    assert results.joint is not None and results.joint.compared == 3 and not results.joint.contradicted
    waiting = engine.answer(created("walk", tmp_path / "new"))
    assert waiting.joint is None and [str(found.value) for _, found in waiting.findings()] == ["waiting: no step yet"] * 3


def test_claims_of_other_options_are_open_in_the_results(tmp_path: Path) -> None:
    opened = engine.open_study(left_alone("walk", tmp_path / "run"))
    place, found = next((place, found) for place, found in engine.answer(opened.directory).findings() if found.expected is not None)
    ((option, value), *_) = opened.asked.options.model_dump().items()
    for asked, words in (
        ({}, str(found.value)),
        ({option: value}, str(found.value)),
        ({option: None}, f"source speaks of {option} = None"),
    ):
        claim = Claim("A", "a source", "a number", ours=place, printed=found.expected, asked=asked)
        study = replace(opened.asked.study, claims=(claim,))
        (judged,) = results(replace(opened, asked=replace(opened.asked, study=study))).claims
        assert words in str(judged.told) and (judged.verdict == "open" or value in asked.values() or not asked)
