"""Tangent kernels of modules: three exact methods against each other, with the choice of the cost model.

Perceptrons, a convolution and a transformer block, over points, outputs and parameters; float64, the result on the host, with its radius;
seconds of the processor.
"""

import time

import equinox as eqx
import jax
import numpy as np
from _timing import options, race, write

import certifield as cf

METHODS = ("jacobian", "products", "structured")


class Attention(eqx.Module):
    """A block of attention with a perceptron behind it, and a readout of the mean over tokens."""

    attention: eqx.nn.MultiheadAttention
    up: eqx.nn.Linear
    down: eqx.nn.Linear
    readout: eqx.nn.Linear

    def __init__(self, width: int, outputs: int):
        keys = jax.random.split(jax.random.key(0), 4)
        self.attention = eqx.nn.MultiheadAttention(4, width, key=keys[0])
        self.up, self.down = eqx.nn.Linear(width, 4 * width, key=keys[1]), eqx.nn.Linear(4 * width, width, key=keys[2])
        self.readout = eqx.nn.Linear(width, outputs, key=keys[3])

    def __call__(self, x: jax.Array) -> jax.Array:
        x = x + self.attention(x, x, x)
        x = x + jax.vmap(lambda row: self.down(jax.nn.gelu(self.up(row))))(x)
        return self.readout(x.mean(axis=0))


def convolution(outputs: int) -> eqx.Module:
    """Two convolutions of images 8 x 8 and a readout."""
    keys = jax.random.split(jax.random.key(0), 3)
    layers = [
        eqx.nn.Conv2d(3, 16, 3, padding=1, key=keys[0]),
        eqx.nn.Lambda(jax.nn.relu),
        eqx.nn.Conv2d(16, 16, 3, padding=1, key=keys[1]),
        eqx.nn.Lambda(jax.nn.relu),
        eqx.nn.Lambda(jax.numpy.ravel),
        eqx.nn.Linear(1024, outputs, key=keys[2]),
    ]
    return eqx.nn.Sequential(layers)


def perceptron(width: int, depth: int, outputs: int) -> eqx.Module:
    """A perceptron with ten inputs."""
    return eqx.nn.MLP(10, outputs, width, depth, key=jax.random.key(0))


# Name, module, points, shape of one, what is kept.
FULL = (
    ("perceptron 3 x 256", perceptron(256, 3, 10), 16, (10,), "full"),
    ("perceptron 2 x 64", perceptron(64, 2, 1), 128, (10,), "full"),
    ("perceptron 2 x 128", perceptron(128, 2, 10), 32, (10,), "trace"),
    ("convolution", convolution(4), 8, (3, 8, 8), "full"),
    ("attention", Attention(32, 3), 12, (8, 32), "full"),
)
SMALL = (("perceptron 1 x 8", perceptron(8, 1, 2), 3, (10,), "full"),)


def main() -> None:
    """The races, and how far the choice is from the best."""
    chosen = options(__doc__, __file__)
    jax.config.update("jax_enable_x64", True)
    measurements = []
    for name, module, points, shape, output in SMALL if chosen.small else FULL:
        x = np.random.RandomState(0).randn(points, *shape)
        programs = {
            method: lambda turn, m=method, x=x, net=module, o=output: cf.training.empirical_ntk(net, x + 1e-9 * turn, output=o, method=m)
            for method in METHODS
        }
        raced = race(programs, 2 if chosen.small else 5, time.process_time)
        guesses = cf.training.cost(module, x, output=output)
        choice = min(guesses, key=guesses.__getitem__)
        over = raced[choice]["median"] / min(one["median"] for one in raced.values())
        parameters = sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(module, eqx.is_array)))
        outputs = jax.eval_shape(module, jax.ShapeDtypeStruct(shape, np.float32)).size
        print(f"{name}, n = {points}, O = {outputs}, P = {parameters}, {output}:")
        for method, one in raced.items():
            print(f"    {method}: {one['median']:.3g} s" + (f", chosen, {over:.2f} of the best" if method == choice else ""))
        measurements.append(
            {"name": name, "points": points, "outputs": outputs, "parameters": parameters, "output": output, "seconds": raced,
             "chosen": choice, "over_best": over}
        )  # fmt: skip
    print(f"largest ratio of the choice to the best: {max(row['over_best'] for row in measurements):.2f}")
    write(chosen, "The method that the cost model chooses takes at most 1.3 times as long as the best one.", measurements)


if __name__ == "__main__":
    main()
