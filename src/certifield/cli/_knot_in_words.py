"""What `certifield knot` prints: a table of invariants, the answers, what the literature says, and where the files are."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ._console import output, say

if TYPE_CHECKING:
    from certifield.evidence import Answer
    from certifield.topology.questions import Examination

ASKED = {"unknot": "the unknot?", "unlink": "the unlink?", "split": "split?", "slice": "slice?"}
TITLES = {"slope of the cusp": "natural slope"}  # as Davies, Juhasz, Lackenby and Tomasev call it; JSON keeps the name of version 1
INDENT = 13


def print_examination(found: "Examination", title: str, files: list[Path], known: str) -> None:
    """``known``: what the literature says of a slice knot where it is unknown here."""
    from rich import box
    from rich.table import Table

    from certifield.evidence import Certified, Unknown

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False)
    for heading in ("invariant", "value", "source"):
        table.add_column(heading)
    for name, value, source in found.invariants:
        table.add_row(TITLES.get(name, name), _shown(value), source)
    components = f"{found.diagram.components} components, " if found.diagram.components > 1 else ""
    say(f"{title}: {components}{_count(len(found.diagram.crossings), 'crossing')}, writhe {found.diagram.writhe}\n")
    output().print(table)
    say()
    for question, answer in found.answers.items():
        say(f"{ASKED[question]:<{INDENT - 1}} {_answer_in_words(question, answer, found)}")
    if found.topologically_slice_by_freedman and not isinstance(found.slice, Certified):
        say(f"{'':<{INDENT}}topologically slice, since its Alexander polynomial is 1 (Freedman)")
    if known:
        say(f"{'':<{INDENT}}the literature: {known}")
    unknown = [question for question, answer in found.answers.items() if isinstance(answer, Unknown)]
    if unknown:
        say(f"{'':<{INDENT}}{_next_step(known)}")
    say(f"\n{found.seconds:.1f} s.{'  Unknown is not no: it says what was spent in vain.' if unknown else ''}")
    for file in files:
        say(f"  {file}")
    if not any(file.suffix == ".svg" for file in files):
        say("No picture could be made in time; nothing else depends on it.")
    if any(file.stem in ASKED for file in files):
        say(f"Check the proofs again: certifield verify {files[0].parent}")


def _next_step(known: str) -> str:
    if known.startswith("not smoothly slice"):
        return "next: no time will find a disc, and no obstruction that is built in forbids one"
    return "next: more time (--seconds 300), another --seed, or another diagram of it"


def _shown(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "-", True: "yes", False: "no"}[value]
    return re.sub(r"(?<=\d) (?=t)", "\u00a0", str(value).removeprefix("Exact "))  # a term of a polynomial stays on its line


def _answer_in_words(question: str, answer: "Answer", found: "Examination") -> str:
    """Yes, no or unknown, why, and who checks it."""
    from certifield.evidence import Obstructed, Unknown
    from certifield.topology._words import proved

    if isinstance(answer, Unknown):
        return f"UNKNOWN, after {_spent(question, answer.spent, found.diagram.components == 1) or 'nothing: the time was over'}"
    word = "no, OBSTRUCTED" if isinstance(answer, Obstructed) else "yes, CERTIFIED"
    return f"{word}: {proved(answer.certificate)}   [{answer.certificate.checker}]"


def _spent(question: str, spent: Mapping[str, int], knot: bool) -> str:
    """The work in words; tests by their names, and nothing about what there was nothing of, such as twisted polynomials."""
    from certifield.topology.questions._slice import names_of_tests

    parts = []
    for name, number in spent.items():
        names = names_of_tests(question)[:number] if name == "tests" and knot else []
        if number:
            parts.append(_count(number, name.removesuffix("s")) + (f" ({', '.join(names)})" if names else ""))
    return ", ".join(parts)


def _count(number: int, thing: str) -> str:
    plural = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{number} {thing if number == 1 else plural}"
