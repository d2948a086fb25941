"""An ensemble of Kolmogorov-Arnold networks before and after hidden nodes are left out: connected correlators (ledger D8).

Before, the field is a sum over N independent hidden nodes, so that G_c^(4) = kappa_4/N exactly.  A rule that judges each node by itself
leaves the sum one over independent nodes, at another kappa_4; a rule that compares nodes does not, and one that keeps a fixed number of
them, such as the 2d + 1 of Kolmogorov's theorem, leaves no number that could grow.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from certifield.correlators import fit_width_law
from certifield.evidence import Estimate, Exact
from certifield.streams import BlockSums, draw_keys, jackknife
from certifield.study import COLOURS, MARKERS, Case, Claim, Curve, Found, Options, Pieces, Plot, Points, Readings, Section, Study, Task

from ..kolmogorov_arnold import kan

DIM, _BLOCKS, _BATCH = 2, 128, 16
AT = np.array([[0.3, -0.4], [-0.6, 0.5]])  # x and y
_LEVEL = 0.6  # a node is kept where sqrt(N) |phi|_1 of its last edge is above


def _random(scores: jax.Array, key: jax.Array) -> jax.Array:
    return jax.random.bernoulli(key, 0.5, scores.shape)


def _largest(count: Any) -> Any:
    """The count(N) nodes with the largest edges."""
    return lambda scores, key: jnp.argsort(jnp.argsort(-scores)) < count(len(scores))


RULES = {
    "all nodes": lambda scores, key: jnp.ones(scores.shape, bool),
    "a random half": _random,
    "nodes above a level": lambda scores, key: scores >= _LEVEL / len(scores) ** 0.5,
    "the larger half": _largest(lambda count: (count + 1) // 2),
    "the 2d + 1 largest": _largest(lambda count: 2 * DIM + 1),
}
FIXED = "the 2d + 1 largest"
INDEPENDENT = ("all nodes", "a random half", "nodes above a level")  # each node by itself


class Question(Options):
    """Numbers of hidden nodes, and draws of networks at each."""

    widths: tuple[int, ...] = Field((6, 12, 24, 48, 96), min_length=2)
    draws: int = Field(40_000, ge=2_000)


def cases(options: Question) -> Iterator[Case]:
    """One node, which predicts, then every number of them."""
    yield Case("one-node", {"width": 1}, "one node")
    for width in options.widths:
        yield Case(f"nodes-{width}", {"width": width}, "networks")


@partial(jax.jit, static_argnums=1)
def _powers(keys: jax.Array, width: int) -> jax.Array:
    """For every network and rule: (xx, yy, xy, xxxx, xxyy) of the sparsified field, the square of what it lost, the nodes kept.

    The last functions have symmetric laws, and rules look at sizes: signs of nodes are averaged over exactly, which leaves the sums of
    c_j^2 and c_j^4 and takes away the noise of a Gaussian field.
    """
    batch = jnp.asarray(np.random.default_rng(1).uniform(-1, 1, (_BATCH, DIM)))

    def one(key: jax.Array) -> jax.Array:
        drawn, chance = jax.random.split(key)
        first, last = kan([DIM, width, 1], intervals=3, noise=1.0, key=drawn).layers
        parts = last.edges(first(jnp.concatenate([jnp.asarray(AT), batch])))[:, 0]  # [points, nodes]
        scores = jnp.mean(jnp.abs(parts[2:]), axis=0)
        rows = []
        for rule in RULES.values():
            kept = rule(scores, chance).astype(parts.dtype)
            x, y = parts[0] * kept, parts[1] * kept
            xx, yy, xy = jnp.sum(x * x), jnp.sum(y * y), jnp.sum(x * y)
            fourth = 3 * xx**2 - 2 * jnp.sum(x**4)
            mixed = xx * yy + 2 * xy**2 - 2 * jnp.sum(x * x * y * y)
            lost = jnp.sum((parts[0] * (1.0 - kept)) ** 2)
            rows.append(jnp.stack([xx, yy, xy, fourth, mixed, lost, kept.sum()]))
        return jnp.stack(rows)

    return jax.vmap(one)(keys)


def piece(task: Task, options: Question) -> dict[str, Any]:
    """Of every rule (G2, G_c(x,x,x,x)/G2^2, G_c(x,x,y,y)/(G2 G2), share lost, share of nodes), jackknifed over blocks [rules, 5]."""
    width, each = task.case.data["width"], -(-options.draws // _BLOCKS)
    with jax.enable_x64(True):
        rows = [np.asarray(_powers(draw_keys(task.key, block * each, each), width)) for block in range(_BLOCKS)]
    sums = [BlockSums(each, *(part.reshape(-1) for part in (one.sum(0), abs(one).sum(0), abs(one).max(0)))) for one in rows]

    def ratios(sums: np.ndarray, count: np.ndarray) -> np.ndarray:
        means = (sums / count[:, None]).reshape(len(sums), len(RULES), 7)
        xx, yy, xy, fourth, mixed, lost, kept = np.moveaxis(means, 2, 0)
        found = [xx, fourth / xx**2 - 3, mixed / (xx * yy) - 1 - 2 * xy**2 / (xx * yy), lost / xx[:, :1], kept / width]
        return np.stack(found, axis=2).reshape(len(sums), -1)

    value, deviations = jackknife(sums, ratios)
    bars = Estimate(value, {"blocks": deviations}, each * _BLOCKS, _BLOCKS, 0, "networks", "float64").stderr
    return {"held": np.array([value, bars]).reshape(2, len(RULES), 5)}


NAMES = ("G2", "G_c(xxxx)/G2^2", "G_c(xxyy)/G2^2", "share of G2 that is lost", "share of nodes that is kept")


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """All ratios of all rules."""
    if 0 not in pieces:
        return
    for rule, means, bars in zip(RULES, *np.asarray(pieces[0]["held"]), strict=True):
        for name, mean, bar in zip(NAMES, means, bars, strict=True):
            about: dict[str, Any] = {"source": f"{case.name} {rule} {name}", "draws": options.draws, "method": "networks, jackknife"}
            yield f"{rule}: {name}", Found(Estimate.from_stderr(mean, bar, **about))


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """N times the ratio against one node, for rules that judge each by itself; slopes for all; what a rule does at the largest N."""
    one = readings.get("one-node")
    widths = [width for width in options.widths if f"nodes-{width}" in readings and 0 in readings[f"nodes-{width}"].pieces]
    for rule in RULES:
        values = {width: readings[f"nodes-{width}"][f"{rule}: {NAMES[1]}"].value for width in widths}
        found = {width: value for width, value in values.items() if isinstance(value, Estimate)}
        if rule in INDEPENDENT and one is not None and 0 in one.pieces:
            for width, value in found.items():
                single = one[f"{rule}: {NAMES[1]}"].value
                assert isinstance(single, Estimate)
                yield f"{rule}: N G_c/G2^2, N = {width}", Found(value * float(width), single)
        if len(found) > 1 and rule != FIXED:  # which has no power law
            slope = fit_width_law(list(found), list(found.values())).slope
            if slope is not None:
                yield f"{rule}: slope", Found(slope, Exact(-1.0, "independent nodes") if rule in INDEPENDENT else None)
        if len(found) > 1 and rule == FIXED:
            yield f"{rule}: at the largest N", Found(found[max(found)])


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Ratios against N for every rule, and a table."""
    marks, rows = [], []
    for number, rule in enumerate(RULES):
        known = []
        for width in options.widths:
            reading = readings.get(f"nodes-{width}")
            if reading is not None and 0 in reading.pieces:
                held = np.asarray(reading.pieces[0]["held"])[:, number]
                known.append((width, *held[:, 1]))
                rows.append(
                    (rule, width, *(Estimate.from_stderr(mean, bar, source="shown") if bar else f"{mean:.4g}" for mean, bar in held.T))
                )
        if known:
            x, y, bars = np.array(known).T
            colour = COLOURS[number % len(COLOURS)]
            marks += [Points(x, y, bars, colour, MARKERS[number % len(MARKERS)], label=rule), Curve(x, y, colour)]
    yield Section(
        "correlators",
        "Before and after",
        "The connected four-point function of the output at one point, over the square of the two-point function, against the number of "
        "hidden nodes: 1/N before, exactly. Leaving out nodes at random, or below a level, keeps the power of N and makes the coefficient "
        "larger or smaller, as one node predicts. Keeping the 2d + 1 largest, which is the number of Kolmogorov's theorem, leaves a field "
        "without a Gaussian limit: a sum of five nodes of nearly the same size, whose connected correlator is below zero for many nodes, "
        "and stays there.",
        plots=[Plot("", "hidden nodes N", "G_c^(4)/G2^2", marks, "lines that fall", x_log=True)]
        if marks else [],
        columns=("nodes that are kept", "N", *NAMES),
        rows=rows,
        numbers=False,
    )  # fmt: skip


CLAIMS = (
    Claim("DY-25", "Strings 2025, outlook", "Universal approximation, sparsified, leads to Kolmogorov and Arnold; there is a field theory "
          "on each side.", ours="nodes above a level: slope", printed=Exact(-1.0, "of the field theory before"),
          note="Nodes that are judged each by itself stay independent: the same power of N, another coefficient, that of one node."),
    Claim("DY-25b", "Strings 2025, outlook", "What does the sparsified field theory look like?",
          ours="the 2d + 1 largest: at the largest N",
          printed=Exact(0.0, "a Gaussian field"), relation="<",
          note="Five nodes, the largest of N, are not Gaussian however large N: all are nearly of one size, so that G_c < 0."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="networks")
