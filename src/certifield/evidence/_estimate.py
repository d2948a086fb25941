"""Values measured from draws, with their joint error."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from . import _checked
from ._errors import InputError
from ._exact import Exact, Value
from ._printing import format_estimate

if TYPE_CHECKING:
    from ._agreement import Agreement


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
        deviations = {str(source): _checked.deviations(source, given, mean) for source, given in self.deviations.items()}
        broken = _checked.broken(mean, deviations) | (self.blocks == 1)
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
        deviations = _checked.deviations_of_errors(values, _checked.numbers("stderr", stderr))
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
        squares = [np.abs(deviations) ** 2 for deviations in self.deviations.values()]
        # Summed one after the other, because numpy's own order depends on shape and memory layout, and so would the last digit.
        return np.sqrt(np.cumsum(np.concatenate([np.zeros((1, *self.shape)), *squares]), axis=0)[-1])

    @property
    def stderr(self) -> np.ndarray:
        """The standard error of every entry; infinite where it is refused."""
        return np.where(self.refused, np.inf, self.nominal_stderr)

    @property
    def covariance(self) -> np.ndarray:
        """The covariance [size, size] of the flattened entries; a refused entry has infinite variance, and covariances NaN."""
        size = self.mean.size
        total = np.zeros((size, size), dtype=self.mean.dtype)
        for deviations in self.deviations.values():
            flat = deviations.reshape(-1, size)
            total += flat.conj().T @ flat
        refused = self.refused.ravel()
        total[refused, :] = total[:, refused] = np.nan
        total[refused, refused] = np.inf
        return total

    @property
    def correlation(self) -> np.ndarray:
        """The correlation [size, size]; entries without error, or refused, correlate with themselves only."""
        covariance = self.covariance
        errors = np.sqrt(np.real(np.diag(covariance)))
        useful = np.isfinite(errors) & (errors > 0)
        scale = np.where(useful, 1 / np.where(useful, errors, 1), 0)
        covariance[~useful, :] = covariance[:, ~useful] = 0
        correlation = covariance * np.outer(scale, scale)
        np.fill_diagonal(correlation, 1)
        return correlation

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
        from ._student import quantile

        if not 0 < level < 1:
            raise InputError("level", level, "between 0 and 1", "try level=0.6827")
        if np.iscomplexobj(self.mean):
            raise InputError("mean", "complex values", "real", "take cf.evidence.propagate(numpy.real, estimate) first")
        half = self.stderr * (quantile(level, self.degrees_of_freedom) if self.blocks != 1 else 1.0)
        return self.mean - half, self.mean + half

    def agrees_with(self, other: "Exact | Estimate | Value", *, sigmas: float = 4.89, independent: bool = False) -> "Agreement":
        """The comparison with another value, see `Agreement`; ``independent=True`` vouches that the other has other draws."""
        from ._agreement import compare

        return compare(self, other, sigmas=sigmas, independent=independent)

    def __getitem__(self, index: object) -> "Estimate":
        from ._propagation import select

        return select(self, index)

    def __len__(self) -> int:
        if not self.shape:
            raise InputError("estimate", self, "of an array", "a single number has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator["Estimate"]:
        return (self[position] for position in range(len(self)))

    def _binary(self, name: str, other: object, reflected: bool = False) -> "Estimate":
        from ._operators import operate

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
        stacked = [(np.real(deviations), np.imag(deviations)) for deviations in self.deviations.values()]
        real, imaginary = (np.sqrt(sum((np.sum(parts[k] ** 2, axis=0) for parts in stacked), np.zeros(self.shape))) for k in (0, 1))
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
