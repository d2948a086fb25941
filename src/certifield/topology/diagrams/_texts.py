"""Codes as texts: each form is a row of a table, a pattern and a function that reads what it matches."""

import re
from collections.abc import Callable
from fractions import Fraction

from . import _braid, _gauss, _lists, _signature
from ._lists import Found, counted, recognised
from ._plink import HEADING, walks_of_plink
from ._reading import brackets, decimals, refuse

_SIGNED_GAUSS = re.compile(r"[OU]\d{1,9}[+-]", re.IGNORECASE)
# Possessive quantifiers: a long gap must not be scanned more than once.
_PREFIXED = re.compile(
    r"\s*+(pd|planardiagram|braid|br|dt|dtcode|gauss|gausscode|points|polygon|sig|signature|knotsig)\s*+(:|(?=[\[({+\-\d]))\s*+",
    re.IGNORECASE,
)
KINDS = {
    "pd": "PD", "planardiagram": "PD", "braid": "braid", "br": "braid", "dt": "DT", "dtcode": "DT", "gauss": "Gauss", "gausscode": "Gauss",
    "points": "points", "polygon": "points", "sig": "signature", "signature": "signature", "knotsig": "signature",
}  # fmt: skip
_CROSSING = re.compile(r"X[pm]?\s*+(?:[\[({]([\d\s,;]*+)[\])}]|(\d{4})(?![\d,]\d)|(\d{1,9}(?:,\d{1,9}){3}))", re.IGNORECASE)
_LOOP = re.compile(r"Loop\s*+[\[({]\s*+\d++\s*+[\])}]", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Za-z]+")


def read_text(text: str) -> Found | None:
    """What a code means; None for a text that has the form of no code, such as a name."""
    if HEADING.match(text):
        walks = walks_of_plink(text)
        return Found(walks, f"a link projection of PLink with {counted(len(walks.signs), 'crossing')}")
    compact = re.sub(r"\s+", "", text)
    for pattern, read in FORMS:
        if pattern.fullmatch(compact):
            return read(compact)
    if prefix := _PREFIXED.match(text):
        return _of_kind(KINDS[prefix[1].lower()], text[prefix.end() :])
    if re.match(r"\s*+([\[({]|[+-]?\d++([\s,;]|$)|-)", text):
        return recognised(decimals("text", text) if "." in text else brackets("text", text))
    return _letters_alone(compact)


def _of_kind(kind: str, rest: str) -> Found:
    compact = re.sub(r"\s+", "", rest)
    if kind == "signature":
        return _signature_found(compact)
    if kind == "points":
        return _lists.from_points(_rows_of_points(rest))
    if kind == "PD" and _CROSSING.match(rest):
        return _crossings(rest)
    letters = compact.strip("[](){}\"'")
    if kind == "braid" and _LETTERS.fullmatch(letters):
        return _lists.from_braid(_braid_letters(letters))
    if kind == "DT" and _LETTERS.fullmatch(letters):
        return _dt_letters(letters)
    if kind == "Gauss" and _SIGNED_GAUSS.match(compact):
        return _signed_gauss(compact)
    entries = brackets("text", rest)
    if kind == "DT" and len(entries) == 1 and isinstance(entries[0], list) and entries[0] and isinstance(entries[0][0], list):
        entries = entries[0]
    return _lists.READERS[kind](entries)


def _rows_of_points(text: str) -> list:
    """Points in brackets, or one in each line, with an empty line between polygons."""
    if "[" in text or "(" in text or "{" in text:
        return decimals("text", text)
    blocks = re.split(r"\n[ \t,;]*\n", text.strip("\n"))
    return [[decimals("text", line) for line in block.splitlines() if line.strip()] for block in blocks if block.strip()]


def _crossings(text: str) -> Found:
    """``PD[X[1, 5, 2, 4], ...]``, ``X[..] X[..]``, ``X1524 X3146``, ``X5,10,6,1``; Xp and Xm are crossings with sign, Loop is a circle."""
    inner = re.sub(r"^\s*PD\s*[\[({]|[\])}]\s*$", "", text, flags=re.IGNORECASE) if re.match(r"\s*PD", text, re.IGNORECASE) else text
    found = _CROSSING.findall(inner)
    rows = [[int(label) for label in (digits or re.findall(r"\d{1,9}", inside or listed))] for inside, digits, listed in found]
    rest = _LOOP.sub("", _CROSSING.sub("", inner))
    if re.search(r"[^\s,;\[\](){}]", rest):
        raise refuse("text", rest.strip()[:40], "a planar diagram code such as PD[X[1,5,2,4], X[3,1,4,6], X[5,3,6,2]]", "see `parse`")
    loops = len(_LOOP.findall(inner))
    read = _lists.from_pd(rows)
    circles = loops if loops or rows else read.walks.circles
    return Found(read.walks._replace(circles=circles), read.how)


def _braid_letters(letters: str) -> list[int]:
    return [ord(letter) - 96 if letter.islower() else 64 - ord(letter) for letter in letters]


def _dt_letters(letters: str) -> Found:
    """Letters for even numbers, a for 2 and A for -2; also after the numbers of crossings, of components, and of the crossings of each."""
    value = {letter: 2 * (ord(letter.lower()) - 96) * (1 if letter.islower() else -1) for letter in set(letters)}
    counts = [abs(value[letter]) // 2 for letter in letters]
    head = 2 + counts[1] if len(counts) > 1 else 0
    if head and len(letters) == head + counts[0] and sum(counts[2:head]) == counts[0]:
        rows, place = [], head
        for size in counts[2:head]:
            rows.append([value[letter] for letter in letters[place : place + size]])
            place += size
        return _lists.from_dt(rows)
    return _lists.from_dt([value[letter] for letter in letters])


def _letters_alone(compact: str) -> Found | None:
    """Letters without a word on what they are: a braid, a DT code, or a signature of Regina."""
    signature = _signature_or_none(compact)
    if not _LETTERS.fullmatch(compact):
        return signature
    lower = compact.lower()
    if len(set(lower)) == len(lower) and sorted(lower) == [chr(97 + place) for place in range(len(lower))]:
        given = f"{compact}, which is a Dowker-Thistlethwaite code or a braid in letters"
        raise refuse("text", given, "a code with one reading", 'say which: "DT: ...", "braid: ..."')
    if signature is not None:
        return signature
    if len(set(lower)) < len(lower) and max(lower) <= chr(96 + len(lower)) and len(set(lower)) == ord(max(lower)) - 96:
        return _lists.from_braid(_braid_letters(compact))
    return None


def _signature_or_none(compact: str) -> Found | None:
    from certifield.evidence import InputError

    if not re.fullmatch(r"[A-Za-z0-9+-]{4,}", compact):
        return None
    try:
        return _signature_found(compact)
    except InputError:
        return None


def _signature_found(compact: str) -> Found:
    walks = _signature.walks_of_signature(compact)
    _lists.check_planar(_lists.planar_code(walks))
    return Found(walks, f"a signature of Regina with {counted(len(walks.signs), 'crossing')}")


def _signed_gauss(compact: str) -> Found:
    walks, signs = [], {}
    for part in re.split(r"[|,;]", compact):
        if not re.fullmatch(r"([OU]\d{1,9}[+-])*", part, re.IGNORECASE):
            raise refuse("text", part[:40], "made of parts such as O1+ or U12-", "write | between components")
        walk = []
        for passage in _SIGNED_GAUSS.findall(part):
            name, sign = int(passage[1:-1]), 1 if passage[-1] == "+" else -1
            if signs.setdefault(name, sign) != sign:
                raise refuse("text", passage, f"with one sign for crossing {name}", "give both passes of a crossing the same sign")
            walk.append(name if passage[0] in "Oo" else -name)
        walks.append(walk)
    found = _gauss.walks_of_gauss(walks, [signs[name] for name in sorted(signs)])
    return Found(found, f"a Gauss code of {counted(len(found.signs), 'crossing')} with signs")


def _oriented_gauss(compact: str) -> Found:
    walks = _signature.walks_of_oriented_gauss(compact)
    return Found(walks, f"an oriented Gauss code of {counted(len(walks.signs), 'crossing')}")


def _brief(compact: str) -> Found:
    walks = _signature.walks_of_brief(compact)
    return Found(walks, f"a brief description of Regina with {counted(len(walks.signs), 'crossing')}")


def _braid_on(compact: str) -> Found:
    strands, word = re.match(r"BR\[(\d{1,5}),[\[({](.*)[\])}]\]", compact, re.IGNORECASE).groups()  # type: ignore[union-attr]
    entries = brackets("text", word)
    walks = _braid.walks_of_braid(entries, int(strands))
    return Found(walks, f"the closure of a braid word of {counted(len(entries), 'letter')} on {counted(int(strands), 'strand')}")


FORMS: tuple[tuple[re.Pattern[str], Callable[[str], Found]], ...] = (
    (re.compile(r"BR\[\d{1,5},[\[({].*[\])}]\]", re.IGNORECASE), _braid_on),
    (re.compile(r"[OU]\d{1,9}[+-].*", re.IGNORECASE), _signed_gauss),
    (re.compile(r"(PD[\[({])?(X[pm]?([\[({]\d.*|\d.*)|Loop[\[({].*)", re.IGNORECASE), _crossings),
    (re.compile(r"([,;]?[+-][<>]\d{1,9})+"), _oriented_gauss),
    (re.compile(r"[+-]*\([\^_].*\)"), _brief),
)


def fractions(text: str) -> list[Fraction] | None:
    """Rational numbers between commas or semicolons; None for anything else."""
    parts = re.split(r"[,;]", re.sub(r"\s+", "", text))
    if not all(re.fullmatch(r"[+-]?\d{1,9}(/\d{1,9})?", part) and not re.search(r"/0+$", part) for part in parts):
        return None
    return [Fraction(part) for part in parts]
