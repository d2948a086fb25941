"""Answers to questions of yes or no."""

import pickle

import pytest

from certifield.evidence import Certified, InputError, Obstructed, Unknown, certificate_of_braid_moves

PROOF = certificate_of_braid_moves([], 1, [])


def test_answers_print_what_they_prove():
    assert str(Certified(PROOF)).startswith("CERTIFIED  0  [cert")
    assert str(Obstructed(PROOF, "smooth")).startswith("OBSTRUCTED (smooth)")
    assert str(Unknown({"bands": 20000, "seconds": 3})) == "UNKNOWN  (20000 bands, 3 seconds spent)"


def test_answers_survive_a_pickle():
    assert dict(pickle.loads(pickle.dumps(Unknown({"bands": 7}))).spent) == {"bands": 7}
    assert pickle.loads(pickle.dumps(Certified(PROOF))).certificate.replay().accepted


@pytest.mark.parametrize("spent", [[1], {"bands": 1.5}, {3: 4}, {"bands": True}])
def test_what_was_spent_is_counted_in_whole_numbers(spent):
    with pytest.raises(InputError, match="spent"):
        Unknown(spent)


def test_a_category_is_topological_or_smooth():
    with pytest.raises(InputError, match="category"):
        Obstructed(PROOF, "piecewise linear")
