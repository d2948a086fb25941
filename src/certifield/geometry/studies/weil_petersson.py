"""The metric of Weil and Petersson and the couplings of the standard embedding, by points against periods (ledger G2)."""

from collections.abc import Iterator

import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.geometry import Polynomial, dwork, fermat, moduli, omega_volume, sample
from certifield.geometry.studies._ladders import measured, packed
from certifield.study import Case, Claim, Curve, Found, Options, Piece, Pieces, Plot, Points, Readings, Section, Study, Task

# A monomial of each orbit of permutations: the 101 deformations of the quintic, and the 19 of the quartic.
_ORBITS = {
    3: ((1, 1, 1, 1, 1), (2, 1, 1, 1, 0), (2, 2, 1, 0, 0), (3, 1, 1, 0, 0), (3, 2, 0, 0, 0)),
    2: ((1, 1, 1, 1), (2, 1, 1, 0), (2, 2, 0, 0)),
}
# Directions whose product is that of all z^(d-2), one for each way to be off the diagonal; and one whose product is not.
_TRIPLES = (
    ((1, 1, 1, 1, 1), (2, 1, 1, 1, 0), (0, 1, 1, 1, 2)),
    ((2, 2, 1, 0, 0), (1, 0, 1, 2, 1), (0, 1, 1, 1, 2)),
    ((3, 1, 1, 0, 0), (0, 2, 1, 1, 1), (0, 0, 1, 2, 2)),
    ((2, 1, 1, 1, 0), (2, 1, 1, 1, 0), (0, 1, 1, 1, 2)),
)
_DEEP = 0.85  # of psi: the quintic is singular at 1


class Question(Options):
    """psi of the Dwork family of quintics and of quartic K3 surfaces, and draws (5 and 4 points each)."""

    quintic: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.75, 0.85)
    quartic: tuple[float, ...] = (0.0, 0.4, 0.8)
    draws: int = 6000


def cases(options: Question) -> Iterator[Case]:
    """Members of both families along psi, and all directions at the Fermat members."""
    for name, dimension in (("quintic", 3), ("quartic", 2)):
        yield from (Case(f"{name}/psi={psi:g}", {"psi": psi, "dimension": dimension}, name) for psi in getattr(options, name))
        yield Case(f"{name}/monomials", {"dimension": dimension}, name)
    yield from (Case(f"coupling/{number}", {"triple": number, "dimension": 3}, "couplings") for number in range(len(_TRIPLES)))


def piece(task: Task, options: Question) -> Piece:
    """The metric in the directions of a case, the coupling where there is one, and the volume of the points."""
    data, seed = task.case.data, task.seed % 2**31
    n = data["dimension"]
    variety = dwork(data["psi"], n) if data.get("psi") else fermat(n)
    points = sample(variety, options.draws, seed)
    held: dict[str, object] = {"draws": options.draws, "seed": seed, **packed("omega", omega_volume(points))}
    if "psi" in data:
        directions = [_monomial((1,) * (n + 2), -(n + 2.0))] * n
    else:
        rows = _TRIPLES[data["triple"]] if "triple" in data else _ORBITS[n]
        directions = [_monomial(row) for row in rows]
    if "triple" not in data:
        metric = moduli.weil_petersson(points, directions[:1] if "psi" in data else directions)
        held |= {name: np.real(values) for name, values in packed("metric", metric).items()}
    if len(directions) == n and "monomials" not in task.case.name:
        coupling = moduli.yukawa(points, directions)
        parts = {name: np.stack([np.real(one), np.imag(one)], axis=-1) for name, one in packed("holomorphic", coupling.holomorphic).items()}
        held |= parts | packed("physical", coupling.physical)
    return held  # type: ignore[return-value]


def _monomial(exponents: tuple[int, ...], coefficient: float = 1.0) -> Polynomial:
    return Polynomial(np.array([exponents]), np.array([coefficient], dtype=np.complex128))


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Each against periods along psi, and against complex beta integrals at the Fermat member."""
    if 0 not in pieces:
        return
    held, n = pieces[0], case.data["dimension"]
    if "psi" in case.data:
        psi = case.data["psi"]
        yield "volume of Omega", Found(measured(case, held, "omega"), moduli.dwork_volume(psi, n))
        yield "metric", Found(measured(case, held, "metric")[0, 0], moduli.dwork_metric(psi, n))
        couplings = moduli.dwork_yukawa(psi, n)
    elif "triple" in case.data:
        couplings = moduli.fermat_yukawa(_TRIPLES[case.data["triple"]])
    else:
        exact = [moduli.fermat_metric(row) for row in _ORBITS[n]]
        values, bounds = (np.array([float(getattr(one, part)) for one in exact]) for part in ("value", "radius"))
        found, size = measured(case, held, "metric"), len(exact)
        yield "norms", Found(found[np.arange(size), np.arange(size)], Exact(values, "complex beta integrals", radius=bounds))
        above = np.triu_indices(size, 1)
        yield "products of different ones", Found(found[above], Exact(np.zeros(len(above[0]))))
        return
    parts = measured(case, held, "holomorphic")
    if float(couplings[0].value):  # type: ignore[arg-type]
        yield "coupling", Found(measured(case, held, "physical"), couplings[1])
        yield "holomorphic", Found(parts[0], Exact(_sign(parts) * float(couplings[0].value), "modulus", radius=1e-14))  # type: ignore[arg-type]
    else:  # the modulus of what vanishes is no measure of it
        yield "real and imaginary part", Found(parts, Exact(np.zeros(2)))


def _sign(parts: Estimate) -> float:
    """That of Omega^2 along the directions, which are real: it belongs to the order of the coordinates, and is no claim."""
    return float(np.sign(np.asarray(parts.mean)[0]))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Metric and coupling along psi, and all directions at the Fermat quintic."""
    plots, rows = [], []
    for name, finding, exact in (("quintic", "metric", moduli.dwork_metric), ("quintic", "coupling", _physical)):
        seen = [one for key, one in readings.items() if key.startswith(f"{name}/psi") and finding in one]
        if seen:
            psi = np.linspace(0, _DEEP, 50)
            curve = Curve(psi, np.array([float(exact(float(one)).value) for one in psi]), "orange", label="periods")  # type: ignore[arg-type]
            at = np.array([one.case.data["psi"] for one in seen])
            mean, error = _means([one[finding].value for one in seen])
            title = {"metric": "metric of Weil and Petersson", "coupling": "normalised coupling"}[finding]
            marks = [curve, Points(at, mean, error, "blue", label="points")]
            plots.append(Plot(f"the Dwork quintics: {title}", "psi", title, marks, "points on a curve"))
    monomials = readings.get("quintic/monomials")
    if monomials is not None and "norms" in monomials:
        found, exact = monomials["norms"].value, monomials["norms"].expected
        assert isinstance(found, Estimate) and isinstance(exact, Exact)
        place, mean, error = np.arange(1, len(_ORBITS[3]) + 1), np.asarray(found.mean), np.asarray(found.stderr)
        marks = [
            Points(place, np.asarray(exact.value, dtype=float), None, "orange", "s", label="exact"),
            Points(place, mean, error, "blue", label="points"),
        ]
        told = "pairs of points, each blue one on an orange one"
        plots.append(Plot("directions at the Fermat quintic", "kind of monomial, as in the table", "metric", marks, told))
        for row, value, spread, sure in zip(_ORBITS[3], mean, error, np.asarray(exact.value, dtype=float), strict=True):
            rows.append((f"z^{row}", "metric", f"{value:.6f} +- {spread:.6f}", f"{sure:.6f}", f"{(value - sure) / spread:+.1f}"))
    for name, reading in readings.items():
        for finding, found in reading.items():
            if isinstance(found.value, Estimate) and isinstance(found.expected, Exact) and np.ndim(found.value.mean) == 0:
                value, spread = float(found.value.mean), float(found.value.stderr)
                sure = float(np.asarray(found.expected.value, dtype=float))
                pull = f"{(value - sure) / spread:+.1f}" if spread else ""
                rows.append((name, finding, f"{value:.5g} +- {spread:.2g}", f"{sure:.6g}", pull))
    named = "; ".join(f"{number}: directions {_TRIPLES[number]}" for number in range(len(_TRIPLES)))
    yield Section(
        "moduli",
        "Norms and couplings of deformations",
        "Deformations of the equation move Omega; its part of type (2, 1) gives the norm of a field and the coupling of three. Both are "
        "integrals over the same points as the volume of Omega, without any metric on the manifold. Along psi they are held against the "
        "periods; at the Fermat member all monomials are orthogonal, with norms in closed form. The normalised coupling does not depend "
        "on the scale of Omega, of the equation, or of psi; on the quartic K3 surface it is 1, as on a hyperbolic plane.",
        plots=plots,
        caption=f"Points: measured, with one standard error by draw. Couplings {named}.",
        columns=("case", "finding", "measured", "exact", "pull"),
        rows=rows,
    )


def _physical(psi: float) -> Exact:
    return moduli.dwork_yukawa(psi)[1]


def _means(given: list) -> tuple[np.ndarray, np.ndarray]:
    return np.array([float(one.mean) for one in given]), np.array([float(one.stderr) for one in given])


CLAIMS = (
    Claim("GE-10 (couplings)", "ML for CY metrics (talk)", "The geometry of a Calabi-Yau manifold gives normalised couplings.",
          ours="quintic/psi=0.6/coupling", printed=moduli.dwork_yukawa(0.6)[1],
          note="Those of the standard embedding: from Omega alone, no Ricci-flat metric enters. Masses take bundles and their breaking: "
               "open."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, claims=CLAIMS, page=page, unit="samples")
