"""Programs timed side by side, and the machine that they ran on."""

import argparse
import importlib.metadata
import json
import os
import platform
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).parent / "results"


def options(description: str, script: str, **sizes: int) -> argparse.Namespace:
    """What every benchmark is asked: its size, where its JSON goes, and ``sizes`` of its own with their defaults.

    Holds the process to one core, so that speeds are speeds per core.
    """
    if hasattr(os, "sched_setaffinity"):  # before JAX counts the cores
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="sizes that only show that it runs; not for quoting")
    parser.add_argument("--json", type=Path, help="where the result is written (default: benchmarks/results, for the full size)")
    for name, size in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=size, help=f"default: {size}")
    chosen = parser.parse_args()
    if chosen.json is None and not chosen.small:
        chosen.json = RESULTS / f"{Path(script).stem}.json"
    return chosen


def spread(values: Any) -> dict[str, float]:
    """Median, smallest and largest."""
    return {"median": float(np.median(values)), "min": float(np.min(values)), "max": float(np.max(values))}


def race(
    programs: Mapping[str, Callable[[int], Any]], repeats: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, dict[str, Any]]:
    """Seconds of each program, called with the number of the round; on the clock, or of the processor (``time.process_time``).

    Rounds go A B C, A B C, ...: what else the machine does meets all programs alike.  The first call of each is kept apart: it compiles.
    """
    first, rounds = {}, {name: [] for name in programs}
    for name, program in programs.items():
        first[name] = _seconds(program, 0, clock)
    for turn in range(1, repeats + 1):
        for name, program in programs.items():
            rounds[name].append(_seconds(program, turn, clock))
    return {name: {"first_call": first[name], "rounds": rounds[name], **spread(rounds[name])} for name in programs}


def _seconds(program: Callable[[int], Any], turn: int, clock: Callable[[], float]) -> float:
    started = clock()
    program(turn)
    return clock() - started


def write(chosen: argparse.Namespace, claim: str, measurements: list[dict[str, Any]]) -> None:
    """One JSON file: the claim, the machine, the versions, the measurements, and what the process took; times in seconds."""
    if chosen.json is None:
        return
    packages = ("certifield", "jax", "jaxlib", "equinox", "numpy", "scipy")
    record = {
        "claim": claim,
        "small": chosen.small,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "cores_used": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "load_at_end": os.getloadavg()[0],
        "processor_seconds": sum(os.times()[:4]),
        "versions": {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in packages},
        "measurements": measurements,
    }
    chosen.json.parent.mkdir(parents=True, exist_ok=True)
    if lost := lost_programs(chosen.json, record):  # a machine without the peers says nothing about them
        print(f"{chosen.json.name} stays as it was: it has {', '.join(sorted(lost))}, which this run has not; delete it to write anew")
        return
    chosen.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def lost_programs(path: Path, record: dict[str, Any]) -> set[str]:
    """Programs that the result at ``path`` has timed, and ``record`` has not."""
    return programs(json.loads(path.read_text(encoding="utf-8"))) - programs(record) if path.exists() else set()


def programs(found: Any) -> set[str]:
    """Names of programs in a result, however deep: of timings, and where measurements name their program."""
    if isinstance(found, list):
        return set().union(*map(programs, found)) if found else set()
    if not isinstance(found, dict):
        return set()
    named = {found["program"]} if isinstance(found.get("program"), str) else set()
    return named.union({name for name, one in found.items() if isinstance(one, dict) and "rounds" in one}, *map(programs, found.values()))


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
