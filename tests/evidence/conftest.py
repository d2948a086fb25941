"""Estimates and certificates that several files of tests look at."""

from collections.abc import Callable

import numpy as np
import pytest

from certifield.evidence import Certificate, Estimate, certify_coincident_cumulant, certify_positive_definite


@pytest.fixture
def measured() -> Callable[..., Estimate]:
    """Makes an estimate as a measurement would: by default 64 blocks of the source "a"."""

    def make(mean, scale=0.01, *, source="a", blocks=64, rng_seed=0, **fields) -> Estimate:
        mean = np.asarray(mean)
        mean = mean if np.iscomplexobj(mean) else mean.astype(float)
        rng = np.random.default_rng(rng_seed)
        deviations = rng.normal(size=(blocks, *mean.shape)) * scale / np.sqrt(blocks)
        if np.iscomplexobj(mean):
            deviations = deviations + 2j * rng.normal(size=deviations.shape) * scale / np.sqrt(blocks)
        deviations -= deviations.mean(axis=0)  # as those of a jackknife are
        given = {"draws": 1000, "seed": 0, "method": "network-wick", "precision": "float64"} | fields
        return Estimate(mean, {source: deviations}, blocks=blocks, **given)

    return make


def _kaehler() -> Certificate:
    """H = [[1, 1/4 - i/2], [1/4 + i/2, 2]] on P^1, and M = [[4, 0], [-1 - 2i, 4]]: M (4 H) M^dagger = diag(64, 108)."""
    one, two, half, quarter, zero = (float(x).hex() for x in (1, 2, 0.5, 0.25, 0))
    block = {"monomials": [[1, 0], [0, 1]], "matrix": [[[one, zero]], [[quarter, half], [two, zero]]]}
    term = {"weight": "2/3", "degrees": [1], "blocks": [block]}
    claim = {"kind": "Kaehler potential", "ambient": [1], "class": ["2/3"], "terms": [term]}
    witness = {"transforms": [[[[[4, 0]], [[-1, -2], [4, 0]]]]], "shifts": [[2]]}
    return Certificate(claim, str(64 + 108), witness, "kaehler-potential@1")


def _certificates() -> dict[str, Certificate]:
    return {
        "cos": certify_coincident_cumulant("cos", 8),
        "relu": certify_coincident_cumulant("relu", 6),
        "linear": certify_coincident_cumulant("linear", 4),
        "definite": certify_positive_definite([[2.0, -1.0, 0.0], [-1.0, 2.0, 0.1], [0.0, 0.1, 0.5]]),
        "kaehler": _kaehler(),
    }


@pytest.fixture(params=["cos", "relu", "linear", "definite", "kaehler"])
def certificate(request: pytest.FixtureRequest) -> Certificate:
    return _certificates()[request.param]
