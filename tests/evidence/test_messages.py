"""A mistake is told with its cause in what must be, and something to do as its remedy."""

from pathlib import Path

import numpy as np
import pytest

from certifield import evidence
from certifield.evidence import Estimate, InputError


def told(action) -> InputError:
    with pytest.raises(InputError) as caught:
        action()
    assert not any(word in caught.value.remedy for word in ("Errno", "Error", "line 1"))
    return caught.value


def test_files(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "other.json").write_text('{"format": 1}')
    missing = told(lambda: evidence.load(tmp_path / "nowhere.json"))
    assert "No such file" in missing.allowed and missing.remedy == "check the path"
    assert "evidence.save" in told(lambda: evidence.load(tmp_path / "broken.json")).remedy
    other = told(lambda: evidence.load(tmp_path / "other.json"))
    assert "'evidence'" in other.allowed and "evidence.save" in other.remedy
    record = evidence.certify_coincident_cumulant("cos", 4)
    assert "make the folder" in told(lambda: evidence.save(record, tmp_path / "nowhere" / "file.json")).remedy


def test_estimates_of_different_draws_are_told_apart_by_what_made_them() -> None:
    def estimate(source: str, seed: int) -> Estimate:
        return Estimate(np.ones(1), {source: np.full((20, 1), 0.1)}, 4096, 20, seed, "neuron", "float64")

    mistake = told(lambda: estimate("3f" * 32, 1) + estimate("a7" * 32, 2))
    assert mistake.given == ["neuron, 4096 draws in 20 blocks, seed 1", "neuron, 4096 draws in 20 blocks, seed 2"]
    assert "3f3f" not in str(mistake) and "independent=True" in mistake.remedy
    assert (estimate("3f" * 32, 1) + estimate("3f" * 32, 1)).draws == 4096  # sabotage twin: one source needs no word


def test_an_index_out_of_range() -> None:
    assert "count from 0" in told(lambda: Estimate.from_stderr(np.ones(3), np.ones(3), source="s")[3]).remedy
    assert "count from 0" in told(lambda: evidence.Exact(np.ones(3), "ones", "none")[3]).remedy
