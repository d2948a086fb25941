"""What `status` says after a budget in place of that of the file."""

import json
from pathlib import Path

import pytest

STUDY = """
title = "Coins"

[[system]]
name = "erf"
ensemble = "erf_net"
widths = [3]
points = [[-0.5]]
orders = [2]
methods = ["network-wick"]

[budget]
draws = 2048
block_size = 128
"""
REST = ("--workers", 0, "--no-report")


@pytest.fixture
def study(certifield, tmp_path: Path) -> Path:
    """A study of 16 blocks that was created, and stopped at once."""
    (tmp_path / "coins.toml").write_text(STUDY)
    answer = certifield("run", tmp_path / "coins.toml", tmp_path / "study", *REST, "--draws", 1)
    assert answer.code == 0, answer.err
    return tmp_path / "study"


def line(certifield, study: Path) -> str:
    return next(line for line in certifield("status", study).out.splitlines() if "erf/network-wick" in line)


def test_fewer_draws_than_the_file_asks_for_are_complete_when_they_were_what_was_asked(certifield, study):
    certifield("resume", study, *REST, "--draws", 384)
    shown = line(certifield, study)
    assert "3 blocks, 384 draws" in shown and "file: 2048 draws" in shown and shown.endswith("complete")
    assert "The last run was asked for 384 draws, and ended." in certifield("status", study).out


def test_more_draws_than_the_file_asks_for_are_no_fraction(certifield, study):
    certifield("resume", study, *REST, "--draws", 2560)
    shown = line(certifield, study)
    assert "20 blocks, 2560 draws" in shown and " of " not in shown and shown.endswith("complete")


def test_a_run_that_did_not_end_is_incomplete(certifield, study):
    """Sabotage twin: the same blocks without the record that a run ended."""
    (study / "last-run.json").unlink()
    shown = line(certifield, study)
    assert "1 of 16 blocks" in shown and "complete" not in shown
    (standing,) = json.loads(certifield("status", study, "--json").out)["quantities"]
    assert (standing["blocks"], standing["wanted"], standing["complete"]) == (1, 16, False)


def test_the_budget_of_the_file_is_met_whatever_the_last_run_was(certifield, study):
    certifield("resume", study, *REST)
    (study / "last-run.json").unlink()
    assert "16 of 16 blocks" in line(certifield, study) and line(certifield, study).endswith("complete")


def test_a_target_error_is_complete_when_its_run_ended(certifield, study):
    certifield("resume", study, *REST, "--stderr", 0.5)
    shown = certifield("status", study).out
    assert "asked for stderr 0.5, and ended" in shown and line(certifield, study).endswith("complete")
