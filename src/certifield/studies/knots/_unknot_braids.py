"""Braids of the unknot: how many does each player undo, and with how many moves, against the length of the word?"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from certifield._cache import cache_folder
from certifield.evidence import Answer, Certified, Share, wilson

from ..census import Answered, Item, Options, Plot, Record, Section, Series, Task
from ._films import films

Player = Literal["random-walk", "a2c", "trpo", "ppo", "beam", "simplifier"]
LEARNERS = ("a2c", "trpo", "ppo")
SIMPLIFIER = "simplifier"
LONGEST_SUITE = "hard"
FEWEST_IN_A_PLOT = 10  # braids; of fewer the table says all
MOST_STRANDS, MOST_LETTERS = 9, 96  # that the game has room for; longer random words are drawn again


def _drawable(kind: tuple[int, int]) -> tuple[int, int]:
    """A kind of random braids of which many fit into the game."""
    strands, letters = kind
    if not 3 <= strands <= MOST_STRANDS or not 4 * strands <= letters <= 160:
        raise ValueError(f"3 to {MOST_STRANDS} strands, and letters from 4 for each strand to 160; such as [6, 48]")
    return kind


class Braids(Options):
    """The players, their training in choices, the shipped suites, and random braids by (strands, letters before reduction)."""

    players: tuple[Player, ...] = ("random-walk", "a2c", "trpo", "ppo", "beam", "simplifier")
    training: int = Field(400_000, ge=0)
    suites: tuple[Literal["hard", "irreducible", "named"], ...] = ("hard", "irreducible", "named")
    random: tuple[Annotated[tuple[int, int], AfterValidator(_drawable)], ...] = ((4, 24), (4, 96), (6, 48), (6, 96), (8, 96), (8, 144))
    count: int = Field(32, ge=1)
    seed: int = Field(7, ge=0)


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
    """Every braid for every player; the length is that of the freely reduced word."""
    rows = list(problems(options))
    for player in options.players:
        for number, (suite, word, strands) in enumerate(rows):
            data = {"player": player, "suite": suite, "word": word, "strands": strands, "braid": number}
            yield Item(f"{player}-{suite}-{number}", data, player)


def answer(item: Item, budget: int, seed: int, options: Braids) -> Record:
    """What the player makes of the braid with at most ``budget`` choices, or the simplifier with as many shakings of the diagram.

    The seed of a game follows from that of the options and the item, not from the budget: a longer game continues a shorter one.
    """
    lot = int.from_bytes(hashlib.sha256(f"{options.seed}/{item.name}".encode()).digest()[:4], "big")
    word, strands = item.data["word"], item.data["strands"]
    if item.data["player"] == SIMPLIFIER:
        from certifield.topology import Diagram
        from certifield.topology.moves import unknot

        found: Answer = unknot(Diagram.from_braid(word, strands), rounds=budget, seed=lot)
        made = len(found.certificate.document()["witness"]["moves"]) if isinstance(found, Certified) else 0  # type: ignore[index]
        return Record(replace(found, spent={"choices": found.spent["moves"]}), {"choices": made} if made else {})
    from certifield import search
    from certifield.topology.braids import UnknotGame

    game = UnknotGame([(word, strands)], most_letters=MOST_LETTERS, most_strands=MOST_STRANDS)
    (episode,) = search.play(_player(item.data["player"], options.seed, options.training), game, game.pool, seed=lot, cap=budget)
    return Record(episode.answer, {"choices": len(episode.actions)} if episode.solved else {})


def prepare(options: Braids) -> None:
    """Trains the learners, or reads them where they have been trained before, so that no game pays for that."""
    for name in LEARNERS:
        if name in options.players:
            _player(name, options.seed, options.training)


@cache
def _player(name: str, seed: int, training: int) -> Any:
    """The player; a learner is trained on practice braids, none of which is in the suites, and kept in the cache folder of the user."""
    from certifield import search
    from certifield.topology.braids import UnknotGame, practice

    if name not in LEARNERS:
        return search.player(name, None)
    game = UnknotGame(practice(seed), most_letters=MOST_LETTERS, most_strands=MOST_STRANDS)
    return search.player(name, game, seed=seed, budget=training, folder=cache_folder("players"))


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
        members = [one for one in answered if one.item.data["suite"] == suite]
        if any(one.best for one in members):
            found.append(_section(suite, members, options))
    return [*found, *films(_shortest(answered), most=2)]


def _shortest(answered: Sequence[Answered]) -> list[Answered]:
    """The proof with fewest choices on the longest braids: one of moves of braids and one of moves of diagrams."""
    proofs = [one for one in answered if one.best and one.status == "certified" and one.item.data["suite"] == LONGEST_SUITE]
    kinds = ([one for one in proofs if (one.item.data["player"] == SIMPLIFIER) is simplified] for simplified in (False, True))
    return [min(kind, key=lambda one: int(one.best.record.figures["choices"])) for kind in kinds if kind]  # type: ignore[union-attr]


def _section(suite: str, asked: list[Answered], options: Braids) -> Section:
    rows, fractions, means = [], [], []
    members = [one for one in asked if one.best]
    caps = sorted({attempt.budget for one in members for attempt in one.attempts})
    ends = [caps[0], *caps[1:][-1:]]  # the first round and the last
    for player in options.players:
        points, work = [], []
        for length, chosen in _by_length([one for one in members if one.item.data["player"] == player]):
            within = [_share(chosen, cap) for cap in ends]
            choices = [int(one.best.record.figures["choices"]) for one in chosen if one.best and one.status == "certified"]
            mean = sum(choices) / len(choices) if choices else None
            shares = [f"{share.value:.2f}" if share.trials else "" for share in within]
            interval = f"{within[0].low:.2f} to {within[0].high:.2f}" if within[0].trials else ""
            rows.append((player, f"{length:.1f}", len(chosen), shares[0], interval, *shares[1:], "" if mean is None else f"{mean:.0f}"))
            if within[0].trials:
                points.append((length, within[0].value, within[0].low, within[0].high))
            if mean is not None:
                work.append((length, mean))
        if points:
            x, y, low, high = zip(*points, strict=True)
            fractions.append(Series(player, x, y, low, high))
        if work and player != SIMPLIFIER:
            x, y = zip(*work, strict=True)
            means.append(Series(player, x, y))
    label = "letters of the freely reduced word"
    plots = [
        Plot(f"{suite}: undone within {caps[0]}", label, "fraction", fractions, y_range=(0, 1.05), alternative="Fraction undone by length"),
        Plot(f"{suite}: choices of the games won", label, "mean choices", means, y_log=True, alternative="Mean choices by length"),
    ]
    enough = len({one.item.data["braid"] for one in members}) >= FEWEST_IN_A_PLOT
    plots = [plot for plot in plots if plot.series and enough]
    columns = ("player", "letters", "braids", f"within {caps[0]}", "95 % interval", *(f"within {cap}" for cap in ends[1:]), "mean choices")
    waiting = sum(_known(one, caps[0]) is None for one in asked)
    told = f"{waiting} of {len(asked)} games have not been played yet. " if waiting else _verdict(fractions) if enough else ""
    return Section(f"suite-{suite}", f"Braids: {suite}", told + _REMARK, plots=plots, columns=columns, rows=rows)


def _known(one: Answered, cap: int) -> bool | None:
    """Whether the braid is undone within ``cap`` choices; None where the game has not come so far."""
    if any(attempt.budget <= cap and attempt.record.status == "certified" for attempt in one.attempts):
        return True
    return False if any(attempt.budget == cap for attempt in one.attempts) else None


def _share(chosen: Sequence[Answered], cap: int) -> Share:
    """Of the braids of a group; empty until all of them got so far, for those that are continued last are the ones that were lost."""
    known = [_known(one, cap) for one in chosen]
    return wilson(0, 0) if None in known else wilson(known.count(True), len(known))


_REMARK = (
    "Every game that counts as won is a certificate. A longer game continues a shorter one; braids, trainings and games follow from the "
    "seed among the options of the items. The simplifier is the classical column: it works on diagrams, and its count is one of "
    "Reidemeister moves."
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
    version=2,
    prepare=prepare,
    sections=sections,
)
