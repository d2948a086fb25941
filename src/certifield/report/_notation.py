"""Formulas as pages and pictures write them, from the plain text of the catalogue and from index tuples."""

import html
import re
from collections.abc import Iterable

from ._measured import entry_name

_LETTERS = {
    "sigma": "σ",
    "phi": "φ",
    "Phi": "Φ",
    "kappa": "κ",
    "theta": "θ",
    "pi": "π",
    "sqrt": "√",
    "rho": "ρ",
    "alpha": "α",
    "delta": "δ",
}
_SYMBOL = {True: r"G^{(%d)}_{\mathrm{c},\,%s}", False: r"G^{(%d)}_{%s}"}


def compact(order: int, index: Iterable[int], connected: bool) -> str:
    """A correlator with its index tuple, as a picture writes it: ``$G^{(4)}_{\\mathrm{c},\\,0013}$``."""
    return f"${_SYMBOL[connected and order > 2] % (order, entry_name(index))}$"


def minus(number: object) -> str:
    """A number with a true minus sign."""
    return str(number).replace("-", "−")


def correlator(order: int, connected: bool = True) -> str:
    """The symbol of a correlator in HTML."""
    index = "<sub>c</sub>" if connected and order > 2 else ""
    return f'<span class="math"><i>G</i>{index}<sup>({order})</sup></span>'


def formula(text: str) -> str:
    """A formula of the catalogue in HTML: Greek letters, subscripts after ``_``, superscripts after ``^``.

    >>> formula("a ~ N(0, s_a^2/N)")
    'a ~ N(0, s<sub>a</sub><sup>2</sup>/N)'
    """
    marked = html.escape(text, quote=False)
    marked = (
        re.sub(r"\bsum_(?:\{([^}]*)\}|(\w+))", lambda match: f"Σ<sub>{match[1] or match[2]}</sub>", marked)
        .replace("-&gt;", "→")
        .replace("->", "→")
    )
    marked = re.sub(r"[_]\{?([A-Za-z0-9]+)\}?", r"<sub>\1</sub>", marked)
    marked = re.sub(r"\^\{([^}]*)\}|\^(\([^)]*\)|-?[A-Za-z0-9]+)", lambda match: f"<sup>{match[1] or match[2]}</sup>", marked)
    for word, letter in _LETTERS.items():
        marked = re.sub(rf"(?<![A-Za-z]){word}(?![A-Za-z])", letter, marked)
    return re.sub(r"(?<=[\s(,])-(?=\d)", "−", marked)


def count(number: float) -> str:
    """A number of draws in few characters: 950, 120 k, 3.2 M, 4×10¹¹."""
    if number < 1000:
        return f"{number:.0f}"
    for size, unit in ((1e3, "k"), (1e6, "M")):
        if number < 999.5 * size:
            return f"{number / size:.3g} {unit}"
    mantissa, exponent = f"{number:.0e}".split("e")
    return f"{mantissa}×10" + str(int(exponent)).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
