"""From scrambled plumbing trees back to small ones: how many does each player solve, and with how many moves, against the scramble depth?

A case is one player on the trees of one depth.  Every game that counts is a certificate same-plumbing@1 that its checker replayed; the
exact procedure, which brings a tree to its normal form, stands beside the players.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Literal

import numpy as np
from pydantic import Field

from certifield.evidence import Certificate, Certified, Exact, wilson
from certifield.study import Case, Claim, Found, Missing, Options, Piece, Pieces, Plot, Reading, Readings, Section, Study, Task, curves

from ._discs import claim_of
from ._shares import difference_of_shares, mean_of

Player = Literal["random-walk", "greedy", "beam", "a2c", "dqn", "exact"]
LEARNERS = ("a2c", "dqn")
MOST, LARGEST = 24, 7  # vertices of a tree on its way, and of a goal
PRACTICE = ((1, 2, 3, 4, 6, 8, 12), 60)  # depths, and trees of each
RIGOR, PAPER = "arXiv:2402.13321", "arXiv:2305.05966"


class Games(Options):
    """``count`` trees of each of the ``depths``; at most ``cap`` moves; learners are trained for ``training`` choices on other trees."""

    players: tuple[Player, ...] = ("random-walk", "greedy", "beam", "a2c", "dqn", "exact")
    depths: tuple[int, ...] = (2, 4, 8, 16, 32)
    count: int = Field(64, ge=2)
    cap: int = Field(60, ge=1, le=500)
    training: int = Field(40_960, ge=256)
    keep: int = Field(2, ge=0)
    seed: int = Field(1, ge=0)


def cases(options: Games) -> Iterator[Case]:
    """Every player at every depth."""
    for player in options.players:
        for depth in options.depths:
            yield Case(f"{player}/{depth}", {"player": player, "depth": depth}, player)


def _trees(depth: int, options: Games) -> list[Any]:
    from certifield.topology.plumbing.game import scrambled_trees

    return scrambled_trees(options.count, depth, seed=(options.seed << 10) + depth, largest=LARGEST, room=MOST - 1)


@cache
def practice(seed: int) -> Any:
    """The game that learners are trained on; its trees have seeds of their own."""
    from certifield.topology.plumbing.game import PlumbingGame, scrambled_trees

    depths, count = PRACTICE
    seeds = {depth: (1 << 40) + (seed << 10) + depth for depth in depths}
    lots = (scrambled_trees(count, depth, seed=lot, largest=LARGEST, room=MOST - 1) for depth, lot in seeds.items())
    return PlumbingGame([one for lot in lots for one in lot], most=MOST)


@cache
def player_of(name: str, seed: int, training: int) -> Any:
    """A player; learners are trained, and kept in the cache folder of the user."""
    from certifield import search
    from certifield._cache import cache_folder

    shape = {"workers": 32, "length": 8, "patience": 40, "width": 24}
    simple = {"random-walk": search.RandomWalk, "greedy": lambda: search.Beam(width=1, noise=0.0), "beam": lambda: search.Beam(width=16)}
    if name in simple:
        return simple[name]()
    method = search.A2C(**shape) if name == "a2c" else search.DQN(**shape, lessons=4, sample=128, room=1 << 13, decay=0.985)
    return search.trained(search.Question(method, practice(seed), seed, training), cache_folder("players"))


def piece(task: Task, options: Games) -> Piece:
    """Moves by game, -1 where it is lost, and the first certificates."""
    depth, name = task.case.data["depth"], task.case.data["player"]
    trees = _trees(depth, options)
    if name == "exact":
        from certifield.topology.plumbing import same_manifold

        proofs = [found.certificate if isinstance(found := same_manifold(*pair), Certified) else None for pair in trees]
    else:
        from certifield import search
        from certifield.topology.plumbing.game import PlumbingGame

        game = PlumbingGame(trees, most=MOST)
        player = player_of(name, options.seed, options.training)
        episodes = search.play(player, game, game.pool, seed=options.seed, cap=options.cap)
        proofs = [one.answer.certificate if isinstance(one.answer, Certified) else None for one in episodes]
    made = [-1 if proof is None else moves_of(proof) for proof in proofs]
    first = [proof for proof in proofs if proof is not None][: options.keep]
    return {"moves": np.array(made, np.int64)} | {f"proof {place}": proof for place, proof in enumerate(first)}


def moves_of(proof: Certificate) -> int:
    """The moves of a proof on both sides."""
    witness = proof.document()["witness"]
    return len(witness["first"]) + len(witness["second"])  # type: ignore[index,arg-type]


def read(case: Case, pieces: Pieces, options: Games) -> Iterator[tuple[str, Found]]:
    """How many are solved, and the mean number of moves."""
    if 0 not in pieces:
        yield "solved", Found(Missing("it has not been asked yet", waiting=True))
        return
    won = _won(pieces[0])
    yield "solved", Found(Exact(len(won), f"of {options.count}, each with moves that a checker replayed"))
    if len(won) > 1 and won.std() > 0:
        yield "mean moves", Found(mean_of(won, case.name, "games won"))


def _won(found: Piece) -> np.ndarray:
    moves = np.asarray(found["moves"])
    return moves[moves >= 0].astype(float)


def about(case: Case, certificate: Certificate, options: Games) -> bool:
    """Whether the certificate speaks of a tree of this depth and its goal, up to the numbers of vertices, which the game gives anew."""
    from certifield.topology.plumbing import PlumbingForest, normal_codes

    claim = claim_of(certificate)
    if set(claim) != {"kind", "first", "second"}:
        return False
    asked = [PlumbingForest(claim[side]["weights"], claim[side]["edges"]) for side in ("first", "second")]
    sizes = [sorted(one.weights) for one in asked]
    same_sizes = [goal for tree, goal in _trees(case.data["depth"], options) if [sorted(tree.weights), sorted(goal.weights)] == sizes]
    return bool(same_sizes) and normal_codes([asked[1]])[0] in normal_codes(same_sizes)


def conclude(readings: Readings, options: Games) -> Iterator[tuple[str, Found]]:
    """Differences of the shares of all trees that two players solve."""
    solved: dict[str, int] = {}
    for name in options.players:
        ones = [readings[f"{name}/{depth}"] for depth in options.depths]
        if any(0 not in one.pieces for one in ones):
            yield f"solved by {name}", Found(Missing("not all of its games have been played yet", waiting=True))
            continue
        solved[name] = sum(len(_won(one.pieces[0])) for one in ones)
        yield f"solved by {name}", Found(Exact(solved[name], f"of {options.count * len(options.depths)}"))
    trials = options.count * len(options.depths)
    for one, other in (("a2c", "dqn"), ("a2c", "random-walk"), ("a2c", "greedy"), ("beam", "a2c"), ("exact", "a2c")):
        if one in solved and other in solved:
            yield f"{one} less {other}", Found(difference_of_shares(solved[one], solved[other], trials, f"{one}, {other}"))


CLAIMS = (
    Claim(
        "CO-04",
        f"{RIGOR}, section 2.2; {PAPER}",
        "an actor-critic (A3C) finds the moves between plumbing graphs extremely well, and beats a deep Q-network",
        ours="a2c less dqn",
        printed=Exact(0),
        relation=">",
        note="Share of the trees solved. The actor-critic is the synchronous one; one training each, far shorter than the published ones: "
        "how much another training would change is not part of the error. The exact procedure solves all trees.",
    ),
)


def page(readings: Readings, options: Games) -> Iterator[Section]:
    """Solved share and mean moves against the depth."""
    rows, shares, means = [], [], []
    for number, name in enumerate(options.players):
        known: list[tuple[int, Reading]] = [(depth, readings[f"{name}/{depth}"]) for depth in options.depths]
        known = [(depth, one) for depth, one in known if 0 in one.pieces]
        won = [_won(one.pieces[0]) for _, one in known]
        parts = [wilson(len(one), options.count) for one in won]
        for (depth, _), one, part in zip(known, won, parts, strict=True):
            error = f"{one.mean():.1f} +- {one.std(ddof=1) / np.sqrt(len(one)):.1f}" if len(one) > 1 else ""
            rows.append((name, depth, options.count, len(one), str(part), error))
        x = [depth * 1.02 ** (number - 2) for depth, _ in known]
        if known:
            shares += curves(name, x, [part.value for part in parts], number, low=[part.low for part in parts],
                             high=[part.high for part in parts])  # fmt: skip
        enough = [(place, one) for place, one in zip(x, won, strict=True) if len(one) > 1]
        if enough:
            mean, error = (
                np.array(part) for part in zip(*((one.mean(), one.std(ddof=1) / np.sqrt(len(one))) for _, one in enough), strict=True)
            )
            means += curves(name, [place for place, _ in enough], mean, number, low=mean - error, high=mean + error)
    yield from _sections(rows, shares, means, options)


def _sections(rows: Sequence[tuple], shares: Sequence[Any], means: Sequence[Any], options: Games) -> Iterator[Section]:
    label = "random moves of the scramble"
    plots = [Plot("solved", label, f"share solved within {options.cap} moves", shares, x_log=True, y_range=(-0.05, 1.05)),
             Plot("moves", label, "mean moves of the games won", means, x_log=True)]  # fmt: skip
    text = (
        "A tree is solved where moves lead to a tree isomorphic to its goal, and the checker replayed them. The greedy player takes the "
        "best move to a tree that it has not seen; the beam keeps 16 trees. The exact procedure brings both sides to normal form, also by "
        "expansions, which count as one move. Trained are a2c, the synchronous advantage actor-critic, and dqn, a deep "
        "Q-network. Means are over the games won, so that players with few wins have the easy ones."
    )
    yield Section("moves", "Scrambled trees", text, plots=[plot for plot in plots if plot.marks],
                  columns=("player", "depth", "trees", "solved", "share, 95 %", "mean moves"), rows=rows, numbers=False,
                  caption="Wilson's interval of 95 % over trees; standard errors of means.")  # fmt: skip


def prepare(options: Games) -> None:
    """Trains the learners, or reads them where they have been trained before."""
    for name in LEARNERS:
        if name in options.players:
            player_of(name, options.seed, options.training)


STUDY = Study(
    options=Games,
    cases=cases,
    piece=piece,
    read=read,
    about=about,
    conclude=conclude,
    claims=CLAIMS,
    page=page,
    prepare=prepare,
    precision="float32",
    preparing="training the learners, or reading them where they have been trained before",
    packages=("equinox", "optax", "numba", "python-flint"),
)
