"""``certifield knot``, as a newcomer types it."""

import json
import shutil
from decimal import Decimal
from fractions import Fraction

import pytest

pytest.importorskip("numba")

from certifield import evidence
from certifield.topology import Diagram, dossier, named
from certifield.topology.dossier._document import radius_of_decimals
from certifield.topology.questions import is_slice

pytestmark = pytest.mark.knots


@pytest.fixture(scope="module")
def stevedore(tmp_path_factory):
    """The folder of 6_1, which tests copy before they touch it."""
    from certifield.cli import main

    place = tmp_path_factory.mktemp("knots") / "six"
    assert main(["knot", "6_1", str(place), "--json"]) == 0
    return place


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
    assert "Freedman" not in answer.out and "Unknown is not no" not in answer.out
    (folder,) = (tmp_path / "runs" / "knots").iterdir()
    assert folder.name.startswith("code-") and (folder / "unknot.json").exists()


def test_a_proof_that_was_found_is_kept(certifield, stevedore, tmp_path):
    """The second call has no time to find anything; the third is about another knot and touches nothing."""
    place = tmp_path / "six"
    shutil.copytree(stevedore, place)
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


def test_the_folder_is_verified_as_a_whole(certifield, stevedore, tmp_path):
    """All certificates; then one is damaged, and one is exchanged for a true one about another knot."""
    shutil.copytree(stevedore, tmp_path / "6_1")
    assert certifield("knot", "8_20", tmp_path / "8_20").code == 0
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
    assert "the literature: not smoothly slice (Piccirillo" in answer.out and "Goeritz lattice" in answer.out


def test_names_that_do_not_exist_are_told_those_that_do(certifield):
    assert "21 prime knots with 8 crossings: 8_1 to 8_21" in certifield("knot", "8_22").err
    assert "11n_1 to 11n_185" in certifield("knot", "11n_999").err and "both sides of each #" in certifield("knot", "7_9 # ").err


def test_radii_hold_for_decimals_and_for_floats():
    """The volume of 12n_0582, whose decimals are further from the float than the radius around the float; a float of few digits."""
    value, radius = 5.854242722065159, 9.885e-17
    widened = Fraction(Decimal(repr(radius_of_decimals(value, radius))))
    assert widened >= radius + abs(Fraction(Decimal(repr(value))) - Fraction(value)) > Fraction(radius) and widened < 2**-50
    assert radius_of_decimals(0.5, 0.25) == 0.25


@pytest.mark.parametrize("name", ["6_99", "PD: [[1,4,2,5],[5,2,6,3],[6,3,1,4]]", "braid: 0", "[1, -1]", ""])
def test_bad_input_is_explained(certifield, tmp_path, name):
    answer = certifield("knot", name, tmp_path / "none")
    assert answer.code == 2 and "Mend:" in answer.err and not (tmp_path / "none").exists()


def edited(place, change):
    """The folder's knot.json after a change, as somebody might make it."""
    stated = json.loads((place / "knot.json").read_text())
    change(stated)
    (place / "knot.json").write_text(json.dumps(stated))


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda stated: stated["slice"].update(answer="obstructed"), "slice.json proves"),
        (lambda stated: stated["unknot"].update(answer="unknown"), "unknot.json proves"),
        (lambda stated: stated["slice"].update(proved="everything"), "slice.json proves"),
        (lambda stated: stated.pop("slice"), "slice: missing"),
        (lambda stated: stated["invariants"].update(signature=2), "it is 0, computed again"),
        (lambda stated: stated["invariants"].update({"Jones polynomial": "1"}), "computed again"),
        (lambda stated: stated.update(knot="8_20"), "that is another diagram"),
        (lambda stated: stated.update(knot="something"), "knot: something"),
        (lambda stated: stated.update(crossings=5), "counted in its diagram"),
        (lambda stated: stated["files"].append("more.json"), "more.json: it is missing"),
        (lambda stated: stated.pop("invariants"), "it is damaged"),
    ],
)
def test_what_a_folder_states_is_what_its_certificates_prove(certifield, stevedore, tmp_path, change, line):
    """One line of knot.json is edited at a time."""
    place = tmp_path / "six"
    shutil.copytree(stevedore, place)
    assert certifield("verify", place).code == 0
    edited(place, change)
    answer = certifield("verify", place)
    assert answer.code == 1 and "REJECTED knot.json" in answer.out and line in answer.out
    document = json.loads(certifield("verify", place, "--json").out)
    assert not document["accepted"] and any(row["accepted"] is False for row in document["statements"])


def test_certificates_that_were_deleted_are_missed(certifield, stevedore, tmp_path):
    place = tmp_path / "six"
    shutil.copytree(stevedore, place)
    (place / "slice.json").unlink()
    answer = certifield("verify", place)
    assert answer.code == 1 and "no accepted certificate slice.json proves it" in answer.out and "slice.json: it is missing" in answer.out
    (place / "unknot.json").unlink()
    assert certifield("verify", place).code == 1 == certifield("verify", place / "knot.json").code


def test_what_other_programs_vouch_for_is_named_as_unchecked(certifield, stevedore):
    answer = certifield("verify", stevedore)
    assert answer.code == 0 and "not checked, since other programs vouch for them: genus: 1" in answer.out
    assert "statements hold" in answer.out


@pytest.mark.slow
def test_long_codes_of_one_size_get_folders_of_their_own(certifield, tmp_path, monkeypatch):
    """Two diagrams of 15 crossings; the second code of the first one, with other labels, goes to its folder."""
    monkeypatch.chdir(tmp_path)
    one, two = Diagram.from_braid([1, -1] * 7 + [1]), Diagram.from_braid([1, 1, -1] * 5)
    codes = [
        str(list(map(list, one.pd(1)))),
        str(list(map(list, two.pd(1)))),
        str([[2 * label + 5 for label in row] for row in one.pd(1)[::-1]]),
    ]
    folders = []
    for code in codes:
        answer = certifield("knot", code, "--seconds", "0.5", "--json")
        assert answer.code == 0, answer.err
        folders.append(json.loads(answer.out)["directory"])
    assert folders[0] == folders[2] != folders[1] and len(list((tmp_path / "runs" / "knots").iterdir())) == 2


def test_a_picture_costs_no_result(certifield, tmp_path, monkeypatch):
    def failing(*arguments):
        raise RuntimeError("Factor is exactly singular")

    monkeypatch.setattr("certifield.topology.questions._pictures.draw", failing)
    monkeypatch.setattr("certifield.topology.questions._pictures.film_strip", failing)
    answer = certifield("knot", "braid: 1 -1 1", tmp_path / "unknot")
    assert answer.code == 0 and "the unknot?  yes, CERTIFIED" in answer.out
    assert sorted(file.name for file in (tmp_path / "unknot").iterdir()) == ["knot.json", "slice.json", "unknot.json"]
    assert certifield("verify", tmp_path / "unknot").code == 0


def test_how_a_code_was_read_is_told(certifield, tmp_path):
    answer = certifield("knot", "[-1, 2, -3, 1, -4, 3, -2, 4]", tmp_path / "four", "--seconds", "5")
    assert answer.code == 0 and "read as a Gauss code of 4 crossings" in answer.err + answer.out and "OBSTRUCTED: knotted" in answer.out
    assert json.loads((tmp_path / "four" / "knot.json").read_text())["read_as"].startswith("a Gauss code of 4 crossings")


def test_a_mirror_image_needs_no_dashes(certifield, tmp_path):
    """``certifield knot -3_1``: a name that begins with a minus is no option; an option that does not exist is refused all the same."""
    assert certifield("knot", "-3_1", tmp_path / "three", "--seconds", "5", "--json").code == 0
    stated = json.loads((tmp_path / "three" / "knot.json").read_text())
    assert stated["invariants"]["signature"] == 2 and stated["read_as"].startswith("the mirror image of")
    assert certifield("knot", "--second", "5").code == 2


def test_links_have_a_page_of_their_own(certifield, tmp_path):
    answer = certifield("knot", "braid: 1 -2 1 -2 -2", tmp_path / "whitehead")
    assert answer.code == 0 and "2 components" in answer.out and "linking numbers" in answer.out
    assert "the unlink?  no, OBSTRUCTED" in answer.out and "split?       no, OBSTRUCTED: not split" in answer.out
    again = certifield("verify", tmp_path / "whitehead", tmp_path / "whitehead" / "split.json")
    assert again.code == 0 and "3 of 3 certificates accepted" in again.out


def test_a_code_may_come_in_a_file(certifield, tmp_path):
    (tmp_path / "trefoil.txt").write_text("PD[X[1,5,2,4], X[3,1,4,6], X[5,3,6,2]]\n")
    answer = certifield("knot", tmp_path / "trefoil.txt", tmp_path / "three", "--seconds", "5", "--json")
    assert answer.code == 0 and json.loads(answer.out)["read_as"] == "a planar diagram code of 3 crossings"
    kept = certifield("knot", tmp_path / "trefoil.txt", "--frames", "1")
    assert kept.code == 2 and "--frames" in kept.err
    diagram = named("3_1")
    assert dossier.shown_name("1" * 50, diagram, "big one.txt") == "a diagram of 3 crossings from big one.txt"
    assert dossier.folder_name("anything", False, diagram, "big one.txt").startswith("big-one-")
    (tmp_path / "noise.txt").write_bytes(b"\xff\xfe\x00")
    assert certifield("knot", tmp_path / "noise.txt", tmp_path / "none").code == 2


def test_an_answer_in_a_file_is_replayed_and_an_estimate_is_not(certifield, tmp_path):
    """`evidence.save` writes answers with their certificates; what is replayed is the certificate, not the word."""
    evidence.save(is_slice(named("6_1")), tmp_path / "answer.json")
    assert "accepted by ribbon@1" in certifield("verify", tmp_path / "answer.json").out
    assert certifield("verify", tmp_path).code == 0
    document = json.loads((tmp_path / "answer.json").read_text())
    document["certificate"]["claim"]["diagram"][0].reverse()
    (tmp_path / "answer.json").write_text(json.dumps(document))
    assert certifield("verify", tmp_path / "answer.json").code == 1
    evidence.save(evidence.Exact(6, "counted"), tmp_path / "number.json")
    answer = certifield("verify", tmp_path / "number.json")
    assert answer.code == 2 and "Exact, with nothing to replay" in answer.err
