"""Group convolutions on the square lattice (arXiv:1602.07576): equivariant under translations, quarter turns and reflections."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from certifield._arguments import whole
from certifield.evidence import InputError

from ._planar import PlanarGroup


class GroupConvolution(eqx.Module):
    """A convolution over a planar group; see `lifting` and `group_convolution`."""

    weights: Float[Array, "out in ..."]  # [out, in, k, k] from images, [out, in, |G|, k, k] from fields over the group
    bias: Float[Array, " out"]
    group: PlanarGroup = eqx.field(static=True)
    stride: int = eqx.field(static=True)

    def __call__(self, field: Array) -> Float[Array, "out order rows columns"]:
        """sum_y sum_k f_k(y) psi_k(g^-1 (y - x)) + b, with f over pairs (h, y) for a field over the group; zeros beyond the edge."""
        lifted = self.weights.ndim == 5
        if field.ndim != 3 + lifted or field.shape[0] != self.weights.shape[1] or (lifted and field.shape[1] != self.group.order):
            shape = f"[{self.weights.shape[1]}, {f'{self.group.order}, ' if lifted else ''}rows, columns]"
            raise InputError("field", f"an array of shape {list(field.shape)}", f"an array of shape {shape}", "jax.vmap over a batch")
        # The filter bank of all elements at once: psi(g^-1 h, g^-1 y), so that one ordinary convolution does the work.
        bank = jnp.stack([self._turned(g) for g in range(self.group.order)], axis=1)
        out, order, size = bank.shape[0], bank.shape[1], bank.shape[-1]
        kernel = bank.reshape(out * order, -1, size, size)
        flat = field.reshape(1, -1, *field.shape[-2:])
        pad = [(size // 2, size // 2)] * 2
        found = jax.lax.conv_general_dilated(flat, kernel, (self.stride, self.stride), pad)[0]
        return found.reshape(out, order, *found.shape[1:]) + self.bias[:, None, None, None]

    def _turned(self, element: int) -> Array:
        moved = self.group.move(element, self.weights)
        return moved[:, :, self.group.table[self.group.inverses[element]]] if self.weights.ndim == 5 else moved


def lifting(
    group: PlanarGroup, channels_in: int, channels_out: int, size: int = 3, *, stride: int = 1, key: Key[Array, ""]
) -> GroupConvolution:
    """From images [in, n, n] to fields over the group [out, |G|, n, n]: F(g, x) = sum_y sum_k f_k(y) psi_k(g^-1 (y - x)) + b.

    ``size``: of the filters, odd, so that a filter has a centre about which it turns.  Weights ~ N(0, 1/fan-in), biases zero.
    A ``stride`` s keeps the symmetry on n x n images only where s divides n - 1: otherwise the places that are kept are not those of the
    turned image, and `examine_equivariance` shows by how much.
    Raises `InputError` for even sizes and numbers that are none.  Reference: arXiv:1602.07576, (10).
    """
    return _convolution(group, (channels_out, channels_in, size, size), stride, key)


def group_convolution(
    group: PlanarGroup, channels_in: int, channels_out: int, size: int = 3, *, stride: int = 1, key: Key[Array, ""]
) -> GroupConvolution:
    """From fields over the group to such: F'(g, x) = sum_(h, y) sum_k F_k(h, y) psi_k(g^-1 h, g^-1 (y - x)) + b.

    As `lifting`; the average over the axis of the group of its output (`orbit_mean`) is an image again.
    Reference: arXiv:1602.07576, (11).
    """
    return _convolution(group, (channels_out, channels_in, group.order, size, size), stride, key)


def orbit_mean(field: Array) -> Array:
    """The mean over the group of a field [channels, |G|, n, n]: an image [channels, n, n] that turns with the input."""
    return jnp.mean(field, axis=1)


def _convolution(group: PlanarGroup, shape: tuple[int, ...], stride: int, key: Key[Array, ""]) -> GroupConvolution:
    if not isinstance(group, PlanarGroup):
        raise InputError("group", group, "p4() or p4(mirrors=True)", "quarter turns and reflections are what a square lattice has")
    names = {"channels_out": shape[0], "channels_in": shape[1], "size": shape[-1], "stride": stride}
    for name, number in names.items():
        whole(name, number, 1)
    if shape[-1] % 2 == 0:
        raise InputError("size", shape[-1], "an odd number", "a filter of even size has no centre about which it could turn; try size=3")
    fan_in = 1.0
    for extent in shape[1:]:
        fan_in *= extent
    return GroupConvolution(jax.random.normal(key, shape) * fan_in**-0.5, jnp.zeros(shape[0]), group, stride)
