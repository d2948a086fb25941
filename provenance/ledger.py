"""The ledger of claims: runs every shipped study and writes down what it decides.

    python provenance/ledger.py [--quick] [STUDY ...]    the studies named, or all, in runs/ledger; then the files and the page
    python provenance/ledger.py --page                   docs/claims.md alone, from the files that are there

Directories that are there already are continued.  The files are AREA/claims.json beside the catalogues.
"""

import argparse
import sys
from pathlib import Path

from certifield import engine
from certifield.study._claim import VERDICTS

ROOT = Path(__file__).resolve().parents[1]
RUNS = ROOT / "runs" / "ledger"
PAGE = ROOT / "docs" / "claims.md"

HEAD = "\n".join(
    (
        "# The ledger of claims",
        "",
        "What the sources state, held against what the shipped studies find.",
        "A verdict is decided by evidence: *reproduced* where our finding agrees with what is printed, *corrected* where it agrees with "
        "the correction instead, *refuted* where it disagrees with both, *open* where the evidence does not decide.",
        "`certifield run STUDY` computes the findings of a study anew, `certifield claims DIR` shows what they decide, and `make ledger` "
        "writes this page.",
        "",
    )
)


def main() -> None:
    """Runs, records, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("studies", nargs="*")
    parser.add_argument("--quick", action="store_true", help="the quick settings: other digests than those of the shipped ledger")
    parser.add_argument("--page", action="store_true")
    given = parser.parse_args()
    if not given.page:
        engine.record([run(name, given.quick) for name in given.studies or engine.studies() if engine.ask(name).study.claims])
    PAGE.write_text(page(engine.ledger(), engine.untestable()), encoding="utf-8")
    print(PAGE.relative_to(ROOT))


def run(name: str, quick: bool) -> Path:
    """The directory of a study, run until its budget is spent."""
    directory = RUNS / (f"{name}-quick" if quick else name)
    engine.create(engine.ask(name, quick=quick), directory)
    progress = engine.run(directory)
    engine.answer(directory)
    print(f"{name}: {progress.done} pieces, {progress.elapsed:.0f} s", file=sys.stderr)
    return directory


def page(rows: list[dict], untestable: list[dict]) -> str:
    """The ledger as a page of the documentation."""
    lines = [HEAD, "| area | " + " | ".join(VERDICTS) + " |", "|---|" + "---:|" * len(VERDICTS)]
    lines += [f"| {area} | {' | '.join(str(counts[verdict]) for verdict in VERDICTS)} |" for area, counts in engine.summary(rows).items()]
    for study in dict.fromkeys(row["study"] for row in rows):
        lines += ["", f"## {engine.studies()[study].title}", "", f"`certifield run {study}`", ""]
        lines += ["| claim | source | states | we find | verdict |", "|---|---|---|---|---|"]
        lines += [_line(row) for row in rows if row["study"] == study]
    lines += ["", "## Not testable here", "", "Statements of the sources that no computation can decide, with the reason.", ""]
    lines += ["| claim | source | states | why not |", "|---|---|---|---|"]
    lines += [f"| {row['key']} | {row['source']} | {row['says']} | {row['reason']} |" for row in untestable]
    return "\n".join(lines) + "\n"


def _line(row: dict) -> str:
    found = "; ".join(part for part in (row["found"], engine.stated(row), row["note"]) if part)
    cells = (row["key"], row["source"], row["says"], found, f"**{row['verdict']}**")
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


if __name__ == "__main__":  # the worker processes import this file again
    main()
