"""The program that JAX traces from a function, and its digest: what a compiled program may be remembered by.

A function that closes over a value which changes is another function afterwards, though it is the same Python object.  So nothing is
remembered by the object alone: the digest is that of the traced operations and of every number in them.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal

from certifield.evidence import CertifieldError, InputError


def traced(function: Callable[..., Any], *arguments: Any, argument: str, given: object, allowed: str, remedy: str) -> ClosedJaxpr:
    """The program of ``function`` at ``arguments``; whatever goes wrong inside becomes one `InputError` on ``argument``."""
    try:
        return jax.make_jaxpr(lambda *values: function(*values))(*arguments)  # a wrapper of its own: JAX remembers traces by function
    except CertifieldError:
        raise
    except Exception as problem:  # a user's code may raise anything
        first = str(problem).strip().split("\n")[0][:160]
        raise InputError(argument, given, f"{allowed}; tracing it raised {type(problem).__name__}: {first}", remedy) from problem


def program_digest(program: ClosedJaxpr) -> str:
    """A digest of the operations and of all constants."""
    digest = hashlib.sha256()
    for word in _words(program.jaxpr, program.consts, {}):
        digest.update(word)
        digest.update(b"\0")
    return digest.hexdigest()


def _words(jaxpr: Jaxpr, consts: Any, numbers: dict[Any, int]) -> Iterator[bytes]:
    for const in consts:
        yield _number(const)
    for variable in (*jaxpr.constvars, *jaxpr.invars):
        yield f"{numbers.setdefault(variable, len(numbers))}:{variable.aval}".encode()
    for equation in jaxpr.eqns:
        yield equation.primitive.name.encode()
        yield from (_atom(atom, numbers) for atom in equation.invars)
        for key in sorted(equation.params):
            yield key.encode()
            yield from _parameter(equation.params[key], numbers)
        yield from (f"{numbers.setdefault(out, len(numbers))}:{out.aval}".encode() for out in equation.outvars)
    yield from (_atom(atom, numbers) for atom in jaxpr.outvars)


def _atom(atom: Any, numbers: dict[Any, int]) -> bytes:
    return _number(atom.val) if isinstance(atom, Literal) else str(numbers.setdefault(atom, len(numbers))).encode()


def _parameter(value: Any, numbers: dict[Any, int]) -> Iterator[bytes]:
    if isinstance(value, ClosedJaxpr):
        yield from _words(value.jaxpr, value.consts, numbers)
    elif isinstance(value, Jaxpr):
        yield from _words(value, (), numbers)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _parameter(part, numbers)
    elif isinstance(value, np.ndarray | jax.Array):
        yield _number(value)
    elif not type(value).__module__.startswith("jax._src.linear_util"):  # a derivative rule, not yet traced
        yield re.sub(r" at 0x[0-9a-f]+", "", repr(value)).encode()


def _number(value: Any) -> bytes:
    if isinstance(value, Tracer):  # traced from inside another program: known by its shape only
        return repr(value.aval).encode()
    if isinstance(value, jax.Array) and jnp.issubdtype(value.dtype, jax.dtypes.prng_key):
        value = jax.random.key_data(value)
    array = np.asarray(value)
    return f"{array.dtype}{array.shape}".encode() + array.tobytes()
