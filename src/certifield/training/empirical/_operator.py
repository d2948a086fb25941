"""The tangent kernel as an operator that is never formed: Theta v = J (J^T v), its extreme eigenvalues, and linear systems."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
from jaxtyping import Array, PyTree
from scipy.linalg import eigh_tridiagonal
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

from certifield.ensembles._checked import checked_count, checked_number
from certifield.evidence import Estimate, InputError, NotConverged
from certifield.streams import stream_key

from ._blocks import Leaves
from ._cost import counts
from ._field import Evaluate, Field, field_of, points

_EPS = float(np.finfo(float).eps)


class Operator(eqx.Module):
    """v [n, O] -> Theta(x, x) v, block of points by block; its values travel as arguments, so that one program serves a whole training."""

    leaves: Leaves
    rest: PyTree
    x: Array
    function: Evaluate = eqx.field(static=True)

    def __call__(self, v: Array) -> Array:
        def pulled(total: Leaves, given: tuple[Array, Array]) -> tuple[Leaves, None]:
            x, weights = given
            _, pull = jax.vjp(self._over(x), self.leaves)
            return jax.tree.map(jnp.add, total, pull(weights[..., None])[0]), None

        directions, _ = jax.lax.scan(pulled, jax.tree.map(jnp.zeros_like, self.leaves), (self.x, v.reshape(*self.x.shape[:2], -1)))
        moved = jax.lax.map(lambda x: jax.jvp(self._over(x), (self.leaves,), (directions,))[1][..., 0], self.x)
        return moved.reshape(v.shape)

    def _over(self, x: Array) -> Callable[[Leaves], Array]:
        return lambda leaves: jax.vmap(self.function, (None, None, 0))(leaves, self.rest, x)


def _operator(module: Any, x: Any, block: int | None) -> tuple[Operator, Field, int, int]:
    """The operator, the field, n, and the terms of the longest sums."""
    rows = points("x", x)
    field = field_of(module, rows)
    if field.complex:
        raise InputError("module", "complex outputs", "one with real outputs: form the kernel with empirical_ntk", "solve with numpy")
    n = len(rows)
    size = next(each for each in range(min(n, block or 256), 0, -1) if n % each == 0)  # blocks of one shape
    found = counts(field, rows)
    return Operator(field.leaves, field.rest, jnp.asarray(rows.reshape(-1, size, *rows.shape[1:])), field.function), field, n, found.terms


@eqx.filter_jit
def _applied(operator: Operator, v: Array) -> Array:
    return operator(v)


@eqx.filter_jit
def _solved(operator: Operator, right: Array, ridge: Array, tolerance: float, most: int) -> tuple[Array, Array]:
    shape = jax.ShapeDtypeStruct(right.shape, right.dtype)
    regular = lx.FunctionLinearOperator(lambda v: operator(v) + ridge * v, shape, lx.positive_semidefinite_tag)
    found = lx.linear_solve(regular, right, lx.CG(rtol=tolerance, atol=0.0, max_steps=most), throw=False)
    return found.value, found.stats["num_steps"]


def ntk_solve(
    module: Any, x: Any, right: Any, *, ridge: float = 0.0, tolerance: float = 1e-10, most: int | None = None, block: int | None = None
) -> Estimate:
    """(Theta(x, x) + ridge)^(-1) applied to ``right`` [n, *shape of one output] by conjugate gradients, without the kernel.

    Every step costs one tangent-kernel-vector product, in blocks of ``block`` points; memory grows as n, not as n^2.  The error is
    the norm of the residual, and of what rounding hides of it, over the smallest eigenvalue: at least ``ridge``, and without one the
    smallest Ritz value of Lanczos.  It is no bound, since Ritz values lie inside of the spectrum.
    Raises `InputError` for ``right`` of another shape, [n] against [n, 1] too, and `NotConverged`, with the extreme eigenvalues and a ridge
    that would do, where ``most`` steps (10 n O) do not reach the relative ``tolerance``.
    """
    if not checked_number("ridge", ridge) >= 0:
        raise InputError("ridge", ridge, "0 or more", "leave it out")
    if not 0 < checked_number("tolerance", tolerance) < 1:
        raise InputError("tolerance", tolerance, "between 0 and 1", "try tolerance=1e-10")
    if most is not None:
        checked_count("most", most)
    with jax.enable_x64(True):
        operator, field, n, terms = _operator(module, x, block)
        given = np.asarray(right)
        if given.shape != (n, *field.shape) or given.dtype.kind not in "iuf" or not np.all(np.isfinite(given)):
            raise InputError(
                "right",
                f"shape {given.shape}",
                f"finite numbers of shape {(n, *field.shape)}, one row per point",
                "reshape it: no broadcasting",
            )
        flat = jnp.asarray(given.reshape(n, -1), dtype=float)
        steps = most or 10 * flat.size
        value, taken = _solved(operator, flat, jnp.asarray(ridge, dtype=float), tolerance, steps)
        residual = float(np.linalg.norm(np.asarray(_applied(operator, value) + ridge * value - flat)))
        converged = residual <= 10 * tolerance * np.linalg.norm(given)
        low, high = _extremes(operator, n * field.outputs, ("LA",) if ridge and converged else ("SA", "LA"))
        if not converged:
            left = residual / np.linalg.norm(given)
            text = f"{int(taken)} steps left a relative residual of {left:.1e}; eigenvalues {low:.2e} to {high:.2e}"
            raise NotConverged(f"{text}. Give ridge={1e-8 * high:.1e}, or more steps")
        least = ridge or low
        if least <= terms * _EPS * high:
            raise NotConverged(
                f"the smallest eigenvalue is {least:.1e}, below the rounding: Theta is singular. Give ridge={1e-8 * high:.1e}"
            )
    rounding = terms * _EPS * ((high + ridge) * float(np.linalg.norm(np.asarray(value))) + float(np.linalg.norm(given)))
    error = np.full(given.shape, (residual + rounding) / least)
    words = f"conjugate gradients, {int(taken)} steps, ridge {ridge:g}"
    source = f"{words}/{n}/{residual}"
    return Estimate.from_stderr(np.asarray(value).reshape(given.shape), error, source=source, method=words, bias="unknown")


def ntk_eigenvalues(module: Any, x: Any, *, top: int = 1, block: int | None = None) -> Estimate:
    """The ``top`` largest eigenvalues of Theta(x, x) as a matrix [n O, n O], descending, by Lanczos without the kernel.

    Within the error, |Theta u - lambda u| for the vector that was found, lies an eigenvalue; that none was passed over nothing proves.
    Raises `InputError` for more of them than n O - 1, and `NotConverged`.
    """
    with jax.enable_x64(True):
        operator, field, n, terms = _operator(module, x, block)
        size = n * field.outputs
        if isinstance(top, bool) or not isinstance(top, int) or not 1 <= top < size:
            raise InputError("top", top, f"a whole number from 1 to {size - 1}", "form the kernel for all of them")
        values, left = (each[::-1] for each in _ritz(operator, size, top, "LA"))
    words = f"Lanczos, {size} x {size} without the matrix"
    error = left + terms * _EPS * values[0]
    return Estimate.from_stderr(values.copy(), error, source=f"{words}/{values[0]}", method=words, bias="unknown")


def ntk_trace(module: Any, x: Any, *, probes: int = 64, seed: int = 0, block: int | None = None) -> Estimate:
    """The trace of Theta(x, x) as a matrix [n O, n O] from v.Theta v with random signs v (Hutchinson): unbiased, with its error.

    Raises `InputError` for fewer than 2 probes.
    """
    _require_count("probes", probes, 2)
    with jax.enable_x64(True):
        operator, field, n, _ = _operator(module, x, block)
        signs = jax.random.rademacher(stream_key(seed, "tangent trace"), (probes, n, field.outputs), jnp.float64)
        values = np.array([float(jnp.vdot(v, _applied(operator, v))) for v in signs])
    return _over_probes(values, f"tangent trace/{n}/{seed}", seed, "none")


def ntk_log_determinant(
    module: Any, x: Any, *, ridge: float, probes: int = 32, steps: int = 64, seed: int = 0, block: int | None = None
) -> Estimate:
    """log det(Theta(x, x) + ridge) of the matrix [n O, n O], from v.log(Theta + ridge) v with random signs v, without the kernel.

    Every v takes ``steps`` products.  What the tridiagonal matrix of Lanczos gives is Gauss' rule, which lies above since the even
    derivatives of log are negative; Radau's, with a node at the ``ridge``, below which there is no eigenvalue, lies below.  The value is
    their middle, and the bias is bounded by half of their distance.
    Raises `InputError` for a ridge that is not above 0, fewer than 2 probes, and fewer than 2 steps.
    Reference: Bai, Fahey and Golub, J. Comput. Appl. Math. 74 (1996) 71.
    """
    if not ridge > 0:
        raise InputError("ridge", ridge, "above 0: a singular kernel has no logarithm of a determinant", "try ridge=1e-6")
    _require_count("probes", probes, 2)
    _require_count("steps", steps, 2)
    with jax.enable_x64(True):
        operator, field, n, _ = _operator(module, x, block)
        signs = np.asarray(jax.random.rademacher(stream_key(seed, "tangent determinant"), (probes, n * field.outputs), jnp.float64))

        def applied(v: np.ndarray) -> np.ndarray:
            return np.asarray(_applied(operator, jnp.asarray(v).reshape(n, -1))).ravel() + ridge * v

        bounds = np.array([_logarithm(applied, v, ridge, steps) for v in signs])
    room = float(np.mean(bounds[:, 1] - bounds[:, 0])) / 2
    return _over_probes(bounds.mean(axis=1), f"tangent determinant/{n}/{ridge}/{seed}", seed, f"bounded({abs(room):.3e})")


def _logarithm(applied: Callable[[np.ndarray], np.ndarray], v: np.ndarray, least: float, steps: int) -> tuple[float, float]:
    """Bounds on v.log(A) v, below and above, by Lanczos with every vector orthogonal to all before; A has no eigenvalue below ``least``."""
    basis, diagonal, beside = [v / np.linalg.norm(v)], [], []
    for _ in range(min(steps, len(v))):
        rows, moved = np.array(basis), applied(basis[-1])
        diagonal.append(float(basis[-1] @ moved))
        for _ in range(2):
            moved = moved - rows.T @ (rows @ moved)
        beside.append(float(np.linalg.norm(moved)))
        if beside[-1] <= len(v) * _EPS * max(diagonal):  # all that v sees is known
            beside[-1] = 0.0
            break
        basis.append(moved / beside[-1])
    square = float(v @ v)
    above = square * _rule(diagonal, beside[:-1])
    if not beside[-1] or len(diagonal) == len(v):
        return above, above
    shifted = np.diag(np.array(diagonal) - least) + np.diag(beside[:-1], 1) + np.diag(beside[:-1], -1)
    last = np.zeros(len(diagonal))
    last[-1] = beside[-1] ** 2
    return square * _rule([*diagonal, least + float(np.linalg.solve(shifted, last)[-1])], beside), above


def _rule(diagonal: list[float], beside: list[float]) -> float:
    """The sum over nodes of weights times logarithms, of the rule that a tridiagonal matrix stands for."""
    nodes, vectors = eigh_tridiagonal(np.array(diagonal), np.array(beside))
    return float(vectors[0] ** 2 @ np.log(nodes))


def _over_probes(values: np.ndarray, source: str, seed: int, bias: str) -> Estimate:
    probes = len(values)
    away = {source: (values - values.mean()) / np.sqrt(probes * (probes - 1))}
    return Estimate(np.asarray(values.mean()), away, probes, probes, seed, "random signs", "float64", bias=bias)


def _require_count(name: str, count: int, least: int) -> None:
    if isinstance(count, bool) or not isinstance(count, int) or count < least:
        raise InputError(name, count, f"a whole number, {least} or more", f"try {name}=64")


def _extremes(operator: Operator, size: int, ends: tuple[str, ...]) -> tuple[float, float]:
    """The smallest and the largest Ritz value; 0 for the smallest, which is slow to find, unless asked for."""
    found = {which: float(_ritz(operator, size, 1, which)[0][0]) for which in ends}
    return found.get("SA", 0.0), found["LA"]


def _ritz(operator: Operator, size: int, count: int, which: str) -> tuple[np.ndarray, np.ndarray]:
    """Ritz values, ascending, and the norm of what each leaves of its equation."""

    def applied(v: np.ndarray) -> np.ndarray:
        return np.asarray(_applied(operator, jnp.asarray(v).reshape(size, 1))).ravel()

    if size <= 2 * count + 1:  # Lanczos needs room
        dense = np.stack([applied(unit) for unit in np.eye(size)])
        chosen = slice(0, count) if which == "SA" else slice(size - count, size)
        values, vectors = (each[..., chosen] for each in np.linalg.eigh((dense + dense.T) / 2))
    else:
        try:
            start = np.random.default_rng(0).normal(size=size)
            matrix = LinearOperator((size, size), matvec=applied, dtype=float)  # type: ignore[call-arg]
            values, vectors = eigsh(matrix, k=count, which=which, v0=start, maxiter=50 * size)  # type: ignore[arg-type]
        except ArpackNoConvergence as error:
            raise NotConverged("Lanczos did not find the extreme eigenvalues: Theta is nearly singular. Give ridge=1e-8 or more") from error
    order = np.argsort(values)
    return values[order], np.array([np.linalg.norm(applied(vectors[:, k]) - values[k] * vectors[:, k]) for k in order])
