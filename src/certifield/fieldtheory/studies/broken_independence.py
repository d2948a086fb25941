"""Interactions from parameters that are not independent: the deformed density of weights, and a shared variance (ledger S9)."""

import math
from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np

from certifield.ensembles import single_layer
from certifield.evidence import Estimate, Exact
from certifield.fieldtheory import deformed_gaussian, shared_variance
from certifield.study import Case, Claim, Found, Options, Pieces, Plot, Points, Readings, Section, Study, Task

_GROUPS = 64


class Question(Options):
    """Numbers of weights, the coupling, widths of the shared variance, and draws for each."""

    components: tuple[int, ...] = (1, 2, 6, 40)
    coupling: float = 0.1
    widths: tuple[int, ...] = (4, 64)
    draws: int = 128_000


def cases(options: Question) -> Iterator[Case]:
    """One for each number of weights, and for each width."""
    yield from (Case(f"deformed/n={n}", {"n": n}, "deformed density") for n in options.components)
    yield from (Case(f"shared/N={width}", {"width": width}, "shared variance") for width in options.widths)


def _gamma(key: jax.Array) -> jax.Array:
    return 0.25 * jax.random.gamma(key, 4.0)


def piece(task: Task, options: Question) -> dict[str, np.ndarray]:
    """Means of second and fourth powers over groups of independent draws."""
    size = options.draws // _GROUPS
    if "n" in task.case.data:
        density = deformed_gaussian(task.case.data["n"], coupling=options.coupling)

        def squares(key: jax.Array) -> jax.Array:
            return jnp.sum(density.sample(key) ** 2)
    else:
        ensemble = shared_variance(single_layer(jnp.ones_like, 1, task.case.data["width"]), _gamma)

        def squares(key: jax.Array) -> jax.Array:
            return ensemble.draw(key)(jnp.ones((1, 1)))[0, 0] ** 2

    def group(key: jax.Array) -> jax.Array:
        t = jax.vmap(squares)(jax.random.split(key, size))
        return jnp.stack([jnp.mean(t), jnp.mean(t * t)])

    return {"groups": np.asarray(jax.lax.map(group, jax.random.split(task.key, _GROUPS)))}


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """<t>, <t^2> and the connected four-point function against their exact values."""
    if 0 not in pieces:
        return
    moments = _estimate(np.asarray(pieces[0]["groups"]), case.name, options.draws)
    first, second = moments[0], moments[1]
    if "n" not in case.data:
        yield "G_c4", Found(second - 3 * first**2, Exact(0.75, "3 Var(v), v ~ Gamma(4, 1/4), at every N"))
        return
    n, law = case.data["n"], deformed_gaussian(case.data["n"], coupling=options.coupling).law
    yield "<t>", Found(first, law.moment(1))
    yield "<t^2>", Found(second, law.moment(2))
    yield "kappa_4", Found(3 * (second / (n * (n + 2)) - first**2 / n**2), law.kappa4())
    yield "kappa_4 exactly", Found(law.kappa4())


def _estimate(groups: np.ndarray, source: str, draws: int) -> Estimate:
    """The mean of group means, with its covariance."""
    away = (groups - groups.mean(axis=0)) / math.sqrt(len(groups) * (len(groups) - 1))
    return Estimate(groups.mean(axis=0), {source: away}, draws, len(groups), None, "independent draws", "float64")


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """The connected four-point function against the number of weights, and against the width."""
    kept = _estimates(readings, {n: f"deformed/n={n}" for n in options.components}, "kappa_4")
    wide = _estimates(readings, {width: f"shared/N={width}" for width in options.widths}, "G_c4")
    exact = [float(np.asarray(deformed_gaussian(n, coupling=options.coupling).law.kappa4().value)) for n in kept]
    rows = [(f"deformed, n = {n}", one, f"{known:.6g}") for (n, one), known in zip(kept.items(), exact, strict=True)]
    rows += [(f"shared variance, N = {width}", one, "0.75") for width, one in wide.items()]
    plots = []
    if kept:
        x, mean, error = _columns(kept)
        marks = [Points(x, -np.array(exact), colour="muted", marker="s", label="exact"), Points(x, -mean, error, "blue", label="sampled")]
        plots.append(Plot("Deformed density", "components n", "-kappa_4 of a weight", marks, "falling points", x_log=True, y_log=True))
    if wide:
        level = [Points(*_columns(wide), "orange", label="sampled")]
        plots.append(Plot("Shared variance", "width N", "G_c4", level, "level points", x_log=True))
    yield Section(
        "interactions",
        "Interactions without a small width",
        f"P(W) ~ exp(-t - {options.coupling:g} t^2), t = Tr W^T W, sampled exactly in t: rotations are kept and interactions are on, but "
        "the connected part is negative and falls with n, because t concentrates.\n\nA variance that all neurons share gives "
        "G_c4 = 3 Var(v) at every width: it does not fall with N.",
        plots=plots,
        columns=("ensemble", "connected four-point function", "exact"),
        rows=rows,
    )


def _estimates(readings: Readings, cases: dict[int, str], name: str) -> dict[int, Estimate]:
    """The finding ``name`` of those cases that have it."""
    found = {key: readings[case][name].value for key, case in cases.items() if name in readings[case]}
    return {key: value for key, value in found.items() if isinstance(value, Estimate)}


def _columns(found: dict[int, Estimate]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Across, means and errors."""
    mean, error = (np.array([float(getattr(one, part)) for one in found.values()]) for part in ("mean", "stderr"))
    return np.array(list(found), dtype=float), mean, error


CLAIMS = (
    Claim("ST-28", "arXiv:2402.13321, section 3.1; Strings 2025", "Interactions need a finite width or dependent parameters.",
          ours="shared/N=64/G_c4", printed=Exact(0.75, "3 Var(v)"), within=0.1,
          note="Weights of infinite variance (stable limits) break the central limit theorem too, at any width and independent."),
    Claim("ST-29", "Strings 2025", "exp(-Tr W^T W/s^2 - lambda Tr (W^T W)^2) keeps rotations and turns interactions on.",
          ours="deformed/n=6/kappa_4", printed=Exact(-0.0194420413, "lambda = 0.1, s = 1", radius=1e-9),
          note="Read as (Tr W^T W)^2. The connected part falls with the number of weights."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, claims=CLAIMS, page=page, unit="ensembles")
