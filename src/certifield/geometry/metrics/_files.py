r"""Metric files: named arrays (npz) that any program reads without Certifield.

``ambient`` [factors]; for each term j ``weight_j`` a_j (a fraction as text), ``degrees_j`` [factors], ``monomials_j`` [sections,
coordinates] (exponents), ``scales_j`` [sections], the roots of their multinomial coefficients, and ``matrix_j`` H [sections, sections].
With points: ``z`` [N, coordinates], ``local`` [N, n] (which coordinates are local), ``tangents`` [N, n, coordinates] dz_I/dx^a, ``metric``
[N, n, n], ``omega`` |Omega|^2, ``weights``, ``draws``.

$K = \sum_j \frac{a_j}{\pi}\ln F_j$ with $F = \sum_{AB} s_A H_{AB}\bar s_B$ and $s_A = \mathtt{scales}_A\prod_I
z_I^{\mathtt{monomials}_{AI}}$: the first index of H goes with the section, the second with its conjugate.
"""

import os
from fractions import Fraction
from zipfile import BadZipFile

import numpy as np

from certifield._arguments import file_path, of_kind
from certifield.evidence import InputError

from ..points import Points
from ..varieties import Variety
from ._algebraic import AlgebraicMetric, Logarithm


def save_metric(path: str | os.PathLike[str], metric: AlgebraicMetric, points: Points | None = None) -> None:
    r"""Writes the potential, and its metric at ``points`` where some are given, as the arrays of an npz file.

    The potential is $K = \sum_j \frac{a_j}{\pi}\ln F_j$, $F = \sum_{AB} s_A H_{AB}\bar s_B$, with a_j = ``weight_j`` (a fraction as text),
    H = ``matrix_j`` and $s_A = c_A\prod_I z_I^{e_{AI}}$, c = ``scales_j`` (the roots of the multinomial coefficients), e = ``monomials_j``.
    With $F_a = \sum_I t_{aI}\,\partial_I F$, t = ``tangents``, it is $g_{a\bar b} = \sum_j\frac{a_j}{\pi}(F_{a\bar b}/F -
    F_a F_{\bar b}/F^2)$ = ``metric`` [N, a, b].  Further arrays: ``ambient``, ``degrees_j``; ``z``, ``local`` (which coordinates are the
    x^a), ``omega`` $|\Omega|^2$, ``weights``, ``draws``.
    """
    where = file_path(path)
    of_kind("metric", metric, AlgebraicMetric, "such as fubini_study(fermat(), [1])")
    arrays: dict[str, np.ndarray] = {"ambient": np.array(metric.variety.ambient)}
    for j, (term, sections, h) in enumerate(zip(metric.terms, metric.sections, metric.matrices, strict=True)):
        arrays |= {f"weight_{j}": np.array(str(term.weight)), f"degrees_{j}": np.array(term.degrees), f"matrix_{j}": h}
        arrays |= {f"monomials_{j}": sections.exponents, f"scales_{j}": sections.norms}
    if points is not None:
        local = of_kind("points", points, Points, "such as sample(variety, draws=1000, seed=1)").local
        arrays |= {"z": local.z, "local": local.charts[0], "tangents": local.tangents, "metric": metric.metric(local)}
        arrays |= {"omega": local.omega, "weights": points.weights, "draws": points.draws}
    with where.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def load_metric(path: str | os.PathLike[str], variety: Variety) -> AlgebraicMetric:
    """The metric of a file, on ``variety``.  Raises `InputError` for another layout or another ambient space."""
    where = file_path(path)
    of_kind("variety", variety, Variety, "the one of this metric")
    try:
        with where.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        ambient = tuple(arrays["ambient"].tolist())
        count = sum(name.startswith("weight_") for name in arrays)
        terms = [Logarithm(Fraction(str(arrays[f"weight_{j}"])), tuple(arrays[f"degrees_{j}"].tolist())) for j in range(count)]
        matrices = tuple(arrays[f"matrix_{j}"] for j in range(count))
    except (OSError, ValueError, EOFError, KeyError, BadZipFile) as error:
        raise InputError("path", str(path), f"a file of save_metric ({error})", "write it with save_metric") from None
    if ambient != variety.ambient:
        raise InputError("variety", repr(variety), f"in the ambient space {ambient}", "name the variety of this metric")
    return AlgebraicMetric(variety, tuple(terms), matrices)
