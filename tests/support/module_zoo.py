"""Modules of Equinox with several outputs: dense, convolutional, attention, residual, complex, with tensors and trees as outputs."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array


class Block(eqx.Module):
    """A transformer block, means over positions, and a readout: [tokens, width] -> [outputs]."""

    attention: eqx.nn.MultiheadAttention
    norms: tuple[eqx.nn.LayerNorm, eqx.nn.LayerNorm]
    up: eqx.nn.Linear
    down: eqx.nn.Linear
    readout: eqx.nn.Linear

    def __init__(self, width: int, outputs: int, *, key: Array):
        keys = jax.random.split(key, 4)
        self.attention = eqx.nn.MultiheadAttention(2, width, key=keys[0])
        self.norms = eqx.nn.LayerNorm(width), eqx.nn.LayerNorm(width)
        self.up, self.down = eqx.nn.Linear(width, 2 * width, key=keys[1]), eqx.nn.Linear(2 * width, width, key=keys[2])
        self.readout = eqx.nn.Linear(width, outputs, key=keys[3])

    def __call__(self, x: Array) -> Array:
        normed = jax.vmap(self.norms[0])(x)
        x = x + self.attention(normed, normed, normed)
        x = x + jax.vmap(lambda row: self.down(jax.nn.gelu(self.up(self.norms[1](row)))))(x)
        return self.readout(jnp.mean(x, axis=0))


class Convolutional(eqx.Module):
    """Two convolutions of images with a stride, and a dense readout."""

    layers: eqx.nn.Sequential

    def __init__(self, outputs: int, *, key: Array):
        keys = jax.random.split(key, 3)
        self.layers = eqx.nn.Sequential(
            [
                eqx.nn.Conv2d(2, 4, 3, padding=1, key=keys[0]),
                eqx.nn.Lambda(jnp.tanh),
                eqx.nn.Conv2d(4, 3, 3, stride=2, key=keys[1]),
                eqx.nn.Lambda(jnp.tanh),
                eqx.nn.Lambda(jnp.ravel),
                eqx.nn.Linear(12, outputs, key=keys[2]),
            ]
        )

    def __call__(self, x: Array) -> Array:
        return self.layers(x)


class Residual(eqx.Module):
    """Dense layers with skips, and weights that are used twice."""

    into: Array
    shared: eqx.nn.Linear
    gain: Array
    out: Array

    def __init__(self, *, key: Array):
        keys = jax.random.split(key, 3)
        self.into, self.out = jax.random.normal(keys[0], (4, 7)), jax.random.normal(keys[2], (7, 3))
        self.shared, self.gain = eqx.nn.Linear(7, 7, key=keys[1]), jnp.asarray(0.7)

    def __call__(self, x: Array) -> Array:
        h = x @ (0.5 * self.into)
        h = h + jnp.sin(self.shared(h))
        h = h + self.gain * jnp.sin(self.shared(h))
        return h @ self.out / 7**0.5


class Complex(eqx.Module):
    """Analytic in complex weights."""

    first: Array
    second: Array

    def __init__(self, *, key: Array):
        keys = jax.random.split(key, 2)
        self.first, self.second = (jax.random.normal(one, shape, complex) for one, shape in zip(keys, [(6, 4), (2, 6)], strict=True))

    def __call__(self, x: Array) -> Array:
        return self.second @ jnp.sin(self.first @ x.astype(complex))


class Waves(eqx.Module):
    """Complex outputs of real weights, and a real one of their squares: an output of tensors in a tree."""

    inner: eqx.nn.Linear
    outer: Array

    def __init__(self, *, key: Array):
        keys = jax.random.split(key, 2)
        self.inner, self.outer = eqx.nn.Linear(4, 5, key=keys[0]), jax.random.normal(keys[1], (2, 2, 5))

    def __call__(self, x: Array) -> Array:
        phase = self.inner(x)
        return self.outer.astype(complex) @ jax.lax.complex(jnp.cos(phase), jnp.sin(phase))


class Metric(eqx.Module):
    """A symmetric tensor [2, 2] at every point."""

    body: eqx.nn.MLP

    def __init__(self, *, key: Array):
        self.body = eqx.nn.MLP(3, 3, 8, 1, activation=jnp.tanh, key=key)

    def __call__(self, x: Array) -> Array:
        a, b, c = self.body(x)
        return jnp.stack([jnp.stack([a, b]), jnp.stack([b, c])])


class Tree(eqx.Module):
    """A dictionary as output."""

    body: eqx.nn.MLP

    def __init__(self, *, key: Array):
        self.body = eqx.nn.MLP(3, 3, 8, 1, activation=jnp.tanh, key=key)

    def __call__(self, x: Array) -> dict[str, Any]:
        found = self.body(x)
        return {"mean": found[0], "rest": found[1:]}


# Name: how to make it, and the shape of one input.
ZOO: dict[str, tuple[Callable[[Array], Any], tuple[int, ...]]] = {
    "dense": (lambda key: eqx.nn.MLP(5, 3, 9, 2, key=key), (5,)),
    "convolution": (lambda key: Convolutional(3, key=key), (2, 6, 6)),
    "attention": (lambda key: Block(4, 2, key=key), (3, 4)),
    "residual": (lambda key: Residual(key=key), (4,)),
    "complex": (lambda key: Complex(key=key), (4,)),
    "waves": (lambda key: Waves(key=key), (4,)),
    "metric": (lambda key: Metric(key=key), (3,)),
    "tree": (lambda key: Tree(key=key), (3,)),
}
