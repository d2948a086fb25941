r"""Algebraic metrics: sums of logarithms of positive Hermitian forms in the sections of line bundles.

$K = \sum_j \frac{a_j}{\pi}\ln F_j$, $F = \sum_{AB} s_A H_{AB}\bar s_B$, has the Kaehler class $t = \sum_j a_j k_j$, is defined everywhere,
and is positive where all H are; the sections s of degree $k_j$ are monomials times the roots of their multinomial coefficients
(`Sections`).  One logarithm of degree k is the ansatz of Donaldson and of Headrick and Nassar (arXiv:0908.2635), several reach classes that
are not proportional to a small multidegree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np

from certifield._arguments import listed, of_kind, positive_fraction, whole
from certifield.evidence import InputError

from ..points import LocalGeometry
from ..varieties import Variety, kaehler_parameters
from ._levi import derivatives_of, determinant, metric_of
from ._sections import Sections

_CHUNK = 4096  # points whose jets are in memory at once


def multidegree(given: Sequence[int]) -> tuple[int, ...]:
    """The k_i of O(k_1, ..., k_m).  Raises `InputError` for what are no whole numbers, and for more than 64."""
    degrees = listed("degrees", given, "a list of whole numbers, one for each factor", "the quintic takes (4,)")
    return tuple(whole("degrees", k, 0, 64, "the quintic takes (4,)") for k in degrees)


@dataclass(frozen=True)
class Logarithm:
    """One term $\\frac{a}{\\pi}\\ln\\sum s_A H_{AB}\\bar s_B$: the ``weight`` a > 0 and the multidegree of s."""

    weight: Fraction
    degrees: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", positive_fraction("weight", self.weight, "such as Fraction(1, 2), beside degrees (2,)"))
        object.__setattr__(self, "degrees", multidegree(self.degrees))
        if not any(self.degrees):
            raise InputError("degrees", self.degrees, "of some positive degree", "leave the term out")


@dataclass(frozen=True, eq=False)
class AlgebraicMetric:
    """A Kaehler metric on every smooth X in the ambient space of ``variety``.

    ``terms``: the logarithms; ``matrices``: their Hermitian H [sections, sections], in the order of `Sections`.
    Raises `InputError` for matrices of another size, and for terms that leave a factor of the ambient space without a metric.
    """

    variety: Variety
    terms: tuple[Logarithm, ...]
    matrices: tuple[np.ndarray, ...] = field(repr=False)

    def __post_init__(self) -> None:
        of_kind("variety", self.variety, Variety, "such as fermat()")
        object.__setattr__(self, "terms", _terms(self.variety, self.terms))
        given = listed("matrices", self.matrices, "a list of matrices, one for each term", "start from fubini_study")
        if any(np.asarray(h).dtype.kind not in "iufc" for h in given):
            raise InputError("matrices", given, "of numbers", "start from fubini_study")
        matrices = tuple(np.asarray(h, dtype=np.complex128) for h in given)
        object.__setattr__(self, "matrices", tuple((h + h.conj().T) / 2 for h in matrices))
        sizes = [(one.size, one.size) for one in self.sections]
        if [h.shape for h in matrices] != sizes:
            raise InputError("matrices", [h.shape for h in matrices], f"of shapes {sizes}", "one for each term, over all monomials")
        if not all(np.all(np.isfinite(h)) for h in matrices):
            raise InputError("matrices", "entries that are not finite", "finite", "fit again from the Fubini-Study metric")
        if min(self.kaehler) <= 0:
            raise InputError("terms", self.terms, "of some degree in every factor", "add a term for the factor that is left out")

    @cached_property
    def sections(self) -> tuple[Sections, ...]:
        """The sections of each term."""
        return tuple(Sections(self.variety, term.degrees) for term in self.terms)

    @property
    def kaehler(self) -> tuple[Fraction, ...]:
        """The class: t_i = sum_j a_j k_ji, exactly."""
        return tuple(sum((term.weight * term.degrees[i] for term in self.terms), Fraction(0)) for i in range(len(self.variety.ambient)))

    @property
    def weights(self) -> tuple[float, ...]:
        """The weights a_j as floats."""
        return tuple(float(term.weight) for term in self.terms)

    def forms(self, local: LocalGeometry, order: int = 1) -> list[np.ndarray]:
        """The matrices A_j [N, components, components] of derivatives of F_j, with the components of `Sections.jets`."""
        of_kind("local", local, LocalGeometry, "the local geometry of a sample is sample(...).local")
        if (local.variety.ambient, local.variety.dimension) != (self.variety.ambient, self.variety.dimension):
            raise InputError("local", repr(local.variety), f"points of {self.variety!r}", "sample the variety of the metric")
        found: list[list[np.ndarray]] = [[] for _ in self.terms]
        for start in range(0, len(local), _CHUNK):
            part = local[start : start + _CHUNK]
            for place, (sections, h) in enumerate(zip(self.sections, self.matrices, strict=True)):
                jets = sections.jets(part, order)
                pushed = (jets.reshape(-1, sections.size) @ h).reshape(jets.shape)
                found[place].append(pushed @ jets.conj().transpose(0, 2, 1))
        return [np.concatenate(parts) for parts in found]

    def metric(self, local: LocalGeometry) -> np.ndarray:
        r"""$g_{a\bar b}$ [N, n, n] in the charts of the points; the first index is holomorphic."""
        return metric_of(self.weights, self.forms(local))

    def derivatives(self, local: LocalGeometry) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        r"""g [N, a, c], $\partial_b g_{a\bar c}$ [N, b, a, c] and $\partial_b\bar\partial_d g_{a\bar c}$ [N, b, d, a, c] in the charts."""
        return derivatives_of(self.weights, self.forms(local, order=2), self.variety.dimension)

    def ratio(self, local: LocalGeometry) -> np.ndarray:
        r"""$\det g/|\Omega|^2$ [N], constant for a Ricci-flat metric; NaN where the metric is not positive."""
        return determinant(self.metric(local)) / local.omega


_TERMS = "a list of Logarithms, or of the Kaehler parameters", "the quintic takes [1]"


def _terms(variety: Variety, given: Sequence[Logarithm]) -> tuple[Logarithm, ...]:
    """Logarithms with a degree for each factor."""
    terms = tuple(of_kind("terms", term, Logarithm, "see logarithms(...)") for term in listed("terms", given, *_TERMS))
    factors = len(variety.ambient)
    if not terms or any(len(term.degrees) != factors for term in terms):
        raise InputError("terms", terms, f"of {factors} degrees, one for each factor, and one at the least", "see logarithms(...)")
    return terms


def fubini_study(variety: Variety, terms: Sequence[Logarithm] | Sequence[object]) -> AlgebraicMetric:
    """All H = 1: the Fubini-Study metric of the class of ``terms``, or of the Kaehler parameters t where numbers are given."""
    of_kind("variety", variety, Variety, "such as fermat()")
    logarithms = tuple(term for term in listed("terms", terms, *_TERMS) if isinstance(term, Logarithm))
    if logarithms and len(logarithms) == len(terms):
        logarithms = _terms(variety, logarithms)
    else:
        t = kaehler_parameters(variety.configuration, terms)  # type: ignore[arg-type]
        size = len(variety.ambient)
        logarithms = tuple(Logarithm(one, tuple(int(i == j) for j in range(size))) for i, one in enumerate(t))
    sizes = [Sections(variety, term.degrees).size for term in logarithms]
    return AlgebraicMetric(variety, logarithms, tuple(np.eye(size, dtype=np.complex128) for size in sizes))


def logarithms(variety: Variety, kaehler: Sequence[object], degrees: Sequence[Sequence[int]]) -> tuple[Logarithm, ...]:
    r"""Terms of the given multidegrees with the class t: $\sum_j a_j k_j = t$, all $a_j > 0$.

    As many multidegrees as factors, or one that is proportional to t.  Raises `InputError` where no positive weights exist.
    """
    t = kaehler_parameters(of_kind("variety", variety, Variety, "such as fermat()").configuration, kaehler)
    rows = [multidegree(row) for row in listed("degrees", degrees, "a list of multidegrees", "the quintic takes [[4]]")]
    if any(len(row) != len(t) for row in rows) or not 1 <= len(rows) <= len(t):
        raise InputError("degrees", degrees, f"1 to {len(t)} multidegrees of {len(t)} numbers", "the quintic takes [[4]]")
    solved = _solved([[row[i] for row in rows] for i in range(len(t))], t)
    if solved is None or min(solved) <= 0:
        shown = [str(one) for one in t]
        raise InputError("degrees", rows, f"multidegrees whose positive combination is t = {shown}", "take steeper ones on both sides of t")
    return tuple(Logarithm(weight, row) for weight, row in zip(solved, rows, strict=True))


def _solved(matrix: list[list[int]], right: list[Fraction]) -> list[Fraction] | None:
    """The solution of a linear system in fractions, None where there is none or more than one."""
    rows = [[Fraction(entry) for entry in row] + [value] for row, value in zip(matrix, right, strict=True)]
    unknowns = len(matrix[0])
    for column in range(unknowns):
        pivot = next((i for i in range(column, len(rows)) if rows[i][column]), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column]
        for i, row in enumerate(rows):
            if i != column and row[column]:
                factor = row[column] / head[column]
                rows[i] = [entry - factor * other for entry, other in zip(row, head, strict=True)]
    tolerance = Fraction(1, 10**12)  # parameters that are floats are proportional up to rounding
    if any(abs(row[-1]) > tolerance * max(map(abs, right)) for row in rows[unknowns:]):
        return None
    return [rows[i][-1] / rows[i][i] for i in range(unknowns)]


def raised(metric: AlgebraicMetric, terms: Sequence[Logarithm]) -> AlgebraicMetric:
    r"""The same potential in sections of higher degree: $F_j \to F_j\prod_i |z^{(i)}|^{2\Delta k_i}$ plus what the classes differ by.

    A start for a fit of higher degree: for one logarithm of weight a/k the metric becomes a mixture with the Fubini-Study metric.
    """
    of_kind("metric", metric, AlgebraicMetric, "such as fubini_study(fermat(), [1])")
    terms = _terms(metric.variety, terms)
    if len(terms) != len(metric.terms):
        raise InputError("terms", terms, f"{len(metric.terms)}, as many as the metric has", "raise each of them")
    matrices = []
    for old, h, new in zip(metric.terms, metric.matrices, terms, strict=True):
        low, high = Sections(metric.variety, old.degrees), Sections(metric.variety, new.degrees)
        extra = tuple(k - k_old for k, k_old in zip(new.degrees, old.degrees, strict=True))
        if min(extra) < 0:
            raise InputError("terms", new, f"of degrees {old.degrees} at least", "raise the degrees")
        if not any(extra):
            matrices.append(h)
            continue
        times = Sections(metric.variety, extra)
        place = {tuple(row): number for number, row in enumerate(high.exponents.tolist())}
        lifted = np.zeros((high.size, high.size), dtype=np.complex128)
        for number, row in enumerate(times.exponents):
            images = [place[tuple(one)] for one in (low.exponents + row).tolist()]
            factor = low.norms * times.norms[number] / high.norms[images]
            lifted[np.ix_(images, images)] += factor[:, None] * h * factor[None, :]
        matrices.append(lifted)
    return AlgebraicMetric(metric.variety, tuple(terms), tuple(matrices))
