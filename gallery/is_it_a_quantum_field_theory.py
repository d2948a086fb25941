# %% [markdown]
# # Is it a quantum field theory?
#
# An architecture of one's own, asked for the axioms of Osterwalder and Schrader: those under which a random function of Euclidean time is
# the quantum mechanics of a Hamiltonian.  The question takes a minute, and needs nothing but the network.

# %%
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import certifield as cf

axioms = cf.fieldtheory.axioms
DRAWS = 40_000


# %% [markdown]
# The first network is random waves with Gaussian frequencies, written as an Equinox module.  Its propagator is exp(-t^2/2)/2: smooth at
# zero, which no quantum mechanics has.


# %%
class Waves(eqx.Module):
    """phi(t) = sum_i cos(b_i t + c_i) / sqrt(N)."""

    frequencies: jax.Array
    phases: jax.Array

    def __call__(self, x: jax.Array) -> jax.Array:
        return jnp.sum(jnp.cos(self.frequencies * x[:1] + self.phases), keepdims=True) / len(self.phases) ** 0.5


def waves(width: int) -> cf.ensembles.Ensemble:
    """Frequencies N(0, 1), phases uniform on the circle."""
    module = Waves(jnp.zeros(width), jnp.zeros(width))
    law = Waves(cf.ensembles.normal(1.0), cf.ensembles.uniform(-np.pi, np.pi))
    return cf.ensembles.Ensemble(module, law, dim=1, name=f"Gaussian waves, N = {width}")


# %% [markdown]
# The second has Cauchy frequencies instead: its propagator is exactly that of the harmonic oscillator, at every width.  The third is a
# tanh network with random weights that acts on two Ornstein-Uhlenbeck processes, time by time, and is positive by proof.


# %%
def oscillating(width: int) -> cf.ensembles.Ensemble:
    """The free field of mass 1 in one dimension as a network of N waves."""
    return cf.fieldtheory.free_field(1, 1.0, width)


def network_on_processes() -> axioms.PositiveEnsemble:
    """phi_t = tanh(w_1 x_t + w_2 y_t) with weights that are the same at all times."""
    x, y = axioms.ornstein_uhlenbeck_process(1.0), axioms.ornstein_uhlenbeck_process(2.0)
    weights = lambda rng, draws: rng.normal(size=(draws, 2))  # noqa: E731
    return axioms.pointwise(lambda w, x, y: np.tanh(w[:, :1] * x + w[:, 1:] * y), x, y, weights=weights)


# %% [markdown]
# A failure is told at 99 % from draws that did not choose the direction; "undecided" says how many draws would decide.  One wave fails
# though its propagator is perfect: only its six-point functions show it, and the cluster property, by a constant over N.  The third is
# positive, and fails to cluster: weights that are the same at all times are a random scale, seen by distant pairs but not by two points.

# %%
if __name__ == "__main__":
    jax.config.update("jax_enable_x64", True)
    for theory, width in ((waves(8), 8), (oscillating(1), 1), (network_on_processes(), None)):
        reports = axioms.examine(theory, width=width, draws=DRAWS)
        print(f"{reports[0].theory}\n{axioms.verdict_table(reports)}\n")
    exact = axioms.reflection_positivity(axioms.CauchyNet(1), axioms.functionals([0.1, 0.5], (1, 3)))
    print(f"The single wave, exactly: {exact.verdict}, {exact.statistic}\n{exact.certificate.replay()}")
