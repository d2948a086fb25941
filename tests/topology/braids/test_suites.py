"""The shipped suites: enough words of every length, every certificate accepted, every word an unknot by another program."""

import itertools
import random
from collections import Counter

import pytest

from certifield.evidence import InputError, certificate_of_braid_moves
from certifield.topology import Diagram, alexander_polynomial, determinant
from certifield.topology.braids import SUITES, falls_by_reduction, reductions, suite
from certifield.topology.braids._moves import components


def test_the_hard_suite_is_large_and_long():
    words = [tuple(problem.word) for problem in suite("hard")]
    assert len(words) == len(set(words)) >= 200
    assert min(Counter(min(len(word) // 10, 8) for word in words if len(word) >= 40).values()) >= 30
    assert sum(len(word) >= 60 for word in words) >= 100


@pytest.mark.parametrize("name", SUITES)
def test_every_problem_is_an_unknot_and_reduced(name):
    problems = suite(name)
    for problem in problems:
        assert components(problem.word, problem.strands) == 1
        assert reductions(problem.word, problem.strands)[1] == [] and not falls_by_reduction(problem.word, problem.strands)
    for problem in problems[:: max(1, len(problems) // 10)]:
        assert determinant(Diagram.from_braid(problem.word, problem.strands)) == 1


def test_every_hard_problem_has_an_accepted_certificate():
    for problem in suite("hard"):
        assert problem.certificate().replay().accepted


def test_every_other_certificate_is_accepted():
    known = [problem.certificate() for name in ("irreducible", "named") for problem in suite(name)]
    assert all(certificate is None or certificate.replay().accepted for certificate in known)


def test_a_certificate_of_another_word_is_refused():
    """Sabotage: the moves of each problem for the next one."""
    problems = suite("hard")
    for one, other in itertools.pairwise(problems):
        assert not certificate_of_braid_moves(other.word, other.strands, one.moves).replay().accepted


@pytest.mark.knots
def test_alexander_and_simplifier_agree():
    """Where no moves are stored: Alexander polynomial 1, and SnapPy's simplifier leaves no crossing.  A trefoil fails both."""
    import spherogram

    def unknotted(word: list[int], strands: int) -> bool:
        link = spherogram.Link(braid_closure=word)
        for _ in range(20):
            if link.crossings:
                link.simplify("global")
        return not link.crossings and str(alexander_polynomial(Diagram.from_braid(word, strands))) == "1"

    rng = random.Random(0)
    problems = [problem for name in ("irreducible", "named") for problem in suite(name)]
    assert all(unknotted(problem.word, problem.strands) for problem in rng.sample(problems, 12))
    assert not unknotted([1, 1, 1, 2], 3)


def test_an_unknown_suite_gives_an_input_error():
    with pytest.raises(InputError):
        suite("easy")
