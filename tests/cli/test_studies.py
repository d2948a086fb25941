"""`run`, `resume`, `status`, `verify`, `report` and `claims` on a small study of the user's: exit codes, JSON, files, mistakes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from dice import QUESTION, write_question

from certifield.evidence import from_json

HERE = ("--workers", 0, "--no-report")


def pieces(study: Path) -> list[Path]:
    return sorted(study.rglob("*.piece"))


def test_run_ends_with_findings_and_writes_results_report_and_data(certifield, question, tmp_path):
    answer = certifield("run", question, tmp_path / "study", "--workers", 0)
    assert answer.code == 0, answer.err
    for told in ("Two dice", "sides=20", "All agrees", "claims: 1 reproduced", "report.html"):
        assert told in answer.out
    assert {"study.toml", "study.json", "cases.json", "dice.py", "results.json", "report.html", "data", "pieces"} <= {
        path.name for path in (tmp_path / "study").iterdir()
    }
    assert (tmp_path / "study" / "study.toml").read_text() == QUESTION  # as it was written


def test_run_again_continues_and_gives_the_same_answer(certifield, finished):
    first = (finished / "results.json").read_bytes()
    again = certifield("run", finished.parent / "dice.toml", finished, *HERE, "--json")
    assert again.code == 0
    assert (finished / "results.json").read_bytes() == first
    assert json.loads(again.out)["report"] is None


def test_a_python_file_is_a_question_of_its_own(certifield, question, tmp_path):
    answer = certifield("run", tmp_path / "dice.py", tmp_path / "study", *HERE, "--draws", 600, "--set", "sides=[6]", "--seed", 9, "--json")
    document = json.loads(answer.out)
    assert document["title"] == "How often do dice show a six?" and document["seed"] == 9
    assert [row["case"] for row in document["cases"]] == ["sides=6"]
    assert certifield("resume", tmp_path / "study", *HERE).code == 0


def test_more_draws_continue_the_same_study(certifield, question, tmp_path):
    certifield("run", question, tmp_path / "study", *HERE, "--draws", 1024)
    before = {path: path.read_bytes() for path in pieces(tmp_path / "study")}
    more = json.loads(certifield("resume", tmp_path / "study", *HERE, "--draws", 6000, "--json").out)
    assert more["steps"] == {"sides=6": [[0, 9]], "sides=20": [[0, 9]]}  # eight blocks of 512, then of 1024
    assert all(path.read_bytes() == content for path, content in before.items())


def test_a_directory_is_made_for_a_cluster_and_nothing_is_computed(certifield, question, tmp_path):
    answer = certifield("run", question, tmp_path / "study", "--draws", 1024, "--only-create")
    assert answer.code == 0 and "certifield resume" in answer.out and not pieces(tmp_path / "study")
    again = json.loads(certifield("resume", tmp_path / "study", *HERE, "--json").out)
    assert again["steps"] == {"sides=6": [[0, 1]], "sides=20": [[0, 1]]}  # the budget that was stated then


def test_a_budget_that_means_nothing_leaves_no_directory(certifield, question, tmp_path):
    answer = certifield("run", question, tmp_path / "study", *HERE, "--steps", 4)
    assert answer.code == 2 and "leave out steps" in answer.err and not (tmp_path / "study").exists()


def test_resume_takes_the_budget_of_the_last_run_and_not_that_of_the_file(certifield, question, tmp_path):
    certifield("run", question, tmp_path / "study", *HERE, "--draws", 1024)
    again = json.loads(certifield("resume", tmp_path / "study", *HERE, "--json").out)
    assert again["steps"] == {"sides=6": [[0, 1]], "sides=20": [[0, 1]]}
    standing = json.loads(certifield("status", tmp_path / "study", "--json").out)
    assert standing["last_run"] == {"budget": {"draws": 1024}, "finished": True, "remarks": []}
    assert [case["missing"] for case in standing["cases"]] == [0, 0]


def test_a_budget_of_time_ends_with_error_bars(certifield, question, tmp_path):
    answer = json.loads(certifield("run", question, tmp_path / "study", *HERE, "--seconds", 0.2, "--json").out)
    for case in answer["cases"]:
        value = from_json(case["found"]["share"]["value"])
        assert 0 < value.stderr < 1 and value.blocks >= 16


def test_a_target_error_is_reached(certifield, question, tmp_path):
    answer = json.loads(certifield("run", question, tmp_path / "study", *HERE, "--stderr", 0.004, "--json").out)
    assert all(from_json(case["found"]["share"]["value"]).stderr <= 0.004 for case in answer["cases"])


def test_status_counts_pieces(certifield, finished):
    standing = json.loads(certifield("status", finished, "--json").out)
    assert [(case["case"], case["pieces"], case["missing"]) for case in standing["cases"]] == [("sides=6", 8, 0), ("sides=20", 8, 0)]
    assert "complete" in certifield("status", finished).out


def test_status_says_in_words_how_the_last_run_ended(certifield, finished, tmp_path):
    from certifield.engine import LastRun
    from certifield.study import Budget

    study = shutil.copytree(finished, tmp_path / "study")
    assert "came to its end" in certifield("status", study).out and "certifield re" not in certifield("status", study).out
    (study / "report.html").unlink()
    assert f"certifield report {study}" in certifield("status", study).out
    LastRun(Budget()).save(study)
    told = certifield("status", study).out
    assert "no limits of its own" in told and "interrupted, or is at work" in told and f"certifield resume {study}" in told


def test_report_is_written_from_the_pieces(certifield, finished):
    answer = certifield("report", finished, "--json")
    assert answer.code == 0 and Path(json.loads(answer.out)["report"]).stat().st_size > 1000


def test_claims_of_a_directory(certifield, finished):
    document = json.loads(certifield("claims", finished, "--json").out)
    assert [(row["key"], row["verdict"]) for row in document["claims"]] == [("D1", "reproduced")]
    assert "REPRODUCED" in certifield("claims", finished).out


def test_a_die_that_is_loaded_refutes_the_claim_and_contradicts_the_theory(certifield, question, tmp_path):
    """Sabotage twin of the verdicts above."""
    answer = certifield("run", question, tmp_path / "study", *HERE, "--set", "bias=0.1")
    assert answer.code == 0 and "CONTRADICTED" in answer.out and "1 refuted" in answer.out


def test_verify_accepts_a_whole_study(certifield, finished):
    answer = certifield("verify", finished, "--pieces", 2, "--json")
    document = json.loads(answer.out)
    assert (answer.code, document["accepted"], document["pieces"], document["again"]) == (0, True, 16, 2)
    assert document["results"]["reason"] == "the same as from the pieces"


def test_verify_rejects_a_flipped_bit_with_exit_code_1(certifield, finished, tmp_path):
    study = shutil.copytree(finished, tmp_path / "study")
    piece = pieces(study)[0]
    content = bytearray(piece.read_bytes())
    content[-3] ^= 1
    piece.write_bytes(content)
    answer = certifield("verify", study, "--pieces", 0)
    assert answer.code == 1 and "REJECTED" in answer.out and "15 of 16 pieces hold" in answer.out


def test_verify_rejects_results_that_the_pieces_do_not_give(certifield, finished, tmp_path):
    study = shutil.copytree(finished, tmp_path / "study")
    results = json.loads((study / "results.json").read_text())
    results["seed"] += 1
    (study / "results.json").write_text(json.dumps(results, indent=1))
    answer = certifield("verify", study, "--pieces", 0, "--json")
    assert answer.code == 1 and not json.loads(answer.out)["results"]["accepted"]


def test_verify_replays_certificates_and_rejects_a_changed_one(certifield, tmp_path):
    from certifield import evidence

    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    evidence.save(evidence.certify_positive_definite([[2, 1], [1, 2]]), good)
    assert certifield("verify", good).code == 0
    changed = json.loads(good.read_text())
    changed["witness"] = json.loads(json.dumps(changed["witness"]).replace("2", "3"))
    bad.write_text(json.dumps(changed))
    answer = certifield("verify", good, bad)  # several paths: one that does not hold decides
    assert answer.code == 1 and "accepted" in answer.out and "REJECTED" in answer.out
    assert "the symmetric matrix with 2 rows is positive definite, with determinant 3" in answer.out


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("draws = 4096", "darws = 4096"), "did you mean 'draws'"),
        (("seed = 5", "seed = -5"), "greater than or equal to 0"),
        (("[budget]", "[options]\nsidse = [6]\n[budget]"), "did you mean 'sides'"),
        (("[budget]", "[options]\nsides = 6\n[budget]"), "sides"),
        (('"dice.py:STUDY"', '"dice.py:STUDDY"'), "STUDY"),
        (('"dice.py:STUDY"', '"mice.py:STUDY"'), "mice.py"),
        (('"dice.py:STUDY"', '"erf_net"'), "erf-net"),
        (("title =", "titel ="), "did you mean 'title'"),
        (("draws = 4096", "rounds = [1, 2]"), "draws, seconds, stderr, work"),
        (('study = "dice.py:STUDY"', ""), "study"),
        (("seed = 5", "seed = "), "valid TOML"),
    ],
)
def test_a_mistake_in_the_file_exits_with_2_and_is_named(certifield, tmp_path, change, told):
    question = write_question(tmp_path, QUESTION.replace(*change))
    answer = certifield("run", question, tmp_path / "study", *HERE)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err and "Traceback" not in answer.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "no-such-study"),
        ("run",),
        ("run", "erf-net", "--draws", "many"),
        ("run", "erf-net", "--rounds", "a,b"),
        ("run", "erf-net", "--set", "widths"),
        ("run", "erf-net", "--share", "4/4"),
        ("run", "."),
        ("resume", "no-such-directory"),
        ("status", "no-such-directory"),
        ("report", "no-such-directory"),
        ("claims", "no-such-study"),
        ("verify", "no-such-file"),
        ("frobnicate",),
        ("list", "--yaml"),
    ],
)
def test_bad_arguments_exit_with_2_and_no_traceback(certifield, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = certifield(*arguments)
    assert (answer.code, answer.out) == (2, "") and "Traceback" not in answer.err and answer.err.strip()


@pytest.mark.parametrize(
    ("arguments", "kind", "told"),
    [
        (("run", "no-such-study"), "InputError", "certifield list"),
        (("run", "erf-net", "--draws", "many"), "BadParameter", "many"),
        (("frobnicate",), "UsageError", "frobnicate"),
        (("status", "no-such-directory"), "InputError", "no-such-directory"),
    ],
)
def test_what_went_wrong_is_json_where_json_is_asked_for(certifield, arguments, kind, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = certifield(*arguments, "--json")
    error = json.loads(answer.out)["error"]
    assert answer.code == error["exit_code"] == 2 and error["message"] in answer.err
    assert error["kind"] == kind and (told in error["message"] or told in " ".join(map(str, arguments)))


def test_an_ensemble_is_no_study_and_the_message_says_how_to_ask_for_one(certifield, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_net.py").write_text('def two(width):\n    """Two layers."""\n')
    for named in ("my_net.py", "my_net.py:two"):
        answer = certifield("run", named, "x")
        assert answer.code == 2 and 'study = "correlators"' in answer.err and not (tmp_path / "x").exists()
    assert "my_net.py:two: Two layers." in certifield("show", "my_net.py:two").out


def test_another_question_in_the_same_directory_is_refused(certifield, finished, tmp_path):
    other = write_question(tmp_path, QUESTION.replace("seed = 5", "seed = 6"))
    answer = certifield("run", other, finished, *HERE)
    assert answer.code == 2 and "seed" in answer.err


def test_a_study_whose_code_fails_says_where_and_keeps_what_was_stored(certifield, tmp_path):
    question = write_question(tmp_path)
    spoiled = (tmp_path / "dice.py").read_text().replace("    rng =", "    if task.step == 3:\n        1 / 0\n    rng =")
    (tmp_path / "dice.py").write_text(spoiled)
    answer = certifield("run", question, tmp_path / "study", *HERE)
    assert answer.code == 2 and "ZeroDivisionError" in answer.err and "step 3" in answer.err and "another directory" in answer.err
    assert len(pieces(tmp_path / "study")) == 3


def command(*arguments: object) -> subprocess.Popen[str]:
    """The command line in a process of its own, which a signal can be sent to."""
    line = [sys.executable, "-m", "certifield", *map(str, arguments)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_exits_with_3_says_how_to_resume_and_loses_no_digit(certifield, tmp_path, question, number):
    """The resumed study has the digits of one that was never disturbed."""
    study, undisturbed = tmp_path / "study", tmp_path / "undisturbed"
    process = command("run", question, study, "--workers", 0, "--seconds", 300)
    while process.poll() is None and len(pieces(study)) < 5:
        time.sleep(0.02)
    process.send_signal(number)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (3, ""), err
    assert f"certifield resume {study}" in err.replace("\n", "")

    blocks = 10 + max(int(path.stem) for path in pieces(study))
    draws = 512 * 8 + 1024 * 8 + 2048 * 8 + 4096 * max(0, blocks - 24)
    assert certifield("resume", study, *HERE, "--draws", draws).code == 0
    assert certifield("run", question, undisturbed, *HERE, "--draws", draws).code == 0
    assert (study / "results.json").read_bytes() == (undisturbed / "results.json").read_bytes()
