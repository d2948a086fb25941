"""The search for a shorter presentation: greedy, and again with other choices where that fails."""

import random
from collections import Counter
from collections.abc import Iterator

from ._presentation import Presentation
from ._tietze import Tietze
from ._words import inverse

MOST_LETTERS = 200_000
Elimination = tuple[float, int, str]


def simplified(presentation: Presentation, budget: int) -> tuple[Tietze, int]:
    """The presentation with the fewest generators that was met, and the number of moves spent, at most ``budget`` but for the last.

    Generators are eliminated where the relators do not grow; else the longest piece of one relator that is more than half of another
    is replaced; else the elimination that costs the least letters is made.  The first attempt is greedy, later ones choose with noise.
    """
    best, spent, attempt = Tietze(presentation), 0, 0
    while not _done(best) and spent < budget:
        tietze = Tietze(presentation)
        _descend(tietze, budget - spent, random.Random(attempt) if attempt else None)
        best = min(best, tietze, key=lambda each: (len(each.generators), each.letters))
        spent, attempt = spent + max(len(tietze.moves), 1), attempt + 1
    return best, spent


def _done(tietze: Tietze) -> bool:
    return len(tietze.generators) == 1 and tietze.letters == 0


def _descend(tietze: Tietze, budget: int, rng: random.Random | None) -> None:
    while len(tietze.moves) < budget and tietze.letters < MOST_LETTERS:
        cheapest = min(_eliminations(tietze, rng), default=None)
        if cheapest is not None and cheapest[0] <= 0:
            tietze.eliminate(*cheapest[1:])
        elif not _shortened(tietze):
            if cheapest is None:
                return
            tietze.eliminate(*cheapest[1:])


def _eliminations(tietze: Tietze, rng: random.Random | None) -> Iterator[Elimination]:
    """Letters gained, relator and generator, of every elimination; cancellation is not foreseen."""
    within = {number: Counter(chr(ord(letter) & ~1) for letter in text) for number, text in tietze.relators.items()}
    total = Counter[str]()
    for counts in within.values():
        total.update(counts)
    for number, counts in within.items():
        size = sum(counts.values())
        for generator, times in counts.items():
            if times == 1:
                noise = rng.randrange(-2, 6) if rng else 0
                yield (total[generator] - 1) * (size - 2) - size + noise, number, generator


def _shortened(tietze: Tietze) -> bool:
    """Whether some relator could be made shorter with more than half of another one."""
    order = sorted((number for number, text in tietze.relators.items() if text), key=lambda number: len(tietze.relators[number]))
    for other in order:
        for sign in (1, -1):
            text = tietze.relators[other] if sign > 0 else inverse(tietze.relators[other])
            half = len(text) // 2 + 1
            pieces = [(text + text)[turn : turn + half] for turn in range(len(text))]
            for number in order:
                long = tietze.relators[number]
                if number == other or len(long) < half:
                    continue
                long += long[: half - 1]
                for turn, piece in enumerate(pieces):
                    if piece in long:
                        tietze.replace(number, piece, other, sign, turn)
                        return True
    return False
