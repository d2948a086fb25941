"""What to write instead: one line of TOML for every key of a study file."""

import difflib
import re
from collections.abc import Mapping
from typing import Any

from ._shipped import shipped

_OF_ALL = {"title": 'title = "My study"', "seed": "seed = 1"}
_EXAMPLES = {
    **_OF_ALL,
    "precision": 'precision = "float64"',
    "system": "a table [[system]]",
    "name": 'name = "erf-d1", of letters, digits and _ . + = -',
    "ensemble": 'ensemble = "erf_net"',
    "parameters": "parameters = {sigma_b = 0.3}",
    "widths": "widths = [20, 100]",
    "points": "points = [[-1.0], [1.0]]",
    "orders": "orders = [2, 4]",
    "indices": "indices = {4 = [[0, 0, 1, 1]]}",
    "connected": "connected = true",
    "methods": 'methods = ["neuron", "network-wick"]',
    "budget": "a table [budget] with draws = 100000",
    "draws": "draws = 100000",
    "neurons": "neurons = 10000000",
    "stderr": "stderr = 0.001",
    "seconds": "seconds = 60",
    "block_size": "block_size = 1024",
    "neuron": "neuron = {draws = 100000}",
    "network-wick": "network-wick = {draws = 100000}",
    "network-kstat": "network-kstat = {draws = 100000}",
}


def example(place: tuple[int | str, ...], examples: Mapping[str, str] | None = None) -> str:
    """A line that is right for the key at ``place``, or what is right as a whole."""
    known = _EXAMPLES if examples is None else {**_OF_ALL, **examples}
    named = [part for part in place if part in known]
    if named:
        return known[str(named[-1])]
    return f"the study {min(shipped())}, which certifield show prints" if examples is None else "what docs/censuses.md shows"


def remedy(place: tuple[int | str, ...], problem: dict[str, Any], examples: Mapping[str, str] | None = None) -> str:
    """What to do about a ``problem`` of pydantic's: the word that was meant if one is close, else an example."""
    if problem["type"] == "literal_error":
        allowed = re.findall(r"'([^']*)'", str(problem["ctx"]["expected"]))
        close = difflib.get_close_matches(str(problem["input"]), allowed, n=1, cutoff=0.5)
        if close:
            return f"did you mean {close[0]!r}?"
    if problem["type"] == "finite_number":
        return f"replace it by a finite number; {example(place, examples)} would do"
    return f"try {example(place, examples)}"
