"""Pass moves: a strand that lies above (or below) all that it crosses is laid along a shorter way.

A *run* is a stretch of a strand that is over at every crossing, or under at every crossing.  Let p and q be points on two of its edges, k
crossings apart along the run, and let a way from p to q through the faces cross m < k edges, none of them of the run.  The run between p
and q together with the way bounds a disc; the strand is swept through the disc, past one crossing after another, with R3 where it makes a
triangle with that crossing and R2+ before where it does not, and R2- where it turns back on itself.  Every crossing of the disc is passed
once, so that the pass ends, and afterwards m crossings are left of the k.

The way leaves p on one side of the run and comes to q on the same side, or on the other.  If it is the other, a kink at q turns the end
round first, and its crossing becomes the last one of the run.

Nothing depends on the sweep: it is made of elementary moves only, and a pass that does not lower the number of crossings is undone.
"""

from ._elementary import add_kink, compiled, following, part, push, slide, turned
from ._map import ALIVE, OVERFLOW, WORK
from ._numba import numba
from ._reduce import is_free_bigon, reduce

BARRIER, CUT = 1, 2  # marks of darts: edges of the run, edges that the way crosses
INSIDE = 4  # mark of dart 4c: crossing c is in the disc and not yet passed
OWN = 8  # mark of dart 4c: crossing c is on the run


@compiled
def number_faces(planar):
    """Numbers the faces; their number."""
    darts = planar.across.shape[0]
    planar.face[:] = -1
    faces = 0
    for dart in range(darts):
        if planar.across[dart] >= 0 and planar.face[dart] < 0:
            current = dart
            while planar.face[current] < 0:
                planar.face[current] = faces
                current = following(planar, current)
            faces += 1
    return faces


@compiled
def onward(planar, dart):
    """The dart by which a strand leaves the next crossing, after it has left by ``dart``."""
    return turned(planar.across[dart], 2)


@compiled
def run_length(planar, dart):
    """The number of crossings that the run passes whose first edge is that of ``dart``, and that goes on in its direction.

    The first edge comes from a crossing of the other kind, or the whole component is one run.
    """
    level, length, current = planar.across[dart] & 1, 0, dart
    while (planar.across[current] & 1) == level:
        length += 1
        current = onward(planar, current)
        if current == dart:
            break
    return length


@compiled
def find_way(planar, start, side, limit):
    """Breadth first from the face beside the edge of ``start``; faces reached have ``distance`` at most ``limit``, others -1."""
    planar.distance[:] = -1
    first = planar.face[start] if side > 0 else planar.face[planar.across[start]]
    planar.distance[first], planar.origin[first] = 0, -1
    darts, head, tail = planar.queue, 0, 1
    darts[0] = start if side > 0 else planar.across[start]
    while head < tail:
        dart = darts[head]
        head += 1
        depth = planar.distance[planar.face[dart]]
        if depth >= limit:
            break
        current = dart
        while True:
            beyond = planar.across[current]
            if planar.mark[current] & BARRIER == 0 and planar.distance[planar.face[beyond]] < 0:
                planar.distance[planar.face[beyond]] = depth + 1
                planar.origin[planar.face[beyond]] = current
                darts[tail] = beyond
                tail += 1
            current = following(planar, current)
            if current == dart:
                break


@compiled
def mark_disc(planar, start, crossings, side):
    """Marks the crossings of the disc on one side of a run; False where the disc is not one."""
    stack, top, current = planar.queue, 0, start
    for _ in range(crossings):
        current = onward(planar, current)
        stack[top] = turned(current, side)
        top += 1
    while top:
        top -= 1
        dart = stack[top]
        if planar.mark[dart] & CUT:
            continue
        other = planar.across[dart]
        crossing = 4 * (other >> 2)
        if planar.mark[crossing] & OWN:
            if planar.mark[other] & BARRIER or not beside(planar, start, crossings, other, side):
                return False
            continue
        if planar.mark[crossing] & INSIDE:
            continue
        planar.mark[crossing] |= INSIDE
        for place in range(4):
            if crossing + place != other:
                if top >= stack.shape[0]:
                    return False
                stack[top] = crossing + place
                top += 1
    return True


@compiled
def beside(planar, start, crossings, dart, side):
    """Whether ``dart`` leaves one of the crossings of the run on the given side."""
    current = start
    for _ in range(crossings):
        current = onward(planar, current)
        if turned(current, side) == dart:
            return True
    return False


@compiled
def sweep(planar, start, crossings, side, over):
    """Sweeps the run past all marked crossings, and back on itself where it can."""
    steps = 0
    most = 8 * planar.across.shape[0] + 64
    while crossings > 0 and steps < most:
        steps += 1
        current, candidate, done = start, -1, False
        for place in range(crossings):
            current = onward(planar, current)
            outward = turned(current, side)
            facing = planar.across[outward]
            after = onward(planar, current)
            if place + 1 < crossings and after != current:
                next_outward = turned(after, side)
                if facing == next_outward:
                    bigon = current if side > 0 else planar.across[current]
                    if is_free_bigon(planar, bigon):
                        part(planar, bigon)
                        crossings -= 2
                        done = True
                        break
                elif planar.mark[4 * (facing >> 2)] & INSIDE and planar.across[next_outward] == turned(facing, side):
                    pass_triangle(planar, current, facing, side)
                    done = True
                    break
            if candidate < 0 and planar.mark[4 * (facing >> 2)] & INSIDE:
                candidate = current
        if done:
            continue
        if candidate < 0:
            return
        facing = planar.across[turned(candidate, side)]
        if side > 0:
            made = push(planar, candidate, planar.across[turned(facing, 1)], over)
        else:
            made = push(planar, planar.across[candidate], turned(facing, -1), over)
        if made < 0:
            return
        crossings += 2
        pass_triangle(planar, candidate, facing, side)


@compiled
def pass_triangle(planar, current, facing, side):
    """R3 past the crossing of ``facing``, which then counts as passed."""
    planar.mark[4 * (facing >> 2)] &= ~INSIDE
    slide(planar, current if side > 0 else planar.across[current])


@compiled
def mark_run(planar, start, crossings):
    """Marks the edges that a way must not cross: those of the run."""
    planar.mark[:] = 0
    current = start
    for _ in range(crossings + 1):
        planar.mark[current] |= BARRIER
        planar.mark[planar.across[current]] |= BARRIER
        current = onward(planar, current)


@compiled
def best_way(planar, start, length, least):
    """The pass along one run that saves most crossings, at least ``least``: (saved, first edge, crossings, side of p, side of q)."""
    saved, first, crossings, side_p, side_q = least - 1, -1, 0, 0, 0
    current = start
    for place in range(length):
        for side in (1, -1):
            if length - place <= saved:
                break
            find_way(planar, current, side, length - place - saved - 1)
            end = current
            for further in range(1, length - place + 1):
                end = onward(planar, end)
                left, right = planar.distance[planar.face[end]], planar.distance[planar.face[planar.across[end]]]
                if left >= 0 and further - left > saved:
                    saved, first, crossings, side_p, side_q = further - left, current, further, side, 1
                if right >= 0 and further - right > saved:
                    saved, first, crossings, side_p, side_q = further - right, current, further, side, -1
        current = onward(planar, current)
    return saved, first, crossings, side_p, side_q


@compiled
def lay(planar, first, crossings, side_p, side_q):
    """Lays the run of ``crossings`` from the edge of ``first`` along the shortest way between the sides named; whether the sweep began."""
    over = planar.across[first] & 1
    find_way(planar, first, side_p, crossings)
    last = first
    for _ in range(crossings):
        last = onward(planar, last)
    face = planar.face[last] if side_q > 0 else planar.face[planar.across[last]]
    while planar.origin[face] >= 0:
        crossed = planar.origin[face]
        planar.mark[crossed] |= CUT
        planar.mark[planar.across[crossed]] |= CUT
        face = planar.face[crossed]
    if side_p != side_q:
        enter = add_kink(planar, last if side_q > 0 else planar.across[last], over if side_q > 0 else 1 - over)
        if enter < 0:
            return False
        for place in range(4):
            planar.mark[(enter & ~3) + place] = 0
        crossings += 1
    current = first
    for _ in range(crossings):
        current = onward(planar, current)
        planar.mark[current & ~3] |= OWN
    if not mark_disc(planar, first, crossings, side_p):
        return False
    sweep(planar, first, crossings, side_p, over)
    return True


@compiled
def snapshot(planar):
    return planar.across.copy(), planar.name.copy(), planar.free.copy(), planar.counters.copy()


@compiled
def restore(planar, saved):
    work = planar.counters[WORK]
    for into, kept in ((planar.across, saved[0]), (planar.name, saved[1]), (planar.free, saved[2]), (planar.counters, saved[3])):
        for place in range(len(kept)):  # an assignment of slices would compile what says that shapes differ: longer than all the rest
            into[place] = kept[place]
    planar.counters[WORK] = work


@compiled
def shorten(planar, least):
    """One pass move that saves ``least`` crossings or more, with all that can be removed after it; whether there was one."""
    number_faces(planar)
    darts = planar.across.shape[0]
    offset = draw(planar, darts)
    for shift in range(darts):
        start = (shift + offset) % darts
        other = planar.across[start]
        if other < 0 or (other ^ start) & 1 == 0:
            continue  # a run begins where a strand changes its level
        length = run_length(planar, start)
        mark_run(planar, start, length)
        _, first, crossings, side_p, side_q = best_way(planar, start, length, least)
        if first < 0:
            continue
        before = snapshot(planar)
        alive = planar.counters[ALIVE]
        if lay(planar, first, crossings, side_p, side_q):
            reduce(planar)
            if planar.counters[OVERFLOW] == 0 and planar.counters[ALIVE] <= alive - least:
                return True
        restore(planar, before)
        number_faces(planar)
    return False


@compiled
def draw(planar, below):
    """The next pseudo-random number below ``below`` (xorshift)."""
    x = planar.random[0]
    x ^= x << numba.uint64(13)
    x ^= x >> numba.uint64(7)
    x ^= x << numba.uint64(17)
    planar.random[0] = x
    return numba.int64((x >> numba.uint64(11)) % numba.uint64(below))
