"""Removal of kinks and bigons as long as there are any."""

from ._elementary import compiled, following, part, remove_kink, turned


@compiled
def is_kink(planar, dart):
    """Whether ``dart`` is the whole boundary of the inside of a loop."""
    return planar.across[dart] == turned(dart, 1)


@compiled
def is_free_bigon(planar, dart):
    """Whether the face of ``dart`` is a bigon between two crossings with one edge above the other at both."""
    other = planar.across[dart]
    opposite = turned(other, -1)
    return (dart ^ other) & 1 == 0 and dart >> 2 != other >> 2 and turned(planar.across[opposite], -1) == dart


@compiled
def is_free_triangle(planar, dart):
    """Whether the face of ``dart`` is a triangle between three crossings with an upper, a middle and a lower strand."""
    two = following(planar, dart)
    three = following(planar, two)
    if three == dart or two == dart or following(planar, three) != dart:
        return False
    a, b, c = dart >> 2, two >> 2, three >> 2
    if a in (b, c) or b == c:
        return False
    ups = (dart & 1) + (two & 1) + (three & 1)
    return ups == 1 or ups == 2


@compiled
def reduce(planar):
    """Makes R1- and R2- until none is possible; whether any was made."""
    changed, quiet, dart = False, 0, 0
    darts = planar.across.shape[0]
    while quiet < darts:
        if planar.across[dart] >= 0:
            if is_kink(planar, dart):
                remove_kink(planar, dart)
                changed, quiet = True, 0
            elif is_free_bigon(planar, dart):
                part(planar, dart)
                changed, quiet = True, 0
        dart += 1
        if dart == darts:
            dart = 0
        quiet += 1
    return changed
