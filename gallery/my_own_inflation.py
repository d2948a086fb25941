# %% [markdown]
# # My own inflation
#
# You have a potential and want to know what the sky would look like: tilt, tensor-to-scalar ratio and amplitude, first by slow roll and
# then by the equations of the modes, held against what is observed.  Here it is a T-model,
#
#     V(phi) = V_0 tanh(phi / sqrt(6 alpha))^2,
#
# whose n_s = 1 - 2/N and r = 12 alpha/N^2 are known for N e-folds, many, and alpha, small (Kallosh, Linde and Roest, arXiv:1311.0472).

# %%
import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from certifield.cosmology.inflation import PRESETS, Observed, Scaled, SlowRoll, Spectrum, exact_spectrum, slow_roll

SEEN = PRESETS["bk18"]


class TModel(eqx.Module):
    """V with V_0 = 1: any function of the field that is written with jax.numpy will do."""

    alpha: Float[Array, ""]

    def __call__(self, phi: Float[Array, ""]) -> Float[Array, ""]:
        """The value at ``phi``, in units of the reduced Planck mass."""
        return jnp.tanh(phi / jnp.sqrt(6 * self.alpha)) ** 2


# %% [markdown]
# Slow roll gives tilt and ratio whatever the scale of V; the amplitude then sets the scale.  The modes start eight e-folds further out
# than the pivot, at a field that slow roll knows too.


# %%
def both_ways(alpha: float, efolds: float = SEEN.efolds) -> tuple[SlowRoll, Spectrum]:
    """The T-model with the observed amplitude, by slow roll and by its modes."""
    model = TModel(np.float64(alpha))
    far = 4 * np.sqrt(6 * alpha)
    scaled = Scaled(model, np.float64(SEEN.amplitude / slow_roll(model, 0.0, far, efolds=efolds).amplitude.mean))
    start = slow_roll(model, 0.0, far, efolds=efolds + 8).pivot.mean
    return slow_roll(scaled, 0.0, far, efolds=efolds), exact_spectrum(scaled, float(start), efolds=efolds)


def viable(one: Spectrum, seen: Observed = SEEN) -> bool:
    """Tilt and ratio lie in the window, two standard deviations wide."""
    return bool(abs(one.tilt.mean - seen.tilt) < 2 * seen.tilt_error and one.ratio.mean < seen.ratio)


# %%
if __name__ == "__main__":
    print("window:", SEEN.source)
    for alpha in (0.1, 1.0, 10.0, 100.0):
        quick, exact = both_ways(alpha)
        print(f"alpha = {alpha:g}: {'viable' if viable(exact) else 'excluded'}")
        print("   slow roll  n_s", quick.tilt, " r", quick.ratio, " rolls over", quick.excursion)
        print("   modes      n_s", exact.tilt, " r", exact.ratio, " A_s", exact.amplitude)
        print(f"   large N    n_s {1 - 2 / SEEN.efolds:.4f}  r {12 * alpha / SEEN.efolds**2:.3g}")
