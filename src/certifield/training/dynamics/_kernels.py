"""The two kernels of a network on training and other points, and what squared-loss training makes of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from certifield.evidence import Estimate, Exact, InputError
from certifield.kernels import nngp, ntk
from certifield.layers import Layer

from ._rules import Rule
from ._spectrum import Spectrum, spectrum

_REFERENCE = "arXiv:1902.06720, eqs. 13-15"


@dataclass(frozen=True, eq=False)
class Kernels:
    """``nngp`` K and ``ntk`` Theta [n + p, n + p] on n = ``train`` training points followed by p others; ``ridge`` is added to Theta_XX."""

    nngp: Exact
    ntk: Exact
    train: int
    ridge: float = 0.0

    @classmethod
    def of(cls, network: Layer, x: Any, at: Any, *, ridge: float = 0.0) -> "Kernels":
        """Those of a network at infinite width.  Raises `InputError` for one whose kernels are estimates."""
        points = np.concatenate([np.asarray(x, dtype=float), np.asarray(at, dtype=float)])

        def closed(kernel: Callable[..., Exact | Estimate]) -> Exact:
            found = kernel(network, points)
            if isinstance(found, Estimate):
                remedy = "take a named or an analytic activation, such as jnp.tanh; tie queries and keys: cf.layers.attention(tied=True)"
                raise InputError("network", str(network), "one whose kernels have bounded errors", remedy)
            return found

        return cls(closed(nngp), closed(ntk), len(x), ridge)

    @cached_property
    def spectrum(self) -> Spectrum:
        """That of Theta_XX + ridge."""
        n = self.train
        radius = float(np.linalg.norm(np.broadcast_to(self.ntk.radius, self.ntk.shape)[:n, :n]))
        return spectrum(np.asarray(self.ntk.value)[:n, :n], radius=radius, ridge=self.ridge)

    def stable_rate(self, rule: Rule) -> Exact:
        """The largest rate at which the rule converges: 2/lambda_max for gradient descent.  Raises `InputError` for the flow."""
        if not np.isfinite(rule.stable_product):
            raise InputError("rule", rule, "one that takes steps: the flow is stable at every rate", "try rule=GradientDescent()")
        product = Exact(rule.stable_product, "largest stable rate times eigenvalue", "", 4 * np.finfo(float).eps)
        return product / self._top()

    def _top(self) -> Exact:
        return Exact(float(self.spectrum.values[-1]), "largest eigenvalue of Theta_XX", "", self.spectrum.error)

    def after(self, rule: Rule, times: Sequence[float], labels: np.ndarray, *, started: bool = True) -> tuple[Exact, Exact]:
        """Mean [times, p, outputs] and covariance [times, p, p] of the ensemble trained on the squared loss; see `Training.theory`.

        ``started``: False for fields that are 0 at first, and so have no covariance.
        """
        spectrum, moments = self.spectrum, rule.times(times)
        if rule.rate * spectrum.high >= rule.stable_product:
            largest = rule.stable_product / float(spectrum.values[-1])
            raise InputError("rate", rule.rate, f"below {largest:.6g}: training diverges", f"max stable rate {largest:.6g}")
        response = rule.integral(spectrum.values, moments)
        error = rule.steepness(spectrum.low, spectrum.high, moments) * spectrum.error
        error = error + len(spectrum.values) ** 0.5 * rule.rounding(spectrum.values, moments)
        return self._result(response, error, labels, "P_t by eigenvectors", started)

    def limit(self, labels: np.ndarray, *, started: bool = True) -> tuple[Exact, Exact]:
        """After infinite time: kernel regression.  Raises `InputError` for a singular kernel."""
        spectrum = self.spectrum.invertible()
        return self._result(1 / spectrum.values[None], np.array([spectrum.inverse_error]), labels, "kernel regression", started)

    def posterior(self, labels: np.ndarray) -> tuple[Exact, Exact]:
        """Mean [p, outputs] and covariance [p, p] of the Gaussian process K given the labels: Bayes, or training of the last layer alone.

        It is not the law of the trained ensemble.
        """
        n = self.train
        radius = np.broadcast_to(self.nngp.radius, self.nngp.shape)
        of_k = spectrum(np.asarray(self.nngp.value)[:n, :n], radius=float(np.linalg.norm(radius[:n, :n])), ridge=self.ridge).invertible()
        k = np.asarray(self.nngp.value)
        weights = k[n:, :n] @ (of_k.vectors / of_k.values) @ of_k.vectors.T
        slack = self._slack_of_weights(k, radius, 1 / of_k.low, of_k.inverse_error, of_k.skew)
        size = np.linalg.norm(k[n:, :n], axis=1) + np.linalg.norm(radius[n:, :n], axis=1)
        words = "Gaussian process posterior" + (f", ridge {self.ridge:g}" if self.ridge else "")
        mean = Exact(weights @ labels, words, "", np.outer(slack, np.linalg.norm(labels, axis=0)) + 1e-15)
        error = slack[:, None] * size[None] + np.linalg.norm(weights, axis=1)[:, None] * np.linalg.norm(radius[n:, :n], axis=1)[None]
        return mean, Exact(k[n:, n:] - weights @ k[:n, n:], words, "", error + error.T + radius[n:, n:] + 1e-15)

    def _slack_of_weights(self, kernel: np.ndarray, radius: np.ndarray, size: float, error: float, skew: float) -> np.ndarray:
        """A bound on the norm of the error of every row of Theta_xX P: [p], from that of P, whose norm is ``size``.

        The error of P is Lip(P) |error of Theta|: |f(A + B) - f(A)| <= Lip(f) |B| in the Frobenius norm for symmetric A and B.  Vectors
        that are orthogonal up to ``skew`` add 2 skew + skew^2 of its norm, products of n terms n eps each.
        """
        n = self.train
        rows, off = np.linalg.norm(kernel[n:, :n], axis=1), np.linalg.norm(radius[n:, :n], axis=1)
        return off * (size + error) + rows * (error + (3 * skew + 8 * n * np.finfo(float).eps) * size)

    def _result(self, response: np.ndarray, error: np.ndarray, labels: np.ndarray, words: str, started: bool) -> tuple[Exact, Exact]:
        """Mean and covariance for M_t = Theta_xX vectors diag(response_t) vectors^T, known up to ``error`` [times] between Thetas."""
        n, known = self.train, self.spectrum
        if labels.ndim != 2 or len(labels) != n:
            remedy = "give y one row per point and one column per output: y[:, None] for one output"
            raise InputError("y", labels.shape, f"of shape [{n}, outputs]", remedy)
        words += f", ridge {self.ridge:g}" if self.ridge else ""
        k, radius_k = np.asarray(self.nngp.value), np.broadcast_to(self.nngp.radius, self.nngp.shape)
        theta, radius = np.asarray(self.ntk.value), np.broadcast_to(self.ntk.radius, self.ntk.shape)
        across = theta[n:, :n] @ known.vectors
        rotated = known.vectors.T @ labels
        mean = np.einsum("pk,tk,ko->tpo", across, response, rotated, optimize=True)
        slack = np.stack([self._slack_of_weights(theta, radius, float(np.max(np.abs(size))), float(off), known.skew)
                          for size, off in zip(response, error, strict=True)])  # fmt: skip
        means = Exact(mean, words, _REFERENCE, slack[:, :, None] * np.linalg.norm(labels, axis=0) + 1e-15)
        on, at = slice(0, n), slice(n, None)
        inside, between = known.vectors.T @ k[:n, :n] @ known.vectors, known.vectors.T @ k[:n, n:]
        covariance, errors = np.zeros((len(response), len(k) - n, len(k) - n)), np.zeros((len(response), len(k) - n, len(k) - n))
        for step, size in enumerate(response if started else ()):
            weights = across * size
            moved = weights @ between
            covariance[step] = k[n:, n:] + weights @ inside @ weights.T - moved - moved.T
            # d(M K M^T - M K_Xx - K_xX M^T) = dM (K M^T - K_Xx) + transposed + what the errors of K add
            pull = np.linalg.norm(inside @ weights.T - between, axis=0)
            length = np.linalg.norm(weights, axis=1)
            reach = length + slack[step]
            first = slack[step][:, None] * pull[None] + reach[:, None] * np.linalg.norm(radius_k[n:, :n], axis=1)[None]
            among = np.outer(reach, reach) * float(np.linalg.norm(radius_k[:n, :n]))
            second = np.outer(slack[step], slack[step]) * float(np.linalg.norm(k[:n, :n]))
            # Rounding of the sums: n eps times what |weights| |K| |weights| can be, and what turning K into eigenvectors loses.
            sizes = [float(np.linalg.norm(k[rows, columns])) for rows, columns in ((on, on), (on, at), (at, at))]
            rounding = (8 * n * np.finfo(float).eps + 3 * known.skew) * (
                sizes[0] * length.max() ** 2 + 2 * sizes[1] * length.max() + sizes[2]
            )
            errors[step] = first + first.T + among + second + radius_k[n:, n:] + rounding
        return means, Exact((covariance + covariance.transpose(0, 2, 1)) / 2, words, _REFERENCE, errors)
