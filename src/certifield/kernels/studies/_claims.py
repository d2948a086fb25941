"""What the sources state of Gaussian process limits (ledger S3), and the findings it is held against."""

import numpy as np

from certifield.evidence import Exact
from certifield.study import Claim
from certifield.study._claim import FIELDS, NOTES, PHENO, RIGOR

from ._prior import ORDERS

_ONE = Exact(1.0, "sampled kernel, extrapolated to infinite width, over the recursion")

CLAIMS = (
    Claim(
        "ST-13",
        f"{PHENO}; {RIGOR} 3; {FIELDS}; {NOTES} 2.2.1, 2.3.1",
        "Deep networks in the limit of large width, and convolutional ones in that of many channels, are Gaussian processes; the free "
        "theory is propagated from layer to layer by a recursion.",
        ours="dense and convolutional: kernel over theory",
        printed=_ONE,
        within=0.02,
        note="At finite width the parameter of the expansion is depth over width: see the exact deep ReLU moments.",
    ),
    Claim(
        "ST-13 (1/n)",
        f"{FIELDS}; arXiv:2106.10165",
        "The connected four-point function of deep networks is of order 1/n.",
        ours="deep-relu: G_c4 over 3 K^2 (prod(1 + 5/n) - 1)",
        printed=Exact(1.0, "sampled over the exact product"),
        within=0.1,
    ),
    Claim(
        "ST-14",
        f"{FIELDS}; {NOTES} 2.2.1",
        "Attention networks are Gaussian processes in the limit of many heads.",
        ours="attention: slope of G_c4 in the number of heads",
        printed=Exact(-1.0, "the four-point function falls as 1/heads"),
        within=0.1,
        note="The number of heads is what must grow: the logits of one softmax head are random, and it stays non-Gaussian for wide keys.",
    ),
    Claim(
        "ST-15",
        f"{PHENO}; {RIGOR} 3",
        "Any standard architecture has a Gaussian process limit (tensor programs).",
        open="a zoo of architectures, with residual sums, normalisation, pooling and attention, cannot prove it of any",
    ),
    Claim(
        "ST-18",
        f"{NOTES} (2.13)-(2.15)",
        "exp(-y^T A y/2) with A = (D^p)^T D^p is a Gaussian process prior.",
        ours="difference prior: nullity of (D^p)^T D^p",
        printed=Exact(np.zeros(len(ORDERS), dtype=np.int64), "a density that can be normalised"),
        correction=Exact(np.array(ORDERS), "A annihilates the polynomials of degree below p"),
        note="Improper without a boundary condition or a mass term; with both ends held at 0 the covariance for p = 1 is that of the "
        "Brownian bridge.",
    ),
    Claim(
        "ST-31",
        f"{PHENO}, NN phenomenology",
        "Does the phenomenology of networks reach transformers?",
        open="G_c4 of attention blocks is shown against heads and width; what follows for trained transformers is not decided here",
    ),
)
