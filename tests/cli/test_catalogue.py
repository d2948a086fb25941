"""`list`, `show` and `cite`: what they print is complete, consistent and, where it is a number, true."""

import json
import tomllib
from importlib.resources import files

import pytest

from certifield.studies import shipped
from certifield.studies.census import shipped_censuses

TABLES = [
    tomllib.loads((files("certifield") / subject / "catalogue.toml").read_text(encoding="utf-8")) for subject in ("ensembles", "topology")
]
CATALOGUE = {kind: [entry for table in TABLES for entry in table.get(kind, [])] for kind in ("system", "ensemble")}
CATALOGUE["reference"] = {key: entry for table in TABLES for key, entry in table["reference"].items()}
NAMES = [entry["name"] for kind in ("system", "ensemble") for entry in CATALOGUE[kind]]


def test_list_names_the_systems_the_ensembles_and_the_studies(certifield):
    answer = certifield("list", "--json")
    listing = json.loads(answer.out)
    assert answer.code == 0
    assert [row["name"] for row in listing["systems"]] == ["S1", "S2", "S4", "K1", "K2"]
    assert [row["name"] for row in listing["studies"]] == ["erf-net", "three-nets"]
    assert all(row["title"] for rows in listing.values() for row in rows)


def test_every_ensemble_of_the_catalogue_exists_and_the_named_networks_are_in_it(certifield):
    import certifield.ensembles as ensembles

    listed = {row["name"] for row in json.loads(certifield("list", "--json").out)["ensembles"]}
    assert all(callable(getattr(ensembles, name)) for name in listed)
    assert {"erf_net", "relu_net", "gauss_net", "cos_net", "linear_net", "scalar_field", "single_layer", "linear_field"} == listed


@pytest.mark.parametrize(
    "name",
    [*NAMES, *shipped(), *shipped_censuses()],
)
def test_show_and_cite_answer_for_every_name(certifield, name):
    for verb in ("show", "cite"):
        plain, as_json = certifield(verb, name), certifield(verb, name, "--json")
        assert (plain.code, as_json.code) == (0, 0)
        assert plain.out.strip() and json.loads(as_json.out)


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
    used = {key for kind in ("system", "ensemble") for entry in CATALOGUE[kind] for key in entry["references"]}
    assert used == set(CATALOGUE["reference"])
    assert all(f"{{{key}," in reference["bibtex"] for key, reference in CATALOGUE["reference"].items())


def test_an_unknown_name_is_bad_input_and_the_nearest_one_is_suggested(certifield):
    answer = certifield("show", "erf_nte")
    assert (answer.code, answer.out) == (2, "")
    assert "erf_net" in answer.err and "Traceback" not in answer.err
