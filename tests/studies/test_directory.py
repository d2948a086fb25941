"""A study and its directory: made once, continued ever after, and never mixed up with another."""

import json
import os
from pathlib import Path

import pytest

from certifield import runners, studies
from certifield.evidence import InputError, StoreMismatch
from certifield.studies import Draws, Store


def test_create_writes_all_that_open_needs(coin, tmp_path: Path) -> None:
    path = coin()
    made = studies.create(path, tmp_path / "run")
    for file in path.parent.iterdir():
        file.unlink()
    again = studies.open(tmp_path / "run")
    assert again.digest() == made.digest() == studies.open(tmp_path / "run", check=False).digest()
    assert again.block("coin/neuron", 1).count == 32
    assert sorted(os.listdir(tmp_path / "run")) == ["coin.py", "originals.json", "study.json", "study.toml"]


def test_blocks_of_a_new_study_suit_the_budget_it_is_given(tmp_path: Path) -> None:
    """A small first budget means small blocks, so that it earns an error bar; what is there already keeps its blocks."""
    made = studies.create("erf-net", tmp_path / "run", Draws(20_000))
    assert all(20_000 / quantity.block_size >= 16 for quantity in made.quantities)
    again = studies.create("erf-net", tmp_path / "run", Draws(10**7))
    assert [quantity.block_size for quantity in again.quantities] == [quantity.block_size for quantity in made.quantities]


def test_a_study_file_further_away(coin, tmp_path: Path) -> None:
    """A file in another folder keeps its name and content, and loses its folder."""
    path = coin()
    (tmp_path / "models").mkdir()
    (path.parent / "coin.py").rename(tmp_path / "models" / "coin.py")
    path.write_text(path.read_text().replace("coin.py:Coin", "../models/coin.py:Coin"))
    study = studies.create(path, tmp_path / "run")
    assert study.question.system[0].ensemble == "coin.py:Coin"
    assert studies.create(tmp_path / "run" / "study.toml", tmp_path / "copy").digest() == study.digest()
    assert studies.create(tmp_path / "run" / "study.toml", tmp_path / "run").digest() == study.digest()


def test_two_files_of_one_name(coin, tmp_path: Path) -> None:
    path = coin()
    (path.parent / "other").mkdir()
    (path.parent / "other" / "coin.py").write_text((path.parent / "coin.py").read_text() + "\n")
    text = path.read_text()
    table = text[text.index("[[system]]") : text.index("[budget]")]
    path.write_text(text + table.replace("coin.py:", "other/coin.py:").replace('"coin"', '"coin2"'))
    with pytest.raises(InputError, match="rename your file"):
        studies.create(path, tmp_path / "run")


def test_a_new_budget_and_a_new_title_continue_the_study(coin, tmp_path: Path) -> None:
    first = studies.create(coin(), tmp_path / "run")
    second = studies.create(coin(title='"More"', draws="1000000"), tmp_path / "run")
    assert second.digest() == first.digest()
    assert [q.block_size for q in second.quantities] == [32, 32, 32]
    assert second.budget_of(second.quantities[0]) == Draws(10**6)
    assert studies.open(tmp_path / "run").question.title == "More"


@pytest.mark.parametrize(
    "key, value, field",
    [
        ("seed", "6", "seed: 6 here, 5 in the store"),
        ("points", "[[0.0], [2.0]]", "system.coin.points"),
        ("name", '"dime"', "system.dime"),
        ("draws", "2048\nblock_size = 8", "quantity.coin/neuron.block_size: 8 here, 32 in the store"),
    ],
)
def test_another_study_is_refused_and_told_apart(coin, tmp_path: Path, key: str, value: str, field: str) -> None:
    studies.create(coin(), tmp_path / "run")
    before = (tmp_path / "run" / "study.toml").read_text()
    with pytest.raises(StoreMismatch) as caught:
        studies.create(coin("other", **{key: value}), tmp_path / "run")
    assert field in str(caught.value)
    assert (tmp_path / "run" / "study.toml").read_text() == before
    assert studies.open(tmp_path / "run").question.seed == 5


def test_another_source_is_refused(coin, tmp_path: Path) -> None:
    path = coin()
    studies.create(path, tmp_path / "run")
    source = path.parent / "coin.py"
    before = source.read_text()
    source.write_text(before.replace('"law": "normal"', '"law": "another"'))
    with pytest.raises(StoreMismatch, match=r"system\.coin\.source: coin\.py changed since the study was created") as caught:
        studies.create(path, tmp_path / "run")
    assert "restore" in str(caught.value) and "another directory" in str(caught.value) and "measurement" not in str(caught.value)
    source.write_text(before)
    assert studies.create(path, tmp_path / "run").digest() == studies.open(tmp_path / "run").digest()
    (tmp_path / "run" / "coin.py").write_text("changed by hand = True")
    with pytest.raises((StoreMismatch, InputError)):
        studies.open(tmp_path / "run")


def test_an_edited_original_is_noticed(coin, tmp_path: Path) -> None:
    """Not before it is edited, nor when it is gone, nor for a study without files of its own."""
    path = coin()
    studies.create(path, tmp_path / "run")
    source = path.parent / "coin.py"
    before = source.read_text()
    assert studies.changed_originals(tmp_path / "run") == []
    source.write_text(before + "\n")
    (note,) = studies.changed_originals(tmp_path / "run")
    assert str(tmp_path / "run" / "coin.py") in note and str(source) in note and "\n" not in note
    source.unlink()
    assert studies.changed_originals(tmp_path / "run") == studies.changed_originals(tmp_path) == []
    (tmp_path / "run" / "originals.json").write_text("{")
    assert studies.changed_originals(tmp_path / "run") == []


def test_a_run_says_that_it_used_the_copy(coin, tmp_path: Path) -> None:
    path = coin()
    studies.create(path, tmp_path / "run")
    assert runners.run(tmp_path / "run", Draws(64), 0).remarks == ()
    (path.parent / "coin.py").write_text("another = True")
    (remark,) = runners.run(tmp_path / "run", Draws(128), 0).remarks
    assert "has changed since" in remark


def test_the_last_run_is_written_down(coin, tmp_path: Path) -> None:
    studies.create(coin(), tmp_path / "run")
    assert studies.LastRun.load(tmp_path / "run") is None
    runners.run(tmp_path / "run", Draws(64), 0)
    last = studies.LastRun.load(tmp_path / "run")
    assert (last.budget, last.finished, set(last.blocks.values())) == ("64 draws", True, {2})
    assert last.met("coin/neuron", 2) and not last.met("coin/neuron", 1)
    stopped = studies.LastRun("stderr 0.1", True, {"coin/neuron": 2}, ("coin/neuron: stopped at 64 draws: heavy tails",))
    stopped.save(tmp_path / "run")
    assert studies.LastRun.load(tmp_path / "run") == stopped and not stopped.met("coin/neuron", 2)
    (tmp_path / "run" / "last-run.json").write_text("[]")
    assert studies.LastRun.load(tmp_path / "run") is None


def test_a_run_that_fails_is_not_written_down_as_finished(coin, tmp_path: Path) -> None:
    studies.create(coin(parameters='{ fault = "raises" }'), tmp_path / "run")
    with pytest.raises(InputError, match="toss"):
        runners.run(tmp_path / "run", None, 0)
    assert studies.LastRun.load(tmp_path / "run") == studies.LastRun(None)


def test_directories_that_are_no_study(coin, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="certifield run"):
        studies.open(tmp_path)
    studies.create(coin(), tmp_path / "run")
    (tmp_path / "run" / "study.json").write_text("{")
    with pytest.raises(InputError, match=r"study\.json can be read"):
        studies.open(tmp_path / "run")


def test_question_by_name(tmp_path: Path) -> None:
    assert set(studies.shipped()) == {"erf-net", "three-nets"}
    with pytest.raises(InputError, match="did you mean 'erf-net'"):
        studies.create("erf-nett", tmp_path)
    with pytest.raises(InputError, match="check the path"):
        studies.create("somewhere.toml", tmp_path)


def test_shipped_studies_are_valid() -> None:
    study = studies.Study(studies.read_question(studies.shipped()["erf-net"]))
    assert study.question.title.startswith("Erf-net")
    assert len(study.quantities) == 11
    three = studies.read_question(studies.shipped()["three-nets"])
    assert {(system.ensemble, system.dim) for system in three.system} == {
        (name, dim) for name in ("erf_net", "gauss_net", "relu_net") for dim in (1, 2, 3)
    }
    assert all(system.orders == (2, 4, 6) and max(system.widths) == 1000 for system in three.system)


def test_a_directory_that_cannot_be_made(coin, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="Not a directory"):
        studies.create(coin(), tmp_path / "file" / "run")
    (tmp_path / "file").unlink()
    (tmp_path / "file").symlink_to(tmp_path / "file")
    with pytest.raises((studies.StoreError, InputError), match="file"):
        studies.create(coin(), tmp_path / "file")


def fill(directory: Path, blocks: int = 20) -> studies.Study:
    study = studies.open(directory)
    store = Store(directory, study.digest())
    for quantity in study.quantities:
        for index in range(blocks):
            store.put(quantity.name, index, study.block(quantity.name, index))
    return study


def test_the_answer_and_its_round_trip(coin, tmp_path: Path) -> None:
    studies.create(coin(), tmp_path / "run")
    fill(tmp_path / "run")
    answer = studies.answer(tmp_path / "run")
    loaded = studies.StudyResults.load(tmp_path / "run" / studies.RESULTS)
    assert [(row.method, row.width, row.order) for row in answer.rows] == [
        *(("neuron", width, order) for width in (1, 2) for order in (2, 4)),
        *(("network-wick", width, order) for width in (1, 2) for order in (2, 4)),
    ]
    assert vars(loaded) | {"rows": 0} == vars(answer) | {"rows": 0}
    for mine, theirs in zip(loaded.rows, answer.rows, strict=True):
        assert vars(mine) | {"estimate": 0, "exact": 0} == vars(theirs) | {"estimate": 0, "exact": 0}
        assert mine.estimate.mean.tobytes() == theirs.estimate.mean.tobytes()
        assert mine.estimate.stderr.tobytes() == theirs.estimate.stderr.tobytes()
        assert mine.estimate.sources == theirs.estimate.sources
    first = loaded.rows[0]
    assert first.points == ((0.0,), (1.0,)) and first.indices == ((0, 0), (0, 1), (1, 1))
    assert (first.blocks, first.draws, first.quantity, first.withheld) == (20, 640, "coin/neuron", None)
    assert first.exact.value.tolist() == [1.0, 1.0, 1.0] and first.no_closed_form is None
    assert loaded.rows[1].exact is None and "toss it" in loaded.rows[1].no_closed_form
    loaded.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "run" / studies.RESULTS).read_bytes()


def test_an_estimate_is_withheld_with_its_reason(coin, tmp_path: Path) -> None:
    studies.create(coin(), tmp_path / "none")
    rows = studies.answer(tmp_path / "none").rows
    assert all(row.estimate is None and "0 blocks" in row.withheld for row in rows)
    fill(tmp_path / "none", 15)
    rows = studies.answer(tmp_path / "none").rows
    assert all(row.estimate is None and "needs 16" in row.withheld for row in rows)
    fill(tmp_path / "none", 16)
    assert all(row.estimate is not None and row.withheld is None for row in studies.answer(tmp_path / "none").rows)


def test_one_draw_that_is_not_finite_withholds_the_estimate(coin, tmp_path: Path) -> None:
    studies.create(coin(parameters='{ fault = "nonfinite" }'), tmp_path / "run")
    fill(tmp_path / "run")
    answer = studies.answer(tmp_path / "run")
    assert all(row.estimate is None and "1 of 640 draws are not finite" in row.withheld for row in answer.rows)
    assert studies.StudyResults.load(tmp_path / "run" / studies.RESULTS).rows[0].withheld == answer.rows[0].withheld


def test_results_are_plain_json(coin, tmp_path: Path) -> None:
    studies.create(coin(), tmp_path / "run")
    fill(tmp_path / "run")
    studies.answer(tmp_path / "run")
    data = json.loads((tmp_path / "run" / studies.RESULTS).read_text())
    assert data["title"] == "Coin" and data["seed"] == 5 and len(data["rows"]) == 8


def test_verification_accepts_what_is_right(coin, tmp_path: Path) -> None:
    studies.create(coin(), tmp_path / "run")
    assert studies.verify_blocks(tmp_path / "run") == []
    fill(tmp_path / "run")
    checks = studies.verify_blocks(tmp_path / "run", how_many=5, seed=1)
    assert len(checks) == 60 and sum(check.recomputed for check in checks) == 5
    assert all(check.accepted for check in checks)
    assert checks == studies.verify_blocks(tmp_path / "run", how_many=5, seed=1)
    assert checks != studies.verify_blocks(tmp_path / "run", how_many=5, seed=2)
    assert sum(check.recomputed for check in studies.verify_blocks(tmp_path / "run", how_many=1000)) == 60


def test_verification_finds_what_is_wrong(coin, tmp_path: Path) -> None:
    """A damaged file, and a forged one whose checksum holds."""
    studies.create(coin(), tmp_path / "run")
    study = fill(tmp_path / "run")
    store = Store(tmp_path / "run", study.digest())
    forged, damaged = store.path("coin/neuron", 4), store.path("coin/neuron", 7)
    forged.unlink()
    store.put("coin/neuron", 4, study.block("coin/network-wick/N=1", 4))
    damaged.write_bytes(damaged.read_bytes()[:-8])
    before = {path: path.read_bytes() for path in store.folder.rglob("*") if path.is_file()}
    rejected = [check for check in studies.verify_blocks(tmp_path / "run", how_many=60) if not check.accepted]
    assert [(check.index, check.recomputed) for check in rejected] == [(4, True), (7, False)]
    assert "other bits" in rejected[0].reason and "truncated" in rejected[1].reason
    assert {path: path.read_bytes() for path in store.folder.rglob("*") if path.is_file()} == before
