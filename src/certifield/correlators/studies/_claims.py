"""What the sources state of correlators of ensembles (ledger S1, S2, S4), and the findings it is held against."""

import numpy as np

from certifield.evidence import Exact
from certifield.study import Claim
from certifield.study._claim import FIELDS, NOTES, PHENO, RIGOR

ERF = (
    Claim(
        "ST-01",
        f"{RIGOR} (9); {FIELDS}; {NOTES} (1.3), (1.9)",
        "An architecture with a density on its parameters defines a field theory: G^(n) = int dtheta P(theta) phi(x1)...phi(xn), and no "
        "action is needed.",
        ours="sampled over exact G_c6",
        printed=Exact(1.0, "networks drawn from the density, over the parameter integrals done in closed form"),
        within=0.05,
        note="The six-point function is the hardest of them; orders 2 and 4 are held against their closed forms likewise.",
    ),
    Claim(
        "ST-30",
        f"{PHENO}; {FIELDS}; {NOTES} (2.7)-(2.10)",
        "Parameter space and function space are dual frames of one Z[J].",
        open="this study samples parameters only; what decides is a sampling of the action on finitely many points",
    ),
)

WIDTHS = (
    Claim(
        "ST-02",
        f"{PHENO}; {RIGOR} (4); {FIELDS}; {NOTES} (2.11)",
        "One hidden layer with independent weights tends to a Gaussian process as the width grows (Neal).",
        ours="G_c4 over its free value at N = infinity",
        printed=Exact(0.0, "a Gaussian process has no connected four-point function"),
        within=0.01,
        note=f"As printed in {RIGOR} (4) and in {NOTES} (2.1), (2.11) the sum over inputs is outside the activation; it belongs inside.",
    ),
    Claim(
        "ST-19",
        f"{PHENO}; {FIELDS}",
        "At finite width the theory is not Gaussian: G_c^(2k) falls as 1/N^(k-1), seen in Erf-, Gauss- and ReLU-nets.",
        ours="slopes over their law",
        printed=Exact(1.0, "the slope of log|G_c^(2k)| against log N, over -(k-1)"),
        within=0.05,
        note="Exact at every N for one hidden layer, G_c^(r) = N^(1-r/2) kappa_r; at leading order only in deeper ones. The coefficient "
        "can vanish: kappa_6 = 0 for the cos-net at one point.",
    ),
    Claim(
        "ST-20",
        f"{NOTES} (2.28), (2.29)",
        "G_c4 = (1/N) [Xi_4 <phi phi phi phi> - Xi_2^2 (<phi phi><phi phi> + 2 permutations)], and it does not vanish.",
        ours="sampled over exact G_c4",
        printed=Exact(1.0, "sampled G_c4 over that formula, over all systems and widths"),
        within=0.05,
        note="Exact at every N. G_c comes from W[J] = log Z[J], which the notes do not define. Generically it does not vanish.",
    ),
)

EXACT = (
    Claim(
        "ST-03",
        f"{RIGOR} (5); {FIELDS}; {NOTES} (2.22)",
        "The two-point function of one hidden layer is known exactly, from integrals over the parameters (Williams).",
        ours="sampled over exact G2",
        printed=Exact(1.0, "sampled G2 over the closed-form kernels of Erf-, Gauss-, ReLU- and cos-net"),
        within=0.01,
        note=f"At every N. As printed in {NOTES} (2.22) both activations stand at x; the second takes y.",
    ),
    Claim(
        "ST-04",
        f"{RIGOR} (10)",
        "phi = theta x has G^(n) = mu_n x1...xn, with mu_n the moments of theta; it interacts if and only if a cumulant of theta beyond "
        "the second does not vanish.",
        ours="theta-uniform/network-kstat/G_c4",
        printed=Exact(np.array([-2 / 15 / 16, -2 / 15 / 4, -2 / 15]), "mu_4 - 3 mu_2^2 = 1/5 - 1/3 of the uniform law on [-1, 1]"),
        note="kappa_4 x1 x2 x3 x4 with kappa_4 = -2/15; the other laws of this study have 12 (Laplace) and 0 (normal).",
    ),
)
