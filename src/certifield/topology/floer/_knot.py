"""What the programs of homology ask of a diagram."""

from ..diagrams._diagram import Diagram
from ..diagrams._reading import refuse

MOST_CROSSINGS = 300


def checked_knot(diagram: Diagram) -> Diagram:
    """``diagram``, one of a knot.  Raises `InputError` for links, and for diagrams too large for these programs."""
    if not isinstance(diagram, Diagram):
        raise refuse("diagram", diagram, "a Diagram", "read a code with `parse`")
    if diagram.components != 1:
        raise refuse("diagram", f"a link of {diagram.components} components", "a knot", "ask for `sublink`s of one component")
    if len(diagram.crossings) > MOST_CROSSINGS:
        raise refuse("diagram", f"{len(diagram.crossings)} crossings", f"at most {MOST_CROSSINGS} crossings", "simplify the diagram first")
    return diagram
