"""Independent fields per second: a trained flow, hybrid Monte Carlo and tempered sequential Monte Carlo, and what the training costs.

``phi^4``   L = 8, lambda = 8, m^2 = -4, unhalved: independent samples of the squared mean field, the variance over the squared error of its
            mean, per second after the first call; and how many fields hybrid Monte Carlo makes while the flow is trained
All seconds are those of the processor: the machine is shared.
"""

import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from _timing import options, race, spread, write

from certifield.fieldtheory import flows, oracles

LATTICE = oracles.LatticeScalar((8, 8), -4.0, 8.0, "unhalved")
VARIANCE = (2 - 3 * 0.0805) * 0.7443**2  # of V m^2, by the published chi and Binder cumulant


def susceptibility(fields: jax.Array) -> jax.Array:
    """V m^2 [draws, 1]."""
    return (fields.shape[1] * fields.shape[2] * jnp.mean(fields, axis=(1, 2)) ** 2)[:, None]


def scalar(training: int, draws: int, trajectories: int, particles: int, repeats: int) -> dict[str, Any]:
    """The three samplers in turns."""
    began = time.process_time()
    made = flows.train(flows.continuous_flow(LATTICE), LATTICE, steps=training)
    spent, found = time.process_time() - began, {}

    def kept(name: str, value: Any) -> None:
        found.setdefault(name, []).append(VARIANCE / float(np.asarray(value.stderr).ravel()[0]) ** 2)

    programs = {
        "flow": lambda turn: kept("flow", flows.sample(made.flow, LATTICE, susceptibility, draws=draws, seed=turn).reweighted()),
        "hybrid Monte Carlo": lambda turn: kept(
            "hybrid Monte Carlo",
            oracles.lattice_hmc(LATTICE, chains=128, trajectories=trajectories, warmup=50, seed=turn).observables.susceptibility,
        ),
        "particles": lambda turn: kept(
            "particles", oracles.lattice_smc(LATTICE, particles=particles, seed=turn).observables.susceptibility
        ),
    }
    times = race(programs, repeats, time.process_time)
    # The error of an error bar is a third for sixteen runs: counts are averaged, times are not.
    rates = {name: np.mean(found[name]) / np.array(timed["rounds"]) for name, timed in times.items()}
    for name, rate in rates.items():
        print(f"{name:22s}{np.median(rate):12.3g} independent samples per second", flush=True)
    print(f"training {spent:.3g} s, ESS {made.ess:.3f}", flush=True)
    meanwhile = spent * float(np.median(rates["hybrid Monte Carlo"]))
    return {"name": "phi^4", "seconds": times, "independent_per_second": {name: spread(rate) for name, rate in rates.items()},
            "training": {"seconds": spent, "steps": training, "ess": made.ess, "meanwhile": meanwhile}}  # fmt: skip


def main() -> None:
    """Measures, prints, writes."""
    chosen = options(__doc__ or "", __file__)
    jax.config.update("jax_enable_x64", True)
    measurements = [scalar(10, 1024, 20, 64, 2) if chosen.small else scalar(500, 16_384, 400, 512, 5)]
    write(chosen, "Who makes most independent fields of phi^4 per second, and what the training of a flow costs beside", measurements)


if __name__ == "__main__":
    main()
