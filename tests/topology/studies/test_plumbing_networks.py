"""The study of graph networks on pairs of forests: its counts, and that nothing a network says is called proved."""

import pytest

pytest.importorskip("numba")

from certifield import engine

SMALL = {"networks": ["GCN+GCN"], "mixes": ["published"], "pairs": 64, "steps": 2, "tested": 10, "moves": [6]}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("networks")
    lines = [f"{name} = {str(value).replace(chr(39), chr(34))}" for name, value in SMALL.items()]
    (folder / "study.toml").write_text("\n".join(['study = "plumbing-networks"', "seed = 1", "[options]", *lines]) + "\n")
    engine.create(folder / "study.toml", folder / "run")
    engine.run(folder / "run", workers=0)
    return engine.answer(folder / "run")


def test_networks_stand_beside_invariants_on_the_same_pairs(found):
    conclusions = {name: one.value for name, one in found.conclusions.items()}
    pairs = sum(found.readings["invariants/6"][f"{kind} pairs"].value.value for kind in ("same", "random", "tweak"))
    network, determinant = (conclusions[f"accuracy of {name} on published pairs"] for name in ("GCN+GCN", "|det|"))
    assert network.draws == determinant.draws == pairs > 5
    right = sum(
        found.readings["GCN+GCN/published"][f"{kind} pairs, up to 6 moves: PREDICTED rightly"].value.value
        for kind in ("same", "random", "tweak")
    )
    assert network.mean == pytest.approx((right + 1) / (pairs + 2))
    assert determinant.mean > 0.75 and 0 <= conclusions["calibration gap of GCN+GCN on published pairs"].mean <= 1


def test_the_page_says_predicted_and_draws_the_invariants_as_lines(found):
    study = engine.ask("plumbing-networks").study
    sections = {section.key: section for section in study.page(found.readings, study.options(**SMALL))}
    labels = {mark.label for mark in sections["trained-published"].plots[0].marks}
    assert {"GCN+GCN, PREDICTED", "|det|", "normal form"} <= labels
    assert "PREDICTED" in sections["trained-published"].text and sections["calibration"].rows
