"""Pictures of diagrams, with bands."""

from collections.abc import Collection, Sequence
from numbers import Real

from ..diagrams import Diagram
from ..diagrams._reading import refuse, sequence
from ._band import Band
from ._lines import lines_of
from ._picture import Picture
from ._render import rendered
from ._state import PlanarState


def draw(
    diagram: Diagram | PlanarState,
    *,
    bands: Sequence[Band] = (),
    title: str | None = None,
    size: float = 360.0,
    labels: Collection[str] = (),
    pack: bool = True,
) -> Picture:
    """A picture of a diagram, at most ``size`` pixels wide and high, with a colour and an arrow for each component.

    ``bands``: moves ``["band", [d0, ..., dn], [over bits], half_twists]`` as in a certificate of ribbon@1, shown before the surgery.
    ``labels``: "crossings" and "edges" are numbered as in `Diagram` if asked for.  ``pack=False`` starts from straight lines on a grid
    in place of a circle packing.  Raises `InputError` for bands that do not fit the diagram, and for other bad arguments.
    """
    if not isinstance(diagram, Diagram | PlanarState):
        raise refuse("diagram", diagram, "a Diagram or a PlanarState", "use Diagram.from_pd, or parse")
    if not isinstance(labels, Collection) or not all(label in ("crossings", "edges") for label in labels):
        raise refuse("labels", labels, 'of "crossings" and "edges"', "leave it out for no labels")
    if isinstance(size, bool) or not isinstance(size, Real) or not 1 <= float(size) <= 100_000:
        raise refuse("size", size, "a number of pixels from 1 to 100000", "leave it at 360")
    if title is not None and not isinstance(title, str):
        raise refuse("title", title, "a text", "leave it out for none")
    bands = sequence("bands", bands, 'a list of moves ["band", [d0, ..., dn], [over bits], half_twists]')
    state = PlanarState.of(diagram) if isinstance(diagram, Diagram) else diagram
    return rendered(lines_of(state, bands, pack=pack), title, size, labels)
