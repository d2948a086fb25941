"""The heavy-tail guard: when a Gaussian error bar would be a lie.

A standard error describes a sum of many comparable draws.  Whether it does is decided by the skewness of that sum,

    gamma = sum_i |x_i - m|^3 / (sum_i (x_i - m)^2)^(3/2),

which is of order n^(-1/2) for tame draws and of order 1 where the largest few carry the sum: the two-sigma interval of Student's t then
covers 0.95 - 0.25 gamma^2 (Hall, The Bootstrap and Edgeworth Expansion (1992), 2.6), and the sign of its misses follows the tail.  The
sample's own gamma would select the samples that missed the tail.  So the largest draws are replaced by what a power law through the upper
part of them says (Hill's index alpha, P(|x| > s) ~ s^(-alpha), from the maxima of the groups): in sums, in squares and in cubes.

* gamma > `LIMIT`: refused, "too few draws".  Where the law of a parameter shows that the variance is infinite, no number of draws will do;
  that is known before the first draw (`_growth`).
* below, the standard error is lengthened by what the power law adds to the sum of squares: a tail that is there but was not met.
* where the exact spread of a draw is known (`_spread`), the standard error is at least that over the root of the draws, and draws that show
  less than half of it are refused: they have missed the tail that carries the variance, and look tame because of it.
* a spread of 0 is refused: draws that all agree prove nothing, unless every term is known (no sums enter, or no parameter is random).

`LIMIT` and the fraction of the maxima were chosen on powers of Gaussians, log-normals, products of chi-squares, Student's t and rare
events, 2 000 to 100 000 draws, such that printed two-sigma bars cover between 0.92 and 0.98; docs/error-bars.md has the table.
"""

from collections.abc import Sequence

import numpy as np

from certifield.streams import BlockSums

LIMIT = 0.35
MET = 0.5  # of the exact spread, where it is known
_UPPER = 3 / 8  # of the maxima
_FEW, _MANY = 16, 64  # groups below which no index is fitted, and no skewness of groups is believed
_ROUNDING = 1e-14  # relative spread below which draws agree


def guard(
    groups: Sequence[BlockSums],
    columns: np.ndarray,
    weight: np.ndarray,
    value: np.ndarray,
    deviations: np.ndarray,
    *,
    random: np.ndarray,
    total: np.ndarray | None = None,
    met: np.ndarray | None = None,
    infinite: str = "",
    limit: float = LIMIT,
) -> tuple[np.ndarray, np.ndarray, dict]:
    """Which entries are refused a Gaussian error bar [T], by what factor the others' is longer than the jackknife's [T], and why.

    ``columns`` [T]: the feature whose draws decide (the product of all fields of the entry, the heaviest of its sums); ``weight`` [T]: what
    one unit of it adds to the value; ``value`` [T] and ``deviations`` [groups, T]: of the jackknife; ``random`` [T]: whether draws enter
    at all, where they are random; ``total`` [T]: the root of the sum of all (x - m)^2, where it is known (unless given, it follows from
    the deviations); ``met`` [T]: the spread of the draws over their exact one, NaN where that is not known; ``infinite``: why the variance
    is known to be infinite, if it is.
    """
    entries = deviations.shape[1]
    error = np.sqrt(np.sum(np.abs(deviations) ** 2, axis=0))
    skewness, factor, index, share = np.zeros(entries), np.ones(entries), np.full(entries, np.inf), np.zeros(entries)
    if len(columns) and len(groups) > 1:
        count = np.array([part.count for part in groups], dtype=float)
        mean = np.sum([part.sums[columns] for part in groups], axis=0) / max(count.sum(), 1.0)
        largest = np.stack([part.largest for part in groups])[:, columns]
        absolute = np.sum([part.absolute[columns] for part in groups], axis=0)
        share = np.divide(largest.max(axis=0), absolute, out=np.zeros(entries), where=absolute > 0)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            total = np.where(weight != 0, error / np.abs(weight), np.inf) if total is None else total
        maxima = np.maximum(largest - np.abs(mean), 0.0)
        skewness, _, index = tail(maxima, total)
        # A cumulant varies less than its heaviest product, whose own spread is what the missing tail is compared with.
        scattered = np.sum([(part.sums[columns] - part.count * mean) ** 2 for part in groups], axis=0)
        _, factor, _ = tail(maxima, np.maximum(total, np.sqrt(scattered * len(groups) / (len(groups) - 1))))
    agreed = random & (error <= _ROUNDING * np.abs(value))
    # The same of the groups as a whole, which sees tails that the heaviest product does not have; among few groups it is noise.
    cubes = np.abs(np.sum(deviations * np.abs(deviations) ** 2, axis=0))
    together = np.divide(cubes, error**3, out=np.zeros(entries), where=error > 0) * (len(deviations) >= _MANY)
    few = random & ~agreed & (np.maximum(skewness / limit, together / LIMIT) > 1)
    met = np.full(entries, np.nan) if met is None else met
    missed = random & ~agreed & (met < MET)
    refused = few | agreed | missed | bool(infinite)
    found = _diagnostics(groups, share, skewness, index, few, agreed, np.where(missed, met, np.nan), refused, infinite, limit)
    return refused, np.where(refused, 1.0, factor), found


def tail(maxima: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Skewness of the sum [T], factor for its standard error [T], and tail index [T].

    ``maxima`` [groups, T]: the largest |x - m| of each group of draws; ``total`` [T]: the root of the sum of all (x - m)^2.
    """
    groups, entries = maxima.shape
    descending = np.sort(maxima, axis=0)[::-1]
    own = np.minimum(np.sum(np.minimum(descending / np.where(total > 0, total, 1.0), 1.0) ** 3, axis=0), 1.0)
    upper = int(_UPPER * groups)
    if groups < _FEW:
        return own, np.ones(entries), np.full(entries, np.inf)
    level = descending[upper]
    usual = level > 1e-12 * descending[0]  # else most groups met nothing at all, and the few events speak for themselves
    base = np.where(usual, level, 1.0)
    slope = np.mean(np.log(np.maximum(descending[:upper], base) / base), axis=0)  # 1/alpha
    # Group maximum number j is about draw number -G log(1 - j/(G+1)) from above: groups hide draws behind larger ones.
    rank = -groups * np.log1p(-np.arange(1, upper + 2) / (groups + 1))
    fitted = base * (rank[-1] / (rank[:-1, None] - rank[0] / 2)) ** slope
    with np.errstate(over="ignore", invalid="ignore"):
        rest = np.maximum(total**2 - np.sum(descending[:upper] ** 2, axis=0), 0.05 * total**2)
        squares = rest + np.sum(fitted**2, axis=0)
        skewness = np.sum((fitted / np.sqrt(squares)) ** 3, axis=0)
        # Half of it, in logarithms: the upper part of a tail that is lighter than any power looks heavier than it is.
        factor = np.maximum(squares / np.where(total > 0, total, 1.0) ** 2, 1.0) ** 0.25
    fit = usual & (total > 0) & np.isfinite(total)
    index = np.divide(1.0, slope, out=np.full(entries, np.inf), where=slope > 0)
    return np.where(fit, skewness, own), np.where(fit, factor, 1.0), np.where(usual, index, np.inf)


def _diagnostics(groups, share, skewness, index, few, agreed, missed, refused, infinite, limit) -> dict:
    """What was found, and in words why entries are refused."""
    found: dict[str, object] = {
        "largest_share": float(share.max(initial=0.0)),
        "skewness": float(skewness.max(initial=0.0)),
        "tail_index": float(index.min(initial=np.inf)),
    }
    said = [infinite] if infinite else []
    nonfinite = sum(part.nonfinite for part in groups)
    if nonfinite:
        refused[:] = True
        found["nonfinite_draws"] = nonfinite
        said.append(f"{nonfinite} draws were not finite and are left out of the sums")
    if agreed.any() and not infinite:
        said.append(
            "all draws agree, which proves nothing: rare large values may be missing. Ask for more draws, or for cf.correlators.exact"
        )
    if few.any() and not infinite:
        worst = int(np.argmax(np.where(few, skewness, -1.0)))
        said.append(
            f"too few draws: the largest of them carry the sum (one draw carries {share[worst]:.1%} of it; skewness of the sum "
            f"{skewness[worst]:.2f}, at most {limit}; tail index {index[worst]:.2g}). Ask for more draws, or for cf.correlators.exact "
            "where a closed form exists"
        )
    if np.isfinite(missed).any() and not infinite:
        found["spread_met"] = float(np.nanmin(missed))
        said.append(
            f"too few draws: they show {found['spread_met']:.2g} of the exact spread of a draw, and have missed the tail that carries it. "
            "Ask for more draws, or for cf.correlators.exact"
        )
    if len(refused) > 1 and refused.any():
        said.append(f"{int(refused.sum())} of {len(refused)} entries are refused")
    return found | ({"warnings": said} if refused.any() else {})
