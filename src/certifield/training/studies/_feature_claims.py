"""What the sources state of feature learning (ledger D5), and the findings it is held against."""

from certifield.evidence import Exact
from certifield.study import Claim

_FIELDS, _NOTES = "Strings 2025", "Physics4ML notes"

CLAIMS = (
    Claim(
        "DY-04",
        f"{_NOTES} 2.3.1",
        "The frozen behaviour of the tangent kernel is universal in the limit of infinite width.",
        ours="linear-1/gamma=1/network: kernel over its start",
        printed=Exact(1.0, "a kernel that does not move"),
        correction=Exact(3.25**0.5, "sqrt(1 + gamma^2 y^2), two linear layers", radius=0.03),
        within=0.05,
        note="It holds in the kernel regime, r > 0. Where r = 0 the kernel moves at infinite width: for gamma = 1, y = 1.5 by "
        "a factor of 1.803 in the end.",
    ),
    Claim(
        "DY-14",
        f"{_NOTES} 2.3.2",
        "Three conditions, preactivations, outputs and features that move by O(1), leave a one-parameter family of scalings.",
        ours="free parameters of feature learning",
        printed=Exact(1, "a family with one parameter"),
        note="The family is the gauge (a + s, b - s, c - 2s), which changes no function; the learning rate fixes s.",
    ),
    Claim(
        "DY-15",
        f"{_FIELDS}; {_NOTES} 2.3.2",
        "Dynamical mean-field theory describes training exactly in the regime of feature learning.",
        ours="linear-1/gamma=1/prediction at t = 1",
        printed=Exact(1.4094, "closed form of two linear layers, gamma = 1, y = 1.5", radius=5e-5),
    ),
    Claim(
        "DY-15 (deep)",
        f"{_FIELDS}; {_NOTES} 2.3.2",
        "The same of deep networks.",
        ours="tanh-2: networks over theory",
        printed=Exact(1.0, "infinite width", radius=0.004),
        within=0.02,
        note="Two hidden layers of tanh, at the mean over the strengths of feature learning; the radius is what 1/N may leave.",
    ),
)
