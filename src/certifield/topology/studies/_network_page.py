"""What the report says of networks on pairs of forests, and the claims that it is held against."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from certifield.evidence import Exact, wilson
from certifield.study import Claim, Curve, Plot, Readings, Section, curves

TESTS = ("same", "random", "tweak", "twin", "hard")
BASELINES = ("|det|", "homology", "homology and linking form")
# Quarters of a training, and the kinds of pairs that its accuracy is about: as many of them the same as not, in training.
MIXES = {"published": (("same", 2), ("random", 1), ("tweak", 1)), "hard": (("twin", 2), ("hard", 2))}
ACCURACIES = {"published": ("same", "random", "tweak"), "hard": ("twin", "hard")}
RIGOR, PAPER = "arXiv:2402.13321", "arXiv:2305.05966"

CLAIMS = (
    Claim(
        "CO-03",
        f"{RIGOR}, section 2.2; {PAPER}",
        "graph neural networks are the natural classifiers of pairs of plumbing diagrams",
        ours="GEN+GAT less |det| on published pairs",
        printed=Exact(0),
        relation=">",
        correction=Exact(0),
        note="Shares of right answers on same, random and tweaked pairs. The size of one determinant decides nearly all of them, better "
        "than any network here, and the normal form decides all; only hard pairs (equal homology and linking form) measure a "
        "classifier. One training each.",
    ),
    Claim(
        "CO-03a",
        PAPER,
        "GEN+GAT classifies better than GCN+GAT and GCN+GCN",
        ours="GEN+GAT less GCN+GCN on published pairs",
        printed=Exact(0),
        relation=">",
        note="One training each, far shorter than the published one: how much another training would change is not part of the error.",
    ),
)


def right(found: Mapping[str, Any], asked: Sequence[tuple[str, int]]) -> tuple[int, int]:
    """How many of the pairs of these kinds and lengths a network guesses rightly, and of how many."""
    good = [(np.asarray(found[f"{kind} {moves}"]) >= 0.5) == (np.asarray(found[f"{kind} {moves} same"]) == 1) for kind, moves in asked]
    return int(sum(one.sum() for one in good)), sum(len(one) for one in good)


def sections(readings: Readings, networks: Sequence[str], mixes: Sequence[str], moves: Sequence[int]) -> Iterator[Section]:
    """Accuracy by kind and length, and calibration."""
    done = {name: one.pieces[0] for name, one in readings.items() if 0 in one.pieces}
    for mix in mixes:
        rows, plots = [], []
        for kind in ACCURACIES[mix]:
            marks = []
            for number, network in enumerate(networks):
                found = done.get(f"{network}/{mix}")
                if found is None:
                    continue
                shares = [wilson(*right(found, [(kind, most)])) for most in moves]
                rows += [(network, kind, most, share.trials, str(share)) for most, share in zip(moves, shares, strict=True)]
                x = [most + 0.8 * (number - 1) for most in moves]
                marks += curves(f"{network}, PREDICTED", x, [share.value for share in shares], number,
                                low=[share.low for share in shares], high=[share.high for share in shares])  # fmt: skip
            for number, name in enumerate(BASELINES):
                known = [(most, done[f"invariants/{most}"][kind]) for most in moves if f"invariants/{most}" in done]
                known = [(most, told) for most, told in known if told["pairs"]]
                rows += [(name, kind, most, told["pairs"], str(wilson(told[name], told["pairs"]))) for most, told in known]
                if known:
                    values = np.array([told[name] / told["pairs"] for _, told in known])
                    style = ("solid", "dashed", "dotted")[number]
                    marks.append(Curve(np.array([most for most, _ in known], float), values, "muted", style, label=name))
            if marks:
                ends = (min(moves) - 4, max(moves) + 4)
                marks.append(Curve(np.array(ends, float), np.ones(2), "ink", label="normal form"))
                plots.append(Plot(f"{kind} pairs", "moves on each side, at most", "share of right answers", marks,
                                  x_range=ends, y_range=(-0.05, 1.05)))  # fmt: skip
        if rows:
            text = (
                "All that networks say is PREDICTED: a guess with a probability. Labels are by normal forms. Pairs whose manifolds stand "
                "in a training are left out. Invariants say 'same' where they agree; the normal form is right on all pairs."
            )
            caption = "Share of right answers with Wilson's interval of 95 % over pairs; grey lines are invariants alone."
            columns = ("by", "kind", "moves", "pairs", "right")
            yield Section(f"trained-{mix}", f"Trained on {mix} pairs", text, plots=plots, columns=columns, rows=rows, numbers=False,
                          caption=caption)  # fmt: skip
    yield from _calibration(done, networks, mixes, min(moves))


def _calibration(done: Mapping[str, Any], networks: Sequence[str], mixes: Sequence[str], moves: int) -> Iterator[Section]:
    from certifield.topology.plumbing.learning import calibration

    rows, plots = [], []
    for mix in mixes:
        marks = []
        for number, network in enumerate(networks):
            found = done.get(f"{network}/{mix}")
            if found is None:
                continue
            names = [f"{kind} {moves}" for kind in ACCURACIES[mix]]
            said, truth = (np.concatenate([np.asarray(found[name + end]) for name in names]) for end in ("", " same"))
            told = calibration(said, truth == 1)
            rows += [(network, mix, f"{mean:.3f}", share.trials, str(share)) for mean, share in told.bins]
            marks += curves(f"{network}: gap {told.gap.mean:.2f}", [mean for mean, _ in told.bins], [share.value for _, share in told.bins],
                            number, low=[share.low for _, share in told.bins], high=[share.high for _, share in told.bins])  # fmt: skip
        if marks:
            marks.append(Curve(np.array([0.0, 1.0]), np.array([0.0, 1.0]), "muted", "dashed", label="calibrated"))
            plots.append(Plot(f"trained on {mix} pairs", "PREDICTED probability of 'same'", "share that is the same", marks,
                              x_range=(-0.05, 1.05), y_range=(-0.05, 1.05)))  # fmt: skip
    if rows:
        text = "Pairs in bins of their predicted probability. The gap is the mean of |probability - share| over all pairs."
        yield Section("calibration", "Calibration", text, plots=plots, columns=("network", "mix", "probability", "pairs", "the same"),
                      rows=rows, numbers=False, caption="Wilson's interval of 95 % over the pairs of a bin.")  # fmt: skip
