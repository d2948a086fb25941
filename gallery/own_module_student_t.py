# %% [markdown]
# # Your own network, with heavy tails
#
# An ensemble is an architecture with a density on its parameters.  Here both are our own: a network of three layers, written as
# an ordinary Equinox module, and Student-t parameters.

# %%
import equinox as eqx
import jax
import jax.numpy as jnp

import certifield as cf


class ThreeLayers(eqx.Module):
    """phi(x) = W3 tanh(W2 tanh(W1 x + b1) + b2): a number from a point."""

    first: eqx.nn.Linear
    second: eqx.nn.Linear
    last: eqx.nn.Linear

    def __init__(self, dim: int, width: int) -> None:
        key = jax.random.key(0)  # these initial values do not matter: the density replaces them
        self.first = eqx.nn.Linear(dim, width, key=key)
        self.second = eqx.nn.Linear(width, width, key=key)
        self.last = eqx.nn.Linear(width, "scalar", use_bias=False, key=key)

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.last(jnp.tanh(self.second(jnp.tanh(self.first(x)))))


# %% [markdown]
# One law for all parameters: Student's t with some degrees of freedom.  `fan_in` divides it by the square root of the number of
# inputs, matrix by matrix, so that the field stays of order one at every width.
#
# phi and -phi have the same law, since the last layer is linear with a symmetric density.  Certifield cannot read that off a
# module; `even=True` says it, and odd moments are then not estimated but zero.


# %%
def ensemble(width: int, dim: int = 1, freedom: float = 9.0) -> cf.ensembles.Ensemble:
    """The random networks of this page; `own_module_study.toml` asks for them by the name of this function."""
    module = ThreeLayers(dim, width)
    laws = cf.ensembles.fan_in(module, cf.ensembles.student_t(freedom))
    return cf.ensembles.Ensemble(module, laws, even=True, dim=dim, name=f"three layers, t({freedom:g})")


# %% [markdown]
# No closed form is known for this ensemble, and `exact` says so.  Estimates exist for every ensemble: they are unbiased, and carry
# an error bar.  (A study imports this file for the function above; what follows is for the reader, and runs only here.)

# %%
if __name__ == "__main__":
    jax.config.update("jax_enable_x64", True)
    points = [[-0.5], [0.2], [1.0], [1.0]]

    try:
        cf.correlators.exact(ensemble(width=10), points)
    except cf.evidence.NoClosedForm as reason:
        print("exact:", reason)

    full = cf.correlators.estimate(ensemble(width=10), points, draws=100_000)
    connected = cf.correlators.estimate(ensemble(width=10), points, connected=True, draws=100_000)
    print("G4   =", full)
    print("G_c4 =", connected)

    # Now the tails.  With f degrees of freedom a weight has finite moments below order f only.  The error bar of an n-point function
    # is made of moments of order 2n: at f = 9 a four-point function has one, since 8 < 9; at f = 3 not even the four-point
    # function itself exists.  A sample does not know that: it always has a mean and a spread.  So Certifield looks at the laws, and at
    # how the field grows with the parameters, and where the variance is infinite it refuses the error bar, and says why.
    heavy = cf.correlators.estimate(ensemble(width=10, freedom=3.0), points, connected=True, draws=100_000)
    print("\nthree degrees of freedom: mean", float(heavy.mean), " standard error", float(heavy.stderr), " refused", bool(heavy.refused))
    for warning in heavy.diagnostics["warnings"]:
        print("  ", warning)
