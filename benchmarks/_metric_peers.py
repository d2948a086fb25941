"""Metrics that another program has made, judged on our points; and how long it took."""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from _timing import spread

from certifield.geometry import LocalGeometry, Points, Variety, quality

QUIET = {"OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "2", "CYMETRIC_FRAMEWORK": "tensorflow"}
VISITS = 2  # of a point from one metric that is kept to the next: in the two phases of an epoch of cymetric, in two epochs of cymyc


@dataclass(frozen=True, eq=False)
class Told:
    """A metric of the class 1 that is known at ``points`` alone."""

    points: Points
    g: np.ndarray
    kaehler: tuple[Fraction, ...] = (Fraction(1),)

    @property
    def variety(self) -> Variety:
        """What the points lie on."""
        return self.points.variety

    def metric(self, local: LocalGeometry) -> np.ndarray:
        """The rows of these points, which follow one another."""
        start = int(np.flatnonzero((self.points.z == local.z[0]).all(axis=1))[0])
        assert np.array_equal(self.points.z[start : start + len(local)], local.z)
        return self.g[start : start + len(local)]


def judged(points: Points, g: np.ndarray) -> dict[str, float | None]:
    """Sigma by the formula of `quality`, and its error by draw; the share of points where g is positive; the volume.

    `quality` withholds sigma where g is not positive at some point; here it is told all the same, without an error.
    """
    ratio, w = np.linalg.det(g).real / points.omega, points.weights
    sigma = float(np.average(np.abs(1 - ratio / np.average(ratio, weights=w)), weights=w))
    found = quality(Told(points, g), points, ricci=0, certify=False)
    whole = found.positive.successes == found.positive.trials
    if whole and not np.isclose(sigma, float(found.sigma.mean), rtol=1e-9, atol=0):
        raise AssertionError(f"sigma is {sigma} by the formula and {found.sigma.mean} by quality")
    error = float(found.sigma.stderr) if whole else None
    return {"sigma": sigma, "error": error, "positive": found.positive.value, "volume": float(found.volume.mean)}


def asked_of(python: str, peer: str, question: dict[str, Any], points: Points) -> dict[str, Any]:
    """What a peer answers in a process of its own; ``curves``: for each seed its metrics, judged."""
    with tempfile.TemporaryDirectory() as folder:
        at, to = Path(folder) / "at.npz", Path(folder) / "to.npz"
        np.savez(at, z=points.z, tangents=points.local.tangents)
        script = str(Path(__file__).with_name(f"_{peer}_peer.py"))
        told = json.dumps(question | {"at": str(at), "to": str(to)})
        done = subprocess.run([python, script, told], capture_output=True, text=True, check=False, env=os.environ | QUIET)
        if done.returncode:
            raise RuntimeError(f"{peer} failed:\n{done.stderr[-3000:]}")
        answer = json.loads(done.stdout.rpartition("ANSWER")[2])
        with np.load(to) as file:
            metrics = iter(file["g"])
    curves = []
    for run in answer.pop("runs"):
        steps = zip(run.pop("epochs"), run.pop("seconds"), strict=True)
        size = run.pop("points")
        rows = [{"setting": epoch, "points": size, "seconds": s, **judged(points, next(metrics))} for epoch, s in steps]
        curves.append(run | {"rows": rows})
    return answer | {"curves": curves}


def timing(rounds: Sequence[float]) -> dict[str, Any]:
    """Rounds as `race` has them: the first, which compiles, is kept apart."""
    return {"first_call": rounds[0], "rounds": list(rounds[1:]), **spread(rounds[1:])}


def epochs(curves: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Seconds of a peer's training for 1000 points; the first stretch of each seed, which compiles, is left out, but for one kept apart."""
    gaps = [np.diff([one["seconds"] for one in curve["rows"]]) / (curve["rows"][0]["points"] * VISITS / 1000) for curve in curves]
    return timing([float(gaps[0][0]), *(float(one) for gap in gaps for one in gap[1:])])
