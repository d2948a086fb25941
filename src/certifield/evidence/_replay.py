"""The registry of checkers, and the two ways of asking one: here, or in a process of its own.

A checker is loaded from its file alone, so that nothing of Certifield, least of all what made the witness, can lend it a hand.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from ._errors import InputError

_FOLDER = Path(__file__).parent / "checkers"

CHECKERS = {
    "area-bound@1": "area_bound_1.py",
    "coincident-cumulant@1": "coincident_cumulant_1.py",
    "different-plumbing@1": "different_plumbing_1.py",
    "equal-zero-surgery@1": "equal_zero_surgery_1.py",
    "kaehler-potential@1": "kaehler_potential_1.py",
    "graph-spectral@1": "graph_spectral_1.py",
    "monad-topology@1": "monad_topology_1.py",
    "negative-direction@1": "negative_direction_1.py",
    "not-slice-lattice@1": "lattice_1.py",
    "not-slice-seifert@1": "seifert_form_1.py",
    "not-unknot-jones@1": "jones_1.py",
    "not-unknot-seifert@1": "seifert_form_1.py",
    "positive-definite@1": "positive_definite_1.py",
    "rasmussen@1": "rasmussen_1.py",
    "not-split-colouring@1": "not_split_1.py",
    "ribbon@1": "planar_moves_1.py",
    "same-plumbing@1": "same_plumbing_1.py",
    "split-moves@1": "planar_moves_1.py",
    "table-statements@1": "table_statements_1.py",
    "tree-section@1": "tree_section_1.py",
    "twisted-alexander@1": "twisted_alexander_1.py",
    "unknot-braid@1": "unknot_braid_1.py",
    "unknot-group@1": "unknot_group_1.py",
    "unknot-moves@1": "planar_moves_1.py",
    "unlink-moves@1": "planar_moves_1.py",
}

# Where one program serves two names, each name is for one kind of claim.
KINDS = {
    "not-slice-seifert@1": "not slice",
    "not-unknot-seifert@1": "not the unknot",
    "ribbon@1": "ribbon",
    "split-moves@1": "split",
    "unknot-moves@1": "unknot",
    "unlink-moves@1": "unlink",
}


@dataclass(frozen=True)
class Verdict:
    """What a checker says of a certificate: ``reason`` names the first failing step, and is empty on acceptance."""

    accepted: bool
    reason: str
    steps: int
    seconds: float


def checker_path(checker: str) -> Path:
    """The file of a registered checker.  Raises `InputError` for one that is not."""
    if checker not in CHECKERS:
        raise InputError("checker", checker, f"one of {', '.join(CHECKERS)}", "replay it with the version of Certifield that wrote it")
    return _FOLDER / CHECKERS[checker]


def verdict_on(document: Mapping[str, object], *, isolated: bool, timeout: float | None) -> Verdict:
    """The verdict of the checker that a certificate names, given as plain JSON data; whatever goes wrong inside it is a rejection."""
    checker, claim = str(document["checker"]), document["claim"]
    path = checker_path(checker)
    kind = claim.get("kind") if isinstance(claim, Mapping) else None
    if kind != KINDS.get(checker, kind):
        return Verdict(False, f"{checker} is for claims of the kind {KINDS[checker]!r}", 0, 0.0)
    start = time.perf_counter()
    accepted, reason, steps = _ask_process(path, document, timeout) if isolated else _ask_here(path, document)
    printable = reason.encode("utf-8", "backslashreplace").decode()  # a reason may quote half a character of the certificate
    return Verdict(accepted, printable, steps, time.perf_counter() - start)


def canonical(document: Mapping[str, object]) -> str:
    """The one text of plain JSON data."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _ask_here(path: Path, document: Mapping[str, object]) -> tuple[bool, str, int]:
    try:
        accepted, reason, steps = loaded(path).check(document["claim"], document["value"], document["witness"])
    except Exception as error:  # a checker that stumbles over a witness has not accepted it
        return False, f"the checker stopped: {type(error).__name__}: {error}", 0
    return accepted is True, str(reason), int(steps)


@cache
def loaded(path: Path) -> ModuleType:
    """The checker as a module, from its file."""
    specification = importlib.util.spec_from_file_location(f"certifield_checker_{path.stem}", path)
    assert specification is not None and specification.loader is not None  # a .py file has a loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def _ask_process(path: Path, document: Mapping[str, object], timeout: float | None) -> tuple[bool, str, int]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "certificate.json"
        file.write_text(canonical(document), encoding="utf-8")
        command = [sys.executable, "-I", "-S", str(path), str(file)]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
        except subprocess.TimeoutExpired:
            return False, f"no verdict within {timeout} seconds", 0
    try:
        verdict = json.loads(answer.stdout)
        return answer.returncode == 0 and verdict["accepted"] is True, str(verdict["reason"]), int(verdict["steps"])
    except (ValueError, LookupError, TypeError):
        return False, f"the checker stopped with exit code {answer.returncode}: {answer.stderr[-200:]}", 0
