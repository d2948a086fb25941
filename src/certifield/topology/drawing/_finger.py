"""Bands that meet themselves, pushed out as fingers."""

from collections.abc import Sequence

from ..diagrams._reading import refuse
from ._band import Band, CrossesItself, laid, read_band
from ._moves import Replay
from ._state import PlanarState
from .embedding import PlanarMap


def fingered(state: PlanarState, bands: Sequence[Band]) -> tuple[PlanarState, list[Band]]:
    """The diagram with a finger for every band that meets itself, and the bands from then on.

    A finger is the band without its end: an isotopy that pushes the edge of the first dart up to the last face.  What is left of the
    band leads from the tip of the finger to its last dart.  Bands are written in darts of ``state``; fingers that come first take
    numbers that are new in it, so that those of later bands' own crossings are shifted.  Raises `InputError` as `draw` does.
    """
    replay, left = Replay(state), list[Band]()
    for band in bands:
        try:
            laid(PlanarMap.of_crossings(dict(state.across)), state, band)
            left.append(band)
        except CrossesItself:
            left.append(_pushed(replay, state.unused, band))
    return replay.state(), left


def _pushed(replay: Replay, known: int, band: Band) -> Band:
    darts, over, half_twists = read_band(band)
    shift = replay.unused - known
    tip, *others, last = (dart + shift * (dart >= known) for dart in darts)
    for dart, bit in zip(others, over, strict=True):
        _share_a_face(replay, tip, dart, band)
        tip = replay.push(tip, dart, bit)
    _share_a_face(replay, tip, last, band)
    return "band", [tip, last], [], half_twists


def _share_a_face(replay: Replay, tip: int, dart: int, band: Band) -> None:
    given = PlanarMap.of_crossings(replay.across)
    if dart == tip or dart not in given.across or not (dart in given.face(tip) or dart not in given.piece(tip)):
        raise refuse("band", band, f"darts that follow each other in a face, unlike {dart}", "cross the edges one by one")
