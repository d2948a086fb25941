"""Transformer blocks as random fields: Gaussian with many heads, one power of their number for each pair of fields (ledger D10)."""

from collections.abc import Callable, Iterator

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from certifield.correlators import estimate, fit_width_law
from certifield.evidence import Estimate, Exact
from certifield.expressivity.equivariance import defining, examine_equivariance, symmetric
from certifield.expressivity.transformer import TransformerBlock, attention_ensemble, head_moments, transformer_block
from certifield.study import (
    COLOURS,
    Case,
    Claim,
    Curve,
    Found,
    Missing,
    Options,
    Piece,
    Pieces,
    Plot,
    Points,
    Readings,
    Section,
    Study,
    Task,
)

POSITIONS, DIM, KEYS, HIDDEN = 3, 4, 2, 8
INPUTS = np.sin(0.7 * np.arange(POSITIONS * DIM)).reshape(POSITIONS, DIM)


class Question(Options):
    """Numbers of heads, draws of fields and of single heads, and blocks whose tangent kernel is taken."""

    heads: tuple[int, ...] = Field((1, 2, 4, 8, 16), min_length=2)
    draws: int = Field(1_000_000, ge=1000)
    blocks: int = Field(100_000, ge=2000)


def cases(options: Question) -> Iterator[Case]:
    """One head, which predicts; blocks of many; their tangent kernels; permutations of the positions."""
    yield Case("one-head", {}, "one head")
    for heads in options.heads:
        yield Case(f"heads-{heads}", {"heads": heads}, "attention")
    for heads in options.heads:
        yield Case(f"kernel-{heads}", {"kernel": heads}, "tangent kernel")
    yield Case("permutations", {"trained": 100}, "permutations")


def piece(task: Task, options: Question) -> Piece:
    """Means and covariances of what the case is about."""
    data = task.case.data
    if "heads" in data:
        ensemble = attention_ensemble(POSITIONS, DIM, KEYS, data["heads"])
        flat = INPUTS.reshape(1, -1)
        entries = [[0, 0], [0, DIM], [0, 1]]  # one component at one position and at two; two components at one position
        second = estimate(ensemble, flat, indices=[[0, 0]] * 3, components=entries, draws=options.draws, seed=task.seed)
        fourth = estimate(ensemble, flat, indices=[[0] * 4], components=[[0] * 4], connected=True, draws=options.draws, seed=task.seed)
        return {"second": _held(second), "fourth": _held(fourth[0])}
    if "kernel" in data:
        # In parts, since the derivatives of all outputs by all parameters are held for every block of a part.
        keys, trace = jax.random.split(task.key, options.blocks), _traces(data["kernel"])
        traces = np.sort(np.concatenate([np.asarray(trace(keys[start : start + 5000])) for start in range(0, options.blocks, 5000)]))[::-1]
        middle = options.blocks // 2 + np.array([0, 1, -1]) * round(options.blocks**0.5 / 2)  # the median, and one standard error around
        return {"middle": traces[middle], "tail": traces[: options.blocks // 20], "drawn": options.blocks}
    if "trained" in data:
        return {"errors": np.array([_permutation_error(task.key, steps) for steps in (0, data["trained"])])}
    moments = head_moments(INPUTS, KEYS, draws=options.draws, seed=task.seed)
    kernel = moments.kernel.mean
    values = Estimate.from_stderr(np.array([kernel[0, 0], kernel[0, 1], 0.0]),
                                  np.array([moments.kernel.stderr[0, 0], moments.kernel.stderr[0, 1], 0.0]), source="one head")  # fmt: skip
    return {"second": _held(values), "fourth": _held(moments.quartic[0])}


def _traces(heads: int) -> Callable[[jax.Array], jax.Array]:
    """From keys to the mean diagonal entry of the tangent kernel at one input, by squared derivatives of the outputs."""

    def one(key: jax.Array) -> jax.Array:
        jacobian = jax.jacrev(lambda block: block(jnp.asarray(INPUTS)))(transformer_block(DIM, KEYS, heads, HIDDEN, key=key))
        return sum((jnp.sum(leaf**2) for leaf in jax.tree.leaves(jacobian)), start=jnp.zeros(())) / INPUTS.size

    return jax.jit(jax.vmap(one))


def _permutation_error(key: jax.Array, steps: int) -> list[float]:
    """Mean and error bar over inputs of the largest violation, after ``steps`` of gradient descent towards an arbitrary target."""
    first, second, third = jax.random.split(key, 3)
    block = transformer_block(DIM, KEYS, 2, HIDDEN, key=first)
    inputs, target = jax.random.normal(second, (32, POSITIONS, DIM)), jax.random.normal(third, (POSITIONS, DIM))

    @eqx.filter_jit
    def step(model: TransformerBlock) -> TransformerBlock:
        gradient = eqx.filter_grad(lambda one: jnp.mean((jax.vmap(one)(inputs) - target[None]) ** 2))(model)
        return eqx.apply_updates(model, jax.tree.map(lambda leaf: -0.1 * leaf, gradient))

    for _ in range(steps):
        block = step(block)
    places = defining(symmetric(POSITIONS))
    errors = examine_equivariance(block, places, places, inputs).errors
    worst = int(np.argmax(errors.mean))
    return [float(errors.mean[worst]), float(errors.stderr[worst])]


def _value(readings: Readings, case: str, name: str) -> object:
    reading = readings.get(case)
    return None if reading is None or name not in reading else reading[name].value


def _held(found: Estimate) -> np.ndarray:
    """Mean and standard error [2, ...]."""
    return np.array([found.mean, found.stderr])


def _of(case: str, name: str, held: np.ndarray) -> Estimate | Missing:
    mean, stderr = np.asarray(held)
    if not np.isfinite(stderr).all():
        return Missing("the draws are too few for the tails of the field: no error bar")
    return Estimate.from_stderr(mean, stderr, source=f"{case} {name}", method="networks" if "heads" in case else "one head")


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """What the pieces hold; of the tangent kernel its median and the index of its tail."""
    if 0 not in pieces:
        return
    held = pieces[0]
    if "tail" in held:
        middle, tail, most = np.asarray(held["middle"]), np.asarray(held["tail"]), held["drawn"] // 1000
        error = (middle[2] - middle[1]) / 2
        yield "median", Found(Estimate.from_stderr(middle[0], error, source=case.name, method="order statistics", bias="unknown"))
        index = 1 / np.mean(np.log(tail[:most] / tail[most]))  # Hill's estimator on the largest of a thousand
        known = Exact((DIM - 1) / 2, "a Gaussian vector of d - 1 components is as short as s with probability ~ s^(d-1)")
        yield "tail index", Found(Estimate.from_stderr(index, index / most**0.5, source=f"{case.name} tail", bias="unknown"), known)
    elif "errors" in held:
        for name, (mean, stderr) in zip(("start", "trained"), np.asarray(held["errors"]).tolist(), strict=True):
            yield name, Found(Estimate.from_stderr(mean, stderr, source=f"{case.name} {name}", method="mean over inputs"))
    else:
        yield "second", Found(_of(case.name, "second", held["second"]))
        yield "fourth", Found(_of(case.name, "fourth", held["fourth"]))


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """Every number of heads against the prediction of one, and the slopes."""
    one = readings.get("one-head")
    fourths = {}
    for heads in options.heads:
        reading = readings.get(f"heads-{heads}")
        if one is None or reading is None or "fourth" not in reading or "fourth" not in one:
            return
        second, fourth = reading["second"].value, reading["fourth"].value
        predicted, quartic = one["second"].value, one["fourth"].value
        if isinstance(second, Estimate) and isinstance(predicted, Estimate):
            yield f"two fields, {heads} heads", Found(second, predicted)
        if isinstance(fourth, Estimate) and isinstance(quartic, Estimate):
            yield f"four fields, {heads} heads", Found(fourth * float(heads), quartic)
            fourths[heads] = fourth
    slope = fit_width_law(list(fourths), list(fourths.values())).slope
    if slope is not None:
        yield "slope of four fields", Found(slope, Exact(-1.0, "sums of independent heads"))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """The fourth cumulant against the number of heads, and the tail of the tangent kernel."""
    plots, rows, marks = [], [], []
    found = [(heads, _value(readings, f"heads-{heads}", "fourth")) for heads in options.heads]
    known = [(float(heads), value) for heads, value in found if isinstance(value, Estimate)]
    if known:
        x = np.array([heads for heads, _ in known])
        y, error = (np.array([float(getattr(value, part)) for _, value in known]) for part in ("mean", "stderr"))
        line = [Curve(x, y[-1] * x[-1] / x, "orange", "dashed", label="1/H"), Points(x, y, error, "blue", label="sampled")]
        plots.append(Plot("four-point function", "heads H", "G_c^(4)", line, "points along a line of slope -1", x_log=True, y_log=True))
        rows += [("four-point function", int(at), f"{mean:.4g}", f"{bar:.1g}") for at, mean, bar in zip(x, y, error, strict=True)]
    for number, heads in enumerate(options.heads):
        reading = readings.get(f"kernel-{heads}")
        if reading is not None and 0 in reading.pieces:
            tail, drawn = np.asarray(reading.pieces[0]["tail"]), reading.pieces[0]["drawn"]
            kept = np.unique(np.geomspace(1, len(tail), 60).astype(int)) - 1
            share = (kept + 1) / drawn
            marks.append(Curve(tail[kept], share, COLOURS[number % len(COLOURS)], label=f"H = {heads}"))
            median = _value(readings, f"kernel-{heads}", "median")
            if isinstance(median, Estimate):
                rows.append(("tangent kernel, median", heads, f"{float(median.mean):.4g}", f"{float(median.stderr):.1g}"))
    if marks:
        end = marks[0].x[-1] * np.array([1.0, 100.0])
        marks.append(Curve(end, 0.05 * (end / end[0]) ** (-(DIM - 1) / 2), "ink", "dashed", label="slope -(d - 1)/2"))
        plots.append(Plot("tail of the tangent kernel", "trace of the kernel over its outputs", "share of blocks above", marks,
                          "curves that fall along a line of slope -3/2", x_log=True, y_log=True))  # fmt: skip
    yield Section(
        "heads",
        "Many heads",
        "Attention is a sum over heads with independent weights, as a single hidden layer is one over neurons: its connected correlators "
        "fall with one power of the number of heads for each pair of fields beyond the first, exactly. What one head has, found by "
        "sampling its queries and keys alone, predicts them all.\n\n"
        "The tangent kernel of the whole block is another matter: the norms divide by the length of d - 1 Gaussian components, and the "
        "kernel by its square, so that the share of blocks with a kernel above t falls as t^(-(d - 1)/2) whatever the number of heads. Up "
        "to d = 5 it has no variance, and up to d = 3 no mean; only the epsilon of the norms bounds it.",
        plots=plots,
        columns=("what", "heads", "mean", "error bar"),
        rows=rows,
    )


CLAIMS = (
    Claim("DY-27", "ML talk, transformers", "The block of attention and a network at each position, with norms and sums around them, is "
          "what language models are composed of; it does not know the order of its inputs.",
          ours="permutations/trained", printed=Exact(1e-12), relation="<",
          note="The formulas reproduce a reference table; language models add an embedding, positions and a causal mask."),
    Claim("DY-27b", "arXiv:2006.10540", "Attention of many heads is a Gaussian process.", ours="slope of four fields", printed=Exact(-1.0),
          note="With independent heads of any key size G_c^(4) = kappa_4/H at every H; a single head is not Gaussian."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="ensembles")
