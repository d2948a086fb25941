"""The unknot, recognised by its group."""

from certifield.evidence import Certificate, CertificateRejected, Certified, Unknown

from ..diagrams._diagram import Diagram
from ..diagrams._reading import refuse
from ._greedy import simplified
from ._presentation import wirtinger

CHECKER = "unknot-group@1"


def unknot_by_group(diagram: Diagram, budget: int = 20_000) -> Certified | Unknown:
    """Whether Tietze moves, at most ``budget`` of them, lead from the Wirtinger presentation to <x | >.

    Then the knot group is the integers and the knot is trivial, by Dehn's lemma (Papakyriakopoulos, Ann. of Math. 66 (1957) 1).
    The moves are the witness; the checker makes the presentation itself from the planar diagram code.
    Unknown also where the moves write more letters than the checker reads.
    Raises `InputError` for links of several components, and for a budget that is not a whole number from 0.

    >>> print(unknot_by_group(Diagram.from_braid([1, -2, 3])).certificate.replay().accepted)
    True
    """
    if type(budget) is not int or budget < 0:
        raise refuse("budget", budget, "a number of moves", "such as 20000")
    tietze, spent = simplified(wirtinger(diagram), budget)
    if len(tietze.generators) > 1 or tietze.letters:
        return Unknown({"moves": spent})
    claim = {"kind": "unknot", "diagram": [list(crossing) for crossing in diagram.crossings]}
    proof = Certificate(claim, "0", {"moves": tietze.moves, "trace": f"{tietze.trace:08x}"}, CHECKER)
    verdict = proof.replay()
    if not verdict.accepted and "more than" not in verdict.reason:
        raise CertificateRejected(f"{CHECKER} refuses the moves: {verdict.reason}")
    return Certified(proof, {"moves": spent}) if verdict.accepted else Unknown({"moves": spent})  # more letters than are checked
