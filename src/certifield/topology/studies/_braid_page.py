"""What the report says of games on braids: shares undone and choices made, against the length of the word."""

from collections.abc import Iterable, Iterator, Sequence

from certifield.evidence import wilson
from certifield.study import Mark, Plot, Points, Reading, Section, curves

from ._discs import answer_in, films

SIMPLIFIER = "simplifier"
LONGEST_SUITE = "hard"
FEWEST_IN_A_PLOT = 10  # braids; of fewer the table says all
_REMARK = (
    "Every game that counts as won is a certificate. A longer game continues a shorter one; braids, trainings and games follow from the "
    "seed among the options. The simplifier is the classical column: it works on diagrams, and its count is one of Reidemeister moves."
)


def sections(readings: Iterable[Reading], players: Sequence[str]) -> list[Section]:
    """A section for each suite that has been begun, and two films."""
    every = list(readings)
    found = []
    for suite in dict.fromkeys(one.case.data["suite"] for one in every):
        members = [one for one in every if one.case.data["suite"] == suite]
        if any(one.pieces for one in members):
            found.append(_section(suite, members, players))
    return [*found, *films(_shortest(every), most=2)]


def choices(one: Reading) -> int:
    """The choices, or the moves, of a game that was won."""
    return one["choices"].value.value  # type: ignore[union-attr]


def undone(one: Reading, cap: int) -> bool | None:
    """Whether the braid is undone within ``cap`` choices; None where the game has not come so far."""
    if any(budget <= cap and "proof" in piece for budget, piece in one.pieces.items()):
        return True
    return False if cap in one.pieces else None


def by_length(chosen: Sequence[Reading], bins: int = 5) -> Iterator[tuple[float, list[Reading]]]:
    """The braids in groups of about the same length, each with its mean length."""
    ordered = sorted(chosen, key=lambda one: len(one.case.data["word"]))
    size = max(1, -(-len(ordered) // bins))
    for start in range(0, len(ordered), size):
        group = ordered[start : start + size]
        yield sum(len(one.case.data["word"]) for one in group) / len(group), group


def caps_of(readings: Iterable[Reading]) -> list[int]:
    """The budgets of all rounds that have begun."""
    return sorted({budget for one in readings for budget in one.pieces})


def _shortest(readings: Sequence[Reading]) -> list[Reading]:
    """The proof with fewest choices on the longest braids: one of moves of braids and one of moves of diagrams."""
    proofs = [one for one in readings if answer_in(one) == "certified" and one.case.data["suite"] == LONGEST_SUITE]
    kinds = ([one for one in proofs if (one.case.data["player"] == SIMPLIFIER) is simplified] for simplified in (False, True))
    return [min(kind, key=choices) for kind in kinds if kind]


def _section(suite: str, asked: list[Reading], players: Sequence[str]) -> Section:
    rows, shares, means, labels = [], [], [], []
    members = [one for one in asked if one.pieces]
    caps = caps_of(members)
    ends = [caps[0], *caps[1:][-1:]]  # the first round and the last
    for number, player in enumerate(players):
        points, work = [], []
        for length, chosen in by_length([one for one in members if one.case.data["player"] == player]):
            within = [_share(chosen, cap) for cap in ends]
            made = [choices(one) for one in chosen if answer_in(one) == "certified"]
            mean = sum(made) / len(made) if made else None
            told = [f"{share.value:.2f}" if share.trials else "" for share in within]
            interval = f"{within[0].low:.2f} to {within[0].high:.2f}" if within[0].trials else ""
            rows.append((player, f"{length:.1f}", len(chosen), told[0], interval, *told[1:], "" if mean is None else f"{mean:.0f}"))
            if within[0].trials:
                points.append((length, within[0].value, within[0].low, within[0].high))
            if mean is not None:
                work.append((length, mean))
        if points:
            x, y, low, high = zip(*points, strict=True)
            shares += curves(player, x, y, number, low=low, high=high)
            labels.append(f"{player} {_change(points)}")
        if work and player != SIMPLIFIER:
            x, y = zip(*work, strict=True)
            means += curves(player, x, y, number)
    enough = len({one.case.data["braid"] for one in members}) >= FEWEST_IN_A_PLOT
    plots = [plot for plot in _plots(suite, caps[0], shares, means) if plot.marks and enough]
    columns = ("player", "letters", "braids", f"within {caps[0]}", "95 % interval", *(f"within {cap}" for cap in ends[1:]), "mean choices")
    waiting = sum(undone(one, caps[0]) is None for one in asked)
    verdict = f"From the shortest to the longest braids: {'; '.join(labels)}. " if enough else ""
    told = f"{waiting} of {len(asked)} games have not been played yet. " if waiting else verdict
    return Section(f"suite-{suite}", f"Braids: {suite}", told + _REMARK, plots=plots, columns=columns, rows=rows)


def _plots(suite: str, cap: int, shares: Sequence[Mark], means: Sequence[Mark]) -> list[Plot]:
    label, words = "letters of the freely reduced word", ("Share undone by length", "Mean choices by length")
    return [
        Plot(f"{suite}: undone within {cap}", label, "share", shares, words[0], y_range=(0, 1.05), legend_columns=2),
        Plot(f"{suite}: choices of the games won", label, "mean choices", means, words[1], y_log=True, legend_columns=2),
    ]


def labels_of(plot: Plot) -> list[str]:
    """The players that a plot shows."""
    return [mark.label for mark in plot.marks if isinstance(mark, Points)]


def _share(chosen: Sequence[Reading], cap: int):
    """Of the braids of a group; empty until all of them got so far, for those that are continued last are the ones that were lost."""
    known = [undone(one, cap) for one in chosen]
    return wilson(0, 0) if None in known else wilson(known.count(True), len(known))


def _change(points: Sequence[tuple[float, float, float, float]]) -> str:
    """Whether the share changes from the shortest to the longest braids by more than the intervals leave open."""
    (_, first, first_low, first_high), (_, last, last_low, last_high) = points[0], points[-1]
    if first == last:
        return f"stays at {first:.2f}"
    if last_high < first_low:
        return f"falls from {first:.2f} to {last:.2f}"
    if last_low > first_high:
        return f"rises from {first:.2f} to {last:.2f}"
    return f"stays flat ({first:.2f}, then {last:.2f}, within the intervals)"
