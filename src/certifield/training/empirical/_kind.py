"""What of the pairs of outputs a kernel keeps, and in which shape it is handed over."""

from typing import Literal

import numpy as np

from ._field import Field

Output = Literal["full", "diagonal", "trace"]
# Axes (output, part) at x and at y, and those that are kept.
INDICES: dict[str, tuple[str, str, str]] = {"full": ("oc", "pd", "ocpd"), "diagonal": ("oc", "od", "ocd"), "trace": ("oc", "od", "cd")}


def combined(block: np.ndarray, field: Field) -> np.ndarray:
    """The parts of complex outputs together, (u + iv)(u' - iv'): [n, m, O, O], [n, m, O] or [n, m]."""
    parts = np.moveaxis(block, (3, 5), (-2, -1)) if block.ndim == 6 else block
    if not field.complex:
        return parts[..., 0, 0]
    return parts[..., 0, 0] + parts[..., 1, 1] + 1j * (parts[..., 1, 0] - parts[..., 0, 1])


def in_shape(array: np.ndarray, field: Field, output: Output) -> np.ndarray:
    """With the axes of the output in place of O; the trace as a mean."""
    kind = {"full": field.shape * 2, "diagonal": field.shape, "trace": ()}[output]
    scaled = array / field.outputs if output == "trace" else array
    return scaled.reshape(*array.shape[:2], *kind)


def scales(left: np.ndarray, right: np.ndarray, output: Output) -> np.ndarray:
    """sqrt(Theta_oo(x, x) Theta_o'o'(y, y)) from the diagonals [n, O], which bounds the entries of the kernel, in its shape."""
    a, b = np.sqrt(np.maximum(left, 0.0)), np.sqrt(np.maximum(right, 0.0))
    if output == "full":
        return a[:, None, :, None] * b[None, :, None, :]
    return a[:, None] * b[None] if output == "diagonal" else a @ b.T
