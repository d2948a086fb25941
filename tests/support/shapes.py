"""A run-time type checker that looks at the shapes and kinds of arrays alone.

The suite loads the numerical core through jaxtyping's import hook with this checker, so that every array that crosses a function
boundary is compared with its annotation.  Other annotations are left to the static checker: a number of the wrong kind must reach the
code that answers with an `InputError`.
"""

import inspect
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from beartype import beartype
from jaxtyping import AbstractArray


def shapes_only(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` with its array annotations checked on every call."""
    if isinstance(function, type):
        return function
    hints = {name: _of_either_kind(hint) for name, hint in inspect.get_annotations(function).items() if _is_array(hint)}
    if not hints:
        return function
    function.__annotations__ = hints
    return beartype(function)


def _is_array(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, AbstractArray)


def _of_either_kind(hint: Any) -> Any:
    """The same shape and dtype for arrays of JAX and of NumPy; lists and numbers, which a public function converts, are let through."""
    return hint.dtype[jax.Array | np.ndarray, hint.dim_str] | list | tuple | float | int
