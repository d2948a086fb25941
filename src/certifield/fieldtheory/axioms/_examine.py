"""All axioms at once, for an architecture of one's own: the table of verdicts in statistical mode."""

from collections.abc import Callable
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np

from certifield._arguments import positive, whole
from certifield.ensembles import Ensemble
from certifield.evidence import Exact, InputError

from ._invariance import sampled_clustering, sampled_invariance
from ._positivity import Functional, Sampler, functionals, sampled_positivity
from ._report import AxiomReport

_CHUNK = 4096  # draws at once


def sampler_of(ensemble: Ensemble) -> Sampler:
    """(seed, draws, points [P, d]) -> fields [draws, P] of an ensemble of real scalar fields, compiled, 4096 draws at a time.

    The first coordinate of the points is Euclidean time.  Raises `InputError`, when it is called, for fields of several outputs or complex
    ones.
    """

    @jax.jit
    def drawn(key: jax.Array, points: jax.Array) -> jax.Array:
        return ensemble.evaluate(key, points, _CHUNK)

    def sample(seed: int, draws: int, points: np.ndarray) -> np.ndarray:
        where, found = jnp.asarray(np.asarray(points, dtype=float)), []
        for start in range(0, draws, _CHUNK):
            fields = np.asarray(drawn(jax.random.fold_in(jax.random.key(seed), start), where))
            if fields.ndim != 3 or fields.shape[2] != 1 or np.iscomplexobj(fields):
                raise InputError("ensemble", fields.shape[1:], "one real output", "ask about one component at a time")
            found.append(fields[:, :, 0].astype(float))
        return np.concatenate(found)[:draws]

    return sample


def examine(
    theory: Ensemble | Sampler, *, dimension: int = 1, length: float = 1.0, width: int | None = None, draws: int = 40_000, seed: int = 0,
    name: str = "",
) -> list[AxiomReport]:  # fmt: skip
    """Is it a quantum field theory?  One report for each axiom, and for each degree of reflection positivity, from ``draws`` networks.

    ``theory``: an ensemble of networks, or a sampler (seed, draws, points [P, d]) -> fields [draws, P]; ``length``: about its correlation
    length, by which all points are scaled; ``width``: with it, cluster is given times N, the coefficient of 1/N.
    Functionals: all products of the stated degree (of degree 1 as well, for 3) at times 0.2, 0.6 and 1.2 ``length``.  "pass" speaks of what
    was tried, "undecided" says how many draws would decide; a `PositiveEnsemble` passes by its proof unless draws contradict it.
    Regularity, the growth of high correlators, is not tested.
    Raises `InputError` as the tests that it runs: for a dimension below 1, a length that is not positive, fewer than 400 draws, and fields
    that are not real scalars.

    >>> from certifield.fieldtheory.axioms import ornstein_uhlenbeck_process
    >>> [report.verdict for report in examine(ornstein_uhlenbeck_process(1.0), draws=2000)][-2:]
    ['pass', ...]
    """
    d, scale = whole("dimension", dimension, 1), positive("length", length)
    whole("draws", draws, 400)
    sampler: Callable = sampler_of(theory) if isinstance(theory, Ensemble) else theory
    told = name or getattr(theory, "name", "") or "sampled"
    where = np.zeros((3, d))
    where[:, 0] = scale * np.array([0.2, 0.6, 1.2])
    reports = []
    for degree in (1, 2, 3):
        chosen: list[Functional] = functionals(where, (degree,) if degree < 3 else (1, 3))
        found = sampled_positivity(sampler, chosen, draws=draws, seed=seed + degree, name=told)
        proof = getattr(theory, "proof", "")
        if proof and found.verdict != "fail":  # draws may contradict a claimed proof, and add nothing to one
            found = replace(found, verdict="pass", confidence="proof", remark=proof)
        reports.append(replace(found, axiom=f"reflection positivity, degree {degree}"))
    four = np.zeros((4, d))
    four[:, 0] = scale * np.array([0.0, 0.3, 0.7, 1.2])
    reports.append(sampled_invariance(sampler, four, draws=draws, seed=seed + 4, name=told))
    identity = Exact(0, "products of numbers commute", "Osterwalder and Schrader 1973")
    reports.append(AxiomReport("permutations", told, "pass", identity, "proof", "none", "an identity for scalar fields"))
    distances = (8 * scale, 16 * scale)
    reports.append(sampled_clustering(sampler, four, distances=distances, draws=draws, seed=seed + 5, width=width, name=told))
    return reports
