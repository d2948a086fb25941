"""What to write instead: one line of TOML for every key of a study file."""

import difflib
import re
from typing import Any

from ._shipped import shipped

_EXAMPLES = {
    "title": 'title = "My study"',
    "seed": "seed = 1",
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


def example(place: tuple[int | str, ...]) -> str:
    """A line that is right for the key at ``place``, or the name of a study that is right as a whole."""
    named = [part for part in place if part in _EXAMPLES]
    return _EXAMPLES[str(named[-1])] if named else f"the study {min(shipped())}, which certifield show prints"


def remedy(place: tuple[int | str, ...], problem: dict[str, Any]) -> str:
    """What to do about a ``problem`` of pydantic's: the word that was meant if one is close, else an example."""
    if problem["type"] == "literal_error":
        allowed = re.findall(r"'([^']*)'", str(problem["ctx"]["expected"]))
        close = difflib.get_close_matches(str(problem["input"]), allowed, n=1, cutoff=0.5)
        if close:
            return f"did you mean {close[0]!r}?"
    if problem["type"] == "finite_number":
        return f"replace it by a finite number; {example(place)} would do"
    return f"try {example(place)}"
