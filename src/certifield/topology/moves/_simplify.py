"""The simplifier: what can be removed is removed, shorter ways are taken, and where nothing helps the diagram is shaken."""

from ._elementary import compiled, following, push, slide
from ._map import ALIVE, OVERFLOW
from ._passes import draw, restore, shorten, snapshot
from ._reduce import is_free_triangle, reduce


@compiled
def descend(planar):
    """Kinks, bigons and pass moves until none of them saves a crossing."""
    reduce(planar)
    while planar.counters[ALIVE] > 0 and shorten(planar, 1):
        pass


@compiled
def shake(planar, pushes, slides):
    """Random R2+ moves between edges of one face, and random R3 moves."""
    darts = planar.across.shape[0]
    while pushes > 0:
        dart = draw(planar, darts)
        if planar.across[dart] < 0:
            continue
        other = dart
        for _ in range(1 + draw(planar, 3)):
            other = following(planar, other)
        if other != dart and push(planar, dart, other, draw(planar, 2)) < 0:
            return
        pushes -= 1
    for _ in range(slides):
        dart = draw(planar, darts)
        if planar.across[dart] >= 0 and is_free_triangle(planar, dart):
            slide(planar, dart)


@compiled
def simplify(planar, rounds):
    """Lowers the number of crossings; ``rounds`` is how often in a row it is shaken in vain before it is left as it is."""
    descend(planar)
    vain = 0
    while planar.counters[ALIVE] > 0 and vain < rounds:
        before = snapshot(planar)
        alive = planar.counters[ALIVE]
        shake(planar, vain % 4, 4 * planar.across.shape[0])
        descend(planar)
        vain += 1
        if planar.counters[OVERFLOW]:
            restore(planar, before)
        elif planar.counters[ALIVE] < alive:
            vain = 0
        elif planar.counters[ALIVE] > alive:
            restore(planar, before)
