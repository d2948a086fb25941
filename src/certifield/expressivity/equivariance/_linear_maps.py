"""All linear maps that commute with a group, as a basis, and the layer made of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import scipy.linalg
from jaxtyping import Array, Float, Key

from certifield.evidence import InputError

from ._representation import Representation, equivariant_dimension

_MOST = 20_000_000  # entries of the matrix of constraints


@dataclass(frozen=True, eq=False)  # so that a layer can hold it as a constant
class EquivariantMaps:
    """A basis of the linear maps that commute with a group.

    ``basis`` [dimension, out, in], orthonormal under tr A^dagger B.  ``residual``: the largest entry of rho_out(g) W - W rho_in(g) over
    all W and the generators, and ``gap`` the smallest singular value of the constraints that was not taken for zero (infinite if none):
    the dimension is right while ``gap`` is far above the rounding that ``residual`` shows.
    """

    basis: np.ndarray
    residual: float
    gap: float

    @property
    def dimension(self) -> int:
        """The number of independent maps."""
        return len(self.basis)


def equivariant_maps(
    generators: Iterable[tuple[np.ndarray, np.ndarray]], algebra: Iterable[tuple[np.ndarray, np.ndarray]] = ()
) -> EquivariantMaps:
    """The W with rho_out(g) W = W rho_in(g) for pairs ``generators`` of matrices (rho_in(g), rho_out(g)), and with
    drho_out(X) W = W drho_in(X) for pairs ``algebra`` of matrices of generators X of the Lie algebra.

    The null space, by singular values, of the stacked matrices rho_out (x) 1 - 1 (x) rho_in^T.  Two generic elements generate a dense
    subgroup of a connected compact group, so that pairs of random elements do as well as its algebra.
    Raises `InputError` without a pair, for shapes that differ, and for more than 2e7 constraint entries.

    >>> import numpy as np
    >>> turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    >>> equivariant_maps([], algebra=[(turn, turn)]).dimension  # multiples of the unit and of the turn
    2
    """
    pairs = [_pair(one) for given in (generators, algebra) for one in _each(given)]
    if not pairs:
        raise InputError("generators", [], "at least one pair (rho_in(g), rho_out(g))", "without a group every map is allowed")
    into, out = pairs[0][0].shape[0], pairs[0][1].shape[0]
    for one, other in pairs:
        if one.shape != (into, into) or other.shape != (out, out):
            given = f"{list(one.shape)} and {list(other.shape)}"
            raise InputError("generators", given, f"square matrices of {into} and {out} rows in every pair", "compare their dimensions")
    if len(pairs) * (into * out) ** 2 > _MOST:
        raise InputError("generators", f"{len(pairs)} pairs for maps of {into * out} entries", f"{_MOST:g} constraint entries", "split")
    rows = np.concatenate([np.kron(other, np.eye(into)) - np.kron(np.eye(out), one.T) for one, other in pairs])
    _, singular, adjoint = scipy.linalg.svd(rows, full_matrices=False)
    scale = max(1.0, max(abs(one).max() for pair in pairs for one in pair))
    zero = singular <= 1e-9 * scale * np.sqrt(rows.shape[0])
    basis = adjoint[zero].conj().reshape(-1, out, into)
    residual = max((float(abs(other @ basis - basis @ one).max(initial=0.0)) for one, other in pairs), default=0.0)
    return EquivariantMaps(basis, residual, float(singular[~zero].min(initial=np.inf)))


def _each(given: object) -> Iterable[object]:
    if not isinstance(given, Iterable) or isinstance(given, str | dict):
        raise InputError("generators, algebra", given, "lists of pairs of matrices", "[(rho_in(g), rho_out(g))]")
    return given


def _pair(given: object) -> tuple[np.ndarray, np.ndarray]:
    try:
        one, other = (np.atleast_2d(np.asarray(matrix)) for matrix in given)  # type: ignore[union-attr]
    except (TypeError, ValueError):
        raise InputError("generators, algebra", given, "pairs of matrices (rho_in, rho_out)", "one pair for each element") from None
    if any(matrix.dtype.kind not in "iufc" or not np.isfinite(matrix).all() for matrix in (one, other)):
        raise InputError("generators, algebra", given, "finite numbers", "check the matrices")
    return one, other


def equivariant_basis(rho_in: Representation, rho_out: Representation) -> EquivariantMaps:
    """`equivariant_maps` of two representations of a finite group, its number held against the characters.

    Raises `InputError` where the two numbers differ: then one of the two is no representation, or too ill-conditioned.
    """
    counted = equivariant_dimension(rho_in, rho_out).value
    generators: Sequence[int] = rho_in.group.generators
    found = equivariant_maps([(rho_in.matrices[g], rho_out.matrices[g]) for g in generators])
    if found.dimension != counted:
        given = f"{found.dimension} maps found, {counted} counted by characters"
        raise InputError("rho_in, rho_out", given, "well-conditioned representations", "use orthogonal or unitary matrices")
    return found


class EquivariantLinear(eqx.Module):
    """The layer x -> W x, W = sum_a c_a B_a over a basis of equivariant maps; only the c_a learn, so it stays equivariant in training."""

    coefficients: Float[Array, " dimension"]
    maps: EquivariantMaps = eqx.field(static=True)

    def __init__(self, maps: EquivariantMaps, *, key: Key[Array, ""]) -> None:
        """c_a ~ N(0, out/dimension), so that E tr W^dagger W = out.  Raises `InputError` where there is no map but zero."""
        if not maps.dimension:
            raise InputError("maps", "no equivariant map but zero", "a basis of one map or more", "choose another output representation")
        self.coefficients = jax.random.normal(key, (maps.dimension,)) * (maps.basis.shape[1] / maps.dimension) ** 0.5
        self.maps = maps

    def __call__(self, x: Array) -> Array:
        return jnp.tensordot(self.coefficients, jnp.asarray(self.maps.basis), axes=1) @ x
