"""Gauss and Dowker-Thistlethwaite codes, with signs or without."""

from collections.abc import Sequence

from ._reading import MOST_CROSSINGS, integers, refuse, walks_of_integers
from ._shadow import signs_of_shadow
from ._walks import Pass, Walks


def walks_of_gauss(code: object, signs: object = None) -> Walks:
    """Walks of a Gauss code: +k where a strand passes above crossing k, -k where it passes below, one list for each component.

    ``signs``: +1 or -1 for each crossing, in increasing order of the names k.  Without signs see `signs_of_shadow`.
    """
    rows = walks_of_integers("gauss", code)
    names = sorted({abs(entry) for row in rows for entry in row})
    entries = [entry for row in rows for entry in row]
    if 0 in names or sorted(entries) != sorted([*names, *(-name for name in names)]):
        raise refuse("gauss", code, "a code in which every crossing k occurs once as k and once as -k", "correct the code")
    if len(names) > MOST_CROSSINGS:
        raise refuse("gauss", f"{len(names)} crossings", f"a code of at most {MOST_CROSSINGS} crossings", "split the diagram")
    number = {name: place for place, name in enumerate(names)}
    walks = tuple(tuple(Pass(number[abs(entry)], entry > 0) for entry in row) for row in rows if row)
    circles = sum(not row for row in rows)
    if signs is None:
        return Walks(walks, signs_of_shadow("gauss", walks, names), circles)
    found = integers("signs", signs)
    if len(found) != len(names) or not {-1, 1} >= set(found):
        raise refuse("signs", signs, f"{len(names)} signs, each +1 or -1", "give one sign for each crossing")
    return Walks(walks, tuple(found), circles)


def gauss_of_walks(given: Walks) -> tuple[tuple[int, ...], ...]:
    """The Gauss code with crossings named from 1, and an empty tuple for each circle."""
    rows = tuple(tuple(crossing + 1 if over else -crossing - 1 for crossing, over in walk) for walk in given.walks)
    return rows + ((),) * given.circles


def walks_of_dt(code: object) -> Walks:
    """Walks of a Dowker-Thistlethwaite code: entry k is the even label of the crossing that has the odd label 2k - 1.

    The even label passes below if the entry is positive, above if it is negative.
    """
    rows = walks_of_integers("dt", code)
    entries = [entry for row in rows for entry in row]
    if sorted(map(abs, entries)) != list(range(2, 2 * len(entries) + 1, 2)) or len(entries) > MOST_CROSSINGS:
        allowed = f"a code of each even number 2, 4, ..., 2n once, with signs, n at most {MOST_CROSSINGS}"
        raise refuse("dt", code, allowed, "correct the code")
    passes: list[Pass] = [Pass(0, False)] * (2 * len(entries))
    for crossing, entry in enumerate(entries):
        passes[2 * crossing] = Pass(crossing, entry > 0)
        passes[abs(entry) - 1] = Pass(crossing, entry < 0)
    walks, first = [], 0
    for row in rows:
        walks.append(tuple(passes[first : first + 2 * len(row)]))
        first += 2 * len(row)
    found = tuple(walk for walk in walks if walk)
    return Walks(found, signs_of_shadow("dt", found, range(1, 2 * len(entries), 2)), len(walks) - len(found))


def dt_of_walks(given: Walks) -> tuple[tuple[int, ...], ...]:
    """The Dowker-Thistlethwaite code; components start where every crossing gets one odd and one even label."""
    labels: dict[Pass, int] = {}
    rows, first = [], 1
    for walk in _with_parity(given):
        labels.update((one, first + place) for place, one in enumerate(walk))
        rows.append(range(first, first + len(walk), 2))
        first += len(walk)
    partner = {labels[one]: (labels[Pass(one.crossing, not one.over)], one.over) for one in labels}
    code = tuple(tuple(partner[odd][0] if partner[odd][1] else -partner[odd][0] for odd in row) for row in rows)
    return code + ((),) * given.circles


def _with_parity(given: Walks) -> Sequence[Sequence[Pass]]:
    """The walks, some of them begun one pass later, so that the two passes of a crossing lie at places of opposite parity."""
    home = {one: (component, place) for component, walk in enumerate(given.walks) for place, one in enumerate(walk)}
    late: dict[int, int] = {}
    for component in range(len(given.walks)):
        queue = [] if component in late else [component]
        late.setdefault(component, 0)
        for current in queue:  # grows while it is read
            for place, one in enumerate(given.walks[current]):
                other, other_place = home[Pass(one.crossing, not one.over)]
                if other not in late:
                    late[other] = (late[current] + place + other_place + 1) % 2
                    queue.append(other)
    return [walk[late[component] :] + walk[: late[component]] for component, walk in enumerate(given.walks)]
