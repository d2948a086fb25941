"""The named networks: single hidden layers phi(x) = sum_{i=1..N} a_i h(x; w_i, b_i) + c.

Conventions, for all of them: a ~ N(0, sigma_a^2/N), w ~ N(0, sigma_w^2/d), b ~ N(0, sigma_b^2), c ~ N(0, sigma_c^2), all independent.
(arXiv:2008.08601 uses one sigma_w for w and a, and one sigma_b for b and c.)
"""

import math
from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array

from certifield.evidence import InputError

from ._activation import activation as checked_activation, is_complex
from ._architecture import Feature, LinearField, SingleLayer, SingleLayerParameters
from ._checked import checked_count, checked_scale
from ._density import Independent
from ._ensemble import Ensemble
from ._law import Law, normal, uniform
from ._momentum_ball import MomentumBall, ball_volume, propagator_integral
from ._named import LAWS, law_from

_FEW = 8  # coordinates


def _preactivation(weights: Array, bias: Array, x: Array) -> Array:
    """The number w.x + b: few coordinates are added one by one, which leaves the neurons innermost in the compiled loops."""
    if weights.shape[0] > _FEW:
        return jnp.sum(weights * x) + bias
    return sum((weights[j] * x[j] for j in range(1, weights.shape[0])), weights[0] * x[0]) + bias


def _erf(weights: Array, bias: Array, x: Array) -> Array:
    return jax.scipy.special.erf(_preactivation(weights, bias, x))


def _relu(weights: Array, bias: Array, x: Array) -> Array:
    return jnp.maximum(_preactivation(weights, bias, x), 0.0)


def _linear(weights: Array, bias: Array, x: Array) -> Array:
    return _preactivation(weights, bias, x)


def _cos(weights: Array, bias: Array, x: Array) -> Array:
    return jnp.cos(_preactivation(weights, bias, x))


def _gauss(weights: Array, bias: Array, x: Array, weight_variance: float, bias_variance: float) -> Array:
    # The normaliser 1/sqrt(exp(2 S(x,x))) goes into the exponent: exp(z) alone overflows for large |x|.
    return jnp.exp(_preactivation(weights, bias, x) - (bias_variance + weight_variance * jnp.sum(x * x)))


def _scalar(momentum: Array, phase: Array, x: Array, mass: float, weight: float) -> Array:
    return jnp.cos(_preactivation(momentum, phase, x)) * jnp.sqrt(weight / (jnp.sum(momentum * momentum) + mass**2))


def _plane_wave(momentum: Array, phase: Array, x: Array, mass: float, amplitude: float) -> Array:
    return amplitude * jnp.cos(_preactivation(momentum, phase, x))


def _layer(
    feature: Feature,
    dim: int,
    width: int,
    outputs: int,
    weights: Law | MomentumBall,
    biases: Law,
    readout: Law,
    output_bias: Law,
    name: str,
    scale: str,
) -> Ensemble:
    dim, width, outputs = checked_count("dim", dim), checked_count("width", width), checked_count("outputs", outputs)
    laws = SingleLayerParameters(readout, weights, biases, output_bias)
    shapes = SingleLayerParameters((width, outputs), (width, dim), (width,), (outputs,))
    return Ensemble(SingleLayer(feature), Independent(laws, shapes), dim=dim, name=name, scale=scale)


def _gaussian_layer(
    feature: Feature, dim: int, width: int, outputs: int, sigma_w: float, sigma_b: float, sigma_a: float, sigma_c: float
) -> Ensemble:
    dim = checked_count("dim", dim)
    for name, sigma in {"sigma_w": sigma_w, "sigma_b": sigma_b, "sigma_a": sigma_a, "sigma_c": sigma_c}.items():
        checked_scale(name, sigma)
    scale = f"a ~ N(0, {sigma_a:g}^2/N), w ~ N(0, {sigma_w:g}^2/d), b ~ N(0, {sigma_b:g}^2), c ~ N(0, {sigma_c:g}^2)"
    return _layer(
        feature,
        dim,
        width,
        outputs,
        normal(sigma_w / math.sqrt(dim)),
        normal(sigma_b),
        normal(sigma_a),
        normal(sigma_c),
        f"{feature.name}-net",
        scale,
    )


def erf_net(
    dim: int, width: int, *, outputs: int = 1, sigma_w: float = 1.0, sigma_b: float = 1.0, sigma_a: float = 1.0, sigma_c: float = 0.0
) -> Ensemble:
    """Erf-net: h = erf(w.x + b).  Kernel: sigma_c^2 + sigma_a^2 (2/pi) arcsin(2 S_xy / sqrt((1+2 S_xx)(1+2 S_yy))),
    S_xy = sigma_b^2 + sigma_w^2 x.y/d.

    Raises `InputError` for a dim, width or outputs below 1 and for a negative or non-finite sigma.

    Reference: Williams, NIPS 1996; arXiv:2008.08601.
    """
    return _gaussian_layer(Feature("erf", _erf), dim, width, outputs, sigma_w, sigma_b, sigma_a, sigma_c)


def relu_net(
    dim: int, width: int, *, outputs: int = 1, sigma_w: float = 1.0, sigma_b: float = 1.0, sigma_a: float = 1.0, sigma_c: float = 0.0
) -> Ensemble:
    """ReLU-net: h = max(w.x + b, 0).  Kernel: sigma_c^2 + sigma_a^2/(2 pi) sqrt(S_xx S_yy) (sin t + (pi - t) cos t),
    cos t = S_xy / sqrt(S_xx S_yy).

    Raises `InputError` as `erf_net`.

    Reference: Cho and Saul, NIPS 2009; arXiv:2008.08601.
    """
    return _gaussian_layer(Feature("relu", _relu), dim, width, outputs, sigma_w, sigma_b, sigma_a, sigma_c)


def linear_net(
    dim: int, width: int, *, outputs: int = 1, sigma_w: float = 1.0, sigma_b: float = 1.0, sigma_a: float = 1.0, sigma_c: float = 0.0
) -> Ensemble:
    """Linear net: h = w.x + b.  Kernel: sigma_c^2 + sigma_a^2 S_xy.

    Raises `InputError` as `erf_net`.
    """
    return _gaussian_layer(Feature("linear", _linear), dim, width, outputs, sigma_w, sigma_b, sigma_a, sigma_c)


def gauss_net(
    dim: int, width: int, *, outputs: int = 1, sigma_w: float = 1.0, sigma_b: float = 1.0, sigma_a: float = 1.0, sigma_c: float = 0.0
) -> Ensemble:
    """Gauss-net: h = exp(w.x + b - sigma_b^2 - sigma_w^2 |x|^2/d).  Kernel: sigma_c^2 + sigma_a^2 exp(-sigma_w^2 |x-y|^2/(2d)).

    Its moments grow as exp(n(n-2) sigma_b^2/2): at sigma_b = 1 sampled four-point functions have no usable error bar; prefer `exact`.
    Raises `InputError` as `erf_net`.

    Reference: arXiv:2008.08601.
    """
    dim = checked_count("dim", dim)
    feature = Feature("gauss", _gauss, (checked_scale("sigma_w", sigma_w) ** 2 / dim, checked_scale("sigma_b", sigma_b) ** 2))
    return _gaussian_layer(feature, dim, width, outputs, sigma_w, sigma_b, sigma_a, sigma_c)


def cos_net(dim: int, width: int, *, outputs: int = 1, sigma_w: float = 1.0, sigma_a: float = 1.0, sigma_c: float = 0.0) -> Ensemble:
    """Cos-net: h = cos(w.x + b) with b uniform on [-pi, pi].  Kernel: sigma_c^2 + (sigma_a^2/2) exp(-sigma_w^2 |x-y|^2/(2d)).

    Invariant under translations at every width.  Raises `InputError` as `erf_net`.

    Reference: arXiv:2307.03223.
    """
    dim = checked_count("dim", dim)
    for name, sigma in {"sigma_w": sigma_w, "sigma_a": sigma_a, "sigma_c": sigma_c}.items():
        checked_scale(name, sigma)
    scale = f"a ~ N(0, {sigma_a:g}^2/N), w ~ N(0, {sigma_w:g}^2/d), b ~ U[-pi, pi], c ~ N(0, {sigma_c:g}^2)"
    return _layer(
        Feature("cos", _cos),
        dim,
        width,
        outputs,
        normal(sigma_w / math.sqrt(dim)),
        uniform(-math.pi, math.pi),
        normal(sigma_a),
        normal(sigma_c),
        "cos-net",
        scale,
    )


def scalar_field(dim: int, width: int, mass: float, cutoff: float, *, proposal: str = "uniform") -> Ensemble:
    """The free scalar of mass m in d dimensions, cut off at momentum L, as a network of random plane waves.

    h = sqrt(2 rho(p)/q(p)) cos(p.x + c), rho = (2 pi)^(-d)/(p^2+m^2) in |p| < L, phases c uniform, a ~ N(0, 1/N), and momenta
    p drawn from q: uniform in the ball, or proportional to rho (constant amplitude).
    Kernel: int_{|p|<L} d^dp/(2 pi)^d exp(i p.(x-y))/(p^2+m^2) for either q; finite-width corrections differ.
    Raises `InputError` for dim or width below 1, a mass or cutoff that is not positive, an unknown proposal.

    Reference: arXiv:2307.03223, arXiv:2604.27050 (proposals).
    """
    dim = checked_count("dim", dim)
    mass, cutoff = checked_scale("mass", mass, zero_allowed=False), checked_scale("cutoff", cutoff, zero_allowed=False)
    momenta = MomentumBall(dim, mass, cutoff, proposal)
    measure = (2 * math.pi) ** dim
    if proposal == "uniform":
        feature = Feature("scalar", _scalar, (mass, 2 * ball_volume(dim, cutoff) / measure))
    else:
        feature = Feature("scalar", _plane_wave, (mass, math.sqrt(2 * propagator_integral(dim, mass, cutoff) / measure)))
    return _layer(
        feature,
        dim,
        width,
        1,
        momenta,
        uniform(-math.pi, math.pi),
        normal(1.0),
        normal(0.0),
        f"scalar field ({proposal} momenta)",
        f"a ~ N(0, 1/N), |p| < {cutoff:g}, mass {mass:g}",
    )


def single_layer(
    activation: str | Callable[[Array], Array],
    dim: int,
    width: int,
    *,
    outputs: int = 1,
    sigma_w: float = 1.0,
    sigma_b: float = 1.0,
    sigma_a: float = 1.0,
    sigma_c: float = 0.0,
    weights: Law | None = None,
    biases: Law | None = None,
    readout: Law | None = None,
    output_bias: Law | None = None,
    name: str = "",
) -> Ensemble:
    """One hidden layer of any activation: h = activation(w.x + b), the activation by name ("tanh", see `activation`) or as a function.

    The laws are Gaussian with the conventions of this module unless given: ``weights`` is the law of each w_j as it stands (no fan-in is
    added), ``readout`` the law of sqrt(N) a, ``biases`` of b, ``output_bias`` of c.
    Raises `InputError` as `erf_net`, as `activation`, and for laws that are none.
    """
    title = activation if isinstance(activation, str) else getattr(activation, "__name__", "custom")
    function = checked_activation(activation)
    stated: dict[str, Law] = {}
    for label, law in {"weights": weights, "biases": biases, "readout": readout, "output_bias": output_bias}.items():
        if law is not None and not isinstance(law, Law):  # a name alone leaves open how large the parameters are
            family = law if isinstance(law, str) and law in LAWS else "laplace"
            remedy = f'in Python {label}=cf.ensembles.{family}(...), in a study file {label} = {{family = "{family}", scale = 0.7}}'
            raise InputError(label, law, "a law of single numbers", remedy)
        if law is not None:
            stated[label] = law
    dim = checked_count("dim", dim)
    for label, sigma in {"sigma_w": sigma_w, "sigma_b": sigma_b, "sigma_a": sigma_a, "sigma_c": sigma_c}.items():
        checked_scale(label, sigma)
    laws = (
        stated.get("weights", normal(sigma_w / math.sqrt(dim))),
        stated.get("biases", normal(sigma_b)),
        stated.get("readout", normal(sigma_a)),
        stated.get("output_bias", normal(sigma_c)),
    )
    name = name or f"{title}-net"
    scale = "sqrt(N) a, w, b, c: " + ", ".join(f"{law.family} (scale {law.scale:g})" for law in (laws[2], laws[0], laws[1], laws[3]))
    feature = Feature("complex activation" if is_complex(function) else "activation", _Activated(function))
    return _layer(feature, dim, width, outputs, *laws, name=name, scale=scale)


class _Activated:
    """activation(w.x + b); equal for equal activations, so that equal ensembles share a compiled program."""

    def __init__(self, activation: Callable[[Array], Array]) -> None:
        self.activation = activation

    def __call__(self, weights: Array, bias: Array, x: Array) -> Array:
        return self.activation(_preactivation(weights, bias, x))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Activated) and self.activation == other.activation

    def __hash__(self) -> int:
        return hash(self.activation)

    def __repr__(self) -> str:
        return f"activation {getattr(self.activation, '__module__', '')}.{getattr(self.activation, '__qualname__', 'custom')}"


def linear_field(dim: int, law: Law | str | None = None) -> Ensemble:
    """phi(x) = d^(-1/2) sum_j theta_j x_j with independent theta_j from any law (standard normal unless given), or from one by name.

    Connected correlators: d^(-n/2) kappa_n(theta) sum_j x1_j ... xn_j.  Raises `InputError` for dim below 1 and a law that is none.
    """
    dim = checked_count("dim", dim)
    law = normal() if law is None else law_from(law)
    return Ensemble(
        LinearField(),
        Independent(law, (dim,)),
        even=law.symmetric,
        dim=dim,
        name="linear field",
        scale=f"theta: {law.family} (location {law.location:g}, scale {law.scale:g}), divided by sqrt(d)",
    )
