"""Networks that JAX cannot trace (PyTorch, a simulation, a file of weights), known through a function of (key, points)."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key, PyTree

from certifield.evidence import InputError, NoClosedForm

from ._architecture import AbstractArchitecture
from ._checked import checked_count
from ._density import AbstractDensity
from ._ensemble import Ensemble


class OutsideArchitecture(AbstractArchitecture):
    """Networks drawn and evaluated by ``function``; see `outside`."""

    function: Callable[[int, np.ndarray], Any] = eqx.field(static=True)
    outputs: int = eqx.field(static=True)
    batch: int | None = eqx.field(static=True)

    def __call__(self, params: PyTree, x: Float[Array, "*points dim"]) -> Float[Array, "*points out"]:
        """Not possible: such networks exist only while they are evaluated.  Raises `InputError`."""
        raise InputError("ensemble", self.function, "evaluated as a whole", "use Ensemble.evaluate, which calls the function")

    def evaluate(self, key: Key[Array, ""], points: np.ndarray, draws: int) -> np.ndarray:
        """``draws`` networks at ``points`` [P, dim]: [draws, P, outputs].  Raises `InputError` for results of another shape."""
        size = self.batch or 1
        words = np.asarray(jax.random.bits(key, (-(-draws // size), 2), dtype=jnp.uint32)).astype(np.uint64)
        keys = ((words[:, 0] << np.uint64(32) | words[:, 1]) >> np.uint64(1)).tolist()
        return np.concatenate([self.call(number, points) for number in keys])[:draws]

    def call(self, key: int, points: np.ndarray) -> np.ndarray:
        """One call: [batch, P, outputs]."""
        given = np.asarray(self.function(key, points.copy()))
        wanted = (self.batch or 1, len(points), self.outputs)
        allowed = [shape for shape in (wanted, wanted[1:] if self.batch is None else (), wanted[:2] if self.outputs == 1 else ()) if shape]
        allowed += [wanted[1:2]] if self.batch is None and self.outputs == 1 else []
        if given.dtype.kind not in "iufc" or given.shape not in allowed:
            shown = " or ".join(str(list(shape)) for shape in allowed)
            raise InputError("function", f"{given.dtype} of shape {list(given.shape)}", f"numbers of shape {shown}", "reshape its result")
        return given.reshape(wanted).astype(complex if given.dtype.kind == "c" else float)


class OutsideDensity(AbstractDensity):
    """The density behind `outside`: inside the function, and not known."""

    def sample(self, key: Key[Array, ""]) -> PyTree:
        """Not possible; raises `NoClosedForm`."""
        raise NoClosedForm("the parameters of networks outside JAX are not known; use Ensemble.evaluate")

    def log_density(self, params: PyTree) -> Float[Array, ""]:
        """Not known; raises `NoClosedForm`."""
        raise NoClosedForm("the density of networks outside JAX is not known")


def outside(
    function: Callable[[int, np.ndarray], Any], dim: int, *, outputs: int = 1, batch: int | None = None, even: bool = False, name: str = ""
) -> Ensemble:
    """The ensemble of the networks that ``function(key, points)`` draws and evaluates, outside JAX.

    ``key``: a whole number below 2^63, another one for each call, from which all of its random numbers must come; ``points`` [P, dim].
    It returns the outputs of one network, [P] or [P, outputs]; with ``batch`` those of so many independent networks, [batch, P] or
    [batch, P, outputs], which saves calls.  Correlators are estimated from whole networks, with error bars; there is no closed form.
    Raises `InputError` for what is not a function, and later for results of another shape, or that change when a key is used again.

    >>> import numpy as np
    >>> def network(key, points):
    ...     return np.random.default_rng(key).normal(size=20) @ np.tanh(points[:, 0] * np.ones((20, 1)))
    >>> outside(network, dim=1).name
    'network'
    """
    if not callable(function):
        raise InputError("function", function, "a function of (key, points)", "see cf.ensembles.outside")
    architecture = OutsideArchitecture(
        function, checked_count("outputs", outputs), None if batch is None else checked_count("batch", batch)
    )
    title = name or getattr(function, "__name__", "networks outside JAX")
    return Ensemble(architecture, OutsideDensity(), even=even, dim=dim, name=title, scale="as in the function")
