"""From a system of the options to something that can be measured, once in every process."""

import difflib
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

import jax
import numpy as np

from certifield import ensembles
from certifield.correlators import exact, measurement
from certifield.ensembles import Ensemble
from certifield.evidence import Estimate, Exact, InputError, NoClosedForm
from certifield.streams import BlockSums
from certifield.study import SUBSUMS, Missing, Own

from ._system import System, once_each

_ADVICE = re.compile(r"[;.] sample (it )?with cf\.correlators.*", re.IGNORECASE | re.DOTALL)  # which is what the study just did

# A study asks for the same few measurements again and again; each holds a table of products, and no draws.
_REMEMBERED = 512


class Measurement(Protocol):
    """What a study needs of a measurement; `certifield.correlators.measurement` makes them."""

    def fingerprint(self) -> dict[str, Any]:
        """JSON data that changes whenever the sums would; enters the digest of the study."""
        ...

    def sub_sums(self, seed: int, index: int, draws: int, number: int) -> list[BlockSums]:
        """The sums of block ``index`` of ``draws`` draws, in ``number`` parts of equal size: the same arguments give the same bits."""
        ...

    def estimate(self, groups: Sequence[BlockSums], *, seed: int, order: int, width: int | None = None) -> Estimate:
        """The correlators of ``order``, from sums merged into groups."""
        ...


@runtime_checkable
class Measurable(Protocol):
    """A system that measures itself: a class of a user's file, named as ``file.py:Class`` where an ensemble is expected.

    It is made with ``width`` and the parameters of the system, and asked exactly what a study would ask `certifield.correlators` about an
    ensemble.  Its arithmetic, and the precision of it, are its own.
    """

    def measurement(self, points: np.ndarray, *, orders: Mapping[int, np.ndarray], connected: bool, method: str, block_size: int,
                    name: str) -> Measurement:  # fmt: skip
        """The measurement of all ``orders`` (index tuples [entries, order] of each) by ``method``; blocks are multiples of the size."""
        ...

    def exact(self, points: np.ndarray, *, indices: np.ndarray, connected: bool) -> Exact:
        """The exact correlators at ``indices`` [entries, order]; raises `NoClosedForm`."""
        ...


def measured(system: System, method: str, width: int | None, name: str, unit: int) -> Measurement:
    """The measurement of ``system`` by ``method`` at ``width`` in blocks of ``unit`` draws; ``name`` is the address of its stream.

    Raises `InputError` for an ensemble that does not exist, and for parameters that it does not take.
    """
    return _measured(system, method, width, name, unit, jax.numpy.zeros(()).dtype.name)


@lru_cache(maxsize=_REMEMBERED)
def _measured(system: System, method: str, width: int | None, name: str, unit: int, precision: str) -> Measurement:
    points = np.array(system.points)
    orders = {order: system.entries(order) for order in system.orders}
    chosen: dict[str, Any] = {"orders": orders, "connected": system.connected, "method": method, "block_size": unit, "name": name}
    built = made(system, width)
    if not isinstance(built, Ensemble):
        return built.measurement(points, **chosen)
    odd = [order for order in system.orders if order % 2]
    if odd and built.even:
        even = [order for order in system.orders if order % 2 == 0]
        allowed = f"even for {method} of {system.ensemble}: its odd correlators vanish exactly"
        raise InputError(f"system {system.name!r}, orders", list(system.orders), allowed, f"set orders = {even or [2, 4]}")
    return measurement(built, points, **chosen, sub_sums=SUBSUMS)


@lru_cache(maxsize=_REMEMBERED)
def known(system: System, order: int, width: int | None) -> Exact | Missing:
    """The exact correlators of ``system`` at ``width``, always evaluated in 64 bit, or which route there is instead.

    The methods of a system share them.
    """
    chosen: dict[str, Any] = {"indices": system.entries(order), "connected": system.connected}
    built = made(system, width)
    try:
        if not isinstance(built, Ensemble):
            return built.exact(np.array(system.points), **chosen)
        with jax.enable_x64(True):
            return exact(built, np.array(system.points), **chosen)
    except NoClosedForm as reason:
        return Missing(_ADVICE.sub("", str(reason)))


def repeated(system: System, order: int, width: int | None) -> str:
    """Why the correlators of single neurons at ``width`` are no measurement of their own, "" where they are.

    All widths are read from the same draws; connected correlators, and those of order 2, differ by a power of the width alone.
    """
    first = (system.widths or (None,))[0]
    if width == first or not (system.connected or order <= 2) or not isinstance(made(system, width), Ensemble):
        return ""
    return f"the same draws as N={first}, rescaled"


@lru_cache(maxsize=_REMEMBERED)
def made(system: System, width: int | None) -> Any:
    """The ensemble of ``system`` at ``width``, or what measures itself in place of one.  Raises `InputError` where there is none."""
    maker = system.ensemble.load() if isinstance(system.ensemble, Own) else _from_library(system.ensemble)
    if not callable(maker):
        raise InputError("ensemble", str(system.ensemble), "a function that returns an Ensemble", "name one of them after the colon")
    given = _arguments(system, width, maker)
    try:
        built = maker(**given)
    except InputError as error:
        raise InputError(f"system {system.name!r}, {error.argument}", error.given, error.allowed, error.remedy) from error
    if not isinstance(built, Ensemble | Measurable):
        allowed = f"a function that returns an Ensemble (it returned {type(built).__name__})"
        remedy = "return one: Ensemble(...), or single_layer(...)"
        raise InputError(f"system {system.name!r}, ensemble", str(system.ensemble), allowed, remedy)
    return built


def _from_library(name: str) -> Callable[..., Any]:
    """A function of `certifield.ensembles` that makes an ensemble in some dimension."""
    functions = {key: value for key, value in vars(ensembles).items() if inspect.isfunction(value)}
    makers = sorted(key for key, value in functions.items() if inspect.signature(value).return_annotation is Ensemble)
    if name not in makers:
        close = difflib.get_close_matches(name, makers, n=1, cutoff=0.4)
        remedy = f"did you mean {close[0]!r}?" if close else 'name a file of your own as "my_net.py:build"'
        raise InputError("ensemble", name, f"one of {', '.join(makers)}, or file.py:function", remedy)
    return functions[name]


def _arguments(system: System, width: int | None, maker: Callable[..., Any]) -> dict[str, Any]:
    """What ``maker`` is called with: the parameters and the width; ``dim`` comes from the points where the parameters leave it out."""
    accepted = inspect.signature(maker).parameters
    takes_any = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in accepted.values())
    _check_width(system, width, "width" in accepted or takes_any)
    stated = {key: ensembles.law_from(value, key) if isinstance(value, dict) else value for key, value in system.parameters.items()}
    arguments = stated if width is None else {**stated, "width": width}
    if "dim" in accepted:
        arguments.setdefault("dim", system.dim)
    for key in () if takes_any else arguments.keys() - accepted.keys():
        close = difflib.get_close_matches(key, list(accepted), n=1, cutoff=0.5)
        remedy = f"did you mean {close[0]!r}?" if close else "remove it"
        allowed = f"a parameter of {system.ensemble}: {', '.join(accepted)}"
        raise InputError(f"system {system.name!r}, parameters.{key}", arguments[key], allowed, remedy)
    for key, parameter in accepted.items():
        named = parameter.kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        if named and parameter.default is inspect.Parameter.empty and key not in arguments:
            allowed = f"given: {system.ensemble} has no default for it"
            raise InputError(f"system {system.name!r}, parameters.{key}", None, allowed, f"add {key} to parameters")
    return arguments


def _check_width(system: System, width: int | None, takes_one: bool) -> None:
    if width is None and takes_one:
        once_each(f"system {system.name!r}, widths", (), "widths = [20, 100]")
    if width is not None and not takes_one:
        allowed = f"absent: {system.ensemble} has no width"
        raise InputError(f"system {system.name!r}, widths", list(system.widths or ()), allowed, "remove the key widths")
