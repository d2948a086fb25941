"""Whatever is given, the answer is a diagram or one `InputError`."""

import contextlib

import pytest
from hypothesis import given, settings, strategies as st

from certifield.evidence import InputError
from certifield.topology import Diagram, LaurentPolynomial, arf, parse

DEEP: list = []
for _ in range(100_000):
    DEEP = [DEEP]
ITSELF: list = []
ITSELF.append(ITSELF)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Diagram.from_pd([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 5]]), "label 2 occurs 1 times|label 5 occurs 3 times"),
        (lambda: Diagram.from_pd([[1, 4, 2, 5], [5, 2, 6, 3], [6, 3, 1, 4]]), "genus 1"),
        (lambda: Diagram.from_pd([[5, 3, 6, 4], [4, 9, 7, 2], [3, 5, 2, 8], [8, 7, 1, 10], [10, 1, 9, 6]]), "direction of the component"),
        (lambda: Diagram.from_pd([[0, 2, 1, 3], [1, 3, 0, 2]]), "genus 1"),
        (lambda: Diagram.from_pd([[0, 1, 0, 1]]), "genus 1"),
        (lambda: Diagram.from_pd([[1, 5, 2]]), "4 labels"),
        (lambda: Diagram.from_pd([[1, 5, 2, 4.0]]), "whole numbers"),
        (lambda: Diagram.from_pd([[True, True, False, False]]), "whole numbers"),
        (lambda: Diagram.from_pd("X"), "list of crossings"),
        (lambda: Diagram.from_pd(DEEP), "4 labels|whole numbers"),
        (lambda: Diagram.from_pd(ITSELF), "4 labels|whole numbers"),
        (lambda: Diagram.from_pd([], circles=-1), "circles"),
        (lambda: Diagram(((0, 0, 1, 1),), (-1,)), "signs"),
        (lambda: Diagram(((1, 1, 2, 2),), (1,)), "numbered from 0"),
        (lambda: Diagram.from_braid([1, 0]), "letters"),
        (lambda: Diagram.from_braid([3], 3), "1 to 2"),
        (lambda: Diagram.from_braid([1], 0), "strands"),
        (lambda: Diagram.from_braid([10**12]), "below 10"),
        (lambda: Diagram.from_braid([10**8]), "strands"),
        (lambda: Diagram.from_braid([10**5000]), "below 10"),
        (lambda: Diagram.from_braid([1] * 200_000), "list of whole numbers"),
        (lambda: Diagram.from_dt([4, 6, 3]), "even number"),
        (lambda: Diagram.from_dt([2, 2]), "even number"),
        (lambda: Diagram.from_gauss([1, 2, -1, -2]), "genus 1"),
        (lambda: Diagram.from_gauss([1, 1]), "occurs once"),
        (lambda: Diagram.from_gauss([1, -1], [2]), "1 signs"),
        (lambda: Diagram.from_braid([1, 1]).sublink([2]), "0 to 1"),
        (lambda: Diagram.from_braid([1, 1]).sublink([0, 0]), "different"),
        (lambda: arf(Diagram.from_braid([1, 1])), "a knot"),
        (lambda: LaurentPolynomial((1.5,)), "whole numbers"),
        (lambda: parse("[" * 100_000), "brackets"),
        (lambda: parse("[[1,5,2,4],[3,1,4,6],[5,3,6,2]"), "balanced"),
        (lambda: parse("9" * 10_000), "made of integers"),
        (lambda: parse("1 " * 600_000), "characters"),
        (lambda: parse("braid" + " " * 390_000 + "!"), "name"),
        (lambda: parse("O1+U1-"), "one sign"),
        (lambda: parse("../etc/passwd"), "name"),
        (lambda: parse(""), "name"),
        (lambda: parse(None), "characters"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_malformed_input_says_what_is_wrong(make, says):
    with pytest.raises(InputError, match=says):
        make()


LABELS = st.integers(0, 9)
ODD_THINGS = st.none() | st.booleans() | st.floats() | st.text(max_size=3) | st.integers() | st.binary(max_size=2)
ANYTHING = st.recursive(ODD_THINGS, lambda inner: st.lists(inner, max_size=5) | st.tuples(inner, inner), max_leaves=12)
CODES = (
    st.lists(st.tuples(LABELS, LABELS, LABELS, LABELS), max_size=5)
    | st.permutations([0, 1, 2, 3, 4, 5] * 2).map(lambda labels: [labels[:4], labels[4:8], labels[8:]])
    | st.lists(st.integers(-6, 6), max_size=14)
    | st.permutations([1, -1, 2, -2, 3, -3, 4, -4])
    | st.permutations([2, 4, 6, 8, 10])
    | st.lists(st.permutations([1, -1]) | st.permutations([2, -2]), max_size=3)
)
CHARACTERS = st.text(alphabet="PDXOUpdbraidgauts:[](){}0123456789+-,;| \n", max_size=40)


@settings(max_examples=400, deadline=None)
@given(ANYTHING | CODES)
def test_lists_give_a_diagram_or_an_input_error(code):
    for make in (Diagram.from_pd, Diagram.from_braid, Diagram.from_dt, Diagram.from_gauss):
        with contextlib.suppress(InputError):
            assert make(code).canonical().components >= 0


@settings(max_examples=400, deadline=None)
@given(CHARACTERS | st.text(max_size=30) | CODES.map(str))
def test_text_gives_a_diagram_or_an_input_error(text):
    """Names are left out: they are read by SnapPy, in ``test_names``."""
    with contextlib.suppress(InputError):
        parse(text + "]" if text.strip()[:1].isdigit() and "_" in text else text)
