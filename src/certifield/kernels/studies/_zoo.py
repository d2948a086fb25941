"""The networks that the study of the limit samples, small enough to be drawn by the million."""

from dataclasses import dataclass

import numpy as np

from certifield.evidence import InputError
from certifield.layers import (
    Layer,
    attention,
    average_pool,
    conv,
    dense,
    erf,
    flatten,
    gelu,
    global_average_pool,
    layer_norm,
    relu,
    residual,
    serial,
)  # fmt: skip

TOKENS = np.array(
    [
        [[0.9, -0.3], [0.2, 0.8], [-0.7, 0.5], [0.1, -1.1]],
        [[0.4, 0.6], [-0.9, 0.3], [0.3, 1.0], [0.8, -0.2]],
        [[-0.5, 1.2], [0.6, -0.4], [0.2, 0.3], [-1.0, 0.7]],
    ]
)
POINTS = np.array([[0.3, -0.2], [1.0, 0.5], [-0.7, 0.4]])
CHANNELS, HEADS, EITHER = "width or channels", "heads", "width, heads and keys"


@dataclass(frozen=True)
class Architecture:
    """A ``network``, three inputs ``x``, and what ``grows`` with the width."""

    network: Layer
    x: np.ndarray
    grows: str = CHANNELS


ZOO: dict[str, Architecture] = {
    "deep-erf": Architecture(serial(dense(1.3, 0.5), erf(), dense(1.3, 0.5), erf(), dense(1.3, 0.5)), POINTS),
    "deep-relu": Architecture(serial(dense(2**0.5), relu(), dense(2**0.5), relu(), dense(2**0.5)), POINTS),
    "deep-gelu": Architecture(serial(dense(1.5, 0.3), gelu(), dense(1.5, 0.3), gelu(), dense(1.5, 0.3)), POINTS),
    "residual": Architecture(serial(dense(1.0, 0.3), residual(serial(relu(), dense())), residual(serial(erf(), dense())), dense()), POINTS),
    "layer-norm": Architecture(serial(dense(1.0, 0.5), layer_norm(), erf(), dense(1.3), layer_norm(), relu(), dense(1.4)), POINTS),
    "conv-flatten": Architecture(serial(conv(3, 1.4, 0.2), relu(), conv(3, 1.4, 0.2), relu(), flatten(), dense()), TOKENS),
    "conv-pool": Architecture(
        serial(
            conv(2, 1.4, 0.2, padding="same"),
            erf(),
            average_pool(2),
            conv(2, 1.4, padding="valid"),
            relu(),
            global_average_pool(),
            dense(1.4),
        ),
        TOKENS,
    ),
    "attention-identity": Architecture(serial(attention(softmax=False, key_size=8), global_average_pool()), TOKENS, HEADS),
    "attention-softmax": Architecture(serial(attention(key_size=64), global_average_pool()), TOKENS, HEADS),
    "attention-tied": Architecture(serial(attention(tied=True), global_average_pool(), dense()), TOKENS, EITHER),
    "transformer": Architecture(
        serial(dense(), residual(attention(key_size=32)), layer_norm(), residual(serial(relu(), dense())), global_average_pool(), dense()),
        TOKENS,
        EITHER,
    ),
}


def known(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of architectures, each once.  Raises `InputError` for others."""
    for name in names:
        if name not in ZOO or names.count(name) > 1:
            raise InputError("architectures", name, f"each once, of {', '.join(ZOO)}", "correct its name")
    return names
