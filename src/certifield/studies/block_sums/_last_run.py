"""What the last run of a study was asked for, and whether it came to its end.

Kept apart from the results, which are a function of the blocks, whatever runs computed them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..question._budgets import Budget, Draws, Precision
from ..store._files import replace

LAST_RUN = "last-run.json"


@dataclass(frozen=True)
class LastRun:
    """``budget`` in words where it was not that of the file; of a run that ended, ``blocks`` by quantity, and ``remarks``."""

    budget: str | None
    finished: bool = False
    blocks: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def save(self, directory: Path | str) -> None:
        """Puts it into the directory of the study, in place of the run before."""
        replace(Path(directory) / LAST_RUN, json.dumps(asdict(self), indent=1).encode())

    @staticmethod
    def load(directory: Path | str) -> "LastRun | None":
        """The last run of the study in ``directory``; None where there was none, or its record cannot be read."""
        try:
            data = json.loads((Path(directory) / LAST_RUN).read_text(encoding="utf-8"))
            return LastRun(**{**data, "remarks": tuple(data["remarks"])})
        except (OSError, ValueError, TypeError, LookupError):  # only a courtesy of `certifield status` needs it
            return None

    def met(self, quantity: str, blocks: int) -> bool:
        """Whether ``quantity``, with so many blocks now, has what the run was asked for."""
        stopped_short = any(remark.startswith(f"{quantity}: ") for remark in self.remarks)
        return self.finished and not stopped_short and blocks >= self.blocks.get(quantity, 0)


def in_words(budget: Budget) -> str:
    """``"4096 draws"``, ``"stderr 0.001"`` or ``"60 seconds"``."""
    if isinstance(budget, Draws):
        return f"{budget.draws} draws"
    return f"stderr {budget.stderr}" if isinstance(budget, Precision) else f"{budget.seconds} seconds"
