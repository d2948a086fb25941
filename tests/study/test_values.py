"""Cases, findings and claims: what they refuse, and what the evidence decides."""

import math

import numpy as np
import pytest

from certifield.evidence import Certified, Estimate, Exact, InputError, Obstructed, Unknown, certificate_of_braid_moves
from certifield.streams import block_key, stream_key
from certifield.study import Case, Claim, Found, Missing, Options, Reading, Study, Task
from certifield.study._case import named_apart

PROOF = certificate_of_braid_moves([], 1, [])


@pytest.mark.parametrize("name", ["", "-a", "/a", "a//b", "a b", "..", "a/../b", "ä", "a" * 121, 7])
def test_a_name_must_name_a_folder(name) -> None:
    with pytest.raises(InputError, match="case = "):
        Case(name)


@pytest.mark.parametrize("name", ["0_1", "12a_631", "3_1#-3_1", "word-7.beam", "erf/N=20", "a" * 120])
def test_names_of_knots_and_of_networks_do(name: str) -> None:
    assert Case(name).name == name


@pytest.mark.parametrize("data", [{"a": {1, 2}}, {"a": math.nan}, {"a": object()}, 7])
def test_data_must_be_json(data) -> None:
    with pytest.raises(InputError, match="data of case a"):
        Case("a", data)


def test_cases_are_named_apart() -> None:
    assert list(named_apart([Case("b"), Case("a")])) == ["b", "a"]
    with pytest.raises(InputError, match="a name of its own"):
        named_apart([Case("11a_1"), Case("11A_1")])
    with pytest.raises(InputError, match="one case at least"):
        named_apart([])
    with pytest.raises(InputError, match="a Case each"):
        named_apart(["a"])  # type: ignore[list-item]
    assert Case("a", {"pair": (1, 2)}).data == {"pair": [1, 2]}, "what comes back from a file is what was asked"


def test_all_that_is_random_follows_from_the_address() -> None:
    task = Task(3, Case("a"), 7)
    assert task.seed == Task(3, Case("a", {"x": 1}, "group"), 7, {}).seed and 0 <= task.seed < 2**63
    others = {Task(*address).seed for address in [(4, Case("a"), 7), (3, Case("b"), 7), (3, Case("a"), 8)]}
    assert len(others | {task.seed}) == 4
    assert np.array_equal(task.key._base_array if hasattr(task.key, "_base_array") else task.key, block_key(stream_key(3, "a"), 7)) or (
        task.key == block_key(stream_key(3, "a"), 7)
    )


def test_a_bare_number_is_no_finding() -> None:
    for odd in (0.5, np.ones(2), "text", PROOF, None):
        with pytest.raises(InputError, match="wrap a bare number into its evidence"):
            Found(odd)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="wrap a closed form into Exact"):
        Found(Exact(1, "counted"), 1.0)  # type: ignore[arg-type]
    assert Found(Missing("why", waiting=True)).value.waiting
    assert (str(Missing("why")), str(Missing("why", True))) == ("withheld: why", "waiting: why")


def test_a_reading_is_a_table_of_findings() -> None:
    found = {"a": Found(Exact(1, "counted"))}
    reading = Reading(Case("x"), found, {0: {}})
    assert dict(reading) == found and len(reading) == 1 and reading.pieces == {0: {}}


def test_a_study_checks_its_parts() -> None:
    parts = {"cases": list, "piece": dict, "read": dict}
    with pytest.raises(InputError, match=r"class Mine\(Options\)"):
        Study(options=dict, **parts)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="precision"):
        Study(options=Options, precision="float16", **parts)  # type: ignore[arg-type]


def estimate(mean: float, stderr: float) -> Estimate:
    return Estimate.from_stderr(mean, stderr, source=f"draws of {mean}")


PRINTED, CORRECT = Exact(1.0, "as printed"), Exact(1.5, "derived again")


@pytest.mark.parametrize("value, correction, verdict", [
    (estimate(1.01, 0.01), None, "reproduced"), (estimate(1.5, 0.01), None, "refuted"), (estimate(1.49, 0.01), CORRECT, "corrected"),
    (estimate(2.5, 0.01), CORRECT, "refuted"), (estimate(1.2, 0.5), CORRECT, "open"), (estimate(1.0, 0.5), None, "open"),
    (estimate(1.0, 0.0), None, "open"), (estimate(1.7, 0.0), None, "open"), (Exact(1.0, "derived"), None, "reproduced"),
    (Exact(1.5, "derived"), CORRECT, "corrected"), (Exact(2.0, "derived"), None, "refuted"), (Certified(PROOF), None, "reproduced"),
    (Obstructed(PROOF), None, "refuted"), (Unknown({"moves": 3}), None, "open"), (Missing("no draws"), None, "open")])  # fmt: skip
def test_the_evidence_decides(value, correction: Exact | None, verdict: str) -> None:
    claim = Claim("X-1", "a source", "it is one", ours="a/b", printed=PRINTED, correction=correction)
    assert claim.verdict(Found(value)) == verdict


def test_claims_without_evidence_are_open() -> None:
    assert Claim("X-1", "s", "it is one", ours="a/b", printed=PRINTED).verdict(None) == "open"
    assert Claim("X-2", "s", "it is one", open="nobody knows").verdict(Found(Exact(1.0, "counted"))) == "open"
    assert Claim("X-3", "s", "it is one", ours="a/b").verdict(Found(Exact(1.0, "counted"))) == "open"
    few = Estimate(np.array(1.0), {"s": np.full(2, 1e-3)}, 2, 2, 0, "two trainings", "float64")  # two blocks have no error bar
    assert Claim("X-6", "s", "it is one", ours="a/b", printed=Exact(1.0, radius=0.1), within=1.0).verdict(Found(few)) == "open"
    wide = Claim("X-4", "s", "it is one", ours="a/b", printed=PRINTED, within=1.0)
    assert wide.verdict(Found(estimate(1.2, 0.5))) == "reproduced"
    with pytest.raises(InputError, match=r"open=REASON"):
        Claim("X-5", "s", "it is one")
