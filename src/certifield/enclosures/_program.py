"""What an activation does on cells of the real line, read off the program that JAX traces from it.

The program of an activation (its jaxpr) is a list of elementary operations.  Each has a rule in `OPERATIONS` for thick intervals, so
that bounds, breakpoints and complex neighbourhoods are known for every activation that is made of these operations, however narrow,
kinked or fast it is; an operation without a rule is refused by name.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal

from certifield.evidence import NoClosedForm

from . import _analytic as analytic, _pieces as pieces, _thick as rules
from ._thick import Thick


def _compare(name: str) -> Callable[[Thick, Thick], Thick]:
    """A comparison decided by intervals; of a value with itself, by logic."""
    whether = {
        "lt": lambda u, v: (u.high < v.low, u.low >= v.high),
        "le": lambda u, v: (u.high <= v.low, u.low > v.high),
        "gt": lambda u, v: (u.low > v.high, u.high <= v.low),
        "ge": lambda u, v: (u.low >= v.high, u.high < v.low),
        "eq": lambda u, v: ((u.low == u.high) & (v.low == v.high) & (u.low == v.low), (u.high < v.low) | (u.low > v.high)),
        "ne": lambda u, v: ((u.high < v.low) | (u.low > v.high), (u.low == u.high) & (v.low == v.high) & (u.low == v.low)),
    }[name]

    def compared(u: Thick, v: Thick) -> Thick:
        if u is v:
            always = np.full(u.low.shape, name in ("le", "ge", "eq"))
            return pieces.truth(always, ~always)
        return pieces.truth(*whether(u, v))

    return compared


def _select(which: Thick, *cases: Thick) -> Thick:
    if len(cases) != 2:
        raise NoClosedForm("a choice between more than two cases")
    return pieces.choose(which.high == 0, which.low == 1, *cases)


def _pow(base: Thick, exponent: Thick) -> Thick:
    if rules.is_constant(exponent):
        return analytic.real_pow(base, float(exponent.low.flat[0]))
    return analytic.exp(rules.mul(exponent, analytic.log(base)))


def _rem(u: Thick, v: Thick) -> Thick:
    if not rules.is_constant(v) or not v.low.flat[0]:
        raise NoClosedForm("a remainder by what is not a constant")
    return pieces.remainder(u, float(v.low.flat[0]))


def _same(v: Thick) -> Thick:
    return v


# Primitive -> rule.  Parameters of the primitive are looked at in `_apply`.
OPERATIONS: dict[str, Callable[..., Thick]] = {
    "add": rules.add, "add_any": rules.add, "sub": rules.sub, "mul": rules.mul, "neg": rules.neg,
    "div": lambda u, v: rules.mul(u, rules.reciprocal(v)),
    "square": lambda v: rules.integer_pow(v, 2), "sqrt": lambda v: analytic.real_pow(v, 0.5), "rsqrt": lambda v: analytic.real_pow(v, -0.5),
    "cbrt": lambda v: rules.mul(pieces.sign(v), analytic.real_pow(pieces.absolute(v), 1 / 3)), "pow": _pow, "rem": _rem,
    "exp": analytic.exp, "expm1": analytic.expm1, "exp2": lambda v: analytic.exp(rules.scaled(v, float(np.log(2)))),
    "log": analytic.log, "log1p": analytic.log1p, "tanh": analytic.tanh, "logistic": analytic.logistic,
    "erf": analytic.erf, "erfc": analytic.erfc,
    "one_minus_square": lambda v: rules.sub(rules.constant(1.0, v), rules.integer_pow(v, 2)),  # from JAX 0.11 on, in slopes of tanh
    "sin": analytic.sin, "cos": analytic.cos, "tan": analytic.tan, "atan": analytic.atan,
    "sinh": analytic.sinh, "cosh": analytic.cosh, "asinh": analytic.asinh,
    "abs": pieces.absolute, "sign": pieces.sign, "max": pieces.larger, "min": pieces.smaller, "select_n": _select,
    "clamp": lambda least, v, most: pieces.smaller(pieces.larger(v, least), most),
    "floor": lambda v: pieces.rounded(v, np.floor),
    "ceil": lambda v: pieces.rounded(v, np.ceil), "round": lambda v: pieces.rounded(v, np.round),
    "and": lambda u, v: pieces.truth((u.low == 1) & (v.low == 1), (u.high == 0) | (v.high == 0)),
    "or": lambda u, v: pieces.truth((u.low == 1) | (v.low == 1), (u.high == 0) & (v.high == 0)),
    "not": lambda v: pieces.truth(v.high == 0, v.low == 1),
    "xor": lambda u, v: pieces.truth((u.low == 1) & (v.high == 0) | (u.high == 0) & (v.low == 1),
                                    (u.low == 1) & (v.low == 1) | (u.high == 0) & (v.high == 0)),
    "is_finite": lambda v: pieces.truth(np.isfinite(v.size), np.zeros(v.low.shape, dtype=bool)),
    "copy": _same, "copy_p": _same, "stop_gradient": _same, "broadcast_in_dim": _same, "reshape": _same, "squeeze": _same,
} | {name: _compare(name) for name in ("lt", "le", "gt", "ge", "eq", "ne")}  # fmt: skip

_CALLS = ("jaxpr", "call_jaxpr", "fun_jaxpr")


def program_of(activation: Callable[[Any], Any]) -> ClosedJaxpr:
    """The program of a function of one number in 64 bits.  A fresh wrapper: JAX remembers traces by the function that it is given."""
    with jax.enable_x64(True):
        return jax.make_jaxpr(lambda z: activation(z))(jnp.zeros((), dtype=jnp.float64))


@cache
def _logaddexp() -> str:
    """The program of log(e^u + e^v) in 64 bits, by which it is recognised inside others (softplus, mish, log_sigmoid)."""
    with jax.enable_x64(True):
        zero = jnp.zeros((), dtype=jnp.float64)
        call = jax.make_jaxpr(lambda u, v: jnp.logaddexp(u, v))(zero, zero)
    while len(call.jaxpr.eqns) == 1:
        params = call.jaxpr.eqns[0].params
        call = next(params[key] for key in _CALLS if key in params)
    return str(call)


def enclose(program: ClosedJaxpr, low: np.ndarray, high: np.ndarray, thickness: np.ndarray) -> Thick:
    """The activation on cells [low, high] with boxes of half-height ``thickness``.  Raises `NoClosedForm` for an operation without rule."""
    argument = rules.variable(low, high, thickness)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        (value,) = _run(program.jaxpr, program.consts, [argument], argument)
    return value


def _run(jaxpr: Jaxpr, consts: Sequence[Any], arguments: Sequence[Any], like: Thick) -> list[Any]:
    known: dict[Any, Any] = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*consts, *arguments], strict=True))

    def read(atom: Any) -> Any:
        return atom.val if isinstance(atom, Literal) else known[atom]

    for equation in jaxpr.eqns:
        known.update(zip(equation.outvars, _apply(equation, [read(atom) for atom in equation.invars], like), strict=True))
    return [_as_thick(read(atom), like) for atom in jaxpr.outvars]


def _as_thick(value: Any, like: Thick) -> Thick:
    if isinstance(value, Thick):
        return value
    if np.ndim(value):
        raise NoClosedForm("arrays inside the activation")
    return rules.constant(float(value), like)


def _apply(equation: Any, values: list[Any], like: Thick) -> list[Any]:
    """One operation; what depends on constants alone is computed as it stands."""
    name, params = equation.primitive.name, equation.params
    if not any(isinstance(value, Thick) for value in values) and not any(key in params for key in _CALLS):
        with jax.ensure_compile_time_eval(), jax.enable_x64(True):  # also while JAX traces a program that asks for bounds
            found = equation.primitive.bind(*values, **params)
        return list(found) if equation.primitive.multiple_results else [found]
    if name == "scan":
        return _scan(equation, values, like)
    inner = next((params[key] for key in _CALLS if key in params), None)
    if inner is not None and name not in ("while", "cond"):
        if str(inner) == _logaddexp():  # written with max and |.|, but analytic
            u, v = (_as_thick(value, like) for value in values)
            return [rules.add(v, analytic.softplus(rules.sub(u, v)))]
        closed = inner if isinstance(inner, ClosedJaxpr) else ClosedJaxpr(inner, ())
        return _run(closed.jaxpr, closed.consts, values, like)
    if name == "integer_pow":
        return [rules.integer_pow(_as_thick(values[0], like), params["y"])]
    if name == "convert_element_type" and (params["new_dtype"] == np.float64 or equation.invars[0].aval.dtype.kind in "bi"):
        return [values[0]]
    if name not in OPERATIONS or any(np.shape(out.aval) for out in equation.outvars):
        raise NoClosedForm(f"the operation {name}" + (" on arrays" if name in OPERATIONS else ""))
    return [OPERATIONS[name](*(_as_thick(value, like) for value in values))]


def _scan(equation: Any, values: list[Any], like: Thick) -> list[Any]:
    """A loop over constants (Horner's scheme, say), unrolled.

    Its inputs are constants, then what is carried, then arrays of which each turn has a row; the last are told by their shapes, since
    the names of the counts differ between versions of JAX.
    """
    params = equation.params
    body = params["jaxpr"]
    rows = sum(outside.aval.shape != inside.aval.shape for outside, inside in zip(equation.invars, body.jaxpr.invars, strict=True))
    carried = len(equation.outvars)
    fixed = len(values) - carried - rows
    collected = any(outside.aval.shape != inside.shape for outside, inside in zip(equation.outvars, body.out_avals, strict=True))
    if any(isinstance(value, Thick) for value in values[fixed + carried :]) or collected:
        raise NoClosedForm("a loop over arrays")
    state = values[fixed : fixed + carried]
    turns = range(params["length"])
    for turn in reversed(turns) if params["reverse"] else turns:
        state = _run(body.jaxpr, body.consts, [*values[:fixed], *state, *(array[turn] for array in values[fixed + carried :])], like)
    return state
