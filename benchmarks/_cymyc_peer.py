"""The package cymyc on two cubics in P^5 with the settings of its tutorial, run by a Python that has it: points, then a spectral network.

The tutorial: 4 layers of 48 neurons with GELU, AdamW with rate 1e-4, batches of 1024.  Its 4e5 points take too long to sample on one core:
``question["points"]`` says how many there are, and all seeds of the network share them.
Its potential comes as an array of one number, of which JAX takes no gradient: it is squeezed here.
``python _cymyc_peer.py QUESTION`` prints times as JSON; metrics at the points of ``question["at"]``, in the charts of their tangents, go
to the file ``question["to"]``.
"""

import json
import sys
import time
from functools import partial
from types import SimpleNamespace

import numpy as np

PSI = 0.5
PASSES = 2  # over the points between two metrics that are kept


def answer(question: dict) -> dict:
    """Seconds of sampling in rounds, and for each seed the seconds at which each metric was there."""
    import jax
    import jax.numpy as jnp
    import optax
    from cymyc import dataloading
    from cymyc.approx import models
    from cymyc.approx.train import create_train_state, train_step
    from cymyc.utils import math_utils
    from cymyc.utils.pointgen_cicy import PointGenerator

    eye, others = 3 * np.eye(6, dtype=np.int64), np.repeat([0, 1], 3)
    monomials = [np.concatenate([eye[:3], [others]]), np.concatenate([eye[3:], [1 - others]])]
    coefficients = [np.array([1, 1, 1, -3 * PSI])] * 2
    started = time.process_time()
    layout = PointGenerator(jax.random.PRNGKey(0), 3, monomials, np.array([5]), coefficients, np.ones(1))
    prepared = time.process_time() - started
    parts, rounds = [], []
    for turn in range(question["rounds"] + 1):
        started = time.process_time()
        parts.append(np.asarray(layout.sample_intersect_cicy(jax.random.PRNGKey(turn + 1), question["batch"])))
        rounds.append(time.process_time() - started)
    points = np.concatenate(parts)[: question["points"]]
    started = time.process_time()
    told = layout.compute_integration_parameters(points, len(points), 0)
    weighed = time.process_time() - started
    data = tuple(np.asarray(one, np.float32) for one in (math_utils.to_real(points), told["weights"], told["dVol_Omegas"]))
    narrow = [(np.asarray(m).astype(np.complex64), np.asarray(c).astype(np.complex64)) for m, c in layout.dQdz_info]
    settings = SimpleNamespace(
        n_hyper=2, ambient=np.array([5]), cy_dim=3, n_coords=6, kmoduli=np.ones(1), cdtype=np.complex64,
        dQdz_monomials=[m for m, _ in narrow], dQdz_coeffs=[c for _, c in narrow],
    )  # fmt: skip
    reference, potential, *_ = models.helper_fns(settings)

    def correction(p, params):
        return jnp.squeeze(potential(p, params))

    metric = partial(models.ddbar_phi_model, g_ref_fn=reference, g_correction_fn=correction)
    with np.load(question["at"]) as file:
        judged, tangents = math_utils.to_real(jnp.asarray(file["z"])).astype(np.float32), jnp.asarray(file["tangents"])

    @jax.jit
    def pulled(params, p, tangent):
        """The metric of the ambient space, pulled back by the tangents given."""
        from cymyc import curvature

        whole = jnp.squeeze(reference(p)[0] + curvature.del_z_bar_del_z(p, correction, params, wide=True))
        return tangent @ whole @ jnp.conj(tangent).T

    runs, metrics, shared = [], [], prepared + sum(rounds) + weighed
    for seed in question["seeds"]:
        jax.clear_caches()
        random = np.random.default_rng(seed)
        begun, clock, at = time.process_time(), time.perf_counter(), [shared]
        network = models.LearnedVector_spectral_nn_CICY(dim=6, ambient=(5,), n_units=[48] * 4)
        optimiser = optax.adamw(1e-4)
        params, state, _ = create_train_state(jax.random.PRNGKey(seed), network, optimiser, data_dim=12)
        kept, epochs, epoch = [params], [0], 0
        while len(kept) < 4 or max(time.process_time() - begun, (time.perf_counter() - clock) / 2) < question["limit"]:
            for batch in (one for _ in range(PASSES) for one in dataloading.data_loader(data, 1024, random)):
                params, state, loss = train_step(batch, params, state, metric, optimiser, float(told["kappa"]))
            jax.block_until_ready(loss)
            epoch += PASSES
            kept.append(params)
            epochs.append(epoch)
            at.append(shared + time.process_time() - begun)
        spent = time.perf_counter() - clock
        for weights in kept:
            parts = range(0, len(judged), 1000)
            found = [jax.vmap(partial(pulled, weights))(judged[s : s + 1000], tangents[s : s + 1000]) for s in parts]
            metrics.append(np.concatenate(found).astype(np.complex64))
        size = len(points) // 1024 * 1024
        runs.append({"seed": seed, "sampled": shared, "seconds": at, "clock": spent, "epochs": epochs, "points": size})
    np.savez(question["to"], g=np.stack(metrics))
    return {"rounds": rounds, "prepared": prepared, "weighed": weighed, "runs": runs}


if __name__ == "__main__" and sys.argv[-1].startswith("{"):  # no option of `make bench`
    from importlib.metadata import version

    told = answer(json.loads(sys.argv[1]))
    versions = {name: version(name) for name in ("cymyc", "jax", "flax", "numpy")}
    print("ANSWER" + json.dumps(told | {"versions": versions}))
