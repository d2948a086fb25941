"""Words in a free group as texts, because the substitution of a letter and the search for a piece are then done by Python itself.

The generator g > 0 is the character 2 g, its inverse the character 2 g + 1, shifted beyond the surrogates.
"""

from collections.abc import Iterable

_SHIFT = 0x10000


def word(letters: Iterable[int]) -> str:
    """The text of a word in letters +g and -g.

    >>> letters(word([1, -2, 3]))
    (1, -2, 3)
    """
    return "".join(chr(_SHIFT + 2 * abs(g) + (g < 0)) for g in letters)


def letters(text: str) -> tuple[int, ...]:
    """The letters +g and -g of a word."""
    codes = (ord(character) - _SHIFT for character in text)
    return tuple(-(code >> 1) if code & 1 else code >> 1 for code in codes)


def opposite(character: str) -> str:
    """The inverse of a letter."""
    return chr(ord(character) ^ 1)


def inverse(text: str) -> str:
    """The inverse of a word."""
    return "".join(opposite(character) for character in reversed(text))


def reduced(text: str) -> str:
    """The freely reduced word."""
    kept: list[str] = []
    for character in text:
        if kept and ord(kept[-1]) ^ ord(character) == 1:
            kept.pop()
        else:
            kept.append(character)
    return "".join(kept)


def cyclically_reduced(text: str) -> str:
    """The freely reduced word without the letters at both ends that are inverse to each other.

    >>> letters(cyclically_reduced(word([2, 1, 3, -3, -2])))
    (1,)
    """
    text, trim = reduced(text), 0
    while 2 * trim < len(text) - 1 and ord(text[trim]) ^ ord(text[-1 - trim]) == 1:
        trim += 1
    return text[trim : len(text) - trim]


def rotated(text: str, start: int) -> str:
    """The cyclic word read from another letter."""
    return text[start:] + text[:start]
