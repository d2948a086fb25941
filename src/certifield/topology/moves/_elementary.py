"""Reidemeister moves and saddles on a `PlanarMap`, compiled.

Each function trusts its caller that the move fits; the checker does not.  A move that needs a crossing for which there is no room does
nothing but say so in ``counters[OVERFLOW]``.
"""

from pathlib import Path

from ._map import ALIVE, CIRCLES, FREE, KINK, LOGGED, LOGGING, NEXT_NAME, OVERFLOW, PART, PUSH, SLIDE, UNKINK, WORK
from ._numba import numba


def compiled(function):
    """``function`` compiled when it is first called, and kept for later programs where there is a folder to keep it in."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # neither the package nor the user has a folder that can be written
        return numba.njit(nogil=True)(function)


def is_kept(function) -> bool:
    """Whether an earlier program has kept a ``compiled`` function since its file was last changed, so that it need only be loaded."""
    try:
        folder, changed = Path(function.stats.cache_path), Path(function.py_func.__code__.co_filename).stat().st_mtime
        return any(index.stat().st_mtime > changed for index in folder.glob(f"*.{function.__name__}-*.nbi"))
    except (OSError, TypeError, AttributeError):  # no folder to keep it in
        return False


@compiled
def turned(dart, quarters):
    """The dart of the same crossing that many places further counter-clockwise."""
    return (dart & ~3) | ((dart + quarters) & 3)


@compiled
def following(planar, dart):
    """The next dart of the face of ``dart``."""
    return turned(planar.across[dart], -1)


@compiled
def named(planar, dart):
    """The dart in the numbering of the checker."""
    return -1 if dart < 0 else 4 * planar.name[dart >> 2] + (dart & 3)


@compiled
def least_name(planar, dart):
    """The smallest name among the darts of a face, by which moves that consume a face are called."""
    least, current = named(planar, dart), following(planar, dart)
    while current != dart:
        least = min(least, named(planar, current))
        current = following(planar, current)
    return least


@compiled
def write(planar, kind, first, second, third):
    """One more row of the log."""
    planar.counters[WORK] += 1
    if planar.counters[LOGGING]:
        row = planar.counters[LOGGED]
        if row >= planar.log.shape[0]:
            planar.counters[OVERFLOW] = 1
            return
        planar.log[row, 0], planar.log[row, 1], planar.log[row, 2], planar.log[row, 3] = kind, first, second, third
        planar.counters[LOGGED] = row + 1


@compiled
def join(planar, dart, other):
    planar.across[dart] = other
    planar.across[other] = dart


@compiled
def new_crossing(planar):
    """The slot of a new crossing, under the next name."""
    planar.counters[FREE] -= 1
    slot = planar.free[planar.counters[FREE]]
    planar.name[slot] = planar.counters[NEXT_NAME]
    planar.counters[NEXT_NAME] += 1
    planar.counters[ALIVE] += 1
    return slot


@compiled
def discard(planar, slot):
    for place in range(4):
        planar.across[4 * slot + place] = -1
    planar.free[planar.counters[FREE]] = slot
    planar.counters[FREE] += 1
    planar.counters[ALIVE] -= 1


@compiled
def pass_through(planar, dart, other):
    """Joins what is on the other ends of the two darts of a strand whose crossing vanishes."""
    first, second = planar.across[dart], planar.across[other]
    if first == other:
        planar.counters[CIRCLES] += 1
    else:
        join(planar, first, second)


@compiled
def has_room(planar, crossings):
    if planar.counters[FREE] < crossings:
        planar.counters[OVERFLOW] = 1
        return False
    return True


@compiled
def add_kink(planar, dart, over):
    """R1+ on the edge of ``dart``, or on a circle for -1; the dart of the loop with the face of ``dart`` on its left, -1 without room."""
    if not has_room(planar, 1):
        return -1
    write(planar, KINK, named(planar, dart), over, 0)
    crossing = 4 * new_crossing(planar)
    back, onward = turned(crossing, over), turned(crossing, over + 1)
    if dart < 0:
        planar.counters[CIRCLES] -= 1
        join(planar, back, onward)
    else:
        head = planar.across[dart]
        join(planar, dart, back)
        join(planar, onward, head)
    enter = turned(crossing, over + 3)
    join(planar, turned(crossing, over + 2), enter)
    return enter


@compiled
def remove_kink(planar, dart):
    """R1- of the loop that has ``dart`` as the whole boundary of its inside."""
    write(planar, UNKINK, named(planar, dart), 0, 0)
    pass_through(planar, turned(dart, 2), turned(dart, 3))
    discard(planar, dart >> 2)


@compiled
def push(planar, dart, other, over):
    """R2+ of the edge of ``dart`` across that of ``other``; the dart along the piece beyond, -1 without room."""
    if not has_room(planar, 2):
        return -1
    write(planar, PUSH, named(planar, dart), named(planar, other), over)
    head, far = planar.across[dart], planar.across[other]
    first, second = 4 * new_crossing(planar), 4 * new_crossing(planar)
    north = turned(first, 2 - over)
    join(planar, dart, turned(first, -over))
    join(planar, north, turned(second, 2 - over))
    join(planar, turned(second, -over), head)
    join(planar, other, turned(second, 1 - over))
    join(planar, turned(second, 3 - over), turned(first, 1 - over))
    join(planar, turned(first, 3 - over), far)
    return north


@compiled
def part(planar, dart):
    """R2- of the bigon that is the face of ``dart``."""
    write(planar, PART, least_name(planar, dart), 0, 0)
    other = planar.across[dart]
    pass_through(planar, turned(dart, 2), turned(other, 2))
    pass_through(planar, turned(dart, 3), turned(other, 1))
    discard(planar, dart >> 2)
    discard(planar, other >> 2)


@compiled
def slide(planar, dart):
    """R3 of the triangle that is the face of ``dart``."""
    write(planar, SLIDE, least_name(planar, dart), 0, 0)
    across = planar.across
    one, two = dart, following(planar, dart)
    three = following(planar, two)
    # An inner edge has the ends d, e.  What left by the dart opposite to d leaves by e afterwards, and the other way round.
    new = (across[one], across[two], across[three], one, two, three)
    old = (turned(one, 2), turned(two, 2), turned(three, 2), turned(new[0], 2), turned(new[1], 2), turned(new[2], 2))
    far = (across[old[0]], across[old[1]], across[old[2]], across[old[3]], across[old[4]], across[old[5]])
    for place in range(6):
        outside = far[place]
        for match in range(6):
            if far[place] == old[match]:
                outside = new[match]
        join(planar, new[place], outside)
    for place in range(3):
        join(planar, old[place], old[place + 3])


@compiled
def saddle(planar, dart, other):
    """Cuts two edges of one face and joins them crosswise."""
    head, far = planar.across[dart], planar.across[other]
    join(planar, dart, far)
    join(planar, other, head)
