"""Powers by least squares of logarithms, with a bootstrap over geometries."""

import numpy as np

RESAMPLED = 400


def powers(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Intercepts and slopes of y against x in samples of the points with replacement; samples of one x alone are drawn again."""
    rng = np.random.Generator(np.random.PCG64(0))
    found = []
    while len(found) < RESAMPLED:
        take = rng.integers(0, len(x), len(x))
        if np.ptp(x[take]) > 0:
            slope, intercept = np.polyfit(x[take], y[take], 1)
            found.append((intercept, slope))
    kept = np.array(found)
    return kept[:, 0], kept[:, 1]
