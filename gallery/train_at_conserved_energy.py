# %% [markdown]
# # Train your model at conserved energy
#
# You bring a module of Equinox and a loss.  The parameters move without friction in the potential ln(F - F0), and spend their time where
# the loss is low; no learning rate has to be sent to zero.

# %%
import equinox as eqx
import jax
import jax.numpy as jnp
import optax

import certifield as cf

model = eqx.nn.MLP(2, 1, 32, 2, activation=jnp.tanh, key=jax.random.key(0))
params, static = eqx.partition(model, eqx.is_inexact_array)
x = jax.random.uniform(jax.random.key(1), (128, 2), minval=-1, maxval=1)
y = jnp.sin(3 * x[:, :1]) * jnp.cos(2 * x[:, 1:])


def loss(params):
    """The mean square over 128 points."""
    return jnp.mean((jax.vmap(eqx.combine(params, static))(x) - y) ** 2)


# %% [markdown]
# One program for all steps, and the record of what happened.  In a loop of your own, `update` takes the loss as `value=`.

# %%
found = cf.training.descend(loss, params, cf.training.ecd_sep(1.0, eta=2.0), 1500)
print(f"loss: {found.value[0]:.3f} at the start, {found.value[-1]:.1e} at the end")

# %% [markdown]
# Adam from the same start, with the learning rate that most people try first.

# %%
adam, state, moved = optax.adam(1e-3), None, params
state = adam.init(moved)


@jax.jit
def step(moved, state):
    """One step of Adam."""
    updates, state = adam.update(jax.grad(loss)(moved), state)
    return optax.apply_updates(moved, updates), state


for _ in range(1500):
    moved, state = step(moved, state)
print(f"Adam: {loss(moved):.1e}")

# %% [markdown]
# One run says little.  `certifield run energy-conserving-descent` compares over seeds, with a grid of rates for every optimiser, and says
# where Adam is better.
