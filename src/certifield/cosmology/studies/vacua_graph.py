"""Where bubbles of vacuum end up on graphs of string geometries, and how many vacua there are said to be (ledger M6)."""

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from certifield.cosmology import vacua
from certifield.evidence import Exact
from certifield.study import Case, Claim, Curve, Found, Options, Piece, Pieces, Plot, Points, Readings, Section, Study, Task

from certifield.study import curves  # isort: skip

# What the rates of a case are, from the edges of a graph.
MODELS = {"recycling": lambda edges: vacua.vacuum_graph(edges), "bubbles": vacua.bubble_model}
TIMES = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)


class Question(Options):
    """``heights``, 2 to 7, of the trees of blow-ups that are the vacua; ``fourfolds``: pairs of Hodge numbers (h11, h31), with h21 = 0,
    of which the default (11, 491) is taken between the two others and stands for no fourfold that we know.
    """

    heights: tuple[Annotated[int, Field(ge=2, le=7)], ...] = (3, 4, 5, 6, 7)
    fourfolds: tuple[tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=0)]], ...] = ((1, 426), (11, 491), (252, 303148))


def cases(options: Question) -> Iterator[Case]:
    """Two models of decay on every graph, and the fluxes of every fourfold."""
    for height in options.heights:
        for model in MODELS:
            yield Case(f"{model}-{height}", {"height": height, "model": model}, f"{model} on trees of blow-ups")
    for h11, h31 in options.fourfolds:
        yield Case(f"fluxes-{h11}-{h31}", {"h11": h11, "h31": h31}, "fluxes")


def piece(task: Task, options: Question) -> Piece:
    """The distribution at late times and the way there, or a number of fluxes."""
    data = task.case.data
    if "h11" in data:
        found = vacua.fourfold_fluxes(data["h11"], data["h31"])
        return {"euler": found.euler, "betti": found.betti, "log10": np.array([found.fluxes.value, found.fluxes.radius])}
    edges, names = vacua.edge_tree_graph(data["height"])
    graph = MODELS[data["model"]](edges)
    found = vacua.late_times(graph, tolerance=1e-6)
    start = np.eye(len(edges))[int(np.argmin(edges.sum(axis=0)))]  # a vacuum of few neighbours
    shares = np.asarray(found.shares.value)
    return {
        "shares": np.array([shares, found.shares.radius]),
        "growth": np.array([found.growth.value, found.growth.radius]),
        "degrees": edges.sum(axis=0),
        "path": abs(graph.at(start, TIMES) - shares).sum(axis=1) / 2,
        "top": names[int(np.argmax(shares))],
    }


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Growth, the distance from uniform, the largest share, and what part of the vacua the distribution makes use of."""
    if 0 not in pieces:
        return
    held = pieces[0]
    if "betti" in held:
        value, radius = np.asarray(held["log10"]).tolist()
        yield "log10", Found(Exact(value, "a model: vectors with v^2 <= chi/12 in Z^b4, positive form, h21 = 0", radius=radius))
        return
    shares, radius = np.asarray(held["shares"])
    n, least = len(shares), float(radius.max())
    value, slack = np.asarray(held["growth"]).tolist()
    yield "growth", Found(Exact(value, "in units of the rate of an edge, Collatz and Wielandt", radius=slack))
    yield "vacua", Found(Exact(n, "trees of one edge"))
    even = Exact(0.0, "symmetric rates without losses") if case.data["model"] == "recycling" else None
    distance = float(abs(shares - 1 / n).sum()) / 2
    yield "distance from uniform", Found(Exact(distance, "half the sum of differences", radius=n * least + 1e-14), even)
    yield "largest share times n", Found(Exact(float(shares.max()) * n, held["top"], radius=n * least + 1e-13))
    entropy = float(-(shares * np.log(shares)).sum())
    # d(exp S)/d shares is at most exp S (|ln p| + 1), summed over the entries.
    slack = float(np.exp(entropy) * ((abs(np.log(shares)) + 1) * radius).sum() / n) * 1.01 + 1e-13
    yield "share of vacua in use", Found(Exact(float(np.exp(entropy)) / n, "exp(entropy)/n", radius=slack))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Shares against degrees, the approach to them, and the counts."""
    rows, plots, ways = [], [], []
    done = {case for case, reading in readings.items() if 0 in reading.pieces}
    # The last height of which both models are there, or while none is, of which one is: a study may not be through.
    shown = sorted(options.heights, key=lambda height: sum(f"{model}-{height}" in done for model in MODELS))[-1:]
    for number, (model, height) in enumerate((model, height) for model in MODELS for height in shown):
        if f"{model}-{height}" in done:
            reading = readings[f"{model}-{height}"]
            held = reading.pieces[0]
            ways += curves(f"{model}, height {height}", TIMES[1:], np.asarray(held["path"])[1:].tolist(), number)
            if model == "bubbles":
                shares = np.asarray(held["shares"])[0]
                degrees, ends = np.asarray(held["degrees"]), np.array([1.0, float(max(held["degrees"]))])
                even = Curve(ends, np.full(2, 1 / len(shares)), "orange", "dashed", label="uniform")
                marks = [Points(degrees, shares, None, "blue", label="vacua"), even]
                plots.append(Plot(f"bubbles, height {height}", "neighbours of a vacuum", "share at late times", marks,
                                  "shares that spread over orders of magnitude", y_log=True))  # fmt: skip
    if ways:
        plots.append(Plot("approach to late times", "time", "distance from the end", ways, "falling curves", x_log=True))
    columns = ("vacua", "growth", "distance from uniform", "largest share times n", "share of vacua in use")
    for case, reading in readings.items():
        values = [reading[name].value for name in columns if name in reading]
        if len(values) == len(columns):
            numbers = [float(np.asarray(one.value)) for one in values if isinstance(one, Exact)]
            rows.append((case, *(f"{one if abs(one) > 1e-12 else 0.0:.4g}" for one in numbers)))
    yield Section(
        "late",
        "Late times",
        "The vacua are the trees of blow-ups of one edge of a toric base, and neighbours differ by one blow-up. Symmetric rates "
        "that lose nothing (cases recycling-H, trees up to height H) end in the uniform distribution, whatever the graph. In "
        "the published bubble model (cases bubbles-H), whose rates are -(L + D) with the Laplacian L and the numbers of "
        "neighbours D, late times favour vacua of few neighbours, which decay slowest, and a small part of all vacua is in use. "
        "Growth is the rate at which the whole grows or, below 0, falls, where each edge has the rate 1; largest share times n "
        "is how many times as likely as under equal shares the likeliest vacuum is; the share in use is exp(entropy)/n, 1 where "
        "all are equally likely.",
        plots=plots,
        columns=("case", *columns),
        rows=rows,
    )
    counts = [
        (f"10^{count.log10:,.4g}" if count.log10 < 1000 else f"10^{count.log10:,.0f}", count.of, count.source) for count in vacua.COUNTS
    ]
    for case, reading in readings.items():
        if case.startswith("fluxes") and "log10" in reading:
            value = reading["log10"].value
            assert isinstance(value, Exact)
            betti = reading.pieces[0]["betti"]
            counts.append(
                (f"10^{float(np.asarray(value.value)):,.1f}", f"integer vectors in the tadpole bound, b4 = {betti:,}", f"here, {case}")
            )
    yield Section("counts", "Counts", "Published numbers, and numbers of fluxes between two bounds, as decimal logarithms. "
                  "Fluxes are counted in a model: the form on H^4 is taken as a sum of squares, though it is indefinite, and fluxes as "
                  "whole, though they may be half-integral; the cases are fluxes-h11-h31, with h21 = 0.",
                  columns=("number", "of what", "source"), rows=counts, numbers=False)  # fmt: skip


CLAIMS = (
    Claim("MO-18", "PHENO 2021, landscape; arXiv:1511.03209", "One geometry has 10^272,000 fluxes.", ours="fluxes-252-303148/log10",
          printed=Exact(272_000.0, radius=500.0),
          note="Integer vectors with v^2 <= chi/12 in Z^b4, between two bounds; the volume of a ball would give 10^139,599. Gauge groups "
          "and axions of that geometry are not touched."),
    Claim("MO-19", "PHENO 2021, landscape; arXiv:1711.06685", "The dynamics of nucleation changes the statistics of vacua.",
          ours="bubbles-6/share of vacua in use", printed=Exact(0.5), relation="<",
          note="The share of vacua in use, exp(entropy)/n, on the graph of 82 trees up to height 6: in the bubble model it is as if 3 of "
          "them were in use. One half is our bound for a change, no printed number. Symmetric rates that lose nothing leave all in use."),
    Claim("NT-01", "PHENO 2021", "There are 10^15 F-theory models with the exact chiral spectrum; they cannot have control and no dark "
          "seven-branes together.", open="it needs the published ensemble, which is quoted here and not recomputed"),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, claims=CLAIMS, page=page, unit="graphs and counts", complete=True)
