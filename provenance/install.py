"""What an installation costs and holds: sizes by extra, the versions that pass the core tests, what answers without extras.

    python provenance/install.py FOLDER                       everything, in fresh environments below FOLDER
    python provenance/install.py FOLDER --only versions       one part: sizes, versions or answers
    python provenance/install.py --page                       the tables of docs/install.md alone, from the record

The source distribution is built from this checkout, the wheel from the source distribution, and the wheel is installed; packages come from
the index that uv is set up for.  The record is provenance/install.json, written after every row.  Sizes take two minutes, the first
answers as long, each set of versions seven minutes of a processor.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RECORD = Path(__file__).with_suffix(".json")
PAGE = ROOT / "docs" / "install.md"

CORE = ("evidence", "streams", "ensembles", "layers", "correlators", "kernels", "study", "engine")  # folders of tests
TOOLS = ("pytest", "pytest-xdist", "pytest-timeout", "hypothesis", "beartype", "threadpoolctl", "mpmath", "networkx", "sympy")
SETS = (("oldest", "3.11"), ("current", "3.11"), ("current", "3.13"))  # of versions, each with a Python
SHOWN = ("jax", "numpy", "equinox", "scipy", "diffrax", "optax", "pydantic", "typer")
LARGEST = 6
BRINGS = {
    "knots": "knots by name, their invariants and discs, moves of diagrams, hyperbolic structures; plumbing",
    "dask": "studies on a cluster of Dask",
    "sampling": "tilted and interacting ensembles by the no-U-turn sampler",
    "precision": "numbers of any length, and balls: actions at close points, conformal blocks, ranks of whole numbers",
    "models": "scans of bundles, ranks over finite fields, environments of Gymnasium, quadratic programs",
    "toric": "triangulations of polytopes; holds `models`",
    "data": "handwritten digits, learners of tables",
    "symbolic": "formulas from networks and for tables",
    "equivariance": "representations of O(3)",
    "flows": "couplings of flows of lattice fields",
}


def said(*line: object, **options: object) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run([*map(str, line)], capture_output=True, text=True, check=False, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, line))}\n{done.stdout}{done.stderr}")
    return done.stdout


def uv(*line: object) -> str:
    """What uv says."""
    return said(sys.executable, "-m", "uv", "--quiet", *line)


class Environment:
    """A fresh virtual environment, without pip, with the wheel in it."""

    def __init__(
        self, folder: Path, python: str, wheel: Path, *requirements: str, extra: str = "", constraints: Path | None = None
    ) -> None:
        self.folder, self.python = folder, folder / "bin" / "python"
        uv("venv", "--clear", "--no-python-downloads", "--python", python, folder)
        what = f"certifield[{extra}] @ file://{wheel}" if extra else f"certifield @ file://{wheel}"
        uv("pip", "install", "--python", self.python, *(("-c", constraints) if constraints else ()), what, *requirements)

    def versions(self) -> dict[str, str]:
        """Name and version of every package."""
        return {one["name"]: one["version"] for one in json.loads(uv("pip", "list", "--python", self.python, "--format", "json"))}

    def megabytes(self) -> int:
        """What ``du -sm`` counts."""
        return int(said("du", "-sm", self.folder).split()[0])

    def largest(self) -> dict[str, int]:
        """The largest folders of packages; libraries that a package brings are counted as its own."""
        found: dict[str, int] = {}
        for folder in (self.folder / "lib").glob("python*/site-packages/*"):
            name = folder.name.removesuffix(".libs")
            found[name] = found.get(name, 0) + int(said("du", "-sk", folder).split()[0])
        return {name: round(found[name] / 1024) for name in sorted(found, key=found.__getitem__, reverse=True)[:LARGEST]}


def build(folder: Path) -> Path:
    """The wheel, built from the source distribution."""
    uv("build", "--out-dir", folder / "dist", ROOT)
    return max((folder / "dist").glob("*.whl"))


def extras() -> list[str]:
    """Names of the extras for users, in the order of ``pyproject.toml``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [name for name in project["optional-dependencies"] if name not in ("dev", "docs")]


def sizes(folder: Path, wheel: Path, record: dict) -> None:
    """The base install, plain and with its bytecode, and what each extra adds to it."""
    base = Environment(folder / "base", "3.11", wheel)
    found = {"megabytes": base.megabytes(), "packages": len(base.versions()), "largest": base.largest()}
    subprocess.run([base.python, "-m", "compileall", "-q", base.folder / "lib"], capture_output=True, check=False)
    record["base"] = found | {"compiled_megabytes": base.megabytes(), "date": today()}
    record["extras"] = {}
    for extra in extras():
        one = Environment(folder / f"extra-{extra}", "3.11", wheel, extra=extra)
        added, packages = one.megabytes() - found["megabytes"], len(one.versions()) - found["packages"]
        record["extras"][extra] = {"megabytes": added, "packages": packages}
        print(f"{extra}: {added} MB, {packages} packages", flush=True)
        write(record)


def versions(folder: Path, wheel: Path, record: dict, only: str | None = None) -> None:
    """The core tests with the oldest versions that are allowed, and with the current ones; of one Python alone if it is given."""
    kept = record.setdefault("versions", {})
    for which, python in (one for one in SETS if only in (None, one[1])):
        pins = folder / "oldest.txt"
        if which == "oldest":
            uv("pip", "compile", ROOT / "pyproject.toml", "--python-version", python, "--resolution", "lowest-direct", "-o", pins)
        try:
            one = Environment(folder / f"{which}-{python}", python, wheel, *TOOLS, constraints=pins if which == "oldest" else None)
        except SystemExit as error:
            print(f"{which}, Python {python}: {error}", flush=True)
            continue
        kept[f"{which}, Python {python}"] = row = {"date": today(), "load": os.getloadavg()[0]} | core_tests(one, folder / "cache")
        found = one.versions()
        row["versions"] = {"python": said(one.python, "-c", "import platform; print(platform.python_version())").strip()}
        row["versions"] |= {name: found[name] for name in SHOWN}
        print(f"{which}, Python {python}: {row['passed']} passed, {row['failed']} failed", flush=True)
        write(record)


def core_tests(one: Environment, cache: Path) -> dict[str, float]:
    """How many of the core tests pass in an environment, and the processor seconds that they take."""
    folders = [f"tests/{name}" for name in CORE]
    before = os.times()
    done = subprocess.run(
        [one.python, "-m", "pytest", "-q", "-m", "not slow", "-p", "no:cacheprovider", *folders],
        cwd=ROOT, env=os.environ | {"JAX_COMPILATION_CACHE_DIR": str(cache)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    after = os.times()
    (one.folder.parent / f"{one.folder.name}.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    closing = done.stdout.strip().splitlines()[-1]
    counts = {word: int(count) for count, word in re.findall(r"(\d+) (passed|failed|error|deselected)", closing)}
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return {
        "passed": counts.get("passed", 0),
        "failed": counts.get("failed", 0) + counts.get("error", 0) + (done.returncode not in (0, 1)),
        "processor_seconds": round(spent),
    }


def commands() -> list[str]:
    """The first commands of the subjects in the README, those that need no file of the reader's."""
    return re.findall(r"\| `certifield ((?:run|knot) [^`]+)` \|", (ROOT / "README.md").read_text(encoding="utf-8"))


def first_answers(folder: Path, wheel: Path, record: dict) -> None:
    """What the base install does with the first command of each subject: it answers, or says which extra is needed."""
    base = Environment(folder / "base-answers", "3.11", wheel)
    record["answers"] = {}
    for number, command in enumerate(commands()):
        where = [folder / f"answer-{number}"] if command.startswith("run") else []
        line = [base.python, "-m", "certifield", *command.split(), *where]
        done = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)
        extra = re.search(r"certifield\[(\w+)\]", done.stderr)
        if done.returncode == 2 and extra and "Traceback" not in done.stderr:
            told = f"extra `{extra[1]}`"
        else:
            told = "nothing more" if done.returncode == 0 else f"exit code {done.returncode}: {done.stderr.strip()[-300:]}"
        record["answers"][command] = told
        print(f"{command}: needs {told}", flush=True)
        write(record)


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def write(record: dict) -> None:
    """The record, and the tables of the page."""
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), record), encoding="utf-8")


def page(text: str, record: dict) -> str:
    """The page with its tables made anew, each between two markers of its name."""
    for name, table in {"sizes": sizes_table, "versions": versions_table, "answers": answers_table}.items():
        begin, end = f"<!-- {name}: made by provenance/install.py -->\n", f"<!-- end of {name} -->\n"
        before, found, rest = text.partition(begin)
        if not found:
            raise ValueError(f"{PAGE.name} has no line {begin}")
        text = before + begin + table(record) + end + rest.partition(end)[2]
    return text


def sizes_table(record: dict) -> str:
    """The base install and its largest packages, then what each extra adds."""
    if "base" not in record:
        return ""
    base = record["base"]
    largest = ", ".join(f"{name} {size}" for name, size in base["largest"].items())
    lines = ["| | what it brings | MB | packages |", "|---|---|---:|---:|"]
    lines.append(f"| base | arrays, solvers, the command line, reports; largest: {largest} | {base['megabytes']} | {base['packages']} |")
    bytecode = base["compiled_megabytes"] - base["megabytes"]
    lines.append(f"| | bytecode of all that, which pip writes at once and Python at the first use | + {bytecode} | |")
    lines += [f"| `{name}` | {BRINGS[name]} | + {row['megabytes']} | + {row['packages']} |" for name, row in record["extras"].items()]
    return "\n".join(lines) + "\n"


def versions_table(record: dict) -> str:
    """One row for each set of versions."""
    lines = ["| versions | " + " | ".join(SHOWN) + " | passed | failed |", "|---|" + "---|" * len(SHOWN) + "---:|---:|"]
    for row, found in record.get("versions", {}).items():
        which, name = row.split(", ")[0], found["versions"]
        cells = [f"{which}, Python {name['python']}", *(name[one] for one in SHOWN), str(found["passed"]), str(found["failed"])]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def answers_table(record: dict) -> str:
    """The first commands and what they need."""
    lines = ["| command | needs |", "|---|---|"]
    lines += [f"| `certifield {command}` | {told} |" for command, told in record.get("answers", {}).items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measures, records, writes the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="a folder outside the project, which may be deleted afterwards")
    parser.add_argument("--only", choices=("sizes", "versions", "answers"))
    parser.add_argument("--python", help="of the versions, those with this Python alone, as in 3.13")
    parser.add_argument("--page", action="store_true")
    given = parser.parse_args()
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    if not given.page:
        if given.folder is None:
            parser.error("a folder for the environments is needed, as in: python provenance/install.py /tmp/install")
        folder = given.folder.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        wheel = build(folder)
        for name, part in {"sizes": sizes, "versions": versions, "answers": first_answers}.items():
            if given.only in (None, name):
                part(folder, wheel, record, *([given.python] if part is versions else []))
    write(record)


if __name__ == "__main__":
    main()
