"""Trees of blow-ups: counts against an enumeration fan by fan, uniform draws, bases, and gauge groups."""

from collections import Counter
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from scipy.stats import chi2

from certifield.bundles.trees import DOMINANT, Base, EdgeTrees, FaceTrees, Order, gauge_group, orders, sections, weak_fano_base
from certifield.evidence import InputError

BY_RAYS = (1, 1, 6, 33, 145, 564, 2004, 6586, 20175, 57729, 154069, 382206, 876186, 1839392, 3485172, 5820060, 8272334, 9449160, 7844748,
           3663074)  # fmt: skip
CORNERS = [(1, 0, 0), (0, 1, 0), (0, 0, 1)]


def enumerated(height: int, most: int) -> list[set]:
    """All fans of a face with 0, 1, ..., ``most`` added rays, level by level: another route than that of the package."""
    levels = [{frozenset([frozenset(CORNERS)])}]
    for _ in range(most):
        following = set()
        for fan in levels[-1]:
            parts = [
                *fan,
                *{frozenset(edge) for cone in fan for edge in combinations(cone, 2)} - {frozenset(e) for e in combinations(CORNERS, 2)},
            ]
            for part in parts:
                ray = tuple(map(sum, zip(*part, strict=True)))
                if sum(ray) <= height:
                    around = {cone for cone in fan if part <= cone}
                    following.add(fan - around | {cone - {old} | {ray} for cone in around for old in part})
        levels.append(following)
    return levels


def test_edge_trees():
    assert [EdgeTrees(height).count for height in range(1, 8)] == [1, 2, 5, 10, 50, 82, 785]
    assert [EdgeTrees(6, lambda ray, most=most: ray[0] <= most).count for most in range(1, 6)] == [6, 19, 46, 64, 82]


@pytest.mark.parametrize("height", [3, 4, 5])
def test_face_trees_against_an_enumeration(height):
    levels = enumerated(height, 13)
    found = FaceTrees(height)
    sizes = [len(level) for level in levels if level]
    assert list(found.by_rays) == sizes and found.count == sum(sizes) == {3: 2, 4: 17, 5: 4231}[height]
    without = [fan for level in levels for fan in level if all((height - 2, 1, 1) not in cone for cone in fan)]
    assert FaceTrees(height, lambda ray: ray[0] < height - 2).count == len(without)


def test_the_first_face_trees_of_height_six_against_an_enumeration():
    assert [len(level) for level in enumerated(6, 6)] == list(BY_RAYS[:7])


def test_all_face_trees_of_height_six():
    """The values are those of an enumeration of all 41,873,645 of them, level by level, by another program."""
    found = FaceTrees()
    assert found.count == 41_873_645 and found.by_rays == BY_RAYS
    assert float(Fraction(sum(rays * count for rays, count in enumerate(BY_RAYS)), found.count)) == pytest.approx(16.25853505, abs=1e-8)
    assert FaceTrees(6, lambda ray: ray[0] <= 3).count == 13_296_803
    assert FaceTrees(6, lambda ray: ray != (1, 1, 1)).count == 1


def test_orders_that_contradict_each_other_in_a_circle_have_no_fan():
    """Sabotage twin: three cones that are taken for independent give 19 fans of height 4 in place of 17."""
    assert FaceTrees(4).count == 17
    independent = 1 + sum(
        2 ** sum(lengths[i] and lengths[j] for i, j in combinations(range(3), 2)) for lengths in product((0, 1), repeat=3)
    )
    assert independent == 19


def uniform(draws: list, expected: dict) -> None:
    seen = Counter(draws)
    assert set(seen) <= set(expected)
    total = sum(expected.values())
    statistic = sum((seen[key] - len(draws) * w / total) ** 2 / (len(draws) * w / total) for key, w in expected.items())
    assert chi2.sf(statistic, len(expected) - 1) > 1e-6


def gathered(by_rays: tuple[int, ...], low: int, high: int) -> dict:
    """How many fans have so many rays, fewer than ``low`` and more than ``high`` counted there."""
    found: Counter = Counter()
    for rays, count in enumerate(by_rays):
        found[max(low, min(high, rays))] += count
    return found


def test_draws_are_uniform():
    """Over rays, of which two fans may have the same: 11 sets for 17 fans, and all 82 trees of an edge."""
    rng = np.random.default_rng(5)
    fans = Counter(
        tuple(sorted({ray for cone in fan for ray in cone} - set(CORNERS), key=lambda ray: (sum(ray), ray)))
        for level in enumerated(4, 6)
        for fan in level
    )
    uniform([FaceTrees(4).draw(rng) for _ in range(4000)], fans)
    trees = EdgeTrees(6)
    draws = [trees.draw(rng) for _ in range(8000)]
    assert len(set(draws)) == 82
    uniform(draws, dict.fromkeys(set(draws), 1))
    face = FaceTrees(6)
    draws = [face.draw(rng) for _ in range(2000)]
    share = np.mean([(4, 1, 1) not in rays for rays in draws])
    uniform([max(10, len(rays)) for rays in draws], gathered(BY_RAYS, 10, 19))
    lower = FaceTrees(5)  # with several fans in one class, of different numbers of rays
    uniform([max(4, len(lower.draw(rng))) for _ in range(4000)], gathered(lower.by_rays, 4, 10))
    assert abs(share - 13_296_803 / 41_873_645) < 4.9 * np.sqrt(0.3175 * 0.6825 / 2000)


@pytest.fixture(scope="module")
def base() -> Base:
    return weak_fano_base(DOMINANT[0])


@pytest.mark.parametrize("vertices", DOMINANT)
def test_bases(vertices):
    found = weak_fano_base(vertices)
    assert (len(found.rays), len(found.edges), len(found.faces)) == (38, 108, 72)
    assert Counter(edge for face in found.faces for edge in combinations(face, 2)) == dict.fromkeys(found.edges, 2)
    for face in found.faces:
        assert abs(round(np.linalg.det([found.rays[ray] for ray in face]))) == 1


def test_the_distinguished_ray(base):
    at = base.rays.index((1, -1, -1))
    assert sum(at in edge for edge in base.edges) == sum(at in face for face in base.faces) == 9
    assert {base.rays[ray][0] for edge in base.edges if at in edge for ray in edge if ray != at} == {0}
    assert base.normals == ((-1, 0, 0), (0, -1, 0), (0, 0, -1), (3, 1, 1))


def test_without_trees_there_is_no_group(base):
    """The anticanonical system of a weak Fano base has no base locus on the divisors of the polytope."""
    for ray in base.rays:
        f, g = orders(base, base.blown_up({}), ray)
        assert f.value == g.value == 0 and gauge_group(f, g) == ""
    assert len(sections(base, base.blown_up({}), "g")) > len(sections(base, base.blown_up({}), "f"))


@pytest.mark.parametrize("most", [3, 4, 5])
def test_groups_at_the_distinguished_ray(base, most):
    """Trees on everything, drawn uniformly with coefficients of the ray up to 3, 4 or 5; the group is that of the largest one drawn."""
    rng = np.random.default_rng(most)
    at = base.rays.index((1, -1, -1))
    free = {2: EdgeTrees(), 3: FaceTrees()}
    largest = []
    for _ in range(4):
        trees, reached = {}, 1
        for place in (*base.edges, *base.faces):
            kind = free[len(place)]
            if at in place:
                corner = place.index(at)
                kind = type(kind)(6, lambda ray, corner=corner: ray[corner] <= most)
            trees[place] = kind.draw(rng)
            reached = max([reached, *[ray[place.index(at)] for ray in trees[place] if at in place]])
        f, g = orders(base, base.blown_up(trees), (1, -1, -1))
        assert gauge_group(f, g) == {3: "E6", 4: "E7", 5: "E8"}[reached]
        assert (g.value, g.leading) == ((4, ((-2, 0, 0),)) if reached == 3 else (5, g.leading))
        largest.append(reached)
    assert max(largest) == most


def test_kodaira():
    def order(value, *leading):
        return Order(value, leading or ((1, 0, 0), (0, 1, 0)))

    even, odd = (2, 0, -2), (1, 0, 0)
    table = {
        (0, 0): "", (1, 1): "", (1, 2): "SU(2)", (2, 2): "SU(2)", (2, 3): "G2", (3, 4): "F4", (3, 5): "E7", (4, 5): "E8",
        (4, 6): "non-minimal", (3, 9): "E7", (9, 4): "F4", (9, 3): "G2", (2, 9): "SO(7)",
    }  # fmt: skip
    for (low_f, low_g), group in table.items():
        assert gauge_group(order(low_f), order(low_g)) == group, (low_f, low_g)
    assert gauge_group(order(3), order(4, even)) == "E6" and gauge_group(order(3), order(4, odd)) == "F4"
    assert gauge_group(order(2), order(2, even)) == "SU(3)" and gauge_group(order(2, even), order(4)) == "SO(8)"
    assert gauge_group(order(3), order(3, (3, 0, -3))) == "SO(8)" and gauge_group(Order(None, ()), order(5)) == "E8"


def monodromy(f: tuple, g: tuple) -> int:
    """How many permutations of the roots of x^3 + f x + g closed paths generate, on the divisor of (1, 0, 0) with coordinates z, w."""
    rng = np.random.default_rng(2)
    forms = [(np.array(part).reshape(-1, 3)[:, 1:], rng.normal(size=(len(part), 2)) @ [1, 1j]) for part in (f, g)]

    start, turn = np.array([1.3 + 0.4j, 0.8 - 0.5j]), np.exp(2j * np.pi * np.linspace(0, 1, 2001))[:, None]
    loops = [start * turn**power for power in ((1, 0), (0, 1))]  # around z = 0 and w = 0, and elsewhere
    loops += [start + radius * way * (turn - 1) for radius in (0.7, 1.5) for way in rng.normal(size=(4, 2, 2)) @ [1, 1j]]
    found, first = {(0, 1, 2)}, None
    for loop in loops:
        low, high = (np.prod(loop[:, None, :] ** powers, axis=2) @ c for powers, c in forms)
        companion = np.zeros((len(loop), 3, 3), complex)
        companion[:, 1, 0] = companion[:, 2, 1] = 1
        companion[:, 1, 2], companion[:, 0, 2] = -low, -high
        roots = np.linalg.eigvals(companion)
        first = roots[0] if first is None else first
        roots[0] = roots[-1] = first  # in one order, whatever rounding does to the ends
        steps = np.abs(roots[:-1, :, None] - roots[1:, None, :])
        apart = np.abs(roots[:-1, :, None] - roots[:-1, None, :])[:, [0, 0, 1], [1, 2, 2]].min(axis=1)
        assert (steps.min(axis=2).max(axis=1) < apart / 3).all()  # no root can be taken for another one
        here = np.arange(3)
        for nearest in steps.argmin(axis=2):
            here = nearest[here]
        found.add(tuple(map(int, here)))
    while True:
        larger = {tuple(one[i] for i in other) for one in found for other in found}
        if larger == found:
            return len(found)
        found = larger


@pytest.mark.parametrize(
    ("f", "g", "group"),
    [
        ([(-2, 2, 0)], [(-3, 3, 0)], "SO(8)"),  # x = z y
        ([(-2, 0, 0)], [(-3, 0, 0)], "SO(8)"),
        ([(-2, 2, 0)], [(-3, 1, 0)], "G2"),
        ([(-2, 2, 0)], [(-3, 3, 0), (-3, 0, 0)], "G2"),
        ([(-2, 2, 0), (-2, 0, 0)], [(-3, 3, 0)], "G2"),
        ([(-2, 2, -2)], [], "SO(8)"),
        ([(-2, 1, 0)], [], "SO(7)"),
        ([(-2, 2, 0), (-2, 0, 0)], [], "SO(7)"),
        ([], [(-3, 3, -3)], "SO(8)"),
        ([], [(-3, 1, 0)], "G2"),
        ([], [(-3, 3, 0), (-3, 0, 0)], "G2"),
    ],
)
def test_orthogonal_groups_by_following_roots(f, g, group):
    """Another route than monomials: the roots come back as they were, two of them exchanged, or all of them moved."""
    found = gauge_group(Order(2, tuple(f)) if f else Order(3, ()), Order(3, tuple(g)) if g else Order(4, ()))
    assert found == group == {1: "SO(8)", 2: "SO(7)"}.get(monodromy(tuple(f), tuple(g)), "G2")


@pytest.mark.parametrize(
    "call",
    [
        lambda: EdgeTrees(0),
        lambda: FaceTrees(7),
        lambda: weak_fano_base(((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0))),
        lambda: weak_fano_base(((0, 0, 1), (0, 1, 0), (2, 0, 0), (-1, -1, -3))),
        lambda: sections(weak_fano_base(DOMINANT[0]), np.zeros((1, 3), int), "h"),
    ],
)
def test_bad_input(call):
    with pytest.raises(InputError):
        call()
