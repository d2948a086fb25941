"""Diagrams of oriented links."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from . import _braid, _canonical, _gauss, _nugatory, _orient, _planar, _walks
from ._reading import integers, refuse
from ._walks import Crossing, Walks


@dataclass(frozen=True)
class Diagram:
    """A diagram of an oriented link on the sphere, chirality and orientation kept.

    ``crossings``: planar diagram code; each crossing lists its four edges counter-clockwise from the lower incoming one; the edges are
    numbered from 0 along the components.  ``signs``: +1 or -1 for each crossing; +1 where the upper strand comes from the left of the
    lower one, as in the right-handed trefoil.  ``circles``: components without crossings.  ``Diagram()`` is the empty link,
    ``Diagram(circles=1)`` the unknot.  Equality is equality of codes; `canonical` forgets how the edges are numbered.
    Raises `InputError` for labels that do not occur twice, orientations that clash, codes that are not planar.

    >>> trefoil = Diagram.from_braid([1, 1, 1])
    >>> trefoil.crossings
    ((3, 1, 4, 0), (1, 5, 2, 4), (5, 3, 0, 2))
    >>> trefoil.writhe, trefoil.mirror().writhe
    (3, -3)
    """

    crossings: tuple[Crossing, ...] = ()
    signs: tuple[int, ...] = ()
    circles: int = 0

    def __post_init__(self) -> None:
        crossings = _planar.read_crossings(self.crossings)
        signs = tuple(integers("signs", self.signs))
        circles = _circles(self.circles)
        if len(signs) != len(crossings) or not {-1, 1} >= set(signs):
            raise refuse("signs", signs, f"{len(crossings)} signs, each +1 or -1", "give one sign for each crossing")
        found = _planar.walks_of(crossings, signs)._replace(circles=circles)
        if _walks.planar_code(found) != crossings:
            raise refuse("crossings", crossings, "numbered from 0 along the components", "use Diagram.from_pd for other numberings")
        _planar.check_planar(crossings)
        object.__setattr__(self, "crossings", crossings)
        object.__setattr__(self, "signs", signs)
        object.__setattr__(self, "circles", circles)

    @classmethod
    def from_pd(cls, code: object, *, circles: int | None = None) -> "Diagram":
        """The diagram of a planar diagram code; labels may be any integers, so 0-based and 1-based codes are both accepted.

        A component that never passes below is oriented by increasing labels; if it has two edges only, its smaller label enters the
        first of its crossings.  Any crossing of a knot may begin at either end of its lower strand, as in codes without orientation; of
        a link it may if the labels of its components increase.  ``circles`` is 0 by default, but 1 for an empty code: the unknot.

        >>> Diagram.from_pd([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 2]]).signs, Diagram.from_pd([]).components
        ((1, 1, 1), 1)
        """
        crossings = _planar.read_crossings(code)
        number = int(not crossings) if circles is None else _circles(circles)
        return cls._of(_planar.walks_of(_orient.oriented(crossings))._replace(circles=number))

    @classmethod
    def from_braid(cls, word: object, strands: int | None = None) -> "Diagram":
        """The closure of a braid word in letters +-1, ..., +-(strands - 1); sigma_i is a positive crossing.

        >>> Diagram.from_braid([1, -2, 1, -2]).writhe, Diagram.from_braid([], 2).components
        (0, 2)
        """
        return cls._of(_braid.walks_of_braid(word, strands))

    @classmethod
    def from_gauss(cls, code: object, signs: object = None) -> "Diagram":
        """The diagram of a Gauss code (+k above crossing k, -k below; one list per component) and its signs in the order of k.

        Without signs the code must be connected, and prime but for summands whose mirror images are the same, such as unknots; the link is
        then determined up to mirror image, and the image whose first crossing is positive is taken.

        >>> Diagram.from_gauss([-1, 2, -3, 1, -2, 3]).signs
        (1, 1, 1)
        """
        return cls._of(_gauss.walks_of_gauss(code, signs))

    @classmethod
    def from_dt(cls, code: object) -> "Diagram":
        """The diagram of a Dowker-Thistlethwaite code, up to mirror image, with the same provisos as a Gauss code without signs.

        >>> Diagram.from_dt([4, 6, 2]).components
        1
        """
        return cls._of(_gauss.walks_of_dt(code))

    @classmethod
    def _of(cls, walks: Walks) -> "Diagram":
        return cls(_walks.planar_code(walks), walks.signs, walks.circles)

    @cached_property
    def _walks(self) -> Walks:
        return _planar.walks_of(self.crossings, self.signs)._replace(circles=self.circles)

    @property
    def components(self) -> int:
        """The number of components, circles included: those with crossings come first."""
        return len(self._walks.walks) + self.circles

    @property
    def writhe(self) -> int:
        """The sum of the signs."""
        return sum(self.signs)

    @property
    def pieces(self) -> int:
        """The number of connected pieces of the picture, circles included."""
        return len(_planar.pieces(self.crossings)) + self.circles

    def pd(self, first: int = 0) -> tuple[Crossing, ...]:
        """The planar diagram code with edges numbered from ``first``; circles are not part of it."""
        (first,) = integers("first", [first])
        return tuple((a + first, b + first, c + first, d + first) for a, b, c, d in self.crossings)

    def gauss(self) -> tuple[tuple[int, ...], ...]:
        """The Gauss code; together with ``signs`` it gives the same diagram again."""
        return _gauss.gauss_of_walks(self._walks)

    def dt(self) -> tuple[tuple[int, ...], ...]:
        """The Dowker-Thistlethwaite code, one tuple for each component; it does not know the chirality."""
        return _gauss.dt_of_walks(self._walks)

    def canonical(self) -> "Diagram":
        """The same diagram with a numbering that depends on nothing but the diagram; time is quadratic in the crossings."""
        return self._of(_canonical.canonical(self._walks))

    def mirror(self) -> "Diagram":
        """The mirror image in the plane of the picture: every crossing exchanged."""
        return self._of(_walks.mirrored(self._walks))

    def reverse(self, components: Iterable[int] | None = None) -> "Diagram":
        """The orientation of some components, by default of all, turned round."""
        return self._of(_walks.reversed_walks(self._walks, set(self._numbers(components))))

    def sublink(self, components: Iterable[int]) -> "Diagram":
        """The link of some components, in increasing order."""
        return self._of(_walks.kept(self._walks, self._numbers(components)))

    def split_union(self, other: "Diagram") -> "Diagram":
        """Both links side by side."""
        return self._of(_walks.side_by_side(self._walks, _diagram(other)._walks))

    def connected_sum(self, other: "Diagram", component: int = 0, other_component: int = 0) -> "Diagram":
        """The connected sum along one component of each, orientations matched."""
        (at,), (other_at,) = self._numbers([component]), _diagram(other)._numbers([other_component])
        return self._of(_walks.summed(self._walks, other._walks, at, other_at))

    def reduced(self) -> "Diagram":
        """The same link without nugatory crossings, kinks among them; `self` where there are none.

        >>> Diagram.from_braid([1, 1, 1, -2]).reduced().signs
        (1, 1, 1)
        """
        walks = _nugatory.without_nugatory(self._walks)
        return self if walks is self._walks else self._of(walks)

    def linking_matrix(self) -> tuple[tuple[int, ...], ...]:
        """Linking numbers of the components, half the sum of the signs where two of them cross; zero on the diagonal."""
        home = {one: component for component, walk in enumerate(self._walks.walks) for one in walk}
        doubled = [[0] * self.components for _ in range(self.components)]
        for crossing, sign in enumerate(self.signs):
            one, two = home[_walks.Pass(crossing, False)], home[_walks.Pass(crossing, True)]
            if one != two:
                doubled[one][two] += sign
                doubled[two][one] += sign
        return tuple(tuple(entry // 2 for entry in row) for row in doubled)

    def _numbers(self, components: Iterable[int] | None) -> list[int]:
        if components is not None and not isinstance(components, Iterable):
            raise refuse("components", components, "a list of numbers of components", f"such as [{components}]")
        chosen = list(range(self.components)) if components is None else integers("components", list(islice(components, 10_001)))
        if len(set(chosen)) != len(chosen) or not all(0 <= number < self.components for number in chosen):
            raise refuse("components", chosen, f"different numbers from 0 to {self.components - 1}", "count components from 0")
        return sorted(chosen)


def _diagram(given: object) -> Diagram:
    if not isinstance(given, Diagram):
        raise refuse("other", given, "a Diagram", "read a code with `parse`")
    return given


def _circles(given: object) -> int:
    (circles,) = integers("circles", [given])
    if not 0 <= circles <= 10_000:
        raise refuse("circles", circles, "0 to 10000", "leave it out for a link all of whose components cross")
    return circles
