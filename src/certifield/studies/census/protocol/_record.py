"""What a task says of one item.

A record is a function of (item, budget, seed, options): no time, no host and no date are part of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from certifield.evidence import Answer, Category, Certificate, Certified, InputError, Obstructed, Unknown

Status = Literal["certified", "obstructed", "unknown"]
STATUSES: tuple[Status, ...] = ("certified", "obstructed", "unknown")


@dataclass(frozen=True, eq=False)
class Record:
    """The ``answer`` to one item, with the exact numbers that tables show (``figures``).

    ``figures`` are JSON without floats, whose last digits differ between machines: write those as text.  Raises `InputError` for
    anything else.
    """

    answer: Answer
    figures: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.answer, Certified | Obstructed | Unknown):
            raise InputError("answer", self.answer, "Certified, Obstructed or Unknown", "wrap the certificate in one of them")
        _check_exact("figures", self.figures)
        object.__setattr__(self, "figures", dict(self.figures))

    @property
    def spent(self) -> dict[str, int]:
        """The work that the answer took."""
        return dict(self.answer.spent)

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
        return Record(Unknown(spent), figures)
    return Record(Certified(certificate, spent) if status == "certified" else Obstructed(certificate, category, spent), figures)


def _check_exact(place: str, value: Any) -> None:
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        for name, entry in value.items():
            _check_exact(f"{place}.{name}", entry)
    elif isinstance(value, list | tuple):
        for number, entry in enumerate(value):
            _check_exact(f"{place}[{number}]", entry)
    elif not (value is None or type(value) in (bool, int, str)):
        raise InputError(place, value, "whole numbers, texts, truth values, lists and tables of them", "write a float as text")
