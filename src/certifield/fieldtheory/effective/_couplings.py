"""Couplings of the effective action from connected correlators.

    S = S_GP + int d^dx [ lambda_0 phi^4 + lambda_2 |x|^2 phi^4 + kappa phi^6 ] + lambda_NL int int phi(x)^2 phi(y)^2,

without 1/4! or 1/6!, weight exp(-S), the interaction normal-ordered with respect to K (G2 = K exactly, which cancels the tadpoles).
To first order G_c4 = -24 lambda_0 I_4 - 24 lambda_2 I_4[|y|^2] - 8 lambda_NL sum_3 B B, with B the integral of two legs, and
G_c6 = -720 kappa I_6.  A positive G_c4 means lambda_0 < 0: the quartic density alone cannot be normalised, it is an effective theory.

Correlators may be exact or estimates; couplings are estimates, with the errors of the contact integrals at least.
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

    ``values``: at the entries ``indices[defined]``, from the contact ``integrals`` there; ``impossible``: entries with I = 0 but G_c
    not 0, which no local operator explains; ``empty``: entries 0/0.  ``mean`` over the defined entries; ``spread``: standard deviation
    over |mean|, 0 for a constant coupling.
    ``chi2``, ``dof``, ``p_value``: of the hypothesis that all entries measure one coupling, for estimated correlators (else None).
    """

    values: Estimate
    integrals: Estimate
    indices: np.ndarray
    defined: np.ndarray
    impossible: int
    empty: int
    mean: Estimate
    spread: Estimate
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
    >>> round(float(found.mean.mean), 12), round(float(found.spread.mean), 9)  # -12.5 / (N Lambda^5)
    (-6.25e-06, 0.0)
    """
    where, table = checked_points(ensemble, points), checked_indices(indices, len(points), order)
    factor = _FACTORS.get(table.shape[1])
    if factor is None:
        raise InputError("order", table.shape[1], "4 (lambda) or 6 (kappa)", "leave it out for lambda")
    measured = _measured(ensemble, where, table, correlators)
    integrals = contact_integrals(ensemble, where, cutoff, indices=table)
    defined = np.abs(integrals.mean) > _NOTHING * _hoelder(ensemble, where, cutoff, table)
    present = np.abs(np.asarray(measured.mean)) > _noise(measured)
    impossible, empty = int(np.sum(~defined & present)), int(np.sum(~defined & ~present))
    count = int(np.sum(defined))
    if not count:
        given = f"{impossible} entries whose integral vanishes and {empty} of the form 0/0"
        raise InputError("indices", given, "one entry at least that defines a coupling", "give points of one sign, or other entries")
    integrals = integrals[np.flatnonzero(defined)]
    values = propagate(lambda cumulant, over: cumulant / (-factor * over), _at(measured, defined), integrals, independent=True)
    mean = propagate(np.mean, values)
    chi2, dof, p_value = (None, None, None)
    sampled = isinstance(measured, Estimate)
    if sampled and count > 1:
        agreement = propagate(lambda entries: entries - np.mean(entries), values).agrees_with(0)
        chi2, dof, p_value = agreement.chi2, agreement.dof, agreement.p_joint
    spread = propagate(_spread, values) if sampled else _quadrature_spread(values)
    return LocalCoupling(values, integrals, table, defined, impossible, empty, mean, spread, chi2, dof, p_value)


@dataclass(frozen=True, eq=False)
class CouplingFit:
    """Couplings by generalised least squares with the full covariance; by least squares in the values where G_c4 is exact.

    ``couplings`` [operators], joint; ``condition``: of the scaled design, above 1e3 single couplings are ill-determined and only
    predictions and the covariance mean something; ``mape``: mean absolute percentage error of the fit; ``chi2``, ``dof`` for estimates.
    """

    operators: tuple[str, ...]
    couplings: Estimate
    condition: float
    mape: Estimate
    chi2: float | None
    dof: int | None
    cutoff: float
    convention: str = CONVENTION

    def predict(self, ensemble: Ensemble, points: Any, *, indices: Any = None) -> Estimate:
        """G_c4 at other points, from these couplings."""
        columns = design(ensemble, points, self.cutoff, self.operators, indices=indices)
        return propagate(np.matmul, columns, self.couplings, independent=True)

    def errors_at(self, ensemble: Ensemble, points: Any, *, indices: Any = None, correlators: Value | None = None) -> "Prediction":
        """How well G_c4 at other points is predicted."""
        where, table = checked_points(ensemble, points), checked_indices(indices, len(points), 4)
        measured = _measured(ensemble, where, table, correlators)
        predicted = self.predict(ensemble, where, indices=table)
        chi2 = dof = None
        if isinstance(measured, Estimate):
            agreement = measured.agrees_with(predicted, independent=True)
            chi2, dof = agreement.chi2, agreement.dof
        known = np.asarray(measured.mean, dtype=float) != 0
        mape = propagate(_mape, _at(predicted, known), _at(measured, known), independent=True)
        return Prediction(predicted, measured, mape, chi2, dof)


@dataclass(frozen=True, eq=False)
class Prediction:
    """Predicted against measured correlators: mean absolute percentage error over those that are not 0, which is biased by the noise of
    measured ones as any absolute value is; chi2 over dof where they have errors.
    """

    predicted: Estimate
    measured: Value
    mape: Estimate
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
    columns = design(ensemble, where, cutoff, operators, indices=table)
    if len(table) < len(operators):
        raise InputError("indices", len(table), f"{len(operators)} entries or more", "give more points, or fewer operators")
    whitened = _whitening(measured)
    known = np.asarray(measured.mean, dtype=float) != 0

    def fitted(cumulants: np.ndarray, matrix: np.ndarray) -> np.ndarray:
        """The couplings, and behind them the mean absolute percentage error."""
        found = _solution(whitened @ matrix) @ whitened @ cumulants
        return np.append(found, _mape((matrix @ found)[known], cumulants[known]))

    both = propagate(fitted, measured, columns, independent=True)
    couplings, chi2, dof = both[:-1], None, None
    if isinstance(measured, Estimate):
        residual = whitened @ (measured.mean - columns.mean @ couplings.mean)
        chi2, dof = float(residual @ residual), len(whitened) - len(operators)
    scaled = whitened @ columns.mean
    condition = float(np.linalg.cond(scaled / np.linalg.norm(scaled, axis=0)))
    return CouplingFit(tuple(operators), couplings, condition, both[-1], chi2, dof, checked_cutoff(cutoff))


def _solution(matrix: np.ndarray) -> np.ndarray:
    """The pseudo-inverse, by columns that are scaled to one length."""
    sizes = np.linalg.norm(matrix, axis=0)
    return np.linalg.pinv(matrix / sizes, rcond=1e-13) / sizes[:, None]


def design(ensemble: Ensemble, points: Any, cutoff: float, operators: Sequence[str], *, indices: Any = None) -> Estimate:
    """The columns [T, operators]: what each coupling contributes to G_c4 at first order, for coupling 1.  Raises as `fit_couplings`."""
    where, table = checked_points(ensemble, points), checked_indices(indices, len(points), 4)
    unknown = [name for name in operators if name not in _COLUMNS]
    if isinstance(operators, str) or unknown or not operators or len(set(operators)) < len(operators):
        raise InputError("operators", operators, f"a list of different ones among {', '.join(_COLUMNS)}", 'try ["lambda_0"]')
    columns = [_COLUMNS[name](ensemble, where, cutoff, table) for name in operators]
    return propagate(lambda *each: np.stack(each, axis=1), *columns, independent=True)


def _local(ensemble: Ensemble, points: np.ndarray, cutoff: float, table: np.ndarray) -> Estimate:
    return -24 * contact_integrals(ensemble, points, cutoff, indices=table)


def _quadratic(ensemble: Ensemble, points: np.ndarray, cutoff: float, table: np.ndarray) -> Estimate:
    return -24 * contact_integrals(ensemble, points, cutoff, indices=table, power=2)


def _nonlocal(ensemble: Ensemble, points: np.ndarray, cutoff: float, table: np.ndarray) -> Estimate:
    """-8 times the sum over three pairings, one pair of legs at x and one at y: 2^3 contractions for each."""
    pairs = np.stack(np.triu_indices(len(points)), axis=1)
    place = np.zeros((len(points), len(points)), dtype=int)
    place[pairs[:, 0], pairs[:, 1]] = place[pairs[:, 1], pairs[:, 0]] = np.arange(len(pairs))
    bubbles = contact_integrals(ensemble, points, cutoff, indices=pairs)
    a, b, c, d = table.T
    halves = [(place[a, b], place[c, d]), (place[a, c], place[b, d]), (place[a, d], place[b, c])]
    first, *rest = [bubbles[left] * bubbles[right] for left, right in halves]
    return -8 * sum(rest, first)


_COLUMNS: dict[str, Callable[[Ensemble, np.ndarray, float, np.ndarray], Estimate]] = {
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
    return np.prod(alone.mean[table] ** (1 / order), axis=1)


def _at(value: Value, rows: np.ndarray) -> Value:
    return value[np.flatnonzero(rows)]


def _noise(measured: Value) -> np.ndarray:
    """Below this a correlator counts as zero: five standard errors, or the rounding of an exact value."""
    if isinstance(measured, Estimate):
        return 5 * measured.nominal_stderr
    return np.asarray(measured.radius) + 1e-13 * np.max(np.abs(np.asarray(measured.value)), initial=0.0)


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


def _spread(entries: np.ndarray) -> np.ndarray:
    """Standard deviation over |mean|."""
    return np.asarray(np.std(entries) / np.abs(np.mean(entries)))


def _quadrature_spread(values: Estimate) -> Estimate:
    """A constant coupling has the spread 0, where a deviation has no derivative: it moves by the root mean square of the errors at most."""
    error = float(np.sqrt(np.mean(values.stderr**2)) / np.abs(np.mean(values.mean)))
    source = f"spread from {', '.join(sorted(values.sources))}"
    return Estimate.from_stderr(float(_spread(values.mean)), error, source=source, method=values.method, bias="unknown")


def _mape(predicted: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """The mean absolute percentage error."""
    return np.asarray(100 * np.mean(np.abs(predicted / measured - 1)))
