"""The one thing that a subject writes for a census."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from ._answered import Answered
from ._item import Item
from ._record import Record
from ._section import Section


class Options(BaseModel):
    """The options of a task, which the table [items] of a question states: unknown keys are refused.  Subclass it."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


O = TypeVar("O", bound=Options)  # noqa: E741  the letter that the type is known by


def _nothing(options: Options) -> None:
    return None


def _no_sections(answered: Sequence[Answered], options: Options) -> Sequence[Section]:
    return ()


@dataclass(frozen=True)
class Task(Generic[O]):
    """A question that can be asked of every item by itself.

    ``options``: their model.  ``items(options)``: what is asked about, always the same items in the same order.
    ``answer(item, budget, seed, options)``: pure, and within ``budget`` units of work (which are called ``unit``).
    ``proves(item, record, options)``: whether the claim of the record's certificate is what is asked of this very item; the checker says
    whether the claim holds.  ``prepare(options)``: called once in every process before its first answer, for instance to compile.
    ``sections(answered, options)``: what the report shows beside the general part.
    ``complete``: whether the items are all of their kind, so that a share of them is no estimate and gets no interval.
    ``packages``: distributions that the answers depend on beside Certifield and the scientific set; the report states their versions.
    ``version``: raise it when the answers change, so that old ones are not mixed with new ones.
    """

    options: type[O]
    items: Callable[[O], Iterable[Item]]
    answer: Callable[[Item, int, int, O], Record]
    proves: Callable[[Item, Record, O], bool]
    unit: str = "steps"
    version: int = 1
    complete: bool = False
    packages: Sequence[str] = ()
    prepare: Callable[[O], None] = _nothing
    sections: Callable[[Sequence[Answered], O], Sequence[Section]] = _no_sections
