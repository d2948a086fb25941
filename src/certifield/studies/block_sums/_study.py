"""A study: a question cut into quantities, and quantities into numbered blocks of draws.

A study is a pure function of (question, root seed, block number); where and how often a block is computed cannot change the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from certifield.evidence import CertifieldError, InputError
from certifield.streams import BlockSums

from ..question import _identity
from ..question._budgets import Budget, Draws
from ..question._question import Question, System
from ..question._user_file import is_user_file, own_name, source_digest
from ..store._store import Store
from ._measuring import Measurement, ensemble, measure

if TYPE_CHECKING:
    from certifield.ensembles import Ensemble

    from ._results import StudyResults

_WORK = 3e7  # activations in a block: 0.5 to 5 seconds on one core
_GROUPS = 64  # blocks that a budget of draws is cut into at least, so that the jackknife has something to leave out


@dataclass(frozen=True)
class Quantity:
    """What one stream of blocks measures: a system by a method, at one width, or (neurons) at all widths at once."""

    name: str
    system: System
    method: str
    widths: tuple[int, ...]
    block_size: int

    @property
    def width(self) -> int:
        """The width of the ensemble that is drawn from; that of the draws does not matter to single neurons."""
        return min(self.widths)

    @property
    def work(self) -> float:
        """Operations in a block, roughly (activations, and products of fields): its relative cost until that has been measured."""
        products = sum(order * len(self.system.entries(order)) for order in self.system.orders)
        return self.block_size * (_activations(self.system, self.method, self.width) + products)


@dataclass(frozen=True, eq=False)
class Study:
    """A frozen question with everything that its digest covers.

    ``folder`` holds the user's own ensemble files; ``block_sizes`` are those of a study that exists already, by name of quantity (a block
    size is chosen once: a study whose budget grows keeps its blocks).  ``budget``: what a new study is given in
    place of the budget of the question, so that its blocks suit it.
    """

    question: Question
    folder: Path = Path()
    block_sizes: Mapping[str, int] = field(default_factory=dict)
    budget: Budget | None = None
    _measurements: dict[str, Measurement] = field(default_factory=dict, repr=False)

    @property
    def root_seed(self) -> int:
        """The seed from which every stream of the study starts."""
        return self.question.seed

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """All quantities, in the order of the file."""
        return tuple(quantity for system in self.question.system for method in system.methods for quantity in self._of(system, method))

    def _of(self, system: System, method: str) -> list[Quantity]:
        stem = f"{system.name}/{method}"
        named = {stem: system.widths} if method == "neuron" else {f"{stem}/N={width}": (width,) for width in system.widths}
        return [Quantity(name, system, method, widths, self._block_size(name, system, method, widths)) for name, widths in named.items()]

    def _block_size(self, name: str, system: System, method: str, widths: tuple[int, ...]) -> int:
        stated = self.question.block_size_of(system, method)
        width = min(widths)
        budget = self.budget or self.question.budget_of(system, method, width)
        return stated or self.block_sizes.get(name) or default_block_size(system, method, width, budget)

    def quantity(self, name: str) -> Quantity:
        """The quantity called ``name``.  Raises `InputError` where there is none."""
        for quantity in self.quantities:
            if quantity.name == name:
                return quantity
        raise InputError("quantity", name, f"one of {[quantity.name for quantity in self.quantities]}", "name one of them")

    def budget_of(self, quantity: Quantity) -> Budget:
        """The budget that the question gives to ``quantity``."""
        return self.question.budget_of(quantity.system, quantity.method, quantity.width)

    def measurement(self, quantity: Quantity) -> Measurement:
        """The measurement behind a quantity."""
        if quantity.name not in self._measurements:
            try:
                self._measurements[quantity.name] = measure(
                    quantity.system,
                    quantity.method,
                    quantity.name,
                    quantity.width,
                    quantity.block_size,
                    self.folder,
                    self.question.precision,
                )
            except CertifieldError as error:
                error.add_note(f"in quantity {quantity.name} of the study")
                raise
        return self._measurements[quantity.name]

    def ensemble(self, system: System, width: int) -> "Ensemble | None":
        """The ensemble of one of the question's systems at ``width``; None for a system that measures itself."""
        return ensemble(system, width, self.folder)

    def block(self, quantity_name: str, index: int) -> BlockSums:
        """Block ``index`` of a quantity, computed here and now: the same arguments give the same bits."""
        block = self.measurement(self.quantity(quantity_name)).block(self.root_seed, index)
        sums, absolute, largest = (np.asarray(array, dtype=float) for array in (block.sums, block.absolute, block.largest))
        return BlockSums(int(block.count), sums, absolute, largest, int(block.nonfinite))

    @cached_property
    def identity(self) -> dict[str, Any]:
        """Everything that the digest covers, as JSON data: the question without title and budget, its quantities, the format."""
        question = self.question.model_dump(mode="json", exclude={"title", "budget", "system"})
        return {
            "format": _identity.FORMAT,
            **question,
            "system": {system.name: self._identity_of(system) for system in self.question.system},
            "quantity": {quantity.name: self._identity_of_quantity(quantity) for quantity in self.quantities},
        }

    def _identity_of(self, system: System) -> dict[str, Any]:
        source = {"source": source_digest(self.folder, system.ensemble)} if is_user_file(system.ensemble) else {}
        # The file's own name and content count, not the folder it was found in.
        return {**system.model_dump(mode="json", exclude={"name", "budget"}), "ensemble": own_name(system.ensemble), **source}

    def _identity_of_quantity(self, quantity: Quantity) -> dict[str, Any]:
        return {"block_size": quantity.block_size, "measurement": self.measurement(quantity).fingerprint()}

    def digest(self) -> str:
        """sha256 of the identity, in hexadecimal.  More draws, other workers or another title do not change it."""
        return _identity.digest(self.identity)

    def results(self, store: Store) -> "StudyResults":
        """The answer, as a function of the set of blocks in ``store``."""
        from ._results import results

        return results(self, store)


def default_block_size(system: System, method: str, width: int, budget: Budget) -> int:
    """A power of two: about `_WORK` activations, at least 256 draws, and at most 1/64 of a budget of draws."""
    size = max(256.0, _WORK / _activations(system, method, width))
    if isinstance(budget, Draws):
        size = min(size, max(1.0, budget.draws / _GROUPS))
    return 1 << (int(size).bit_length() - 1)


def _activations(system: System, method: str, width: int) -> float:
    """Work of one draw: a network has ``width`` neurons, a neuron one; each is evaluated at the points after its parameters are drawn."""
    return (1 if method == "neuron" else width) * (len(system.points) + system.dim + 2)
