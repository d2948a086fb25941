"""The package cymetric on the Fermat quintic with the settings of its tutorial, run by a Python that has it: points, then the phi-model.

The tutorial: a network of 3 x 64 neurons with GELU on 1e5 points, Adam, batches of 64 and of 50000, all weights of the losses 1.
``python _cymetric_peer.py QUESTION`` prints times as JSON; metrics at the points of ``question["at"]`` go to the file ``question["to"]``.
It takes charts as we do, up to the order of their coordinates, so that det g is the same.
"""

import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


class Enough(Exception):
    """The time is over."""


def answer(question: dict) -> dict:
    """Seconds of sampling in rounds, and for each seed the seconds at which each metric was there."""
    import tensorflow as tf
    from cymetric.models.helper import prepare_basis, train_model
    from cymetric.models.models import PhiFSModel
    from cymetric.pointgen.pointgen import PointGenerator

    layout = PointGenerator(5 * np.eye(5, dtype=np.int64), np.ones(5), np.ones(1), np.array([4]))
    with np.load(question["at"]) as file:
        z = file["z"]
    judged = tf.constant(np.concatenate([z.real, z.imag], axis=1), tf.float32)
    rounds, runs, metrics = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(question["rounds"] + 1):
            started = time.process_time()
            layout.prepare_dataset(question["batch"], folder)
            rounds.append(time.process_time() - started)
        for seed in question["seeds"]:
            np.random.seed(seed)
            tf.keras.utils.set_random_seed(seed)
            begun, clock = time.process_time(), time.perf_counter()
            kappa = layout.prepare_dataset(question["points"], folder)
            layout.prepare_basis(folder, kappa=kappa)
            with np.load(Path(folder) / "dataset.npz") as file:
                data = {name: file[name] for name in file.files}
            sampled = time.process_time() - begun
            basis = prepare_basis(np.load(Path(folder) / "basis.pickle", allow_pickle=True))
            layers = [tf.keras.layers.Dense(64, activation="gelu") for _ in range(3)]
            network = tf.keras.Sequential([tf.keras.Input(shape=(10,)), *layers, tf.keras.layers.Dense(1, use_bias=False)])
            model = PhiFSModel(network, basis, alpha=[1.0] * 5)
            kept, at = [network.get_weights()], [time.process_time() - begun]

            class Kept(tf.keras.callbacks.Callback):
                def on_epoch_end(self, epoch, logs=None, kept=kept, at=at, begun=begun, clock=clock, sampled=sampled, network=network):
                    kept.append(network.get_weights())
                    at.append(time.process_time() - begun)
                    trained = max(at[-1] - sampled, (time.perf_counter() - clock) / 2)
                    if len(at) > 3 and trained > question["limit"]:
                        raise Enough

            adam = tf.keras.optimizers.Adam()
            with contextlib.suppress(Enough):
                train_model(model, data, optimizer=adam, epochs=10**6, batch_sizes=[64, 50000], verbose=0, callbacks=[Kept()])
            spent = time.perf_counter() - clock
            for weights in kept:
                network.set_weights(weights)
                metrics.append(np.concatenate([model(judged[start : start + 2000]).numpy() for start in range(0, len(z), 2000)]))
            runs.append({"seed": seed, "sampled": sampled, "seconds": at, "clock": spent, "epochs": list(range(len(at))),
                         "points": len(data["X_train"])})  # fmt: skip
    np.savez(question["to"], g=np.stack(metrics))
    return {"rounds": rounds, "runs": runs}


if __name__ == "__main__" and sys.argv[-1].startswith("{"):  # no option of `make bench`
    from importlib.metadata import version

    told = answer(json.loads(sys.argv[1]))
    versions = {name: version(name) for name in ("cymetric", "tensorflow", "numpy")}
    print("ANSWER" + json.dumps(told | {"versions": versions}))
