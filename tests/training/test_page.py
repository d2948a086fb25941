"""The examples of the page about tangent kernels and feature learning run, and give what they say."""

import re
from pathlib import Path

import jax

PAGE = Path(__file__).resolve().parents[2] / "docs" / "feature-learning.md"


def test_the_examples_of_the_page_run():
    known: dict = {}
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    with jax.numpy_rank_promotion("allow"), jax.numpy_dtype_promotion("standard"):  # what a reader has
        for code in examples:
            exec(compile(code, str(PAGE), "exec"), known)
    assert len(examples) == 6
    assert known["kernel"].shape == (6, 6, 2, 2) and known["trace"].shape == (6, 6)
    assert known["seen"].variables[1].motion.value > 0 and known["one"].regime == "features are learned"
    found = known["cf"].training.deep_linear([[1.0]], [1.5], [0, 0.5, 1], gamma=1.0, depth=1, steps=16).prediction
    assert abs(found.mean[-1, 0] - 1.4094) < 1e-4
