"""What a run says about itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from certifield.evidence import CertifieldError


@dataclass(frozen=True)
class Progress:
    """Where a run stands.

    ``done`` of ``total`` blocks are there (``total`` is None for a budget of seconds; for a target error it grows from stage to stage);
    ``draws`` are in them; ``elapsed`` and ``remaining`` are in seconds, the latter None until two blocks of this run are done;
    ``quantity`` is the one at work; ``remarks`` say what an exhausted or a hopeless budget left undone.
    """

    done: int
    total: int | None
    draws: int
    elapsed: float
    remaining: float | None
    quantity: str
    remarks: tuple[str, ...] = ()

    @property
    def kept(self) -> str:
        """What is in the store, in words."""
        return f"{self.done} blocks"


Callback = Callable[[Progress], object]


class Standing(Protocol):
    """What the progress of every kind of study says."""

    @property
    def kept(self) -> str:
        """What is in the store, in words."""
        ...


class Interrupted(CertifieldError):
    """The run was stopped by Ctrl-C; all that was finished is stored, and the study can be resumed.  ``progress`` says how far it came."""

    def __init__(self, progress: Standing) -> None:
        self.progress = progress
        super().__init__(f"Interrupted after {progress.kept}, which are all kept. Run the study again to continue.")

    def __reduce__(self):
        return (type(self), (self.progress,))


class WorkersLost(CertifieldError):
    """Worker processes died again and again without finishing anything."""
