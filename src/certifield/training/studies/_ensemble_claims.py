"""What the sources state of trained ensembles (ledger D3, D4), and the findings it is held against."""

from certifield.evidence import Exact
from certifield.study import Claim

_NOTES, _RIGOR, _FIELDS = "Physics4ML notes", "arXiv:2402.13321", "Strings 2025"
_ONE = Exact(1.0, "measured over theory")
_ASKED = {"labels": 1.0, "times": (1.0, 4.0, 16.0)}  # of which the numbers are

CLAIMS = (
    Claim("DY-05", f"{_NOTES} (2.47)", "In the lazy regime parameters hardly move: |theta - theta_0| << 1.",
          ours="motion of parameters: power of the width", printed=Exact(-0.5, "as 1/sqrt(width)"), correction=Exact(0, "order 1"),
          within=0.1, note="The distance stays of order 1; its ratio to |theta_0| falls as 1/sqrt(width), which linearises the network."),
    Claim("DY-05 (relative)", f"{_NOTES} (2.47)", "The relative motion of the parameters vanishes at infinite width.",
          ours="relative motion of parameters: power of the width", printed=Exact(-0.5, "as 1/sqrt(width)"), within=0.1),
    Claim("DY-06", f"{_NOTES} 2.3.1", "A network with a frozen kernel has no parameters and learns nothing.",
          ours="widest: loss of the mean field at the labels", printed=Exact(1.0, "that of the field 0"),
          correction=Exact(0.0, radius=0.05), within=0.05, asked=_ASKED, note="No feature moves in the limit, but the output learns."),
    Claim("DY-07", f"{_RIGOR} 3; {_NOTES} (2.51)", "For the squared loss the mean over infinitely many networks is known at all times, and "
          "is kernel regression at the end.", ours="widest: mean over theory", printed=_ONE, within=0.06),
    Claim("DY-08", f"ML notes; {_NOTES} (1.5), (2.37)", "Descent on the squared loss converges below the rate 2/lambda_max.",
          ours="largest stable rate", printed=Exact(0.7493639718, "2/lambda_max of the four points", radius=1e-8)),
    Claim("DY-08 (mean)", f"{_NOTES} (1.5), (2.37)", "The loss with and without 1/|D| are one loss.",
          ours="stable rate of the mean loss over that of the sum", printed=_ONE,
          correction=Exact(4.0, "the number of labels", radius=1e-9), note="Rates differ by the number of labels."),
    Claim("DY-09", f"{_FIELDS}; {_NOTES} (1.3)", "G1 and G2 are the mean prediction and the covariance.",
          ours="widest: G2 over covariance", printed=Exact(1.0, "one function by two names"),
          correction=Exact(1 + 0.14134051**2 / 0.03498456, "1 + G1 G1/covariance", radius=1e-6), within=0.2, asked=_ASKED,
          note="The covariance is G2 - G1 G1, which is G2 only while G1 = 0."),
    Claim("DY-10", f"{_FIELDS}; {_NOTES} (1.8)", "Learning is a flow of the one- and two-point functions.",
          ours="widest: covariance over theory", printed=_ONE, within=0.1),
    Claim("DY-10 (1/N)", f"{_FIELDS}", "What is left of a finite network beside the law of infinite width falls as 1/width.",
          ours="squared distance from the linear law: power of the width", printed=Exact(-1, "first order in 1/width"), within=0.1,
          note="With a next order of relative size c/width beside it: a straight line from 16 neurons on has slope -0.941(19)."),
    Claim("DY-11", "PHENO 2021", "The one-point function of the trained ensemble is what supervised learning is about.",
          ours="widest: mean loss - loss of the mean", printed=Exact(0.03498456 / 2, "half the variance", radius=1e-8), asked=_ASKED,
          note="The mean field has a smaller loss than a network on average, by half the variance."),
    Claim("DY-12", f"PHENO 2021; {_FIELDS}", "The field stays Gaussian while it is trained.",
          ours="widest: kurtosis", printed=Exact(3, "a Gaussian field"), within=0.6,
          note="In the kernel regime under the squared loss; not where features are learned, and not for other losses."),
    Claim("DY-13", f"{_RIGOR} 1", "Predictions depend on the random start.", ours="widest: spread over prediction",
          printed=Exact(0.03498456**0.5 / 0.14134051, "the law of infinite width", radius=1e-6), within=0.2, asked=_ASKED,
          note="Training here is deterministic, so that all of the variance is that of the start."),
)  # fmt: skip
