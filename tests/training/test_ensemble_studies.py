"""The studies of frozen kernels, trained ensembles and kernel fluctuation: pieces, findings, claims, pages; and the page of the docs."""

import re
from pathlib import Path

import numpy as np
import pytest

from certifield.evidence import Estimate
from certifield.study import Reading, Task
from certifield.training.studies import frozen_kernel, kernel_fluctuation, trained_ensemble

SMALL = {
    frozen_kernel: frozen_kernel.Frozen(architectures=("deep-relu",), widths=(4, 8)),
    kernel_fluctuation: kernel_fluctuation.Fluctuation(depths=(1,), widths=(8, 16)),
    trained_ensemble: trained_ensemble.Ensembles(widths=(8, 16), times=(1.0, 4.0)),
}


@pytest.mark.parametrize("module", SMALL, ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_small_run_agrees_and_its_page_is_data(module):
    options = SMALL[module]
    readings = {}
    for case in module.cases(options):
        pieces = {0: module.piece(Task(3, case, 0), options)}
        readings[case.name] = Reading(case, dict(module.read(case, pieces, options)), pieces)
    conclusions = dict(module.conclude(readings, options))
    assert conclusions
    for name, one in conclusions.items():
        if one.expected is not None and "power" not in name:  # at widths as small as these slopes are not yet those of the limit
            agreement = one.value.agrees_with(one.expected, independent=True)
            assert np.all(agreement.agrees), name
            if np.all(np.asarray(one.expected.mean)):  # sabotage twin: ten error bars away where they are a fifth
                assert not np.any(one.value.agrees_with(3 * one.expected, independent=True).agrees), name
    assert {claim.ours for claim in module.CLAIMS if "L = 2" not in claim.ours and claim.ours} <= set(conclusions)
    section, *_ = module.page(readings, options)
    assert section.rows and section.plots
    again = module.piece(Task(3, case, 0), options)
    assert all(np.array_equal(again[name], pieces[0][name]) for name in again)


def test_a_power_of_the_width_is_found_beside_its_next_order():
    """3 N^-1.2 exp(-2/N) at four widths; a straight line would have another power, and two widths allow no other."""
    values = {n: Estimate.from_stderr(3 * n**-1.2 * np.exp(-2 / n), 1e-6, source=f"n={n}") for n in (4, 8, 16, 32)}
    assert np.allclose(trained_ensemble._power(values).mean, (-1.2, -2.0), atol=1e-9)
    assert abs(trained_ensemble._power({n: values[n] for n in (4, 8)}).mean[0] + 1.2) > 0.2


def test_a_kernel_moves_by_what_training_keeps():
    """Of two linear layers on average, from drawn starts by the root that training leads to; y^2 - y^4/(4 N) for wide ones."""
    rng, width, label = np.random.default_rng(0), 16, kernel_fluctuation.LABEL
    a, w = rng.normal(size=(2, 40000, width))
    theta, field = (np.sum(a**2, axis=1) + np.sum(w**2, axis=1)) / width, np.sum(a * w, axis=1) / width**0.5
    moved = width * (np.sqrt(theta**2 + 4 / width * ((field + label) ** 2 - field**2)) - theta)
    found = kernel_fluctuation.moved_on_average(width)
    assert abs(moved.mean() - found.mean) < 4.9 * moved.std() / 200 and found.stderr < 1e-6
    wide = kernel_fluctuation.moved_on_average(1024)
    assert abs(wide.mean - (label**2 - label**4 / 4096)) < 0.05 * label**4 / 4096


def test_the_examples_of_the_page_run():
    page = Path(__file__).resolve().parents[2] / "docs" / "training.md"
    known: dict = {}
    for code in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(code, str(page), "exec"), known)
    assert np.all(known["measured"].mean.agrees_with(known["theory"].mean).agrees) and known["apart"].square.shape == (3, 2, 1)
