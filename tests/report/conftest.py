"""Results made by hand: exact values that obey the 1/N law, and estimates that scatter about them by known errors."""

from itertools import combinations_with_replacement, pairwise
from pathlib import Path

import numpy as np
import pytest

from certifield.evidence import Estimate, Exact
from certifield.report import write_results
from certifield.studies import Row, StudyResults

POINTS = ((-1.0,), (-0.6,), (0.2,), (1.0,))
PARAMETERS = {"sigma_w": 1.0, "sigma_b": 1.0, "sigma_a": 1.0}
NETWORK_ERROR = {2: 4e-4, 4: 1.5e-3, 6: 1.2e-2}
NEURON_ERROR = {2: 3e-4, 4: 2e-3, 6: 4e-2}  # times N^(1-k)
DIGEST = "3f1c" * 16


def kernel() -> np.ndarray:
    """A positive kernel with the size of that of the Erf-net."""
    x = np.array(POINTS)[:, 0]
    covariance = 1 + np.outer(x, x)
    scale = np.sqrt(1 + 2 * np.diag(covariance))
    return 2 / np.pi * np.arcsin(2 * covariance / np.outer(scale, scale))


def exact_values(order: int, width: int) -> np.ndarray:
    """Order 2: the kernel; higher: products of neighbours in the index tuple, times a constant and N^(1-k)."""
    matrix, constant = kernel(), {2: 1.0, 4: 1.6, 6: 9.0}[order]
    entries = combinations_with_replacement(range(len(POINTS)), order)
    products = [np.prod([matrix[a, b] for a, b in list(pairwise(entry))[::2]]) for entry in entries]
    return constant * np.array(products) * float(width) ** (1 - order // 2)


def make_row(
    system: str,
    width: int,
    order: int,
    method: str,
    key: int,
    *,
    closed: bool = True,
    heavy: bool = False,
    shift: float = 0.0,
    waiting: int | None = None,
) -> Row:
    """One row; ``heavy`` refuses the first entries, ``shift`` moves the estimates by so many standard errors.

    ``waiting``: so many blocks of draws, too few for an estimate.
    """
    values = exact_values(order, width)
    size = NETWORK_ERROR[order] if method.startswith("network") else NEURON_ERROR[order] * float(width) ** (1 - order // 2)
    stderr = size * (0.6 + 0.4 * np.linspace(1, 0, len(values)))
    # Half of the noise is common to the entries of a row, as for entries that share their draws.
    noise = np.random.default_rng([key, width, order, method.startswith("network")]).normal(size=len(values) + 1)
    mean = values + stderr * (np.sqrt(0.5) * (noise[:-1] + noise[-1]) + shift)
    refused = np.arange(len(values)) < (3 if heavy and order > 2 else 0)
    warning = ["one draw carries 31 % of the sum: the variance may be infinite"] if refused.any() else []
    quantity = f"{system}/{method}" + ("" if method == "neuron" else f"/N={width}")
    estimate = Estimate(
        mean,
        {f"{quantity}:{key}": np.diag(stderr)},
        1_000_000,
        64,
        7,
        method,
        "float64",
        refused=refused,
        diagnostics={"warnings": warning},
    )
    return Row(
        system=system, ensemble="erf_net", parameters=PARAMETERS, dim=1, width=width, order=order, connected=True, method=method,
        points=POINTS, indices=tuple(combinations_with_replacement(range(len(POINTS)), order)),
        estimate=estimate if waiting is None else None,
        exact=Exact(values, "by hand", "this file") if closed else None,
        no_closed_form=None if closed else "no closed form here: use estimate",
        withheld=None if waiting is None else f"{waiting} blocks of draws so far: an error bar needs 16",
        quantity=quantity, blocks=64 if waiting is None else waiting, draws=1_000_000,
    )  # fmt: skip


def make_results(
    systems: tuple[str, ...] = ("erf-d1",), widths: tuple[int, ...] = (2, 5, 20, 100, 1000), **options: object
) -> StudyResults:
    """Results of several systems, with orders 2, 4, 6 and both methods."""
    rows = [
        make_row(system, width, order, method, key, **options)
        for key, system in enumerate(systems)
        for method in ("network-wick", "neuron")
        for width in widths
        for order in (2, 4, 6)
    ]
    return StudyResults("A study made by hand", DIGEST, 7, "float64", tuple(rows))


@pytest.fixture(scope="session")
def results() -> StudyResults:
    """One system at five widths."""
    return make_results()


@pytest.fixture(scope="session")
def make():
    """The maker of results, for tests that need others."""
    return make_results


@pytest.fixture(scope="session")
def folder(results, tmp_path_factory) -> Path:
    """Where the report of ``results`` is written; not to be changed."""
    place = tmp_path_factory.mktemp("report")
    write_results(results, place, 'title = "A study"\n')
    return place
