"""What the last run of a study was asked for, and whether it came to its end.

Kept apart from the results, which are a function of the pieces, whatever runs made them.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from certifield.files import replace
from certifield.study import Budget

LAST_RUN = "last-run.json"


@dataclass(frozen=True)
class LastRun:
    """The ``budget`` that a run was given; of a run that ended, ``remarks`` about what it left undone."""

    budget: Budget
    finished: bool = False
    remarks: tuple[str, ...] = ()

    def save(self, directory: Path | str) -> None:
        """Puts it into the directory of the study, in place of the run before."""
        document = {
            "budget": self.budget.model_dump(mode="json", exclude_none=True),
            "finished": self.finished,
            "remarks": list(self.remarks),
        }
        replace(Path(directory) / LAST_RUN, json.dumps(document, indent=1).encode())

    @staticmethod
    def load(directory: Path | str) -> "LastRun | None":
        """The last run of the study in ``directory``; None where there was none, or its record cannot be read."""
        try:
            data = json.loads((Path(directory) / LAST_RUN).read_text(encoding="utf-8"))
            return LastRun(Budget(**data["budget"]), bool(data["finished"]), tuple(data["remarks"]))
        except (OSError, ValueError, TypeError, LookupError, ValidationError):  # a courtesy: the budget of the question stands in for it
            return None
