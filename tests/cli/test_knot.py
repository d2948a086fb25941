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
    assert document.pop("directory") == str(tmp_path / "three")
    assert json.loads((tmp_path / "three" / "knot.json").read_text()) == document


def test_a_code_gets_a_folder_of_its_own(certifield, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = certifield("knot", "braid: 1 -1 1")
    assert answer.code == 0 and "the unknot?  yes, CERTIFIED" in answer.out
    (folder,) = (tmp_path / "runs" / "knots").iterdir()
    assert folder.name.startswith("code-") and (folder / "unknot.json").exists()


def test_a_proof_that_was_found_is_kept(certifield, tmp_path):
    """The second call has no time to find anything; the third is about another knot and touches nothing."""
    place = tmp_path / "six"
    assert certifield("knot", "6_1", place).code == 0
    before = (place / "slice.json").read_bytes()
    again = certifield("knot", "6_1", place, "--seconds", "0.01")
    assert "slice?       yes, CERTIFIED: smoothly slice, by a ribbon disc with 1 band" in again.out
    assert (place / "slice.json").read_bytes() == before
    other = certifield("knot", "8_20", place)
    assert other.code == 2 and "knot.json is about another" in other.err and (place / "slice.json").read_bytes() == before


def test_files_of_others_are_not_overwritten(certifield, tmp_path):
    (tmp_path / "proof.svg").write_text("mine")
    answer = certifield("knot", "3_1", tmp_path)
    assert answer.code == 2 and "proof.svg" in answer.err and (tmp_path / "proof.svg").read_text() == "mine"
    assert certifield("knot", "3_1", tmp_path / "proof.svg").code == 2


def test_the_folder_is_verified_as_a_whole(certifield, tmp_path):
    """All certificates; then one is damaged, and one is exchanged for a true one about another knot."""
    for name in ("6_1", "8_20"):
        assert certifield("knot", name, tmp_path / name).code == 0
    whole = certifield("verify", tmp_path / "6_1")
    assert whole.code == 0 and "2 of 2 certificates accepted" in whole.out and "ribbon disc with 1 band" in whole.out
    document = json.loads(certifield("verify", tmp_path / "6_1", "--json").out)
    assert document["accepted"] and [row["checker"] for row in document["certificates"]] == ["ribbon@1", "not-unknot-seifert@1"]
    (tmp_path / "6_1" / "slice.json").write_text((tmp_path / "8_20" / "slice.json").read_text())
    exchanged = certifield("verify", tmp_path / "6_1" / "slice.json")
    assert exchanged.code == 1 and "for another diagram than that of knot.json" in exchanged.out
    (tmp_path / "6_1" / "slice.json").write_text("{")
    damaged = certifield("verify", tmp_path / "6_1")
    assert damaged.code == 1 and "1 of 2 certificates accepted" in damaged.out


def test_the_conway_knot_is_topologically_slice(certifield, tmp_path):
    answer = certifield("knot", "11n_34", tmp_path / "conway", "--seconds", "2")
    assert "topologically slice, since its Alexander polynomial is 1 (Freedman)" in answer.out and "slice?       UNKNOWN" in answer.out


@pytest.mark.parametrize("name", ["6_99", "PD: [[1,4,2,5],[5,2,6,3],[6,3,1,4]]", "braid: 0", "braid: 1 1", ""])
def test_bad_input_is_explained(certifield, tmp_path, name):
    answer = certifield("knot", name, tmp_path / "none")
    assert answer.code == 2 and "Mend:" in answer.err and not (tmp_path / "none").exists()
