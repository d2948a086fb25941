"""The study of monads in a small setting."""

from itertools import combinations_with_replacement, product

import numpy as np
import pytest
from study_answers import answered, disagreeing

from certifield.bundles import TETRA_QUADRIC
from certifield.bundles.studies.tetra_quadric_monads import SEARCHED, C, _box

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


def chi(k):
    """The index on the tetra-quadric by hand: twice the elementary polynomials of degree three and one."""
    return 2 * sum(k[a] * k[b] * k[c] for a in range(4) for b in range(a) for c in range(b)) + 2 * sum(k)


def test_tetra_quadric_monads_against_brute_force():
    """All multisets of five vectors with entries 0 and 1, one by one; the study on two boxes."""
    vectors, sizes, right = list(product((0, 1), repeat=4)), 0, 0
    for b in combinations_with_replacement(vectors, 5):
        c = tuple(map(sum, zip(*b, strict=True)))
        if max(c) <= C[1]:
            sizes += 1
            right += sum(map(chi, b)) - chi(c) == -12
    readings, _, (counts,) = answered("tetra-quadric-monads", counted=[["5,1", 4, 0, 1], ["5,1", 16, -1, 1]], searchers=[])
    told = readings["scan/5,1/4/from0to1"]
    assert (sizes, right) == (told["states"].value.value, told["index"].value.value) == (5820, 204)
    assert all(np.array(TETRA_QUADRIC.indices(np.array([k]))).tolist() == [chi(k)] for k in product((-2, 0, 1), repeat=4))
    assert [row[-1] for row in counts.rows] == [1, 71] and readings["scan/5,1/16/from-1to1"]["Bogomolov"].value.value == 1274
    assert _box(*SEARCHED).target == -48


@pytest.mark.slow
def test_searchers_on_the_tetra_quadric_find_models_only():
    from certifield.bundles.monads import scan
    from certifield.bundles.studies.bicubic_monads import recalls, searched
    from certifield.study import Case, Reading

    box = _box("5,1", 4, 0, 1)
    funnel = scan(box)
    held = searched("genetic", box, 10_000, 1)
    reading = Reading(Case("genetic/0", {}, "genetic"), {}, {0: held}, 1.0)
    told = dict(recalls({"genetic/0": reading}, ["genetic"], funnel.classes(funnel.models)))
    assert told["found outside of the truth"].value.value == 0 and float(told["recall of genetic"].value.mean) == 1.0
