"""Ribbon discs of the tables and of sums, at small size."""

import pytest

pytest.importorskip("numba")

from readings import about, reading, readings, with_pieces

from certifield.evidence import Certified, Exact
from certifield.study import Task, answer_of
from certifield.topology.studies import ribbon_census, ribbon_sums
from certifield.topology.studies._discs import answer_in

pytestmark = pytest.mark.knots
CENSUS, SUMS = ribbon_census.STUDY, ribbon_sums.STUDY


@pytest.fixture(scope="module")
def few() -> tuple:
    options = ribbon_census.Knots(crossings=(6, 8, 9, 10))
    return options, readings(CENSUS, options, 3000)


def test_the_ribbon_census_answers_every_slice_knot_of_few_crossings(few) -> None:
    options, found = few
    assert [answer_in(one) for one in found.values()] == ["certified"] * 21
    assert all(about(CENSUS, one, options) for one in found.values())
    first, second, *_ = found.values()
    assert not about(CENSUS, first, options, of=second)
    table, films = CENSUS.page(found, options)
    assert [row[1] for row in table.rows] == [1, 3, 3, 14] and len(films.pictures) == 3
    said = dict(CENSUS.conclude(found, options))
    assert (said["ribbon"].value.value, said["open"].value.value) == (21, 0)


def test_a_disc_has_its_size_among_the_findings(few) -> None:
    """Bands and moves are counted in the witness: the value of the certificate is the number of bands."""
    for one in few[1].values():
        (piece,) = one.pieces.values()
        assert one["bands"].value.value == int(piece["proof"].value) == piece["bands"]
        assert isinstance(one["moves"].value, Exact) and one["moves"].value.value == piece["moves"]


def test_counts_wait_for_all_cases(few) -> None:
    options, found = few
    first = next(iter(found.values()))
    said = dict(CENSUS.conclude({**found, first.case.name: with_pieces(CENSUS, first, {}, options)}, options))
    assert said["ribbon"].value.waiting and "1 of 21 cases" in said["ribbon"].value.reason


def test_the_second_round_follows_from_its_own_seed(few) -> None:
    """A piece is a function of root seed, case and budget, as it was when a study was called a census."""
    options, found = few
    one = found["10_99"]
    again = CENSUS.piece(Task(1, one.case, 3000), options)
    (piece,) = one.pieces.values()
    assert again["proof"].canonical() == piece["proof"].canonical()


@pytest.fixture(scope="module")
def sums() -> tuple:
    options = ribbon_sums.Sums(sizes=(6, 8), count=2, proposers=("enumeration", "random"), named=False)
    return options, readings(SUMS, options, 2000)


def test_sums_with_the_mirror_image_are_solved_and_drawn(sums) -> None:
    options, found = sums
    every = list(found.values())
    assert [answer_in(one) for one in every] == ["certified"] * 8
    assert every[0].case.data["diagram"] == every[1].case.data["diagram"] != every[2].case.data["diagram"]
    table, _ = SUMS.page(found, options)
    assert [row[:4] for row in table.rows] == [(who, size, 2, 2) for who in ("enumeration", "random") for size in (6, 8)]
    assert all(answer_of(piece).spent["bands"] > 0 for one in every for piece in one.pieces.values())
    assert len(table.plots) == 1 and {getattr(mark, "label", "") for mark in table.plots[0].marks} >= {"enumeration", "random"}


def test_the_work_of_proposers_is_compared_sum_by_sum(sums) -> None:
    """Whoever needs twice the bands for every sum lies 1 above; with one sum waiting nothing is said."""
    options, found = sums

    def spent(factors: list[int]) -> dict:
        said = {}
        for name, one in found.items():
            (budget, piece), factor = *one.pieces.items(), factors[int(name[-1])] if name.startswith("random") else 1
            pieces = {budget: {**piece, "spent": {"bands": 10 * factor}}} if factor else {}
            said[name] = reading(SUMS, one.case, pieces, options)
        return dict(SUMS.conclude(said, options))

    told = spent([2, 2])["bands of random over enumeration"].value
    assert (float(told.mean), told.draws) == (1.0, 4)
    spread = spent([2, 8])["bands of random over enumeration"].value  # 1, 3, 1, 3
    assert float(spread.mean) == 2.0 and float(spread.stderr) == pytest.approx((4 / 3 / 4) ** 0.5, rel=1e-12)
    waiting = spent([0, 8])
    assert waiting["bands of random over enumeration"].value.waiting and waiting["solved by random"].value.waiting
    assert waiting["solved by enumeration"].value.value == 4


def test_one_band_takes_the_square_knot_apart_and_70_crossings_are_reached() -> None:
    options = ribbon_sums.Sums(sizes=(), proposers=("enumeration",))
    square, large = found = list(readings(SUMS, options, 2000).values())
    assert all(about(SUMS, one, options) and isinstance(one["answer"].value, Certified) for one in found)
    assert square["bands"].value.value == 1 and len(square.case.data["diagram"]) == 6
    assert len(large.case.data["diagram"]) > 70
    verdicts = {
        claim.key: claim.verdict({f"{one.case.name}/answer": one["answer"] for one in found}.get(claim.ours)) for claim in SUMS.claims
    }
    assert (verdicts["KN-07"], verdicts["KN-13"], verdicts["KN-12a"]) == ("reproduced", "reproduced", "open")


def test_named_sums_do_not_disturb_the_others() -> None:
    plain, named = (list(SUMS.cases(ribbon_sums.Sums(sizes=(12,), count=2, named=choice))) for choice in (False, True))
    assert named[: len(plain)] == plain and [case.group for case in named[len(plain) :]] == ["by name"] * 2


@pytest.mark.parametrize("sizes", [[4], [13], [54], ["x"]])
def test_sums_of_sizes_that_there_are_not_are_refused(sizes) -> None:
    with pytest.raises(ValueError, match="sizes"):
        ribbon_sums.Sums.model_validate({"sizes": sizes})
