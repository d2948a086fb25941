"""Which symmetries an ensemble has: tests with stated power, each with an ensemble in which the symmetry is broken (ledger S8)."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from certifield import ensembles as net
from certifield.ensembles import Ensemble
from certifield.evidence import Exact
from certifield.fieldtheory import (
    Transformation,
    check_symmetry,
    exact_violation,
    input_rotations,
    output_rotations,
    parity,
    scaling,
    sign_flip,
    translations,
    unitary_outputs,
)
from certifield.study import Case, Claim, Found, Options, Piece, Pieces, Plot, Points, Readings, Section, Study, Task

_PLANE = np.array([[0.3, -0.2], [1.0, 0.5]])
_LINE = np.array([[0.3], [0.9]])
_UNIT = net.uniform(-(3**0.5), 3**0.5)  # variance 1


def _relu(readout: Any = None) -> Ensemble:
    return net.single_layer(jax.nn.relu, 1, 1, outputs=2, sigma_b=0.0, readout=readout)


class _Gradient(eqx.Module):
    """phi_i(x) = sum_n w_ni tanh(w_n.x) / sqrt(N): rotations of the input are rotations of the output."""

    weights: jax.Array

    def __call__(self, x: jax.Array) -> jax.Array:
        return jnp.tanh(self.weights @ x) @ self.weights / 2.0


def _equivariant() -> Ensemble:
    return Ensemble(_Gradient(jnp.zeros((4, 2))), net.normal(), even=False, dim=2, name="gradient network")


def _turned_together() -> list[Transformation]:
    """The same rotation of input and output."""
    return [Transformation(f"together, {one.name}", output=one.linear, linear=one.linear) for one in input_rotations(2, 2)]


# name -> (ensemble, elements, points, is the symmetry there)
Row = tuple[Callable[[], Ensemble], Callable[[], list[Transformation]], np.ndarray, bool]
ROWS: dict[str, Row] = {
    "O2-output/gaussian": (_relu, lambda: output_rotations(2, 2), _LINE, True),
    "O2-output/uniform": (lambda: _relu(_UNIT), lambda: output_rotations(2, 2), _LINE, False),
    "U1-output/gaussian": (lambda: net.erf_net(1, 4, outputs=2), lambda: unitary_outputs(1, 2), _LINE, True),
    "Z2/even": (lambda: net.erf_net(2, 4), sign_flip, _PLANE, True),
    "Z2/biased": (lambda: net.single_layer(jax.nn.relu, 2, 4, readout=net.normal(1.0, 0.3)), sign_flip, _PLANE, False),
    "translation/cos": (lambda: net.cos_net(1, 3), lambda: translations(1, 2), _LINE, True),
    "translation/gauss": (lambda: net.gauss_net(1, 2, sigma_b=0.3), lambda: translations(1, 1), np.array([[-0.4], [0.3]]), False),
    "O2-input/normal": (lambda: net.single_layer(jnp.tanh, 2, 2), lambda: input_rotations(2, 2), _PLANE, True),
    "O2-input/signs": (
        lambda: net.single_layer(jnp.sin, 2, 1, sigma_b=0.0, weights=net.rademacher()),
        lambda: input_rotations(2, 2),
        _PLANE,
        False,
    ),
    "parity/erf": (lambda: net.erf_net(2, 3), lambda: parity(2), _PLANE, True),
    "equivariance/together": (_equivariant, _turned_together, _PLANE, True),
    "equivariance/input-alone": (_equivariant, lambda: input_rotations(2, 2), _PLANE, False),
    "scale/linear": (lambda: net.linear_net(1, 3, sigma_b=0.0), lambda: scaling(1, 2.0, -1.0), _LINE, True),
    "scale/erf": (lambda: net.erf_net(1, 3), lambda: scaling(1, 2.0, -1.0), _LINE, False),
}


class Question(Options):
    """The rows to test and the networks drawn for each half."""

    rows: tuple[str, ...] = tuple(ROWS)
    draws: int = 20_000


def cases(options: Question) -> Iterator[Case]:
    """One for each symmetry and ensemble, and the exact order parameter."""
    yield from (Case(name, {"symmetric": ROWS[name][3]}, "symmetric" if ROWS[name][3] else "broken") for name in options.rows)
    yield Case("exact", {"symmetric": True}, "exact")


def piece(task: Task, options: Question) -> Piece:
    """P-values, pulls and power of each element."""
    if task.case.name == "exact":
        return _exact()
    ensemble, elements, points, _ = ROWS[task.case.name]
    found = check_symmetry(ensemble(), elements(), points, draws=options.draws, seed=task.seed % 2**31)
    numbers = [[one.chi2, one.effective_dof, one.p_correlators, one.p_omnibus, one.p_value, one.detectable] for one in found]
    return {"tests": np.array(numbers), "names": [one.transformation for one in found]}


def _exact() -> dict[str, np.ndarray]:
    """From closed forms: the linear field under scaling and translation, the Gauss-net's orders 2 and 4 under translation, moments."""
    points = np.array([[0.25], [1.0], [-0.75], [0.125]])  # moved without rounding, so that differences are bounds
    linear, shift = net.linear_field(1, net.uniform()), translations(1, 1)[0]
    gauss = net.gauss_net(1, 2, sigma_b=0.3)
    asked = [
        exact_violation(linear, scaling(1, 2.0, -1.0)[0], points),
        exact_violation(linear, shift, points),
        exact_violation(gauss, shift, points, order=2),
        exact_violation(gauss, shift, points, connected=True),
    ]
    return {name: np.array([np.ravel(getattr(one, name))[0] for one in asked]) for name in ("value", "radius")}


_LEAST = 1e-30  # the smallest p-value that is drawn
EXACT = (
    "scaling of the linear field",
    "translation of the linear field",
    "translation of the Gauss-net, G2",
    "translation of the Gauss-net, G_c4",
)


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Whether the symmetry is rejected at 1 %, and the logarithm of the p-value."""
    if 0 not in pieces:
        return
    found = pieces[0]
    if case.name == "exact":
        for name, value, radius in zip(EXACT, found["value"], found["radius"], strict=True):
            yield name, Found(Exact(float(value), "closed forms, after less before", "arXiv:2106.00694", float(radius)))
        vanishing = Exact(max(_odd_moments()), "4 Gamma(4n+4) Im (1-i)^-(4n+4), odd n up to 99: (1-i)^4 = -4 is real")
        yield "odd moments of a density that is not even", Found(vanishing, Exact(0))
        odd_part = Exact(math.sin(1) / math.e, "sin |theta|^(1/4) exp(-|theta|^(1/4)) at theta = 1, before normalisation", radius=1e-15)
        yield "odd part of a density without odd moments", Found(odd_part)
        return
    smallest = float(np.min(found["tests"][:, 4]))
    yield "rejected", Found(Exact(smallest < 0.01, "Holm-corrected p-value below 1 %"), Exact(not case.data["symmetric"]))


def _odd_moments() -> list[int]:
    """(1 - i)^(4n + 4) = (-4)^(n + 1) is real: all moments of sin(|theta|^(1/4)) exp(-|theta|^(1/4)) vanish."""
    imaginary = []
    for n in range(1, 100, 2):
        real, imag = 1, 0
        for _ in range(4 * n + 4):
            real, imag = real + imag, imag - real
        imaginary.append(abs(imag))
    return imaginary


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """The table of symmetries, and p-values against what would have been seen."""
    rows, seen = [], {True: [], False: []}
    for name, reading in readings.items():
        if name != "exact" and 0 in reading.pieces:
            held = reading.pieces[0]
            for label, numbers in zip(held["names"], np.asarray(held["tests"]).tolist(), strict=True):
                chi2, dof, first, omnibus, p_value, detectable = numbers
                cells = (f"{chi2:.1f} / {dof:.1f}", f"{first:.2g}", f"{omnibus:.2g}", f"{p_value:.2g}", f"{100 * detectable:.2g} %")
                rows.append((name, label, *cells))
                seen[reading.case.data["symmetric"]].append((100 * detectable, max(p_value, _LEAST)))
    looks = {True: ("blue", "o", "symmetric"), False: ("orange", "s", "broken")}
    kept = [(np.array(points), looks[symmetric]) for symmetric, points in seen.items() if points]
    marks = [Points(points[:, 0], points[:, 1], None, colour, marker, label=label) for points, (colour, marker, label) in kept]
    yield Section(
        "symmetries",
        "Symmetries, tested and broken",
        "Fields of two independent sets of networks, one of them transformed, are compared by all their correlators up to order 4 and by "
        "the energy distance of their joint law. P-values are corrected by Holm's rule over a group.\n\nThe last column is the "
        "relative violation of the best measured correlator that would be rejected in nine of ten experiments: what is not rejected is not "
        "thereby symmetric.",
        plots=[Plot("", "detectable violation, per cent", "p-value", marks, "two clouds, far apart in the p-value", y_log=True)],
        caption=f"One point for each element of a group; p-values below {_LEAST:g} are drawn there.",
        columns=("symmetry / ensemble", "element", "chi2 / dof", "p, correlators", "p, omnibus", "p, corrected", "detectable"),
        rows=rows,
    )


_TRUE, _FALSE = Exact(True), Exact(False)
CLAIMS = (
    Claim("ST-05", "arXiv:2402.13321, section 3.1", "The linear net is invariant under scaling, not under translation.",
          ours="exact/scaling of the linear field", printed=Exact(0.0, radius=1e-13),
          note="Covariant rather than invariant: G^(n)(s x) = s^n G^(n)(x), scaling dimension -1. Translations fail, as they must."),
    Claim("ST-06", "arXiv:2402.13321, section 3.1", "Zero odd moments make P even, hence parity.",
          ours="exact/odd part of a density without odd moments", printed=Exact(0.0),
          correction=Exact(math.sin(1) / math.e, "the odd part at theta = 1", radius=1e-15),
          note="P ~ (1 - sgn(theta) sin |theta|^(1/4)) exp(-|theta|^(1/4)): all its odd moments vanish, its odd part does not."),
    Claim("ST-07", "PHENO 2021; arXiv:2402.13321, section 3.1", "What a change of parameters absorbs is a symmetry of Z[J].",
          ours="translation/cos/rejected", printed=_FALSE, note="The converse needs parameters that the field identifies, and stays open."),
    Claim("ST-08", "Strings 2025", "Any network on a linear layer with rotation-invariant weights is rotation-invariant.",
          ours="O2-input/normal/rejected", printed=_FALSE, note="exp(-Tr W^T W/s^2) has component variance s^2/2. Weights +1 or -1 fail."),
    Claim("ST-09", "PHENO 2021", "A linear output layer with invariant weights gives O(D).", ours="O2-output/uniform/rejected",
          printed=_TRUE, note="Gaussian weights pass, uniform ones are rejected."),
    Claim("ST-10", "PHENO 2021; Physics4ML notes", "Even P: odd correlators vanish.", ours="Z2/biased/rejected", printed=_TRUE,
          note="Even weights pass, biased ones are rejected."),
    Claim("ST-11", "Physics4ML notes 2.2.3", "Transformations of inputs are internal, those of outputs are spacetime symmetries.",
          open="a matter of words: inputs are spacetime, outputs are internal, as in Strings 2025"),
    Claim("ST-12", "Physics4ML notes 2.2.3", "Equivariance trades a representation on the input for one on the output.",
          ours="equivariance/together/rejected", printed=_FALSE,
          note="phi_i = sum w_i tanh(w.x): no single network is equivariant, the ensemble is; rotating the input alone is rejected."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, claims=CLAIMS, page=page, unit="tests")
