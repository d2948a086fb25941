"""Formulas that stand in plain text, such as phi^4, c_1 or 10^-3, found and written in TeX, for pages and for figures alike.

A study states its words once, for a terminal too; so they are plain, and what a page sets better is put between dollars here.
"""

import re

_LOWER = "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|chi|psi|omega"
_UPPER = "Gamma|Delta|Theta|Lambda|Sigma|Phi|Psi|Omega"
_GREEK = f"{_LOWER}|{_UPPER}"
_POWER = r"\^(?:-1/2|-?\d+(?:,\d{3})*(?:\.\d+)?|-?[A-Za-z]\d?|\((?:[^()^_]|\([^()^_]*\)){1,12}\)|\{[^{}^_]{1,12}\})"
_INDEX = r"_[A-Za-z0-9]{1,4}"
_END = r"(?![\w^{])"
_SCRIPTED = re.compile(
    rf"(?<![A-Za-z0-9_^\\])(?P<base>{_GREEK}|[A-Za-z]\d{{0,2}})(?P<index>{_INDEX})?(?P<power>{_POWER})?{_END}"
    rf"|(?<![A-Za-z0-9_^\\])(?P<word>[A-Za-z]{{2,6}})(?P<of>{_POWER}){_END}"
    rf"|(?P<closed>[)\]|])(?P<raised>{_POWER}){_END}|(?<![\w.^])(?P<number>\d+)(?P<high>{_POWER}){_END}"
)
_NAMES = re.compile(rf"(?:{_GREEK})")
_NEIGHBOURS = "/-"  # beside a Greek name they make it part of the name of a case
_SIGNS = (
    (" <-> ", " ↔ "),
    (" -> ", " → "),
    (" >= ", " ≥ "),
    (" <= ", " ≤ "),
    (" +- ", " ± "),
    (" - ", " − "),
    ("sqrt(", "√("),
    ("wedge^", "Lambda^"),
)
_NEGATIVE = re.compile(r"(?<![^\s(\[=,|])-(?=[\w.(])")


def formulas(text: str) -> str:
    r"""The text with its formulas between dollars, and with signs in place of what a keyboard has for them.

    >>> formulas("a phi^4 of c_1 <= -1, at psi = 0.5")
    'a $\\phi^{4}$ of $c_{1}$ ≤ −1, at $\\psi$ = 0.5'
    """
    for plain, sign in _SIGNS:
        text = text.replace(plain, sign)
    return _SCRIPTED.sub(lambda found: _formula(found, text), _NEGATIVE.sub("−", text))


def _formula(found: re.Match[str], text: str) -> str:
    if found["closed"]:
        return f"{found['closed']}${_raised(found['raised'])}$"
    if found["word"]:
        return rf"$\mathrm{{{found['word']}}}{_raised(found['of'])}$"
    if found["number"]:
        return f"${found['number']}{_raised(found['high'])}$"
    base, index, power = found["base"], found["index"], found["power"]
    if not index and not power:
        around = text[max(found.start() - 1, 0) : found.start()] + text[found.end() : found.end() + 1]
        greek = _NAMES.fullmatch(base) and not any(sign in _NEIGHBOURS for sign in around)
        return rf"$\{base}$" if greek else found[0]
    return f"${_base(base, index)}{_lowered(index)}{_raised(power)}$"


def _base(name: str, index: str | None) -> str:
    """Digits of a name are an index of it, as in x12^2, unless it has one."""
    if _NAMES.fullmatch(name):
        return "\\" + name
    return name if index or not name[1:] else f"{name[0]}_{{{name[1:]}}}"


def _lowered(index: str | None) -> str:
    """Words of two letters and more are upright, indices such as ijk are not."""
    if not index:
        return ""
    inside = index[1:]
    return (
        rf"_{{\mathrm{{{inside}}}}}"
        if inside.isalpha() and len(inside) > 1 and (inside == "min" or not set(inside) <= set("ijklmn"))
        else f"_{{{inside}}}"
    )


def _raised(power: str | None) -> str:
    """Brackets around a sum are those of plain text; those around one letter tell an order from a power."""
    if not power:
        return ""
    inside = power[1:]
    if inside[0] == "{" or (inside[0] == "(" and re.search(r"[-−+/*]", inside)):
        inside = inside[1:-1]
    greek = re.sub(rf"\b(?:{_GREEK})\b", lambda name: "\\" + name[0], inside)
    return f"^{{{greek}}}"
