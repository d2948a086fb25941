"""A measurement: how a block of draws becomes sums, and how merged sums become an estimate.

A draw is a network (``network-wick``, ``network-kstat``) or a single neuron (``neuron``).  What is summed over the draws is a table of
products of fields; what is formed from the sums is the unbiased estimator of the target.  The three methods differ in data only:

=============== =================== ======================= ==========================================
method          fields              products                target
=============== =================== ======================= ==========================================
network-wick    phi(x_i)            Wick-ordered with K     cumulant of Wick-ordered fields
network-kstat   phi(x_i) - centre   plain                   cumulant (even blocks only, if odd vanish)
neuron          h(x_i)              plain                   cumulant of alpha h, times N^(1-n/2)
=============== =================== ======================= ==========================================
"""

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from certifield.ensembles import Ensemble, OutsideArchitecture
from certifield.evidence import Estimate, InputError
from certifield.streams import BlockSums, block_key, jackknife, stream_key

from ..expansion import Product, derivative, entering, evaluate
from ._block import network_fields, outside_fields, summed, sums_of_neurons
from ._features import FeatureTable, feature_table
from ._growth import infinite_variance, is_random
from ._plan import Plan
from ._spread import deviation_of_one
from ._tails import guard

_AT_ONCE = 1 << 21  # fields held at once, whatever the size of the block


@dataclasses.dataclass(frozen=True, eq=False)
class CorrelatorMeasurement:
    """Correlators of one ensemble at one set of points, by one method; build it with `measurement`.

    ``inner``: draws whose parameters are held at once; ``chunk``: draws whose products are, ``inner`` unless they are shared by widths.
    """

    name: str
    ensemble: Ensemble
    points: np.ndarray
    plans: Mapping[int, Plan]
    connected: bool
    method: str
    inner: int
    batches: int
    kernel: np.ndarray | None
    precision: str
    chunk: int
    program: str  # the digest of what JAX traced: a closure that changes is another program
    complex_outputs: bool = False

    @property
    def block_size(self) -> int:
        """Draws per block: ``batches`` of ``inner`` draws each."""
        return self.inner * self.batches

    @cached_property
    def _table(self) -> tuple[FeatureTable, dict[int, dict[Product, np.ndarray]]]:
        questions = {order: (plan.fields, plan.products) for order, plan in self.plans.items()}
        return feature_table(questions, ordered=self.method == "network-wick")

    def fingerprint(self) -> dict:
        """Everything that the numbers of a block depend on, besides seed and block number; JSON."""
        return {
            "ensemble": self.ensemble.name,
            "architecture": _description(self.ensemble.architecture),
            "density": _description(self.ensemble.density),
            "arrays": [hashlib.sha256(np.asarray(leaf).tobytes()).hexdigest() for leaf in _arrays(self.ensemble)],
            "points": self.points.tolist(),
            "indices": {str(order): plan.fields.tolist() for order, plan in self.plans.items()},
            "connected": self.connected,
            "method": self.method,
            "inner": self.inner,
            "batches": self.batches,
            "precision": self.precision,
            **({} if self.chunk == self.inner else {"chunk": self.chunk}),  # named where it says anything: names of streams stay
            "kernel": None if self.kernel is None else [entry.hex() for entry in self.kernel.ravel().tolist()],
        } | ({"complex": True} if self.complex_outputs else {})

    def block(self, seed: int, index: int) -> BlockSums:
        """The sums of block ``index``: a pure function of (seed, index) and the fingerprint."""
        return self.sub_sums(seed, index, self.block_size, 1)[0]

    def sub_sums(self, seed: int, index: int, draws: int, number: int) -> list[BlockSums]:
        """The sums of a block ``index`` of ``draws`` draws, in ``number`` parts of equal size.

        Blocks of all sizes share the programs of `block_size` draws, which are called as often as it takes.
        Raises `InputError` where the parts are not whole batches and chunks.
        """
        if draws % (number * max(self.inner, self.chunk)) or draws < 1:
            allowed = f"a multiple of {number * max(self.inner, self.chunk)}: {number} parts of whole batches"
            raise InputError("draws", draws, allowed, "use powers of two")
        key, centre = block_key(stream_key(seed, self.name), index), self._centre(seed)
        at_once = min(self.batches, max(1, _AT_ONCE // (self.inner * len(centre)))) * self.inner
        at_once = max(at_once // self.chunk, 1) * self.chunk
        rows = [self._sums(key, centre, start, min(at_once, draws - start)) for start in range(0, draws, at_once)]
        sums, absolute, largest, bad = (np.concatenate(column) for column in zip(*rows, strict=True))
        parts = np.split(np.arange(len(bad)), number)
        lost = [int(bad[part].sum()) for part in parts]
        return [
            BlockSums(draws // number - less, sums[part].sum(axis=0), absolute[part].sum(axis=0), largest[part].max(axis=0), less)
            for part, less in zip(parts, lost, strict=True)
        ]

    def estimate(self, groups: Sequence[BlockSums], *, seed: int, order: int, width: int | None = None) -> Estimate:
        """The unbiased estimate from groups of merged blocks, with its delete-one-group jackknife covariance.

        ``width``: for ``neuron``, the number of neurons asked about (the ensemble's own unless given).
        """
        chosen, columns = self.plans[order], self._table[1][order]
        rows = chosen.at_width(width)

        def statistic(sums: np.ndarray, count: np.ndarray) -> np.ndarray:
            if self.complex_outputs:  # real parts, then imaginary parts
                sums = sums[:, : sums.shape[1] // 2] + 1j * sums[:, sums.shape[1] // 2 :]
            with np.errstate(over="ignore", invalid="ignore"):  # sums that overflow give NaN, whose error bar is refused
                return evaluate(rows, lambda product: sums[:, columns[product]], count, chosen.kernel) + chosen.constant

        value, deviations = jackknife(groups, statistic)
        draws = sum(part.count for part in groups)
        heaviest = columns.get(chosen.heaviest, np.zeros(0, dtype=int))
        weight = derivative(rows, (chosen.heaviest,), draws, chosen.kernel, len(value))
        random = self.random & entering(rows, len(value))
        error, known = np.sqrt(np.sum(np.abs(deviations) ** 2, axis=0)), self._known_error(order, width, draws)
        met = np.divide(error, known, out=np.full(len(value), np.nan), where=known > 0)
        refused, longer, diagnostics = guard(
            groups, heaviest, weight, value, deviations, random=random, met=met, infinite=self.infinite[order]
        )
        longer = np.fmax(longer, np.divide(1.0, met, out=np.ones(len(value)), where=met > 0))
        return Estimate(
            mean=value,
            deviations={self._source(groups, seed): deviations * longer},
            draws=draws,
            blocks=len(groups),
            seed=seed,
            method=self.method,
            precision=self.precision,
            refused=refused,
            diagnostics=diagnostics,
        )

    def _known_error(self, order: int, width: int | None, draws: int) -> np.ndarray:
        """What the standard error is at least [T], from the exact spread of a draw; NaN where no closed form says it."""
        if (order, width) not in self._deviations:
            outputs = 1 if self.method == "neuron" else self.ensemble_outputs
            plan, drawn = self.plans[order], (self.ensemble, self.method, self.points)
            unknown = np.full(len(plan.fields), np.nan)
            self._deviations[order, width] = unknown if self.complex_outputs else deviation_of_one(*drawn, plan, outputs, width)
        return self._deviations[order, width] / np.sqrt(draws)

    @cached_property
    def _deviations(self) -> dict[tuple[int, int | None], np.ndarray]:
        return {}

    @cached_property
    def random(self) -> bool:
        """Whether any parameter is: of an ensemble of fixed parameters all draws agree, and nothing is missing."""
        return is_random(self.ensemble, self.method)

    @cached_property
    def infinite(self) -> dict[int, str]:
        """For each order, why its error bar is known to be infinite, or ""."""
        return {order: infinite_variance(self.ensemble, self.method, self.points, order) for order in self.plans}

    @cached_property
    def identity(self) -> bytes:
        """The question in bytes: everything but seed and block."""
        return json.dumps([self.name, self.fingerprint()], sort_keys=True).encode()

    def _source(self, groups: Sequence[BlockSums], seed: int) -> str:
        """Names the block sums: estimates formed from the same sums know their joint covariance."""
        identity = hashlib.sha256(self.identity + f" {seed}".encode())
        for part in groups:
            identity.update(part.sums.tobytes())
        return identity.hexdigest()[:16]

    def _sums(self, key: jax.Array, centre: np.ndarray, start: int, draws: int) -> list[np.ndarray]:
        """Of every chunk of ``draws`` draws from number ``start`` on: sums, of absolute values too, largest ones, draws not finite."""
        # Arrays of NumPy go into compiled programs as they are; converted one by one they would take longer than a small block.
        batches = draws // self.inner
        points: Any = self.points
        kernel: Any = self.kernel
        middle: Any = np.asarray(centre, dtype=complex if self.complex_outputs else float)
        number: Any = np.uint32(start)
        sums = middle, kernel, self._table[0], self.chunk
        drawn = self.ensemble, key, points, number, self.inner, batches
        if self.method == "neuron":
            parts = sums_of_neurons(*drawn, self.program, *sums)
        elif isinstance(self.ensemble.architecture, OutsideArchitecture):
            parts = summed(outside_fields(*drawn), *sums)
        else:
            parts = summed(network_fields(*drawn, self.program), *sums)
        return [np.asarray(part, dtype=np.float64) for part in parts]

    def _centre(self, seed: int) -> np.ndarray:
        """A pilot mean for fields whose mean is not known to vanish: cumulants beyond the first do not see it, their rounding does."""
        fields = len(self.points) * (1 if self.method == "neuron" else self.ensemble_outputs)
        if self.method != "network-kstat" or self.ensemble.even or not self.connected or 1 in self.plans:
            return np.zeros(fields)
        key = block_key(stream_key(seed, f"{self.name}/pilot"), 0)
        pilot = np.asarray(self.ensemble.evaluate(key, jnp.asarray(self.points, dtype=float), 64))
        return pilot.astype(complex if self.complex_outputs else float).mean(axis=0).reshape(fields)

    @cached_property
    def ensemble_outputs(self) -> int:
        """Number of outputs of the network."""
        return outputs_of(self.ensemble, self.points)


def _arrays(ensemble: Ensemble) -> list[np.ndarray]:
    """The arrays inside an ensemble (buffers of a module, say), of which a repr shows the shapes only."""
    leaves = jax.tree.leaves(ensemble)
    return [np.asarray(leaf) for leaf in leaves if isinstance(leaf, jax.Array | np.ndarray)]


def _description(part: object) -> str:
    """Its repr without memory addresses, which are another in every process."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(part))


def outputs_of(ensemble: Ensemble, points: np.ndarray) -> int:
    """Number of outputs, by tracing one draw.  Raises `InputError` for a network that cannot be evaluated at such points."""
    neurons = ensemble.neurons
    if isinstance(ensemble.architecture, OutsideArchitecture):
        return ensemble.architecture.outputs
    return neurons.outputs if neurons is not None else ensemble.program(jnp.asarray(points)).out_avals[0].shape[-1]
