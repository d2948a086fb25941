"""Couplings of the effective action from connected correlators.

    S = S_GP + int d^dx [ lambda_0 phi^4 + lambda_2 |x|^2 phi^4 + kappa phi^6 ] + lambda_NL int int phi(x)^2 phi(y)^2,

without 1/4! or 1/6!, weight exp(-S), the interaction normal-ordered with respect to K (G2 = K exactly, which cancels the tadpoles).
To first order G_c4 = -24 lambda_0 I_4 - 24 lambda_2 I_4[|y|^2] - 8 lambda_NL sum_3 B B, with B the integral of two legs, and
G_c6 = -720 kappa I_6.  A positive G_c4 means lambda_0 < 0: the quartic density alone cannot be normalised, it is an effective theory.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from certifield.correlators import exact
from certifield.ensembles import Ensemble
from certifield.evidence import Estimate, Exact, InputError, propagate

from ._contact import checked_cutoff, checked_indices, checked_points, contact_integrals

CONVENTION = "S = S_GP + int d^dx [lambda phi^4 + kappa phi^6], no 1/4! (lambda_4! = 24 lambda); G_c4 > 0 means lambda < 0"
_FACTORS = {4: 24, 6: 720}
_NOTHING = 1e-9  # of Hoelder's bound: a contact integral below is zero, and defines no coupling

Value = Exact | Estimate


@dataclass(frozen=True, eq=False)
class LocalCoupling:
    """The coupling that each entry of G_c^(n) measures on its own, lambda_m = -G_c4/(24 I_4), or kappa_m = -G_c6/(720 I_6).

    ``values``: at the entries ``indices[defined]``; ``impossible``: entries with I = 0 but G_c not 0, which no local operator explains;
    ``empty``: entries 0/0.  ``mean`` over the defined entries; ``spread``: standard deviation over |mean|, 0 for a constant coupling.
    ``chi2``, ``dof``, ``p_value``: of the hypothesis that all entries measure one coupling, for estimates (None for exact values).
    """

    values: Value
    indices: np.ndarray
    defined: np.ndarray
    impossible: int
    empty: int
    mean: Value
    spread: Value
    chi2: float | None
    dof: int | None
    p_value: float | None
    convention: str = CONVENTION


def local_coupling(
    ensemble: Ensemble, points: Any, cutoff: float, *, indices: Any = None, order: int = 4, correlators: Value | None = None
) -> LocalCoupling:
    """Lambda (order 4) or kappa (order 6) entry by entry, with the test of a constant coupling.

    ``correlators``: G_c at ``indices``, exact unless given; an estimate carries its covariance into everything.
    Kappa is of first order in the action: at second order lambda^2 joins it through trees, which are of the same order in 1/N.
    Raises as `contact_integrals`, and `InputError` for an order that is neither 4 nor 6, and where no entry defines a coupling.

    >>> import certifield as cf
    >>> net = cf.ensembles.relu_net(1, 20, sigma_b=0.0)
    >>> found = local_coupling(net, [[0.5], [1.0]], 10.0)
    >>> round(float(found.mean.value), 12), round(float(found.spread.value), 9)  # -12.5 / (N Lambda^5)
    (-6.25e-06, 0.0)
    """
    where, table = checked_points(ensemble, points), checked_indices(indices, len(points), order)
    factor = _FACTORS.get(table.shape[1])
    if factor is None:
        raise InputError("order", table.shape[1], "4 (lambda) or 6 (kappa)", "leave it out for lambda")
    measured = _measured(ensemble, where, table, correlators)
    integrals = contact_integrals(ensemble, where, cutoff, indices=table)
    defined = np.abs(np.asarray(integrals.value)) > _NOTHING * _hoelder(ensemble, where, cutoff, table)
    values = _at(measured, defined) / (-factor * _at(integrals, defined))
    present = np.abs(np.asarray(measured.mean)) > _noise(measured)
    impossible, empty = int(np.sum(~defined & present)), int(np.sum(~defined & ~present))
    count = int(np.sum(defined))
    if not count:
        given = f"{impossible} entries whose integral vanishes and {empty} of the form 0/0"
        raise InputError("indices", given, "one entry at least that defines a coupling", "give points of one sign, or other entries")
    mean = _linear(values, np.full((1, count), 1 / count), "mean over entries")[0]
    chi2, dof, p_value = (None, None, None)
    if isinstance(values, Estimate) and count > 1:
        agreement = (values - _linear(values, np.full((count, count), 1 / count), "common coupling")).agrees_with(0)
        chi2, dof, p_value = agreement.chi2, agreement.dof, agreement.p_joint
    return LocalCoupling(values, table, defined, impossible, empty, mean, _spread(values), chi2, dof, p_value)


@dataclass(frozen=True, eq=False)
class CouplingFit:
    """Couplings by generalised least squares with the full covariance; by least squares in the values where G_c4 is exact.

    ``couplings`` [operators], joint; ``condition``: of the scaled design, above 1e3 single couplings are ill-determined and only
    predictions and the covariance mean something; ``mape``: mean absolute percentage error of the fit; ``chi2``, ``dof`` for estimates.
    """

    operators: tuple[str, ...]
    couplings: Value
    condition: float
    mape: Value
    chi2: float | None
    dof: int | None
    cutoff: float
    convention: str = CONVENTION

    def predict(self, ensemble: Ensemble, points: Any, *, indices: Any = None) -> Value:
        """G_c4 at other points, from these couplings."""
        columns = design(ensemble, points, self.cutoff, self.operators, indices=indices)
        return _linear(self.couplings, np.asarray(columns.value), f"predicted by {' + '.join(self.operators)}")

    def errors_at(self, ensemble: Ensemble, points: Any, *, indices: Any = None, correlators: Value | None = None) -> "Prediction":
        """How well G_c4 at other points is predicted."""
        where, table = checked_points(ensemble, points), checked_indices(indices, len(points), 4)
        measured = _measured(ensemble, where, table, correlators)
        predicted = self.predict(ensemble, where, indices=table)
        chi2 = dof = None
        if isinstance(measured, Estimate):
            agreement = measured.agrees_with(predicted, independent=True)
            chi2, dof = agreement.chi2, agreement.dof
        return Prediction(predicted, measured, _mape(predicted, measured, independent=True), chi2, dof)


@dataclass(frozen=True, eq=False)
class Prediction:
    """Predicted against measured correlators: mean absolute percentage error, and chi2 over dof where the measured ones have errors."""

    predicted: Value
    measured: Value
    mape: Value
    chi2: float | None
    dof: int | None


def fit_couplings(
    ensemble: Ensemble,
    points: Any,
    cutoff: float,
    operators: Sequence[str] = ("lambda_0",),
    *,
    indices: Any = None,
    correlators: Value | None = None,
) -> CouplingFit:
    """Couplings of ``operators`` (among lambda_0, lambda_2, lambda_NL) from G_c4 at ``points``.

    Estimates are weighted by the inverse of their full covariance, on as many of its leading directions as half their blocks.
    Raises `InputError` for unknown operators and for fewer entries than operators.
    """
    where, table = checked_points(ensemble, points), checked_indices(indices, len(points), 4)
    measured = _measured(ensemble, where, table, correlators)
    matrix = np.asarray(design(ensemble, where, cutoff, operators, indices=table).value)
    if len(table) < len(operators):
        raise InputError("indices", len(table), f"{len(operators)} entries or more", "give more points, or fewer operators")
    whitened = _whitening(measured)
    scaled = whitened @ matrix
    sizes = np.linalg.norm(scaled, axis=0)
    left, values, right = np.linalg.svd(scaled / sizes, full_matrices=False)
    solve = (right.T / np.where(values > 1e-13 * values[0], values, np.inf)) @ left.T @ whitened / sizes[:, None]
    couplings = _linear(measured, solve, "generalised least squares")
    fitted = _linear(couplings, matrix, "fitted")
    chi2 = dof = None
    if isinstance(measured, Estimate):
        residual = whitened @ (np.asarray(measured.mean) - np.asarray(fitted.mean))
        chi2, dof = float(residual @ residual), len(whitened) - len(operators)
    condition = float(values[0] / values[-1]) if values[-1] > 0 else np.inf
    return CouplingFit(tuple(operators), couplings, condition, _mape(fitted, measured), chi2, dof, checked_cutoff(cutoff))


def design(ensemble: Ensemble, points: Any, cutoff: float, operators: Sequence[str], *, indices: Any = None) -> Exact:
    """The columns [T, operators]: what each coupling contributes to G_c4 at first order, for coupling 1.  Raises as `fit_couplings`."""
    where, table = checked_points(ensemble, points), checked_indices(indices, len(points), 4)
    unknown = [name for name in operators if name not in _COLUMNS]
    if unknown or not operators or len(set(operators)) < len(operators):
        raise InputError("operators", list(operators), f"different ones among {', '.join(_COLUMNS)}", 'try ["lambda_0"]')
    columns = [_COLUMNS[name](ensemble, where, cutoff, table) for name in operators]
    value, radius = (np.stack([np.asarray(getattr(column, part)) for column in columns], axis=1) for part in ("value", "radius"))
    return Exact(value, f"first order in {', '.join(operators)}; |y| < {cutoff:g}", "arXiv:2008.08601", radius)


def _local(ensemble: Ensemble, points: np.ndarray, cutoff: float, table: np.ndarray) -> Exact:
    return -24 * contact_integrals(ensemble, points, cutoff, indices=table)


def _quadratic(ensemble: Ensemble, points: np.ndarray, cutoff: float, table: np.ndarray) -> Exact:
    return -24 * contact_integrals(ensemble, points, cutoff, indices=table, power=2)


def _nonlocal(ensemble: Ensemble, points: np.ndarray, cutoff: float, table: np.ndarray) -> Exact:
    """-8 times the sum over three pairings, one pair of legs at x and one at y: 2^3 contractions for each."""
    pairs = np.stack(np.triu_indices(len(points)), axis=1)
    place = np.zeros((len(points), len(points)), dtype=int)
    place[pairs[:, 0], pairs[:, 1]] = place[pairs[:, 1], pairs[:, 0]] = np.arange(len(pairs))
    bubbles = contact_integrals(ensemble, points, cutoff, indices=pairs)
    a, b, c, d = table.T
    halves = [(place[a, b], place[c, d]), (place[a, c], place[b, d]), (place[a, d], place[b, c])]
    first, *rest = [bubbles[left] * bubbles[right] for left, right in halves]
    return -8 * sum(rest, first)


_COLUMNS: dict[str, Callable[[Ensemble, np.ndarray, float, np.ndarray], Exact]] = {
    "lambda_0": _local,
    "lambda_2": _quadratic,
    "lambda_NL": _nonlocal,
}


def _measured(ensemble: Ensemble, points: np.ndarray, table: np.ndarray, given: Value | None) -> Value:
    if given is None:
        return exact(ensemble, points, indices=table, connected=True)
    if given.shape != (len(table),):
        raise InputError("correlators", given.shape, f"of shape {(len(table),)}, one per entry", "estimate them at the same indices")
    return given


def _hoelder(ensemble: Ensemble, points: np.ndarray, cutoff: float, table: np.ndarray) -> np.ndarray:
    """Hoelder's bound on |I_n|: the product of the n-th roots of the integrals of one leg to the power n."""
    order = table.shape[1]
    alone = contact_integrals(ensemble, points, cutoff, indices=np.repeat(np.arange(len(points))[:, None], order, axis=1))
    return np.prod(np.asarray(alone.value)[table] ** (1 / order), axis=1)


def _at(value: Value, rows: np.ndarray) -> Value:
    return value[np.flatnonzero(rows)]


def _noise(measured: Value) -> np.ndarray:
    """Below this a correlator counts as zero: five standard errors, or the rounding of an exact value."""
    if isinstance(measured, Estimate):
        return 5 * measured.nominal_stderr
    return np.asarray(measured.radius) + 1e-13 * np.max(np.abs(np.asarray(measured.value)), initial=0.0)


def _linear(value: Value, matrix: np.ndarray, derivation: str) -> Value:
    """``matrix`` times ``value``, with its joint errors."""
    if isinstance(value, Estimate):
        return propagate(lambda entries: matrix @ entries, value, jacobian=lambda _: matrix)
    radius = np.abs(matrix) @ np.broadcast_to(value.radius, value.shape)
    rounding = 1e-15 * np.abs(matrix) @ np.abs(np.asarray(value.value, dtype=float))
    return Exact(matrix @ np.asarray(value.value, dtype=float), derivation, value.reference, radius + rounding)


def _whitening(measured: Value) -> np.ndarray:
    """W with W C W^T = 1 on the leading directions of the covariance C; the identity for exact values."""
    if not isinstance(measured, Estimate):
        return np.eye(len(measured))
    if np.any(measured.refused):
        raise InputError("correlators", measured, "without refused error bars", "ask for more draws, or for method='neuron'")
    error = measured.stderr
    values, vectors = np.linalg.eigh(measured.correlation)
    most = max(1, measured.blocks // 2) if measured.blocks else len(values)
    kept = np.flatnonzero(values > 1e-10 * values[-1])[-most:]
    return (vectors[:, kept] / np.sqrt(values[kept])).T / error


def _spread(values: Value) -> Value:
    """Standard deviation over |mean|; a deviation moves by the root mean square of the errors at most."""
    if isinstance(values, Estimate):
        return propagate(lambda entries: np.std(entries) / np.abs(np.mean(entries)), values)
    entries, radius = np.asarray(values.value, dtype=float), np.broadcast_to(values.radius, values.shape)
    deviation = Exact(float(np.std(entries)), "standard deviation over mean", values.reference, float(np.sqrt(np.mean(radius**2))))
    return deviation / Exact(abs(float(np.mean(entries))), radius=float(np.mean(radius)))


def _mape(predicted: Value, measured: Value, *, independent: bool = False) -> Value:
    """The mean absolute percentage error, over entries that are not 0; estimated ones have the bias of an absolute value."""
    known = np.asarray(measured.mean, dtype=float) != 0
    predicted, measured = _at(predicted, known), _at(measured, known)
    if isinstance(predicted, Exact) and isinstance(measured, Exact):
        ratio = predicted / measured - 1
        radius = float(100 * np.mean(ratio.radius))
        return Exact(float(100 * np.mean(np.abs(np.asarray(ratio.value)))), "mean absolute percentage error", predicted.reference, radius)
    return propagate(lambda ours, truth: 100 * np.mean(np.abs(ours / truth - 1)), predicted, measured, independent=independent)
