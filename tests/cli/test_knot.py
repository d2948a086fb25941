"""``certifield knot``, as a newcomer types it."""

import json

import pytest

pytest.importorskip("numba")
pytestmark = pytest.mark.knots


def test_the_stevedore_is_slice_with_a_certificate_and_a_picture(certifield, tmp_path):
    answer = certifield("knot", "6_1", tmp_path / "six")
    assert answer.code == 0 and "CERTIFIED" in answer.out and "genus" in answer.out
    assert (tmp_path / "six" / "proof.svg").read_text().startswith("<svg") and (tmp_path / "six" / "diagram.svg").exists()
    replay = certifield("verify", tmp_path / "six" / "slice.json")
    assert replay.code == 0 and "accepted by ribbon@1" in replay.out


def test_json_holds_the_same(certifield, tmp_path):
    answer = certifield("knot", "3_1", tmp_path / "three", "--json")
    document = json.loads(answer.out)
    assert document["unknot"]["answer"] == "obstructed" and document["slice"]["category"] == "topological"
    assert document["invariants"]["signature"] == -2
    assert json.loads((tmp_path / "three" / "knot.json").read_text()) == document


def test_a_code_gets_a_folder_of_its_own(certifield, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = certifield("knot", "braid: 1 -1 1")
    assert answer.code == 0 and "the unknot?  CERTIFIED" in answer.out
    (folder,) = (tmp_path / "runs" / "knots").iterdir()
    assert folder.name.startswith("code-") and (folder / "unknot.json").exists()


@pytest.mark.parametrize("name", ["6_99", "PD: [[1,4,2,5],[5,2,6,3],[6,3,1,4]]", "braid: 0", "braid: 1 1", ""])
def test_bad_input_is_explained(certifield, tmp_path, name):
    answer = certifield("knot", name, tmp_path / "none")
    assert answer.code == 2 and "Mend:" in answer.err and not (tmp_path / "none").exists()
