"""What a study has not measured yet: quantities with too few blocks of draws for an error bar."""

import html
from collections.abc import Sequence

from ._html import fold, table
from ._measured import ENOUGH, Measured, blocks, by
from ._notation import correlator


def note(rows: Sequence[Measured]) -> str:
    """A note for the top of the page that says how to go on; nothing where no quantity waits."""
    waiting = {row.row.quantity: row for row in rows if row.waiting}
    if not waiting:
        return ""
    counts = sorted({row.row.blocks for row in waiting.values()})
    has = blocks(counts[0]) if len(counts) == 1 else f"{counts[0]} to {blocks(counts[-1])}"
    quantities = len({row.row.quantity for row in rows})
    whole = len(waiting) == quantities
    subject = "This study has" if whole else f"{len(waiting)} of the {quantities} quantities of this study have"
    missing = "Nothing is wrong with it" if whole else "Nothing is wrong with them"
    return (
        f'<aside class="note" role="note"><p><b>Not enough blocks yet.</b> {subject} {has} of draws where an error bar needs {ENOUGH}. '
        f"{missing}: continue with <code>certifield resume DIR</code> "
        "or give it more draws: <code>certifield resume DIR --draws NUMBER</code>.</p></aside>"
    )


def waiting_table(rows: Sequence[Measured]) -> str:
    """What waits for more blocks: system, correlator and method with their widths."""
    groups = by((row for row in rows if row.waiting), "system", "order", "method")
    if not groups:
        return ""
    head = ("system", "correlator", "method", "widths", f"blocks, of {ENOUGH}")
    lines = table(head, map(_line, groups.values()), "Not enough blocks yet: these have no error bar so far", "reasons")
    return fold(f"Not enough blocks yet: {len(groups)} rows", lines, len(groups))


def _line(rows: Sequence[Measured]) -> tuple[str, ...]:
    place, counts = rows[0].row, sorted({row.row.blocks for row in rows})
    return (
        f'<th scope="row">{html.escape(place.system)}</th>',
        correlator(place.order, place.connected),
        html.escape(place.method),
        f'<td class="list">{", ".join(str(row.row.width) for row in rows)}</td>',
        str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}",
    )
