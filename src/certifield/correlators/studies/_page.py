"""The sections of the report, and how they write correlators."""

from collections.abc import Iterator, Sequence

from certifield.study import Reading, Section

from ._free_limit import free_limit
from ._rows import Row, rows_of
from ._sample_functions import sample_functions
from ._system import Systems
from ._width_law import width_law


def sections(readings: Sequence[Reading], options: Systems) -> Iterator[Section]:
    """The law of the widths, the free limit, drawn networks, every entry, and what was asked."""
    rows = rows_of(readings, options)
    for section in (width_law(rows), free_limit(rows), sample_functions(readings, options)):
        if section is not None:
            yield section
    yield _entries(rows)
    yield _systems(options)


def _entries(rows: Sequence[Row]) -> Section:
    columns = ("system", "correlator", "method", "width", "entry", "estimate", "stderr", "exact", "pull", "draws", "refused")
    lines = []
    for row in (row for row in rows if row.estimate is not None):
        exact = [None] * len(row.entries) if row.exact is None else row.exact.tolist()
        numbers = zip(
            map(row.name, range(len(row.entries))), row.mean.tolist(), row.stderr.tolist(), exact, row.pulls.tolist(), strict=True
        )
        head = (row.system.name, row.system.symbol(row.order), row.method, row.width)
        drawn = row.estimate.draws if row.estimate else 0
        lines += [(*head, *entry, drawn, int(flag)) for entry, flag in zip(numbers, row.refused.tolist(), strict=True)]
    text = "Every entry with its error and its exact value, as a file. An entry 0013 is the correlator at the points x0, x0, x1, x3."
    return Section("entries", "Entries", text, columns=columns, rows=lines, hidden=True)


def _systems(options: Systems) -> Section:
    lines = []
    for system in options.system:
        parameters = ", ".join(f"{name} = {value}" for name, value in system.parameters.items() if name != "dim")
        points = ", ".join("(" + ", ".join(f"{coordinate:g}" for coordinate in point) + ")" for point in system.points)
        lines.append((system.name, str(system.ensemble), parameters or "as by default", points))
    text = "What was drawn, and at which points x0, x1, ...; `certifield show ENSEMBLE` prints definition and conventions of a named one."
    return Section("systems", "Systems", text, columns=("system", "ensemble", "parameters", "points"), rows=lines, numbers=False)
