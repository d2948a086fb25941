"""The verbs that work on studies work on censuses."""

import json
import subprocess
import sys

import pytest
from braid_census import braids as braids, question as question


def test_from_the_file_to_the_report(certifield, question, tmp_path) -> None:
    directory = tmp_path / "here"
    ran = certifield("run", question(), directory, "--workers", 0)
    assert ran.code == 0
    assert "Which braids close to the unknot?" in ran.out and "report:" in ran.out
    assert [line.split()[:5] for line in ran.out.splitlines() if "knotted?" in line] == [
        ["unknotted?", "5", "4", "0", "1"],
        ["knotted?", "3", "0", "1", "2"],
    ]
    assert "round of 14: 0/8 items" in ran.err
    status = json.loads(certifield("status", directory, "--json").out)
    assert status["complete"] and status["counts"] == {"certified": 4, "obstructed": 1, "unknown": 3, "waiting": 0}
    assert status["rounds"] == [
        {"budget": 14, "answers": 8, "proved": 4, "open": 0},
        {"budget": 200, "answers": 4, "proved": 1, "open": 0},
    ]
    assert "200 steps" in certifield("status", directory).out
    again = json.loads(certifield("resume", directory, "--workers", 0, "--no-report", "--json").out)
    assert again["attempts"] == 12 and again["progress"]["total"] == 0 and again["report"] is None
    page = json.loads(certifield("report", directory, "--json").out)
    assert len(page["data"]) == 3


def test_verify_replays_and_finds_what_is_wrong(certifield, braids) -> None:
    directory = braids()
    assert certifield("verify", directory).code == 2, "nothing to verify yet"
    certifield("resume", directory, "--workers", 0, "--no-report")
    sound = json.loads(certifield("verify", directory, "--json", "--blocks", 2, "--seed", 1).out)
    assert sound["accepted"] and (sound["answers"], sound["replayed"], sound["again"]) == (12, 5, 2)
    some = certifield("verify", directory, "--certificates", 1, "--isolated")
    assert some.code == 0 and "1 of 5 certificates were replayed, each in a process of its own" in some.out
    certificates = sorted((directory / "certificates").iterdir())
    assert certifield("verify", certificates[0]).code == 0
    text = certificates[0].read_text()
    certificates[0].write_text(text.replace('"0"', '"1"'))
    refused = certifield("verify", directory)
    assert refused.code == 1 and "REJECTED" in refused.out
    assert certifield("verify", certificates[0]).code == 1


@pytest.mark.parametrize("option", [("--draws", 10), ("--stderr", 0.1)])
def test_draws_are_not_for_a_census(certifield, braids, option) -> None:
    refused = certifield("resume", braids(), *option)
    assert refused.code == 2 and "since this study is a census" in refused.err


def test_time_may_run_out(certifield, braids) -> None:
    stopped = certifield("resume", braids(pause="0.2"), "--seconds", 0.3, "--workers", 0, "--no-report")
    assert stopped.code == 0 and "items wait for more" in stopped.out


def test_list_and_show_name_the_censuses(certifield) -> None:
    for entry in json.loads(certifield("list", "--json").out)["censuses"]:
        shown = certifield("show", entry["name"])
        assert shown.code == 0 and f'census = "{entry["name"].removesuffix("-13")}"' in shown.out
        assert certifield("cite", entry["name"]).code == 0


def test_a_census_needs_no_jax(braids) -> None:
    code = f"import sys; from certifield.cli import main; main(['resume', {str(braids())!r}, '--workers', '0', '--no-report']); " + (
        "assert not {'jax', 'matplotlib', 'snappy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
