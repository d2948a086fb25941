r"""Four-point functions of $(\Theta\cdot X)^p$ from draws of Theta."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield.evidence import Estimate, InputError
from certifield.streams import stream_key

from ._embedding import checked_points, continued, cross_ratios, embed, null_product
from ._four_point import theta_power
from ._laws import ThetaLaw

_GROUPS = 64


def sampled_four_point(law: ThetaLaw, points: Any, *, draws: int, seed: int, power: int = 1) -> Estimate:
    r"""g(u, v) at ``points`` [K, 4, D]: the mean of $\phi(x_1) \cdots \phi(x_4)$ over both two-point functions, $\phi = (\Theta\cdot X)^p$.

    The field is complex and nothing is conjugated; the mean is real, since a change of the sign of $\Theta^0$ conjugates the field.
    Division is by the exact two-point functions.  Raises `InputError` for points of another dimension than the law, or points that
    coincide, and for fewer than 64 draws.
    """
    where = checked_points("points", points)
    where = where[None] if where.ndim == 2 else where
    if where.ndim != 3 or where.shape[2] + 2 != law.components:
        raise InputError("points", where.shape, f"of shape [K, 4, {law.components - 2}]", "the law is one of D + 2 parameters")
    cross_ratios(where)
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < _GROUPS:
        raise InputError("draws", draws, f"{_GROUPS} or more", "each of the groups needs one")
    theta_power(law, power)
    rows = embed(where)
    pairs = null_product(rows[:, 0], rows[:, 1]) * null_product(rows[:, 2], rows[:, 3])
    n, scale = law.components, 1.0
    for i in range(power):  # <phi phi> = p! E|Theta|^2p / (n (n+2) ...) (X.Y)^p
        scale *= (i + 1) / (n + 2 * i)
    norm = (scale * float(law.moment(power).mean)) ** 2 * pairs**power  # type: ignore[arg-type]
    each = draws // _GROUPS
    keys = jax.random.split(stream_key(seed, f"theta/{law.name}"), _GROUPS)
    means = np.asarray(jax.lax.map(partial(_group, law, each, power, jnp.asarray(continued(where))), keys)) / norm
    away = (means - means.mean(axis=0)) / np.sqrt(_GROUPS * (_GROUPS - 1))
    source = f"theta/{law.name}/{n}/{power}/{seed}/{draws}"
    return Estimate(means.mean(axis=0), {source: away}, each * _GROUPS, _GROUPS, seed, "draws of Theta", "float64")


def _group(law: ThetaLaw, draws: int, power: int, inputs: Array, key: Array) -> Array:
    field = jnp.einsum("sn,kin->ski", law.draw(key, draws).astype(inputs.dtype), inputs) ** power
    return jnp.mean(jnp.prod(field, axis=2).real, axis=0)
