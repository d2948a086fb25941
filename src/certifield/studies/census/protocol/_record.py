"""What a task says of one item.

A record is a function of (item, budget, seed, options): no time, no host and no date are part of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from certifield.evidence import Answer, Certificate, Certified, InputError, Obstructed, Unknown
from certifield.evidence._answer import Category

Status = Literal["certified", "obstructed", "unknown"]
STATUSES: tuple[Status, ...] = ("certified", "obstructed", "unknown")


@dataclass(frozen=True, eq=False)
class Record:
    """The ``answer`` to one item, with the exact numbers that tables show (``figures``) and the work it took (``spent``).

    ``figures`` are JSON without floats, whose last digits differ between machines: write those as text.  ``spent`` is that of the
    answer itself where it is `Unknown`.  Raises `InputError` for anything else.
    """

    answer: Answer
    figures: Mapping[str, Any] = field(default_factory=dict)
    spent: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.answer, Certified | Obstructed | Unknown):
            raise InputError("answer", self.answer, "Certified, Obstructed or Unknown", "wrap the certificate in one of them")
        _check_exact("figures", self.figures)
        spent = self.answer.spent if isinstance(self.answer, Unknown) and not self.spent else self.spent
        if not all(isinstance(name, str) and type(number) is int for name, number in spent.items()):
            raise InputError("spent", dict(spent), "a table from names to whole numbers", 'such as {"bands": 20000}')
        object.__setattr__(self, "spent", dict(spent))
        object.__setattr__(self, "figures", dict(self.figures))

    @property
    def status(self) -> Status:
        """The answer in a word."""
        return "certified" if isinstance(self.answer, Certified) else "obstructed" if isinstance(self.answer, Obstructed) else "unknown"

    @property
    def certificate(self) -> Certificate | None:
        """What proves the answer; None where it is unknown."""
        return None if isinstance(self.answer, Unknown) else self.answer.certificate

    @property
    def claim(self) -> dict[str, Any]:
        """The claim of the certificate as plain JSON data, {} where there is none."""
        document = {} if self.certificate is None else self.certificate.document()["claim"]
        return document if isinstance(document, dict) else {}

    @property
    def category(self) -> Category | None:
        """Where an obstruction lives."""
        return self.answer.category if isinstance(self.answer, Obstructed) else None


def record_of(
    status: str, category: Category | None, certificate: Certificate | None, figures: Mapping, spent: Mapping[str, int]
) -> Record:
    """The record with these parts, as a file holds them.  Raises `InputError` where they do not fit together."""
    if (certificate is None) != (status == "unknown") or status not in STATUSES:
        raise InputError("status", status, "certified or obstructed with a certificate, unknown without", "restore the file")
    if certificate is None:
        return Record(Unknown(spent), figures, spent)
    return Record(Certified(certificate) if status == "certified" else Obstructed(certificate, category), figures, spent)


def _check_exact(place: str, value: Any) -> None:
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        for name, entry in value.items():
            _check_exact(f"{place}.{name}", entry)
    elif isinstance(value, list | tuple):
        for number, entry in enumerate(value):
            _check_exact(f"{place}[{number}]", entry)
    elif not (value is None or type(value) in (bool, int, str)):
        raise InputError(place, value, "whole numbers, texts, truth values, lists and tables of them", "write a float as text")
