r"""Makes certificates for coincident cumulants, by another route than their checker: a sum over integer partitions.

$\kappa_n = \sum_\pi (-1)^{k-1} (k-1)! \prod_B m_{|B|}$ over set partitions into k blocks; those with the same block sizes
are counted together, $n!/\prod_p (p!)^{c_p} c_p!$ for $c_p$ blocks of size p.
"""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from math import comb, factorial, prod

from ._certificate import Certificate
from ._errors import InputError

ACTIVATIONS = ("cos", "relu", "linear")


def certify_coincident_cumulant(activation: str, order: int) -> Certificate:
    """A certificate for the cumulant of order r of one neuron a sigma(z) with all arguments at one point, a and z standard.

    cos has a uniform phase; ReLU and linear are in units of the variance of z.  At width N the network has $N^{1-r/2}$ times it.
    Raises `InputError` for an unknown activation or an order that is not even, 2 to 64.

    >>> certify_coincident_cumulant("cos", 8).value
    '-315/128'
    """
    if activation not in ACTIVATIONS:
        raise InputError("activation", activation, f"one of {', '.join(ACTIVATIONS)}", "other activations have no rational cumulants")
    if isinstance(order, bool) or not isinstance(order, int) or order not in range(2, 65, 2):
        raise InputError("order", order, "even, 2 to 64", "odd cumulants vanish: the output weights are symmetric")
    features = {n: _feature_moment(activation, n) for n in range(2, order + 1, 2)}
    moments = {n: Fraction(_pairings(n)) * feature for n, feature in features.items()}
    cumulants = {n: _cumulant(n, moments) for n in features}
    witness = {"moments": _texts(features), "cumulants": _texts(cumulants)}
    claim = {"kind": "coincident cumulant", "activation": activation, "order": order}
    return Certificate(claim, str(cumulants[order]), witness, "coincident-cumulant@1")


def _pairings(n: int) -> int:
    return factorial(n) // (2 ** (n // 2) * factorial(n // 2))


def _feature_moment(activation: str, n: int) -> Fraction:
    if activation == "cos":
        return Fraction(comb(n, n // 2), 2**n)
    return Fraction(_pairings(n), 2 if activation == "relu" else 1)


def _cumulant(n: int, moments: dict[int, Fraction]) -> Fraction:
    total = Fraction(0)
    for halves in _partitions(n // 2, n // 2):
        blocks = Counter(2 * half for half in halves)
        ways = factorial(n) // prod(factorial(size) ** number * factorial(number) for size, number in blocks.items())
        sign = (-1) ** (len(halves) - 1) * factorial(len(halves) - 1)
        total += sign * ways * prod(moments[size] ** number for size, number in blocks.items())
    return total


def _partitions(total: int, largest: int) -> Iterator[list[int]]:
    """The integer partitions of ``total`` into parts of ``largest`` at most."""
    if total == 0:
        yield []
    for part in range(min(total, largest), 0, -1):
        for rest in _partitions(total - part, part):
            yield [part, *rest]


def _texts(table: dict[int, Fraction]) -> dict[str, str]:
    return {str(n): str(number) for n, number in table.items()}
