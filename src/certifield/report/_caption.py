"""What every figure says about where it comes from."""

import html
from collections.abc import Mapping, Sequence

from ._measured import Measured, by
from ._notation import count, formula
from ._source import Source, is_named


def provenance(source: Source, rows: Sequence[Measured], drawn: str = "") -> str:
    """Ensembles with their parameters, convention, seed, draws and study digest; ``drawn`` in place of the draws of the rows."""
    return (
        f'<span class="from"><b>Ensembles</b> {ensembles(rows)}. <b>Convention</b> {convention(source, rows)}. '
        f"<b>Seed</b> {source.seed}. <b>Draws</b> {drawn or _draws(rows)}. <b>Study</b> <code>{source.digest[:12]}</code>.</span>"
    )


def _draws(rows: Sequence[Measured]) -> str:
    drawn = sorted({row.draws for row in rows if row.sampled})
    amount = "none" if not drawn else count(drawn[0]) if len(drawn) == 1 else f"{count(drawn[0])} to {count(drawn[-1])}"
    return f"{amount} a row"


def ensembles(rows: Sequence[Measured]) -> str:
    """The ensembles of ``rows`` with their parameters; systems that share both are named together."""
    first = {system: group[0].row for (system,), group in by(rows, "system").items()}
    return _shared({system: f"<i>{html.escape(row.ensemble)}</i>{_bracketed(parameters(row.parameters))}" for system, row in first.items()})


def convention(source: Source, rows: Sequence[Measured]) -> str:
    """The architecture of the named ensembles, then variances and fan-in per layer of every system."""
    names = {system: group[0].row.ensemble for (system,), group in by(rows, "system").items()}
    architecture = [formula(source.conventions[0])] if any(map(is_named, names.values())) else []
    scales = {system: formula(source.scales.get(system) or _general(source, name)) for system, name in names.items()}
    return "; ".join([*architecture, _shared(scales)]).replace(",  ", ", ")


def parameters(given: Mapping[str, object]) -> str:
    """Parameters by their symbols: ``sigma_w`` is s_w."""
    return ", ".join(f"{formula(name.replace('sigma_', 's_'))} = {_shown(value)}" for name, value in given.items() if name != "dim")


def _general(source: Source, ensemble: str) -> str:
    return source.conventions[1] if is_named(ensemble) else "as in the user's own module and laws"


def _shared(texts: Mapping[str, str]) -> str:
    """The texts of systems; systems with the same text are named together, after it."""
    systems: dict[str, list[str]] = {}
    for system, text in texts.items():
        systems.setdefault(text, []).append(html.escape(system))
    return "; ".join(f"{text} [{', '.join(named)}]" if len(systems) > 1 else text for text, named in systems.items())


def _bracketed(text: str) -> str:
    return f" ({text})" if text else ""


def _shown(value: object) -> str:
    return html.escape(f"{value:g}" if isinstance(value, float) else str(value))
