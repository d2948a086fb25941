"""Wirtinger presentations, against the Alexander polynomial and against SnapPy; simplification keeps the group."""

import itertools

import numpy as np
import pytest

from certifield.evidence import InputError
from certifield.topology import Diagram, named, seifert_matrix
from certifield.topology.groups import Presentation, wirtinger
from certifield.topology.groups._greedy import simplified
from certifield.topology.groups._words import letters

PRIME = 1_000_003
WORDS = [[1, 1, 1], [-1, -1, -1], [1, -2, 1, -2], [1, 1, 1, 2, -1, 2], [1, 1, 2, -1, -3, 2, -3], [1, 1, 1, -2, 1, -2], [-1, 2, 2, 2, -1, 2]]


def _determinant(rows: list[list[int]]) -> int:
    """Modulo the prime."""
    rows, result = [list(row) for row in rows], 1
    for column in range(len(rows)):
        pivot = next((row for row in range(column, len(rows)) if rows[row][column] % PRIME), None)
        if pivot is None:
            return 0
        if pivot != column:
            rows[column], rows[pivot], result = rows[pivot], rows[column], -result
        result = result * rows[column][column] % PRIME
        inverse = pow(rows[column][column], -1, PRIME)
        for row in range(column + 1, len(rows)):
            factor = rows[row][column] * inverse % PRIME
            rows[row] = [(a - factor * b) % PRIME for a, b in zip(rows[row], rows[column], strict=True)]
    return result % PRIME


def _fox(group: Presentation, t: int) -> int:
    """The determinant of Fox's matrix at t without its first column: the Alexander polynomial up to a unit."""
    rows, back = [], pow(t, -1, PRIME)
    for relator in group.relators:
        row, power = [0] * group.generators, 1
        for g in relator:
            if g > 0:
                row[g - 1] += power
            power = power * (t if g > 0 else back) % PRIME
            if g < 0:
                row[-g - 1] -= power
        rows.append(row[1:])
    return _determinant(rows)


def _agree(group: Presentation, diagram: Diagram) -> bool:
    """Whether Fox calculus and det(V - t V^T) agree up to sign and a power of t, at three values of t."""
    matrix = seifert_matrix(diagram)
    size = range(len(matrix))
    for t in (2, 3, 5):
        wanted = _determinant([[matrix[i][j] - t * matrix[j][i] for j in size] for i in size])
        units = {sign * pow(t, k, PRIME) * wanted % PRIME for sign in (1, -1) for k in range(-30, 31)}
        if _fox(group, t) not in units:
            return False
    return True


@pytest.mark.parametrize("word", WORDS)
def test_fox_calculus_gives_the_alexander_polynomial(word):
    diagram = Diagram.from_braid(word)
    group = wirtinger(diagram)
    assert _agree(group, diagram)
    assert (group.generators, len(group.relators)) == (len(word), len(word) - 1)
    for relator in group.relators:
        assert sum(1 if g > 0 else -1 for g in relator) == 0  # all generators are meridians


def test_the_sign_of_a_crossing_matters():
    """Sabotage twin: with all crossings taken as positive the figure-eight knot gets another polynomial."""
    diagram = Diagram.from_braid([1, -2, 1, -2])
    group = wirtinger(diagram)
    wrong = tuple((r[0], -abs(r[1]), r[2], abs(r[3])) for r in group.relators)
    assert wrong != group.relators and not _agree(Presentation(group.generators, wrong), diagram)


PERMUTATIONS = list(itertools.permutations(range(4)))
PRODUCT = np.array([[PERMUTATIONS.index(tuple(p[k] for k in q)) for q in PERMUTATIONS] for p in PERMUTATIONS])
INVERSE = PRODUCT.argmin(axis=1)  # the identity is the first


def _homomorphisms(generators: int, relators: list[tuple[int, ...]]) -> int:
    """The number of homomorphisms to the symmetric group of degree 4."""
    images = np.indices((24,) * generators).reshape(generators, -1)
    good = np.ones(24**generators, dtype=bool)
    for relator in relators:
        value = np.zeros(good.size, dtype=int)
        for g in relator:
            value = PRODUCT[value, images[g - 1] if g > 0 else INVERSE[images[-g - 1]]]
        good &= value == 0
    return int(good.sum())


def _simplified(diagram: Diagram) -> tuple[int, list[tuple[int, ...]]]:
    tietze, _ = simplified(wirtinger(diagram), 40)
    order = {letters(g)[0]: n + 1 for n, g in enumerate(sorted(tietze.generators))}
    words = [tuple(order[abs(g)] * (1 if g > 0 else -1) for g in letters(text)) for text in tietze.relators.values()]
    return len(order), words


@pytest.mark.knots
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # SnapPy leaves a file open when it is imported
@pytest.mark.parametrize("name", ["3_1", "4_1", "6_1", "7_7", "8_19", "8_20", "9_42", "K11n34"])
def test_simplified_groups_have_as_many_homomorphisms_as_snappys(name):
    """Homomorphisms to S_4 of our simplified presentation and of SnapPy's, which comes from a triangulation."""
    import snappy

    theirs = snappy.Manifold(name).fundamental_group()
    alphabet = {letter: n + 1 for n, letter in enumerate(theirs.generators())}
    words = [tuple(alphabet[c.lower()] * (1 if c.islower() else -1) for c in relator) for relator in theirs.relators()]
    ours = _simplified(named(name))
    assert max(len(alphabet), ours[0]) < 5
    assert _homomorphisms(*ours) == _homomorphisms(len(alphabet), words)


def test_links_are_refused():
    with pytest.raises(InputError):
        wirtinger(Diagram.from_braid([1, 1]))


def test_the_circle():
    assert wirtinger(Diagram(circles=1)) == Presentation(1, ())
    assert str(wirtinger(Diagram.from_braid([1]))) == "<x1 | >"
