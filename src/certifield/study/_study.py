"""The one thing that a subject writes for a study."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from certifield.evidence import Certificate, InputError

from ._case import Case
from ._claim import Claim
from ._found import Found, Reading
from ._section import Section
from ._steps import Once, Steps
from ._task import Piece, Pieces, Task


class Options(BaseModel):
    """The options of a study, which the table [options] of its question states: unknown keys are refused.  Subclass it."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


O = TypeVar("O", bound=Options)  # noqa: E741  the letter that the type is known by

Readings = Mapping[str, Reading]


def _nothing(*_: Any) -> Iterable[Any]:
    return ()


def _never(case: Case, certificate: Certificate, options: Any) -> bool:
    return False


@dataclass(frozen=True)
class Study(Generic[O]):
    """A question that is asked of every case by itself, step by step.

    ``options``: their model.  ``cases(options)``: what is asked about, always the same cases in the same order.
    ``piece(task, options)``: pure work at an address; exact JSON, arrays and certificates by name.
    ``read(case, pieces, options)``: what the pieces of a case say, as pairs (name, `Found`); a function of the set of pieces.
    ``steps``: what the next steps of a case are (`Once`, `Rounds`, `Chain`, `Blocks`).
    ``about(case, certificate, options)``: whether the claim of a certificate is what is asked of this very case; its checker says
    whether the claim holds.  Both are asked before a piece is stored.
    ``conclude(readings, options)``: what follows across cases, as pairs (name, `Found`).
    ``claims``: what the sources state, each held against a finding.  ``page(readings, options)``: sections of the report, data only.
    ``prepare(options)``: called once in every process before its first piece, for instance to compile or to train; ``preparing``: what it
    does, told meanwhile.
    ``precision``: of JAX, "float64" or "float32", unless the question states another.
    ``unit``: what a step of work counts, such as "draws" or "bands".  ``packages``: distributions that pieces depend on beside Certifield
    and the scientific set; the report states their versions.
    ``complete``: whether the cases are all of their kind, so that a share of them is no estimate and gets no interval.
    ``version``: raise it when pieces change, so that old ones are not mixed with new ones.
    """

    options: type[O]
    cases: Callable[[O], Iterable[Case]]
    piece: Callable[[Task, O], Piece]
    read: Callable[[Case, Pieces, O], Iterable[tuple[str, Found]]]
    steps: Steps = Once()  # noqa: RUF009  a value
    about: Callable[[Case, Certificate, O], bool] = _never
    conclude: Callable[[Readings, O], Iterable[tuple[str, Found]]] = _nothing
    claims: Sequence[Claim] = ()
    page: Callable[[Readings, O], Iterable[Section]] = _nothing
    prepare: Callable[[O], object] = _nothing
    preparing: str = "preparing: loading, compiling"
    precision: str = "float64"
    unit: str = "steps"
    packages: Sequence[str] = ()
    complete: bool = False
    version: int = 1

    def __post_init__(self) -> None:
        if not (isinstance(self.options, type) and issubclass(self.options, Options)):
            raise InputError("options", self.options, "a subclass of certifield.study.Options", "class Mine(Options): ...")
        if not isinstance(self.claims, Sequence) or not all(isinstance(claim, Claim) for claim in self.claims):
            raise InputError("claims", self.claims, "a list of Claim", "write claims=[Claim(...)]")
        if self.precision not in ("float64", "float32"):
            raise InputError("precision", self.precision, '"float64" or "float32"', "leave it out for 64 bits")
