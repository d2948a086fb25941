r"""The score of a lattice field along its flow, learned from fields: what a diffusion model of the lattice needs.

    grad log(P_t/Q)(y)_k = -D_k sum_c W_ck [psi_c(phi_c)]_k - D_k^2 L_k y_k,      phi_c = K_c * D * y,      D_k = e^(-r_k t)

with kernels K, W, L that are the same at all sites and for all axes, and odd functions psi_c(x) = sum_f a_cf sin(omega_cf x): equivariant
under every symmetry of the lattice, and under phi -> -phi.  All depend on the time through Chebyshev polynomials of a logarithmic clock.
The first order of perturbation theory is of this form, and the trace of its Jacobian is known in closed form.

It is trained on -D grad V(x) for fields x of the lattice, whose mean given y is the score (arXiv:2308.12355; the target with the known
action has less variance than one of denoising, and vanishes for the reference), with the weight with which errors enter KL(P|model).
"""

import math
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float

from certifield._arguments import of_kind, positive, seeded, whole
from certifield.evidence import InputError
from certifield.fieldtheory.oracles import LatticeFields, LatticeScalar
from certifield.streams import stream_key

from ._lattice_flow import tilt
from ._modes import ModeFlow, as_rows, mode_flow, mode_matrix

_ORDERS = 8  # of Chebyshev polynomials of the clock
_END = 5.0  # of r t of the slowest mode
_MOST = 1024  # sites: the modes are a matrix


class Setting(NamedTuple):
    """``matrix`` of the modes [V, V]; ``q`` and ``rates`` [V]; ``orbit`` [V]: the number of the momentum up to symmetries of the lattice;
    ``bend``: coefficients of V; the clock t(u) = (e^(a u) - 1)/b, 0 <= u <= 1."""

    matrix: Any
    q: Any
    rates: Any
    orbit: Any
    bend: Any
    a: float
    b: float

    def time(self, u: Any) -> Any:
        """t(u)."""
        return jnp.expm1(self.a * u) / self.b

    def pace(self, u: Any) -> Any:
        """dt/du."""
        return self.a * jnp.exp(self.a * u) / self.b


class ScoreNetwork(eqx.Module):
    """The coefficients: kernels by channel, orbit of momenta and order, amplitudes and frequencies by channel."""

    before: Float[Array, "channels orbits orders"]
    after: Float[Array, "channels orbits orders"]
    linear: Float[Array, "orbits orders"]
    amplitudes: Float[Array, "channels waves orders"]
    frequencies: Float[Array, "channels waves"]

    def __call__(self, setting: Setting, y: Float[Array, "draws sites"], u: Any) -> tuple[Any, Any]:
        """The score in modes, and the sum over modes of r q times its diagonal derivative, at modes ``y``; u is [draws, 1] or a number."""
        basis = jnp.stack([jnp.cos(order * jnp.arccos(jnp.clip(2 * u - 1, -1.0, 1.0))) for order in range(_ORDERS)], axis=-1)
        basis = jnp.reshape(basis, (-1, _ORDERS))  # [draws or 1, orders]
        before, after, linear = (
            jnp.einsum("...ko,do->d...k", one[..., setting.orbit, :], basis) for one in (self.before, self.after, self.linear)
        )
        amplitudes = jnp.einsum("cfo,do->dcf", self.amplitudes, basis)
        left = jnp.exp(-setting.rates[None, :] * jnp.reshape(setting.time(u), (-1, 1)))
        noise = (setting.rates * setting.q)[None, :]
        field = (left[:, None, :] * before * y[:, None, :]) @ setting.matrix
        angles = self.frequencies[None, :, :, None] * field[:, :, None, :]
        waves = jnp.einsum("dcf,dcfx->dcx", jnp.broadcast_to(amplitudes, (len(y), *amplitudes.shape[1:])), jnp.sin(angles))
        slopes = jnp.einsum("dcf,dcfx->dc", amplitudes * self.frequencies[None, :, :] + jnp.zeros((len(y), 1, 1)), jnp.cos(angles))
        score = -left * jnp.sum(after * (waves @ setting.matrix), axis=1) - left**2 * linear * y
        # Even functions of the momentum, so that the square of every wave counts as 1/V.
        weights = jnp.mean((noise * left**2)[:, None, :] * after * before, axis=-1)
        trace = -jnp.sum(weights * slopes, axis=-1) - jnp.sum(noise * left**2 * linear, axis=-1)
        return score, trace


@dataclass(frozen=True, eq=False)
class LearnedScore:
    """``network`` with its ``setting``, for ``lattice`` and ``flow``; ``losses`` [steps] of the training, relative to a score of 0."""

    lattice: LatticeScalar
    flow: ModeFlow
    network: ScoreNetwork
    setting: Setting
    losses: np.ndarray


def learn_score(
    fields: LatticeFields,
    reference: LatticeScalar,
    *,
    power: float = 0.0,
    channels: int = 4,
    waves: int = 6,
    steps: int = 1500,
    batch: int = 256,
    rate: float = 5e-3,
    seed: int = 0,
) -> LearnedScore:
    r"""The score of ``fields`` on their way to the free lattice ``reference``, with $\dot c_k = 2 q_k^{power}$ as in `mode_flow`.

    ``channels`` of ``waves`` sines each; ``steps`` of Adam with the learning ``rate`` falling to 0, on ``batch`` fields at random times.
    Raises `InputError` as `lattice_flow`, and for counts below 1 and lattices above 1024 sites.
    """
    of_kind("fields", fields, LatticeFields, "draw some with oracles.lattice_fields")
    bend, flow = tilt(fields.lattice, reference), mode_flow(reference, power=power)
    for name, given in (("channels", channels), ("waves", waves), ("steps", steps), ("batch", batch)):
        whole(name, given, 1)
    if fields.lattice.sites > _MOST:
        raise InputError("fields", f"{fields.lattice.sites} sites", f"{_MOST} at most", "take a smaller lattice")
    start, train = jax.random.split(stream_key(seeded(seed), "renormalisation/score"))
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):  # optimisers multiply floats with the number of the step
        setting = _setting(flow, bend)
        x = as_rows(fields.fields, len(reference.shape))
        x = x.reshape(-1, x.shape[-1])
        network = _started(setting, start, channels, waves, float(jnp.sqrt(jnp.mean(x * x))))
        network, losses = _trained(network, setting, x, train, positive("rate", rate), steps, batch)
        scale = _scale(setting, x)
    return LearnedScore(fields.lattice, flow, network, setting, np.asarray(losses) / float(scale))


def _setting(flow: ModeFlow, bend: np.ndarray) -> Setting:
    q, rates = flow.spectrum.ravel(), flow.rates.ravel()
    # Momenta of the same components, up to signs and order.
    steps = [np.minimum(np.arange(side), side - np.arange(side)) / side for side in flow.reference.shape]
    sorted_steps = np.sort(np.stack([one.ravel() for one in np.meshgrid(*steps, indexing="ij")]), axis=0)
    orbit = np.unique(np.round(sorted_steps, 9), axis=1, return_inverse=True)[1].ravel()
    matrix, orbits = mode_matrix(flow.reference.shape), jnp.asarray(orbit)
    a, b = math.log1p(_END * float(rates.max() / rates.min())), float(rates.max())
    return Setting(jnp.asarray(matrix), jnp.asarray(q), jnp.asarray(rates), orbits, jnp.asarray(bend), a, b)


def _started(setting: Setting, key: Any, channels: int, waves: int, size: float) -> ScoreNetwork:
    """Kernels near those of a point, and amplitudes of 0."""
    orbits, keys = int(setting.orbit.max()) + 1, jax.random.split(key, 3)
    point = jnp.zeros((channels, orbits, _ORDERS)).at[..., 0].set(1.0)
    blur = [0.1 * jax.random.normal(one, point.shape) for one in keys[:2]]
    frequencies = jnp.linspace(0.5, 2.0, waves)[None, :] * jnp.exp(0.1 * jax.random.normal(keys[2], (channels, waves))) / size
    return ScoreNetwork(point + blur[0], point + blur[1], jnp.zeros((orbits, _ORDERS)), jnp.zeros((channels, waves, _ORDERS)), frequencies)


def _pushed(setting: Setting, x: Any) -> Any:
    """Grad V in modes."""
    return jnp.polyval(jnp.polyder(setting.bend[::-1]), x) @ setting.matrix


def _scale(setting: Setting, x: Any) -> Any:
    """The loss of a score of 0, over all times."""
    u = jnp.linspace(0.0, 1.0, 201)[:, None]
    left = jnp.exp(-2 * setting.rates[None, :] * setting.time(u))
    return jnp.mean(
        jnp.sum(setting.pace(u) * (setting.rates * setting.q * jnp.mean(_pushed(setting, x) ** 2, axis=0))[None, :] * left, axis=1)
    )


@partial(jax.jit, static_argnames=("steps", "batch"))
def _trained(network: ScoreNetwork, setting: Setting, x: Any, key: Any, rate: Any, steps: int, batch: int) -> tuple[ScoreNetwork, Any]:
    q, rates = setting.q[None, :], setting.rates[None, :]
    rule = optax.adam(optax.cosine_decay_schedule(1.0, steps))

    def loss(network: ScoreNetwork, key: Any) -> Any:
        which, when, noise = jax.random.split(key, 3)
        chosen = x[jax.random.randint(which, (batch,), 0, len(x))]
        u = ((jnp.arange(batch) + jax.random.uniform(when, (batch,))) / batch)[:, None]  # one time in every part
        left = jnp.exp(-rates * setting.time(u))
        y = left * (chosen @ setting.matrix) + jnp.sqrt(q * -jnp.expm1(-2 * rates * setting.time(u))) * jax.random.normal(
            noise, chosen.shape
        )
        score, _ = network(setting, y, u)
        gap = score + left * _pushed(setting, chosen)
        return jnp.mean(jnp.sum(setting.pace(u) * rates * q * gap**2, axis=1))

    def step(carry: Any, number: Any) -> Any:
        network, state = carry
        value, slope = jax.value_and_grad(loss)(network, jax.random.fold_in(key, number))
        updates, state = rule.update(slope, state, network)
        return (optax.apply_updates(network, jax.tree.map(lambda one: rate * one, updates)), state), value

    beginning: Any = network  # a tree of arrays, which is all that Optax wants
    (network, _), losses = jax.lax.scan(step, (network, rule.init(beginning)), jnp.arange(steps))
    return network, losses
