"""Braids of the unknot: how many does each player undo, and with how many moves, against the length of the word?"""

import os
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from certifield.evidence import Answer, Certified

from ..census import Answered, Item, Options, Plot, Record, Section, Series, Task, wilson
from ._films import films

Player = Literal["random-walk", "a2c", "trpo", "ppo", "beam", "simplifier"]
SIMPLIFIER = "simplifier"
BIN = 64  # braids that are played at once
LONGEST_SUITE = "hard"
FEWEST_IN_A_PLOT = 10  # braids; of fewer the table says all
MOST_LETTERS = 96  # that the game has room for; longer random words are drawn again


class Braids(Options):
    """The players, their training in choices, the shipped suites, and random braids by (strands, letters before reduction)."""

    players: tuple[Player, ...] = ("random-walk", "a2c", "trpo", "ppo", "beam", "simplifier")
    training: int = Field(400_000, ge=0)
    suites: tuple[Literal["hard", "irreducible", "named"], ...] = ("hard", "irreducible", "named")
    random: tuple[tuple[int, int], ...] = ((4, 24), (4, 96), (6, 48), (6, 96), (8, 96), (8, 144))
    count: int = Field(32, ge=1, le=BIN)
    seed: int = 7


def problems(options: Braids) -> Iterator[tuple[str, list[int], int]]:
    """Suite, word and strands of every braid; those of a suite come shortest first."""
    from certifield.topology.braids import scrambled_unknot, suite

    for name in options.suites:
        for one in suite(name):
            yield name, one.word, one.strands
    rng = random.Random(options.seed)
    for strands, letters in options.random:
        for _ in range(options.count):
            while len((one := scrambled_unknot(strands, letters, rng)).word) > MOST_LETTERS:
                pass
            yield "random", one.word, one.strands


def items(options: Braids) -> Iterator[Item]:
    """Every braid for every player, in bins that are played at once; the length is that of the freely reduced word."""
    rows = list(problems(options))
    for player in options.players:
        for number, (suite, word, strands) in enumerate(rows):
            data = {"player": player, "suite": suite, "word": word, "strands": strands, "bin": number // BIN, "place": number % BIN}
            yield Item(f"{player}-{suite}-{number}", data, player)


def answer(item: Item, budget: int, seed: int, options: Braids) -> Record:
    """What the player makes of the braid with at most ``budget`` choices, or the simplifier with as many shakings of the diagram.

    The seed of the game is that of the options, so that the braids of a bin can be played at once.
    """
    if item.data["player"] == SIMPLIFIER:
        from certifield.topology import Diagram
        from certifield.topology.moves import unknot

        found: Answer = unknot(Diagram.from_braid(item.data["word"], item.data["strands"]), rounds=budget, seed=options.seed)
        made = len(found.certificate.document()["witness"]["moves"]) if isinstance(found, Certified) else 0  # type: ignore[index]
        return Record(replace(found, spent={"choices": found.spent["moves"]}), {"choices": made} if made else {})
    episode = _played(item.data["player"], item.data["bin"], budget, options.model_dump_json())[item.data["place"]]
    return Record(episode.answer, {"choices": len(episode.actions)} if episode.solved else {})


@cache
def _played(player: str, which: int, cap: int, asked: str) -> list[Any]:
    """The episodes of all braids of one bin, for the options that ``asked`` holds as JSON."""
    from certifield import search
    from certifield.topology.braids import UnknotGame

    options = Braids.model_validate_json(asked)
    rows = list(problems(options))[which * BIN : (which + 1) * BIN]
    game = UnknotGame([(word, strands) for _, word, strands in rows])
    return search.play(_taught(player, options.seed, options.training), game, game.pool, seed=options.seed, cap=cap)


@cache
def _taught(player: str, seed: int, training: int) -> Any:
    """The player, trained on practice braids that share nothing with the suites; kept in the cache folder of the user."""
    from certifield import search
    from certifield.topology.braids import UnknotGame, practice

    folder = _cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return search.player(player, UnknotGame(practice(seed)), seed=seed, budget=training, folder=folder)


def _cache_folder() -> Path:
    system = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return Path(os.environ.get("XDG_CACHE_HOME") or system) / "certifield" / "players"


def proves(item: Item, record: Record, options: Braids) -> bool:
    """Whether the certificate speaks of this very braid, as a word or as the diagram of its closure."""
    if item.data["player"] != SIMPLIFIER:
        return record.claim == {"kind": "unknot", "strands": item.data["strands"], "word": item.data["word"]}
    from certifield.topology import Diagram

    closure = Diagram.from_braid(item.data["word"], item.data["strands"])
    return record.claim == {"kind": "unknot", "diagram": [list(crossing) for crossing in closure.crossings]}


def sections(answered: Sequence[Answered], options: Braids) -> list[Section]:
    """Fraction undone and mean number of choices against the length, for every suite and player; and two films."""
    found = []
    for suite in dict.fromkeys(one.item.data["suite"] for one in answered):
        members = [one for one in answered if one.item.data["suite"] == suite and one.best]
        if members:
            found.append(_section(suite, members, options))
    return [*found, *films(_shortest(answered), most=2)]


def _shortest(answered: Sequence[Answered]) -> list[Answered]:
    """The proof with fewest choices on the longest braids: one of moves of braids and one of moves of diagrams."""
    proofs = [one for one in answered if one.best and one.status == "certified" and one.item.data["suite"] == LONGEST_SUITE]
    kinds = ([one for one in proofs if (one.item.data["player"] == SIMPLIFIER) is simplified] for simplified in (False, True))
    return [min(kind, key=lambda one: int(one.best.record.figures["choices"])) for kind in kinds if kind]  # type: ignore[union-attr]


def _section(suite: str, members: list[Answered], options: Braids) -> Section:
    rows, fractions, means = [], [], []
    caps = sorted({attempt.budget for one in members for attempt in one.attempts})
    for player in options.players:
        lengths, shares, lows, highs, work = [], [], [], [], []
        for length, chosen in _by_length([one for one in members if one.item.data["player"] == player]):
            solved = [sum(one.attempts[0].record.status == "certified" for one in chosen), sum(one.status == "certified" for one in chosen)]
            low, high = wilson(solved[0], len(chosen))
            choices = [int(one.best.record.figures["choices"]) for one in chosen if one.best and one.status == "certified"]
            mean = sum(choices) / len(choices) if choices else None
            within = [f"{number / len(chosen):.2f}" for number in solved]
            made = "" if mean is None else f"{mean:.0f}"
            rows.append((player, f"{length:.1f}", len(chosen), within[0], f"{low:.2f} to {high:.2f}", within[1], made))
            lengths.append(length)
            shares.append(solved[0] / len(chosen))
            lows.append(low)
            highs.append(high)
            work.append(mean)
        fractions.append(Series(player, lengths, shares, lows, highs))
        known = [(length, mean) for length, mean in zip(lengths, work, strict=True) if mean is not None]
        if known and player != SIMPLIFIER:
            means.append(Series(player, [length for length, _ in known], [mean for _, mean in known]))
    label = "letters of the freely reduced word"
    plots = [
        Plot(f"{suite}: undone within {caps[0]}", label, "fraction", fractions, y_range=(0, 1.05), alternative="Fraction undone by length"),
        Plot(f"{suite}: choices of the games won", label, "mean choices", means, y_log=True, alternative="Mean choices by length"),
    ]
    enough = len({one.item.data["place"] + BIN * one.item.data["bin"] for one in members}) >= FEWEST_IN_A_PLOT
    plots = [plot for plot in plots if plot.series and enough]
    columns = ("player", "letters", "braids", f"within {caps[0]}", "95 % interval", f"within {caps[-1]}", "mean choices")
    return Section(
        f"suite-{suite}", f"Braids: {suite}", (_verdict(fractions) if enough else "") + _REMARK, plots=plots, columns=columns, rows=rows
    )


_REMARK = (
    "Every game that counts as won is a certificate. The simplifier is the classical column: it works on diagrams, "
    "and its count is one of Reidemeister moves."
)


def _by_length(chosen: list[Answered], bins: int = 5) -> Iterator[tuple[float, list[Answered]]]:
    """The braids in groups of about the same length, each with its mean length."""
    ordered = sorted(chosen, key=lambda one: len(one.item.data["word"]))
    size = max(1, -(-len(ordered) // bins))
    for start in range(0, len(ordered), size):
        group = ordered[start : start + size]
        yield sum(len(one.item.data["word"]) for one in group) / len(group), group


def _verdict(fractions: Sequence[Series]) -> str:
    """Whether the fraction of each player changes from the shortest to the longest braids by more than the intervals leave open."""
    return "From the shortest to the longest braids: " + "; ".join(f"{series.label} {_change(series)}" for series in fractions) + ". "


def _change(series: Series) -> str:
    assert series.low is not None and series.high is not None  # they are Wilson's
    first, last = series.y[0], series.y[-1]
    if first == last:
        return f"stays at {first:.2f}"
    if series.high[-1] < series.low[0]:
        return f"falls from {first:.2f} to {last:.2f}"
    if series.low[-1] > series.high[0]:
        return f"rises from {first:.2f} to {last:.2f}"
    return f"stays flat ({first:.2f}, then {last:.2f}, within the intervals)"


TASK = Task(
    options=Braids,
    items=items,
    answer=answer,
    proves=proves,
    unit="choices",
    packages=("equinox", "optax", "numba"),
    sections=sections,
)
