# %% [markdown]
# # A transformer block and its tangent kernel
#
# Its empirical kernel, how that moves in training, and the coordinate check.  Nothing in the block knows of kernels or widths.

# %%
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

import certifield as cf

TOKENS, FEATURES = 4, 3


class Block(eqx.Module):
    """Embedding, attention with four heads, a perceptron, and the mean over tokens: [tokens, features] -> one number."""

    embed: eqx.nn.Linear
    attention: eqx.nn.MultiheadAttention
    norms: tuple[eqx.nn.LayerNorm, eqx.nn.LayerNorm]
    up: eqx.nn.Linear
    down: eqx.nn.Linear
    readout: eqx.nn.Linear

    def __init__(self, width: int, key: jax.Array):
        keys = jax.random.split(key, 5)
        self.embed = eqx.nn.Linear(FEATURES, width, key=keys[0])
        self.attention = eqx.nn.MultiheadAttention(width // 4, width, key=keys[1])
        self.norms = eqx.nn.LayerNorm(width), eqx.nn.LayerNorm(width)
        self.up, self.down = eqx.nn.Linear(width, 2 * width, key=keys[2]), eqx.nn.Linear(2 * width, width, key=keys[3])
        self.readout = eqx.nn.Linear(width, 1, key=keys[4])

    def __call__(self, x: jax.Array) -> jax.Array:
        h = jax.vmap(self.embed)(x)
        normed = jax.vmap(self.norms[0])(h)
        h = h + self.attention(normed, normed, normed)
        h = h + jax.vmap(lambda row: self.down(jax.nn.gelu(self.up(self.norms[1](row)))))(h)
        return self.readout(jnp.mean(h, axis=0))


def data(points: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Sequences, and a number that depends on the product of two tokens."""
    x = np.random.default_rng(0).normal(size=(points, TOKENS, FEATURES))
    return x, np.sum(x[:, :1, 0] * x[:, 1:2, 1], axis=1, keepdims=True)


# %% [markdown]
# The heads have a key size of four, and their number grows with the width: logits need no other scale.
#
# `empirical_ntk` finds where weights enter through one product and never forms their derivatives.  The result is an `Exact`.

# %%


def kernel(width: int = 16) -> cf.evidence.Exact:
    """Theta(x, x) [n, n, 1, 1] of a block as drawn."""
    return cf.training.empirical_ntk(Block(width, jax.random.key(1)), data()[0])


# %% [markdown]
# In training the kernel moves.  The collective variables of `kernel_trajectory` are its trace, the effective rank of its spectrum, its
# alignment with the labels, and its distance from the start, which is 0 in the lazy limit.  Here it ends at 3: features are learned.

# %%


def drift(width: int = 16, steps: tuple[int, ...] = (0, 10, 40)) -> cf.training.Trajectory:
    """Full-batch Adam on the mean squared error, seen through the kernel."""
    block, loss = Block(width, jax.random.key(1)), lambda outputs, labels: jnp.mean((outputs - labels) ** 2)
    return cf.training.kernel_trajectory(block, *data(), optax.adam(3e-3), steps, loss=loss)


# %% [markdown]
# Does a learning rate hold at every width?  `coordinate_check` trains blocks of several widths and fits how the change of what every
# matrix puts out scales; 0 is the same at all widths.  `rule=None` is the standard parametrisation, "adam" the maximal update.  The rate
# is such that five steps do not reach the labels: what has arrived moves no further, at any width.

# %%


def check(widths: tuple[int, ...] = (16, 32, 64), rule: str | None = "adam", seeds: int = 4) -> cf.training.CoordinateCheck:
    """The coordinate check of the block."""
    return cf.training.coordinate_check(Block, widths, *data(), optax.adam(3e-4), rule=rule, seeds=seeds, tolerance=0.15)


if __name__ == "__main__":
    print("Theta(x_0, x_0) =", kernel()[0, 0, 0, 0])
    print("step    trace  effective rank  alignment  motion")
    for step, found in zip((0, 10, 40), drift().variables, strict=True):
        numbers = (float(each.value) for each in (found.trace, found.effective_rank, found.alignment, found.motion))
        print("{:4d} {:8.2f}  {:14.2f}  {:9.3f}  {:6.3f}".format(step, *numbers))
    for rule in (None, "adam"):
        found = check(rule=rule)
        print(f"{rule or 'standard'}: {'no slope' if found.passed else 'a slope'} beyond {found.tolerance}")
        for name, slope, error in zip(found.names, found.slopes.mean, found.slopes.stderr, strict=True):
            print(f"    {name:30s} {slope:+.2f} +- {error:.2f}")
