# %% [markdown]
# # Read a formula off your data
#
# You bring points and values.  A Kolmogorov-Arnold network of a shape that you guess is trained by least squares; its edges are functions
# of one variable, which are looked up in a library; their constants are fitted together and recognised.

# %%
import jax
import numpy as np

import certifield as cf

jax.config.update("jax_enable_x64", True)
ka = cf.expressivity.kolmogorov_arnold
rng = np.random.default_rng(0)
x, held = rng.uniform(-1, 1, (400, 2)), rng.uniform(-1, 1, (1000, 2))


def measured(x):
    """What you do not know: it stands for your data."""
    return np.exp(-(x[:, :1] ** 2) + np.sin(np.pi * x[:, 1:]) / 2)


# %% [markdown]
# Two inputs, one sum, one output.  Of eight random starts the best goes on, from three intervals on every edge to eight.

# %%
start = ka.best_starts([2, 1, 1], x, measured(x), starts=8, steps=200, keep=1)[0]
fitted = ka.fit(start, x, measured(x), grids=(8,), steps=60)
print("root mean square on three and on eight intervals:", *(f"{error:.1e}" for error in fitted.errors))

# %% [markdown]
# The formula, and its largest error at a thousand points that neither the training nor the reading has seen.

# %%
formula = ka.read_formula(fitted.network, x, measured(x), (held, measured(held)))
print(formula)
print("largest error:", formula.error)
