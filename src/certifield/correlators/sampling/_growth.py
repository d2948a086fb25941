"""What the laws of the parameters say about the variance of an estimator before anything is drawn.

The error bar of an n-point function needs E[phi^(2n)].  If the field grows as theta^p along a group of parameters whose moments exist below
order nu only, it is infinite for 2 n p >= nu: no number of draws gives an error bar, however tame the draws look.  The exponent p is
measured: the group is stretched by large factors, and everything else is left as it was drawn.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np

from certifield.ensembles import AbstractMomenta, Ensemble, Independent, Law

_STRETCH = (1e6, 1e9)
_LEAST = 0.05  # an exponent below is none: tanh and its like saturate
_PROBES = 4


def is_random(ensemble: Ensemble, method: str) -> bool:
    """Whether any parameter that is drawn is random; of other densities than independent laws this is taken for granted."""
    laws = _drawn(ensemble, method)
    return not laws or any(not isinstance(law, Law) or law.scale > 0 for law, _ in laws)


def infinite_variance(ensemble: Ensemble, method: str, points: np.ndarray, order: int) -> str:
    """Why the variance of an estimate of ``order`` by ``method`` is infinite, or "" where that is not known."""
    heavy = [(law, place) for law, place in _drawn(ensemble, method) if isinstance(law, Law) and law.tail <= 2 * order * 16]
    for law, place in heavy:
        exponent = _exponent(ensemble, method, points, place)
        if exponent > _LEAST and 2 * order * exponent >= law.tail:
            what = "the error bar" if order * exponent < law.tail else "the correlator itself"
            return (
                f"{what} is infinite: {law} has moments below order {law.tail:g} only, the field grows as its power {exponent:.2g}, and "
                f"an error bar of order {order} needs the moment {2 * order * exponent:.3g}; no number of draws will do"
            )
    return ""


def _drawn(ensemble: Ensemble, method: str) -> list[tuple[Law | AbstractMomenta, int]]:
    """The laws that are drawn from, with their places among the leaves of the parameters; the neuron methods average the readout."""
    if not isinstance(ensemble.density, Independent):
        return []
    if method in ("neuron", "sobol") and ensemble.neurons is not None:
        return [(ensemble.neurons.weights, 1), (ensemble.neurons.biases, 2)]
    laws = jax.tree.leaves(ensemble.density.laws, is_leaf=lambda node: isinstance(node, Law | AbstractMomenta))
    return list(zip(laws, range(len(laws)), strict=True))


def _exponent(ensemble: Ensemble, method: str, points: np.ndarray, place: int) -> float:
    """The p of |phi| ~ theta^p for the leaf at ``place``, the largest of a few draws; infinite where the field overflows."""
    with jax.enable_x64(True):
        where = jnp.asarray(points, dtype=float)
        found = []
        for probe in range(_PROBES):
            leaves, tree = jax.tree.flatten(ensemble.density.sample(jax.random.key(probe)))
            sizes = []
            for factor in _STRETCH:
                moved = [leaf * factor if i == place else leaf for i, leaf in enumerate(leaves)]
                sizes.append(np.abs(np.asarray(ensemble.architecture(jax.tree.unflatten(tree, moved), where))))
            with np.errstate(divide="ignore", invalid="ignore"):
                rates = np.log(sizes[1] / sizes[0]) / math.log(_STRETCH[1] / _STRETCH[0])
            found.append(np.where(np.isfinite(sizes[1]), rates, np.inf)[sizes[1] > 0].max(initial=0.0))
    return float(max(found))
