"""Random walks and small searches on the diagrams of the checker of planar moves: producers of witnesses, for tests alone."""

import importlib.util
import random
from types import ModuleType
from typing import Any

from bracket import bracket

from certifield.evidence import checker_path

SOURCE = checker_path("unknot-moves@1").read_text()
ISOTOPIES = ("R1+", "R1-", "R2+", "R2-", "R3")


def loaded(source: str = SOURCE) -> ModuleType:
    """The checker as a module, from its text, which a test may have spoiled."""
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("planar_checker", loader=None))
    exec(compile(source, "planar_checker", "exec"), module.__dict__)
    return module


def crossings(diagram: Any) -> list[tuple[int, int, int, int]]:
    """The quadruples of labels of a diagram, without orientation."""
    label = {dart: min(dart, other) for dart, other in diagram.across.items()}
    return [tuple(label[4 * c + place] for place in range(4)) for c in sorted({dart >> 2 for dart in diagram.across})]


def invariant(diagram: Any) -> int:
    """The Kauffman bracket, circles counted."""
    return bracket(crossings(diagram), diagram.circles)


def copied(diagram: Any) -> Any:
    """A diagram of its own."""
    twin = type(diagram)(dict(diagram.across), diagram.circles)
    twin.unused = diagram.unused
    return twin


def mirrored(diagram: list[list[int]]) -> list[list[int]]:
    """The PD code of the mirror image."""
    return [[a, d, c, b] for a, b, c, d in diagram]


def connected_sum(first: list[list[int]], second: list[list[int]], at: tuple[int, int] = (0, 0)) -> list[list[int]]:
    """The PD code of the sum: the edges that enter one crossing of each from below are cut and joined crosswise."""
    joined = [list(crossing) for crossing in first] + [[label + 2 * len(first) + 1 for label in crossing] for crossing in second]
    one, two = at[0], len(first) + at[1]
    joined[one][0], joined[two][0] = joined[two][0], joined[one][0]
    return joined


def proposed(rng: random.Random, diagram: Any, kinds: tuple[str, ...] = ISOTOPIES) -> list:
    """A move of a random kind at a random dart, more often than not one that does not fit."""
    darts = list(diagram.across) or [-1]
    kind, dart = rng.choice(kinds), rng.choice(darts)
    if kind == "R1+":
        return [kind, -1 if diagram.circles and rng.random() < 0.3 else dart, rng.randrange(2)]
    if kind == "R2+":
        near = diagram.face(dart) if dart >= 0 and rng.random() < 0.8 else darts
        return [kind, dart, rng.choice(near), rng.randrange(2)]
    return [kind, dart]


def made(module: ModuleType, diagram: Any, move: list) -> Any | None:
    """The diagram after a move, or nothing where the move is refused."""
    after = copied(diagram)
    try:
        after.move(move, True)
    except module._Refused:
        return None
    return after


def scrambled_unknot(module: ModuleType, rng: random.Random, steps: int) -> tuple[list[list[int]], list[list]]:
    """A PD code of the unknot with the moves that undo it: those of a random walk from the circle, each inverted.

    The walk only adds crossings and slides strands, so that its inverse names no crossing that the PD code does not have.
    """
    diagram, undone = module._Diagram({}, 1), []
    while len(undone) < steps:
        move = proposed(rng, diagram, ("R1+", "R2+", "R3", "R3", "R3"))
        after = made(module, diagram, move)
        if after is None:
            continue
        if move[0] == "R3":
            inner = {dart >> 2 for dart in diagram.face(move[1])}
            undone.append(["R3", next(d for c in inner for d in range(4 * c, 4 * c + 4) if _spans(after.face(d), inner))])
        elif move[0] == "R1+":
            undone.append(["R1-", (diagram.unused + ((2 + move[2]) & 3))])
        else:
            undone.append(["R2-", diagram.unused + ((1 - move[3]) & 3)])
        diagram = after
    code, number = oriented(diagram)
    replayed, moves = module._claimed({"kind": "unknot", "diagram": code}), []
    for kind, dart in reversed(undone):
        dart = number[dart]
        moves.append([kind, dart if kind == "R1-" else min(replayed.face(dart))])
        replayed.move(moves[-1], False)
    return code, moves


def _spans(face: list[int], inner: set[int]) -> bool:
    return len(face) == 3 and {dart >> 2 for dart in face} == inner


def oriented(diagram: Any) -> tuple[list[list[int]], dict[int, int]]:
    """The PD code of a knot diagram, labels in the order of a walk along it, and what the code calls each dart."""
    label, incoming, dart = {}, {}, min(diagram.across)
    while dart not in label:
        other = diagram.across[dart]
        label[dart] = label[other] = len(label) // 2
        if not other & 1:
            incoming[other >> 2] = other
        dart = (other & ~3) | ((other + 2) & 3)
    number = {}
    for position, first in enumerate(sorted(incoming.values())):
        for place in range(4):
            number[(first & ~3) | ((first + place) & 3)] = 4 * position + place
    back = {new: old for old, new in number.items()}
    return [[label[back[4 * position + place]] for place in range(4)] for position in range(len(incoming))], number


def simplifying(module: ModuleType, rng: random.Random, diagram: Any, tries: int) -> tuple[Any, list[list]]:
    """The diagram after crossings have been removed wherever possible, with random slides and pushes between, and the moves."""
    largest, moves = len(diagram.across) // 4 + 2, []
    for _ in range(tries):
        if not diagram.across:
            break
        downward = [[kind, dart] for kind in ("R1-", "R2-") for dart in diagram.across]
        sideways = [proposed(rng, diagram, ("R3", "R3", "R3", "R2+" if len(diagram.across) // 4 < largest else "R3"))]
        for move in downward + sideways:
            after = made(module, diagram, move)
            if after is not None:
                diagram = after
                moves.append(move)
                break
    return diagram, moves
