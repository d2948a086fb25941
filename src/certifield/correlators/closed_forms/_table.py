"""Which one-neuron moments are known in closed form, and for which laws.

``neuron_moments`` is the only door: it gives E[prod_{i in multiset} h(x_i)] with an error bound for many multisets of points at once, or
raises `NoClosedForm` naming the route that exists.
"""

import math
from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import numpy as np

from certifield.enclosures import program_of
from certifield.ensembles import AbstractMomenta, Law, MomentumBall, Neurons, Wave, program_digest, uniform
from certifield.evidence import NoClosedForm

from ._erf import erf_moments
from ._gaussian import gauss_moments, linear_moments
from ._relu import arc_cosine_pair, planar_moments
from ._smooth import smooth_moments
from ._spectral import wave_moments
from ._waves import cos_moments, radial_transform, scalar_moments, superposed

Multiset = tuple[int, ...]
Moments = tuple[np.ndarray, np.ndarray]  # values and bounds on their errors

REFERENCES = {
    "erf": "Williams, NIPS 1996 (two points); Price's theorem (more); ensembles of arXiv:2008.08601",
    "relu": "Cho and Saul, NIPS 2009 (two points); plane angular integral (more)",
    "gauss": "arXiv:2008.08601",
    "cos": "arXiv:2307.03223",
    "linear": "Wick's theorem for the preactivations",
    "scalar": "arXiv:2307.03223",
    "waves": "arXiv:2112.04527; arXiv:2604.27050",
    "activation": "tensor trapezoidal quadrature with Gaussian weight (Trefethen and Weideman, SIAM Review 56 (2014) 385)",
}


def _centred_gaussian(law: Law | AbstractMomenta) -> bool:
    return isinstance(law, Law) and (law.family == "normal" or law.scale == 0) and law.location == 0


def _full_phase(law: Law | AbstractMomenta) -> bool:
    return law == uniform(-math.pi, math.pi)


def _gauss_laws(neurons: Neurons) -> bool:
    """The normaliser of the Gauss-net is written for the variances of its own laws."""
    variances = [getattr(law, "scale", math.nan) ** 2 for law in (neurons.weights, neurons.biases)]
    return _gaussian(neurons) and np.allclose(variances, neurons.feature.constants, rtol=1e-12, atol=0)


def _gaussian(neurons: Neurons) -> bool:
    return _centred_gaussian(neurons.weights) and _centred_gaussian(neurons.biases)


_GAUSSIAN = "Gaussian laws of weights and biases, of mean 0"

# The laws under which a closed form holds; Gaussian weights and biases of mean 0 where nothing is said.
LAWS: dict[str, Callable[[Neurons], bool]] = {
    "cos": lambda neurons: _centred_gaussian(neurons.weights) and _full_phase(neurons.biases),
    "scalar": lambda neurons: isinstance(neurons.weights, MomentumBall) and _full_phase(neurons.biases),
    "waves": lambda neurons: isinstance(neurons.weights, AbstractMomenta) and _full_phase(neurons.biases),
    "gauss": _gauss_laws,
}


def closed_form_applies(neurons: Neurons) -> bool:
    """Whether the laws of the weights and of the bias are those that the closed form of the neuron was derived for."""
    return LAWS.get(neurons.feature.name, _gaussian)(neurons)


def deviations(neurons: Neurons) -> tuple[float, float]:
    """Standard deviations of one weight and of the bias."""
    assert isinstance(neurons.weights, Law)
    return neurons.weights.scale, neurons.biases.scale


def embedding(neurons: Neurons, points: np.ndarray) -> np.ndarray:
    """The vectors u_i = (sigma_w x_i, sigma_b) with z_i = u_i . g, g standard Gaussian: [points, dim + 1]."""
    sigma_w, sigma_b = deviations(neurons)
    return np.concatenate([sigma_w * points, np.full((len(points), 1), sigma_b)], axis=1)


def directions_seen(vectors: np.ndarray) -> np.ndarray:
    """Orthonormal directions that span ``vectors`` [n, parameters]; each vector counts alike, so that a far point hides no near one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    _, sizes, axes = np.linalg.svd(unit, full_matrices=False)
    return axes[: max(1, int(np.sum(sizes > 1e-14 * len(unit))))]


def _by_overlaps(rule: Callable[[np.ndarray], Moments]) -> Callable[[Neurons, np.ndarray], Moments]:
    def moments(neurons: Neurons, chosen: np.ndarray) -> Moments:
        vectors = np.stack([embedding(neurons, points) for points in chosen])
        return rule(np.einsum("mid,mjd->mij", vectors, vectors))

    return moments


def _relu(neurons: Neurons, chosen: np.ndarray) -> Moments:
    vectors = np.stack([embedding(neurons, points) for points in chosen])
    axes = directions_seen(vectors.reshape(-1, vectors.shape[2]))
    if len(axes) <= 2:
        planar = vectors @ axes.T
        return planar_moments(np.pad(planar, ((0, 0), (0, 0), (0, 2 - planar.shape[2]))))
    if chosen.shape[1] == 2:
        return arc_cosine_pair(np.einsum("mid,mjd->mij", vectors, vectors))
    raise NoClosedForm(
        "ReLU-net correlators of 3 and more points are known here for preactivations that span two Gaussian directions (d = 1, or "
        "d = 2 without bias); sample with cf.correlators.estimate(..., method='sobol') or method='neuron'"
    )


def _gauss(neurons: Neurons, chosen: np.ndarray) -> Moments:
    return gauss_moments(chosen, *neurons.feature.constants)


def _cos(neurons: Neurons, chosen: np.ndarray) -> Moments:
    return cos_moments(chosen, deviations(neurons)[0])


def _scalar(neurons: Neurons, chosen: np.ndarray) -> Moments:
    ball = neurons.weights
    assert isinstance(ball, MomentumBall)
    if ball.proposal == "uniform":
        normaliser = neurons.feature.constants[1] / 2
    else:
        normaliser = float(radial_transform(ball.dim, ball.mass, ball.cutoff, 1, np.zeros(1))[0][0])
    return scalar_moments(chosen, ball.mass, ball.cutoff, ball.proposal, normaliser)


def _waves(neurons: Neurons, chosen: np.ndarray) -> Moments:
    if chosen.shape[1] % 2:
        return np.zeros(len(chosen)), np.zeros(len(chosen))
    wave = neurons.feature.function
    assert isinstance(wave, Wave)
    return wave_moments(wave, chosen, superposed(chosen))


MOMENTS: dict[str, Callable[[Neurons, np.ndarray], Moments]] = {
    "erf": _by_overlaps(erf_moments),
    "linear": _by_overlaps(linear_moments),
    "relu": _relu,
    "gauss": _gauss,
    "cos": _cos,
    "scalar": _scalar,
    "waves": _waves,
}


def _smooth(neurons: Neurons, points: np.ndarray, multisets: Sequence[Multiset]) -> Moments:
    """Quadrature over the directions that the points see; the activation is evaluated by JAX in 64 bits."""
    vectors = embedding(neurons, points)
    sigma_w, sigma_b = deviations(neurons)
    seen = directions_seen(vectors)

    def hidden(g: np.ndarray) -> np.ndarray:
        with jax.enable_x64(True):
            weights, biases = sigma_w * g[:, :-1], sigma_b * g[:, -1]
            return np.asarray(neurons.feature.at(jnp.asarray(weights), jnp.asarray(biases), jnp.asarray(points)))

    return smooth_moments(program_of(_activation(neurons)), vectors, seen, hidden, multisets)


def _activation(neurons: Neurons) -> Callable:
    """Sigma of one number: the neuron with the weight 0 of no input, so that its preactivation is its bias."""
    nothing = jnp.zeros(1)
    return lambda z: neurons.feature(nothing, z, nothing)


def program_of_feature(neurons: Neurons) -> str:
    """The digest of an activation of the user's; "" for the neurons of the table above."""
    return program_digest(program_of(_activation(neurons))) if neurons.feature.name not in MOMENTS else ""


def pair_moments(neurons: Neurons, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """E[h(x) h(y)] of one neuron for all x of ``left`` [L, dim] and y of ``right`` [R, dim]: [L, R].  Raises `NoClosedForm`."""
    both = np.concatenate([left, right])
    # The laws are checked once; what follows is one call with arrays, since contact integrals ask for millions of pairs.
    neuron_moments(neurons, both[:1], [(0, 0)])
    if neurons.feature.name not in MOMENTS:
        pairs = [(i, len(left) + j) for i in range(len(left)) for j in range(len(right))]
        return neuron_moments(neurons, both, pairs)[0].reshape(len(left), len(right))
    if neurons.feature.name in _OF_OVERLAPS:
        first, second = embedding(neurons, left), embedding(neurons, right)
        overlaps = np.empty((len(left), len(right), 2, 2))
        overlaps[..., 0, 0], overlaps[..., 1, 1] = np.sum(first**2, axis=1)[:, None], np.sum(second**2, axis=1)
        overlaps[..., 0, 1] = overlaps[..., 1, 0] = first @ second.T
        return _OF_OVERLAPS[neurons.feature.name](overlaps.reshape(-1, 2, 2))[0].reshape(len(left), len(right))
    chosen = np.stack([np.repeat(left, len(right), axis=0), np.tile(right, (len(left), 1))], axis=1)
    return MOMENTS[neurons.feature.name](neurons, chosen)[0].reshape(len(left), len(right))


_OF_OVERLAPS = {"erf": erf_moments, "relu": arc_cosine_pair, "linear": linear_moments}


def _by_size(multisets: Sequence[Multiset]) -> dict[int, list[int]]:
    places: dict[int, list[int]] = {}
    for place, multiset in enumerate(multisets):
        places.setdefault(len(multiset), []).append(place)
    return places


def neuron_moments(neurons: Neurons, points: np.ndarray, multisets: Sequence[Multiset]) -> Moments:
    """E[prod_{i in multiset} h(x_i)] for one neuron, and error bounds: arrays as long as ``multisets``; ``points`` [P, dim].

    Raises `NoClosedForm`.
    """
    if not multisets:
        return np.zeros(0), np.zeros(0)
    name = neurons.feature.name
    if not closed_form_applies(neurons):
        raise NoClosedForm(
            f"the exact value of '{name}' is known for {'the laws of the named network' if name in LAWS else _GAUSSIAN}, not for weights "
            f"{neurons.weights} and biases {neurons.biases}; "
            "sample with cf.correlators.estimate(..., method='neuron')"
        )
    if name not in MOMENTS:
        return _smooth(neurons, points, multisets)
    value, error = np.empty(len(multisets)), np.empty(len(multisets))
    for size, places in _by_size(multisets).items():
        value[places], error[places] = _of_size(neurons, points, [multisets[place] for place in places], size)
    return value, error


def elementary_moments(neurons: Neurons, points: np.ndarray, multisets: Sequence[Multiset]) -> np.ndarray:
    """The values of `neuron_moments`, of formulas that cost next to nothing.

    Raises `NoClosedForm` where quadratures over several directions would be needed, which cost more than sampling does.
    """
    if neurons.feature.name not in MOMENTS or (neurons.feature.name == "erf" and max(map(len, multisets), default=0) > 4):
        raise NoClosedForm(f"moments of this order are known for '{neurons.feature.name}' by quadrature only")
    return neuron_moments(neurons, points, multisets)[0]


def _of_size(neurons: Neurons, points: np.ndarray, multisets: list[Multiset], size: int) -> Moments:
    name = neurons.feature.name
    if name == "erf" and size >= 6:
        try:  # one grid for all moments where the points span few directions; nested arcsine integrals otherwise
            return _smooth(neurons, points, multisets)
        except NoClosedForm:
            pass
    if size == 1 and name == "relu":
        deviation = np.linalg.norm(embedding(neurons, points), axis=1)[[multiset[0] for multiset in multisets]]
        return deviation / math.sqrt(2 * math.pi), 4e-16 * deviation
    return MOMENTS[name](neurons, points[np.array(multisets)])
