"""A look at the ensemble before it is sampled: whether the precision suffices, and whether what was promised of it is true."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from certifield.ensembles import Ensemble, OutsideArchitecture, program_digest
from certifield.evidence import InputError, PrecisionError

_DRAWS, _PROMISE_DRAWS = 64, 1024
_SINGLE_RANGE = (1e-30, 1e30)  # of a 32-bit number, with room for draws around the mean
_LOST = 1e-3  # of the spread of the field: rounding that changes no error bar
_PULL = 7.0  # at which a promise is contradicted: by chance less than once in 10^11, among a hundred fields not once in 10^9
_SWITCH = 'switch on 64 bits with jax.config.update("jax_enable_x64", True)'


def precision() -> str:
    """The precision of JAX."""
    return "float64" if jnp.zeros(()).dtype == np.float64 else "float32"


def seen_once(ensemble: Ensemble, points: np.ndarray) -> tuple[int, bool, str]:
    """Number of outputs, whether they are complex, and the digest of the program that computes them.

    Raises `InputError` for a network that cannot be evaluated at the points, and for a function outside JAX whose networks do not depend on
    its key alone.
    """
    architecture = ensemble.architecture
    if isinstance(architecture, OutsideArchitecture):
        first, again = (architecture.call(1, points) for _ in range(2))
        if not np.array_equal(first, again, equal_nan=True):
            allowed = "a function of key and points alone: called twice with one key it gave two networks"
            raise InputError("function", architecture.function, allowed, "draw all random numbers from the key")
        return first.shape[2], bool(np.iscomplexobj(first)), ""
    program = ensemble.program(jnp.asarray(points))
    out = program.out_avals[0]
    return out.shape[-1], jnp.issubdtype(out.dtype, jnp.complexfloating), program_digest(program)


def seen_apart(points: np.ndarray) -> None:
    """Raises `PrecisionError` where the precision of JAX would move points by more than a part in 1000 of their distances."""
    moved = np.abs(np.asarray(jnp.asarray(points, dtype=float), dtype=float) - points).max()
    distances = np.linalg.norm(points[:, None] - points[None, :], axis=2)
    closest = min(distances[distances > 0].min(initial=np.inf), np.inf)
    if moved > 1e-3 * closest:
        raise PrecisionError(
            f"rounded to {precision()}, the points move by {moved:.1e}, but the closest are {closest:.1e} apart; {_SWITCH}, "
            "or bring the points closer to the origin"
        )


def in_range(ensemble: Ensemble, points: np.ndarray, order: int) -> None:
    """Raises `PrecisionError` where 32 bits do not hold the fields, judged by a few draws.

    Three ways to lose them: products of ``order`` fields leave the range; the field is so large beside its spread that its last digits are
    that spread; the same parameters give another field in 64 bits, because digits cancel inside the network.
    """
    if precision() != "float32":
        return
    where = jnp.asarray(points, dtype=float)
    pilot = np.asarray(ensemble.evaluate(jax.random.key(0), where, _DRAWS))
    pilot = pilot.astype(complex if np.iscomplexobj(pilot) else float)
    pilot = pilot[np.isfinite(pilot).all(axis=(1, 2))]
    sizes = np.sqrt(np.mean(np.abs(pilot) ** 2, axis=0))
    spread = np.std(pilot, axis=0)
    sizes, spread = sizes[sizes > 0], spread[sizes > 0]
    if sizes.size and (sizes.min() ** order < _SINGLE_RANGE[0] or sizes.max() ** order > _SINGLE_RANGE[1]):
        raise PrecisionError(
            f"products of {order} fields of size {sizes.min():.1e} to {sizes.max():.1e} leave the range of 32-bit numbers; {_SWITCH}"
        )
    rounding = sizes * 2.0**-24
    if np.any(rounding > _LOST * spread):
        worst = int(np.argmax(rounding / np.maximum(spread, 1e-300)))
        raise PrecisionError(
            f"fields of size {sizes[worst]:.1e} that vary by {spread[worst]:.1e} only are rounded by {rounding[worst]:.1e} in 32 bits, and "
            f"what varies is lost; {_SWITCH}, or take the constant out of the network"
        )
    moved = 0.0 if isinstance(ensemble.architecture, OutsideArchitecture) else _moved(ensemble, points)
    if moved > 10 * _LOST:
        raise PrecisionError(
            f"in 32 bits the field differs from that in 64 bits by {moved:.1e} of its spread: digits cancel inside the network; {_SWITCH}"
        )


def _moved(ensemble: Ensemble, points: np.ndarray) -> float:
    """The largest difference between the fields of the same networks in 32 and in 64 bits, over the spread of the field."""
    networks = [ensemble.draw(jax.random.key(number)) for number in range(8)]
    single = np.stack([np.asarray(network(jnp.asarray(points))) for network in networks])
    with jax.enable_x64(True):
        where = jnp.asarray(points, dtype=float)
        double = np.stack([np.asarray(network.architecture(jax.tree.map(_widened, network.params), where)) for network in networks])
    spread = np.std(double, axis=0)
    differences = np.abs(single - double).max(axis=0)
    return float(np.max(np.divide(differences, spread, out=np.zeros(spread.shape), where=spread > 0)))


def _widened(leaf: Any) -> Any:
    """An array of parameters in 64 bits."""
    if not jnp.issubdtype(leaf.dtype, jnp.inexact):
        return leaf
    return leaf.astype(jnp.complex128 if jnp.iscomplexobj(leaf) else jnp.float64)


def keeps_its_promise(ensemble: Ensemble, points: np.ndarray) -> None:
    """Raises `InputError` where ``even=True`` is contradicted: odd functions of the field then have a mean.

    Only what rests on the word of the user is looked at.  The functions, tanh(phi/s) and tanh(phi/s)^3 with s the median of |phi|, are
    bounded, so that heavy tails do not hide what they say.
    """
    if not ensemble.promised_even:
        return
    pilot = np.asarray(ensemble.evaluate(jax.random.key(0), jnp.asarray(points, dtype=float), _PROMISE_DRAWS))
    pilot = pilot.reshape(len(pilot), -1)
    pilot = np.concatenate([np.real(pilot), np.imag(pilot)], axis=1) if np.iscomplexobj(pilot) else pilot
    pilot = pilot[np.isfinite(pilot).all(axis=1)]
    size = np.median(np.abs(pilot), axis=0) if len(pilot) else np.zeros(0)
    bounded = np.tanh(pilot[:, size > 0] / size[size > 0])
    odd = np.concatenate([bounded, bounded**3], axis=1)
    if odd.size == 0:
        return
    pulls = odd.mean(axis=0) * np.sqrt(len(odd)) / np.maximum(odd.std(axis=0), 1e-12)
    worst = float(np.abs(pulls).max())
    if worst > _PULL:
        raise InputError(
            "even",
            True,
            f"true of the ensemble, but {len(odd)} draws contradict it: an odd function of the field has a mean {worst:.1f} standard "
            "errors away from 0",
            "leave even=True out; then odd moments are estimated, not assumed to vanish",
        )
