"""What the page says of the frame of all studies."""

from typing import Any

from _page_tables import machine, table

PIECES = """
## Studies of many pieces

A directory of {pieces} pieces, each with sixteen sub-sums, in four cases, and a quarter of them; {machine}.
Every task is done by a process of its own.
What a directory takes to open, count and merge hardly grows with the pieces; `verify` returns a check for each.
"""


def pieces(record: dict[str, Any]) -> str:
    """Processor seconds and memory of what is done with a directory."""
    rows = next(part for part in record["measurements"] if part["task"] == "draws")["rows"]
    lines = [
        [row["task"], str(row["pieces"]), f"{row['processor_seconds']:.1f}", f"{row['peak_mebibytes']:.0f} MiB"]
        for row in sorted(rows, key=lambda row: (row["task"], row["pieces"]))
    ]
    told = PIECES.format(pieces=max(row["pieces"] for row in rows), machine=machine(record))
    return told + "\n" + table(["", "pieces", "processor seconds", "peak memory"], lines)
