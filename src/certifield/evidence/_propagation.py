r"""First-order propagation of errors (the delta method) on the deviations of estimates.

The deviations of f(a, b) are $D_f = J_a D_a + J_b D_b$, replicate by replicate where a and b share a source, and side by side
where they do not, so that the covariance of the result, and its correlation with everything else, follow without a further formula.
The result of a function that is not linear is biased by a term of second order in the errors: its ``bias`` reads "unknown".
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ._checked import bound
from ._derivatives import given_derivatives, numerical_derivatives
from ._errors import InputError
from ._estimate import Estimate
from ._exact import Exact, as_exact, joined

Push = Callable[[np.ndarray], np.ndarray]

_NEGLIGIBLE = 1e-3  # of an error bar: a radius below is not worth a note


@dataclass(frozen=True)
class Part:
    """What one operand does to the result: ``push`` maps its deviations, ``gain`` bounds its derivative (NaN when not linear)."""

    operand: Estimate | Exact
    push: Push
    gain: float = math.nan


def propagate(
    function: Callable[..., np.ndarray],
    *operands: object,
    independent: bool = False,
    jacobian: Callable[..., object] | None = None,
) -> Estimate:
    """``function`` of estimates, exact values and plain numbers, with first-order errors.

    ``function`` takes the values as arrays and returns an array or a number.  Its derivatives are central differences of fourth
    order, which no real function can deceive, or come from ``jacobian(*values)``: one array [*result, *operand] per operand.
    ``independent=True`` states that estimates of different sources were drawn independently; without it they raise `InputError`.
    """
    quantities = [quantity for operand in operands if (quantity := as_quantity(operand)) is not None]
    if len(quantities) < len(operands) or not any(isinstance(quantity, Estimate) for quantity in quantities):
        raise InputError("operands", operands, "results or numbers, one estimate at least", "call the function itself on numbers")
    values = [values_of(quantity) for quantity in quantities]
    with np.errstate(all="ignore"):  # an entry outside the domain of the function comes out refused
        value = np.asarray(function(*values))
        derivatives = given_derivatives(jacobian, values, value) if jacobian else numerical_derivatives(function, quantities, values, value)
        parts, refused = [], np.zeros(value.shape, dtype=bool)
        for quantity, derivative in zip(quantities, derivatives, strict=True):
            parts.append(Part(quantity, derivative.push))
            if isinstance(quantity, Estimate):
                refused |= derivative.depends_on(quantity.refused)
        return assemble(value, parts, refused, independent=independent)


def select(estimate: Estimate, index: object) -> Estimate:
    """The entries of ``estimate`` at a numpy ``index``, with the same sources."""
    size = estimate.mean.size
    try:
        positions = np.arange(size).reshape(estimate.shape)[index]  # type: ignore[index]
    except IndexError as error:
        allowed = f"an index into shape {estimate.shape} ({error})"
        raise InputError("index", index, allowed, f"count from 0, with {len(estimate.shape)} indices at most") from None
    flat_mean, flat_refused = estimate.mean.ravel(), estimate.refused.ravel()
    picked = Part(estimate, lambda deviations: deviations.reshape(len(deviations), size)[:, positions], 1.0)
    return assemble(flat_mean[positions], [picked], flat_refused[positions], independent=False)


def assemble(value: np.ndarray, parts: Sequence[Part], refused: np.ndarray, *, independent: bool) -> Estimate:
    """The estimate with mean ``value`` whose deviations are those of the parts, pushed forward and added up."""
    estimates = [part.operand for part in parts if isinstance(part.operand, Estimate)]
    _require_joint_law(estimates, independent)
    value = np.asarray(value)
    deviations = _added(value, parts)
    known = [estimate.effective_draws for estimate in estimates if estimate.effective_draws is not None]
    seeds = {estimate.seed for estimate in estimates}
    warnings = list(dict.fromkeys(warning for estimate in estimates for warning in _warnings(estimate)))
    if np.any(~np.isfinite(value) & ~refused):
        warnings.append("the value is not finite: the operands leave the domain of the function")
    return Estimate(
        mean=value,
        deviations=deviations,
        draws=min(estimate.draws for estimate in estimates),
        blocks=min((estimate.blocks for estimate in estimates if estimate.blocks), default=0),
        seed=seeds.pop() if len(seeds) == 1 else None,
        method=joined(*(estimate.method for estimate in estimates)),
        precision=joined(*(estimate.precision for estimate in estimates)),
        bias=_bias(parts, deviations),
        refused=refused,
        effective_draws=min(known, default=None),
        diagnostics={"warnings": warnings} if warnings else {},
    )


def as_quantity(given: object) -> Estimate | Exact | None:
    """``given`` as evidence: a result as it is, a plain number or array as an `Exact`, and None for anything else."""
    return given if isinstance(given, Estimate) else as_exact(given)


def values_of(quantity: Estimate | Exact) -> np.ndarray:
    """The value of ``quantity`` as a float or complex array."""
    value = quantity.mean if isinstance(quantity.mean, complex | np.ndarray) else float(quantity.mean)
    return np.asarray(value)


def _require_joint_law(estimates: Sequence[Estimate], independent: bool) -> None:
    """Estimates combine without a word when one of them contains the sources of all: their joint law is then known."""
    sources = [estimate.sources for estimate in estimates]
    if independent or frozenset[str]().union(*sources) in sources:
        return
    raise InputError(
        "operands",
        [_origin(estimate) for estimate in estimates],
        "estimates from the same draws",
        "cf.evidence.propagate(f, a, b, independent=True) if they were drawn independently",
    )


def _origin(estimate: Estimate) -> str:
    """Where an estimate comes from, in words that tell two of them apart: sources are digests, which do not."""
    blocks = f" in {estimate.blocks} blocks" if estimate.blocks else ""
    known = [
        estimate.method,
        f"{estimate.draws} draws{blocks}" if estimate.draws else "",
        "" if estimate.seed is None else f"seed {estimate.seed}",
    ]
    return ", ".join(part for part in known if part)


def _added(value: np.ndarray, parts: Sequence[Part]) -> dict[str, np.ndarray]:
    total: dict[str, np.ndarray] = {}
    for part in parts:
        if not isinstance(part.operand, Estimate):
            continue
        for source, deviations in part.operand.deviations.items():
            moved = np.broadcast_to(part.push(deviations), (len(deviations), *value.shape))
            if source in total and len(total[source]) != len(moved):
                raise InputError(
                    f"deviations[{source!r}]",
                    (len(total[source]), len(moved)),
                    "of as many replicates on both sides",
                    "regroup the blocks alike",
                )
            total[source] = total[source] + moved if source in total else moved
    return total


def _warnings(estimate: Estimate) -> list[str]:
    given = estimate.diagnostics.get("warnings", [])
    return [str(warning) for warning in given] if isinstance(given, list) else [str(given)]


def _bias(parts: Sequence[Part], deviations: dict[str, np.ndarray]) -> str:
    spread = np.sqrt(sum(np.sum(np.abs(d) ** 2, axis=0) for d in deviations.values())) if deviations else np.zeros(1)
    smallest = float(np.min(spread[spread > 0])) if np.any(spread > 0) else 0.0
    total = 0.0
    for part in parts:
        if isinstance(part.operand, Exact):
            shift = float(np.max(part.operand.radius, initial=0.0)) * part.gain
            total += 0.0 if shift < _NEGLIGIBLE * smallest else shift
        else:
            total += bound(part.operand.bias) * part.gain  # NaN when the bias is unknown, or the function not linear
    return "unknown" if not math.isfinite(total) else f"bounded({total!r})" if total else "none"
