"""Certificates of the topological conditions, checked by a program that knows the configuration matrix alone."""

from certifield.evidence import Certificate

from ._monad import Monad

CHECKER = "monad-topology@1"


def certificate_of_topology(monad: Monad, order: int) -> Certificate:
    r"""The claim that a monad meets the topological conditions for a freely acting group of this order, as far as integers decide them.

    $c_1 = 0$, $c_2(V) \le c_2(TX)$ on all generators, $\chi(V) = -3 |\Gamma|$, all $c_a - b_i \ge 0$ with no zero among them, no trivial
    summand, $|\Gamma|$ divides $n \chi(L)$ for each block, and some $c_{2,r}(V) > 0$ or all 0.  The value is the index.
    """
    claim = {
        "kind": "monad topology",
        "spaces": list(monad.manifold.ambient),
        "degrees": [list(row) for row in monad.manifold.degrees],
        "order": order,
        "b": [list(row) for row in monad.b],
        "c": [list(row) for row in monad.c],
    }
    return Certificate(claim, str(monad.index), {"c2": list(monad.c2)}, CHECKER)
