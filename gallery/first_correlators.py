# %% [markdown]
# # First correlators
#
# A network with random parameters is a random function, and so a field theory.  Its free limit is a Gaussian process; at finite
# width N it interacts.  We look at the Erf-net,
#
#     phi(x) = sum_{i=1..N} a_i erf(w_i x + b_i),    a ~ N(0, 1/N),  w ~ N(0, 1),  b ~ N(0, 1).

# %%
import jax

import certifield as cf

jax.config.update("jax_enable_x64", True)
net = cf.ensembles.erf_net(dim=1, width=20)
points = [[-1.0], [-0.2], [0.2], [1.0]]

# %% [markdown]
# The two-point function at the first two points, exact at every width: an arcsine (Williams 1996).  An exact value names its
# derivation, and bounds its rounding error.

# %%
two = cf.correlators.exact(net, points[:2])
print("G2 =", two, "  ", two.derivation)

# %% [markdown]
# The connected four-point function is what makes the theory an interacting one.  Exact, and estimated from random
# neurons; the comparison is a record with a pull and a p-value, never a bare yes or no.

# %%
exact = cf.correlators.exact(net, points, connected=True)
estimate = cf.correlators.estimate(net, points, connected=True, draws=100_000, seed=1)
print("G_c4 exact   =", exact)
print("G_c4 sampled =", estimate, "  ", estimate.method)
print("agreement:", estimate.agrees_with(exact))

# %% [markdown]
# The other way to sample is network by network.  It asks less of the ensemble, and pays for it at large width: the correlator falls
# as 1/N, its error much more slowly.  So a width enters the fit of the power law only where the signal stands out of the noise.

# %%
widths, networks = (2, 4, 8, 16), []
for number, width in enumerate(widths):
    wide = cf.ensembles.erf_net(dim=1, width=width)
    networks.append(cf.correlators.estimate(wide, points, connected=True, draws=200_000, method="network-wick", seed=number))
    print(f"N = {width:2d}:  {cf.correlators.exact(wide, points, connected=True)}   networks {networks[-1]}")

law = cf.correlators.fit_width_law(widths, networks)
print("slope:", law.slope, " expected: -1   widths used:", law.used)

# %% [markdown]
# A certificate goes further than a number: a claim with a witness, which a checker of its own replays.  It imports nothing of
# Certifield, and works in exact arithmetic.  Here: the sixth cumulant of a neuron of the cos-net at one point vanishes exactly.

# %%
certificate = cf.evidence.certify_coincident_cumulant("cos", 6)
print(certificate.claim, "=", certificate.value)
print(certificate.replay())
