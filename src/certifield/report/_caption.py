"""What every figure says about where it comes from."""

import html
from collections.abc import Sequence

from ._measured import Measured, by
from ._notation import count, formula
from ._source import Source


def provenance(source: Source, rows: Sequence[Measured]) -> str:
    """Ensembles with their parameters, convention, seed, draws and study digest."""
    drawn = sorted({row.draws for row in rows if row.sampled})
    amount = "no draws" if not drawn else count(drawn[0]) if len(drawn) == 1 else f"{count(drawn[0])} to {count(drawn[-1])}"
    return (
        f'<span class="from"><b>Ensembles</b> {ensembles(rows)}. <b>Convention</b> {convention(source)}. '
        f"<b>Seed</b> {source.seed}. <b>Draws per row</b> {amount}. <b>Study</b> <code>{source.digest[:12]}</code>.</span>"
    )


def ensembles(rows: Sequence[Measured]) -> str:
    """The ensembles of ``rows`` with their parameters; systems that share both are named together."""
    shared: dict[str, list[str]] = {}
    for (system,), group in by(rows, "system").items():
        place = group[0].row
        shared.setdefault(f"<i>{html.escape(place.ensemble)}</i>{_bracketed(parameters(place.parameters))}", []).append(html.escape(system))
    return "; ".join(f"{text}: {', '.join(systems)}" if len(shared) > 1 else text for text, systems in shared.items())


def parameters(given: dict[str, object]) -> str:
    """Parameters by their symbols: ``sigma_w`` is s_w."""
    return ", ".join(f"{formula(name.replace('sigma_', 's_'))} = {_shown(value)}" for name, value in given.items() if name != "dim")


def convention(source: Source) -> str:
    """Variances and fan-in, per layer, as the catalogue states them."""
    return "; ".join(formula(line).replace(",  ", ", ") for line in source.conventions[:2])


def _bracketed(text: str) -> str:
    return f" ({text})" if text else ""


def _shown(value: object) -> str:
    return html.escape(f"{value:g}" if isinstance(value, float) else str(value))
