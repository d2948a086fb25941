"""Networks per second: Erf-nets with one input, six points, against the ways in which one would write it by hand.

``loop``         one Python object a network, outputs appended by repeated concatenation: the style of published code (arXiv:2008.08601).
                 Appending copies all outputs so far, so its speed depends on how many networks are wanted: it is measured in the
                 middle of runs of 2 000, 100 000 and 1 000 000 networks, which is the average over the run.
``numpy``        arrays of networks: drawn and evaluated.  ``numpy, moments``: and all 126 four-point functions, Wick-ordered, averaged.
``jax``          the same as ``numpy``, jitted, 64 bit.
``certifield``   drawn and evaluated, each network from its own key.  ``certifield, moments``: a block of a measurement,
                 that is all 126 four-point functions with what error bars and the guard against heavy tails need.
"""

import itertools
from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from _timing import options, race, spread, write
from scipy.special import erf

import certifield as cf

POINTS = np.array([[-1.0], [-0.6], [-0.2], [0.2], [0.6], [1.0]])
TUPLES = list(itertools.combinations_with_replacement(range(len(POINTS)), 4))
BATCH = {5: 1024, 20: 512, 100: 256, 1000: 32}  # networks at once in the hand-written array programs, the best of several
COUNT = {5: 2**17, 20: 2**16, 100: 2**14, 1000: 2**11}
RUNS = (2_000, 100_000, 1_000_000)
LOOPS = 100  # networks timed in the middle of a run


class Network:
    """One network, as an object."""

    def __init__(self, width: int, rng: np.random.Generator) -> None:
        self.weights = rng.normal(size=(width, 1))
        self.biases = rng.normal(size=width)
        self.readout = rng.normal(scale=width**-0.5, size=width)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """The outputs at the points ``x``."""
        return erf(x @ self.weights.T + self.biases) @ self.readout


def loop(outputs: np.ndarray, width: int, turn: int) -> np.ndarray:
    """A hundred networks more, behind the ``outputs`` that exist."""
    rng = np.random.default_rng(turn)
    for _ in range(LOOPS):
        outputs = np.concatenate([outputs, Network(width, rng)(POINTS)[None]])
    return outputs


def numpy_arrays(width: int, count: int, finish: Callable[[np.ndarray], object], turn: int) -> None:
    """Batches of networks as arrays; ``finish`` takes the outputs [networks, points] of each."""
    rng, batch = np.random.default_rng(turn), min(count, BATCH[width])
    for _ in range(count // batch):
        readout, weights, biases = rng.normal(size=(3, batch, width))
        hidden = erf(weights[:, None, :] * POINTS[None, :, :] + biases[:, None, :])
        finish(np.einsum("npi,ni->np", hidden, readout) * width**-0.5)


def wick_ordered_means(phi: np.ndarray, kernel: np.ndarray) -> list[float]:
    """Mean of phi_a phi_b phi_c phi_d - sum_6 K_ab phi_c phi_d + sum_3 K_ab K_cd for all tuples; pairs are multiplied once."""
    pair = {(a, b): phi[:, a] * phi[:, b] for a, b in itertools.combinations_with_replacement(range(phi.shape[1]), 2)}
    mean = {ab: float(np.mean(product)) for ab, product in pair.items()}
    values = []
    for a, b, c, d in TUPLES:
        value = float(np.mean(pair[a, b] * pair[c, d]))
        for (i, j), (k, m) in (((a, b), (c, d)), ((a, c), (b, d)), ((a, d), (b, c))):
            value += kernel[i, j] * kernel[k, m] - kernel[i, j] * mean[k, m] - kernel[k, m] * mean[i, j]
        values.append(value)
    return values


def jax_arrays(width: int, count: int) -> Callable[[int], None]:
    """Batches of networks as arrays, compiled."""
    batch = min(count, BATCH[width])

    def outputs(key):
        readout, weights, biases = jax.random.normal(key, (3, batch, width))
        hidden = jax.scipy.special.erf(weights[:, None, :] * jnp.asarray(POINTS)[None, :, :] + biases[:, None, :])
        return jnp.sum(hidden * readout[:, None, :], axis=2) * width**-0.5

    compiled = jax.jit(lambda key: jax.lax.map(outputs, jax.random.split(key, count // batch)))
    return lambda turn: jax.block_until_ready(compiled(jax.random.key(turn)))


def certifield_outputs(width: int, count: int) -> Callable[[int], None]:
    """The outputs of an ensemble, in batches."""
    net, batch = cf.ensembles.erf_net(dim=1, width=width), min(count, BATCH[width])
    compiled = jax.jit(lambda keys: jax.lax.map(lambda key: net.evaluate(key, jnp.asarray(POINTS), batch), keys))
    return lambda turn: jax.block_until_ready(compiled(jax.random.split(jax.random.key(turn), count // batch)))


def measure(width: int, count: int, runs: tuple[int, ...], repeats: int) -> dict:
    """All programs at one width, and the ratios of their rates."""
    net = cf.ensembles.erf_net(dim=1, width=width)
    kernel = np.asarray(cf.correlators.kernel_matrix(net, POINTS).value)
    block = cf.correlators.measurement(net, POINTS, orders={4: TUPLES}, method="network-wick", block_size=count)
    programs = {
        "certifield": certifield_outputs(width, count),
        "jax": jax_arrays(width, count),
        "numpy": partial(numpy_arrays, width, count, lambda phi: phi),
        "certifield, moments": lambda turn: block.block(0, turn),
        "numpy, moments": partial(numpy_arrays, width, count, lambda phi: wick_ordered_means(phi, kernel)),
    } | {f"loop, {run} networks": partial(loop, np.zeros((run // 2, len(POINTS))), width) for run in runs}
    times = race(programs, repeats)
    made = {name: LOOPS if name.startswith("loop") else block.block_size if name == "certifield, moments" else count for name in programs}
    rates = {name: made[name] / np.array(time["rounds"]) for name, time in times.items()}
    against = {name: "certifield, moments" if name in ("certifield, moments", "numpy, moments") else "certifield" for name in programs}
    return {
        "width": width,
        "networks": made,
        "seconds": times,
        "networks_per_second": {name: spread(rate) for name, rate in rates.items()},
        "certifield_over": {name: spread(rates[against[name]] / rates[name]) for name in programs if not name.startswith("certifield")},
    }


def main() -> None:
    """Measures, prints, writes."""
    chosen = options(__doc__, __file__)
    jax.config.update("jax_enable_x64", True)
    runs, repeats = (RUNS[:1], 2) if chosen.small else (RUNS, 9)
    counts = {5: 2048, 1000: 32} if chosen.small else COUNT
    measurements = []
    for width, count in counts.items():
        row = measure(width, count, runs, repeats)
        measurements.append(row)
        print(f"N = {width}: networks per second, and how many times faster Certifield is")
        for name, rate in row["networks_per_second"].items():
            ratio = row["certifield_over"].get(name)
            gain = f"{ratio['median']:9.3g}  ({ratio['min']:.3g} to {ratio['max']:.3g})" if ratio else ""
            print(f"  {name:26s}{rate['median']:12.0f}  {gain}", flush=True)
    write(chosen, "Certifield draws and evaluates networks faster than a Python loop and not slower than plain arrays", measurements)


if __name__ == "__main__":
    main()
