"""One question, two methods: what an ensemble of networks has learned, by theory at infinite width and as measured at finite width."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import jax
import numpy as np

from certifield.ensembles._checked import checked_count
from certifield.evidence import Estimate, Exact, InputError
from certifield.layers import Layer

from .dynamics import GradientFlow, Kernels, Loss, Rule, squared
from .dynamics._sampled import sampled_fields
from .ensembles import Learned, Measured, Trained, moments, trained
from .ensembles._trained import Protocol


@dataclass(frozen=True, eq=False)
class Deviation:
    """Trained networks against the linear law from their own start; all of it falls as 1/width.

    Differences of the ``mean`` [times, p, outputs] and of the ``covariance`` [times, p, p, outputs], and the mean ``square`` of the
    difference of the fields [times, p, outputs].
    """

    mean: Estimate
    covariance: Estimate
    square: Estimate


_STEP = 0.25  # of the flow of a finite network, times the largest eigenvalue of its limit


@dataclass(frozen=True, eq=False)
class Training:
    """Networks of one description, drawn and trained on labels ``y`` [n, outputs] at ``x`` [n, dim], and asked about at ``at`` [p, dim].

    ``rule``: `GradientFlow`, `GradientDescent` or `HeavyBall`; ``loss``: `squared`, `logistic`, `cross_entropy`, `huber` or one's own;
    ``reduction``: "sum" over points and outputs, or "mean", which divides the rate by n times outputs; ``ridge``: added to the diagonal of
    Theta_XX in the theory; ``centred``: train the difference from the field at the start, which makes that 0 and removes its covariance.

    >>> import certifield as cf
    >>> T, L = cf.training, cf.layers
    >>> net = L.serial(L.dense(1.5**0.5, 0.05**0.5), L.erf(), L.dense(1.5**0.5, 0.05**0.5))
    >>> asked = T.Training(net, [[1, 0.2], [-0.5, 0.8]], [[0.5], [-0.3]], at=[[0.2, 0.5]])
    >>> asked.theory([1.0]).mean[0, 0, 0]
    Exact 0.060786080786... (radius ...)
    """

    network: Layer
    x: Any
    y: Any
    at: Any
    rule: Rule = GradientFlow()  # noqa: RUF009  a value
    loss: Loss = squared
    reduction: Literal["sum", "mean"] = "sum"
    ridge: float = 0.0
    centred: bool = False

    def __post_init__(self) -> None:
        for name in ("x", "y", "at"):
            given = np.asarray(getattr(self, name))
            if given.dtype.kind not in "iuf" or not given.size or not np.all(np.isfinite(given)):
                raise InputError(name, getattr(self, name), "finite real numbers", "one row per point")
            object.__setattr__(self, name, given.astype(float))
        if self.y.ndim != 2 or len(self.y) != len(self.x):
            shape = f"of shape [{len(self.x)}, outputs]"
            if self.y.ndim == 2:
                raise InputError("y", self.y.shape, shape, "give one row of labels for each of the points x")
            remedy = "give y one row per point and one column per output: y[:, None] for one output"
            raise InputError("y", self.y.shape, f"{shape}: one of shape (n,) would broadcast", remedy)
        if self.x.ndim < 2 or self.at.shape[1:] != self.x.shape[1:]:
            raise InputError("at", self.at.shape, f"of shape [points, {', '.join(map(str, self.x.shape[1:])) or 'dim'}]", "as x")
        if not self.loss.admits(self.y):
            raise InputError("y", self.y, f"labels of the loss {self.loss.name}: {self.loss.wanted}", "convert them")
        if self.reduction not in ("sum", "mean"):
            raise InputError("reduction", self.reduction, '"sum" or "mean"', "rates differ by the number of labels")
        if not (np.isfinite(self.ridge) and self.ridge >= 0):
            raise InputError("ridge", self.ridge, "0 or more", "try ridge=1e-6")

    @cached_property
    def kernels(self) -> Kernels:
        """K and Theta at infinite width on x and at."""
        return Kernels.of(self.network, self.x, self.at, ridge=self.ridge)

    @cached_property
    def _summed(self) -> Rule:
        """The rule for the sum over all labels."""
        return self.rule.slowed(self.y.size) if self.reduction == "mean" else self.rule

    @property
    def stable_rate(self) -> Exact:
        """The largest stable rate for the squared loss: 2/lambda_max of gradient descent on the sum, that times n outputs on the mean."""
        return self.kernels.stable_rate(self._summed) * (self.y.size if self.reduction == "mean" else 1)

    def theory(self, times: Sequence[float], *, draws: int = 4096, seed: int = 0) -> Learned:
        """The ensemble of infinite width at ``times`` (of the flow, or numbers of steps).

        Squared loss: exact, with M_t = Theta_xX (1 - E_t) Theta_XX^(-1), E_t = exp(-rate Theta_XX t) for the flow,

            mean M_t Y,    covariance K_xx' + M_t K_XX M_t'^T - M_t K_Xx' - K_xX M_t'^T,

        all from one eigendecomposition.  Other losses: an `Estimate` from ``draws`` fields of the Gaussian process at the start, each
        followed to ``times``; the law is then not Gaussian.
        Raises `InputError` for a rate at which training diverges.  Reference: arXiv:1902.06720, eqs. 13-15.
        """
        if self.loss is squared:
            return self._spread(times, *self.kernels.after(self._summed, times, self.y, started=not self.centred))
        fields = sampled_fields(self.kernels, self._summed, self.loss, self.y, times, draws, seed, centred=self.centred)
        return moments(fields, tuple(map(float, times)), source=f"theory/{self.network}/{self.loss.name}/{seed}", seed=seed,
                       method=f"{self.loss.name} loss from draws of the process", precision="float64")  # fmt: skip

    def limit(self) -> Learned:
        """After infinite time: kernel regression with Theta.  Raises `InputError` for a singular kernel, and for other losses."""
        if self.loss is not squared:
            told = "the squared loss: under others fields may grow without end, as log t for labels that can be separated"
            raise InputError("loss", self.loss.name, told, "ask for theory(times)")
        return self._spread([np.inf], *self.kernels.limit(self.y, started=not self.centred))

    def posterior(self) -> tuple[Exact, Exact]:
        """Mean [p, outputs] and covariance [p, p] of the Gaussian process posterior, which training of the last layer alone samples.

        Not the law of the ensemble in which all layers are trained: that is `limit`.
        """
        return self.kernels.posterior(self.y)

    def _spread(self, times: Sequence[float], mean: Exact, covariance: Exact) -> Learned:
        shape = (*covariance.shape, self.y.shape[1])
        value, radius = (np.broadcast_to(np.asarray(array)[..., None], shape) for array in (covariance.value, covariance.radius))
        nothing = Exact(np.zeros(shape, dtype=int), "a Gaussian field")
        return Learned(tuple(map(float, times)), mean, Exact(value, covariance.derivation, covariance.reference, radius), nothing)

    def measured(
        self, times: Sequence[float], *, width: int, networks: int = 1000, seed: int = 0, step: float | None = None,
        precision: Literal["float32", "float64"] = "float32",
    ) -> Measured:  # fmt: skip
        """``networks`` finite networks of ``width`` trained and evaluated: the functions of `theory`, as estimates.

        The flow is followed in Runge-Kutta steps of ``step`` (a quarter of the fastest time unless given).
        Raises `InputError` for a rate at which training diverges, and `NotConverged` where it does nonetheless.
        """
        found = self.train(times, width=width, networks=networks, seed=seed, step=step, precision=precision)
        return self.learned(found, times, width=width, seed=seed, precision=precision)

    def train(
        self, times: Sequence[float], *, width: int, networks: int, first: int = 0, seed: int = 0, step: float | None = None,
        precision: Literal["float32", "float64"] = "float32",
    ) -> Trained:  # fmt: skip
        """The fields of networks number ``first`` and on, for `learned` and `deviation`; the ridge does not enter."""
        counts = {name: checked_count(name, value) for name, value in (("width", width), ("networks", networks))}
        rule, top = self._summed, float(self.kernels.spectrum.values[-1]) - self.ridge
        if self.loss is squared and rule.rate * top >= rule.stable_product:
            largest = float(np.asarray(self.stable_rate.value))
            raise InputError("rate", self.rule.rate, f"below {largest:.6g}: training diverges", f"max stable rate {largest:.6g}")
        length = _STEP / (rule.rate * top) if step is None else float(step)
        asked = tuple(map(float, times))
        protocol = Protocol(self.network, self.x.shape[1:], counts["width"], self.y.shape[1], rule, self.loss, self.centred, length, asked,
                            precision)  # fmt: skip
        with jax.enable_x64(precision == "float64"):
            return trained(protocol, self.x, self.y, self.at, seed, first, counts["networks"])

    def learned(self, found: Trained, times: Sequence[float], *, width: int, seed: int, precision: str = "float32") -> Measured:
        """The functions of the fields that `train` returned, in one piece or concatenated."""
        source = f"trained/{self.network}/{width}/{seed}"
        return moments(found.fields, tuple(map(float, times)), source=source, seed=seed, method="trained networks", precision=precision)

    def deviation(self, found: Trained, times: Sequence[float], *, width: int, seed: int, precision: str = "float32") -> Deviation:
        """How far trained networks are from the law of infinite width, for the squared loss, by pairing.

        Every network is compared with the linear law phi_0(x) + M_t (Y - phi_0(X)) from its own start, whose mean is that of the theory at
        every width, and whose covariance too where there is one hidden layer.  So the noise of the start drops out, and deviations of order
        1/width are seen with few networks.
        """
        n = len(self.x)
        linear = self._linear(found.initial[:, n:], found.initial[:, :n], times)
        given = {
            "source": f"trained/{self.network}/{width}/{seed}",
            "seed": seed,
            "method": "paired with the linear law",
            "precision": precision,
        }
        law = tuple(map(float, times))
        ours, theirs, square = (moments(one, law, **given) for one in (found.fields, linear, (found.fields - linear) ** 2))
        apart = moments(found.fields - linear, law, **given)
        return Deviation(apart.mean, ours.covariance - theirs.covariance, square.mean)

    def _linear(self, at: np.ndarray, on: np.ndarray, times: Sequence[float]) -> np.ndarray:
        if self.loss is not squared:
            raise InputError("loss", self.loss.name, "the squared loss, for which the law is linear", "use measured(...)")
        known = self.kernels.spectrum
        response = self._summed.integral(known.values, self._summed.times(times))
        across = np.asarray(self.kernels.ntk.value)[len(self.x) :, : len(self.x)] @ known.vectors
        gap = self.y[None] - (0 if self.centred else 1) * on
        moved = np.einsum("pk,tk,mko->mtpo", across, response, np.einsum("nk,mno->mko", known.vectors, gap), optimize=True)
        return moved + (0 if self.centred else 1) * at[:, None]

    def but(self, **changes: Any) -> "Training":
        """The same question with other entries."""
        return replace(self, **changes)
