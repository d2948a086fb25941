"""The signs of the crossings of a planar curve from the order in which it meets them."""

from collections.abc import Sequence

from ._reading import refuse
from ._walks import Walk

ALLOWED = "prime and connected, or given with signs"

Visit = tuple[tuple[int, int], bool]  # ((crossing, which of its two copies where it was doubled), over)


def signs_of_shadow(argument: str, walks: Sequence[Walk]) -> tuple[int, ...]:
    """Signs of the crossings of a code without signs, chosen so that the first crossing is positive (SnapPy's convention).

    A prime connected code has exactly two planar pictures, mirror images of each other, so the link is determined up to mirror image.
    They come from interlacement: let s = +1 where the strand at the even place of the walk meets the strand at the odd place from the
    left; then interlaced crossings have equal s exactly if the number of crossings interlaced with both is odd (after Cairns and
    Elton, The planarity problem II, J. Knot Theory Ramif. 5 (1996) 137).
    Components that cross are first made one by doubling a crossing between them.
    Raises `InputError` for a code that is composite or split, whose parts can be mirrored one by one.
    """
    if not walks:
        return ()
    visits = _one_walk(argument, walks)
    sides = _sides(argument, [letter for letter, _ in visits])
    signs: dict[int, int] = {}
    for place, ((crossing, copy), over) in enumerate(visits):
        if copy == 0 and crossing not in signs:  # the first visit
            signs[crossing] = sides[crossing, 0] * (1 if place % 2 == 0 else -1) * (1 if over else -1)
    flip = signs[walks[0][0].crossing]
    return tuple(signs[crossing] * flip for crossing in range(len(signs)))


def _one_walk(argument: str, walks: Sequence[Walk]) -> list[Visit]:
    """All components joined: the strands x and y that meet at c become x c c' y c c', with c' a second crossing right behind c."""
    joined: list[Visit] = [((crossing, 0), over) for crossing, over in walks[0]]
    waiting = [[((crossing, 0), over) for crossing, over in walk] for walk in walks[1:]]
    while waiting:
        seen = {letter for letter, _ in joined}
        met = next(((walk, place) for walk in waiting for place, (letter, _) in enumerate(walk) if letter in seen), None)
        if met is None:
            raise refuse(
                argument,
                "a split code without signs",
                "connected, or given with signs",
                "the pieces can be mirrored one by one: pass signs",
            )
        walk, place = met
        waiting.remove(walk)
        letter, over = walk[place]
        at = next(position for position, (other, _) in enumerate(joined) if other == letter)
        behind: Visit = ((letter[0], 1), True)
        y = walk[place + 1 :] + walk[:place]
        joined = [*joined[: at + 1], behind, *y, (letter, over), behind, *joined[at + 1 :]]
    return joined


def _sides(argument: str, letters: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The s of every letter: +1 for the first one, the others by interlacement."""
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
    sides, queue, free = {0: 1}, [0], (1 << len(names)) - 2
    for current in queue:  # grows while it is read
        new = interlaced[current] & free
        free ^= new
        while new:
            lowest = (new & -new).bit_length() - 1
            new &= new - 1
            common = (interlaced[current] & interlaced[lowest]).bit_count()
            sides[lowest] = sides[current] * (1 if common % 2 else -1)
            queue.append(lowest)
    if free:
        raise refuse(
            argument, "a composite code without signs", "prime, or given with signs", "the summands can be mirrored one by one: pass signs"
        )
    return {name: sides[place] for name, place in number.items()}
