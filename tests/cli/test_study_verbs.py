"""`run`, `resume`, `status`, `verify` and `report` on a small study: exit codes, JSON, files, and what each mistake is told."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SMALL = """
title = "Two points of an Erf-net"
seed = 5

[[system]]
name = "small"
ensemble = "erf_net"
widths = [3, 30]
points = [[-0.5], [1.0]]
orders = [2, 4]
methods = ["network-wick"]

[budget]
draws = 4096
block_size = 128
"""


@pytest.fixture
def question(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a study that was run once."""
    from certifield.cli import main

    folder = tmp_path_factory.mktemp("finished")
    (folder / "small.toml").write_text(SMALL)
    assert main(["run", str(folder / "small.toml"), str(folder / "study"), "--workers", "0"]) == 0
    return folder / "study"


def test_run_ends_with_a_table_and_writes_answer_report_and_data(certifield, question, tmp_path):
    answer = certifield("run", question, tmp_path / "study", "--workers", 0)
    assert answer.code == 0, answer.err
    assert "report.html" in answer.out and "G_c4" in answer.out and "max|pull|" in answer.out
    assert max(map(len, answer.out.splitlines())) <= max(120, len(str(tmp_path)) + 40)
    assert {"study.toml", "results.json", "report.html", "data", "blocks"} <= {path.name for path in (tmp_path / "study").iterdir()}


def test_run_again_continues_and_gives_the_same_answer(certifield, finished):
    first = (finished / "results.json").read_bytes()
    again = certifield("run", finished.parent / "small.toml", finished, "--workers", 0, "--no-report", "--json")
    assert again.code == 0
    assert (finished / "results.json").read_bytes() == first
    assert json.loads(again.out)["report"] is None


def test_more_draws_continue_the_same_study(certifield, question, tmp_path):
    certifield("run", question, tmp_path / "study", "--workers", 0, "--draws", 2048, "--no-report")
    more = json.loads(certifield("resume", tmp_path / "study", "--workers", 0, "--no-report", "--json").out)
    assert {row["draws"] for row in more["rows"]} == {4096}


def test_json_of_run_holds_a_row_for_every_width_and_order(certifield, finished):
    document = json.loads(certifield("resume", finished, "--workers", 0, "--json").out)
    assert {(row["width"], row["order"]) for row in document["rows"]} == {(3, 2), (3, 4), (30, 2), (30, 4)}
    assert all(row["exact"] is not None for row in document["rows"])
    assert all(row["largest_pull"] < 4.89 for row in document["rows"] if row["order"] == 2)
    assert Path(document["report"]).exists() and Path(document["results"]).exists()


def test_status_counts_blocks(certifield, finished):
    standing = json.loads(certifield("status", finished, "--json").out)
    assert [(quantity["blocks"], quantity["wanted"], quantity["draws"]) for quantity in standing["quantities"]] == [(32, 32, 4096)] * 2
    assert "32 of 32 blocks" in certifield("status", finished).out


def test_report_is_written_from_the_blocks(certifield, finished):
    (finished / "report.html").unlink()
    answer = certifield("report", finished, "--json")
    assert answer.code == 0 and Path(json.loads(answer.out)["report"]).stat().st_size > 1000


def test_verify_accepts_a_whole_study(certifield, finished):
    answer = certifield("verify", finished, "--blocks", 3, "--json")
    document = json.loads(answer.out)
    assert (answer.code, document["accepted"], document["blocks"], document["recomputed"]) == (0, True, 64, 3)
    assert "64 of 64 blocks hold" in certifield("verify", finished, "--blocks", 1).out


def test_verify_rejects_a_flipped_bit_with_exit_code_1(certifield, question, tmp_path):
    study = tmp_path / "study"
    certifield("run", question, study, "--workers", 0, "--no-report")
    block = next((study / "blocks").rglob("*.block"))
    content = bytearray(block.read_bytes())
    content[-3] ^= 1
    block.write_bytes(content)
    answer = certifield("verify", study, "--blocks", 0)
    assert answer.code == 1 and "REJECTED" in answer.out and "63 of 64 blocks hold" in answer.out


def test_verify_rejects_an_answer_that_the_blocks_do_not_give(certifield, question, tmp_path):
    study = tmp_path / "study"
    certifield("run", question, study, "--workers", 0, "--no-report")
    results = json.loads((study / "results.json").read_text())
    results["seed"] += 1
    (study / "results.json").write_text(json.dumps(results, indent=1))
    answer = certifield("verify", study, "--blocks", 0, "--json")
    assert answer.code == 1 and not json.loads(answer.out)["answer"]["accepted"]


def test_verify_replays_a_certificate_and_rejects_a_changed_one(certifield, tmp_path):
    from certifield import evidence

    certificate = evidence.certify_positive_definite([[2, 1], [1, 2]])
    evidence.save(certificate, tmp_path / "certificate.json")
    assert certifield("verify", tmp_path / "certificate.json").code == 0
    text = (tmp_path / "certificate.json").read_text()
    changed = certificate.document()
    changed["claim"]["matrix"][0][0] = "1/4" if isinstance(changed["claim"]["matrix"][0][0], str) else -2
    broken = evidence.Certificate(**changed)
    evidence.save(broken, tmp_path / "certificate.json")
    assert (tmp_path / "certificate.json").read_text() != text
    answer = certifield("verify", tmp_path / "certificate.json", "--json")
    assert answer.code == 1 and json.loads(answer.out)["accepted"] is False


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("widths", "widhts"), "widths"),
        (("erf_net", "erf_nte"), "erf_net"),
        (("widths = [3, 30]", "widths = [0]"), "widths"),
        (("[[-0.5], [1.0]]", "[[-0.5], [nan]]"), "points"),
        (("[[-0.5], [1.0]]", "[[-0.5], [1.0, 2.0]]"), "points"),
        (("network-wick", "network-wicked"), "methods"),
        (("draws = 4096", "draws = 4096\nseconds = 3"), "exactly one"),
        (('seed = 5', 'seed = 5\nsed = 5'), "seed"),
        (("[budget]", "[budget"), "TOML"),
    ],
)  # fmt: skip
def test_a_bad_study_file_is_bad_input_and_the_message_names_the_mend(certifield, tmp_path, change, told):
    (tmp_path / "bad.toml").write_text(SMALL.replace(*change))
    answer = certifield("run", tmp_path / "bad.toml", tmp_path / "study", "--workers", 0)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err and "Traceback" not in answer.err
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "no-such-study"),
        ("run",),
        ("run", "erf-net", "--draws", "many"),
        ("resume", "no-such-directory"),
        ("status", "no-such-directory"),
        ("report", "no-such-directory"),
        ("verify", "no-such-file"),
        ("frobnicate",),
        ("list", "--yaml"),
    ],
)
def test_bad_arguments_exit_with_2_and_no_traceback(certifield, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = certifield(*arguments)
    assert (answer.code, answer.out) == (2, "") and "Traceback" not in answer.err and answer.err.strip()


def test_two_budgets_at_once_are_refused(certifield, question, tmp_path):
    answer = certifield("run", question, tmp_path / "study", "--draws", 100, "--seconds", 3)
    assert answer.code == 2 and "--seconds" in answer.err and not (tmp_path / "study").exists()


def test_another_question_in_the_same_directory_is_refused(certifield, finished, tmp_path):
    (tmp_path / "other.toml").write_text(SMALL.replace("seed = 5", "seed = 6"))
    answer = certifield("run", tmp_path / "other.toml", finished, "--workers", 0)
    assert answer.code == 2 and "seed" in answer.err


def command(*arguments: object) -> subprocess.Popen[str]:
    """The command line in a process of its own, which an interrupt can be sent to."""
    line = [sys.executable, "-m", "certifield", *map(str, arguments)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)


def test_ctrl_c_exits_with_3_says_how_to_resume_and_loses_no_digit(tmp_path, question):
    """The resumed study has the digits of one that was never disturbed."""
    question.write_text(SMALL.replace("draws = 4096", "seconds = 300"))
    study, undisturbed = tmp_path / "study", tmp_path / "undisturbed"
    process = command("run", question, study, "--workers", 0)
    while process.poll() is None and len(list(study.rglob("*.block"))) < 5:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (3, ""), err
    assert f"certifield resume {study}" in err.replace("\n", "")

    draws = 128 * (len(list(study.rglob("*.block"))) + 20)
    rest = ("--workers", 0, "--draws", draws, "--no-report")
    for again in (command("resume", study, *rest), command("run", question, undisturbed, *rest)):
        _, err = again.communicate(timeout=120)
        assert again.returncode == 0, err
    assert (study / "results.json").read_bytes() == (undisturbed / "results.json").read_bytes()
