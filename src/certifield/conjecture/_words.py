"""Objects, rows and dead statements in words."""

from collections.abc import Mapping
from typing import Any

from ._bound import Bound
from ._table import Interval, Table


def called(thing: Any) -> str:
    """What an object is called: a simple graph by its graph6, anything else as it prints itself."""
    if type(thing).__module__.startswith("networkx."):
        import networkx

        if type(thing) is networkx.Graph and not networkx.number_of_selfloops(thing) and len(thing):
            return f"graph6 {networkx.to_graph6_bytes(thing, header=False).decode().strip()}"
    return str(thing)


def number(interval: Interval) -> str:
    """A fraction, or the two between which it lies."""
    low, high = interval
    return str(low) if low == high else f"{float(low):.8g}..{float(high):.8g}"


def values(table: Table, row: int, bound: Bound) -> dict[str, str]:
    """The numbers that a bound speaks of in a row."""
    return {name: number(table.columns[name][row]) for name in (bound.target, *(name for name, factor in bound.terms if factor))}


def refutation(table: Table, row: int, bound: Bound) -> str:
    """``1 >= 3/2 is false, alpha = 1, n = 5``."""
    numbers: Mapping[str, Interval] = {name: table.columns[name][row] for name in values(table, row, bound)}
    told = ", ".join(f"{name} = {value}" for name, value in values(table, row, bound).items())
    return f"{number(numbers[bound.target])} {bound.relation} {number(bound.right(numbers))} is false, {told}"
