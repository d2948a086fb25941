"""The free scalar as a network of random waves: its propagator at every width, and what a finite width costs (ledger F1)."""

from collections.abc import Iterator

import numpy as np

from certifield.correlators import estimate, exact
from certifield.ensembles import AMPLITUDES, propagator, random_waves
from certifield.evidence import Estimate, Exact
from certifield.fieldtheory import budget, continuum_propagator, cutoff_propagator
from certifield.study import Case, Claim, Curve, Found, Options, Pieces, Plot, Points, Readings, Section, Study, Task, curves

_MASS, _CUTOFF = 1.0, 10.0
_DISTANCES = np.array([0.0, 0.1, 0.5, 1.0, 2.0])
_WHERE = "arXiv:2307.03223"


class Question(Options):
    """Dimensions, laws of momenta and amplitudes, the width that is drawn, and draws."""

    dims: tuple[int, ...] = (1, 2, 3)
    momenta: tuple[str, ...] = ("uniform", "spectrum")
    amplitudes: tuple[str, ...] = tuple(AMPLITUDES)
    width: int = 50
    draws: int = 100_000


def cases(options: Question) -> Iterator[Case]:
    """One for each architecture in each dimension."""
    for dim in options.dims:
        for momenta in options.momenta:
            for amplitude in options.amplitudes:
                yield Case(f"d{dim}/{momenta}/{amplitude}", {"dim": dim, "momenta": momenta, "amplitude": amplitude}, f"d = {dim}")


def _field(case: Case, width: int):
    spectrum = propagator(case.data["dim"], _MASS, _CUTOFF)
    return random_waves(spectrum, width, momenta=case.data["momenta"], amplitude=case.data["amplitude"])


def _points(dim: int) -> np.ndarray:
    points = np.zeros((len(_DISTANCES), dim))
    points[:, 0] = _DISTANCES
    return points


def piece(task: Task, options: Question) -> dict[str, np.ndarray]:
    """G2 at five distances and G_c4 at a point: exact, and drawn."""
    field, points = _field(task.case, options.width), _points(task.case.data["dim"])
    pairs, seed = [[0, row] for row in range(len(points))], task.seed % 2**31
    drawn = estimate(field, points, indices=pairs, draws=options.draws, method="neuron", seed=seed)
    four = estimate(field, points[:1], indices=[[0, 0, 0, 0]], connected=True, draws=options.draws, method="neuron", seed=seed)
    known = exact(field, points, indices=pairs), exact(field, points[:1], indices=[[0, 0, 0, 0]], connected=True)
    ratio = budget(field, points[:1]).ratio
    return {
        "exact": np.concatenate([np.asarray(one.value) for one in known]),
        "radius": np.concatenate([np.asarray(one.radius) for one in known]),
        "mean": np.concatenate([drawn.mean, four.mean]),
        "deviations": np.concatenate([next(iter(one.deviations.values())) for one in (drawn, four)], axis=1),
        "ratio": np.array([float(np.asarray(ratio.value)), float(np.asarray(ratio.radius))]),
    }


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Drawn against exact."""
    if 0 not in pieces:
        return
    found = {name: np.asarray(array) for name, array in pieces[0].items()}
    blocks = len(found["deviations"])
    drawn = Estimate(found["mean"], {f"{case.name}/neurons": found["deviations"]}, options.draws, blocks, None, "neuron", "float64")
    known = Exact(found["exact"], "radial integrals", _WHERE, found["radius"])
    for place, distance in enumerate(_DISTANCES):
        yield f"G2({distance:g})", Found(drawn[place], known[place])
    yield "G2(0) exactly", Found(known[0])
    yield "G_c4(0)", Found(drawn[len(_DISTANCES)], known[len(_DISTANCES)])
    yield "G_c4 over G2^2", Found(Exact(float(found["ratio"][0]), f"at a point, N = {options.width}", _WHERE, float(found["ratio"][1])))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Propagators with their pulls, and the cost of a finite width."""
    plots, rows, marks = [], [], []
    for dim in options.dims:
        name = f"d{dim}/spectrum/unit"
        if name in readings and 0 in readings[name].pieces:
            plots.append(_propagators(dim, readings[name]))
    for number, momenta in enumerate(options.momenta):
        for place, amplitude in enumerate(options.amplitudes):
            ratios = []
            for dim in options.dims:
                reading = readings.get(f"d{dim}/{momenta}/{amplitude}")
                if reading is not None and "G_c4 over G2^2" in reading:
                    ratios.append((dim, abs(float(reading.pieces[0]["ratio"][0]))))
                    rows.append((f"d = {dim}", momenta, amplitude, f"{ratios[-1][1]:.5g}", reading["G_c4(0)"].value))
            shown = [(dim, ratio) for dim, ratio in ratios if ratio > 1e-9]
            if shown:
                marks += curves(
                    f"{momenta}, {amplitude}",
                    [dim for dim, _ in shown],
                    [ratio for _, ratio in shown],
                    len(options.amplitudes) * number + place,
                )
    yield Section(
        "propagators",
        "The propagator, with and without the cutoff",
        f"G2(r) for m = {_MASS:g} and |p| < {_CUTOFF:g}: drawn from networks, exact at every width, and that of the continuum.",
        plots=plots,
        caption="Points: drawn, with one standard error; below, their distance from the exact value in standard errors.",
    )
    yield Section(
        "width",
        f"What a width of {options.width} costs",
        "The modulus of G_c4/G2^2 at one point, exact. It falls as 1/N; with uniform momenta it grows as (Lambda/m)^d, with momenta drawn "
        "in proportion to the spectrum it is (3/N)|kappa/2 - 1| whatever the cutoff, which vanishes for Rayleigh amplitudes.",
        plots=[Plot("", "dimension", "|G_c4| / G2^2", marks, "two groups of curves, the uniform ones rising", y_log=True)],
        columns=("dimension", "momenta", "amplitude", "|G_c4| / G2^2", "G_c4, drawn"),
        rows=rows,
    )


def _propagators(dim: int, reading) -> Plot:
    fine = np.linspace(0.05, 2.0, 80)
    values = [reading[f"G2({distance:g})"] for distance in _DISTANCES]
    mean, error = (np.array([float(getattr(one.value, part)) for one in values]) for part in ("mean", "stderr"))
    known = np.array([float(np.asarray(one.expected.value)) for one in values])
    marks = [
        Curve(fine, np.asarray(continuum_propagator(dim, _MASS, fine).value), "blue", "dashed", label="continuum"),
        Curve(fine, np.asarray(cutoff_propagator(dim, _MASS, _CUTOFF, fine).value), "orange", label="exact, with cutoff"),
        Points(_DISTANCES, mean, error, "ink", label="drawn"),
    ]
    strip = Plot("", "distance r", "pull", [Points(_DISTANCES, (mean - known) / error, colour="ink")], "pulls about 0", y_range=(-5, 5))
    return Plot(f"d = {dim}", "distance r", "G2(r)", marks, "points on a falling curve", y_range=(0, 1.3 * float(known[0])), strip=strip)


CLAIMS = (
    Claim("FI-01", "arXiv:2402.13321 (11), (12); Strings 2025", "The cosine network is the free scalar with a cutoff, G2 = 1/(p^2 + m^2).",
          ours="d1/uniform/gaussian/G2(0)", printed=Exact(0.4682744826, "arctan(10)/pi", radius=1e-10)),
    Claim("FI-01a", "arXiv:2402.13321, section 3.1", "It is Gaussian.", ours="d1/uniform/gaussian/G_c4 over G2^2", printed=Exact(0.0),
          correction=Exact(0.266475, "(3/N)(3 M/2 - 1), N = 50", radius=2e-6),
          note="Only for N far above (Lambda/m)^d with uniform momenta: at N = 50 in one dimension G_c4/G2^2 = 0.27."),
    Claim("FI-02", "arXiv:2402.13321 (14); Physics4ML notes (2.26)", "The free action is int phi (box + m^2) phi, without 1/2.",
          ours="d1/uniform/gaussian/G2(0)", printed=Exact(0.4682744826 / 2, "of the action without 1/2", radius=1e-10),
          correction=Exact(0.4682744826, "of half that action", radius=1e-10),
          note="The propagator 1/(p^2 + m^2) belongs to the action with 1/2, and box is minus the Laplacian."),
    Claim("FI-03", "arXiv:2402.13321, section 3.1", "The free scalar has other realisations as a network.",
          ours="d1/spectrum/unit/G2(0)", printed=Exact(0.4682744826, radius=1e-10),
          note="Any law of momenta and of amplitudes, with the weight Ghat/((2 pi)^d rho)."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, claims=CLAIMS, page=page, unit="architectures")
