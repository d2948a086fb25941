"""Moments of a normal law, $E[x^k]$, at several widths"""

from fractions import Fraction
from math import prod

import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.streams import BlockSums, jackknife
from certifield.study import (
    Band,
    Blocks,
    Case,
    Claim,
    Found,
    Missing,
    Options,
    Picture,
    Plot,
    Points,
    Section,
    Study,
    curves,
    groups,
    piece_of_sums,
)  # fmt: skip

ORDERS = (1, 2, 3, 4)
EXACT = np.array([0.0, 1.0, 0.0, 3.0])
BLOCKS = Blocks(first=2048, work=lambda case: 50.0)
ORBIT = '<svg viewBox="0 0 60 40" width="60" height="40"><circle cx="{0}" cy="20" r="8" fill="#0069a8"/></svg>'


class Moments(Options):
    """How many widths, and by how many standard deviations the law is off what it is held against."""

    widths: tuple[int, ...] = (1, 2, 5, 10, 20, 50)
    shift: float = 0.0
    heavy: bool = True


def cases(options):
    """One for each width, and one whose draws are too heavy for an error bar."""
    found = [Case(f"width={width}", {"width": width}, "finite width") for width in options.widths]
    return [*found, *([Case("cauchy", {"width": 0}, "heavy tails")] if options.heavy else [])]


def piece(task, options):
    """Powers of draws, in sub-sums."""
    generator, size = np.random.default_rng(task.seed), (16, BLOCKS.size(task.case, task.step) // 16)
    width = task.case.data["width"]
    x = generator.normal(options.shift, size=size) if width else generator.standard_cauchy(size)
    powers = np.stack([x**order for order in ORDERS], axis=-1)
    return piece_of_sums([BlockSums(len(row), row.sum(0), np.abs(row).sum(0), np.abs(row).max(0)) for row in powers])


def read(case, pieces, options):
    """All moments as an array, the fourth cumulant as a number, and what cannot be had."""
    found = groups(pieces)
    if not found:
        yield "moments", Found(Missing("no draws yet", waiting=True))
        return
    mean, deviations = jackknife(found, lambda sums, counts: sums / counts[:, None])
    heavy = case.data["width"] == 0
    warned = {"warnings": ["one draw carries 31 % of the sum: the variance may be infinite"]} if heavy else {}
    draws = sum(part.count for part in found)
    moments = Estimate(
        mean, {case.name: deviations}, draws, len(found), None, "draws", "float64", refused=np.full(4, heavy), diagnostics=warned
    )
    yield "moments", Found(moments, Missing("no closed form") if heavy else Exact(EXACT))
    yield "fourth", Found(moments[3], None if heavy else Exact(Fraction(3)))
    yield "double factorial", Found(Exact(prod(range(1, 4, 2))), Exact(3))
    yield "phase", Found(Exact(0.5 + 0.25j))
    if heavy:
        yield "sixth", Found(Missing("it does not exist"))


def conclude(readings, options):
    """The widest case stands for the limit."""
    last = readings[f"width={options.widths[-1]}"]
    if "fourth" in last:
        yield "limit of the fourth moment", Found(last["fourth"].value, Exact(3))


def page(readings, options):
    """A plot of the fourth moment, a film, and a table."""
    shown = [reading for reading in readings.values() if "fourth" in reading and reading.case.data["width"]]
    x = [float(reading.case.data["width"]) for reading in shown]
    y = [float(reading["fourth"].value.mean) for reading in shown]
    e = [float(reading["fourth"].value.nominal_stderr) for reading in shown]
    low, high = [a - b for a, b in zip(y, e, strict=True)], [a + b for a, b in zip(y, e, strict=True)]
    marks = [Band(np.array([0.8, 60.0]), np.full(2, 2.9), np.full(2, 3.1), label="$3 \\pm 0.1$")]
    marks += curves("$E[x^4]$", x, y, low=low, high=high)
    below = Plot("", "width $N$", "pull", [Points(np.array(x), (np.array(y) - 3) / np.array(e))], x_log=True, y_range=(-4, 4))
    plot = Plot("fourth moment", "width $N$", "$\\langle x^4 \\rangle$", marks, x_log=True, strip=below, legend_columns=2)
    films = [Picture(ORBIT.format(10 + 10 * step), f"frame {step}") for step in range(5)]
    yield Section(
        "fourth", "The fourth moment $\\langle x^4\\rangle$", "It does not depend on the width $N_{\\mathrm{w}}$.\n\nSee the plot.", films,
        [plot], "Points with one standard error.", [("point", "whole networks"), ("band", "within 0.1")],
        ("width", "moment", "error"), list(zip(x, y, e, strict=True)),
    )  # fmt: skip


CLAIMS = [
    Claim("M-1", "folklore, eq. (1)", "the fourth moment is $3$", "width=50/fourth", Exact(3)),
    Claim("M-2", "a preprint", "the fourth moment is 2", "width=50/fourth", Exact(2), correction=Exact(3), note="a factor 3/2 was lost"),
    Claim("M-3", "a blog", "the fourth moment is 7", "width=50/fourth", Exact(7)),
    Claim("M-4", "a talk", "moments determine the law", open="a finite number of moments decides nothing"),
]
STUDY = Study(Moments, cases, piece, read, BLOCKS, conclude=conclude, page=page, claims=CLAIMS, unit="draws")
