"""One form for all codes of the same diagram on the sphere."""

from itertools import chain

from ._planar import pieces
from ._walks import Pass, Walks, planar_code, side_by_side

Code = tuple[tuple[tuple[int, bool, int], ...], ...]  # walks of (crossing, over, sign)


def canonical(given: Walks) -> Walks:
    """The first in lexical order among the codes of each connected piece over all places to start; pieces in order.

    Two diagrams have the same canonical form exactly if an isomorphism of the sphere that keeps orientations carries one into the
    other; the order of the components and of the crossings is forgotten.
    """
    home = {one: (component, place) for component, walk in enumerate(given.walks) for place, one in enumerate(walk)}
    codes = []
    for piece in pieces(planar_code(given)):
        starts = (home[Pass(crossing, over)] for crossing in piece for over in (False, True))
        codes.append(min(_from(given, home, *start) for start in starts))
    joined = Walks((), (), 0)
    for code in sorted(codes, key=lambda code: (sum(map(len, code)), code)):
        joined = side_by_side(joined, _walks(code))
    return joined._replace(circles=given.circles)


def _from(given: Walks, home: dict[Pass, tuple[int, int]], component: int, place: int) -> Code:
    """The code read from one pass on; a further component starts where the first of its crossings met so far is entered."""
    number: dict[int, int] = {}
    met: list[Pass] = []  # the other passes of the numbered crossings, in order
    code, read = [], set()
    upcoming: tuple[int, int] | None = (component, place)
    waiting = 0
    while upcoming is not None:
        component, place = upcoming
        read.add(component)
        walk = given.walks[component]
        row = []
        for crossing, over in chain(walk[place:], walk[:place]):
            if crossing not in number:
                number[crossing] = len(number)
                met.append(Pass(crossing, not over))
            row.append((number[crossing], over, given.signs[crossing]))
        code.append(tuple(row))
        while waiting < len(met) and home[met[waiting]][0] in read:
            waiting += 1
        upcoming = home[met[waiting]] if waiting < len(met) else None
    return tuple(code)


def _walks(code: Code) -> Walks:
    signs = {crossing: sign for row in code for crossing, _, sign in row}
    walks = tuple(tuple(Pass(crossing, over) for crossing, over, _ in row) for row in code)
    return Walks(walks, tuple(signs[crossing] for crossing in range(len(signs))))
