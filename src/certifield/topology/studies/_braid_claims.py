"""What games on braids say of the claims of their sources.

Everything here is of the first round, whose games all players have played; where one waits, so does the conclusion.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from certifield.evidence import Exact
from certifield.study import Claim, Found, Missing, Reading

from ._braid_page import LONGEST_SUITE, SIMPLIFIER, by_length, caps_of, choices, undone
from ._discs import answer_in
from ._shares import difference_of_means, difference_of_shares

WALK, LEARNERS = "random-walk", ("a2c", "trpo", "ppo")
_WAITING = Missing("not all of its games have been played yet", waiting=True)


def conclusions(readings: Iterable[Reading], players: Sequence[str]) -> Iterator[tuple[str, Found]]:
    """Differences of shares undone, growth of the work with the length, and what replays and invariants say of the proofs."""
    every = list(readings)
    suites = list(dict.fromkeys(one.case.data["suite"] for one in every))
    caps = caps_of(every)
    games = {(player, suite): [one for one in every if _of(one, player, suite)] for player in players for suite in suites}
    for (player, suite), played in games.items():
        yield f"undone by {player} of {suite}", _count(played, caps)
    for first, second in (("trpo", WALK), ("trpo", "a2c"), ("a2c", WALK), ("ppo", WALK)):
        if first in players and second in players and LONGEST_SUITE in suites:
            ours, theirs = games[first, LONGEST_SUITE], games[second, LONGEST_SUITE]
            yield f"{first} less {second} on {LONGEST_SUITE}", _difference(ours, theirs, caps, f"{first}, {second}")
    for player in players:
        if "random" in suites:
            yield f"growth of the choices of {player}", _growth(games[player, "random"], caps, player)
    won = [one for one in every if answer_in(one) == "certified"]
    if set(LEARNERS) & set(players):
        yield "forgeries accepted", _sum([one for one in won if one.case.data["player"] in LEARNERS], "forgeries accepted")
    if SIMPLIFIER in players:
        yield "invariants changed by moves", _sum([one for one in won if one.case.data["player"] == SIMPLIFIER], "invariants changed")


def _of(one: Reading, player: str, suite: str) -> bool:
    return one.case.data["player"] == player and one.case.data["suite"] == suite


def _won(played: Sequence[Reading], caps: Sequence[int]) -> list[bool] | None:
    """Whether each game was won in the first round; None while one waits."""
    known = [undone(one, caps[0]) for one in played] if caps else [None]
    return None if None in known else [bool(one) for one in known]


def _count(played: Sequence[Reading], caps: Sequence[int]) -> Found:
    won = _won(played, caps)
    return Found(_WAITING if won is None else Exact(sum(won), f"braids of {len(won)}, undone within {caps[0]}, each with a certificate"))


def _difference(first: Sequence[Reading], second: Sequence[Reading], caps: Sequence[int], source: str) -> Found:
    ours, theirs = _won(first, caps), _won(second, caps)
    if ours is None or theirs is None:
        return Found(_WAITING)
    return Found(difference_of_shares(sum(ours), sum(theirs), len(ours), f"games of {source}"))


def _growth(played: Sequence[Reading], caps: Sequence[int], player: str) -> Found:
    """The mean choices of the games won on the longest fifth of the braids, less those on the shortest fifth."""
    if _won(played, caps) is None:
        return Found(_WAITING)
    groups = [group for _, group in by_length(played)]
    short, long = (np.array([choices(one) for one in group if answer_in(one) == "certified"], float) for group in (groups[0], groups[-1]))
    if min(len(short), len(long)) < 2:
        return Found(Missing("fewer than two games were won at one of the two ends"))
    return Found(difference_of_means(long, short, f"games of {player} on random braids", "games won"))


def _sum(won: Sequence[Reading], name: str) -> Found:
    if not won:
        return Found(Missing("nothing has been won yet", waiting=True))
    return Found(Exact(sum(one[name].value.value for one in won), f"counted among {len(won)} proofs"))  # type: ignore[misc]


_WHERE = "arXiv:2402.13321, section 2.2"
CLAIMS = (
    Claim(
        "KN-01",
        _WHERE,
        "diagrams show the same knot if and only if Reidemeister moves relate them; every knot is a closed braid",
        ours="invariants changed by moves",
        printed=Exact(0),
        note="Of closed braids that Reidemeister moves took to a circle, those whose Alexander polynomial or signature is not the "
        "unknot's. That moves suffice for every knot, and that every knot is a closed braid, are theorems (Reidemeister, Alexander).",
    ),
    Claim(
        "KN-02",
        _WHERE,
        "the unknotting game costs more with more crossings",
        ours="growth of the choices of random-walk",
        printed=Exact(0),
        relation=">",
        note="Choices on the longest fifth of the random braids less those on the shortest. Games that were lost do not count, which makes "
        "the growth less.",
    ),
    Claim(
        "KN-03",
        _WHERE,
        "learned players are far better than the random walk",
        ours="ppo less random-walk on hard",
        printed=Exact(0),
        relation=">",
        note="On braids that were selected as hard for the walk. Short random braids are undone by the walk, too (see the table), so there "
        "the statement does not hold.",
    ),
    Claim(
        "KN-04",
        "arXiv:2402.13321, figure 2",
        "a player trained by TRPO stays good for long braids, better than one trained by actor-critic and the random walk",
        ours="trpo less a2c on hard",
        printed=Exact(0),
        relation=">",
        note="Against the synchronous actor-critic; against the walk see the conclusion trpo less random-walk. One training each: how much "
        "another training would change is not part of the error.",
    ),
    Claim(
        "KN-05",
        "arXiv:2402.13321, figure 2",
        "the mean number of actions of trained players grows with the length of the braid",
        ours="growth of the choices of trpo",
        printed=Exact(0),
        relation=">",
        note="Choices on the longest fifth of the random braids less those on the shortest; the figure shows all players.",
    ),
    Claim(
        "KN-06",
        f"{_WHERE} and 4",
        "the moves of a learned player are a proof, which does not depend on the player",
        ours="forgeries accepted",
        printed=Exact(0),
        note="Every game that counts was replayed by a checker that knows the rules alone. It refuses each proof without its last move, "
        "and each one held against a braid with a letter more.",
    ),
)
