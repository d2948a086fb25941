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
    for answer in (Unknown({"bands": 7}), Certified(PROOF, {"bands": 7}), Obstructed(PROOF, "smooth", {"bands": 7})):
        again = pickle.loads(pickle.dumps(answer))
        assert str(again) == str(answer) and dict(again.spent) == {"bands": 7}
        assert isinstance(again, Unknown) or again.certificate.replay().accepted


@pytest.mark.parametrize("spent", [[1], {"bands": 1.5}, {3: 4}, {"bands": True}])
def test_what_was_spent_is_counted_in_whole_numbers(spent):
    for answer in (Unknown, lambda work: Certified(PROOF, work), lambda work: Obstructed(PROOF, None, work)):
        with pytest.raises(InputError, match="spent"):
            answer(spent)


def test_what_was_spent_cannot_be_changed():
    spent = {"bands": 7}
    answer = Certified(PROOF, spent)
    spent["bands"] = 8
    assert answer.spent["bands"] == 7
    with pytest.raises(TypeError):
        answer.spent["bands"] = 8


def test_a_category_is_topological_or_smooth():
    with pytest.raises(InputError, match="category"):
        Obstructed(PROOF, "piecewise linear")
