"""Values measured from draws, with their joint error."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from . import _checked, _deviations
from ._agreement import SMALL, Agreement, Comparable, Difference, not_comparable, quantile
from ._deviations import RULES, Push
from ._errors import InputError
from ._exact import Exact, as_exact, in_floats, joined
from ._numbers import Number
from ._printing import format_estimate


@dataclass(frozen=True, eq=False, repr=False)
class Estimate:
    r"""A mean over draws with its covariance, kept such that it knows its correlation with every other mean of the same draws.

    ``mean``: array of any shape; ``deviations``: source -> D of shape [replicates, *shape], with
    $\mathrm{Cov} = \sum_{sources} D^\dagger D$ over the flattened shape.  A *source* names a set of block sums: two
    estimates with the same source deviate together, replicate by replicate; different sources know nothing of each other.
    ``draws``, ``blocks`` (jackknife groups; 0 where the error does not come from blocks and is taken as Gaussian), ``seed``,
    ``method``, ``precision``: where it comes from; ``bias``: "none", "bounded(b)" or "unknown";
    ``refused``: entries whose error bar is withheld, such as for heavy tails: their ``stderr`` is infinite, and
    ``diagnostics["warnings"]`` says why.  Entries that are not finite refuse themselves, and one block refuses all.
    Raises `InputError` for deviations of another shape, or numbers of draws and blocks below 0.
    """

    mean: np.ndarray
    deviations: Mapping[str, np.ndarray]
    draws: int
    blocks: int
    seed: int | None
    method: str
    precision: str
    bias: str = "none"
    refused: np.ndarray = None  # type: ignore[assignment]  # filled in below: what nobody refused
    effective_draws: float | None = None
    diagnostics: Mapping[str, object] = field(default_factory=dict)

    __array_ufunc__ = None  # an array on the left of an operator leaves the work to us

    def __post_init__(self) -> None:
        mean = _checked.numbers("mean", self.mean)
        deviations = {str(source): _deviations.checked(source, given, mean) for source, given in self.deviations.items()}
        broken = _deviations.broken(mean, deviations) | (self.blocks == 1)
        refused = broken if self.refused is None else broken | _checked.flags(self.refused, mean.shape)
        for name, value in {
            "mean": _checked.frozen(mean),
            "deviations": {source: _checked.frozen(np.where(broken, 0, given)) for source, given in deviations.items()},
            "draws": _checked.count("draws", self.draws),
            "blocks": _checked.count("blocks", self.blocks),
            "bias": _checked.bias(self.bias),
            "refused": _checked.frozen(refused),
            "diagnostics": _checked.plain("diagnostics", dict(self.diagnostics)),
        }.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_stderr(
        cls, mean: object, stderr: object, *, source: str, draws: int = 0, method: str = "given", bias: str = "none"
    ) -> "Estimate":
        """An estimate with known Gaussian errors: ``stderr`` of the shape of the mean, or its covariance [size, size].

        ``source`` names the data behind it; two estimates of one source are taken to deviate together, so that other data
        need another name.
        """
        values = _checked.numbers("mean", mean)
        deviations = _deviations.of_errors(values, _checked.numbers("stderr", stderr))
        return cls(values, {source: deviations}, draws, 0, None, method, "float64", bias)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the mean, () for a number."""
        return self.mean.shape

    @property
    def sources(self) -> frozenset[str]:
        """The names of the sets of block sums that this estimate is made of."""
        return frozenset(self.deviations)

    @property
    def nominal_stderr(self) -> np.ndarray:
        """The standard error, also where it is refused."""
        return _deviations.standard_error(self.deviations, self.shape)

    @property
    def stderr(self) -> np.ndarray:
        """The standard error of every entry; infinite where it is refused."""
        return np.where(self.refused, np.inf, self.nominal_stderr)

    @property
    def covariance(self) -> np.ndarray:
        """The covariance [size, size] of the flattened entries; a refused entry has infinite variance, and covariances NaN."""
        return _deviations.covariance(self.deviations, self.refused, self.mean.dtype)

    @property
    def correlation(self) -> np.ndarray:
        """The correlation [size, size]; entries without error, or refused, correlate with themselves only."""
        return _deviations.correlation(self.covariance)

    @property
    def signal(self) -> np.ndarray:
        """The size of the mean in standard errors; 0 where the error is refused, infinite where it is zero."""
        error, size = self.stderr, np.abs(np.where(self.refused, 0, self.mean))
        return np.where(error > 0, size / np.where(error > 0, error, 1), np.where(size > 0, np.inf, 0.0))

    @property
    def degrees_of_freedom(self) -> float:
        """Blocks - 1; infinite where the error does not come from blocks."""
        return self.blocks - 1 if self.blocks else math.inf

    def interval(self, level: float = 0.6827) -> tuple[np.ndarray, np.ndarray]:
        """The ends of the interval that covers the true value with probability ``level``.

        By Student's t with blocks - 1 degrees of freedom; infinite where the error is refused.
        """
        if not 0 < level < 1:
            raise InputError("level", level, "between 0 and 1", "try level=0.6827")
        if np.iscomplexobj(self.mean):
            raise InputError("mean", "complex values", "real", "take cf.evidence.propagate(numpy.real, estimate) first")
        half = self.stderr * (quantile(level, self.degrees_of_freedom) if self.blocks != 1 else 1.0)
        return self.mean - half, self.mean + half

    def agrees_with(self, other: Comparable | Number, *, sigmas: float = 4.89, independent: bool = False) -> Agreement:
        """The comparison with another value, see `Agreement`; ``independent=True`` vouches that the other has other draws."""
        quantity = as_quantity(other)
        if quantity is None:
            raise not_comparable(other)
        gap = operate("subtract", self, quantity, independent=independent)
        slack = np.broadcast_to(_slack(self) + _slack(quantity), gap.shape)
        unknown = slack > np.maximum(np.maximum(np.abs(self.mean), np.abs(values_of(quantity))), SMALL)
        return Difference(gap.mean, gap.deviations, gap.refused | unknown, gap.degrees_of_freedom, slack).agreement(sigmas)

    def __getitem__(self, index: object) -> "Estimate":
        return _select(self, index)

    def __len__(self) -> int:
        if not self.shape:
            raise InputError("estimate", self, "of an array", "a single number has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator["Estimate"]:
        return (self[position] for position in range(len(self)))

    def _binary(self, name: str, other: object, reflected: bool = False) -> "Estimate":
        return operate(name, other, self) if reflected else operate(name, self, other)

    def __neg__(self) -> "Estimate":
        return self._binary("subtract", 0, reflected=True)

    def __add__(self, other: object) -> "Estimate":
        return self._binary("add", other)

    def __radd__(self, other: object) -> "Estimate":
        return self._binary("add", other, reflected=True)

    def __sub__(self, other: object) -> "Estimate":
        return self._binary("subtract", other)

    def __rsub__(self, other: object) -> "Estimate":
        return self._binary("subtract", other, reflected=True)

    def __mul__(self, other: object) -> "Estimate":
        return self._binary("multiply", other)

    def __rmul__(self, other: object) -> "Estimate":
        return self._binary("multiply", other, reflected=True)

    def __truediv__(self, other: object) -> "Estimate":
        return self._binary("divide", other)

    def __rtruediv__(self, other: object) -> "Estimate":
        return self._binary("divide", other, reflected=True)

    def __pow__(self, other: object) -> "Estimate":
        return self._binary("power", other)

    def __rpow__(self, other: object) -> "Estimate":
        return self._binary("power", other, reflected=True)

    def __repr__(self) -> str:
        return format_estimate(self.mean, self._stderr_of_parts(), self.blocks, self._notes())

    def _stderr_of_parts(self) -> np.ndarray:
        if not np.iscomplexobj(self.mean):
            return self.stderr
        real, imaginary = _deviations.standard_error(_deviations.split(self.deviations), (2, *self.shape))
        return np.where(self.refused, complex(np.inf, np.inf), real + 1j * imaginary)

    def _notes(self) -> list[str]:
        notes = [self.method]
        notes += [f"{self.draws} draws"] if self.draws else []
        notes += [f"{self.blocks} blocks"] if self.blocks else []
        notes += [f"seed {self.seed}"] if self.seed is not None else []
        notes += [f"bias {self.bias}"] if self.bias != "none" else []
        if np.any(self.refused):
            reasons = self.diagnostics.get("warnings") or ["no reason recorded"]
            notes.append("error bar refused: " + "; ".join(str(reason) for reason in (reasons if isinstance(reasons, list) else [reasons])))
        return notes


# Estimates of estimates.  A function that is not linear biases its result by a term of second order in the errors: "unknown".

_NEGLIGIBLE = 1e-3  # of an error bar: a radius below is not worth a note


@dataclass(frozen=True)
class Part:
    """What one operand does to the result: ``push`` maps its deviations, ``gain`` bounds its derivative (NaN when not linear)."""

    operand: Estimate | Exact
    push: Push
    gain: float = math.nan


def as_quantity(given: object) -> Estimate | Exact | None:
    """``given`` as evidence: an estimate as it is, what is exact or a plain number as an `Exact` in floats, else None."""
    if isinstance(given, Estimate):
        return given
    exact = as_exact(given)
    return None if exact is None else in_floats(exact)


def values_of(quantity: Estimate | Exact) -> np.ndarray:
    """The value of what `as_quantity` gives, as a float or complex array."""
    return np.asarray(quantity.mean)


def operate(name: str, left: object, right: object, *, independent: bool = False) -> Estimate:
    """``left`` and ``right``, one of them an estimate, combined entry by entry; NotImplemented for what is no number."""
    first, second = as_quantity(left), as_quantity(right)
    if first is None or second is None:
        return NotImplemented
    x, y = values_of(first), values_of(second)
    with np.errstate(all="ignore"):  # a division by zero and its like come out refused, with a warning in the diagnostics
        try:
            value = np.asarray(RULES[name][0](x, y))
        except ValueError:
            raise InputError("operands", (x.shape, y.shape), "of shapes that fit together", "index or reshape one of them") from None
        linear = _is_linear(name, first, second)
        parts = []
        refused = np.zeros(value.shape, dtype=bool)
        for quantity, rule in zip((first, second), RULES[name][1:], strict=True):
            if isinstance(quantity, Exact) and not np.any(quantity.radius):
                continue
            derivative = np.asarray(rule(x, y))
            gain = float(np.max(np.abs(derivative), initial=0.0)) if linear else np.nan
            parts.append(Part(quantity, _deviations.along(derivative, value.ndim), gain))
            if isinstance(quantity, Estimate):
                refused = refused | quantity.refused
        return assemble(value, parts, refused, independent=independent)


def _is_linear(name: str, left: Estimate | Exact, right: Estimate | Exact) -> bool:
    if name in ("add", "subtract"):
        return True
    if name == "multiply":
        return isinstance(left, Exact) or isinstance(right, Exact)
    return isinstance(right, Exact) and (name == "divide" or bool(np.all(values_of(right) == 1)))


def _select(estimate: Estimate, index: object) -> Estimate:
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
    moved = [(part.operand.deviations, part.push) for part in parts if isinstance(part.operand, Estimate)]
    deviations = _deviations.pushed(moved, value.shape)
    known = [estimate.effective_draws for estimate in estimates if estimate.effective_draws is not None]
    seeds = {estimate.seed for estimate in estimates}
    warnings = list(dict.fromkeys(warning for estimate in estimates for warning in _warnings(estimate)))
    if np.any(~np.isfinite(value) & ~refused):
        warnings.append("the value is not finite: the operands leave the domain of the function")
    return Estimate(
        mean=value,
        deviations=deviations,
        draws=min((estimate.draws for estimate in estimates if estimate.draws), default=0),
        blocks=min((estimate.blocks for estimate in estimates if estimate.blocks), default=0),
        seed=seeds.pop() if len(seeds) == 1 else None,
        method=joined(*(estimate.method for estimate in estimates)),
        precision=joined(*(estimate.precision for estimate in estimates)),
        bias=_bias(parts, deviations),
        refused=refused,
        effective_draws=min(known, default=None),
        diagnostics={"warnings": warnings} if warnings else {},
    )


def _slack(quantity: Exact | Estimate) -> np.ndarray:
    """How far the value may be off for reasons that are not statistical."""
    known = np.asarray(quantity.radius) if isinstance(quantity, Exact) else np.asarray(_checked.bound(quantity.bias))
    return np.where(np.isnan(known), 0.0, known)


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
            total += _checked.bound(part.operand.bias) * part.gain  # NaN when the bias is unknown, or the function not linear
    return "unknown" if not math.isfinite(total) else f"bounded({total!r})" if total else "none"
