"""From a real study to its report, and the drawn networks in it."""

import math
import re

import numpy as np
import pytest

from certifield import studies
from certifield.report import write
from certifield.report._draws import drawn_networks, three
from certifield.report.figures import sample_functions

QUESTION = """
title = "A small study"
seed = 11

[[system]]
name = "erf-d1"
ensemble = "erf_net"
parameters = { sigma_w = 1.0, sigma_b = 1.0, sigma_a = 1.0 }
widths = [2, 8]
points = [[-1.0], [0.5]]
orders = [2, 4]
methods = ["neuron", "network-wick"]

[budget]
draws = 2048
"""


@pytest.fixture
def study(tmp_path):
    (tmp_path / "question.toml").write_text(QUESTION)
    return studies.create(tmp_path / "question.toml", tmp_path / "run")


def test_a_study_becomes_a_page_and_its_data(study, tmp_path):
    directory = tmp_path / "run"
    store = studies.Store(directory, study.digest())
    for quantity in study.quantities:
        for block in range(16):
            store.put(quantity.name, block, study.block(quantity.name, block))
    page = write(directory)
    text = page.read_text(encoding="utf-8")
    assert page == directory / "report.html"
    assert {path.stem for path in (directory / "data").iterdir()} == {"entries", "free-limit", "pulls", "sample-functions", "width-law"}
    assert len(re.findall("<figure ", text)) == 4
    assert "N(0, 1<sup>2</sup>/N)" in text  # the ensemble's own scale, with its numbers
    assert "[[system]]" in text  # the question can be copied from the page
    files = [page, *(directory / "data").iterdir()]
    before = [file.read_bytes() for file in files]
    write(directory)
    assert [file.read_bytes() for file in files] == before


def test_a_study_without_blocks_says_that_there_is_nothing_yet(study, tmp_path):
    text = write(tmp_path / "run").read_text(encoding="utf-8")
    assert "0 blocks of draws so far" in text


def test_drawn_networks_follow_the_seed_and_their_band_the_kernel(study):
    drawn = drawn_networks(study)
    again = drawn_networks(study)
    assert [(one.system, one.width) for one in drawn] == [("erf-d1", 2), ("erf-d1", 8)]
    for one, other in zip(drawn, again, strict=True):
        assert np.array_equal(one.values, other.values)
        # K(x,x) = (2/pi) asin(2S/(1+2S)), S = 1 + x^2: statistics specification section 2.3
        kernel = [2 / math.pi * math.asin(2 * (1 + x * x) / (3 + 2 * x * x)) for x in one.band_x]
        assert np.allclose(one.band, np.sqrt(kernel), rtol=1e-12, atol=0)
    assert not np.array_equal(drawn[0].values, drawn[1].values)


def test_the_figure_of_drawn_networks_holds_their_values(study):
    drawn = drawn_networks(study)
    figure = sample_functions(drawn)
    assert figure is not None
    table = np.array([record[2:] for record in figure.records if record[1] == 8])
    assert np.allclose(table[:, 1:], drawn[1].values.T, rtol=1e-5, atol=1e-6)


def test_three_widths_are_the_ends_and_the_geometric_middle():
    assert three([2, 3, 4, 5, 10, 20, 50, 100, 500, 1000]) == [2, 50, 1000]
    assert three([5]) == [5]
