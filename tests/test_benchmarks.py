"""The benchmarks run, write what they should, and the page about them shows the committed results.  No time is judged here."""

import argparse
import importlib.util
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from certifield.geometry import fermat, quality, ricci_flat, sample

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "benchmarks"
NETWORKS = (
    "empirical_kernels",
    "kernels",
    "kolmogorov_arnold",
    "lattice_flows",
    "metrics",
    "networks_per_second",
    "neuron_versus_network",
    "quantum_fields",
    "scaling",
    "start_up",
    "training",
)
KNOTS = ("braid_environment", "conjectures", "graph_bounds", "models", "moves", "planar_core", "plumbing", "ribbon", "unknots")
SCRIPTS = (*NETWORKS, *(pytest.param(name, marks=pytest.mark.knots) for name in KNOTS))
# All but one are slow: they start processes and compile programs of their own, and what they import, other tests run too.
RUNS = (
    "pieces",
    *(pytest.param(name, marks=pytest.mark.slow) for name in NETWORKS),
    *(pytest.param(name, marks=[pytest.mark.knots, pytest.mark.slow]) for name in KNOTS),
)


def timings(record: Any) -> list[dict[str, Any]]:
    """Every timing in a result, however deep."""
    if isinstance(record, list):
        return [timing for part in record for timing in timings(part)]
    if not isinstance(record, dict):
        return []
    return [record] if "rounds" in record else [timing for part in record.values() for timing in timings(part)]


def faults(record: dict[str, Any], repeats: int) -> list[str]:
    """What a result lacks: provenance, or for each timing enough repeats, their spread, and the first call apart."""
    needed = {"claim", "small", "date", "machine", "versions", "measurements"}
    found = [f"no {name}" for name in needed - record.keys()]
    found += [f"no version of {name}" for name in ("python", "certifield", "jax", "numpy") if name not in record["versions"]]
    every = timings(record["measurements"])
    found += [] if every else ["no timing"]
    for timing in every:
        if len(timing["rounds"]) < repeats:
            found.append(f"{len(timing['rounds'])} repeats")
        if not (0 < timing["min"] <= timing["median"] <= timing["max"] < math.inf and timing["first_call"] > 0):
            found.append(f"no spread, or no first call: {timing}")
    return found


@pytest.mark.parametrize("script", RUNS)
def test_every_benchmark_runs_small_and_writes_its_result(script, tmp_path):
    result = tmp_path / "result.json"
    command = [sys.executable, str(FOLDER / f"{script}.py"), "--small", "--json", str(result)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 2
    record = json.loads(result.read_text(encoding="utf-8"))
    assert record["small"] and faults(record, repeats=2) == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_committed_results_are_of_full_size(script):
    """Five repeats or more, machine and versions, the first call apart."""
    record = json.loads((FOLDER / "results" / f"{script}.json").read_text(encoding="utf-8"))
    assert not record["small"] and faults(record, repeats=5) == []


def test_a_result_without_repeats_or_versions_would_be_noticed():
    """Sabotage twin of the checks of results."""
    record = json.loads((FOLDER / "results" / "scaling.json").read_text(encoding="utf-8"))
    timing = timings(record["measurements"])[0]
    timing["rounds"], timing["first_call"], record["versions"] = timing["rounds"][:4], 0.0, {"python": "3.11"}
    assert len(faults(record, repeats=5)) == 5


@pytest.fixture
def peers(monkeypatch):
    """The part of the benchmark of metrics that judges what other programs have made."""
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("_metric_peers")


def test_a_told_metric_is_judged_as_our_own(peers):
    """Sigma, error, positivity and volume of a metric that is known at the points alone are those of the metric itself."""
    points = sample(fermat(), 1000, 5)  # more than one chunk of the judge
    metric, _ = ricci_flat(fermat(), [1], [[[2]]], draws=100, seed=1)
    found, told = quality(metric, points, ricci=0, certify=False), peers.judged(points, metric.metric(points.local))
    assert told["positive"] == 1
    for name, value in (("sigma", found.sigma.mean), ("error", found.sigma.stderr), ("volume", found.volume.mean)):
        assert told[name] == pytest.approx(float(value), rel=1e-10)
    twice = peers.judged(points, 2 * metric.metric(points.local))
    assert twice["sigma"] == pytest.approx(told["sigma"], rel=1e-10)
    assert twice["volume"] == pytest.approx(8 * told["volume"], rel=1e-10)


def test_metrics_of_other_points_are_noticed(peers):
    """Sabotage twin: rows out of place have another sigma, and what is positive nowhere no error."""
    points = sample(fermat(), 200, 5)
    metric, _ = ricci_flat(fermat(), [1], [[[2]]], draws=100, seed=1)
    g = metric.metric(points.local)
    assert peers.judged(points, g)["sigma"] < 0.1 < peers.judged(points, g[::-1])["sigma"]
    flipped = peers.judged(points, g * np.array([1, 1, -1])[:, None])
    assert flipped["positive"] == 0 and flipped["error"] is None


def test_the_page_shows_the_committed_results(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    spec = importlib.util.spec_from_file_location("write_page", FOLDER / "write_page.py")
    write_page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(write_page)
    assert (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8") == write_page.page()


def test_a_result_keeps_the_programs_that_a_run_has_not(monkeypatch, tmp_path, capsys):
    """Without the other program the committed result would say nothing of it; the same programs, or more, write anew."""
    monkeypatch.syspath_prepend(FOLDER)
    timing = importlib.import_module("_timing")
    timed, place = {"rounds": [1.0], "first_call": 1.0}, tmp_path / "result.json"
    both, alone = [{"seconds": {"certifield": timed, "peer": timed}}], [{"seconds": {"certifield": timed}}]
    chosen = argparse.Namespace(json=place, small=False)
    for measurements, kept in ((alone, False), (both, False), (alone, True), (both, False), ([{"program": "certifield"}, *both], False)):
        before = place.read_bytes() if place.exists() else b""
        timing.write(chosen, "a claim", measurements)
        assert ("stays as it was: it has peer," in capsys.readouterr().out) == kept
        assert (place.read_bytes() == before) == kept or not kept
    assert timing.programs(json.loads(place.read_text(encoding="utf-8"))) == {"certifield", "peer"}


def test_one_run_of_all_finds_the_peers_that_are_there(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(FOLDER)
    run_all = importlib.import_module("run_all")
    (file := tmp_path / "equintk" / "equintk" / "ntk.py").parent.mkdir(parents=True)
    file.touch()
    line, missing = run_all.command("training", tmp_path, ["--small"])
    assert line == [sys.executable, str(FOLDER / "training.py"), "--equintk", str(file), "--small"] and not missing
    line, missing = run_all.command("kolmogorov_arnold", tmp_path, [])
    assert line[0] == sys.executable and missing == ["efficient-kan/src/efficient_kan/kan.py", "together/bin/python"]
    assert run_all.command("ribbon", None, []) == ([sys.executable, str(FOLDER / "ribbon.py")], [])


def test_the_table_at_the_top_says_where_we_lose(monkeypatch):
    """A loss is one in every round; where rounds differ it is even."""
    monkeypatch.syspath_prepend(FOLDER)
    page = importlib.import_module("_page_summary")
    seconds = {"certifield": {"rounds": [1.0, 2.0], "median": 1.5}}
    for theirs, judged in (([2.0, 5.0], ""), ([2.0, 1.0], "even"), ([0.5, 1.0], "**we lose**")):
        assert page._judged(page.raced({**seconds, "peer": {"rounds": theirs}}, "peer").ratio) == judged
