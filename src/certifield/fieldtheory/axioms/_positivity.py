r"""Reflection positivity: $M_{ab} = \langle (\Theta F_a) F_b \rangle \succeq 0$ for functionals of the field at positive times.

Theta turns the sign of Euclidean time.  In exact mode the entries have bounds, and so has the smallest eigenvalue (Weyl): a negative one is
a proof, with a vector as witness.  In statistical mode the direction is chosen on one half of the draws and tested on the other: the
smallest eigenvalue of one noisy matrix is biased downwards and proves nothing.  A test of degree 1 and 2 is not sufficient.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import scipy

from certifield.evidence import Certificate, Estimate, Exact, InputError, certify_negative_direction, certify_positive_definite

from ._report import AxiomReport
from ._theory import Theory

Functional = tuple[tuple[float, ...], ...]  # the points whose fields are multiplied; () is the constant 1
Sampler = Callable[[int, int, np.ndarray], np.ndarray]  # (seed, draws, points [P, d]) -> fields [draws, P]
_SOURCE = "Osterwalder and Schrader 1973"
_UNIT = 2.0**-53
_LARGEST_CERTIFIED = 40


def functionals(points: Sequence[Any] | np.ndarray, degrees: Sequence[int] = (1, 2, 3)) -> list[Functional]:
    """All products of fields at ``points`` [P, d] (or times [P]) of the given degrees; degree 0 is the constant 1.

    >>> functionals([0.1, 0.5], degrees=(0, 2))
    [(), ((0.1,), (0.1,)), ((0.1,), (0.5,)), ((0.5,), (0.5,))]
    """
    where = [tuple(np.atleast_1d(np.asarray(point, dtype=float)).tolist()) for point in points]
    return [chosen for degree in degrees for chosen in combinations_with_replacement(where, degree)]


@dataclass(frozen=True, eq=False)
class Gram:
    """``matrix`` [n, n] with its entrywise ``radius``; ``eigenvalues`` [n] ascending, each within ``bound`` (Weyl) of a true one."""

    matrix: np.ndarray
    radius: np.ndarray
    functionals: Sequence[Functional]

    @property
    def eigenvalues(self) -> Exact:
        """Ascending; the radius is the norm of the radii, and the rounding of the solver."""
        values = scipy.linalg.eigvalsh(self.matrix)
        return Exact(values, "eigenvalues of the Gram matrix, Weyl's bound", _SOURCE, self.bound)

    @property
    def bound(self) -> float:
        """Of every eigenvalue."""
        return float(np.linalg.norm(self.radius)) + 4 * len(self.matrix) * _UNIT * float(np.linalg.norm(self.matrix))

    def worst(self) -> tuple[np.ndarray, str]:
        """The eigenvector of the smallest eigenvalue, and its largest parts in words."""
        vector = scipy.linalg.eigh(self.matrix)[1][:, 0]
        return vector, described(vector, self.functionals)


def gram_matrix(theory: Theory, chosen: Sequence[Functional]) -> Gram:
    """<Theta F_a F_b> for functionals at positive times.  Raises `InputError` for times that are not positive, or another dimension."""
    checked = _checked(chosen, theory.dimension)
    size = len(checked)
    value, radius = np.zeros((size, size)), np.zeros((size, size))
    for a in range(size):
        for b in range(a + 1):
            # Theta maps the two halves into each other, so that M is symmetric; of a theory without that symmetry, it is half of both.
            found = [theory.correlator(np.concatenate([_reflected(checked[i]), checked[j]])) for i, j in {(a, b), (b, a)}]
            value[a, b] = value[b, a] = sum(one for one, _ in found) / len(found)
            radius[a, b] = radius[b, a] = sum(error for _, error in found) / len(found) + 2 * _UNIT * abs(value[a, b])
    return Gram(value, radius, list(chosen))


def reflection_positivity(theory: Theory, chosen: Sequence[Functional]) -> AxiomReport:
    """The verdict in exact mode: fail with a vector, pass with a proof or a factorisation, else undecided.

    The statistic is the smallest eigenvalue of the Gram matrix with its bound.  A vector with a negative value outweighs a claimed proof.

    >>> from certifield.fieldtheory.axioms import covariance_of_time
    >>> smooth = covariance_of_time("Gaussian", lambda t: np.exp(-t * t / 2))
    >>> report = reflection_positivity(smooth, functionals(0.1 * np.arange(1, 21), (1,)))
    >>> report.verdict, report.certificate.replay().accepted
    ('fail', True)
    """
    gram = gram_matrix(theory, chosen)
    smallest, (vector, worst) = gram.eigenvalues[0], gram.worst()
    remark = "" if math.isinf(theory.cutoff) else f"cutoff {theory.cutoff:g}"
    common = {"axiom": "reflection positivity", "theory": theory.name, "statistic": smallest, "worst": worst}
    certificate = _certificate(gram, vector)
    if certificate is not None and certificate.checker.startswith("negative"):
        return AxiomReport(**common, verdict="fail", confidence="certified", remark=remark, certificate=certificate)
    if theory.proof:
        told = "; ".join(part for part in (remark, theory.proof) if part)
        return AxiomReport(**common, verdict="pass", confidence="proof", remark=told, certificate=certificate)
    if certificate is not None:
        told = "; ".join(part for part in (remark, f"for these {len(chosen)} functionals") if part)
        return AxiomReport(**common, verdict="pass", confidence="certified", remark=told, certificate=certificate)
    told = "; ".join(part for part in (remark, "the smallest eigenvalue is zero within its bound") if part)
    return AxiomReport(**common, verdict="undecided", confidence="none", remark=told)


def sampled_positivity(
    sampler: Sampler, chosen: Sequence[Functional], *, draws: int = 20_000, seed: int = 0, level: float = 0.01, name: str = "sampled"
) -> AxiomReport:
    r"""The verdict in statistical mode, by ``draws`` networks in two halves, at ``level``.

    On the first half the direction v of the smallest eigenvalue is found (functionals scaled to unit norm), on the second
    $E[(v \cdot \Theta F)(v \cdot F)]$ is estimated: below zero by a one-sided t test is "fail", above it "pass" in that direction, and else
    "undecided" with the draws that would decide.  Raises `InputError` for fewer than 200 draws, or a level outside (0, 1/2).
    """
    dimension = len(next((points[0] for points in chosen if points), (0.0,)))
    checked = _checked(chosen, dimension)
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 200 or not 0 < level < 0.5:
        raise InputError("draws, level", (draws, level), "200 draws or more, and a level between 0 and 1/2", "try draws=20_000, level=0.01")
    ahead, behind = _values(sampler, checked, draws, seed)
    half = draws // 2
    scale = 1 / np.sqrt(np.mean(ahead[:half] ** 2 + behind[:half] ** 2, axis=0) / 2)
    first = behind[:half].T @ ahead[:half] * np.outer(scale, scale) / half
    vector = scale * scipy.linalg.eigh((first + first.T) / 2)[1][:, 0]
    each = (behind[half:] @ vector) * (ahead[half:] @ vector)
    mean, error = float(np.mean(each)), float(np.std(each, ddof=1)) / math.sqrt(len(each))
    critical = float(scipy.stats.t.isf(level, len(each) - 1))
    t = mean / error if error > 0 else 0.0
    verdict = "fail" if t < -critical else "pass" if t > critical else "undecided"
    needed = math.ceil(draws * ((critical + 1.28) / max(abs(t), 1e-3)) ** 2)
    told = (
        "in the direction found on the other half" if verdict != "undecided" else f"about {needed} draws would decide, were this its value"
    )
    source = f"reflection positivity/{name}/{seed}"
    statistic = Estimate.from_stderr(mean, error, source=source, draws=len(each), method="split sample")
    confidence = f"one-sided level {level:g}"
    return AxiomReport("reflection positivity", name, verdict, statistic, confidence, described(vector / scale, chosen), told)


def described(vector: np.ndarray, chosen: Sequence[Functional]) -> str:
    """The largest parts of a combination of functionals."""
    order = np.argsort(-np.abs(vector))[:3]
    parts = [f"{vector[k]:+.2g} {_spelled(chosen[k])}" for k in order if abs(vector[k]) > 0.05 * abs(vector[order[0]])]
    return " ".join(parts) + (" ..." if len(vector) > 3 else "")


def _spelled(points: Functional) -> str:
    return "*".join(f"phi({', '.join(f'{x:g}' for x in point)})" for point in points) or "1"


def _certificate(gram: Gram, vector: np.ndarray) -> Certificate | None:
    """A vector with a negative value, or a factorisation of the matrix less its radius; None where neither can be had."""
    largest = float(np.max(gram.radius)) if gram.radius.size else 0.0
    rounded = np.array([float(f"{entry:.6e}") for entry in vector])  # few digits suffice, and keep the fractions short
    try:
        return certify_negative_direction(gram.matrix, rounded, radius=largest)
    except InputError:
        pass
    spread = 1.01 * float(np.linalg.norm(gram.radius))
    if len(gram.matrix) > _LARGEST_CERTIFIED or float(np.asarray(gram.eigenvalues.value)[0]) <= gram.bound + spread:
        return None
    try:
        return certify_positive_definite(gram.matrix - spread * np.eye(len(gram.matrix)))
    except InputError:
        return None


def _values(sampler: Sampler, checked: Sequence[np.ndarray], draws: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """F and Theta F on every draw, [draws, functionals] each."""
    everywhere = np.unique(np.concatenate([points for points in checked if len(points)]), axis=0)
    both = np.concatenate([everywhere, _reflected(everywhere)])
    fields = np.asarray(sampler(seed, draws, both), dtype=float)
    if fields.shape != (draws, len(both)) or not np.all(np.isfinite(fields)):
        raise InputError("sampler", fields.shape, f"finite fields of shape {(draws, len(both))}", "return one row per draw")
    places = [[int(np.flatnonzero(np.all(everywhere == point, axis=1))[0]) for point in points] for points in checked]
    ahead = np.stack([np.prod(fields[:, place], axis=1) for place in places], axis=1)
    behind = np.stack([np.prod(fields[:, [k + len(everywhere) for k in place]], axis=1) for place in places], axis=1)
    return ahead, behind


def _checked(chosen: Sequence[Functional], dimension: int) -> list[np.ndarray]:
    found = [np.asarray(points, dtype=float).reshape(-1, dimension) if len(points) else np.zeros((0, dimension)) for points in chosen]
    if not found or any(not np.all(points[:, 0] > 0) or not np.all(np.isfinite(points)) for points in found):
        raise InputError("functionals", chosen, "products of fields at positive times, one at least", "shift all points to tau > 0")
    if any(len(point) != dimension for points in chosen for point in points):
        raise InputError("functionals", chosen, f"at points of {dimension} coordinates", "Euclidean time comes first")
    return found


def _reflected(points: np.ndarray) -> np.ndarray:
    return points * np.concatenate([[-1.0], np.ones(points.shape[1] - 1)])
