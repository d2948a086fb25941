"""How the numbers were made, and how to make them again."""

import html
from collections.abc import Sequence

from ._html import details, table
from ._measured import Measured
from ._notation import count
from ._source import Source


def reproduce(source: Source, rows: Sequence[Measured]) -> str:
    """The identity, the versions, the question and the commands."""
    identity = {
        "study digest (sha256)": f"<code>{source.digest}</code>",
        "seed": str(source.seed),
        "precision": html.escape(source.precision),
    }
    versions = {html.escape(name): html.escape(version) for name, version in source.versions.items()}
    lines = [(f'<th scope="row">{name}</th>', f'<td class="why">{value}</td>') for name, value in {**identity, **versions}.items()]
    commands = (
        "<p>Save the question below as <code>study.toml</code>, then:</p>"
        "<pre>certifield run study.toml DIR\ncertifield verify DIR\ncertifield report DIR</pre>"
        "<p>The same question, seed and versions give the same digits, on one core or many, interrupted or not: every draw has an address "
        "of its own (seed, quantity, block, draw), and sums over blocks are exact before they are rounded once.</p>"
    )
    question = details("The question: study.toml", f"<pre>{html.escape(source.question)}</pre>", opened=False) if source.question else ""
    return (
        table(("what", "value"), lines, "Provenance", "reasons")
        + commands
        + question
        + details("Quantities: draws and blocks", _quantities(rows))
    )


def _quantities(rows: Sequence[Measured]) -> str:
    unique = {row.row.quantity: row.row for row in rows}
    lines = [
        (f'<th scope="row">{html.escape(name)}</th>', place.method, count(place.draws), str(place.blocks)) for name, place in unique.items()
    ]
    return table(("quantity", "method", "draws", "blocks"), lines, "What was drawn: one random stream per quantity", "numbers")
