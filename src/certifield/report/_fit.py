"""The slopes of log|G_c| against log N."""

from collections.abc import Sequence
from dataclasses import dataclass

from certifield.evidence import format_with_error

from ._measured import Measured, by, representative


@dataclass(frozen=True)
class WidthFit:
    """The slope at the entry that stands for one system and order; ``slope`` is None where fewer than two widths show a signal.

    ``used`` and ``excluded`` are the measured widths in and out of the fit, ``refused`` those excluded because they have no error bar;
    ``waiting`` are widths that have too few blocks of draws to be measured.
    """

    system: str
    order: int
    connected: bool
    entry: str
    slope: float | None
    stderr: float | None
    chi2: float
    freedom: int
    used: tuple[int, ...]
    excluded: tuple[int, ...]
    refused: tuple[int, ...]
    waiting: tuple[int, ...]

    @property
    def law(self) -> int | None:
        """The slope of independent neurons, -(k-1) at order 2k; None for full correlators, which tend to their free value instead."""
        return 1 - self.order // 2 if self.connected or self.order == 2 else None

    @property
    def pull(self) -> float | None:
        """(slope - law) / standard error."""
        return None if self.slope is None or self.law is None or not self.stderr else (self.slope - self.law) / self.stderr

    @property
    def text(self) -> str:
        """The slope in compact form, or a dash."""
        return "–" if self.slope is None else format_with_error(self.slope, self.stderr or 0.0)


def width_fits(rows: Sequence[Measured]) -> dict[tuple[str, int], WidthFit]:
    """One fit per (system, order), over the widths of the first whole-network method.

    Single neurons give no fit of their own: they carry the law by construction, as every width is the same numbers rescaled.
    """
    return {key: _fit(group) for key, group in by(rows, "system", "order").items()}


def _fit(rows: Sequence[Measured]) -> WidthFit:
    from certifield.correlators import fit_width_law

    entry, first = representative(rows), rows[0].row
    networks = [row for row in rows if row.network]
    method = next((row.row.method for row in networks if row.sampled), networks[0].row.method if networks else "")
    chosen = sorted((row for row in networks if row.row.method == method), key=lambda row: row.row.width)
    refused = tuple(row.row.width for row in chosen if row.lost if not row.sampled or row.refused[entry])
    waiting = tuple(row.row.width for row in chosen if row.waiting)
    points = {row.row.width: row.row.estimate[entry] for row in chosen if row.row.estimate is not None}
    law = fit_width_law(list(points), list(points.values()))
    slope, stderr = (None, None) if law.slope is None else (float(law.slope.mean), float(law.slope.stderr))
    name = rows[0].name(entry)
    return WidthFit(first.system, first.order, first.connected, name, slope, stderr, float(law.chi2), law.dof, law.used, law.excluded,
                    refused, waiting)  # fmt: skip
