"""`list`, `show`, `cite` and `claims`: what they print is complete, consistent and, where it is a number, true."""

import json
import shlex
import subprocess
import sys

import pytest

from certifield import engine
from certifield.cli._findings import compact
from certifield.evidence import Exact

NAMES = [*engine.studies(), *engine.systems(), *engine.ensembles()]


def test_list_names_the_studies_by_area_and_promises_nothing_that_does_not_run(certifield):
    answer = certifield("list", "--json")
    listing = json.loads(answer.out)
    assert answer.code == 0
    assert {"erf-net", "three-nets", "ribbon-census", "slice-status", "unknot-braids"} <= {row["name"] for row in listing["studies"]}
    assert all(row["title"] for rows in listing.values() for row in rows)
    assert all(row["studies"] for row in listing["systems"])  # every system has a study that answers it
    plain = certifield("list").out
    assert len(plain.splitlines()) <= 40 and all(f"{row['name']} (" in plain for row in listing["studies"])  # a screen, no name broken
    assert all(plain.count(area) == 1 for area in {row["area"] for row in listing["studies"]})  # though several subjects share one
    assert all(row["name"] in plain for row in listing["ensembles"])


def test_an_area_is_listed_with_its_titles(certifield):
    knots, every = certifield("list", "knot").out, certifield("list", "all").out
    listing = json.loads(certifield("list", "--json").out)["studies"]
    titles = {row["name"]: " ".join(row["title"].split()) for row in listing if row["area"] == "Knots"}
    told = " ".join(knots.split())
    assert all(name in told and title in told for name, title in titles.items()) and "erf-net" not in knots
    assert all(row["name"] in every for row in listing)
    refused = certifield("list", "basket weaving")
    assert refused.code == 2 and "Knots" in refused.err


def test_a_system_a_subject_and_several_words_name_an_area(certifield):
    assert certifield("list", "s1").out.count(" S1 ") == len(engine.systems()["S1"]["studies"])
    assert certifield("list", "geometry").out == certifield("list", "Calabi-Yau", "metrics").out != certifield("list", "all").out


def test_a_file_is_shown_and_cited_as_run_takes_it(certifield, tmp_path):
    (tmp_path / "mine.toml").write_text('study = "erf-net"\ntitle = "My own"\n')
    shown = certifield("show", tmp_path / "mine.toml")
    assert shown.code == 0 and "mine.toml: My own" in shown.out and "asks the shipped study erf-net" in shown.out
    assert certifield("cite", tmp_path / "mine.toml").out == certifield("cite", "erf-net").out
    assert certifield("show", tmp_path / "nowhere.toml").code == 2


def test_the_signature_that_is_shown_is_that_of_the_function(certifield):
    import inspect

    import certifield.ensembles as ensembles

    for name, entry in engine.ensembles().items():
        takes = inspect.signature(getattr(ensembles, name)).parameters
        named = [part.partition("=")[0].strip() for part in entry["signature"].partition("(")[2].removesuffix(")").split(", ")]
        assert [part for part in named if part != "*"] == list(takes), name
    assert all(f" {name}" in certifield("show", "single_layer").out for name in ensembles.ACTIVATIONS)


def test_conventions_are_those_of_the_subject(certifield):
    assert "sigma_w^2 is divided by the number of inputs" in certifield("show", "nngp-limits").out
    assert "sigma_w^2 is divided by the number of inputs" not in certifield("show", "rg-flow").out


def test_list_into_head_is_no_failure():
    line = f"{shlex.quote(sys.executable)} -m certifield list | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_shipped_study_can_be_asked_and_has_a_quick_setting():
    for name, entry in engine.studies().items():
        assert engine.ask(name).study.options, name
        assert entry.quick, name
        engine.ask(name, quick=True)


def test_a_system_stands_for_its_main_study():
    for name, system in engine.systems().items():
        assert engine.entry_called(name.lower()).name == system["studies"][0]


def test_every_ensemble_of_the_catalogue_exists(certifield):
    import certifield.ensembles as ensembles

    listed = {row["name"] for row in json.loads(certifield("list", "--json").out)["ensembles"]}
    assert all(callable(getattr(ensembles, name)) for name in listed)
    assert {"erf_net", "relu_net", "gauss_net", "cos_net", "linear_net", "scalar_field", "single_layer", "linear_field"} <= listed


@pytest.mark.parametrize("name", NAMES)
def test_show_and_cite_answer_for_every_name(certifield, name):
    for verb in ("show", "cite"):
        plain, as_json = certifield(verb, name), certifield(verb, name, "--json")
        assert (plain.code, as_json.code) == (0, 0)
        assert plain.out.strip() and json.loads(as_json.out)


@pytest.mark.parametrize("name", ["erf-net", "vacua-graph"])
def test_show_prints_a_question_that_reads_back(certifield, tmp_path, name):
    """With all its options, whether the shipped question states them or leaves them to the study."""
    text = certifield("show", name).out.partition("NAME=VALUE\n")[2].partition("\n\nConventions")[0]
    (tmp_path / "mine.toml").write_text("\n".join(line.removeprefix("  ") for line in text.splitlines()))
    assert engine.ask(tmp_path / "mine.toml").options == engine.ask(name).options
    assert ("fourfolds = [[1, 426]" in text) == (name == "vacua-graph")


def test_show_prints_definition_formula_convention_and_value(certifield):
    page = certifield("show", "erf_net").out
    for expected in ("erf(z)", "asin", "0.4122099867", "a ~ N(0, s_a^2/N)", "arXiv:2008.08601"):
        assert expected in page


def test_cite_prints_bibtex_that_parses_as_balanced_entries(certifield):
    for name in NAMES:
        text = certifield("cite", name).out
        assert text.lstrip().startswith("@")
        assert text.count("{") == text.count("}")


def test_references_are_all_used_and_all_defined():
    entries = [*engine.systems().values(), *engine.ensembles().values()]
    used = {key for entry in entries for key in entry["references"]}
    used |= {key for entry in engine.studies().values() for key in entry.references}
    assert used == set(engine.references())
    assert all(f"{{{key}," in reference["bibtex"] for key, reference in engine.references().items())


def test_an_unknown_name_is_bad_input_and_the_nearest_one_is_suggested(certifield):
    answer = certifield("show", "erf_nte")
    assert (answer.code, answer.out) == (2, "")
    assert "erf_net" in answer.err and "Traceback" not in answer.err
    assert len(answer.err) < 300, "the nearest names, not all of them"


def test_the_ledger_is_that_of_the_studies(certifield):
    """Every claim of every shipped study has its row, decided by the study as it is now."""
    rows = json.loads(certifield("claims", "--json").out)["claims"]
    # In a process of its own: here functions are wrapped to check shapes, and the description of a network is another.
    code = """
import json
from certifield import engine
from certifield.cli._findings import compact
from certifield.evidence import Exact
asked = {name: engine.ask(name) for name in engine.studies()}
print(json.dumps({name: [engine.digest_of(one), [claim.key for claim in one.study.claims]] for name, one in asked.items()}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    now = json.loads(done.stdout)
    assert {(row["study"], row["key"]) for row in rows} == {(name, key) for name, (_, keys) in now.items() for key in keys}
    assert all(row["digest"] == now[row["study"]][0] for row in rows)


def test_what_cannot_be_tested_is_listed_with_its_reason(certifield):
    rows = json.loads(certifield("claims", "untestable", "--json").out)["untestable"]
    assert [row["key"] for row in sorted(rows, key=lambda row: row["key"])] == [f"NT-{number:02}" for number in range(2, 11)]
    assert all(row["reason"] and row["says"] and row["source"] and row["area"] for row in rows)
    assert rows == json.loads(certifield("claims", "--json").out)["untestable"]
    assert "why it is not tested" in certifield("claims", "untestable").out
    assert f"{len(rows)} more statements cannot be tested here" in certifield("claims").out


def test_the_ledger_of_a_system_and_of_a_verdict(certifield):
    rows = json.loads(certifield("claims", "S4", "--json").out)["claims"]
    assert rows and {row["study"] for row in rows} <= set(engine.systems()["S4"]["studies"])
    verdicts = json.loads(certifield("claims", "corrected", "--json").out)["claims"]
    assert verdicts and {row["verdict"] for row in verdicts} == {"corrected"}


def test_claims_name_options_that_there_are_and_the_shipped_ones_meet_them():
    named = [(name, claim) for name in engine.studies() for claim in engine.ask(name).study.claims if claim.asked]
    assert {claim.key for _, claim in named} == {"DY-06", "DY-09", "DY-11", "DY-13"}
    for name, claim in named:
        shipped = engine.ask(name).options
        assert {option: getattr(shipped, option) for option in claim.asked} == claim.asked


def test_a_number_is_printed_to_what_is_known_of_it():
    exact = Exact([3.14159265358979, 25.883532, 1.0 / 3], radius=[1e-15, 2.6e4, 1e-3])
    assert [compact(exact, at) for at in range(3)] == ["3.1415927 and 2 more", "26 ± 3e+04 and 2 more", "0.3333 ± 0.001 and 2 more"]
    assert [compact(Exact(value)) for value in (7, 0.0, True)] == ["7", "0", "True"]
