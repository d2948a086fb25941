r"""How $\Omega$ varies with the equations, point by point, and what is integrated from it.

Where $p_\alpha + \psi Q_\alpha = 0$, points are moved along $v^I = -|z^{(i)}|^2\,\overline{\partial_Ip_\beta}\,y_\beta$ with
$M_{\gamma\beta}y_\beta = Q_\gamma$, $M_{\gamma\beta} = \sum_I|z^{(i)}|^2\partial_Ip_\gamma\overline{\partial_Ip_\beta}$: a smooth field
on the whole variety, whatever the chart.  In a chart of $x^a$ the Lie derivative of $\Omega = \omega\,dx^1\cdots dx^n$ is

$\partial_\psi\Omega = f\,\Omega + \eta\lrcorner\Omega,\qquad f = \partial_v\ln\omega + \partial_av^a,\qquad \eta^a{}_{\bar b} =
\bar\partial_{\bar b}v^a$,

and $\eta$ is the class of Kodaira and Spencer.  No metric is needed: with $\langle\cdot\rangle$ the mean in the measure $|\Omega|^2$

$G_{i\bar j} = -\partial_i\bar\partial_j\ln\!\int\!|\Omega|^2 = \langle\mathrm{tr}\,\eta_i\bar\eta_j\rangle - \langle f_i\bar f_j\rangle +
\langle f_i\rangle\langle\bar f_j\rangle$

(Candelas, de la Ossa, Nucl. Phys. B355 (1991) 455; Keller, Lukic, arXiv:0907.1387), and $\kappa_{i\dots k} =
\int\Omega\wedge\partial_i\cdots\partial_k\Omega = \int\omega^2\det(\eta_i\cdots\eta_k)\,d^{2n}x$, the coupling of n chiral fields of the
standard embedding.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from certifield._arguments import listed, of_kind
from certifield.evidence import Estimate, InputError

from ..points import LocalGeometry, Points, integral
from ..varieties import Polynomial, Variety

_CHUNK = 2048
_DIRECTIONS = "a list of directions, each a Polynomial of the degree of the equation, or a list of one for each", "such as [z0*z1*z2*z3*z4]"


def deformation(local: LocalGeometry, direction: Polynomial | Sequence[Polynomial]) -> tuple[np.ndarray, np.ndarray]:
    r"""f [N] and $\eta^a{}_{\bar b}$ [N, a, b] of the direction Q, in the charts of the points: see the top of this module.

    ``direction``: Q, or one for each equation.  Raises `InputError` where its degrees are not those of the equations.
    """
    variety = of_kind("local", local, LocalGeometry, "the local geometry of a sample is sample(...).local").variety
    q = _direction(variety, direction)
    z, lifts, (places, eliminated, scaled) = local.z, local.tangents, local.charts
    factor = np.concatenate([np.full(part.stop - part.start, i) for i, part in enumerate(variety.factors)])
    same = np.equal.outer(np.arange(len(variety.factors)), factor).astype(float)  # [factors, I]
    size = (np.abs(z) ** 2 @ same.T)[:, factor]  # |z|^2 of the factor of each coordinate
    grows = ((lifts * z.conj()[:, None]) @ same.T)[:, :, factor]  # its holomorphic derivatives [N, a, I]
    p, bent = variety.jacobian(z), np.stack([one.hessian(z) for one in variety.polynomials], axis=1)
    turned = np.einsum("ncij,naj->naci", bent, lifts)  # d_a of d_I p_c
    value, slope = (np.stack([getattr(one, name)(z) for one in q], axis=1) for name in ("__call__", "gradient"))
    m = np.einsum("ni,nci,nbi->ncb", size, p, p.conj())
    inverse = np.linalg.inv(m)
    y = np.einsum("nbc,nc->nb", inverse, value)
    along = -size * np.einsum("nbi,nb->ni", p.conj(), y)
    rises = np.einsum("nai,nci,nbi->nacb", grows, p, p.conj()) + np.einsum("ni,naci,nbi->nacb", size, turned, p.conj())
    falls = np.einsum("nai,nci,nbi->nacb", grows.conj(), p, p.conj()) + np.einsum("ni,nci,nabi->nacb", size, p, turned.conj())
    y_up = np.einsum("nbc,nac->nab", inverse, np.einsum("nai,nci->nac", lifts, slope) - np.einsum("nacb,nb->nac", rises, y))
    y_down = -np.einsum("nbc,nac->nab", inverse, np.einsum("nacb,nb->nac", falls, y))
    up = -grows * np.einsum("nbi,nb->ni", p.conj(), y)[:, None] - size[:, None] * np.einsum("nbi,nab->nai", p.conj(), y_up)
    down = -grows.conj() * np.einsum("nbi,nb->ni", p.conj(), y)[:, None]
    down -= size[:, None] * (np.einsum("nabi,nb->nai", turned.conj(), y) + np.einsum("nbi,nab->nai", p.conj(), y_down))

    def at_scaled(field: np.ndarray) -> np.ndarray:  # the component along the coordinate that is 1, of each factor
        return np.take_along_axis(field, scaled.reshape(len(z), *[1] * (field.ndim - 2), -1), axis=-1)[..., factor]

    moved = along - z * at_scaled(along)
    rise = up - lifts * at_scaled(along)[:, None] - z[:, None] * at_scaled(up)
    eta = np.take_along_axis(down - z[:, None] * at_scaled(down), places[:, None], axis=2).transpose(0, 2, 1)
    block = np.take_along_axis(p, eliminated[:, None], axis=2)
    change = slope + np.einsum("ncij,nj->nci", bent, moved)
    logarithm = -np.einsum("nic,nci->n", np.linalg.inv(block), np.take_along_axis(change, eliminated[:, None], axis=2))
    return logarithm + np.einsum("naa->n", np.take_along_axis(rise, places[:, None], axis=2)), eta


def weil_petersson(points: Points, directions: Sequence[Polynomial | Sequence[Polynomial]]) -> Estimate:
    r"""$G_{i\bar j}$ [directions, directions] of Weil and Petersson in the parameters of $p + \sum\psi_iQ_i$, with errors by draw.

    It is degenerate along directions that a linear change of the coordinates undoes.
    """
    _, given = _asked(points, directions)
    k = len(given)
    found = [_gathered(points, one) for one in given]
    columns = [points.weights]
    for f, _ in found:
        columns += [points.weights * np.real(f), points.weights * np.imag(f)]
    for (f, eta), (g, zeta) in itertools.product(found, found):
        pair = np.einsum("nab,nba->n", eta, zeta.conj()) - f * g.conj()
        columns += [points.weights * np.real(pair), points.weights * np.imag(pair)]

    def statistic(means: np.ndarray) -> np.ndarray:
        means = means[..., 1:] / means[..., :1]
        numbers = means[..., ::2] + 1j * means[..., 1::2]
        first = numbers[..., :k]
        return numbers[..., k:].reshape(*means.shape[:-1], k, k) + first[..., :, None] * first[..., None, :].conj()

    features = np.stack(columns, axis=1)
    return integral(points, lambda _: features, statistic, "Weil-Petersson metric, by draw")


@dataclass(frozen=True, eq=False)
class Coupling:
    r"""``holomorphic``: $\kappa = \int\Omega\wedge\partial_1\cdots\partial_n\Omega$; ``physical``: $|\kappa|\big/\big(\int|\Omega|^2
    \prod_iG_{i\bar i}^{1/2}\big)$, that of fields with standard kinetic terms, which no scaling of $\Omega$ or of the parameters changes.
    """

    holomorphic: Estimate
    physical: Estimate


def yukawa(points: Points, directions: Sequence[Polynomial | Sequence[Polynomial]]) -> Coupling:
    """The coupling of as many directions as dimensions, which may be equal, with errors by draw.

    Physical: of one field for each direction, which are to be equal or orthogonal in the metric of Weil and Petersson.
    """
    variety, given = _asked(points, directions)
    n = variety.dimension
    if len(given) != n:
        raise InputError("directions", f"{len(given)} of them", f"{n}, as many as dimensions", "repeat one for its own coupling")
    found = [_gathered(points, one) for one in given]
    total = 0.0
    for order in itertools.permutations(range(n)):
        total = total + np.linalg.det(np.stack([found[number][1][:, a] for a, number in enumerate(order)], axis=1))
    block = np.take_along_axis(variety.jacobian(points.z), points.local.charts[1][:, None], axis=2)
    omega = 1 / np.linalg.det(block)
    kappa = total * omega / omega.conj()
    w, columns = points.weights, [points.weights, points.weights * np.real(kappa), points.weights * np.imag(kappa)]
    for f, eta in found:
        columns += [w * np.real(f), w * np.imag(f), w * (np.real(np.einsum("nab,nba->n", eta, eta.conj())) - np.abs(f) ** 2)]
    features = np.stack(columns, axis=1)

    def physical(means: np.ndarray) -> np.ndarray:
        size = means[:, 0]
        norms = [(means[:, i + 2] + (means[:, i] ** 2 + means[:, i + 1] ** 2) / size) / size for i in range(3, means.shape[1], 3)]
        return np.hypot(means[:, 1], means[:, 2]) / (size * np.sqrt(np.prod(norms, axis=0)))

    holomorphic = integral(points, lambda _: features, lambda means: means[:, 1] + 1j * means[:, 2], "coupling, by draw", bias="none")
    return Coupling(holomorphic, integral(points, lambda _: features, physical, "physical coupling, by draw"))


def _gathered(points: Points, direction: tuple[Polynomial, ...]) -> tuple[np.ndarray, np.ndarray]:
    parts = [deformation(points.local[start : start + _CHUNK], direction) for start in range(0, len(points), _CHUNK)]
    return np.concatenate([f for f, _ in parts]), np.concatenate([eta for _, eta in parts])


def _asked(points: Points, directions: Sequence[Polynomial | Sequence[Polynomial]]) -> tuple[Variety, list[tuple[Polynomial, ...]]]:
    variety = of_kind("points", points, Points, "such as sample(variety, draws=1000, seed=1)").variety
    given = [_direction(variety, one) for one in listed("directions", directions, *_DIRECTIONS)]
    if not given:
        raise InputError("directions", directions, *_DIRECTIONS)
    return variety, given


def _direction(variety: Variety, given: Polynomial | Sequence[Polynomial]) -> tuple[Polynomial, ...]:
    """One polynomial for each equation, of its degrees."""
    q = tuple(listed("direction", [given] if isinstance(given, Polynomial) else given, *_DIRECTIONS))
    if len(q) != len(variety.polynomials):
        raise InputError("direction", f"{len(q)} polynomials", f"{len(variety.polynomials)}, one for each equation", _DIRECTIONS[1])
    for number, (one, degrees) in enumerate(zip(q, variety.configuration.equations, strict=True)):
        wanted = f"of degree {', '.join(map(str, degrees))} in the {variety.coordinates} coordinates"
        if not isinstance(one, Polynomial) or one.variables != variety.coordinates:
            raise InputError(f"direction {number}", one, wanted, _DIRECTIONS[1])
        sums = np.stack([one.exponents[:, part].sum(axis=1) for part in variety.factors], axis=1)
        if np.any(sums != np.array(degrees)):
            raise InputError(f"direction {number}", one, wanted, _DIRECTIONS[1])
    return q
