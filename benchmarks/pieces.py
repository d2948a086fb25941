"""Many pieces in one directory tree: opened, merged and verified with memory that does not grow; a census of thousands looked through.

Two studies are written without flushing to the disc: draws in four cases, whose pieces hold sixteen sub-sums each, and a census with a
certificate for every case.  What is done with the draws is done in a fresh process each, which says its own peak of memory.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from _timing import options, race, write

from certifield import engine
from certifield.engine._piece import certificates_of, encode
from certifield.evidence import to_json
from certifield.study import Budget

DRAWS = """
import numpy as np
from certifield.evidence import Estimate, Exact
from certifield.streams import BlockSums, jackknife
from certifield.study import Blocks, Case, Found, Options, Study, groups, piece_of_sums

def piece(task, options):
    numbers = np.random.default_rng(task.seed).normal(size=(16, 4))
    size = STUDY.steps.size(task.case, task.step) // 16
    return piece_of_sums([BlockSums(size, row, abs(row), abs(row)) for row in numbers])

def read(case, pieces, options):
    mean, deviations = jackknife(groups(pieces), lambda sums, count: sums / count[:, None])
    yield "mean", Found(Estimate(mean, {case.name: deviations}, 1, 128, 0, "sums", "float64"), Exact(np.zeros(4), "symmetry"))

cases = [Case(f"case-{number}") for number in range(4)]
STUDY = Study(options=Options, cases=lambda options: cases, piece=piece, read=read, steps=Blocks(operations=65536))
"""
CENSUS = """
from certifield.evidence import Certified, Unknown, certificate_of_braid_moves
from certifield.study import Case, Found, Options, Rounds, Study

class Knots(Options):
    count: int

def piece(task, options):
    letters = list(range(1, 6 + task.case.data["number"] % 20))
    return {"proof": certificate_of_braid_moves(letters, len(letters) + 1, [["D", letter] for letter in reversed(letters)])}

def read(case, pieces, options):
    yield "unknot", Found(Certified(pieces[9]["proof"]) if 9 in pieces else Unknown({}))

def cases(options):
    return [Case(f"{number % 50:02}/knot-{number:05}", {"number": number}, f"group {number % 10}") for number in range(options.count)]

STUDY = Study(options=Knots, cases=cases, piece=piece, read=read, steps=Rounds(), about=lambda *asked: True)
"""
COLUMNS = ("seconds", "processor_seconds", "peak_mebibytes")
WHAT = {
    "open and count": "print(sum(len(opened.store.steps(case)) for case in opened.cases))",
    "run, nothing to do": "print(engine.run(directory, Budget(draws=65536 * steps), workers=0).done)",
    "merge": "print(len(engine.answer(directory).readings))",
    "verify": "print(engine.verify(directory, again=0).accepted)",
}
PROGRAM = """
import re, sys, time
from certifield._one_thread import prepare_process
prepare_process()
from certifield import engine
from certifield.study import Budget
directory, steps = sys.argv[1], int(sys.argv[2])
started = time.perf_counter(), time.process_time()
opened = engine.open_study(directory)
{what}
print(time.perf_counter() - started[0], time.process_time() - started[1])
# Not ru_maxrss: Linux hands the peak of the parent down to a new process.
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) / 1024)
"""


def written(folder: Path, text: str, **options: object) -> engine.Opened:
    """The study, without pieces."""
    (folder / "asks.py").write_text(text)
    return engine.create(engine.ask(folder / "asks.py", options=options), folder / "run")


def fill(opened: engine.Opened, steps: list[int]) -> None:
    """Makes all pieces of these steps, and writes them as they are, unflushed."""
    from certifield.engine._work import compute

    for case in opened.cases:
        opened.store.path(case, 0).parent.mkdir(parents=True, exist_ok=True)
        for step in steps:
            piece = compute(opened, case, step)
            for sha, certificate in ((engine.certificate_id(one), one) for one in certificates_of(piece).values()):
                path = opened.directory / "certificates" / f"{sha}.json"
                if not path.exists():
                    path.write_text(engine._piece.canonical(to_json(certificate)))
            opened.store.path(case, step).write_bytes(encode(opened.digest, case, step, piece))


def with_draws(folder: Path, pieces: int) -> list[dict]:
    """Seconds and peak memory of each task, with a quarter of the pieces and with all."""
    opened, rows = written(folder, DRAWS), []
    done = 0
    for steps in (pieces // 16, pieces // 4):
        fill(opened, list(range(done, steps)))
        done = steps
        for task, what in WHAT.items():
            command = [sys.executable, "-c", PROGRAM.format(what=what), str(opened.directory), str(steps)]
            numbers = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-3:]
            rows.append({"task": task, "pieces": 4 * steps, **dict(zip(COLUMNS, map(float, numbers), strict=True))})
            told = ", ".join(f"{rows[-1][name]:.1f} {name.replace('_', ' ')}" for name in COLUMNS)
            print(f"{4 * steps} pieces, {task}: {told}", flush=True)
    return rows


def with_cases(folder: Path, count: int, repeats: int) -> dict:
    """Seconds of what is looked at in a census."""
    opened = written(folder, CENSUS, count=count)
    fill(opened, [9])
    directory = opened.directory
    programs = {
        "open": lambda turn: engine.open_study(directory),
        "answer": lambda turn: engine.answer(directory),
        "standing": lambda turn: engine.standing(engine.open_study(directory)),
        "run, nothing to do": lambda turn: engine.run(directory, engine.LastRun.load(directory).budget, workers=1),
        "verify, every certificate replayed": lambda turn: engine.verify(directory, again=0),
    }
    engine.LastRun(Budget(rounds=(9,))).save(directory)
    seconds = race(programs, repeats)
    for name, timing in seconds.items():
        print(f"census of {count}, {name}: {timing['median']:.2f} s", flush=True)
    return {"task": "census", "cases": count, "seconds": seconds}


def main() -> None:
    """Measures, prints, writes."""
    chosen = options(__doc__, __file__, pieces=200_000, cases=3000, repeats=5)
    pieces, cases, repeats = (160, 20, 2) if chosen.small else (chosen.pieces, chosen.cases, chosen.repeats)
    with tempfile.TemporaryDirectory() as census, tempfile.TemporaryDirectory() as draws:
        measurements = [with_cases(Path(census), cases, repeats), {"task": "draws", "rows": with_draws(Path(draws), pieces)}]
    write(chosen, "Memory does not grow with pieces; a census of thousands is looked through in seconds", measurements)


if __name__ == "__main__":
    main()
