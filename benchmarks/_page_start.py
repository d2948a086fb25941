"""What the page says of fresh processes."""

from typing import Any

from _page_tables import bracket, machine, show, table

START = """
## Starting

Fresh processes, each beside a plain one that is started in the same round; seconds on the clock, {machine}, load {load}.
No compiled program is kept from one to the next.

"""
SHORT = {"python": "`python -c pass`", "jax": "`import jax`", "erf": "a compiled erf"}


def start_up(record: dict[str, Any]) -> str:
    """Seconds, the goal, and the ratio to the plain process, on the clock and of the processor."""
    lines = [
        [
            row["task"],
            bracket(row["seconds"]),
            show(row["processor_seconds"]["median"]),
            show(row["goal"]) if row["goal"] else "",
            SHORT[row["plain"]],
            bracket(row["ratio"]),
            bracket(row["processor_ratio"]),
        ]
        for row in record["measurements"]
        if "ratio" in row
    ]
    head = ["starts", "seconds", "of the processor", "goal", "beside", "ratio", "of processor seconds"]
    return START.format(machine=machine(record), load=show(record["load_at_end"])) + table(head, lines)
