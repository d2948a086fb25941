r"""Checks coincident-cumulant@1: the cumulant of one random neuron with all its arguments at one point.

The neuron is Phi = a h with a standard normal and h independent of it:

    cos     h = cos(u), u uniform on a circle                E[h^n] = prod_{j <= n/2} (2j - 1)/(2j)
    relu    h = max(z, 0), z standard normal                 E[h^n] = (n - 1)!!/2
    linear  h = z                                            E[h^n] = (n - 1)!!

for even n.  As E[a^n] = (n - 1)!! and E[a^n] = 0 for odd n, the moments m_n = (n - 1)!! E[h^n] with even n decide everything, and

    kappa_n = m_n - sum_{0 < k < n} binomial(n - 1, k - 1) kappa_k m_{n - k}.

claim    {"kind": "coincident cumulant", "activation": "cos" | "relu" | "linear", "order": r}, r even, 2 to 64
value    kappa_r as a fraction in lowest terms, such as "-315/128"
witness  {"moments": {"2": E[h^2], ..., "r": ...}, "cumulants": {"2": kappa_2, ..., "r": ...}}, fractions in lowest terms

Every entry of the witness is derived again from the law and compared.
"""

import json
import sys
from fractions import Fraction
from math import comb
from typing import Any

CHECKER = "coincident-cumulant@1"
Outcome = tuple[bool, str, int]


def check(claim: Any, value: Any, witness: Any) -> Outcome:
    """Whether ``value`` is the cumulant that ``claim`` names; the reason names the first entry that fails."""
    reason = _misread(claim, witness)
    if reason:
        return False, reason, 0
    activation, order = claim["activation"], claim["order"]
    moments = {n: _feature_moment(activation, n) for n in range(2, order + 1, 2)}
    cumulants = _cumulants({n: _double_factorial(n - 1) * moment for n, moment in moments.items()})
    expected = [("moments", moments), ("cumulants", cumulants)]
    steps = 0
    for name, table in expected:
        if set(witness[name]) != {str(n) for n in table}:
            return False, f"witness.{name} must have the even orders 2 to {order}", steps
        for n, right in table.items():
            steps += 1
            if witness[name][str(n)] != str(right):
                return False, f"witness.{name}.{n} is not {_shown(right)}", steps
    if value != str(cumulants[order]):
        return False, f"the value is not {_shown(cumulants[order])}", steps + 1
    return True, "", steps + 1


def _misread(claim: Any, witness: Any) -> str:
    """Why the claim or the witness cannot be read, or nothing."""
    if not isinstance(claim, dict) or set(claim) != {"kind", "activation", "order"}:
        return "the claim must have the fields kind, activation, order"
    if claim["kind"] != "coincident cumulant":
        return 'claim.kind must be "coincident cumulant"'
    if claim["activation"] not in ("cos", "relu", "linear"):
        return "claim.activation must be cos, relu or linear"
    if type(claim["order"]) is not int or claim["order"] not in range(2, 65, 2):
        return "claim.order must be even, 2 to 64"
    if not isinstance(witness, dict) or set(witness) != {"moments", "cumulants"}:
        return "the witness must have the fields moments, cumulants"
    if not all(isinstance(table, dict) for table in witness.values()):
        return "moments and cumulants must be objects"
    return ""


def _double_factorial(n: int) -> int:
    product = 1
    for factor in range(n, 1, -2):
        product *= factor
    return product


def _feature_moment(activation: str, n: int) -> Fraction:
    if activation == "cos":
        product = Fraction(1)
        for j in range(1, n // 2 + 1):
            product *= Fraction(2 * j - 1, 2 * j)
        return product
    return Fraction(_double_factorial(n - 1), 2 if activation == "relu" else 1)


def _cumulants(moments: dict[int, Fraction]) -> dict[int, Fraction]:
    """The even cumulants from the even moments; odd ones vanish and drop out of the recursion."""
    cumulants: dict[int, Fraction] = {}
    for n, moment in moments.items():
        cumulants[n] = moment - sum(comb(n - 1, k - 1) * kappa * moments[n - k] for k, kappa in cumulants.items())
    return cumulants


def _shown(number: Fraction) -> str:
    return str(number) if len(str(number)) < 60 else "what the law gives"


def _without_duplicates(pairs: list) -> dict:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a field is given twice")
    return dict(pairs)


def main(arguments: list[str]) -> int:
    """Prints the verdict on the certificate in the file named by the one argument."""
    try:
        with open(arguments[0], encoding="utf-8") as file:
            certificate = json.load(file, object_pairs_hook=_without_duplicates)
        if certificate["checker"] != CHECKER:
            raise ValueError(f"the certificate asks for another checker than {CHECKER}")
        accepted, reason, steps = check(certificate["claim"], certificate["value"], certificate["witness"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        print(json.dumps({"accepted": False, "reason": f"not a certificate: {error}", "steps": 0}))
        return 2
    print(json.dumps({"accepted": accepted, "reason": reason, "steps": steps}))
    return 0 if accepted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
