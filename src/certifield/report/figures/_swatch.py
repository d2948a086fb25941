"""What the marks of a plot mean, as tiny pictures beside the words."""

from markupsafe import Markup

SWATCHES = {
    "order 2": '<circle cx="12" cy="8" r="3.8" fill="var(--blue)" stroke="none"/>',
    "order 4": '<path d="M8.4 4.4h7.2v7.2H8.4z" fill="var(--orange)" stroke="none"/>',
    "order 6": '<path d="M12 3.6l4.4 8.2H7.6z" fill="var(--green)" stroke="none"/>',
    "order 8": '<path d="M12 3l4.2 5-4.2 5-4.2-5z" fill="var(--purple)" stroke="none"/>',
    "point": '<path d="M12 1v14"/><circle cx="12" cy="8" r="3.4" fill="currentColor"/>',
    "hollow": '<path d="M12 1v14"/><circle cx="12" cy="8" r="3.4" fill="var(--paper)"/>',
    "limit": '<path d="M7 3h10M12 3v9M9 9.5l3 4 3-4"/>',
    "cross": '<path d="M8.5 4.5l7 7M15.5 4.5l-7 7"/>',
    "pale": '<path d="M1 8h22" stroke-width="5" opacity=".38"/>',
    "dashed": '<path d="M1 8h22" stroke-dasharray="6 3"/>',
    "dotted": '<path d="M1 8h22" stroke-dasharray="1.6 2.4"/>',
    "bar": '<path d="M3 15V6h9v9zM12 15V2h9v13z" fill="currentColor" opacity=".4" stroke="none"/>',
    "outline": '<path d="M3 15V6h9V2h9v13"/>',
    "line": '<path d="M1 14C8 14 8 2 12 2s4 12 11 12"/>',
    "dot": '<circle cx="6" cy="10" r="1.8" fill="currentColor"/><circle cx="15" cy="5" r="1.8" fill="currentColor"/>',
    "band": '<path d="M1 3h22v10H1z" fill="currentColor" opacity=".25" stroke="none"/>',
}
_FRAME = '<svg viewBox="0 0 24 16" width="24" height="16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.3">{}</svg>'


def swatch(mark: str) -> Markup:
    """The tiny picture of a mark; nothing for a name that is not among `SWATCHES`."""
    return Markup(_FRAME.format(SWATCHES[mark])) if mark in SWATCHES else Markup("")
