"""Numbers and plain text as a page writes them; all that comes out is text, which the templates escape, unless it says Markup."""

import re
from collections.abc import Sequence
from html.entities import html5

from markupsafe import Markup, escape

from ._formulas import formulas

_TEX = re.compile(r"\$(?! )([^$\n]*[^$\n ])\$(?!\d)")  # so that $5 and $6 stay what they are
_CODE = re.compile(r"`([^`\n]+)`")
# TeX names that HTML calls otherwise; the Greek letters and most signs have one name in both.
_SIGNS = {
    "cdot": "·",
    "to": "→",
    "infty": "∞",
    "ldots": "…",
    "dots": "…",
    "quad": " ",
    "partial": "∂",
    "left": "",
    "right": "",
    "sqrt": "√",
}
_EXPONENT = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?(?:\([\d.]+\))?)e([+-]?\d{1,3})(?![\w.])")  # 1.5e-09, 1.50(20)e-09
_ONE = re.compile(r"(?<![\w.,)])1e([+-]?\d{1,3})(?![\w.])")  # 1e-12 is a power of ten and nothing else
_SCRIPT = re.compile(r"([_^])(?:\{((?:[^{}]|\{[^{}]*\})*)\}|(\S))")


def minus(text: str) -> str:
    """A number with a true minus sign, and with its power of ten in letters: −1.50(20)×10⁻⁹."""
    return _powers(text).replace("-", "−")


def _powers(text: str) -> str:
    whole = _ONE.sub(lambda match: power_of_ten(int(match[1])), text)
    return _EXPONENT.sub(lambda match: match[1] + (f"×{power_of_ten(int(match[2]))}" if int(match[2]) else ""), whole)


def typeset(text: str) -> str:
    """Plain text with its formulas in TeX between dollars, and powers of ten in letters."""
    return formulas(_powers(text))


def count(number: int) -> str:
    """A whole number in groups of three digits, such as 16 384."""
    return f"{number:,}".replace(",", "\u202f") if abs(number) >= 10_000 else str(number)


def plural(number: int, noun: str, several: str = "") -> str:
    """A number of things: 1 case, 3 cases."""
    return f"{count(number)} {noun if number == 1 else several or noun + 's'}"


def joined(parts: Sequence[str]) -> str:
    """Words in a row: a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def some(names: Sequence[str], most: int = 6) -> str:
    """The first few of many names."""
    return ", ".join(names) if len(names) <= most + 1 else f"{', '.join(names[:most])} and {count(len(names) - most)} more"


def probability(value: float) -> str:
    """A probability in words: 34 %, 0.2 %, 3×10⁻⁸."""
    if value >= 0.001:
        return f"{100 * value:.2g} %" if value < 0.995 else "100 %"
    if value <= 0:
        return "0"
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}×{power_of_ten(int(exponent))}"


def number(value: float) -> str:
    """A number on an axis, three digits at the most: 0.25, 40, 2×10⁻⁵."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return minus(f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}")
    mantissa, exponent = f"{value:.2e}".split("e")
    return minus(f"{float(mantissa):g}×") + power_of_ten(int(exponent))


def power_of_ten(exponent: int) -> str:
    """A power of ten in letters: 10⁻³."""
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def duration(seconds: float) -> str:
    """A time in its own unit: 0.3 s, 42 s, 3.5 min, 2.1 h."""
    for size, unit, most in ((1, "s", 120), (60, "min", 7200), (3600, "h", 172_800)):
        if seconds < most:
            return f"{seconds / size:.2g} {unit}" if seconds / size < 100 else f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.3g} d"


def prose(text: str) -> Markup:
    """Plain text as HTML: escaped, what is between backticks as code, and formulas by letters, sub- and superscripts.

    A formula is TeX between dollars, or plain, as in phi^4 (see `formulas`).

    >>> prose("a < $x_{12}^2$, `b`")
    Markup('a &lt; <span class="math"><i>x</i><sub>12</sub><sup>2</sup></span>, <code>b</code>')
    """
    parts = _CODE.split(str(text))
    return Markup("").join(Markup("<code>{}</code>").format(part) if place % 2 else _plain(part) for place, part in enumerate(parts))


def _plain(text: str) -> Markup:
    parts = _TEX.split(text)
    if len(parts) == 1 and "$" not in text:
        parts = _TEX.split(typeset(text))
    return Markup("").join(_formula(part) if place % 2 else escape(part) for place, part in enumerate(parts))


def _formula(tex: str) -> Markup:
    upright = re.sub(r"\\(?:mathrm|text|operatorname|mathcal|mathbf)\{([^{}]*)\}", lambda match: "\x01" + match[1] + "\x02", tex)
    upright = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"\1/\2", upright)
    upright = re.sub(r"\\([A-Za-z]+) ?", lambda match: _SIGNS.get(match[1], html5.get(f"{match[1]};", match[1])), upright)
    return Markup('<span class="math">{}</span>').format(_scripts(re.sub(r"\\[,;:! ]", " ", upright)))


def _scripts(text: str) -> Markup:
    found, end = Markup(""), 0
    for match in _SCRIPT.finditer(text):
        tag = "sub" if match[1] == "_" else "sup"
        found += _letters(text[end : match.start()]) + Markup(f"<{tag}>") + _scripts(match[2] or match[3] or "") + Markup(f"</{tag}>")
        end = match.end()
    return found + _letters(text[end:])


def _letters(text: str) -> Markup:
    """Single letters are variables, and slanted; what is between the two marks is upright."""
    parts = re.split("\x01([^\x02]*)\x02", minus(text))
    return Markup("").join(
        escape(part)
        if place % 2
        else Markup(re.sub(r"(?<![A-Za-z&])([A-Za-z])(?![A-Za-z;])", r"<i>\1</i>", re.sub("[{}\x01\x02]", "", escape(part))))
        for place, part in enumerate(parts)
    )
