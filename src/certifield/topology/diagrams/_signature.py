"""Codes of Regina: signatures, oriented Gauss codes, and brief descriptions.

A signature of a connected diagram with n crossings is n, the crossings in the order in which the strands meet them with n between
components, then a bit for each pass, 1 above and 0 below, and once more a bit for each pass, 1 where the crossing is positive.  Numbers and
groups of six bits, the lowest first, are characters of an alphabet of 64; n from 63 on is "-", the number of characters of a number, and
the number, lowest character first.  Signatures of connected pieces follow one another, and "a" is a circle.
"""

import re
import string
from itertools import pairwise

from ._reading import MOST_CROSSINGS, refuse
from ._walks import Pass, Walks, side_by_side

ALPHABET = string.ascii_lowercase + string.ascii_uppercase + string.digits + "+-"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_ORIENTED = re.compile(r"([+-])([<>])(\d{1,9})")
_BRIEF = re.compile(r"([\^_])(\d{1,9})")


class _Characters:
    """The text, read from the left."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0

    def numbers(self, count: int, width: int = 1) -> list[int]:
        end = self.place + count * width
        values = [_VALUE.get(character, -1) for character in self.text[self.place : end]]
        if len(values) < count * width or -1 in values:
            raise ValueError("it ends too early, or has characters of another alphabet")
        self.place = end
        return [sum(value << (6 * power) for power, value in enumerate(values[k : k + width])) for k in range(0, count * width, width)]

    def bits(self, count: int) -> list[int]:
        groups = self.numbers(-(-count // 6))
        bits = [group >> place & 1 for group in groups for place in range(6)]
        if any(bits[count:]):
            raise ValueError("it has bits beyond its last pass")
        return bits[:count]


def walks_of_signature(text: str) -> Walks:
    """Walks of a signature of Regina.  Raises `InputError` for what is none."""
    try:
        return _walks(text)
    except ValueError as error:
        allowed = 'a signature as Regina writes it, such as "dabcabcv-"'
        raise refuse("signature", f"{text[:40]}: {error}", allowed, "copy it whole") from None


def _walks(text: str) -> Walks:
    characters, joined = _Characters(text), Walks((), ())
    while characters.place < len(text):
        (count,), width = characters.numbers(1), 1
        if count == 63:
            (width,) = characters.numbers(1)
            if not 1 <= width <= 5:
                raise ValueError("its size is not that of a diagram")
            (count,) = characters.numbers(1, width)
        if count > MOST_CROSSINGS:
            raise ValueError(f"it has more than {MOST_CROSSINGS} crossings")
        joined = side_by_side(joined, _piece(characters, count, width) if count else Walks((), (), 1))
    if not text:
        raise ValueError("it is empty")
    return joined


def _piece(characters: _Characters, count: int, width: int) -> Walks:
    rows, passes = [[]], 0
    while passes < 2 * count:
        (number,) = characters.numbers(1, width)
        if number > count or (number == count and not rows[-1]):
            raise ValueError(f"it names the crossing {number} of {count}")
        if number == count:
            rows.append([])
        else:
            rows[-1].append(number)
            passes += 1
    over, positive = characters.bits(2 * count), characters.bits(2 * count)
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row))
    walks = tuple(
        tuple(Pass(number, bool(bit)) for number, bit in zip(row, over[one:two], strict=True))
        for row, (one, two) in zip(rows, pairwise(starts), strict=True)
    )
    signs: dict[int, int] = {}
    for number, bit in zip((number for row in rows for number in row), positive, strict=True):
        if signs.setdefault(number, 2 * bit - 1) != 2 * bit - 1:
            raise ValueError(f"crossing {number} has both signs")
    return Walks(_paired(walks, count), tuple(signs.get(number, 1) for number in range(count)))


def _paired(walks: tuple[tuple[Pass, ...], ...], count: int) -> tuple[tuple[Pass, ...], ...]:
    passes = [one for walk in walks for one in walk]
    if set(passes) != {Pass(number, over) for number in range(count) for over in (False, True)} or len(passes) != 2 * count:
        raise ValueError("a crossing is not passed once above and once below")
    return walks


def walks_of_oriented_gauss(text: str) -> Walks:
    """Walks of an oriented Gauss code ``+<1 ->2 ...``: above or below, and whether the other strand comes from the right or the left.

    The crossing is positive where the upper strand sees the other one go to its left, ``<``.
    """
    tokens = _ORIENTED.findall(text)
    names = {name: number for number, name in enumerate(dict.fromkeys(int(name) for *_, name in tokens))}
    signs: dict[int, int] = {}
    walk = []
    try:
        for level, side, name in tokens:
            number, sign = names[int(name)], 1 if (level == "+") == (side == "<") else -1
            if signs.setdefault(number, sign) != sign:
                raise ValueError(f"crossing {name} has both signs")
            walk.append(Pass(number, level == "+"))
        walks = _paired((tuple(walk),), len(names))
    except ValueError as error:
        raise refuse("gauss", f"{text[:40]}: {error}", "an oriented Gauss code such as +<1 ->2 +<3 ->1 +<2 ->3", "copy it whole") from None
    return Walks(walks, tuple(signs[number] for number in range(len(names))))


def walks_of_brief(text: str) -> Walks:
    """Walks of a brief description ``+++ ( ^0 _1 ^2 _0 ^1 _2 )``: the signs, then each component, ^ above and _ below."""
    head, *parts = text.split("(")
    signs = tuple(1 if sign == "+" else -1 for sign in head if sign in "+-")
    rows = [tuple(Pass(int(name), level == "^") for level, name in _BRIEF.findall(part)) for part in parts]
    try:
        walks = _paired(tuple(row for row in rows if row), len(signs))
    except ValueError as error:
        raise refuse("brief", f"{text[:40]}: {error}", "a description such as +++ ( ^0 _1 ^2 _0 ^1 _2 )", "copy it whole") from None
    return Walks(walks, signs, sum(not row for row in rows))
