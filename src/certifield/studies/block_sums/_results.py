"""The answer of a study: one row per (system, method, order, width), as a function of the set of blocks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certifield.evidence import Estimate, Exact, NoClosedForm, from_json, to_json
from certifield.streams import BlockSums

from ..question._question import System
from ..store._files import replace
from ..store._store import Store
from ._measuring import exact

if TYPE_CHECKING:
    from ._study import Quantity, Study

FEWEST_BLOCKS = 16  # before an error bar is shown: from fewer, its own error is too large (engineering specification, section 6.2)


@dataclass(frozen=True, eq=False)
class Row:
    """The correlators of one order, of one system at one width, by one method.

    ``points`` [P][dim] and ``indices`` [entries][order] say which ones; ``estimate`` and ``exact`` hold one value per entry.
    ``estimate`` is None where ``withheld`` says why; ``exact`` is None where ``no_closed_form`` says which route there is instead.
    """

    system: str
    ensemble: str
    parameters: Mapping[str, Any]
    dim: int
    width: int
    order: int
    connected: bool
    method: str
    points: tuple[tuple[float, ...], ...]
    indices: tuple[tuple[int, ...], ...]
    estimate: Estimate | None
    exact: Exact | None
    no_closed_form: str | None
    withheld: str | None
    quantity: str
    blocks: int
    draws: int


@dataclass(frozen=True, eq=False)
class StudyResults:
    """All rows of a study, with the digest that they answer."""

    title: str
    digest: str
    seed: int
    precision: str
    rows: tuple[Row, ...]

    def save(self, path: Path | str) -> None:
        """Writes the results as JSON, in one step: a reader sees the old file or the new one."""
        replace(Path(path), json.dumps(to_json_data(self), indent=1).encode())

    @staticmethod
    def load(path: Path | str) -> "StudyResults":
        """The results that `save` wrote, estimates with their joint errors."""
        data = json.loads(Path(path).read_text())
        return StudyResults(**{**data, "rows": tuple(_row_from(row) for row in data["rows"])})


def to_json_data(answer: StudyResults) -> dict[str, Any]:
    """The results as JSON data."""
    return {**vars(answer), "rows": [_row_data(row) for row in answer.rows]}


def _row_data(row: Row) -> dict[str, Any]:
    estimate = None if row.estimate is None else to_json(row.estimate)
    return {**vars(row), "estimate": estimate, "exact": None if row.exact is None else to_json(row.exact)}


def _row_from(data: dict[str, Any]) -> Row:
    tuples = {key: tuple(tuple(entry) for entry in data[key]) for key in ("points", "indices")}
    evidence = {key: None if data[key] is None else from_json(data[key]) for key in ("estimate", "exact")}
    return Row(**{**data, **tuples, **evidence})


def results(study: "Study", store: Store) -> StudyResults:
    """The answer to ``study`` from the blocks in ``store``."""
    closed_forms: dict[tuple[str, int, int], Exact | str] = {}
    rows = [row for quantity in study.quantities for row in _rows(study, quantity, store, closed_forms)]
    return StudyResults(study.question.title, study.digest(), study.root_seed, study.question.precision, tuple(rows))


def _rows(study: "Study", quantity: "Quantity", store: Store, closed_forms: dict[tuple[str, int, int], Exact | str]) -> list[Row]:
    done = sorted(store.done(quantity.name))
    groups, system = store.groups(quantity.name, done), quantity.system
    withheld = _reason_to_withhold(len(done), groups)
    rows = []
    for width in quantity.widths:
        for order in system.orders:
            if (system.name, order, width) not in closed_forms:  # the methods of a system share it
                closed_forms[system.name, order, width] = _closed_form(study, system, order, width)
            closed = closed_forms[system.name, order, width]
            rows.append(_row(study, quantity, width, order, groups, len(done), closed, withheld))
    return rows


def _row(study: "Study", quantity: "Quantity", width: int, order: int, groups: Sequence[BlockSums], blocks: int,
         closed: Exact | str, withheld: str | None) -> Row:  # fmt: skip
    system, measurement = quantity.system, study.measurement(quantity)
    return Row(
        system=system.name,
        ensemble=system.ensemble,
        parameters=system.parameters,
        dim=system.dim,
        width=width,
        order=order,
        connected=system.connected,
        method=quantity.method,
        points=system.points,
        indices=tuple(tuple(entry) for entry in system.entries(order).tolist()),
        estimate=None if withheld else measurement.estimate(groups, seed=study.root_seed, order=order, width=width),
        exact=closed if isinstance(closed, Exact) else None,
        no_closed_form=closed if isinstance(closed, str) else None,
        withheld=withheld,
        quantity=quantity.name,
        blocks=blocks,
        draws=sum(group.count for group in groups),
    )


def _closed_form(study: "Study", system: System, order: int, width: int) -> Exact | str:
    try:
        return exact(system, order, width, study.folder)
    except NoClosedForm as reason:
        return str(reason)


def _reason_to_withhold(blocks: int, groups: Sequence[BlockSums]) -> str | None:
    nonfinite = sum(group.nonfinite for group in groups)
    if nonfinite:
        draws = nonfinite + sum(group.count for group in groups)
        return f"{nonfinite} of {draws} draws are not finite: look for an overflow at large parameters or points"
    if blocks < FEWEST_BLOCKS:
        return f"{blocks} blocks of draws so far: an error bar needs {FEWEST_BLOCKS}"
    return None
