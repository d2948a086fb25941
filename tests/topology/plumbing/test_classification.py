"""Different normal forms are different manifolds: quantum invariants of all small ones, and manifolds with two fibrations."""

import itertools
import math
import random
from collections import defaultdict
from functools import cache

import networkx
import numpy as np
import pytest

pytest.importorskip("flint")  # collected only where the marker lets it
pytest.importorskip("numba")
from plumbing_walks import random_tree, shape

from certifield.topology.plumbing import (
    LensSpace,
    PlumbingForest,
    Seifert,
    chain,
    homology,
    inertia,
    linking_form,
    normal_codes,
    normal_form,
    pieces,
    scrambled,
    star,
)
from certifield.topology.plumbing._invariants import leaf_order


@cache
def modular(r: int) -> tuple[np.ndarray, np.ndarray, complex]:
    """S matrix, exponents of the twists and phase of one level."""
    colours = np.arange(1, r)
    s = np.sqrt(2 / r) * np.sin(np.pi * np.outer(colours, colours) / r)
    return s, 0.5j * np.pi * (colours**2 - 1) / r, np.exp(-0.75j * np.pi * (r - 2) / r)


def quantum(forest: PlumbingForest, levels: range) -> np.ndarray:
    """The invariants of Witten, Reshetikhin and Turaev for SU(2), one complex number for each level, multiplicative in summands.

    A sum over colours of all vertices, leaves first: powers of S[0] by valence, twists by weight, S along edges, a phase by signature.
    """
    signs, order, found = inertia(forest), leaf_order(forest), []
    for r in levels:
        s, twist, kappa = modular(r)
        total, message = kappa ** (signs.positive - signs.negative) * s[0, 0] ** -forest.components, {}
        for vertex, parent in order:
            value = np.exp(twist * forest.weights[vertex]) * s[0] ** (2.0 - len(forest.neighbours[vertex]))
            for other in forest.neighbours[vertex]:
                value = value * (s @ message[other] if other != parent else 1)
            message[vertex] = value
            total *= value.sum() if parent < 0 else 1
        found.append(total)
    return np.array(found)


def trees(most: int, lightest: int, nodes: range) -> list[PlumbingForest]:
    """All trees in normal form of 1 to ``most`` vertices, weights being in ``nodes`` there and from ``lightest`` to -2 elsewhere."""
    found = {}
    for size in range(1, most + 1):
        for graph in networkx.nonisomorphic_trees(size) if size > 1 else [networkx.empty_graph(1)]:
            allowed = [nodes if valence > 2 else range(lightest, -1) for _, valence in sorted(graph.degree())]
            made = [PlumbingForest(weights, tuple(graph.edges())) for weights in itertools.product(*allowed)]
            found |= dict(zip(normal_codes(made), made, strict=True))
    return list(found.values())


def told_apart(forests: list[PlumbingForest], levels: range) -> bool:
    """Whether homology, linking form and quantum invariants differ for every two of them."""
    buckets = defaultdict(list)
    for forest in forests:
        buckets[homology(forest), linking_form(forest)].append(forest)
    for bucket in buckets.values():
        values = np.array([quantum(forest, levels) for forest in bucket]) if len(bucket) > 1 else np.zeros((1, 1))
        distance = np.abs(values[:, None] - values[None]).max(axis=2) + np.eye(len(values))
        if distance.min() < 1e-6:
            return False
    return True


def test_quantum_invariants_of_known_manifolds():
    """1 for the sphere, and the sum over colours itself for a lens space L(p, 1)."""
    levels = range(3, 9)
    assert np.allclose(quantum(chain(1), levels), 1) and np.allclose(quantum(star(2, 1, 1, 1), levels), 1)
    for place, r in enumerate(levels):
        s00 = math.sqrt(2 / r) * math.sin(math.pi / r)
        assert abs(quantum(chain(0), levels)[place] * s00 - 1) < 1e-12  # S^1 x S^2
        assert abs(quantum(chain(0) + chain(0), levels)[place] * s00**2 - 1) < 1e-12


def test_every_move_keeps_the_quantum_invariants():
    """What the homology of the checkers' tests cannot see; the twin is the mirror image, whose invariants are the conjugate ones."""
    rng, levels, chiral = random.Random(8), range(3, 11), 0
    for seed in range(60):
        base = random_tree(rng, rng.randint(1, 6), 4)
        other = scrambled(base, 14, seed=seed)[0]
        assert np.allclose(quantum(base, levels), quantum(other, levels), atol=1e-8)
        assert np.allclose(quantum(base, levels), quantum(normal_form(base).forest, levels), atol=1e-8)
        chiral += not np.allclose(quantum(base, levels), quantum(base.mirror(), levels), atol=1e-6)
    assert chiral > 40


def test_small_normal_forms_are_different_manifolds():
    assert told_apart(trees(5, -3, range(-3, 3)), range(3, 12))
    assert told_apart(trees(7, -2, range(-3, 3)), range(3, 12))
    assert not told_apart([star(1, 2, 3, 5), star(-2, -2, (-2, -2), (-2, -2, -2, -2))], range(3, 12))


@pytest.mark.slow
def test_normal_forms_are_different_manifolds():
    """33,000 trees; 11 pairs of lens spaces have equal invariants at all levels, and are different by Reidemeister's classification."""
    assert told_apart(trees(7, -3, range(-3, 3)), range(3, 14)) and told_apart(trees(10, -2, range(-3, 3)), range(3, 14))
    nodes = [tree for tree in trees(6, -5, range(-4, 4)) if any(len(near) > 2 for near in tree.neighbours)]
    assert told_apart(nodes, range(3, 20))


def with_blocks(centre: int, blocks: int, *legs: int | tuple[int, ...]) -> PlumbingForest:
    """A star whose centre has so many nodes of weight -1 with two leaves of weight -2 as neighbours, beside its legs.

    Each of them makes the base of the centre's Seifert fibration one projective plane more (Neumann's R2, read from right to left).
    """
    tree = star(centre, *legs)
    for _ in range(blocks):
        size = len(tree.weights)
        tree = PlumbingForest((*tree.weights, -1, -2, -2), (*tree.edges, (0, size), (size, size + 1), (size, size + 2)))
    return tree


def test_circle_bundles_over_the_projective_plane_are_prism_manifolds():
    """Euler number e: RP3 # RP3, the lens space L(4, 1) with either orientation, and S(2, 2, |e|)."""
    assert pieces(with_blocks(0, 1)) == (LensSpace(2, 1), LensSpace(2, 1))
    assert pieces(with_blocks(-1, 1)) == (LensSpace(4, 1),) and pieces(with_blocks(1, 1)) == (LensSpace(4, 3),)
    for e in range(2, 7):
        assert pieces(with_blocks(-e, 1)) == (Seifert(-1, ((2, 1), (2, 1), (e, 1))),)
        assert pieces(with_blocks(e, 1)) == (Seifert(-2, ((2, 1), (2, 1), (e, e - 1))),)


def test_prism_manifolds_have_one_normal_form():
    """Over RP2 with one fibre alpha/beta it is over the sphere with fibres 1/2, -1/2 and beta/alpha, as its Euler number says."""
    for e, leg in itertools.product(range(-3, 4), [(-2,), (-3,), (-2, -3), (-4, -2)]):
        (found,) = pieces(with_blocks(e, 1, leg))
        low = homology(with_blocks(e, 1, leg)).order
        if isinstance(found, Seifert):
            assert [alpha for alpha, _ in found.fibres[:2]] == [2, 2] and low == abs(found.euler) * 4 * found.fibres[2][0]
        else:
            assert isinstance(found, LensSpace) and found.p == low


def test_circle_bundles_over_the_klein_bottle_have_one_normal_form_each():
    """Two twisted I-bundles may be glued so that both fibrations over Moebius bands match; there is one tree for each Euler number."""
    forms = {n: normal_form(with_blocks(n, 2)) for n in range(-6, 7)}
    assert len(set(forms.values())) == 13 and told_apart([form.forest for form in forms.values()], range(3, 14))
    assert shape(forms[0].forest) == shape(star(-2, -2, -2, -2, -2))
    zero = PlumbingForest((0, -2, -2, 0, -2, -2), ((0, 1), (0, 2), (0, 3), (3, 4), (3, 5)))
    assert forms[-1] == normal_form(zero) and not normal_form(zero).moves
    for n in range(1, 7):  # extended Dynkin diagrams of type D
        assert set(forms[n].forest.weights) == {-2} and len(forms[n].forest.weights) == n + 5
    assert all(shape(forms[-n].forest) == shape(with_blocks(-n, 2)) for n in range(2, 7))
    assert all(homology(form.forest).betti == 1 for form in forms.values())


def test_two_twisted_bundles_glued_in_all_small_ways_are_different():
    """(x; -2, -2) - chain - (y; -2, -2): Sol manifolds, circle bundles over the Klein bottle, and those with R2 at one end."""
    made = []
    for x, y in itertools.combinations_with_replacement(range(-3, 3), 2):
        for inner in [(), (-2,), (-3,), (-2, -2), (-2, -3), (-3, -2)]:
            size = len(inner) + 2
            weights = (x, *inner, y, -2, -2, -2, -2)
            edges = [(i, i + 1) for i in range(size - 1)] + [(0, size), (0, size + 1), (size - 1, size + 2), (size - 1, size + 3)]
            made.append(PlumbingForest(weights, tuple(edges)))
    forests = list(dict(zip(normal_codes(made), made, strict=True)).values())
    assert len(forests) == 6 * 21 - 6 and all(not normal_form(forest).moves for forest in forests)  # x = y reads (2, 3) as (3, 2)
    assert told_apart(forests, range(3, 14))
