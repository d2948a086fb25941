r"""Networks of jaxkan, read as data and written back: its base layers are these, with a bias and one grid an edge (arXiv:2404.19756).

Two differences are left.  A bias goes into the splines of the first edge, since basis functions sum to 1; and beyond a grid the splines of
jaxkan are 0, without a word, where these go on as tangents: networks agree on their grids.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np

from certifield._arguments import of_kind
from certifield.evidence import InputError

from ._network import KAN, Layer
from ._splines import is_uniform

_REMEDY = "give jaxkan.models.KAN.KAN(..., layer_type='base' or 'spline') with silu as the residual"


def from_jaxkan(model: Any) -> KAN:
    """The network with the splines, weights and grids of a model of jaxkan 0.3 with base or spline layers.

    Anything will do whose ``layers`` have c_basis [n o, G + k] or [o, n, G + k], c_spl [o, n] (or None), c_res [o, n], bias [o] (or None),
    ``grid.item`` [n o, G + 2k + 1] or [n, G + 2k + 1], and ``k``.  jaxkan is not imported.
    Raises `InputError` for layers without these, and where edges of one input have different grids.
    """
    layers = getattr(model, "layers", None)
    if layers is None or not len(layers):
        raise InputError("model", type(model).__name__, "a model with layers of splines", _REMEDY)
    return KAN(tuple(_read(layer) for layer in layers))


def _read(layer: Any) -> Layer:
    missing = [name for name in ("c_basis", "c_res", "grid", "k") if getattr(layer, name, None) is None]
    if missing:
        raise InputError("model", type(layer).__name__, f"layers with {', '.join(missing)}", _REMEDY)
    base, order = _array(layer.c_res), int(layer.k)
    o, n = base.shape
    coefficients = _array(layer.c_basis).reshape(o, n, -1)
    grid = _array(layer.grid.item)
    if grid.shape[0] == n * o:
        every = grid.reshape(o, n, -1)
        if not np.allclose(every, every[:1], rtol=0, atol=1e-6 * np.ptp(grid)):
            raise InputError("model", "grids that differ among the edges of an input", "one grid an input", "call its update_grids first")
        grid = every[0]
    scale = np.ones((o, n)) if getattr(layer, "c_spl", None) is None else _array(layer.c_spl)
    bias = np.zeros(o) if getattr(layer, "bias", None) is None else _array(layer.bias)
    # A scale of zero takes no bias: it moves into the coefficients.
    silent = (scale[:, 0] == 0) & (bias != 0)
    coefficients[silent, 0], scale[silent, 0] = 0.0, 1.0
    coefficients[:, 0] += (bias / np.where(scale[:, 0] == 0, 1.0, scale[:, 0]))[:, None]
    if coefficients.shape[2] != grid.shape[1] - order - 1:
        raise InputError("model", (coefficients.shape, grid.shape), "G + k coefficients and G + 2k + 1 knots an edge", _REMEDY)
    given, at, weights, slopes = (jnp.asarray(each) for each in (coefficients, grid, scale, base))
    return Layer(given, weights, slopes, at, jnp.ones_like(weights), order, is_uniform(grid), 0)


def as_jaxkan(network: KAN) -> list[dict[str, np.ndarray]]:
    """For every layer what jaxkan's base layer holds: c_basis [n o, G + k], c_spl, c_res [o, n], bias [o] = 0, grid [n o, G + 2k + 1].

    Write them back with ``layer.c_basis[...] = arrays["c_basis"]``, and so on, ``layer.grid.item = arrays["grid"]``, ``layer.grid.G`` the
    number of intervals.  Masks are multiplied out.  Raises `InputError` for product nodes, which jaxkan does not have.
    """
    found = []
    for layer in of_kind("network", network, KAN, "make one with `kan`").layers:
        if layer.products:
            raise InputError("network", network.shape, "sums only: jaxkan has no product nodes", "keep it here")
        coefficients, mask = _array(layer.coefficients), _array(layer.mask)
        o, n, count = coefficients.shape
        grid = np.broadcast_to(_array(layer.grid), (o, n, layer.grid.shape[1])).reshape(n * o, -1)
        weights = {"c_spl": _array(layer.scale) * mask, "c_res": _array(layer.base) * mask}
        found.append({"c_basis": coefficients.reshape(n * o, count), **weights, "bias": np.zeros(o), "grid": grid})
    return found


def _array(given: Any) -> np.ndarray:
    """Of an array, or of a parameter that holds one."""
    return np.array(given[...], dtype=float)
