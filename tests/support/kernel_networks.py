"""The networks behind tests/reference/neural_tangents.json, by the same names."""

import numpy as np

from certifield import layers as L

POINTS = np.array([(1, 0, 0.5), (0.2, -0.7, 0.3), (-0.4, 0.9, 1.1)])
SEQUENCES = np.random.RandomState(0).randn(2, 6, 3)
IMAGES = np.random.RandomState(1).randn(2, 5, 5, 2)

ACTIVATIONS = {
    "erf": L.erf(), "relu": L.relu(), "leaky_relu(0.1)": L.leaky_relu(0.1), "absolute": L.absolute(), "sign": L.sign(), "sin": L.sin(),
    "cos": L.cos(), "rbf(0.7)": L.rbf(0.7), "gelu": L.gelu(), "gaussian": L.gaussian(1.0), "exp": L.exp(0.5),
    "polynomial([0.5,-1,0.3,0.2])": L.polynomial([0.5, -1, 0.3, 0.2]), **{f"monomial({n})": L.monomial(n) for n in (1, 2, 3)},
}  # fmt: skip


def dense() -> L.Dense:
    return L.dense(1.6**0.5, 0.1**0.5)


def deep(activation: L.Activation, depth: int) -> L.Serial:
    return L.serial(*[layer for _ in range(depth) for layer in (dense(), activation)], dense())


def networks() -> dict[str, tuple[L.Layer, np.ndarray]]:
    """Name -> network and inputs."""
    found = {f"dense/{name}/{depth}": (deep(each, depth), POINTS) for name, each in ACTIVATIONS.items() for depth in (1, 2)}
    found["dense/relu/5"] = deep(L.relu(), 5), POINTS
    pool, end = L.global_average_pool(), dense()
    for padding in ("circular", "same", "valid"):
        for stride in (1, 2):

            def conv(window, stride, padding=padding):
                return L.conv(window, 1.3, 0.4, stride=stride, padding=padding)

            place = f"{padding}/{stride}"
            found[f"conv1/{place}/flatten"] = L.serial(conv(3, stride), L.relu(), L.flatten(), end), SEQUENCES
            found[f"conv1/{place}/global"] = L.serial(conv(3, stride), L.erf(), pool, end), SEQUENCES
            found[f"conv2/{place}/flatten"] = L.serial(conv((3, 3), stride), L.relu(), L.flatten(), end), IMAGES
            found[f"conv2/{place}/global"] = L.serial(conv((3, 2), (stride, 1)), L.relu(), conv((2, 2), 1), pool, end), IMAGES
    first, second = L.conv(3, 1.3, 0.4), L.conv(2, 1.3, 0.4, padding="same")
    found["pool/2"] = L.serial(first, L.relu(), L.average_pool(2), second, L.erf(), L.flatten(), end), SEQUENCES
    block = L.residual(L.serial(L.relu(), dense()))
    found["residual/2"] = L.serial(dense(), block, block, end), POINTS
    found["layer_norm"] = L.serial(dense(), L.layer_norm(), L.relu(), dense(), L.layer_norm(), L.erf(), end), POINTS
    tied = L.attention(tied=True)
    found["attention/tied/softmax"] = L.serial(tied, pool, L.dense()), SEQUENCES
    found["attention/identity"] = L.serial(L.attention(softmax=False), pool, L.dense()), SEQUENCES
    found["attention/tied/softmax/deep"] = L.serial(dense(), tied, L.relu(), dense(), pool, L.dense()), SEQUENCES
    return found
