"""Diagrams from text: sums, images and satellites of codes and names."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ._diagram import Diagram
from ._knot import checked_knot
from ._names import named, row_of, shown_source
from ._reading import refuse
from ._satellites import walks_of_cable, walks_of_double, walks_of_torus
from ._tangles import walks_of_montesinos, walks_of_pretzel
from ._texts import fractions, read_text

if TYPE_CHECKING:
    from ..tables import KnotInfoRow

LONGEST = 400_000  # characters; a code of 10,000 crossings fits
MOST_SUMMANDS = 100
DEEPEST = 8  # satellites of satellites
# Possessive quantifiers: a long gap must not be scanned more than once.
_IMAGE = re.compile(
    r"\s*+(mirror\b|reverse\b|-(?![+-]*+\s*+\(\s*+[\^_])(?=\s*+([^\s\d<>+-]|\d++[_^an])))\s*+", re.IGNORECASE
)  # -1 is a letter, -6_1 an image
_FAMILY = re.compile(
    r"\s*+(T|torus|torusknot|P|pretzel|M|K|montesinos|cable|Wh[+-]?|D[+-]|whitehead|double)\s*+[(\[](.*)[)\]]\s*+",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Reading:
    """``diagram``; ``how``, in words, what the text was read as; ``named``: whether it is a name, so that it can name a folder.

    ``row``: what KnotInfo publishes about it, where it is one of its names, or the mirror image or the reverse of that knot; ``geometry``:
    why it has no hyperbolic structure, where that is known from what it was read as.
    """

    diagram: Diagram
    how: str
    named: bool
    row: "KnotInfoRow | None" = None
    geometry: str = ""


def parse(text: str) -> Diagram:
    """The diagram that a text describes; `read` says as what it was read.

    Planar diagram codes ``PD: [[1,5,2,4], ...]``, ``PD[X[1,5,2,4], ...]``, ``X[..] X[..]``, ``X1524 X3146``; braids ``braid: 1 1 1``,
    ``braid: aBaB``, ``BR[2, {1, 1, 1}]``, ``{2, {1, 1, 1}}``; ``DT: [4, 6, 2]``, ``DT: bca``, ``DTCode[4, 6, 2]``;
    ``Gauss: [1, -2, 3, -1, 2, -3]``, ``GaussCode[...]``, with signs ``O1+U2+O3+U1+O2+U3+`` and ``|`` between components, or
    ``+<1 ->2 ...``; ``sig: dabcabcv-`` of Regina; the text of a file of PLink; ``points: [[x, y, z], ...]``, a closed polygon.
    Lists without such a word are recognised where only one reading makes sense, see `recognised`.
    Families: ``T(3,4)``, pretzel ``P(-2,3,7)``, Montesinos ``K(1/2;-2/3;1/7)``, ``cable(K, p, q)``, and the Whitehead doubles ``Wh+(K, t)``
    and ``Wh-(K, t)`` with t full twists.  Anything else is a name, see `named`.
    ``mirror`` before any of these, or ``-`` before any but a list without brackets, is the mirror image, ``reverse`` the other
    direction, and ``#`` between two is the sum of knots: ``3_1 # mirror 3_1``.
    Raises `InputError` for everything that is none of these or has several meanings, `MissingExtra` for a name without the extra
    ``knots``.

    >>> parse("braid: 1 1 1") == parse("[1, 1, 1]")
    True
    """
    return read(text).diagram


def read(text: str) -> Reading:
    """The diagram that a text describes, and as what it was read; see `parse`.

    >>> read("[-1, 2, -3, 1, -4, 3, -2, 4]").how.split(",")[0]
    'a Gauss code of 4 crossings'
    """
    if not isinstance(text, str) or len(text) > LONGEST:
        raise refuse(
            "text", text if not isinstance(text, str) else text[:40], f"text of at most {LONGEST} characters", "see the forms in `parse`"
        )
    return _read(text, 0)


def _read(text: str, depth: int) -> Reading:
    if depth > DEEPEST:
        raise refuse("text", text[:40], f"at most {DEEPEST} satellites of each other", "take fewer")
    parts = _split(text, "#")
    if len(parts) > MOST_SUMMANDS:
        raise refuse("text", text[:40], f"a sum of at most {MOST_SUMMANDS} knots", "sum up fewer")
    if len(parts) == 1:
        return _image(text, depth)
    if not all(part.strip() for part in parts):
        raise refuse("text", text[:40], "a sum with a knot on both sides of each #", 'such as "3_1 # mirror 3_1"; take a # too many away')
    readings = [_image(part, depth) for part in parts]
    total, *others = (checked_knot(one.diagram) for one in readings)
    for other in others:
        total = total.connected_sum(other)
    return Reading(total, "the sum of " + " and ".join(one.how for one in readings), all(one.named for one in readings))


def _split(text: str, separators: str) -> list[str]:
    """The text cut at separators that are in no bracket."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character in separators and depth <= 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _image(text: str, depth: int) -> Reading:
    """What stands between two signs #: a code or a name, its mirror image or reverse, or both."""
    words: list[str] = []
    while (image := _IMAGE.match(text)) and len(words) < 2:
        word = "reverse" if image[1].lower() == "reverse" else "mirror"
        if word in words:
            break
        words.append(word)
        text = text[image.end() :]
    found = _plain(text, depth)
    diagram, how = found.diagram, found.how
    for word in reversed(words):
        diagram, how = (
            (diagram.mirror(), f"the mirror image of {how}") if word == "mirror" else (diagram.reverse(), f"the reverse of {how}")
        )
    return replace(found, diagram=diagram, how=how)


def _plain(text: str, depth: int) -> Reading:
    code = read_text(text)
    if code is not None:
        return Reading(Diagram._of(code.walks), code.how, False)
    family = _FAMILY.fullmatch(text)
    if family is not None:
        return _family(family[1].lower(), family[2], depth)
    diagram, row = named(text), row_of(text)
    how, geometry = f"the name {' '.join(text.split())} of {shown_source(text)}", "" if row is None else row.texts["geometric_type"]
    kind = "torus knot" if geometry.startswith("torus") else "satellite"
    known = f"a {kind} has no hyperbolic structure (KnotInfo)" if geometry not in ("", "hyperbolic") else ""
    return Reading(diagram, how, True, row, known)


def _family(name: str, inside: str, depth: int) -> Reading:
    for pattern, make in FAMILIES.items():
        if re.fullmatch(pattern, name):
            numbers = fractions(inside)
            if numbers is None or any(number.denominator != 1 for number in numbers):
                raise refuse("name", inside[:40], "whole numbers", "such as T(3,4) or P(-2,3,7)")
            return _made(f"{name}({inside})", make, [int(number) for number in numbers])
    if name in ("m", "k", "montesinos"):
        numbers = fractions(inside)
        if numbers is None:
            raise refuse("name", inside[:40], "rational numbers", "such as K(1/2;-2/3;1/7)")
        return Reading(Diagram._of(walks_of_montesinos(numbers)), f"the Montesinos link K({';'.join(map(str, numbers))})", False)
    companion, *rest = _split(inside, ",;")
    numbers = fractions(",".join(rest)) if rest else []
    wanted = 2 if name == "cable" else 1
    if numbers is None or len(numbers) > wanted or (name == "cable" and len(numbers) < 2) or any(one.denominator != 1 for one in numbers):
        allowed = "a knot and whole numbers: cable(K, p, q), Wh+(K, t), Wh-(K, t)"
        raise refuse("name", inside[:40], allowed, "such as cable(3_1, 2, 3) or Wh+(3_1, 0)")
    knot = _read(companion, depth + 1)
    walks = checked_knot(knot.diagram)._walks
    values = [int(number) for number in numbers]
    if name == "cable":
        known = "a cable has no hyperbolic structure" if abs(values[0]) > 1 else ""
        how = f"the ({values[0]},{values[1]})-cable of {knot.how}"
        return Reading(Diagram._of(walks_of_cable(walks, *values)), how, False, None, known)
    clasp, framing = -1 if name.endswith("-") else 1, values[0] if values else 0
    how = f"the Whitehead double with a {'positive' if clasp > 0 else 'negative'} clasp and framing {framing} of {knot.how}"
    return Reading(Diagram._of(walks_of_double(walks, framing, clasp)), how, False)


def _made(name: str, make: Callable[[Sequence[int]], tuple], numbers: list[int]) -> Reading:
    walks, how = make(numbers)
    known = "a torus knot has no hyperbolic structure" if make is _torus and min(map(abs, numbers)) > 1 else ""
    return Reading(Diagram._of(walks), how, False, None, known)


def _torus(numbers: Sequence[int]) -> tuple:
    if len(numbers) != 2:
        raise refuse("name", numbers, "two whole numbers", "such as T(3,4)")
    return walks_of_torus(*numbers), f"the torus link T({numbers[0]},{numbers[1]})"


def _pretzel(numbers: Sequence[int]) -> tuple:
    return walks_of_pretzel(numbers), f"the pretzel link P({','.join(map(str, numbers))})"


FAMILIES: dict[str, Callable[[Sequence[int]], tuple]] = {"t|torus|torusknot": _torus, "p|pretzel": _pretzel}
