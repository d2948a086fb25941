"""What is observed, as data with its source."""

from dataclasses import dataclass
from types import MappingProxyType

from certifield.evidence import InputError


@dataclass(frozen=True)
class Observed:
    r"""The window of a viable model: $n_s$ and $\ln 10^{10} A_s$ with one standard deviation, the bound on r, e-folds of the pivot.

    ``sigmas``: how many standard deviations are allowed.  Raises `InputError` for widths and bounds that are not positive.
    """

    tilt: float = 0.9649
    tilt_error: float = 0.0042
    log_amplitude: float = 3.044
    log_amplitude_error: float = 0.014
    ratio: float = 0.056
    efolds: float = 55.0
    sigmas: float = 1.0
    source: str = ""

    def __post_init__(self) -> None:
        for name in ("tilt_error", "log_amplitude_error", "ratio", "efolds", "sigmas"):
            if not getattr(self, name) > 0:
                raise InputError(name, getattr(self, name), "a number above 0", "leave it out")

    @property
    def amplitude(self) -> float:
        """A_s."""
        from math import exp

        return exp(self.log_amplitude) * 1e-10


PRESETS = MappingProxyType(
    {
        "planck2018": Observed(source="Planck Collaboration 2018, X (arXiv:1807.06211): n_s, A_s; r < 0.056 with BICEP2/Keck 2015"),
        "bk18": Observed(ratio=0.036, source="n_s, A_s of Planck 2018; r < 0.036 of BICEP/Keck 2018 (arXiv:2110.00483)"),
    }
)
