"""The budgets of a study file, as tables of TOML."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from certifield.evidence import InputError

from ._budgets import Budget, Draws, Neurons, Precision, Seconds

TABLE = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError("value", value, "a number", "write it without quotes")
    return value


Whole = Annotated[int, BeforeValidator(_number)]
Real = Annotated[float, BeforeValidator(_number)]


def _the_one(choices: dict[str, tuple[Any, Any]]) -> Any:
    """The budget that is stated; None where none is."""
    stated = {key: kind(value) for key, (kind, value) in choices.items() if value is not None}
    if len(stated) > 1:
        raise InputError("budget", list(stated), f"exactly one of {', '.join(choices)}", "keep one of them")
    return next(iter(stated.values()), None)


class QuantityBudget(BaseModel):
    """Work for one quantity: ``draws``, ``neurons`` (the same work at every width) or ``stderr``; ``block_size``: draws a block."""

    model_config = TABLE
    draws: Whole | None = Field(None, ge=1)
    neurons: Whole | None = Field(None, ge=1)
    stderr: Real | None = Field(None, gt=0)
    block_size: Whole | None = Field(None, ge=1, lt=2**32)

    def budget(self) -> Budget | Neurons | None:
        """The budget that the table states, or None where it only states a block size."""
        return _the_one({"draws": (Draws, self.draws), "neurons": (Neurons, self.neurons), "stderr": (Precision, self.stderr)})

    @model_validator(mode="after")
    def _one_of(self) -> "QuantityBudget":
        self.budget()
        return self


class SystemBudget(QuantityBudget):
    """Work for the quantities of one system, and for those of one method of it."""

    neuron: QuantityBudget | None = None
    network_wick: QuantityBudget | None = Field(None, alias="network-wick")
    network_kstat: QuantityBudget | None = Field(None, alias="network-kstat")

    def tables(self, method: str) -> list[QuantityBudget]:
        """The tables that speak about ``method``, the most specific first."""
        own = {"neuron": self.neuron, "network-wick": self.network_wick, "network-kstat": self.network_kstat}[method]
        return [self] if own is None else [own, self]


class StudyBudget(BaseModel):
    """Work for the whole study: exactly one of ``draws``, ``neurons``, ``stderr`` (for every quantity) and ``seconds`` (in all)."""

    model_config = TABLE
    draws: Whole | None = Field(None, ge=1)
    neurons: Whole | None = Field(None, ge=1)
    stderr: Real | None = Field(None, gt=0)
    seconds: Real | None = Field(None, gt=0)
    block_size: Whole | None = Field(None, ge=1, lt=2**32)

    def budget(self) -> Budget | Neurons:
        """The budget that the table states."""
        stated = _the_one(
            {
                "draws": (Draws, self.draws),
                "neurons": (Neurons, self.neurons),
                "stderr": (Precision, self.stderr),
                "seconds": (Seconds, self.seconds),
            }
        )
        if stated is None:
            raise InputError("budget", [], "exactly one of draws, neurons, stderr and seconds", "try draws = 100000")
        return stated

    @model_validator(mode="after")
    def _one_of(self) -> "StudyBudget":
        self.budget()
        return self
