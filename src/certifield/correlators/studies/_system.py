"""The options of a study of ensembles: tables [[options.system]], each an ensemble, its widths, the points, the orders and the methods."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from certifield.evidence import InputError
from certifield.study import Options, Own, own_or_name

MOST_ENTRIES = 100_000  # index tuples of one order: beyond, a table of sums no longer fits comfortably in memory


def _parameter(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_parameter(entry) for entry in value)
    if isinstance(value, dict):  # a law, which is made here once to see that it can be
        from certifield.ensembles import law_from

        law_from(value, "value")
        return {key: _parameter(entry) for key, entry in value.items()}
    if not isinstance(value, bool | int | float | str) or (isinstance(value, float) and not math.isfinite(value)):
        raise InputError("value", value, "a finite number, a text, a truth value, a list of them, or a law", "write it as one of these")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError("value", value, "a number", "write it without quotes")
    return value


def _points(value: Any) -> Any:
    if not isinstance(value, list | tuple) or any(not isinstance(point, list | tuple) for point in value):
        flat = isinstance(value, list | tuple) and value and all(isinstance(point, int | float) for point in value)
        shown = [[float(point)] for point in value] if flat and len(value) <= 8 else [[-1.0], [1.0]]
        raise InputError("value", value, "a list of points, each a list of its coordinates", f"try points = {shown}")
    return value


def _indices(value: Any) -> Any:
    tables = value.values() if isinstance(value, dict) else []
    entries = [entry for table in tables if isinstance(table, list | tuple) for entry in table]
    wrong = any(not isinstance(table, list | tuple) for table in tables)
    wrong |= any(not isinstance(entry, list | tuple) or any(type(number) is not int or number < 0 for number in entry) for entry in entries)
    if wrong or not (value == "all" or (isinstance(value, dict) and all(str(order).isdecimal() for order in value))):
        raise InputError("value", value, '"all", or a table from order to lists of numbers of points', "try indices = {4 = [[0, 0, 1, 1]]}")
    return value


Whole = Annotated[int, BeforeValidator(_number)]
Real = Annotated[float, BeforeValidator(_number)]
Parameter = Annotated[Any, BeforeValidator(_parameter)]
Indices = Annotated[Literal["all"] | dict[int, tuple[tuple[int, ...], ...]], BeforeValidator(_indices)]
Method = Literal["neuron", "network-wick", "network-kstat"]


def once_each(name: str, values: Sequence[Any], example: str) -> None:
    """Raises `InputError` where there is no value, or one of them twice."""
    repeated = [value for value, times in Counter(values).items() if times > 1]
    if repeated:
        raise InputError(name, list(values), "one value or more, each of them once", f"give {repeated[0]!r} only once")
    if not values:
        raise InputError(name, [], "one value or more", f"try {example}")


def _dimension_meant(points: tuple[tuple[float, ...], ...], parameters: dict[str, Any]) -> int:
    """That of the parameters, or else the most frequent number of coordinates; 1 where nothing says."""
    stated = parameters.get("dim")
    if type(stated) is int and stated > 0:
        return stated
    return Counter(len(point) for point in points if point).most_common(1)[0][0] if any(points) else 1


class System(BaseModel):
    """One ensemble, measured at some widths on some points.

    ``ensemble``: a function of `certifield.ensembles` by name, or "file.py:name" of one's own that returns an `Ensemble`;
    ``parameters``: what it is called with beside dim and width; a law is a table {family = "laplace", scale = 0.7}, of the functions of
    `certifield.ensembles` with their arguments.  ``widths`` are left out where it takes none.
    ``indices``: all index tuples of every order, or those that a table names by order.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    # A name is also a folder of the store.
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+=-]{0,63}$", examples=["erf-d1"])
    ensemble: Annotated[Own | str, BeforeValidator(own_or_name)] = Field(examples=["erf_net"])
    parameters: dict[str, Parameter] = Field({}, examples=[{"sigma_b": 0.3}])
    widths: tuple[Annotated[Whole, Field(ge=1)], ...] | None = Field(None, examples=[[20, 100]])
    points: Annotated[tuple[tuple[Real, ...], ...], BeforeValidator(_points)] = Field(examples=[[[-1.0], [1.0]]])
    orders: tuple[Annotated[Whole, Field(ge=1, le=8)], ...] = Field(examples=[[2, 4]])
    indices: Indices = Field("all", examples=[{4: [[0, 0, 1, 1]]}])
    connected: bool = Field(True, examples=[True])
    methods: tuple[Method, ...] = Field(examples=[["neuron", "network-wick"]])

    def __hash__(self) -> int:  # tables have none; equal systems are equal as JSON, too
        return hash(self.model_dump_json())

    @field_validator("widths", "orders", "methods")
    @classmethod
    def _once_each(cls, values: tuple[Any, ...] | None, info: Any) -> tuple[Any, ...] | None:
        if values is not None:
            examples = cls.model_fields[info.field_name].examples or [values[:1]]
            once_each(info.field_name, values, f"{info.field_name} = {examples[0]}")
        return values

    @field_validator("points")
    @classmethod
    def _rectangular(cls, points: tuple[tuple[float, ...], ...], info: Any) -> tuple[tuple[float, ...], ...]:
        lengths = [len(point) for point in points]
        if len(set(lengths)) != 1 or 0 in lengths:
            dim = _dimension_meant(points, info.data.get("parameters", {}))
            odd = [f"points[{place}] has {length}" for place, length in enumerate(lengths) if length != dim]
            allowed = f"a list of points, all with the same number of coordinates{f' ({odd[0]})' if odd else ''}"
            shown = f"points = {[[-1.0] * dim, [1.0] * dim]}" if dim <= 8 else f"points of {dim} coordinates each"
            raise InputError("points", [list(point) for point in points], allowed, f"try {shown} in dimension {dim}")
        return points

    @model_validator(mode="after")
    def _consistent(self) -> "System":
        if self.parameters.get("dim", self.dim) != self.dim:
            remedy = f"set dim = {self.dim}, or give points with {self.parameters['dim']} coordinates"
            raise InputError("parameters.dim", self.parameters["dim"], f"{self.dim}, the number of coordinates of a point", remedy)
        if "width" in self.parameters:
            allowed = "absent: the widths of a system are those of its key widths"
            raise InputError("parameters.width", self.parameters["width"], allowed, f"write widths = [{self.parameters['width']}]")
        for order in self.orders:
            self._check_entries(order)
        if self.indices != "all":
            for order in self.indices.keys() - set(self.orders):
                remedy = f"add {order} to orders, or remove the table"
                raise InputError(f"indices.{order}", order, f"one of the orders {list(self.orders)}", remedy)
        return self

    def _check_entries(self, order: int) -> None:
        if self.indices == "all" or order not in self.indices:
            count = math.comb(len(self.points) + order - 1, order)
            if count > MOST_ENTRIES:
                remedy = f"give the entries you need: indices = {{{order} = [[0, 0, ...], ...]}}"
                raise InputError("indices", f"all {count} entries of order {order}", f"at most {MOST_ENTRIES} entries an order", remedy)
            return
        if not self.indices[order]:
            raise InputError(f"indices.{order}", [], "one entry or more", f"add one, or remove {order} from the table to have all entries")
        for entry in self.indices[order]:
            if len(entry) != order or max(entry) >= len(self.points):
                allowed = f"{order} numbers of points, each from 0 to {len(self.points) - 1}"
                raise InputError(f"indices.{order}", list(entry), allowed, f"try {[0] * order}")

    @property
    def dim(self) -> int:
        """Number of coordinates of a point."""
        return len(self.points[0])

    def entries(self, order: int) -> np.ndarray:
        """Index tuples measured at ``order``, shape [entries, order]: those of the table, or all sorted ones."""
        if self.indices != "all" and order in self.indices:
            return np.array(self.indices[order])
        return np.array(list(combinations_with_replacement(range(len(self.points)), order)))

    def symbol(self, order: int) -> str:
        """The name of the correlators of ``order``: "G2", "G_c4", or "G4" where they are not connected."""
        return f"G{'_c' if self.connected and order > 2 else ''}{order}"


class Systems(Options):
    """The options of a study of ensembles."""

    system: tuple[System, ...] = Field(min_length=1)

    @field_validator("system")
    @classmethod
    def _named_apart(cls, systems: tuple[System, ...]) -> tuple[System, ...]:
        folders = Counter(system.name.lower() for system in systems)  # lower: some file systems do not tell cases apart
        shared = [system.name for system in systems if folders[system.name.lower()] > 1]
        if shared:
            allowed = "a name of its own for every system (capitals do not count)"
            raise InputError("name", shared, allowed, f"rename or remove one of the systems called {shared[0]!r}")
        return systems

    def named(self, name: str) -> System:
        """The system of this name."""
        return next(system for system in self.system if system.name == name)
