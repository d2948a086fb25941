"""Tietze moves on a presentation, each of them logged in the words of the checker unknot-group@1."""

import zlib

from ._presentation import Presentation
from ._words import cyclically_reduced, inverse, letters, opposite, rotated, word

Move = list[str | int]


class Tietze:
    """A presentation that changes under Tietze moves, with the log of them.

    ``relators`` maps the number of each relator, which it keeps, to its word, cyclically reduced; ``generators`` are those left.
    """

    def __init__(self, presentation: Presentation) -> None:
        self.generators = {word([g]) for g in range(1, presentation.generators + 1)}
        self.relators = {number: cyclically_reduced(word(relator)) for number, relator in enumerate(presentation.relators)}
        self.moves: list[Move] = []
        self.trace = 0

    @property
    def letters(self) -> int:
        """The total length of the relators."""
        return sum(map(len, self.relators.values()))

    def eliminate(self, number: int, generator: str) -> set[int]:
        """Solves a relator for a generator that it contains once, and substitutes; the relators that changed."""
        relator = self.relators.pop(number)
        back = opposite(generator)
        place = max(relator.find(generator), relator.find(back))
        rest = relator[place + 1 :] + relator[:place]
        value = inverse(rest) if relator[place] == generator else rest
        other, changed = inverse(value), set()
        for key, text in self.relators.items():
            if generator in text or back in text:
                self.relators[key] = cyclically_reduced(text.replace(generator, value).replace(back, other))
                changed.add(key)
        self.generators.discard(generator)
        self._log(["eliminate", number, letters(generator)[0]], sorted(changed))
        return changed

    def multiply(self, number: int, start: int, other: int, sign: int, turn: int) -> None:
        """Replaces a relator, read from ``start``, by its product with another one or the inverse of it, read from ``turn``."""
        factor = self.relators[other] if sign > 0 else inverse(self.relators[other])
        self.relators[number] = cyclically_reduced(rotated(self.relators[number], start) + rotated(factor, turn))
        self._log(["multiply", number, start, other, sign, turn], [number])

    def replace(self, number: int, piece: str, other: int, sign: int, turn: int) -> None:
        """Replaces a piece, with which the other relator begins if read from ``turn``, by the inverse of what follows there."""
        text, size = self.relators[number], len(self.relators[other])
        after = (text + text[: len(piece) - 1]).index(piece) + len(piece)
        self.multiply(number, after % len(text), other, -sign, -(turn + len(piece)) % size)

    def _log(self, move: Move, changed: list[int]) -> None:
        self.moves.append(move)
        for entries in (move[1:], *((key, *letters(self.relators[key])) for key in changed)):
            self.trace = zlib.crc32(f"({', '.join(map(str, entries))})".encode(), self.trace)
