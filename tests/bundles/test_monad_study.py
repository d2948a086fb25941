"""The study of monads in a small setting."""

import pytest
from study_answers import answered, disagreeing

pytest.importorskip("flint")
pytest.importorskip("numba")


def test_bicubic_monads():
    given = {"counted": [["5,1", 9], ["6,2", 9]], "searchers": ["random", "genetic"], "evaluations": 20_000, "seeds": 1, "certified": 2}
    readings, verdicts, sections = answered("bicubic-monads", **given)
    assert not disagreeing(readings)
    assert verdicts["MO-03"] == verdicts["MO-03 (5,1)"] == verdicts["MO-06"] == "corrected" and verdicts["MO-04"] == "reproduced"
    assert {section.key for section in sections} == {"counts", "recall", "evolution", "candidates"}
    assert readings["certificates"]["exterior square"].value.value == 2 and readings["random/0"]["distinct"].value.value == 0
    (candidates,) = [section for section in sections if section.key == "candidates"]
    assert len(candidates.rows) == 2
