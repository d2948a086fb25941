# %% [markdown]
# # My own network
#
# From an Equinox module to correlators against width, in one page.  The network is a multilayer perceptron of three layers,
#
#     phi(x) = W3 tanh(W2 tanh(W1 x + b1) + b2),    weights N(0, 1/fan-in), biases N(0, 1),
#
# where fan-in is the number of inputs of a layer.  A Gaussian bias of the output would change no cumulant but the second, and would
# lengthen all error bars.

# %%
import equinox as eqx
import jax
import numpy as np

import certifield as cf

POINTS = [[0.3], [0.9]]


# %% [markdown]
# `fan_in` reads the number of inputs off every matrix of the module and divides the law by its square root; vectors (the biases) keep the
# law.  `width` is ours: `my_own_network.toml` is a study that calls this function with every width that it lists.  `even=True` states
# that phi and -phi have the same law, which holds because the last layer is linear with symmetric weights; odd correlators are then not
# estimated but zero.  Certifield checks the promise with a thousand networks, and contradicts it where it is wrong.


# %%
def ensemble(width: int, dim: int = 1) -> cf.ensembles.Ensemble:
    """The random networks of this page: the values of the module do not matter, its shapes do."""
    module = eqx.nn.MLP(dim, 1, width, depth=2, activation=jax.numpy.tanh, use_final_bias=False, key=jax.random.key(0))
    return cf.ensembles.Ensemble(module, cf.ensembles.fan_in(module, cf.ensembles.normal(1.0)), even=True, dim=dim, name="my MLP")


# %% [markdown]
# A network of another library is a function of (key, points).  All random numbers come from the key, a whole number; here a batch of
# 64 networks is drawn in a call, in NumPy.  With Flax one network is `model.apply(model.init(jax.random.key(key), points[:1]), points)`,
# with PyTorch `torch.manual_seed(key)`, then `make_network()(torch.as_tensor(points, dtype=torch.float32)).detach().numpy()`.


# %%
def networks(width: int, batch: int = 64) -> cf.ensembles.Ensemble:
    """The same networks, drawn and evaluated outside JAX."""

    def outputs(key: int, points: np.ndarray) -> np.ndarray:
        rng = np.random.default_rng(key)
        x = np.broadcast_to(points, (batch, *points.shape))
        for inputs, outputs in ((1, width), (width, width), (width, 1)):
            x = np.tanh(x) if inputs > 1 else x
            x = x @ rng.normal(size=(batch, inputs, outputs)) / inputs**0.5
            x = x + rng.normal(size=(batch, 1, outputs)) if outputs > 1 else x
        return x

    return cf.ensembles.outside(outputs, dim=1, batch=batch, even=True, name="my MLP outside JAX")


# %% [markdown]
# The connected four-point function falls as 1/width.  Both routes estimate it with error bars, and agree.

# %%
if __name__ == "__main__":
    jax.config.update("jax_enable_x64", True)
    four = [[0, 0, 1, 1]]
    for width in (2, 8):
        inside = cf.correlators.estimate(ensemble(width), POINTS, indices=four, connected=True, draws=100_000)
        outside = cf.correlators.estimate(networks(width), POINTS, indices=four, connected=True, draws=100_000)
        print(f"width {width}:  inside JAX {inside}   outside {outside}")
        print("   agree:", bool(inside.agrees_with(outside, independent=True).agrees))
