"""From a system of the question to something that can be measured."""

import contextlib
import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from certifield.evidence import InputError
from certifield.streams import BlockSums

from ..question._question import System
from ..question._user_file import is_user_file, load_function

if TYPE_CHECKING:
    from certifield.ensembles import Ensemble
    from certifield.evidence import Estimate, Exact


class Measurement(Protocol):
    """What a study needs of a measurement; `certifield.correlators.measurement` makes them."""

    @property
    def name(self) -> str:
        """The address of its random stream."""
        ...

    @property
    def block_size(self) -> int:
        """Draws in a block."""
        ...

    def fingerprint(self) -> dict[str, Any]:
        """JSON data that changes whenever the blocks would; enters the digest of the study."""
        ...

    def block(self, seed: int, index: int) -> BlockSums:
        """The sums of block ``index``: the same arguments give the same bits."""
        ...

    def estimate(self, groups: Sequence[BlockSums], *, seed: int, order: int, width: int | None = None) -> "Estimate":
        """The correlators of ``order``, from blocks merged into groups."""
        ...


@runtime_checkable
class Measurable(Protocol):
    """A system that measures itself: a class of a user's file, named as ``file.py:Class`` where an ensemble is expected.

    It is made with ``width`` and the parameters of the system, and asked exactly what a study would ask ``certifield.correlators`` about an
    ensemble.  Its arithmetic, and the precision of it, are its own.
    """

    def measurement(self, points: np.ndarray, *, orders: Mapping[int, np.ndarray], connected: bool, method: str, block_size: int,
                    name: str) -> Measurement:  # fmt: skip
        """The measurement of all ``orders`` (index tuples [entries, order] of each) by ``method``."""
        ...

    def exact(self, points: np.ndarray, *, indices: np.ndarray, connected: bool) -> "Exact":
        """The exact correlators at ``indices`` [entries, order]; raises `NoClosedForm`."""
        ...


@dataclass(frozen=True)
class InPrecision:
    """A measurement of an ensemble with JAX switched to ``precision`` while it is at work; outside, the user's setting is untouched."""

    measurement: Measurement
    precision: str

    @property
    def name(self) -> str:
        """The address of its random stream."""
        return self.measurement.name

    @property
    def block_size(self) -> int:
        """Draws in a block."""
        return self.measurement.block_size

    def fingerprint(self) -> dict[str, Any]:
        """The fingerprint of the measurement."""
        with arithmetic(self.precision):
            return self.measurement.fingerprint()

    def block(self, seed: int, index: int) -> BlockSums:
        """The sums of block ``index``."""
        with arithmetic(self.precision):
            return self.measurement.block(seed, index)

    def estimate(self, groups: Sequence[BlockSums], *, seed: int, order: int, width: int | None = None) -> "Estimate":
        """The correlators of ``order``."""
        with arithmetic(self.precision):
            return self.measurement.estimate(groups, seed=seed, order=order, width=width)


def arithmetic(precision: str) -> contextlib.AbstractContextManager[Any]:
    """JAX in ``precision`` ("float64" or "float32") inside a with-block."""
    import jax

    return jax.enable_x64(precision == "float64")


def measure(system: System, method: str, name: str, width: int, block_size: int, folder: Path, precision: str) -> Measurement:
    """The measurement of ``system`` by ``method`` at ``width``.

    Raises `InputError` for an ensemble that does not exist, and for parameters that it does not take.
    """
    points = np.array(system.points)
    orders = {order: system.entries(order) for order in system.orders}
    chosen = {"orders": orders, "connected": system.connected, "method": method, "block_size": block_size, "name": name}
    maker = _maker(system, folder)
    if _is_measurable(maker):
        return maker(**_arguments(system, width, maker)).measurement(points, **chosen)
    from certifield.correlators import measurement

    with arithmetic(precision):
        built = _ensemble(system, width, maker)
        _check_orders(system, method, built)
        return InPrecision(measurement(built, points, **chosen), precision)


def _check_orders(system: System, method: str, built: "Ensemble") -> None:
    """In the words of the study file, what the measurement would say about index tuples that the file may leave out."""
    odd = [order for order in system.orders if order % 2]
    if odd and built.even:
        even = [order for order in system.orders if order % 2 == 0]
        allowed = f"even for {method} of {system.ensemble}: its odd correlators vanish exactly"
        remedy = f"set orders = {even or [2, 4]}"
        raise InputError(f"system {system.name!r}, orders", list(system.orders), allowed, remedy)


def exact(system: System, order: int, width: int, folder: Path) -> "Exact":
    """The exact correlators of ``system`` at ``width``, always evaluated in 64 bit.  Raises `NoClosedForm`."""
    points = np.array(system.points)
    chosen = {"indices": system.entries(order), "connected": system.connected}
    maker = _maker(system, folder)
    if _is_measurable(maker):
        return maker(**_arguments(system, width, maker)).exact(points, **chosen)
    from certifield.correlators import exact as exact_correlators

    with arithmetic("float64"):
        return exact_correlators(_ensemble(system, width, maker), points, **chosen)


def ensemble(system: System, width: int, folder: Path) -> "Ensemble | None":
    """The ensemble of ``system`` at ``width``; None for a system that measures itself."""
    maker = _maker(system, folder)
    return None if _is_measurable(maker) else _ensemble(system, width, maker)


def _is_measurable(maker: Callable[..., Any]) -> bool:
    return isinstance(maker, type) and issubclass(maker, Measurable)


def _ensemble(system: System, width: int, maker: Callable[..., Any]) -> Any:
    from certifield.ensembles import Ensemble

    try:
        built = maker(**_arguments(system, width, maker))
    except InputError as error:
        raise InputError(f"system {system.name!r}, {error.argument}", error.given, error.allowed, error.remedy) from error
    if not isinstance(built, Ensemble):
        allowed = f"a function that returns an Ensemble (it returned {type(built).__name__})"
        raise InputError(f"system {system.name!r}, ensemble", system.ensemble, allowed, "return one: Ensemble(...), or single_layer(...)")
    return built


def _maker(system: System, folder: Path) -> Callable[..., Any]:
    return load_function(folder, system.ensemble) if is_user_file(system.ensemble) else _from_library(system.ensemble)


def _from_library(name: str) -> Callable[..., Any]:
    from certifield import ensembles

    known = sorted(
        key
        for key, value in vars(ensembles).items()
        if inspect.isfunction(value) and {"dim", "width"} <= inspect.signature(value).parameters.keys()
    )
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        remedy = f"did you mean {close[0]!r}?" if close else 'name a file of your own as "my_net.py:build"'
        raise InputError("ensemble", name, f"one of {', '.join(known)}, or file.py:function", remedy)
    return getattr(ensembles, name)


def _arguments(system: System, width: int, maker: Callable[..., Any]) -> dict[str, Any]:
    """What ``maker`` is called with: the parameters and the width; ``dim`` comes from the points where the parameters leave it out."""
    accepted = inspect.signature(maker).parameters
    arguments = {**system.parameters, "width": width}
    if "dim" in accepted:
        arguments.setdefault("dim", system.dim)
    takes_any = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in accepted.values())
    for key in () if takes_any else arguments.keys() - accepted.keys():
        close = difflib.get_close_matches(key, list(accepted), n=1, cutoff=0.5)
        remedy = f"did you mean {close[0]!r}?" if close else "remove it"
        raise InputError(f"parameters.{key}", arguments[key], f"a parameter of {system.ensemble}: {', '.join(accepted)}", remedy)
    for key, parameter in accepted.items():
        named = parameter.kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        if named and parameter.default is inspect.Parameter.empty and key not in arguments:
            raise InputError(f"parameters.{key}", None, f"given: {system.ensemble} has no default for it", f"add {key} to parameters")
    return arguments
