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


def _certificates() -> dict[str, Certificate]:
    return {
        "cos": certify_coincident_cumulant("cos", 8),
        "relu": certify_coincident_cumulant("relu", 6),
        "linear": certify_coincident_cumulant("linear", 4),
        "definite": certify_positive_definite([[2.0, -1.0, 0.0], [-1.0, 2.0, 0.1], [0.0, 0.1, 0.5]]),
    }


@pytest.fixture(params=["cos", "relu", "linear", "definite"])
def certificate(request: pytest.FixtureRequest) -> Certificate:
    return _certificates()[request.param]
