"""Jumps of h^0 on curves in the plane blown up in three points: rules of vanishing coefficients, learnt by trees and decided exactly.

A case is one line bundle on curves of the class -2K, of genus 7.  A row is a pattern: which of the inner coefficients of the equation are
zero; the others are random whole numbers, and the rank over the rationals is exact.  Corner coefficients are never zero.
"""

import random
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from pydantic import Field

from certifield.evidence import Exact
from certifield.study import Case, Claim, Found, Missing, Options, Piece, Pieces, Plot, Readings, Section, Stairs, Study, Task

CURVE = (2, 2, 2, 2, 2, 2)
BUNDLES = {"d6-a": (2, 0, -1, 2, 0, 0), "d6-b": (1, -1, 0, 3, 0, 0), "d4": (0, -2, 2, 2, 0, 0), "d6-c": (4, 0, -1, 0, 0, 0)}
JUMP = "jump"


class Patterns(Options):
    """``patterns`` of vanishing coefficients drawn at random for each bundle, all 8192 of them if 0; trees up to a ``depth``."""

    bundles: tuple[str, ...] = tuple(BUNDLES)
    patterns: int = Field(0, ge=0)
    depth: int = Field(12, ge=1, le=13)


def cases(options: Patterns) -> Iterator[Case]:
    """Bundle by bundle."""
    for name in options.bundles:
        yield Case(name, {"divisor": list(BUNDLES[name])}, f"O({', '.join(map(str, BUNDLES[name]))})")


def _inner() -> tuple[list[Any], list[Any]]:
    """The monomials of -2K at the corners of the hexagon, and all others."""
    from certifield.bundles import hexagon_fan, monomials

    fan = hexagon_fan()
    every = monomials(fan, CURVE)
    corners = [m for m in every if sum(m[0] * ray[0] + m[1] * ray[1] == -c for ray, c in zip(fan.rays, CURVE, strict=True)) == 2]
    return corners, [m for m in every if m not in corners]


def piece(task: Task, options: Patterns) -> Piece:
    """For every pattern the flags of vanishing coefficients and h^0, and the numbers of the generic curve."""
    from certifield.bundles import curve_cohomology, hexagon_fan

    fan, divisor, rng = hexagon_fan(), task.case.data["divisor"], random.Random(task.seed)
    corners, inner = _inner()
    drawn = product((0, 1), repeat=len(inner))
    if options.patterns:
        drawn = iter([tuple(rng.randint(0, 1) for _ in inner) for _ in range(options.patterns)])
    rows = []
    for flags in drawn:
        curve = {m: rng.randint(1, 9999) for m in corners}
        curve |= {m: 0 if vanishes else rng.randint(1, 9999) for m, vanishes in zip(inner, flags, strict=True)}
        rows.append([*flags, curve_cohomology(fan, curve, CURVE, divisor).h0])
    generic = curve_cohomology(fan, {m: rng.randint(1, 9999) for m in (*corners, *inner)}, CURVE, divisor)
    return {
        "monomials": [list(m) for m in inner],
        "rows": np.array(rows),
        "generic": [generic.genus, generic.degree, generic.h0, generic.h1, generic.rank],
    }


def _table(found: Piece, rows: np.ndarray) -> Any:
    from certifield.conjecture import Table

    columns = {f"zero {x},{y}": rows[:, place].tolist() for place, (x, y) in enumerate(found["monomials"])}
    return Table.of(columns | {JUMP: (rows[:, -1] > found["generic"][2]).tolist()})


def _rule(found: Piece, every: int, options: Patterns) -> tuple[Any, Any, int] | None:
    """The tree of the least depth that is right on each ``every``-th row, what becomes of it on all rows, and its depth."""
    from certifield.conjecture import tree_rule

    rows = np.asarray(found["rows"])
    seen, whole = _table(found, rows[::every]), _table(found, rows)
    if len(set(seen.hypotheses[JUMP])) < 2:
        return None
    rules = (tree_rule(seen, JUMP, list(seen.columns), depth=depth) for depth in range(1, options.depth + 1))
    for depth, rule in enumerate(rules, 1):
        if depth == options.depth or rule.check(seen).holds:
            return rule, rule.check(whole), depth
    return None


def read(case: Case, pieces: Pieces, options: Patterns) -> Iterator[tuple[str, Found]]:
    """Jumps, the rule, and what is known of them."""
    if 0 not in pieces:
        yield "patterns", Found(Missing("it has not been asked yet", waiting=True))
        return
    found = pieces[0]
    genus, degree, h0, h1, _ = found["generic"]
    sizes = np.asarray(found["rows"])[:, -1]
    told = "exact ranks over the rationals"
    yield "patterns", Found(Exact(len(sizes), "all of them" if not options.patterns else "drawn"))
    yield "h0 - h1 of the generic curve", Found(Exact(h0 - h1, told), Exact(degree - genus + 1, "Riemann-Roch"))
    yield "patterns with a jump", Found(Exact(int((sizes > h0).sum()), told))
    yield "patterns with fewer sections than the generic curve", Found(Exact(int((sizes < h0).sum()), told), Exact(0, "semicontinuity"))
    learnt, refined = _rule(found, 2, options), _rule(found, 1, options)
    if learnt is not None:
        yield "patterns that refute the first rule", Found(Exact(len(learnt[1].violated), f"learnt from half of them, depth {learnt[2]}"))
    if refined is not None:
        yield "patterns that refute the refined rule", Found(Exact(len(refined[1].violated), f"of {refined[1].rows}"), Exact(0))
        yield "thresholds of the refined rule", Found(Exact(sum(map(len, refined[0].clauses)), f"in {len(refined[0].clauses)} clauses"))


def conclude(readings: Readings, options: Patterns) -> Iterator[tuple[str, Found]]:
    """Patterns against the refined rules of all bundles."""
    if any(0 not in one.pieces for one in readings.values()):
        yield "patterns against the refined rules", Found(Missing("not all bundles have been asked yet", waiting=True))
        return
    name = "patterns that refute the refined rule"
    violated = sum(int(one[name].value.value) for one in readings.values() if name in one)  # type: ignore[union-attr, arg-type]
    yield (
        "patterns against the refined rules",
        Found(Exact(violated, f"of {sum(len(one.pieces[0]['rows']) for one in readings.values())}"), Exact(0)),
    )
    jumps = sum(int((np.asarray(one.pieces[0]["rows"])[:, -1] > one.pieces[0]["generic"][2]).sum()) for one in readings.values())
    yield "patterns with a jump", Found(Exact(jumps, "in all bundles together"))


CLAIMS = (
    Claim("CO-09", "arXiv:2402.13321, section 2.1; arXiv:2007.00009", "white-box models find the rules by which h^0 jumps on curves",
          ours="patterns against the refined rules", printed=Exact(0),
          note="Rules of a decision tree in vanishing coefficients of the equation, for four bundles on curves -2K of genus 7, each held "
          "against every pattern by exact ranks."),
)  # fmt: skip


def page(readings: Readings, options: Patterns) -> Iterator[Section]:
    """The numbers by bundle, the jumps, and the rules."""
    rows, plots, rules = [], [], []
    for one in readings.values():
        if 0 not in one.pieces:
            continue
        found = one.pieces[0]
        genus, degree, *_ = found["generic"]
        sizes = Counter(np.asarray(found["rows"])[:, -1].tolist())
        for value, count in sorted(sizes.items()):
            zeros = np.asarray(found["rows"])[np.asarray(found["rows"])[:, -1] == value][:, :-1].sum(axis=1)
            expected = genus - value * (genus - degree + value - 1)
            rows.append(
                (
                    one.case.group,
                    genus,
                    degree,
                    value,
                    value - degree + genus - 1,
                    count,
                    float(Fraction(int(zeros.sum()), count)),
                    expected,
                )
            )
        top = max(sizes) + 1
        heights = np.array([sizes.get(value, 0) for value in range(top)], float)
        plots.append(Plot(one.case.group, "h0", "patterns", [Stairs(np.arange(top + 1) - 0.5, heights, filled=True)],
                          f"Patterns by h0 for {one.case.group}", y_log=True, y_range=(0.5, 2 * heights.max())))  # fmt: skip
        for told, answer in (("first", _rule(found, 2, options)), ("refined", _rule(found, 1, options))):
            if answer is not None:
                rule, check, depth = answer
                status = (
                    f"SURVIVES({check.rows} patterns{'' if options.patterns else ', all'})"
                    if check.holds
                    else f"REFUTED by {len(check.violated)}"
                )
                text = str(rule).replace(" <= 0", " = no").replace(" > 0", " = yes")
                rules.append((one.case.group, told, depth, status, text if len(text) < 600 else f"{text[:600]} ..."))
    text = (
        "Curves of the class -2K in the plane blown up in three points, of genus 7. h^0 of a bundle on the curve follows from the rank of "
        "one map, which drops where coefficients of the equation vanish. rho = g - (r + 1)(g - d + r) is the expected dimension of the "
        "family of bundles with r = h^0 - 1 on a general curve of genus g; below 0 only special curves have one."
    )
    columns = ("bundle", "g", "d", "h0", "h1", "patterns", "mean zeros", "rho")
    yield Section("jumps", "Jumps", text, plots=plots, columns=columns, rows=rows, numbers=False)
    told = (
        "'zero x,y' says that the coefficient of this character vanishes. The first rule is learnt from every other pattern, the refined "
    )
    yield Section("rules", "Rules", told + "one from all, where the witnesses of its failures are.",
                  columns=("bundle", "rule", "depth", "status", "statement"), rows=rules, numbers=False)  # fmt: skip


STUDY = Study(options=Patterns, cases=cases, piece=piece, read=read, conclude=conclude, claims=CLAIMS, page=page,
              packages=("python-flint", "scikit-learn"), complete=True)  # fmt: skip
