"""Time to equal error on one connected four-point function: single neurons against whole networks.

A standard error falls as draws^(-1/2), so seconds * stderr^2 does not depend on the budget, and its ratio is the ratio of times to equal
error.  Each round estimates with a new seed by both methods in turn; seconds include everything but compilation (draws, sums, jackknife).
Erf: points -1, -0.6, -0.2, 0.2 of the six (entry 0123), sigma_b = 1.  ReLU: points 0.2, 0.6, 1, 1.4, sigma_b = 0.
"""

from functools import partial

import jax
import numpy as np
from _timing import options, race, spread, write

import certifield as cf

SYSTEMS = {
    "erf": (partial(cf.ensembles.erf_net, dim=1), [[-1.0], [-0.6], [-0.2], [0.2]]),
    "relu": (partial(cf.ensembles.relu_net, dim=1, sigma_b=0.0), [[0.2], [0.6], [1.0], [1.4]]),
}
METHODS = ("neuron", "network-wick")
NETWORKS = {20: 2**17, 100: 2**15, 1000: 2**14}
NEURONS = 2**19


def relative_error_of_mean(values: np.ndarray) -> float:
    """Standard error of the mean, over the mean."""
    return float(np.std(values, ddof=1) / np.sqrt(len(values)) / np.mean(values))


def measure(system: str, width: int, draws: dict[str, int], repeats: int) -> dict:
    """Seconds, errors and their ratio for one system at one width."""
    make, points = SYSTEMS[system]
    net = make(width=width)
    found = {method: {} for method in METHODS}

    def run(method: str, turn: int) -> None:
        found[method][turn] = cf.correlators.estimate(net, points, connected=True, draws=draws[method], seed=turn, method=method)

    times = race({method: partial(run, method) for method in METHODS}, repeats)
    exact = float(cf.correlators.exact(net, points, connected=True).value)
    rounds = {method: [found[method][turn] for turn in range(1, repeats + 1)] for method in METHODS}
    variances = {method: np.array([float(one.nominal_stderr) ** 2 for one in rounds[method]]) for method in METHODS}
    per_draw = {method: np.mean(variances[method]) * rounds[method][0].draws for method in METHODS}
    seconds = np.array(times["network-wick"]["rounds"]) / np.array(times["neuron"]["rounds"])
    gains = seconds * np.mean(variances["network-wick"]) / np.mean(variances["neuron"])
    scatter = np.hypot(relative_error_of_mean(seconds), np.hypot(*(relative_error_of_mean(variances[method]) for method in METHODS)))
    return {
        "system": system,
        "width": width,
        "exact": exact,
        "draws": {method: rounds[method][0].draws for method in METHODS},
        "seconds": times,
        "stderr": {method: spread(np.sqrt(variances[method])) for method in METHODS},
        "refused": {method: sum(bool(np.any(one.refused)) for one in rounds[method]) for method in METHODS},
        "pull_of_mean": {
            method: float((np.mean([one.mean for one in rounds[method]]) - exact) / np.sqrt(np.mean(variances[method]) / repeats))
            for method in METHODS
        },
        "fewer_draws": float(per_draw["network-wick"] / per_draw["neuron"]),
        "time_to_equal_error_ratio": {**spread(gains), "relative_error": float(scatter)},
    }


def main() -> None:
    """Measures, prints, writes."""
    chosen = options(__doc__, __file__)
    jax.config.update("jax_enable_x64", True)
    networks, neurons, repeats = ({20: 1024}, 4096, 2) if chosen.small else (NETWORKS, NEURONS, 9)
    measurements = []
    print(f"{'':5s}{'N':>6s}{'stderr network':>16s}{'neuron':>11s}{'s network':>11s}{'neuron':>9s}{'fewer draws':>13s}{'less time':>11s}")
    for system in SYSTEMS:
        for width, count in networks.items():
            row = measure(system, width, {"neuron": neurons, "network-wick": count}, repeats)
            measurements.append(row)
            errors, seconds, gain = row["stderr"], row["seconds"], row["time_to_equal_error_ratio"]
            print(
                f"{system:5s}{width:6d}{errors['network-wick']['median']:16.2e}{errors['neuron']['median']:11.2e}"
                f"{seconds['network-wick']['median']:11.3f}{seconds['neuron']['median']:9.3f}{row['fewer_draws']:13.3g}"
                f"{gain['median']:11.3g} +- {100 * gain['relative_error']:.0f} %",
                flush=True,
            )
    write(chosen, "Single neurons reach a given error on G_c4 sooner than networks, the more so the wider the networks", measurements)


if __name__ == "__main__":
    main()
