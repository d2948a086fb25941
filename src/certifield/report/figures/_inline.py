"""A drawn plot, made ready to live inside a page.

Identifiers of groups are dropped (they repeat from picture to picture), outlines of glyphs move to one sheet that all pictures
share (the same letters would else be sent fifty times), and colours become style variables, so that a dark page can change them.
"""

import hashlib
import html
import re
from dataclasses import dataclass, field

from ._compact import compact
from ._palette import LIGHT

_GLYPH = re.compile(r'<path id="((?:STIX|DejaVu|Cm|cm)[\w.-]*)" d="([^"]*)"([^>]*)/>')
_BLANK = re.compile(r'<path id="((?:STIX|DejaVu|Cm|cm)[\w.-]*)" (?!d=)[^>]*/>')
# What Matplotlib writes and a page does not need: metadata, comments, names of groups, a style rule for every element of
# the page, the empty background, and the style of tick marks, which their definition already carries.
_NEEDLESS = (
    (re.compile(r"<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>", re.DOTALL), ""),
    (re.compile(r'<g id="[^"]*"'), "<g"),
    (re.compile(r'<path d="[^"]*" style="fill: none"/>'), ""),
    (re.compile(r' style="fill: (\S+); stroke: \1; stroke-width: 0\.[46]"(?=/>)'), ""),
    (re.compile(r"(?<=[;:]) (?=[\w#-])"), ""),
)


@dataclass
class Sheet:
    """The glyph outlines that the pictures of one page share."""

    outlines: dict[str, str] = field(default_factory=dict)

    def svg(self) -> str:
        """The sheet as an element of no size; it must stand in the page before the pictures."""
        paths = "".join(f'<path id="{name}" {self.outlines[name]}/>' for name in sorted(self.outlines))
        return f'<svg class="sheet" width="0" height="0" aria-hidden="true" focusable="false"><defs>{paths}</defs></svg>'

    def adopt(self, drawing: str, alternative: str) -> str:
        """The drawing as an inline element with a text alternative; its glyphs move to this sheet."""
        body = drawing[drawing.index("<svg") :]
        box = re.search(r'viewBox="[^"]*"', body)
        for pattern, replacement in _NEEDLESS:
            body = pattern.sub(replacement, body)
        for name, path, rest in _GLYPH.findall(body):
            body = body.replace(f'xlink:href="#{name}"', f'xlink:href="#{self._keep(path, rest)}"')
        body = _GLYPH.sub("", body)
        for name in _BLANK.findall(body):  # a space has no outline, and needs none
            body = re.sub(rf'<path id="{re.escape(name)}"[^>]*/>|<use xlink:href="#{re.escape(name)}"[^>]*/>', "", body)
        body = body.replace("xlink:href", "href")
        for name, colour in LIGHT.items():
            body = body.replace(colour, f"var(--{name})")
        body = compact(body)
        inside = body[body.index(">") + 1 :].strip()
        return f'<svg {box[0] if box else ""} role="img" aria-label="{html.escape(alternative)}">{inside}'

    def _keep(self, path: str, rest: str) -> str:
        # Named after its content: two fonts, or two subsets of one font, can then never be confused.
        outline = f'd="{" ".join(path.split())}"{rest.rstrip()}'
        name = "g" + hashlib.sha256(outline.encode()).hexdigest()[:8]
        self.outlines[name] = outline
        return name
