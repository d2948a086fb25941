"""A hook of MkDocs: formulas become MathML while the site is built, so that a page needs no script to show them."""

import html
import re
import unicodedata

from latex2mathml.converter import convert

INLINE = re.compile(r'<span class="arithmatex">\\\((.*?)\\\)</span>', re.DOTALL)
DISPLAY = re.compile(r'<div class="arithmatex">\s*\\\[(.*?)\\\]\s*</div>', re.DOTALL)

BLACKBOARD = re.compile(r'<mi mathvariant="double-struck">([A-Z])</mi>')


def on_page_content(page_html: str, **_: object) -> str:
    """The page with every formula that pymdownx.arithmatex marked replaced by MathML."""
    page_html = DISPLAY.sub(lambda match: _mathml(match[1], "block"), page_html)
    return INLINE.sub(lambda match: _mathml(match[1], "inline"), page_html)


def _mathml(formula: str, display: str) -> str:
    return BLACKBOARD.sub(lambda match: _blackboard(match[1]), convert(html.unescape(formula).strip(), display=display))


def _blackboard(letter: str) -> str:
    """The letter itself in place of an attribute that browsers have given up."""
    block = "" if letter in "CHNPQRZ" else "MATHEMATICAL "
    return f"<mi>{unicodedata.lookup(f'{block}DOUBLE-STRUCK CAPITAL {letter}')}</mi>"
