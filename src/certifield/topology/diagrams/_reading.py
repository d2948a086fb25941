"""Integers out of what a user passes or types.  Nothing here recurses, and everything has a limit."""

import operator
import re
import reprlib
from collections.abc import Callable

import numpy as np

from certifield.evidence import InputError

MOST_CROSSINGS = 10_000
_TOKEN = re.compile(r"[+-]?\d{1,9}(?!\d)|[\[\](){}]")
_DECIMAL = re.compile(r"[+-]?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})(?:[eE][+-]?\d{1,3})?(?![\d.])|[\[\](){}]")
_BETWEEN = re.compile(r"[\s,;]*")
_SHORT = reprlib.Repr()


def refuse(argument: str, given: object, allowed: str, remedy: str) -> InputError:
    """The `InputError` of a code, which shows the beginning of ``given`` however long or deep it is."""
    try:
        shown = given if isinstance(given, int | str) else _SHORT.repr(given)
    except (ValueError, RecursionError):
        shown = f"a {type(given).__name__} that cannot be shown"
    return InputError(argument, shown, allowed, remedy)


def sequence(argument: str, given: object, allowed: str) -> list:
    """The entries of a list, a tuple or an array with at most 4 entries for each of 10,000 crossings."""
    given = given.tolist() if isinstance(given, np.ndarray) else given
    if not isinstance(given, list | tuple) or len(given) > 4 * MOST_CROSSINGS:
        raise refuse(argument, given, f"{allowed}, for at most {MOST_CROSSINGS} crossings", "pass a list")
    return list(given)


def integers(argument: str, given: object) -> list[int]:
    """The entries of ``given``, all of them whole numbers of a sane size."""
    entries = sequence(argument, given, "a list of whole numbers")
    found = [_whole(entry) for entry in entries]
    for entry, number in zip(entries, found, strict=True):
        if number is None or abs(number) >= 10**9:
            raise refuse(argument, entry, "made of whole numbers below 10^9", "pass integers")
    return [number for number in found if number is not None]


def _whole(given: object) -> int | None:
    """A whole number as Python's, from whatever type; None for what is none."""
    if isinstance(given, bool):
        return None
    try:
        return operator.index(given)  # type: ignore[arg-type]
    except TypeError:
        return None


def walks_of_integers(argument: str, given: object) -> list[list[int]]:
    """One list of integers for each component; a flat list is one component."""
    entries = sequence(argument, given, "a list of whole numbers, or one such list for each component")
    if not entries or not isinstance(entries[0], list | tuple):
        return [integers(argument, entries)]
    walks = [integers(argument, entry) for entry in entries]
    if sum(map(len, walks)) > 4 * MOST_CROSSINGS:
        raise refuse(argument, given, f"a code of at most {MOST_CROSSINGS} crossings", "split the diagram")
    return walks


def brackets(argument: str, text: str) -> list:
    """Nested lists from text such as ``[[1, 5, 2, 4], [3, 1, 4, 6]]`` or ``1 1 1``; every kind of bracket counts as the same."""
    return _nested(argument, text, _TOKEN, int)


def decimals(argument: str, text: str) -> list:
    """The same with numbers that may have a decimal point and an exponent."""
    return _nested(argument, text, _DECIMAL, lambda token: int(token) if re.fullmatch(r"[+-]?\d+", token) else float(token))


def _nested(argument: str, text: str, pattern: re.Pattern[str], number: Callable[[str], int | float]) -> list:
    outermost: list = []
    open_lists, position = [outermost], _BETWEEN.match(text).end()  # type: ignore[union-attr]
    while position < len(text):
        token = pattern.match(text, position)
        if token is None or len(open_lists) > 4:
            raise refuse(argument, text[position : position + 40], "made of integers, commas and brackets", "see the forms in `parse`")
        if token[0] in "[({":
            open_lists[-1].append([])
            open_lists.append(open_lists[-1][-1])
        elif token[0] in "])}":
            open_lists.pop()
            if not open_lists:
                raise refuse(argument, text, "text with balanced brackets", "remove a closing bracket")
        else:
            open_lists[-1].append(number(token[0]))
        position = _BETWEEN.match(text, token.end()).end()  # type: ignore[union-attr]
    if len(open_lists) != 1:
        raise refuse(argument, text, "text with balanced brackets", "close every bracket")
    return outermost[0] if len(outermost) == 1 and isinstance(outermost[0], list) else outermost


def seed_of(given: object) -> int:
    """A seed, which may be any whole number."""
    seed = _whole(given)
    if seed is None:
        raise refuse("seed", given, "a whole number", "pass an integer, such as 0")
    return seed
