# %% [markdown]
# # My own potential
#
# You have a potential V(phi) and want its field theory from networks, and a number to hold it against.  Here it is a double well,
#
#     V(phi) = -1.2 phi^2 + 0.35 phi^4,      S = int dt [phi'^2 + m^2 phi^2]/2 + int_(|t| < T/2) dt V(phi),
#
# with m = 1 in an open box of T = 6, outside of which the field is free.  At infinite width this is quantum mechanics with
# H = p^2/2 + m^2 x^2/2 + V(x): the mass term is not part of V.  Coefficients are those of the powers themselves, without factorials.

# %%
import warnings

import numpy as np

import certifield as cf
from certifield.fieldtheory import oracles, spectrum

MASS, LENGTH, SPACING = 1.0, 6.0, 0.05
WELL = {2: -1.2, 4: 0.35}
TIMES = np.array([0.0, 0.5, 1.0, 1.5])

# %% [markdown]
# ## Networks
#
# A network of N random waves with Cauchy momenta and no cutoff is the free field at every width.  Its draws get the weight exp(-int V).
# Asked for are phi(0) phi(t) and phi(0)^4.  Without a cutoff some wave is faster than any spacing, of which there is a warning:
# what doubling the spacing does to a value is its `shift`, and part of its error.


# %%
def measured(width: int, draws: int) -> cf.fieldtheory.Reweighted:
    """The network of ``width`` with the weight of the double well."""
    free = cf.fieldtheory.free_field(1, MASS, width)
    field = cf.fieldtheory.interacting_field(free, WELL, cf.fieldtheory.open_box(LENGTH, SPACING))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cf.fieldtheory.reweighted(field, TIMES[:, None], asked_for, draws=draws, seed=width)


def asked_for(phi: np.ndarray) -> np.ndarray:
    """phi(0) phi(t) at all times, and phi(0)^4, of fields [..., times]."""
    return np.concatenate([phi[..., :1] * phi, phi[..., :1] ** 4], axis=-1)


# %% [markdown]
# ## Infinite width, the oracle, the gap
#
# A straight line in 1/N through three widths gives the limit.  The oracle diagonalises H and has bounds.
# The effective mass log(C(t)/C(t + a))/a falls to the gap E_1 - E_0 of H in a long box.  In a short one the edges are near: the same from
# the exact correlator of this box tells what is owed to the box, and what to the networks.


# %%
def exact() -> tuple[np.ndarray, cf.evidence.Exact]:
    """What `asked_for` is at infinite width, and the gap of H."""
    coefficients = cf.fieldtheory.polynomial(WELL).coefficients
    box = oracles.open_box(coefficients, MASS, LENGTH)
    pairs = box.correlator([[0.0, time] for time in TIMES])
    whole = np.polynomial.polynomial.polyadd(coefficients, (0.0, 0.0, MASS**2 / 2))
    return np.append(np.asarray(pairs.value), np.asarray(box.moment(4).value)), oracles.quantum_mechanics(tuple(whole)).gaps[0]


# %%
if __name__ == "__main__":
    found = {}
    for width in (8, 16, 32):
        one = measured(width, 20_000)
        found[width] = one.values
        print(f"N = {width}: {one.ess:.0%} of the draws count;  <phi(0) phi(t)>, <phi(0)^4> =", one.values)
    line = cf.fieldtheory.width_limit(found)
    known, gap = exact()
    print("infinite width:", line.limit, " p-value of the line:", np.round(line.p_value, 2))
    print("the oracle:    ", np.round(known, 6), " agrees:", line.limit.agrees_with(known).agrees)
    steps = TIMES[1] - TIMES[0]
    print("effective mass:", spectrum.effective_mass(line.limit[:-1], steps))
    print("  exactly, of this box:", np.round(-np.diff(np.log(known[:-1])) / steps, 4), " gap of H:", gap)
