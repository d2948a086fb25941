"""The tangent kernel of a network at infinite width: what training by gradients is governed by there."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
from jaxtyping import Array

from certifield.evidence import Estimate, Exact, NoClosedForm
from certifield.layers import Layer

from ._matrix import RESOLUTIONS, Asked, checked, matrix, sampled
from ._rules import draws_logits
from .duals import Resolution

_REFERENCE = "arXiv:1806.07572; arXiv:1902.06720; attention arXiv:2006.10540"


def ntk_function(
    network: Layer, *, standard_width: int | Sequence[int] | None = None, resolution: Resolution = RESOLUTIONS[0]
) -> Callable[[Array, Array], Array]:
    """The tangent kernel as a function of JAX, as `kernel_function` is for the covariance.

    Raises `NoClosedForm` for softmax attention with untied keys, whose logits must be drawn.
    """
    if draws_logits(network):
        raise NoClosedForm("softmax attention with untied keys has no closed kernel; use cf.kernels.ntk, which draws the logits")
    asked = _asked(network, standard_width)
    return lambda x, y: asked.of(asked.behind(x, y, jax.random.key(0), resolution)).cross


def ntk(
    network: Layer,
    x: Any,
    y: Any = None,
    *,
    standard_width: int | Sequence[int] | None = None,
    draws: int = 1024,
    seed: int = 0,
    block: int | None = None,
) -> Exact | Estimate:
    """The tangent kernel Theta(x, y) = sum_theta d_theta phi(x) conj d_theta phi(y) of one output channel at infinite width: [n, m].

    It follows the same recursion as `nngp` and takes the same arguments; through a dense layer behind an activation f

        Theta' = K' + sigma_w^2 E[f'(u) f'(v)] Theta,    Theta = K at first,

    where f' is the derivative between the jumps of f.  Different output channels have tangent kernel 0 with each other.

    Parameters are standard Gaussian, and variances and fan-ins stand in the formulas (the tangent-kernel parametrisation).  With
    ``standard_width``, of all hidden layers or of each, they stand in the law of the parameters instead: a weight of n inputs adds
    n K/sigma_w^2 in place of K, a bias 1 in place of sigma_b^2, and the kernel is that of these widths, to leading order.

    An `Exact` or an `Estimate` where that of `nngp` is one; for softmax attention with untied keys from ``draws`` draws of the logits, the
    same as those of `nngp`.  Raises `NotConverged` and `InputError` as `nngp` does, and for attention in standard parametrisation.

    Reference: arXiv:1806.07572 (eq. 8); arXiv:1902.06720.

    >>> import certifield as cf
    >>> net = cf.layers.serial(cf.layers.dense(1.0, 1.0), cf.layers.relu(), cf.layers.dense())
    >>> cf.kernels.ntk(net, [[0.3, -0.2], [1.0, 0.5]])[0, 1]
    Exact 1.0115644439... (radius ...)
    """
    points, others = checked(x, y, block)
    asked = _asked(network, standard_width)
    with jax.enable_x64(True):
        if draws_logits(network):
            return sampled(asked, points, others, draws, seed)
        return matrix(asked, points, others, block, f"tangent recursion of {network}", _REFERENCE)


def _asked(network: Layer, standard_width: int | Sequence[int] | None) -> Asked:
    if standard_width is None:
        return Asked(network, tangent=True)
    return Asked(network, True, tuple(network._widths(standard_width, 1).remaining))
