"""What a certificate proves, in words, whatever its subject; long numbers are shortened, as nobody reads them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from certifield.evidence import Certificate

_DIGITS = 24  # of a number or a fraction, beyond which only both ends are shown

# By checker: the sentence that a claim with this value makes.
CLAIMED: Mapping[str, Callable[[Any, str], str]] = {
    "kaehler-potential@1": lambda claim, value: (
        f"the sum of {len(claim['terms'])} logarithms is the potential of a Kaehler metric everywhere on {_spaces(claim['ambient'])}, and "
        f"on every smooth subvariety, in the class ({', '.join(claim['class'])}); the margins of its matrices add up to {value}"
    ),
    "positive-definite@1": lambda claim, value: f"the symmetric matrix with {_rows(claim)} is positive definite, with determinant {value}",
    "negative-direction@1": lambda claim, value: (
        f"no symmetric matrix within {float.fromhex(claim['radius']):.2g} of the one with {_rows(claim)} is positive semidefinite: along a "
        f"vector it is at most {value}"
    ),
    "coincident-cumulant@1": lambda claim, value: (
        f"the cumulant of order {claim['order']} of a neuron with the activation {claim['activation']}, all arguments at one point, is "
        f"{value}"
    ),
    "monad-topology@1": lambda claim, value: (
        f"the monad of {len(claim['b'])} and {len(claim['c'])} line bundles on the threefold in {_spaces(claim['spaces'])} meets all "
        f"conditions that integers decide, with index {value}"
    ),
    "area-bound@1": lambda claim, value: (
        f"1 <= 2 Area V_min < 4 pi^2/27 for all convex polygons, and at most {value} for the {len(claim['polygons'])} that are listed"
    ),
    "graph-spectral@1": lambda claim, value: (
        f"a connected graph of {claim['order']} vertices with {len(claim['edges'])} edges refutes {claim['inequality']}: its left side is "
        f"below {value}"
    ),
    "tree-section@1": lambda claim, value: (
        f"the section {claim['section']} of weight {claim['weight']} survives all blow-ups exactly up to the coefficient {value} of ray "
        f"{claim['ray']}"
    ),
}


def claimed(certificate: "Certificate") -> str:
    """What the certificate proves if its checker accepts it; for what has no words here those of the knots, or its kind and value."""
    from certifield.topology._words import has_words, proved

    document = certificate.document()
    try:
        if has_words(certificate):
            return proved(certificate)
        return CLAIMED[certificate.checker](document["claim"], shortened(str(document["value"])))
    except (KeyError, TypeError, ValueError):  # no words, or a damaged claim, which the checker refuses
        return proved(certificate).replace(str(document["value"]), shortened(str(document["value"])))


def shortened(number: str) -> str:
    """A number in few characters: 632604...318 (57 digits).

    >>> shortened("3/7"), shortened("1" * 30)
    ('3/7', '111111...111 (30 digits)')
    """
    if len(number) <= _DIGITS:
        return number
    parts = number.split("/")
    if len(parts) == 2 and all(part.lstrip("-").isdecimal() and part.strip("-0") for part in parts):
        top, bottom = map(int, parts)
        return f"about {top / bottom:.8g} (a fraction of {len(number) - 1} digits)" if abs(top) < bottom * 10**300 else f"{number[:6]}..."
    digits = sum(map(str.isdecimal, number))
    return f"{number[:6]}...{number[-3:]} ({digits} digits)"


def _rows(claim: Any) -> str:
    return f"{len(claim['matrix'])} rows"


def _spaces(dimensions: Any) -> str:
    return " x ".join(f"P^{dimension}" for dimension in dimensions)
