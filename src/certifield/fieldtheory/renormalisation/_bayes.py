r"""Renormalisation as inference: the flow run backwards is Bayes' rule, and its scale is how well parameters can be told apart.

    pi_T ~ pi_0 e^{-T D(theta)},      d pi_T/dT = -pi_T (D - E_T D),      d E_T[O]/dT = -Cov_T(O, D)               (arXiv:2212.11379)

T counts data, D is the relative entropy of the true law to the law of theta, and the metric of D at its least is Fisher's.  The lattice
flow is of this form: what a mode y_k at time t says of the bare mode x_k is $T_k(t) = e^{-2r_kt}/q_k(1-e^{-2r_kt})$ data of unit
information, so that with P_0 Gaussian the posterior precision is $1/s_k + T_k$: the inverse flow adds data, short waves last.
"""

import math
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from certifield._arguments import of_kind, positive, reals, seeded, whole
from certifield.ensembles import Ensemble, Independent, Law
from certifield.evidence import Estimate, Exact, InputError
from certifield.streams import draw_keys, stream_key

from ._modes import ModeFlow

_BLOCKS = 64
_LEAST_ESS, _HEAVIEST = 0.01, 0.05
_UNIT = 2.0**-53
_SOURCE = "arXiv:2212.11379"


@dataclass(frozen=True, eq=False)
class BayesianFlow:
    """Along ``scales`` T [S]: ``divergence`` E_T[D] and its slope ``slope`` -Var_T(D); ``evidence`` log E_0[e^(-T D)], whose slope is
    -E_T[D]; ``averages`` E_T[O] and ``slopes`` -Cov_T(O, D) [S, m]; ``ess`` and ``heaviest`` [S] of the weights.

    Where fewer than 1 % of the draws are effective, or one has more than 5 % of all weight, error bars are refused.
    """

    scales: np.ndarray
    divergence: Estimate
    slope: Estimate
    evidence: Estimate
    averages: Estimate
    slopes: Estimate
    ess: np.ndarray
    heaviest: np.ndarray


def bayesian_flow(divergences: Any, scales: Any, *, observables: Any = None) -> BayesianFlow:
    """The posterior along ``scales`` [S] from draws of the prior: D at each draw, ``divergences`` [n], and ``observables`` [n, m].

    Raises `InputError` for fewer than 128 draws, scales below 0, and arrays that do not fit together.
    """
    d = reals("divergences", divergences, "finite numbers [n], one a draw of the prior", "evaluate D at draws of the prior", 1)
    t = reals("scales", scales, "finite numbers [S], 0 or more", "try [0.0, 1.0, 10.0]", 1)
    if np.any(t < 0):
        raise InputError("scales", scales, "0 or more", "count data from 0")
    if len(d) < 2 * _BLOCKS:
        raise InputError("divergences", f"{len(d)} draws", f"{2 * _BLOCKS} at least", "take more draws of the prior")
    more = np.zeros((len(d), 0)) if observables is None else reals("observables", observables, "finite numbers [n, m]", "one row a draw", 2)
    if len(more) != len(d):
        raise InputError("observables", f"{len(more)} rows", f"{len(d)}, one a draw", "evaluate both at the same draws")
    kept = len(d) // _BLOCKS * _BLOCKS
    d, more = d[:kept], more[:kept]
    logs = -np.multiply.outer(t, d)
    tops = logs.max(axis=1, keepdims=True)
    weights = np.exp(logs - tops)
    ess = weights.sum(axis=1) ** 2 / np.sum(weights**2, axis=1) / kept
    heaviest = weights.max(axis=1) / weights.sum(axis=1)
    rows = np.concatenate([np.ones((kept, 1)), d[:, None], d[:, None] ** 2, more, more * d[:, None]], axis=1)
    sums = np.einsum("sbn,bnf->bsf", weights.reshape(len(t), _BLOCKS, -1), rows.reshape(_BLOCKS, -1, rows.shape[1]))
    whole_sums = sums.sum(axis=0)
    value = _posterior(whole_sums, tops, kept, more.shape[1])
    left = np.stack([_posterior(whole_sums - one, tops, kept - kept // _BLOCKS, more.shape[1]) for one in sums])
    away = (left - left.mean(axis=0)) * math.sqrt((_BLOCKS - 1) / _BLOCKS)
    bad = (ess < _LEAST_ESS) | (heaviest > _HEAVIEST)
    told = [
        f"T = {one:g}: {e:.2g} of the draws are effective, one has {h:.2g} of all weight"
        for one, e, h in zip(t, ess, heaviest, strict=True)
    ]
    warnings = {"warnings": [one for one, wrong in zip(told, bad, strict=True) if wrong]} if bad.any() else {}
    source = f"bayesian flow/{kept}/{float(d.sum())!r}/{float(more.sum())!r}"
    refused = np.repeat(bad[:, None], value.shape[1], axis=1)
    every = Estimate(value, {source: away}, kept, _BLOCKS, None, "weights of draws of the prior", "float64", "unknown", refused,
                     diagnostics=warnings)  # fmt: skip
    m = more.shape[1]
    return BayesianFlow(t, every[:, 0], every[:, 1], every[:, 2], every[:, 3 : 3 + m], every[:, 3 + m :], ess, heaviest)


def _posterior(sums: np.ndarray, tops: np.ndarray, count: int, m: int) -> np.ndarray:
    """E D, -Var D, log evidence, E O and -Cov(O, D) [S, 3 + 2m] from sums of weights with 1, D, D^2, O, O D."""
    means = sums[:, 1:] / sums[:, :1]
    mean, square, others, both = means[:, :1], means[:, 1:2], means[:, 2 : 2 + m], means[:, 2 + m :]
    return np.concatenate([mean, mean**2 - square, np.log(sums[:, :1] / count) + tops, others, others * mean - both], axis=1)


@dataclass(frozen=True, eq=False)
class GaussianInference:
    """Independent parameters k along ``scales`` T [S]: ``precision`` of the posterior [S, k], its ``centre`` [S, k], and E_T[D] [S]."""

    scales: np.ndarray
    precision: Exact
    centre: Exact
    divergence: Exact


def gaussian_inference(variances: Any, information: Any, truth: Any, scales: Any) -> GaussianInference:
    r"""Priors N(0, v_k), ``variances``, and $D = \frac12\sum_k f_k (\theta_k - \theta^*_k)^2$, ``information`` f_k and ``truth``, all [k].

    The precision is $1/v_k + T f_k$, the centre $T f_k \theta^*_k$ over it.  Raises `InputError` for variances that are not positive,
    information below 0, and arrays that do not fit together.

    >>> gaussian_inference([2.0], [1.0], [1.0], [1.5]).precision[0, 0]
    Exact 2.0 (radius ...)
    """
    v, f, true = (reals(name, one, "finite numbers [k]", "one of each parameter", 1) for name, one in
                  (("variances", variances), ("information", information), ("truth", truth)))  # fmt: skip
    t = reals("scales", scales, "finite numbers [S], 0 or more", "try [0.0, 1.0, 10.0]", 1)
    if not len(v) == len(f) == len(true):
        raise InputError("variances, information, truth", [len(one) for one in (v, f, true)], "of one length", "one of each parameter")
    if np.any(v <= 0) or np.any(f < 0) or np.any(t < 0):
        raise InputError("variances, information, scales", (v.min(), f.min(), t.min()), "positive, and 0 or more", "leave signs out")
    told = ("conjugate Gaussian prior", _SOURCE)
    precision = 1 / v + np.multiply.outer(t, f)
    centre = np.multiply.outer(t, f * true) / precision
    gap = true / v / precision  # of the truth over the centre
    terms = f / 2 * (1 / precision + gap**2)
    total = terms.sum(axis=1)
    # Sums and products of numbers of one sign only.
    return GaussianInference(
        t,
        Exact(precision, *told, 4 * _UNIT * precision),
        Exact(centre, *told, 8 * _UNIT * np.abs(centre)),
        Exact(total, *told, (24 + len(v)) * _UNIT * total),
    )


def data_of_flow(flow: ModeFlow, time: float) -> Exact:
    r"""$T_k(t) = e^{-2r_kt}/q_k(1-e^{-2r_kt})$ [*shape]: the information that the modes at ``time`` have of the bare ones.

    Raises `InputError` for a time that is not positive: at time 0 nothing is lost, and the information is infinite.
    """
    of_kind("flow", flow, ModeFlow, "make it with mode_flow")
    exponent = 2 * flow.rates * positive("time", time)
    value = 1 / (flow.spectrum * np.expm1(exponent))
    radius = _UNIT * (16 + 4 * exponent / -np.expm1(-exponent)) * value  # an argument with two roundings under expm1
    return Exact(value, "signal over noise of an Ornstein-Uhlenbeck process", "arXiv:2202.11737", radius)


@dataclass(frozen=True, eq=False)
class CoarseGrained:
    r"""An ensemble seen through T = ``scales`` [S] data of unit noise: ``kept`` [S]: the directions with $T\lambda \ge 1$, lambda the
    eigenvalues of Fisher's metric at unit prior variance; ``change`` [S]: $\frac T2 E|f_\theta - f_{\theta'}|^2$ with all others drawn
    anew, and ``predicted`` [S]: $E\sum_{T\lambda<1} T\lambda$, what the metric says of it; ``eigenvalues`` [r], falling.
    """

    scales: np.ndarray
    kept: Estimate
    change: Estimate
    predicted: Estimate
    eigenvalues: Estimate


def fisher_coarse_graining(ensemble: Ensemble, x: Any, scales: Any, *, draws: int = 256, seed: int = 0) -> CoarseGrained:
    r"""Fisher's metric $J^TJ$, $J = \partial f/\partial\theta$ at the points ``x`` [P, dim], of ``draws`` networks, and what it hides.

    Parameters count in units of their prior standard deviation; a direction is kept where the data weigh as much as the prior.
    Raises `InputError` for an ensemble whose parameters are not independent with finite variances, scales that are not positive, and
    fewer than 64 draws.
    """
    of_kind("ensemble", ensemble, Ensemble, "try cf.ensembles.erf_net(2, 20)")
    points = reals("x", x, "finite points [P, dim]", "pass [[0.5], [1.0]]", 2)
    t = reals("scales", scales, "positive numbers [S]", "try [1.0, 10.0, 100.0]", 1)
    if np.any(t <= 0):
        raise InputError("scales", scales, "positive", "try [1.0, 10.0, 100.0]")
    units, count = _units(ensemble), whole("draws", draws, _BLOCKS)
    with jax.enable_x64(True):
        keys = draw_keys(stream_key(seeded(seed), f"fisher/{ensemble.name}"), 0, count)
        found = _seen(ensemble, jnp.asarray(points), jnp.asarray(units), jnp.asarray(t), keys)
        kept, change, predicted, values = (np.asarray(one, dtype=float) for one in found)
    every = np.concatenate([kept, change, predicted, values], axis=1)
    blocks = every[: count // _BLOCKS * _BLOCKS].reshape(_BLOCKS, -1, every.shape[1]).mean(axis=1)
    mean = blocks.mean(axis=0)
    away = (blocks - mean) / math.sqrt(_BLOCKS * (_BLOCKS - 1))
    source = f"fisher/{ensemble.name}/{points.tolist()}/{count}/{seed}"
    one = Estimate(mean, {source: away}, count // _BLOCKS * _BLOCKS, _BLOCKS, seed, "draws of the ensemble", "float64")
    s = len(t)
    return CoarseGrained(t, one[:s], one[s : 2 * s], one[2 * s : 3 * s], one[3 * s :])


def _units(ensemble: Ensemble) -> np.ndarray:
    """The standard deviation of every parameter, flat."""
    density = ensemble.density
    if not isinstance(density, Independent):
        raise InputError("ensemble", ensemble.name, "one of independent parameters", "take cf.ensembles.erf_net(2, 20)")
    laws = jax.tree.leaves(density.laws, is_leaf=lambda one: isinstance(one, Law))
    if len(laws) != len(density.shapes) or not all(isinstance(law, Law) for law in laws):
        raise InputError("ensemble", ensemble.name, "one whose arrays have independent entries", "take cf.ensembles.erf_net(2, 20)")
    deviations = [math.sqrt(max(0.0, law.moment(2) - law.moment(1) ** 2)) if not law.complex else math.nan for law in laws]
    if not all(map(math.isfinite, deviations)):
        raise InputError("ensemble", ensemble.name, "one of real parameters with finite variances", "take a law with a second moment")
    return np.concatenate([np.full(math.prod(shape), one) for one, shape in zip(deviations, density.shapes, strict=True)])


@eqx.filter_jit
def _seen(ensemble: Ensemble, x: Any, units: Any, scales: Any, keys: Any) -> Any:
    """By draw: directions kept [S], change [S], prediction [S], eigenvalues [outputs or parameters]."""

    def of_draw(key: Any) -> Any:
        one, other = jax.random.split(key)
        theta, back = ravel_pytree(ensemble.density.sample(one))
        fresh, _ = ravel_pytree(ensemble.density.sample(other))
        outputs = lambda flat: jnp.ravel(ensemble.architecture(back(flat), x))  # noqa: E731
        here = outputs(theta)
        jacobian = jax.jacrev(outputs)(theta) * units[None, :]
        _, sizes, directions = jnp.linalg.svd(jacobian, full_matrices=False)
        values = sizes**2
        step = jnp.where(units > 0, (fresh - theta) / jnp.where(units > 0, units, 1.0), 0.0)
        seen = scales[:, None] * values[None, :] >= 1  # [S, r]
        moved = step[None, :] - jnp.where(seen, (directions @ step)[None, :], 0.0) @ directions
        there = jax.vmap(outputs)(theta[None, :] + units[None, :] * moved)
        change = scales / 2 * jnp.sum((there - here[None, :]) ** 2, axis=1)
        predicted = scales * jnp.sum(jnp.where(seen, 0.0, values[None, :]), axis=1)
        return jnp.sum(jnp.where(seen, 1.0, 0.0), axis=1), change, predicted, values

    return jax.lax.map(of_draw, keys, batch_size=16)
