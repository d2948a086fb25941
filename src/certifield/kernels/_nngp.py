"""The kernel of the Gaussian process that a network becomes at infinite width."""

from collections.abc import Callable
from typing import Any

import jax
from jaxtyping import Array

from certifield.evidence import Estimate, Exact, NoClosedForm
from certifield.layers import Layer

from ._matrix import RESOLUTIONS, Asked, checked, matrix, sampled
from ._rules import draws_logits
from .duals import Resolution

_REFERENCE = "arXiv:1711.00165 (dense), arXiv:1810.05148 (convolution), arXiv:2006.10540 (attention)"


def kernel_function(network: Layer, *, resolution: Resolution = RESOLUTIONS[0]) -> Callable[[Array, Array], Array]:
    """The kernel as a function of JAX, (x [n, *positions, channels], y [m, ...]) -> K [n, m(, *positions, *positions)], in one piece.

    For programs of one's own: it can be compiled and differentiated, with finite gradients at coincident and at zero inputs (for a function
    with kinks and without closed form a gradient at coincident inputs is finite, and not the derivative); it carries no error bound and
    checks little.  `nngp` is the safe way to a matrix.  Activations without closed form are expanded at ``resolution``.
    Raises `NoClosedForm` for softmax attention with untied keys, whose logits must be drawn.
    """
    if draws_logits(network):
        raise NoClosedForm("softmax attention with untied keys has no closed kernel; use cf.kernels.nngp, which draws the logits")
    asked = Asked(network)
    return lambda x, y: asked.behind(x, y, jax.random.key(0), resolution).cross


def nngp(network: Layer, x: Any, y: Any = None, *, draws: int = 1024, seed: int = 0, block: int | None = None) -> Exact | Estimate:
    """The kernel K(x, y) = E[phi(x) conj phi(y)] of one output channel at infinite width (channels, heads): [n, m].

    ``network``: layers of `certifield.layers`; ``x`` [n, dim] or [n, *positions, channels]; ``y`` likewise, or None for K(x, x), whose
    symmetric half is computed once.  Where positions are left at the end the kernel is that of all their pairs, [n, m, *positions,
    *positions].  Different output channels are independent.  Always computed in 64 bit, in blocks of ``block`` points, so that only the
    result itself grows with the points.

    An `Exact` where all activations have closed forms or are analytic, such as tanh: its radius bounds rounding, what is left out of the
    Hermite expansion, and by enclosures of the activation what quadratures miss.  For a function with kinks and without closed form an
    `Estimate` of unknown bias, whose error is a comparison of quadratures.  Softmax attention with untied keys gives an `Estimate` from
    ``draws`` draws of the logits under ``seed``, in 16 replicates; its bias is unknown where an activation follows, O(1/draws).

    Raises `NotConverged` where errors grow from layer to layer until nothing is known, `InputError` for inputs that do not fit, and for
    networks without a Gaussian limit, such as an activation of an activation.

    >>> import certifield as cf
    >>> net = cf.layers.serial(cf.layers.dense(1.0, 1.0), cf.layers.relu(), cf.layers.dense())
    >>> cf.kernels.nngp(net, [[0.3, -0.2], [1.0, 0.5]])[0, 1]
    Exact 0.5632008280775... (radius ...)
    """
    points, others = checked(x, y, block)
    asked = Asked(network)
    with jax.enable_x64(True):
        if draws_logits(network):
            return sampled(asked, points, others, draws, seed)
        return matrix(asked, points, others, block, f"covariance recursion of {network}", _REFERENCE)
