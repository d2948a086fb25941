"""Knot Floer homology, as another program finds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from types import MappingProxyType, ModuleType

from certifield.evidence import Contradiction, Exact, MissingExtra

from ..diagrams._diagram import Diagram
from ..invariants import alexander_polynomial
from ._readable import hold, readable_knot


@dataclass(frozen=True, eq=False)
class KnotFloer:
    """What knot Floer homology over F_2 knows of a knot.

    ``tau``: Ozsvath and Szabo's, with |tau| <= g_4; ``epsilon``: Hom's, -1, 0 or 1; ``nu``: tau or tau + 1; all three are 0 for a
    smoothly slice knot.  ``genus``: of a Seifert surface, 0 for the unknot alone; ``fibred``: whether the complement fibres over the
    circle; ``l_space``: whether a positive surgery is an L-space; ``ranks``: of the homology in (Alexander, Maslov) degrees.
    """

    tau: Exact
    epsilon: Exact
    nu: Exact
    genus: Exact
    fibred: bool
    l_space: bool
    ranks: Mapping[tuple[int, int], int]

    @property
    def total_rank(self) -> int:
        """The dimension of the homology, 1 for the unknot alone."""
        return sum(self.ranks.values())

    def __reduce__(self):  # a frozen mapping cannot be pickled
        return (_made, (self.tau, self.epsilon, self.nu, self.genus, self.fibred, self.l_space, dict(self.ranks)))


def knot_floer(diagram: Diagram) -> KnotFloer:
    """tau, epsilon, nu, genus, fibredness and ranks; tau = epsilon = 1 for the right-handed trefoil.

    Ozsvath and Szabo's bordered algorithm (1707.00597) by their program, through the package knot_floer_homology: trust in its code.
    Nugatory crossings, at which that program errs, are removed before, and its ranks are held against the Alexander polynomial, their Euler
    characteristic, against their symmetry, and against the genus and the fibredness that they determine.
    Raises `InputError` for links, `MissingExtra` without the extra ``knots``, and `Contradiction` where the program errs all the same.
    """
    program = _program()
    reduced = readable_knot(diagram)
    name = f"knot_floer_homology {version('knot_floer_homology')}"
    reference = f"{name}; trust in its code"
    found = program.pd_to_hfk([list(crossing) for crossing in reduced.crossings]) if reduced.crossings else _UNKNOT
    _hold(name, found, reduced)
    tau, epsilon, nu, genus = (Exact(found[key], f"{words} by knot Floer homology over F_2", reference) for key, words in _NUMBERS.items())
    return _made(tau, epsilon, nu, genus, found["fibered"], found["L_space_knot"], found["ranks"])


def _hold(name: str, found: dict, reduced: Diagram) -> None:
    """Raises `Contradiction` unless the answer fits the Alexander polynomial and itself (Ozsvath and Szabo, math/0209056; Ni, 0607156)."""
    ranks = found["ranks"]
    euler: dict[int, int] = {}
    for (alexander, maslov), rank in ranks.items():
        euler[alexander] = euler.get(alexander, 0) + rank * (-1) ** (maslov % 2)
    hold(name, euler, "Alexander polynomial", alexander_polynomial(reduced))
    genus = max(alexander for alexander, _ in ranks)
    top = sum(rank for (alexander, _), rank in ranks.items() if alexander == genus)
    symmetric = all(ranks.get((-alexander, maslov - 2 * alexander)) == rank for (alexander, maslov), rank in ranks.items())
    sane = abs(found["tau"]) <= genus and found["epsilon"] in (-1, 0, 1) and found["nu"] - found["tau"] == (found["epsilon"] == -1)
    if not symmetric or not sane or (found["seifert_genus"], bool(found["fibered"])) != (genus, top == 1):
        raise Contradiction(f"{name} contradicts itself: {found}")


_NUMBERS = {"tau": "tau", "epsilon": "epsilon", "nu": "nu", "seifert_genus": "the genus"}
_UNKNOT = {"tau": 0, "epsilon": 0, "nu": 0, "seifert_genus": 0, "fibered": True, "L_space_knot": True, "ranks": {(0, 0): 1}}


def _made(tau: Exact, epsilon: Exact, nu: Exact, genus: Exact, fibred: bool, l_space: bool, ranks: Mapping) -> KnotFloer:
    return KnotFloer(tau, epsilon, nu, genus, fibred, l_space, MappingProxyType(dict(sorted(ranks.items()))))


def _program() -> ModuleType:
    try:
        import knot_floer_homology
    except ImportError:
        raise MissingExtra("knot Floer homology is not installed: pip install 'certifield[knots]'") from None
    return knot_floer_homology
