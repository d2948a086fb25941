"""The gallery: every page runs, and what it shows is right."""

import re
import runpy
from pathlib import Path

import numpy as np
import pytest

import certifield as cf

GALLERY = Path(__file__).resolve().parents[1] / "gallery"
PAGES = sorted(GALLERY.glob("*.py"))


def show(page: str, capsys: pytest.CaptureFixture) -> str:
    runpy.run_path(str(GALLERY / page), run_name="__main__")
    return capsys.readouterr().out


def test_the_gallery_is_known():
    """A new page needs a test here."""
    assert [page.name for page in PAGES] == ["first_correlators.py", "my_own_network.py", "own_module_student_t.py"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages_are_short_notebooks(page):
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# %% [markdown]\n# # ")
    assert len(text.splitlines()) < 100


def test_first_correlators(capsys):
    shown = show("first_correlators.py", capsys)
    assert "neuron, 100096 draws" in shown and "agrees" in shown
    slope, error = re.search(r"slope: (-\d\.\d+)\((\d+)\)", shown).groups()
    assert abs(float(slope) + 1) < 4.89 * float(error) * 10.0 ** -len(slope.split(".")[1])
    assert "widths used: (2, 4, 8, 16)" in shown
    assert "= 0\nVerdict(accepted=True" in shown


def test_my_own_network(capsys):
    """Two widths, by an Equinox module and by a function outside JAX: the same fourth cumulant, with error bars."""
    shown = show("my_own_network.py", capsys)
    assert shown.count("agree: True") == 2
    assert len(re.findall(r"inside JAX \d\.\d+\(\d+\)  \[network-kstat", shown)) == 2


def test_a_module_of_ones_own_with_student_t_parameters(capsys):
    """What a user sees: no closed form, two estimates with error bars, and a refusal for tails that are too heavy."""
    shown = show("own_module_student_t.py", capsys)
    assert "exact: no closed form is known" in shown
    assert re.search(r"G4   = \d\.\d+\(\d+\)  \[network-kstat, \d+ draws", shown)
    assert re.search(r"G_c4 = \d\.\d+\(\d+\)  \[network-kstat, \d+ draws", shown)
    assert "three degrees of freedom" in shown and "standard error inf  refused True" in shown
    assert "the correlator itself is infinite" in shown


def two_points_by_hand(width: int, x: float, y: float) -> tuple[float, float]:
    """E[phi(x) phi(y)] and its standard error, from the formula of the page in plain numpy."""
    rng = np.random.default_rng(0)

    def t(*shape: int) -> np.ndarray:
        return rng.standard_t(9.0, (50_000, *shape))

    first, bias, second, bias_two, last = t(width), t(width), t(width, width) / width**0.5, t(width), t(width) / width**0.5
    phi = [np.sum(last * np.tanh(np.einsum("nij,nj->ni", second, np.tanh(first * z + bias)) + bias_two), axis=1) for z in (x, y)]
    return np.mean(phi[0] * phi[1]), np.std(phi[0] * phi[1]) / len(phi[0]) ** 0.5


def test_the_same_module_as_a_study(tmp_path):
    """Through TOML, with a worker of its own: the worker reads the user's file anew and must find the same digest.

    Two-point functions against numpy, |z| < 4.89: 5000 networks find an error of 8 standard errors, about 20 %, with 99.9 %.
    """
    study = cf.studies.create(GALLERY / "own_module_study.toml", tmp_path / "study")
    cf.runners.run(tmp_path / "study", cf.studies.Draws(5_000), workers=1)
    answer = cf.studies.answer(tmp_path / "study")
    assert answer.digest == study.digest()
    assert {(row.width, row.order) for row in answer.rows} == {(3, 2), (3, 4), (10, 2), (10, 4)}
    for row in answer.rows:
        assert row.exact is None and "no closed form is known" in row.no_closed_form
        assert row.method == "network-kstat" and row.draws >= 5_000
        assert row.estimate.mean.shape == (len(row.indices),)
        if row.order == 2:
            entry = row.indices.index((0, 2))
            mean, error = two_points_by_hand(row.width, -0.5, 1.0)
            spread = float(np.hypot(error, row.estimate.stderr[entry]))
            assert abs(row.estimate.mean[entry] - mean) < 4.89 * spread
            assert abs(row.estimate.mean[entry] - row.width**0.5 * mean) > 4.89 * spread  # sabotage: a forgotten fan-in
