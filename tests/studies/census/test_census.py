"""A census: identity, rounds, seeds, and what is no proof."""

import hashlib
import json
from pathlib import Path

import pytest

from certifield import studies
from certifield.evidence import CertificateRejected, InputError, StoreMismatch
from certifield.studies import census
from certifield.studies.census import AnswerStore, check_results, verify_answers

COIN = Path(__file__).parents[1] / "coin" / "study.toml"


def run(directory: Path, rounds: int | None = None) -> census.CensusResults:
    """All rounds, one item after the other."""
    asked = census.open(directory)
    store = AnswerStore(directory, asked.digest())
    for budget in asked.rounds[:rounds]:
        for item in asked.open_items(store, budget):
            store.put(item, budget, asked.answer(item, budget), 0.01)
    return census.answers(directory)


def test_the_second_round_asks_for_the_rest(braids) -> None:
    first, both = run(braids(), 1), run(braids())
    left = {one.item.name for one in first.answered if one.status == "unknown"}
    assert {one.item.name for one in both.answered if len(one.attempts) == 2} == left != set()
    assert (first.counts, both.counts) == (
        {"certified": 3, "obstructed": 1, "unknown": 4, "waiting": 0},
        {"certified": 4, "obstructed": 1, "unknown": 3, "waiting": 0},
    )
    assert [tally.group for tally in both.tallies] == ["unknotted?", "knotted?"]
    assert sum(tally.work for tally in both.tallies) == sum(a.record.spent["steps"] for one in both.answered for a in one.attempts)


def test_seeds_come_from_seed_item_and_budget(braids) -> None:
    asked = census.open(braids())
    text = '[3,"braid-001",14]'
    assert asked.seed_of("braid-001", 14) == int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") // 2
    seeds = {asked.seed_of(item.name, budget) for item in asked.items for budget in asked.rounds}
    assert len(seeds) == 16 and all(0 <= seed < 2**63 for seed in seeds)


def test_more_rounds_and_another_title_continue(braids, question) -> None:
    directory = braids()
    before = run(directory)
    census.create(question(rounds="[14, 200, 400]", title='"Another"'), directory)
    after = run(directory)
    assert after.digest == before.digest and after.title == "Another"
    assert {attempt.budget for one in after.answered for attempt in one.attempts} == {14, 200, 400}
    census.create(question(rounds="[7]"), directory)
    assert run(directory).attempts == after.attempts + 8, "a round that was left out asks for all of them"


@pytest.mark.parametrize("replaced, field", [({"seed": "4"}, "seed: 4 here, 3"), ({"count": "9"}, "options.count: 9 here, 8")])
def test_another_question_is_refused(braids, question, replaced: dict[str, str], field: str) -> None:
    directory = braids()
    with pytest.raises(StoreMismatch, match=field):
        census.create(question("other", **replaced), directory)
    assert run(directory).counts["certified"] == 4


def test_a_changed_task_is_refused(braids, question) -> None:
    directory, path = braids(), question()
    task = path.with_name("braids.py")
    task.write_text(task.read_text() + "\n# another\n")
    with pytest.raises(StoreMismatch, match=r"source: braids.py changed"):
        census.create(path, directory)
    (directory / "braids.py").write_text("TASK = 3")
    with pytest.raises(InputError, match="it is a int"):
        census.open(directory)


def test_a_census_does_not_take_the_place_of_a_study_nor_the_reverse(braids, question, tmp_path: Path) -> None:
    with pytest.raises(StoreMismatch, match="holds another study"):
        studies.create(COIN, braids())
    studies.create(COIN, tmp_path / "sums")
    with pytest.raises(StoreMismatch, match="holds another study"):
        census.create(question(), tmp_path / "sums")


def test_items_are_frozen(braids) -> None:
    directory = braids()
    items = json.loads((directory / "items.json").read_text())
    (directory / "items.json").write_text(json.dumps(items[1:]))
    with pytest.raises(StoreMismatch, match="items"):
        census.open(directory)
    (directory / "items.json").unlink()
    with pytest.raises(InputError, match=r"items\.json"):
        census.open(directory)


@pytest.mark.parametrize("mistake, words", [("false proof", "rejects it"), ("other item", "about something else")])
def test_what_is_no_proof_is_not_stored(braids, mistake: str, words: str) -> None:
    directory = braids(mistake=f'"{mistake}"')
    with pytest.raises(CertificateRejected, match=words):
        run(directory)
    assert not list((directory / "certificates").iterdir())


def test_a_sound_census_is_verified(braids) -> None:
    directory = braids()
    run(directory)
    checks = verify_answers(directory, again=3, seed=1)
    assert all(check.accepted for check in checks) and len(checks) == 12
    assert sum(check.replayed for check in checks) == 5 and sum(check.again for check in checks) == 3
    assert sum(check.replayed for check in verify_answers(directory, certificates=2, isolated=True)) == 2
    assert check_results(directory).accepted


def test_a_certificate_of_another_item_is_found(braids) -> None:
    """The forger writes whole files: checksums hold, and the certificate is a true one."""
    directory = braids()
    results = run(directory)
    proved = [one for one in results.answered if one.status == "certified"]
    unknown = next(one for one in results.answered if one.status == "unknown")
    store = AnswerStore(directory, results.digest)
    store.path(unknown.item.name, 200).unlink()
    store.put(unknown.item.name, 200, proved[0].best.record, 0.1)
    refused = [check for check in verify_answers(directory) if not check.accepted]
    assert [(check.item, check.reason) for check in refused] == [(unknown.item.name, "its certificate is about something else")]


def test_a_damaged_answer_and_a_strange_one_are_found(braids) -> None:
    directory = braids()
    run(directory)
    (directory / "answers" / "14" / "braid-000.json").write_text("{}")
    (directory / "answers" / "14" / "stranger.json").write_text("{}")
    refused = [check.item for check in verify_answers(directory) if not check.accepted]
    assert refused == ["braid-000", "stranger"]
    assert (directory / "answers" / "14" / "braid-000.json").exists(), "verifying moves nothing"


def test_answering_again_finds_chance(braids) -> None:
    directory = braids(mistake='"chance"')
    run(directory)
    assert not all(check.accepted for check in verify_answers(directory, again=99))


def test_forged_results_are_found(braids) -> None:
    directory = braids()
    run(directory, 1)
    stored = directory / "results.json"
    stored.write_text(stored.read_text().replace('"certified": 3', '"certified": 4'))
    assert not check_results(directory).accepted
    census.answers(directory)
    asked = census.open(directory)
    store = AnswerStore(directory, asked.digest())
    (item, *_) = asked.open_items(store, 200)
    store.put(item, 200, asked.answer(item, 200), 0.1)
    assert "older" in check_results(directory).reason and check_results(directory).accepted
    older = json.loads(stored.read_text())
    for forged in ("certified", "obstructed"):
        rows = [row | ({"status": forged} if row["status"] == "unknown" else {}) for row in older["answers"]]
        counts = {status: sum(row["status"] == status for row in rows) for status in ("certified", "obstructed", "unknown")}
        stored.write_text(json.dumps(older | {"answers": rows, "counts": counts | {"waiting": 0}}, indent=1))
        assert check_results(directory).reason == "differs from what the answers say"
    stored.write_text(json.dumps(older | {"counts": older["counts"] | {"certified": 12}}))
    assert not check_results(directory).accepted
    for odd in ("[]", '{"attempts": Infinity, "answers": []}', '{"attempts": 1e400, "answers": []}', "[" * 200_000, "{"):
        stored.write_text(odd)
        assert check_results(directory).reason == "not the results of a census"
    for attempts in (-7, 0, older["attempts"] - 1):
        stored.write_text(json.dumps(older | {"attempts": attempts}))
        assert check_results(directory).reason == "differs from what the answers say"


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_text("{}")])
def test_answers_that_are_missed_are_missed_every_time(braids, damage) -> None:
    """results.json claims more than there is; looking does not change that, answering again does."""
    directory = braids()
    run(directory)
    damage(directory / "answers" / "14" / "braid-000.json")
    for _ in range(2):
        assert check_results(directory) == check_results(directory) and not check_results(directory).accepted
        assert "missing or damaged" in check_results(directory).reason
        verify_answers(directory)
    run(directory)
    census.answers(directory)
    assert check_results(directory).accepted
