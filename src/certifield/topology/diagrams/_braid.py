"""Closures of braids."""

from ._reading import MOST_CROSSINGS, integers, refuse
from ._walks import Pass, Walks


def walks_of_braid(word: object, strands: object = None) -> Walks:
    """Walks of the closure of a braid word: the letter i stands for sigma_i, in which strand i passes over strand i + 1 (sign +1)."""
    letters = integers("braid", word)
    least = max((abs(letter) for letter in letters), default=0) + 1
    width = least if strands is None else integers("strands", [strands])[0]
    if not 1 <= width <= MOST_CROSSINGS + 1 or len(letters) > MOST_CROSSINGS:
        raise refuse("strands", width, f"1 to {MOST_CROSSINGS + 1}, with at most {MOST_CROSSINGS} letters", "shorten the braid")
    for letter in letters:
        if not 1 <= abs(letter) < width:
            allowed = f"a word in the letters 1 to {max(width - 1, 1)} and their negatives"
            raise refuse("braid", letter, allowed, "give more strands, or correct the letter")
    passes: list[list[Pass]] = [[] for _ in range(width)]
    at = list(range(width))  # the strand, named by where it starts, that runs at each position
    for crossing, letter in enumerate(letters):
        left = abs(letter) - 1
        passes[at[left]].append(Pass(crossing, letter > 0))
        passes[at[left + 1]].append(Pass(crossing, letter < 0))
        at[left], at[left + 1] = at[left + 1], at[left]
    ending = {strand: position for position, strand in enumerate(at)}
    walks, free = [], dict.fromkeys(range(width))
    while free:
        strand, walk = next(iter(free)), []
        while strand in free:
            del free[strand]
            walk += passes[strand]
            strand = ending[strand]
        walks.append(tuple(walk))
    signs = tuple(1 if letter > 0 else -1 for letter in letters)
    return Walks(tuple(walk for walk in walks if walk), signs, sum(not walk for walk in walks))
