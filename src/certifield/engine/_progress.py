"""What a run says about itself."""

from collections.abc import Callable
from dataclasses import dataclass

from certifield.evidence import CertifieldError


@dataclass(frozen=True)
class Progress:
    """Where a run stands.

    ``done`` of ``total`` pieces are there (``total`` is None for a budget of time alone; it grows from stage to stage); ``proved`` of
    ``cases`` hold a certificate; ``elapsed`` and ``remaining`` are in seconds, the latter None until it can be told; ``at``: the case at
    work; ``phase``: what is done before there are pieces, such as "starting"; ``remarks`` say what a budget that was spent left undone.
    """

    done: int
    total: int | None
    cases: int
    proved: int
    elapsed: float
    remaining: float | None
    at: str
    phase: str = ""
    remarks: tuple[str, ...] = ()


Callback = Callable[[Progress], object]


class Interrupted(CertifieldError):
    """The run was stopped; all that was finished is stored, and the study can be resumed.  ``progress`` says how far it came."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        super().__init__(f"Interrupted with {progress.done} pieces, which are all kept. Run the study again to continue.")

    def __reduce__(self):
        return (type(self), (self.progress,))


class WorkersLost(CertifieldError):
    """Worker processes died again and again without finishing anything."""
