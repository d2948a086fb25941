"""The choices of the player in JAX: when each is allowed, and the word after it, before reduction.

The twin of `moves_of_choice` on padded arrays; every function is for one braid.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Int, Int8

Letters = Int8[Array, " most"]
Number = Int[Array, ""]
Word = tuple[Letters, Number, Number]


class Board(NamedTuple):
    """A braid with what every choice asks of it."""

    letters: Letters
    length: Number
    strands: Number
    most_strands: int

    @property
    def places(self) -> Int8[Array, " most"]:
        return jnp.arange(self.letters.size, dtype=jnp.int8)

    @property
    def top(self) -> Int8[Array, ""]:
        return (self.strands - 1).astype(jnp.int8)


class Choice(NamedTuple):
    """``allowed`` and ``after``: functions of the board."""

    allowed: Callable[[Board], Bool[Array, ""]]
    after: Callable[[Board], Word]


def count_of(letters: Letters, generator: Int8[Array, ""]) -> Number:
    """How often a generator occurs, with either sign; padding does not count."""
    return jnp.sum((jnp.abs(letters) == generator) & (letters != 0), dtype=jnp.int32)


def without(letters: Letters, place: Number, count: int) -> Letters:
    """``letters`` with ``count`` of them removed at ``place``."""
    places = jnp.arange(letters.size, dtype=jnp.int8)
    moved = jnp.concatenate([letters[count:], jnp.zeros(count, letters.dtype)])
    return jnp.where(places < place.astype(jnp.int8), letters, moved)


def _left(board: Board) -> Word:
    letters, length, strands, _ = board
    last = board.places == (length - 1).astype(jnp.int8)
    return jnp.where(last, letters[0], without(letters, jnp.int32(0), 1)), length, strands


def _right(board: Board) -> Word:
    letters, length, strands, _ = board
    later = jnp.concatenate([letters[length - 1][None], letters[:-1]])
    return jnp.where(board.places < length.astype(jnp.int8), later, jnp.zeros((), jnp.int8)), length, strands


def _fits_braid_relation(first: Array, middle: Array, last: Array) -> Bool[Array, ""]:
    neighbours = jnp.abs(jnp.abs(first) - jnp.abs(middle)) == 1
    blocked = (first == last) & ((first > 0) != (middle > 0))
    return neighbours & (jnp.abs(first) == jnp.abs(last)) & (middle != 0) & (first != 0) & ~blocked


def _braid_relation(first: Array, middle: Array, last: Array) -> list[Array]:
    outer, inner = jnp.abs(first), jnp.abs(middle)
    return [jnp.sign(last) * inner, jnp.sign(middle) * outer, jnp.sign(first) * inner]


def _with_beginning(board: Board, beginning: list[Array], removed: int) -> Word:
    """``beginning`` in place of the first ``removed`` letters, where it is at least as long."""
    grown = len(beginning) - removed
    later = jnp.concatenate([jnp.zeros(grown, jnp.int8), board.letters[: board.letters.size - grown]])
    rest = later[len(beginning) :]
    return jnp.concatenate([jnp.stack(beginning), rest]), board.length + grown, board.strands


def _commutes(board: Board) -> Bool[Array, ""]:
    first, second = board.letters[0], board.letters[1]
    return (second != 0) & (jnp.abs(jnp.abs(first) - jnp.abs(second)) >= 2)


def _destabilises(board: Board) -> Bool[Array, ""]:
    one = jnp.int8(1)
    return (count_of(board.letters, board.top) == 1) | (count_of(board.letters, one) == 1)


def _destabilised(board: Board) -> Word:
    letters, length, strands, _ = board
    at_top = count_of(letters, board.top) == 1
    generator = jnp.where(at_top, board.top, jnp.int8(1))
    place = jnp.argmax(jnp.abs(letters) == generator).astype(jnp.int32)
    rest = without(letters, place, 1)
    return jnp.where(at_top, rest, rest - jnp.sign(rest)), length - 1, strands - 1


def _stabilise(sign: int) -> Choice:
    def after(board: Board) -> Word:
        letters, length, strands, _ = board
        new = (sign * strands).astype(jnp.int8)
        return jnp.where(board.places == length.astype(jnp.int8), new, letters), length + 1, strands + 1

    return Choice(lambda board: (board.strands < board.most_strands) & (board.length < board.letters.size), after)


def _insert_behind(sign: int) -> Choice:
    """a b -> a b a^g a^-g -> b^g a^f b^e a^-g."""

    def pattern(board: Board) -> tuple[Array, Array, Array]:
        first, second = board.letters[0], board.letters[1]
        return first, second, jnp.int8(sign) * jnp.abs(first)

    def after(board: Board) -> Word:
        letters = pattern(board)
        return _with_beginning(board, [*_braid_relation(*letters), -letters[2]], 2)

    return Choice(lambda board: _fits_braid_relation(*pattern(board)) & (board.length + 2 <= board.letters.size), after)


def _insert_before(sign: int) -> Choice:
    """b a -> a^-e a^e b a -> a^-e b^g a^f b^e."""

    def pattern(board: Board) -> tuple[Array, Array, Array]:
        first, second = board.letters[0], board.letters[1]
        return jnp.int8(sign) * jnp.abs(second), first, second

    def after(board: Board) -> Word:
        letters = pattern(board)
        return _with_beginning(board, [-letters[0], *_braid_relation(*letters)], 2)

    return Choice(lambda board: _fits_braid_relation(*pattern(board)) & (board.length + 2 <= board.letters.size), after)


CHOICES: dict[str, Choice] = {
    "L": Choice(lambda board: board.length > 0, _left),
    "R": Choice(lambda board: board.length > 0, _right),
    "B1": Choice(
        lambda board: _fits_braid_relation(*board.letters[:3]),
        lambda board: _with_beginning(board, _braid_relation(*board.letters[:3]), 3),
    ),
    "B2": Choice(_commutes, lambda board: _with_beginning(board, [board.letters[1], board.letters[0]], 2)),
    "D": Choice(_destabilises, _destabilised),
    "S+": _stabilise(1),
    "S-": _stabilise(-1),
    "CR+": _insert_behind(1),
    "CR-": _insert_behind(-1),
    "CL+": _insert_before(1),
    "CL-": _insert_before(-1),
}
