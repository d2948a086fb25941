"""One way of forbidding something, as a row of a table."""

from collections.abc import Callable
from dataclasses import dataclass

from certifield.evidence import Category, Certificate

from ..diagrams._diagram import Diagram


@dataclass(frozen=True)
class Obstruction:
    """A test with its name, the category in which it forbids discs, and its rough cost in milliseconds for a knot of 12 crossings.

    ``find`` returns a certificate, or None where the test forbids nothing, does not apply, or would pass a limit of its own on its work.
    ``category`` is "topological" or "smooth", and None for a test of unknottedness.
    """

    name: str
    category: Category | None
    cost: float
    find: Callable[[Diagram], Certificate | None]
