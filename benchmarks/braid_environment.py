"""Steps per second of the unknotting game on braids: many games at once in JAX against one after the other in plain Python.

Both play random allowed choices from the same braids of the unknot (6 strands, 96 letters before reduction), reduce the word freely and
cyclically after each, and start a game anew when it is won.  The game of the loop is the exact twin that writes certificates.
"""

import random
from functools import partial

import jax
import jax.numpy as jnp
from _timing import options, race, spread, write

from certifield.topology.braids import Braid, UnknotGame, played, scrambled_unknot

LETTERS, STRANDS = 64, 9


@partial(jax.jit, static_argnames=("turns",))
def played_in_jax(game: UnknotGame, starts: Braid, key: jax.Array, turns: int) -> jax.Array:
    """The number of games won in ``turns`` choices of each game."""

    def move(number: jax.Array, state: Braid, start: Braid) -> tuple[Braid, jax.Array]:
        upto = jnp.cumsum(game.legal(state), dtype=jnp.int32)
        wanted = (number % jnp.maximum(upto[-1], 1).astype(jnp.uint32)).astype(jnp.int32)
        after = game.step(key, state, jnp.argmax(upto > wanted).astype(jnp.int32))
        return jax.tree.map(lambda new, old: jnp.where(after.won, new, old), start, after.state), after.won

    def turn(states: Braid, key: jax.Array) -> tuple[Braid, jax.Array]:
        states, won = jax.vmap(move)(jax.random.bits(key, starts.length.shape, jnp.uint32), states, starts)
        return states, jnp.sum(won)

    return jnp.sum(jax.lax.scan(turn, starts, jax.random.split(key, turns))[1])


def played_in_python(braids: list[tuple[list[int], int]], choices: tuple[str, ...], seed: int, turns: int) -> int:
    """The same with one game on lists."""
    rng, won = random.Random(seed), 0
    word, strands = rng.choice(braids)
    for _ in range(turns):
        after = None
        while after is None:
            after = played(word, strands, rng.choice(choices))
            if after is not None and (len(after[0]) > LETTERS or after[1] > STRANDS):
                after = None  # no room, as in the vectorised game
        word, strands, _ = after
        if strands == 1 and not word:
            won += 1
            word, strands = rng.choice(braids)
    return won


def main() -> None:
    """Measures, prints, writes."""
    chosen = options(__doc__, __file__)
    games, turns, loop, repeats = (64, 10, 200, 2) if chosen.small else (2048, 256, 10_000, 7)
    rng = random.Random(0)
    braids = [(one.word, one.strands) for one in (scrambled_unknot(6, 96, rng) for _ in range(64))]
    measurements = []
    print(f"{'choices':10s}{'steps/s in JAX':>16s}{'in Python':>12s}{'faster':>9s}", flush=True)
    for name, growth in (("core", False), ("growth", True)):
        game = UnknotGame(braids, growth=growth, most_letters=LETTERS, most_strands=STRANDS)
        starts = game.states(braids * (games // len(braids)))
        vectorised = partial(lambda game, starts, turn: int(played_in_jax(game, starts, jax.random.key(turn), turns)), game, starts)
        plain = partial(lambda choices, turn: played_in_python(braids, choices, turn, loop), game.choices)
        times = race({"jax": vectorised, "python": plain}, repeats)
        steps = {"jax": games * turns, "python": loop}
        rates = {program: spread([steps[program] / seconds for seconds in times[program]["rounds"]]) for program in steps}
        pairs = zip(times["jax"]["rounds"], times["python"]["rounds"], strict=True)
        ratio = spread([steps["jax"] / fast / (loop / slow) for fast, slow in pairs])
        row = {"choices": name, "games": games, "steps": steps, "seconds": times, "steps_per_second": rates, "times_faster": ratio}
        measurements.append(row)
        print(f"{name:10s}{rates['jax']['median']:16.3g}{rates['python']['median']:12.3g}{ratio['median']:9.3g}", flush=True)
    write(chosen, "Vectorised, the game on braids makes several times the steps of a plain loop, on one core", measurements)


if __name__ == "__main__":
    main()
