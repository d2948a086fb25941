"""Pairs of knots worth asking about: floats propose, nothing here is a proof."""

from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import combinations
from multiprocessing import get_context
from typing import Any

from certifield.evidence import InputError, MissingExtra

from ..diagrams._diagram import Diagram

TRIES = 5
DIGITS = 7
Code = tuple[tuple[int, ...], ...]


def zero_surgery_candidates(knots: Mapping[str, Diagram]) -> list[tuple[str, str]]:
    """Pairs of names whose 0-surgeries seem isometric; it is left open whether the isometry preserves the orientation.

    SnapPy computes hyperbolic structures in a spawned process, in the main thread of that process.  Knots whose volumes agree to seven
    digits are compared by its search for isometries of closed manifolds, which does not see the orientation.  Knots with 0-surgeries that
    seem not hyperbolic are left out.
    Raises `InputError` for links and circles without crossings, and `MissingExtra` without SnapPy.
    """
    for name, diagram in knots.items():
        if not isinstance(diagram, Diagram) or diagram.components != 1 or not diagram.crossings:
            raise InputError("knots", str(name)[:60], "names of knot diagrams with crossings", "leave links and circles out")
    codes = {name: diagram.crossings for name, diagram in knots.items()}
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        found = pool.submit(_isometric_pairs, codes).result()
    if found is None:
        raise MissingExtra("candidates need SnapPy and spherogram: pip install 'certifield[knots]'")
    return found


def _isometric_pairs(codes: dict[str, Code]) -> list[tuple[str, str]] | None:
    """Runs in a process of its own."""
    try:
        import snappy  # noqa: F401  (exteriors of links need it to be there)
        import spherogram
    except ImportError:
        return None
    filled = {name: _filled(spherogram.Link([list(crossing) for crossing in code]).exterior()) for name, code in codes.items()}
    classes = defaultdict(list)
    for name, manifold in filled.items():
        if manifold.solution_type() in ("all tetrahedra positively oriented", "contains negatively oriented tetrahedra"):
            classes[round(float(manifold.volume()), DIGITS)].append(name)
    pairs = [pair for names in classes.values() for pair in combinations(names, 2)]
    return [(one, other) for one, other in pairs if isometric(filled[one], filled[other])]


def _filled(exterior: Any) -> Any:
    """The 0-filling, with a solution that is geometric if one is found."""
    exterior.dehn_fill((0, 1))
    for _ in range(TRIES):
        if exterior.solution_type() == "all tetrahedra positively oriented":
            break
        exterior.randomize()
    return exterior


def isometric(one: Any, other: Any) -> bool:
    """Whether SnapPy finds an isometry; where it gives up it is asked again of other triangulations."""
    for _ in range(TRIES):
        try:
            return bool(one.is_isometric_to(other))
        except RuntimeError:
            one.randomize()
            other.randomize()
    return False
