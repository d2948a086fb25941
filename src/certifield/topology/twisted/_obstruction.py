"""The obstruction of Herald, Kirk and Livingston to bounding a locally flat disc."""

from collections.abc import Sequence
from typing import NamedTuple

from certifield.evidence import Certificate, Obstructed, Unknown

from ..diagrams._diagram import Diagram
from ..diagrams._reading import integers, refuse
from ..invariants._alexander import alexander_polynomial
from ..invariants._flint import flint
from ._characters import LARGEST_PRIME, MOST_SHEETS, Character, characters
from ._norms import OddRoot, odd_root
from ._polynomial import entries_needed, twisted_alexander_polynomial
from ._submodules import Isotypic, isotypic_parts
from ._wirtinger import wirtinger

COVERS = (2, 3, 4, 5, 7, 8, 9)
LARGEST_SIZE = 1000  # of the Fox matrix, that the checker reads
MOST_WORK = 3 * 10**7  # entries of all matrices, that the checker reads


class Cover(NamedTuple):
    """A prime power number of sheets, an odd prime that divides the order of H_1, and the work that one polynomial takes."""

    work: int
    sheets: int
    prime: int


Proof = tuple[Character, OddRoot]


def twisted_obstruction(diagram: Diagram, budget: int = 20_000_000, *, covers: Sequence[int] = COVERS) -> Obstructed | Unknown:
    """Whether twisted Alexander polynomials prove that a knot bounds no locally flat disc in the four-ball.

    Let Sigma be the branched cover of K with n = r^k sheets, r prime, q an odd prime, A the q-primary part of H_1(Sigma; Z), and
    V = Hom(A, F_q) = Hom(H_1(Sigma), F_q), on which the deck transformation T acts.

    If K is slice, M = ker(H_1(Sigma) -> H_1(W)), W the branched cover of the disc, is T-invariant and its own annihilator in the linking
    form.  For chi in N = {chi in V : chi(M) = 0}, chi not 0, the polynomial of `twisted_alexander_polynomial` then is
    c t^k (1-t)^s f(t) conj f(1/t) with f over Q(exp(2 pi i/q^j)) for some j (Casson and Gordon; Kirk and Livingston, Topology 38 (1999)
    635; Herald, Kirk, Livingston, 0804.1355).  Nothing is assumed of A: the q-part M' of M has A/M' = Hom(M', Q/Z), hence
    rank A <= rank M' + rank A/M' = 2 rank A/M', that is, 2 dim N >= dim V, whether or not A is elementary.  So it is enough to find, in
    every invariant N of at least half the dimension, a character whose polynomial is not of this form, which `odd_root` proves.

    q does not divide n, so V is the direct sum of isotypic parts, N is the direct sum of its intersections with them, and the
    intersection is 0 if every irreducible submodule of the part holds such a character, and is not the whole part if one of them does.

    Covers are tried with the cheapest polynomial first.  ``budget``: entries of matrices whose determinants are taken modulo primes of
    64 bits, some 10^7 a second; ``covers``: the numbers of sheets, prime powers.  The certificate is checked by ``twisted-alexander@1``,
    without number fields.  Raises `InputError` for a link that is not a knot, a budget below 0, sheets that are no prime power up to 32;
    `MissingExtra` without python-flint.
    """
    (limit,) = integers("budget", [budget])
    if limit < 0:
        raise refuse("budget", budget, "0 or more", "leave it out")
    spent = polynomials = 0
    for cover in _covers(diagram, covers):
        search = _Search(diagram, cover, limit - spent)
        proofs = search.proofs()
        spent, polynomials = spent + search.spent, polynomials + search.polynomials
        if proofs is not None and len(proofs) * len(diagram.crossings) * (cover.sheets * len(diagram.crossings)) ** 2 <= MOST_WORK:
            work = {"matrix entries": spent, "polynomials": polynomials}
            return Obstructed(_certificate(diagram, cover, proofs), "topological", work)
    return Unknown({"matrix entries": spent, "polynomials": polynomials})


def _covers(diagram: Diagram, covers: Sequence[int]) -> list[Cover]:
    """All pairs of a cover and an odd prime that divides the order of its H_1, which is the resultant of Delta and t^n - 1."""
    generators, _ = wirtinger(diagram)
    found = []
    delta = flint().fmpz_poly(list(alexander_polynomial(diagram).coefficients))
    for sheets in integers("covers", covers):
        if not 2 <= sheets <= MOST_SHEETS or len(flint().fmpz(sheets).factor()) != 1:
            raise refuse("covers", sheets, f"prime powers from 2 to {MOST_SHEETS}", "only they obstruct")
        if (generators - 1) * sheets > LARGEST_SIZE:
            continue
        order = delta.resultant(flint().fmpz_poly([-1, *[0] * (sheets - 1), 1]))
        primes = [int(prime) for prime, _ in order.factor() if 2 < prime <= LARGEST_PRIME] if abs(order) > 1 else []
        found += [Cover(entries_needed(generators, sheets, prime), sheets, prime) for prime in primes]
    return sorted(found)


class _Search:
    """The search for characters that are not norms in one cover, with what it has spent."""

    def __init__(self, diagram: Diagram, cover: Cover, limit: int) -> None:
        self.diagram, self.cover, self.limit = diagram, cover, limit
        self.spent = self.polynomials = 0

    def proofs(self) -> list[Proof] | None:
        """Characters with proofs in every invariant subspace of half the dimension, or None."""
        if self.cover.work > self.limit:
            return None
        parts = isotypic_parts(characters(self.diagram, self.cover.sheets, self.cover.prime))
        whole = sum(part.dimension for part in parts)
        hope, found = whole, []  # hope: how much the dimension of N can be less than the whole, if all goes well from here
        for part in parts:
            proofs = self._of_part(part, hope - whole // 2 - 1)
            found += proofs
            hope -= 0 if len(proofs) == part.submodules else part.dimension - part.degree * len(proofs)
            if 2 * hope <= whole:
                return None
        return found

    def _of_part(self, part: Isotypic, spare: int) -> list[Proof]:
        """Proofs for all irreducible submodules, or else for one, or for none where more than ``spare`` would be lost with the part."""
        found: list[Proof] = []
        losses = 0
        for generator in part.generators() if part.submodules <= self.limit // self.cover.work else ():
            proof = self._of_submodule(part, generator)
            found += [proof] if proof else []
            losses += proof is None
            if losses and (found or part.dimension - part.degree > spare):
                return found[:1]
        return found

    def _of_submodule(self, part: Isotypic, generator: Character) -> Proof | None:
        for chi in part.others(generator):
            if self.spent + self.cover.work > self.limit:
                return None
            self.spent += self.cover.work
            self.polynomials += 1
            root = odd_root(twisted_alexander_polynomial(self.diagram, chi), least=len(self.diagram.crossings))
            if root is not None:
                return chi, root
        return None


def _certificate(diagram: Diagram, cover: Cover, proofs: list[Proof]) -> Certificate:
    claim = {"kind": "not slice", "category": "topological", "diagram": [list(crossing) for crossing in diagram.crossings]}
    entries = [{"values": [list(row) for row in chi.values], "modulus": root.modulus, "place": root.place} for chi, root in proofs]
    witness = {"sheets": cover.sheets, "prime": cover.prime, "characters": entries}
    return Certificate(claim, "1", witness, "twisted-alexander@1")
