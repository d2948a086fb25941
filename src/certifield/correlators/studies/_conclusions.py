"""What follows across the cases of a study: the fall of the correlators with the width, and all samples at once against the theory.

All of it rests on whole networks where there are any.  Single neurons carry the law of the widths by construction, as every width is the
same numbers rescaled.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.study import Found

from .._width_law import WidthLaw, fit_width_law
from ._measuring import made
from ._rows import Row, by_system, representative

_LAW = "G_c^(n) = N^(1-n/2) kappa_n of one neuron"
_SOURCE = "arXiv:2008.08601, arXiv:2307.03223"


def conclusions(rows: Sequence[Row]) -> Iterator[tuple[str, Found]]:
    """Slopes of every system and order, then what all systems say together."""
    slopes = []
    for name, orders in by_system(rows).items():
        for order, group in orders.items():
            fit = width_fit(group)
            if fit is not None and fit.slope is not None:
                expected = law_of(group)
                entry = group[0].name(representative(group))
                yield f"{name}/slope of {group[0].system.symbol(order)}", Found(fit.slope, expected, entries=(entry,))
                if expected is not None and order > 2:
                    slopes.append(fit.slope / float(np.asarray(expected.value)))
    if slopes:
        repeats = "the slope above, over its law" if len(slopes) == 1 else ""
        yield "slopes over their law", Found(_weighted(slopes), Exact(1.0, _LAW, _SOURCE), repeats=repeats)
    for symbol, ratios in _ratios(rows).items():
        if ratios:
            yield f"sampled over exact {symbol}", Found(_weighted(ratios), Exact(1.0, "the closed forms of all systems and widths"))
    limits = [limit for orders in by_system(rows).values() if (limit := _at_infinity(orders)) is not None]
    if limits:
        yield "G_c4 over its free value at N = infinity", Found(_weighted(limits), Exact(0.0, "Wick's theorem", "Neal 1996"))


def networks_of(rows: Sequence[Row]) -> list[Row]:
    """The rows of the first whole-network method that was asked for, by ascending width."""
    found = [row for row in rows if row.network]
    return sorted((row for row in found if row.method == found[0].method), key=lambda row: row.across)


def width_fit(rows: Sequence[Row]) -> WidthLaw | None:
    """The law of the widths at the entry that stands for one system and order; None where fewer than two widths were sampled."""
    entry = representative(rows)
    points = [(row.width, row.estimate[entry]) for row in networks_of(rows) if row.estimate is not None and row.width is not None]
    return fit_width_law(*map(list, zip(*points, strict=True))) if len(points) > 1 else None


def law_of(rows: Sequence[Row]) -> Exact | None:
    """The slope -(k-1) at order 2k of layers of independent neurons; None where none is exact: deeper networks, full correlators."""
    first = rows[0]
    ensemble = made(first.system, first.width)
    if getattr(ensemble, "neurons", None) is None or not (first.system.connected or first.order == 2):
        return None
    return Exact(1 - first.order / 2, _LAW, _SOURCE)


def _ratios(rows: Sequence[Row]) -> dict[str, list[Estimate]]:
    """By symbol, of every system: how many times its exact values whole networks were found to be, or neurons where there are no others."""
    gathered: dict[str, list[Estimate]] = {}
    for orders in by_system(rows).values():
        for group in orders.values():
            ratio = _sampled_over_exact(networks_of(group) or group[:1])
            gathered.setdefault(group[0].system.symbol(group[0].order), []).extend([] if ratio is None else [ratio])
    return gathered


def _sampled_over_exact(rows: Sequence[Row]) -> Estimate | None:
    """The factor c that fits all estimates e by c times their exact values x: sum (draws e x) / sum (draws x x).

    The weights know nothing of the errors that came out: a skewed estimate that is low has a small error, and such weights would pull c
    down.  None without closed forms, and where refused entries carry more than a hundredth of the weight: leaving them out would, too.
    """
    known = [(row.estimate, row.exact) for row in rows if row.estimate is not None and row.exact is not None]
    denominator = sum(estimate.draws * float(np.sum(exact**2)) for estimate, exact in known)
    if denominator <= 0 or any(np.any(estimate.nominal_stderr == 0) for estimate, _ in known):
        return None
    lost = sum(estimate.draws * float(np.sum(exact[estimate.refused] ** 2)) for estimate, exact in known)
    if lost > 0.01 * denominator:
        return None
    return _combined([(estimate, estimate.draws * exact / denominator) for estimate, exact in known])


def _at_infinity(orders: dict[int, list[Row]]) -> Estimate | None:
    """a of the weighted fit G_c4/Wick = a + b/N at the entry that stands for order 4, Wick the sum over pairings of exact kernels."""
    four, two = orders.get(4, []), orders.get(2, [])
    if not four or not two or not four[0].system.connected or two[0].exact is None:
        return None
    entry = representative(four)
    wick = wick_value(two[0], four[0].entries[entry])
    points = [(row, row.estimate[entry]) for row in networks_of(four) if row.estimate is not None and row.width]
    if not wick or len(points) < 2 or any(one.refused or one.nominal_stderr == 0 for _, one in points):
        return None
    errors = np.array([one.draws**-0.5 for _, one in points])  # not those that came out, see above
    design = np.array([[1.0, 1.0 / row.across] for row, _ in points]) / errors[:, None]
    weights = np.linalg.pinv(design)[0] / errors / wick
    return _combined([(one, np.asarray(weight)) for (_, one), weight in zip(points, weights, strict=True)])


def wick_value(two: Row, index: Sequence[int]) -> float:
    """The sum over three pairings of products of exact two-point functions; 0 where a pair was not asked for."""
    places = {tuple(sorted(map(int, pair))): position for position, pair in enumerate(two.entries)}
    a, b, c, d = (int(position) for position in index)
    total = 0.0
    for left, right in (((a, b), (c, d)), ((a, c), (b, d)), ((a, d), (b, c))):
        first, second = (places.get(tuple(sorted(pair))) for pair in (left, right))
        if first is None or second is None or two.exact is None:
            return 0.0
        total += float(two.exact[first] * two.exact[second])
    return total


def _weighted(estimates: Sequence[Estimate]) -> Estimate:
    """The mean of single numbers, weighted by their errors."""
    weights = np.array([float(one.nominal_stderr) ** -2 for one in estimates])
    return _combined([(one, np.asarray(weight)) for one, weight in zip(estimates, weights / weights.sum(), strict=True)])


def _combined(parts: Sequence[tuple[Estimate, np.ndarray]]) -> Estimate:
    """The sum over estimates and entries of weight times entry, with the deviations of all."""
    deviations: dict[str, np.ndarray] = {}
    for estimate, weight in parts:
        for source, given in estimate.deviations.items():
            moved = np.sum((given * weight).reshape(len(given), -1), axis=1)
            deviations[source] = deviations[source] + moved if source in deviations else moved
    mean = sum(float(np.sum(estimate.mean * weight)) for estimate, weight in parts)
    first, biases = parts[0][0], {estimate.bias for estimate, _ in parts}
    draws, blocks = sum(estimate.draws for estimate, _ in parts), min(estimate.blocks for estimate, _ in parts)
    bias = biases.pop() if len(biases) == 1 else "unknown"
    return Estimate(np.asarray(mean), deviations, draws, blocks, first.seed, "weighted mean", first.precision, bias=bias)
