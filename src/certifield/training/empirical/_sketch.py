"""The tangent kernel from random directions of the parameters: E[(J z)(J z)^H] = J J^H for z of covariance 1."""

from collections.abc import Iterator

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree

from certifield.evidence import Estimate, InputError
from certifield.streams import stream_key

from ._blocks import Leaves
from ._field import Evaluate, Field
from ._kind import INDICES, Output, combined, in_shape

_GROUPS = 16


def sketched(field: Field, parameters: int, x: np.ndarray, y: np.ndarray | None, output: Output, probes: int, seed: int) -> Estimate:
    """The mean over ``probes`` directions, with its error from 16 groups of them.

    Entries of a direction are signs of probability 1/2 each: among those of covariance 1 they have the smallest variance.
    """
    if isinstance(probes, bool) or not isinstance(probes, int) or probes < _GROUPS:
        raise InputError("probes", probes, f"a whole number, {_GROUPS} or more", f"try probes={16 * _GROUPS}")
    each = -(-probes // _GROUPS)
    root = stream_key(seed, f"tangent sketch/{parameters}")
    found = []
    for group in range(_GROUPS):
        rows, columns = _moved(field, x, y, jax.random.fold_in(root, group), each)
        found.append(in_shape(combined(np.asarray(_mean(rows, columns, output)), field), field, output))
    replicates = np.stack(found)
    mean = replicates.mean(axis=0)
    deviations = {f"tangent sketch/{parameters}/{seed}": (replicates - mean) / np.sqrt(_GROUPS * (_GROUPS - 1))}
    return Estimate(mean, deviations, each * _GROUPS, _GROUPS, seed, "random directions of the parameters", "float64")


def from_all_directions(field: Field, x: np.ndarray, y: np.ndarray | None, output: Output) -> np.ndarray:
    """The sum over all directions, parameter by parameter: exact."""
    total = np.zeros(())
    for directions in _units(field.leaves):
        rows = _push(field.function, field.leaves, field.rest, jnp.asarray(x), directions)
        columns = rows if y is None else _push(field.function, field.leaves, field.rest, jnp.asarray(y), directions)
        total = total + len(directions[0]) * np.asarray(_mean(rows, columns, output))
    return combined(total, field)


def _moved(field: Field, x: np.ndarray, y: np.ndarray | None, key: Array, count: int) -> tuple[Array, Array]:
    keys = jax.random.split(key, len(field.leaves))
    signs = tuple(jax.random.rademacher(one, (count, *leaf.shape), jnp.float64) for one, leaf in zip(keys, field.leaves, strict=True))
    rows = _push(field.function, field.leaves, field.rest, jnp.asarray(x), signs)
    return rows, rows if y is None else _push(field.function, field.leaves, field.rest, jnp.asarray(y), signs)


@eqx.filter_jit
def _push(function: Evaluate, leaves: Leaves, rest: PyTree, x: Array, directions: Leaves) -> Array:
    """How the outputs move along every direction: [directions, n, O, C]."""
    _, push = jax.linearize(lambda these: jax.vmap(function, (None, None, 0))(these, rest, x), leaves)
    return jax.lax.map(lambda direction: push(direction), directions, batch_size=min(16, len(directions[0])))


@eqx.filter_jit
def _mean(rows: Array, columns: Array, output: Output) -> Array:
    first, second, kept = INDICES[output]
    return jnp.einsum(f"kx{first},ky{second}->xy{kept}", rows, columns) / len(rows)


def _units(leaves: Leaves, at_once: int = 64) -> Iterator[Leaves]:
    """The directions of single parameters, some at once."""
    ends = np.cumsum([leaf.size for leaf in leaves])
    for start in range(0, int(ends[-1]), at_once):
        numbers = np.arange(start, min(start + at_once, int(ends[-1])))
        flat = (np.arange(leaf.size)[None] == (numbers - end + leaf.size)[:, None] for leaf, end in zip(leaves, ends, strict=True))
        yield tuple(jnp.asarray(each.reshape(-1, *leaf.shape), dtype=float) for each, leaf in zip(flat, leaves, strict=True))
