"""What functions of links, and functions of knots, ask of a diagram."""

from ._diagram import Diagram
from ._reading import refuse


def checked_diagram(diagram: Diagram) -> Diagram:
    """``diagram``, of any link.  Raises `InputError` for what is no diagram."""
    if not isinstance(diagram, Diagram):
        raise refuse("diagram", diagram, "a Diagram", "read a code with `parse`")
    return diagram


def checked_knot(diagram: Diagram, most_crossings: int | None = None) -> Diagram:
    """``diagram``, one of a knot.  Raises `InputError` for what is no diagram, for links, and for more than ``most_crossings``."""
    if checked_diagram(diagram).components != 1:
        raise refuse("diagram", f"a link of {diagram.components} components", "a diagram of a knot", "ask for `sublink`s of one component")
    if most_crossings is not None and len(diagram.crossings) > most_crossings:
        raise refuse("diagram", f"{len(diagram.crossings)} crossings", f"at most {most_crossings} crossings", "simplify the diagram first")
    return diagram
