"""The signs of the crossings of a planar curve from the order in which it meets them."""

from collections.abc import Sequence

from ._easy import is_its_mirror_image
from ._reading import refuse
from ._walks import Pass, Walk, Walks

Visit = tuple[tuple[int, int], bool]  # ((crossing, which of its two copies where it was doubled), over)
MOST_SHOWN = 8
REMEDY = "pass signs, or a planar diagram code"


def signs_of_shadow(argument: str, walks: Sequence[Walk], names: Sequence[int]) -> tuple[int, ...]:
    """Signs of the crossings of a code without signs, chosen so that the first crossing is positive (SnapPy's convention).

    A prime connected code has exactly two planar pictures, mirror images of each other, so the link is determined up to mirror image.
    They come from interlacement: let s = +1 where the strand at the even place of the walk meets the strand at the odd place from the
    left; then interlaced crossings have equal s exactly if the number of crossings interlaced with both is odd (after Cairns and
    Elton, The planarity problem II, J. Knot Theory Ramif. 5 (1996) 137).
    Components that cross are first made one by doubling a crossing between them.
    The prime summands are the connected parts of the graph of interlaced crossings; a crossing interlaced with none is nugatory, and its
    sign makes no difference.  Of a knot, summands that are mirror images of themselves make none either.
    Raises `InputError`, with the ``names`` of the crossings, where another summand or piece could be mirrored by itself.
    """
    if not walks:
        return ()
    visits = _one_walk(argument, walks, names)
    sides, summands = sides_and_summands([letter for letter, _ in visits])
    signs: dict[int, int] = {}
    for place, ((crossing, copy), over) in enumerate(visits):
        if copy == 0 and crossing not in signs:  # the first visit
            signs[crossing] = sides[crossing, 0] * (1 if place % 2 == 0 else -1) * (1 if over else -1)
    flip = signs[walks[0][0].crossing]
    found = tuple(signs[crossing] * flip for crossing in range(len(signs)))
    proper = [sorted({crossing for crossing, _ in summand}) for summand in summands if len(summand) > 1]
    free = [summand for summand in proper[:-1] if len(walks) > 1 or not is_its_mirror_image(part_of(walks[0], found, summand))]
    if free and (len(walks) > 1 or not is_its_mirror_image(part_of(walks[0], found, proper[-1]))):
        shown = _shown([names[crossing] for crossing in free[0]])
        allowed = "prime, or given with signs"
        raise refuse(argument, f"a composite code without signs: its crossings {shown} are free to be mirrored alone", allowed, REMEDY)
    return found


def _shown(names: Sequence[int]) -> str:
    return ", ".join(map(str, names[:MOST_SHOWN])) + (", ..." if len(names) > MOST_SHOWN else "")


def part_of(walk: Walk, signs: Sequence[int], crossings: Sequence[int]) -> Walks:
    """The summand with these crossings, of a knot."""
    number = {crossing: place for place, crossing in enumerate(crossings)}
    kept = tuple(Pass(number[crossing], over) for crossing, over in walk if crossing in number)
    return Walks((kept,), tuple(signs[crossing] for crossing in crossings))


def _one_walk(argument: str, walks: Sequence[Walk], names: Sequence[int]) -> list[Visit]:
    """All components joined: the strands x and y that meet at c become x c c' y c c', with c' a second crossing right behind c."""
    joined: list[Visit] = [((crossing, 0), over) for crossing, over in walks[0]]
    waiting = [[((crossing, 0), over) for crossing, over in walk] for walk in walks[1:]]
    while waiting:
        seen = {letter for letter, _ in joined}
        met = next(((walk, place) for walk in waiting for place, (letter, _) in enumerate(walk) if letter in seen), None)
        if met is None:
            apart = sorted({names[crossing] for walk in waiting for (crossing, _), _ in walk})
            given = f"a split code without signs: its crossings {_shown(apart)} are free to be mirrored alone"
            raise refuse(argument, given, "connected, or given with signs", REMEDY)
        walk, place = met
        waiting.remove(walk)
        letter, over = walk[place]
        at = next(position for position, (other, _) in enumerate(joined) if other == letter)
        behind: Visit = ((letter[0], 1), True)
        y = walk[place + 1 :] + walk[:place]
        joined = [*joined[: at + 1], behind, *y, (letter, over), behind, *joined[at + 1 :]]
    return joined


def sides_and_summands(letters: Sequence[tuple[int, int]]) -> tuple[dict[tuple[int, int], int], list[list[tuple[int, int]]]]:
    """The s of every letter, +1 for the first one of each summand and the others by interlacement; and the summands."""
    names = list(dict.fromkeys(letters))
    number = {name: place for place, name in enumerate(names)}
    odd_before = [0]  # bit k: letter k was met an odd number of times
    for letter in letters:
        odd_before.append(odd_before[-1] ^ (1 << number[letter]))
    first, interlaced = {}, [0] * len(names)
    for place, letter in enumerate(letters):
        if letter in first:
            interlaced[number[letter]] = odd_before[place] ^ odd_before[first[letter] + 1]
        else:
            first[letter] = place
    sides: dict[int, int] = {}
    summands, free = [], (1 << len(names)) - 1
    while free:
        start = (free & -free).bit_length() - 1
        free &= free - 1
        sides[start], queue = 1, [start]
        for current in queue:  # grows while it is read
            new = interlaced[current] & free
            free ^= new
            while new:
                lowest = (new & -new).bit_length() - 1
                new &= new - 1
                common = (interlaced[current] & interlaced[lowest]).bit_count()
                sides[lowest] = sides[current] * (1 if common % 2 else -1)
                queue.append(lowest)
        summands.append([names[place] for place in queue])
    return {name: sides[place] for name, place in number.items()}, summands
