"""The lines of a picture, in units of the embedding."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ._band import Band, Core, CrossesItself, laid
from ._finger import fingered
from ._state import PlanarState
from ._strands import Strand, Strands
from .embedding import Embedding, PlanarMap, embedded

POINTS = 2  # on an edge
POINTS_ON_LOOP = 4


@dataclass(frozen=True)
class Lines:
    """Smooth strands (number of the component, line), cores of bands, and circles, in units of the embedding."""

    state: PlanarState
    map: PlanarMap
    where: Embedding
    strands: list[tuple[int, Strand]]
    cores: list[tuple[Core, Strand]]
    widths: list[float]  # half of those of the bands

    @cached_property
    def over(self) -> dict[int, int]:
        """By node of a band on an edge, whether the band is over."""
        return {self.map.node[dart]: bit for core, _ in self.cores for dart, bit in zip(core.darts[1:], core.over, strict=True)}

    def leaving(self, node: int) -> list[tuple[int, Strand]]:
        """The darts by which the lines through a node leave it, with the lines."""
        return self._leaving[node]

    @cached_property
    def _leaving(self) -> dict[int, list[tuple[int, Strand]]]:
        found: dict[int, list[tuple[int, Strand]]] = {}
        for strand in [*(strand for _, strand in self.strands), *(strand for _, strand in self.cores)]:
            for dart in strand.passes:
                found.setdefault(self.map.node[dart], []).append((dart, strand))
        return found


def lines_of(state: PlanarState, bands: Sequence[Band] = (), *, pack: bool = True) -> Lines:
    """The lines of a picture.  Bands that meet themselves are pushed out as fingers up to their last face."""
    given = PlanarMap.of_crossings(dict(state.across))
    try:
        cores = [laid(given, state, band) for band in bands]
    except CrossesItself:
        return lines_of(*fingered(state, bands), pack=pack)
    where = embedded(given, _points_on(given, cores), state.circles, pack=pack)
    through = Strands(given, where)
    strands = [(component, through.closed(walk)) for component, walk in _walks(given, state)]
    middle = [(core, through.core(core.darts)) for core in cores]
    widths = [min(0.36, 0.75 * through.room(core.darts)) for core in cores]
    return Lines(state, given, where, strands, middle, widths)


def _points_on(given: PlanarMap, cores: list[Core]) -> dict[int, int]:
    points = {dart: POINTS_ON_LOOP if given.node[dart] == given.node[other] else POINTS for dart, other in given.across.items()}
    for core in cores:
        last = core.darts[-1]
        points[last] = points[given.across[last]] = POINTS + min(abs(core.half_twists), 6)
    return points


def _walks(given: PlanarMap, state: PlanarState) -> list[tuple[int, list[int]]]:
    """The components along the map, whose edges may have been cut by bands."""
    walks = []
    for component, darts in state.walks():
        walk = []
        for dart in darts:
            walk.append(dart)
            while given.node[given.across[walk[-1]]] < 0:
                onward = given.straight(given.across[walk[-1]])
                assert onward is not None  # an edge goes on behind every band
                walk.append(onward)
        walks.append((component, walk))
    return walks
