"""0-surgeries from diagrams, against SnapPy's fillings; canonical forms; what the library moves, the checker moves alike."""

import random

import numpy as np
import pytest

from certifield.evidence import InputError
from certifield.topology import Diagram, named
from certifield.topology.groups import Presentation
from certifield.topology.groups._greedy import simplified as short
from certifield.topology.groups._words import letters
from certifield.topology.surgery import Triangulation, zero_surgery
from certifield.topology.surgery._permutations import EVEN, IMAGES, INVERSE, NUMBER, PRODUCT, SWAP
from certifield.topology.surgery._signature import signature
from certifield.topology.surgery._simplify import simplified

FIGURE_EIGHT, TREFOIL = Diagram.from_braid([1, -2, 1, -2]), Diagram.from_braid([1, 1, 1])


def _relabelled(triangulation: Triangulation, rng: random.Random, reverse: bool = False) -> Triangulation:
    """The same triangulation with other numbers and vertices; with ``reverse`` the other orientation."""
    tetrahedra = list(triangulation.glue)
    numbers = dict(zip(tetrahedra, rng.sample(range(len(tetrahedra)), len(tetrahedra)), strict=True))
    names = {t: rng.choice([p for p in range(24) if EVEN[p] is not reverse]) for t in tetrahedra}
    glue: dict[int, list[tuple[int, int]]] = {n: [(-1, 0)] * 4 for n in range(len(tetrahedra))}
    for t, row in triangulation.glue.items():
        for f, (s, p) in enumerate(row):
            glue[numbers[t]][IMAGES[names[t]][f]] = numbers[s], PRODUCT[names[s]][PRODUCT[p][INVERSE[names[t]]]]
    return Triangulation(glue)


@pytest.mark.parametrize("diagram", [TREFOIL, FIGURE_EIGHT, Diagram.from_braid([1, 1, 1, 2, -1, 2])])
def test_the_signature_forgets_labels_and_keeps_the_orientation(diagram):
    rng = random.Random(0)
    small = simplified(zero_surgery(diagram), rng, 150)
    word, _ = signature(small)
    for _ in range(5):
        assert signature(_relabelled(small, rng))[0] == word
    mirrored, _ = signature(_relabelled(zero_surgery(diagram), rng, reverse=True))
    assert mirrored == signature(zero_surgery(diagram.mirror()))[0]  # the two builds are mirror images
    assert mirrored != signature(zero_surgery(diagram))[0] or diagram == FIGURE_EIGHT


def test_a_move_and_back():
    for diagram in (TREFOIL, FIGURE_EIGHT):
        start = zero_surgery(diagram)
        for t, f in list(start.faces())[::7]:
            moved = start.copy()
            if moved.glue[t][f][0] == t:
                continue
            moved.two_three(t, f)
            new = max(moved.glue) - 2
            ends = f, next(m for m in range(4) if m != f)  # the new edge joins the two apices
            moved.three_two(moved.ring(new, *ends))
            assert signature(moved)[0] == signature(start)[0]
            assert moved.log()[0] == ["2-3", t, f] and not start.log()


def test_two_moves_are_not_the_same_triangulation():
    moved = zero_surgery(TREFOIL)
    t, f = next(face for face in moved.faces() if moved.glue[face[0]][face[1]][0] != face[0])
    moved.two_three(t, f)
    assert signature(moved)[0] != signature(zero_surgery(TREFOIL))[0]


def test_permutations():
    for p, images in enumerate(IMAGES):
        assert NUMBER[images] == p and PRODUCT[p][INVERSE[p]] == 0
        for q in range(24):
            assert IMAGES[PRODUCT[p][q]] == tuple(images[k] for k in IMAGES[q])
            assert EVEN[PRODUCT[p][q]] == (EVEN[p] == EVEN[q])
    assert IMAGES[SWAP[1][3]] == (0, 3, 2, 1) and SWAP[2][2] == 0


# The fundamental group ---------------------------------------------------------------------------------------------------------


def _group(triangulation: Triangulation) -> Presentation:
    """One generator for each face off a maximal tree of tetrahedra, one relator for each edge."""
    tree, seen = set(), [next(iter(triangulation.glue))]
    for t in seen:
        for f, (s, p) in enumerate(triangulation.glue[t]):
            if s not in seen:
                seen.append(s)
                tree |= {(t, f), (s, IMAGES[p][f])}
    name: dict[tuple[int, int], int] = {}
    for t, f in triangulation.faces():
        if (t, f) not in tree:
            s, p = triangulation.glue[t][f]
            name[s, IMAGES[p][f]] = -(len(name) // 2 + 1)
            name[t, f] = -name[s, IMAGES[p][f]]
    _, rings = triangulation.edges()
    relators = (tuple(name[t, k] for t, _, _, k, _ in ring if (t, k) in name) for ring in rings)
    return Presentation(len(name) // 2, tuple(relators))


def _homomorphisms(generators: int, relators: list[tuple[int, ...]]) -> int:
    """The number of homomorphisms to the affine group of the line over 7 elements, of order 42."""
    elements = [(a, b) for a in range(1, 7) for b in range(7)]
    product = np.array([[elements.index((a * c % 7, (a * d + b) % 7)) for c, d in elements] for a, b in elements])
    one = elements.index((1, 0))
    inverse = (product == one).argmax(axis=1)
    images = np.indices((42,) * generators).reshape(generators, -1)
    good = np.ones(42**generators, dtype=bool)
    for relator in relators:
        value = np.full(good.size, one)
        for g in relator:
            value = product[value, images[g - 1] if g > 0 else inverse[images[-g - 1]]]
        good &= value == one
    return int(good.sum())


def _counted(triangulation: Triangulation) -> int:
    tietze, _ = short(_group(triangulation), 500)
    order = {letters(g)[0]: n + 1 for n, g in enumerate(sorted(tietze.generators))}
    words = [tuple(order[abs(g)] * (1 if g > 0 else -1) for g in letters(text)) for text in tietze.relators.values()]
    assert len(order) < 4
    return _homomorphisms(len(order), words)


@pytest.mark.knots
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # SnapPy leaves a file open when it is imported
@pytest.mark.parametrize("name", ["3_1", "4_1", "5_2", "6_1", "8_20", "9_46", "10_140"])
def test_the_fundamental_group_is_that_of_snappys_filling(name):
    """Homomorphisms of pi_1 to a group of order 42."""
    import snappy

    manifold = snappy.Manifold(name)
    manifold.dehn_fill((0, 1))
    theirs = manifold.fundamental_group()
    alphabet = {letter: n + 1 for n, letter in enumerate(theirs.generators())}
    words = [tuple(alphabet[c.lower()] * (1 if c.islower() else -1) for c in relator) for relator in theirs.relators()]
    wanted = _homomorphisms(len(alphabet), words)
    triangulation = zero_surgery(named(name))
    assert _counted(triangulation) == wanted
    assert _counted(simplified(triangulation, random.Random(1), 120)) == wanted


@pytest.mark.parametrize("diagram", [Diagram.from_braid([1, 1]), Diagram(circles=1), Diagram()])
def test_links_and_bare_circles_are_refused(diagram):
    with pytest.raises(InputError):
        zero_surgery(diagram)
