"""twisted-alexander@1: its polynomial against python-flint's, and no false proof passes.

The checker works modulo one prime and never sees a number field; the producer computes over the cyclotomic integers and reduces.
"""

import importlib.util
import json
import random
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from mutations import mutations

from certifield.evidence import Certificate, Obstructed, checker_path
from certifield.topology import Diagram
from certifield.topology.twisted import characters, twisted_alexander_polynomial, twisted_obstruction
from certifield.topology.twisted._norms import residue_field, root_of_unity

pytestmark = pytest.mark.knots
PATH = checker_path("twisted-alexander@1")
KNOTS = Path(__file__).parents[1] / "topology" / "twisted" / "knots.json"


def loaded(*changes: tuple[str, str]) -> ModuleType:
    """The checker, with pieces of its source replaced."""
    source = PATH.read_text(encoding="utf-8")
    for old, new in changes:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    specification = importlib.util.spec_from_loader("twisted_checker", loader=None)
    assert specification is not None
    module = importlib.util.module_from_spec(specification)
    exec(compile(source, str(PATH), "exec"), module.__dict__)  # the source is our own file
    return module


CHECKER = loaded()


@pytest.fixture(scope="module")
def codes() -> dict[str, list]:
    return {row["name"]: row["pd"] for row in json.loads(KNOTS.read_text(encoding="utf-8"))}


@pytest.fixture(scope="module")
def proofs(codes) -> dict[str, Certificate]:
    """One character in all; one for each of two eigenspaces; four lines of a plane; an irreducible plane."""
    found = {}
    for name in ("12n_841", "12n_210", "12n_813", "12a_169"):
        answer = twisted_obstruction(Diagram.from_pd(codes[name]))
        assert isinstance(answer, Obstructed)
        found[name] = answer.certificate
    return found


def asked(certificate: Certificate, checker: ModuleType = CHECKER, **changes: object) -> tuple[bool, str, int]:
    document = certificate.document() | changes
    return checker.check(document["claim"], document["value"], document["witness"])


def test_proofs_are_accepted(proofs):
    assert {name: len(proof.document()["witness"]["characters"]) for name, proof in proofs.items()} == {
        "12n_841": 1,
        "12n_210": 2,
        "12n_813": 4,
        "12a_169": 1,
    }
    for proof in proofs.values():
        verdict = proof.replay(isolated=True)
        assert verdict.accepted and verdict.steps == len(proof.document()["witness"]["characters"]), verdict.reason
    assert proofs["12n_841"].demote().value == 1


def test_the_group_does_not_depend_on_labels(proofs, codes):
    """KnotInfo's labels start from 1, and any increasing ones will do."""
    for name, proof in proofs.items():
        claim = proof.document()["claim"]
        for labels in (codes[name], [[7 * label + 3 for label in row] for row in codes[name]]):
            assert asked(proof, claim=claim | {"diagram": labels})[0]


# The polynomial of the checker -------------------------------------------------------------------------------------------------


def reduced(polynomial, modulus):
    """A polynomial over the cyclotomic integers in the field of modulus^2 elements, as pairs, by python-flint."""
    _, s = residue_field(modulus)
    z = root_of_unity(polynomial.prime, modulus, s)
    images = [sum((number * z**j for j, number in enumerate(entry)), 0 * z) for entry in polynomial.coefficients]
    return [tuple(int(number) for number in (*image.to_list(), 0, 0)[:2]) for image in images]


def monic(polynomial, field):
    """Without factors t, and with leading coefficient 1."""
    while polynomial and polynomial[-1] == (0, 0):
        polynomial = polynomial[:-1]
    while polynomial and polynomial[0] == (0, 0):
        polynomial = polynomial[1:]
    return [field.times(entry, field.inverse(polynomial[-1])) for entry in polynomial]


@pytest.mark.parametrize(("name", "sheets", "prime", "modulus"), [("12n_31", 3, 7, 41), ("12n_813", 2, 3, 17), ("12a_169", 4, 3, 23)])
def test_both_routes_lead_to_the_same_polynomial(codes, name, sheets, prime, modulus):
    diagram = Diagram.from_pd(codes[name])
    relations = CHECKER._group({"kind": "not slice", "category": "topological", "diagram": codes[name]})
    field = CHECKER._Field(modulus)
    z = next(root for k in range(modulus) if (root := field.power((k, 1), (modulus**2 - 1) // prime)) != (1, 0))
    powers = [field.power(z, j) for j in range(prime)]
    for chi in characters(diagram, sheets, prime):
        ours = CHECKER._polynomial([list(row) for row in chi.values], relations, sheets, field, powers)
        divided, carry = [], (0, 0)
        for entry in reversed(ours):  # by t - 1, which the order of H_1 lacks
            carry = field.plus(carry, entry)
            divided.append(carry)
        assert divided[-1] == (0, 0)
        expected = monic(reduced(twisted_alexander_polynomial(diagram, chi), modulus), field)
        assert monic(divided[-2::-1], field) == expected and len(expected) > 1
        other = [powers[2 * j % prime] for j in range(prime)]  # sabotage twin: another z
        changed = CHECKER._polynomial([list(row) for row in chi.values], relations, sheets, field, other)
        assert prime == 3 or monic(changed, field) != monic(ours, field)


# Refusals ----------------------------------------------------------------------------------------------------------------------


def test_every_single_change_is_refused(proofs):
    """Another witness may hold another valid proof, but no single change leads from these to one."""
    refused = 0
    for name in ("12n_841", "12n_210"):
        document = proofs[name].document()
        changes = [("value", mutated) for mutated in mutations(document["value"])]
        changes += [("claim", mutated) for mutated in some_claims(document["claim"])]
        changes += [("witness", mutated) for mutated in some_witnesses(document["witness"])]
        for field, mutated in changes:
            accepted, reason, _ = asked(proofs[name], **{field: mutated})
            assert not accepted and reason, (name, field, mutated)
            refused += 1
    assert refused > 950


def some_claims(claim):
    """Mutations of the fields, and of two crossings of the diagram."""
    rows = claim["diagram"]
    for number in (0, 5):
        yield from (claim | {"diagram": [*rows[:number], mutated, *rows[number + 1 :]]} for mutated in mutations(rows[number]))
    yield from mutations({name: entry for name, entry in claim.items() if name != "diagram"})
    yield from (claim | {"diagram": other} for other in (rows[1:], [*rows, rows[0]], rows[:1], None, {}))


def some_witnesses(witness):
    """Mutations of everything but most rows of the values."""
    yield from mutations({name: entry for name, entry in witness.items() if name != "characters"})
    *others, last = witness["characters"]
    values = last["values"]
    for mutated in mutations({"modulus": last["modulus"], "place": last["place"]}):
        yield witness | {"characters": [*others, mutated | {"values": values} if isinstance(mutated, dict) else mutated]}
    for number in (0, 1, 7):
        for row in mutations(values[number]):
            yield witness | {"characters": [*others, last | {"values": [*values[:number], row, *values[number + 1 :]]}]}


def test_proofs_of_other_knots_are_refused(proofs, codes):
    for name, code in codes.items():
        for proof in proofs.values():
            claim = {"kind": "not slice", "category": "topological", "diagram": code}
            assert asked(proof, claim=claim)[0] is (proof is proofs.get(name))


def with_characters(proof: Certificate, characters: list) -> dict:
    witness: Any = proof.document()["witness"]
    return witness | {"characters": characters}


def test_a_metabolizer_must_have_no_room(proofs):
    """One of two eigenspaces, or three of four lines, leave room for one."""
    two, four = (proofs[name].document()["witness"]["characters"] for name in ("12n_210", "12n_813"))
    for kept in two:
        assert asked(proofs["12n_210"], witness=with_characters(proofs["12n_210"], [kept]))[1].startswith("a metabolizer has room: 1 of 2")
    assert asked(proofs["12n_813"], witness=with_characters(proofs["12n_813"], four[:1]))[1].startswith("a metabolizer has room: 1 of 2")
    assert asked(proofs["12n_813"], witness=with_characters(proofs["12n_813"], four[:3]))[1].startswith("3 submodules of 4")
    assert asked(proofs["12n_813"], witness=with_characters(proofs["12n_813"], []))[1].startswith("a metabolizer has room: 2 of 2")
    twice = with_characters(proofs["12n_210"], [two[0], two[0]])
    assert asked(proofs["12n_210"], witness=twice)[1] == "witness.characters[1]: its submodule has occurred before"


def test_a_sum_of_eigenvectors_generates_too_much(proofs):
    witness = proofs["12n_210"].document()["witness"]
    pairs = zip(*(entry["values"] for entry in witness["characters"]), strict=True)
    total = [[(a + b) % witness["prime"] for a, b in zip(*rows, strict=True)] for rows in pairs]
    mixed = with_characters(proofs["12n_210"], [witness["characters"][0] | {"values": total}])
    assert asked(proofs["12n_210"], witness=mixed)[1] == "witness.characters[0]: values do not generate an irreducible submodule"


def forged(codes, name, sheets, prime) -> list[Certificate]:
    """Would-be proofs for a slice knot: all places of the first moduli, for the first character."""
    (chi, *_) = characters(Diagram.from_pd(codes[name]), sheets, prime)
    claim = {"kind": "not slice", "category": "topological", "diagram": codes[name]}
    entries = [
        {"values": [list(row) for row in chi.values], "modulus": modulus, "place": place}
        for modulus in (17, 23, 29)
        for place in range(modulus)
    ]
    return [Certificate(claim, "1", {"sheets": sheets, "prime": prime, "characters": [entry]}, "twisted-alexander@1") for entry in entries]


ROOTS_ARE_NOT_COUNTED = ("odd = _multiplicity(polynomial, root, field) % 2 == 1", "odd = _multiplicity(polynomial, root, field) > 0")
ROOM_IS_NOT_MEASURED = ("_require(2 * room < len(space)", "_require(True")
ANY_TABLE_WILL_DO = ("_require(holds and any(map(any, c))", "_require(any(map(any, c))")


def test_slice_knots_cannot_be_obstructed_except_by_a_spoiled_checker(codes):
    """Sabotage twins.  10_42 has the norm (1 - 3t + t^2)^2 (t - 1); its double roots on the circle must be counted twice."""
    would_be = forged(codes, "10_42", 2, 3)
    spoiled = loaded(ROOTS_ARE_NOT_COUNTED)
    assert not any(asked(proof)[0] for proof in would_be) and sum(asked(proof, spoiled)[0] for proof in would_be) == 2
    others = forged(codes, "8_9", 2, 5)[:46] + forged(codes, "6_1", 2, 3)[:17] + forged(codes, "10_3", 2, 5)[:17]
    assert not any(asked(proof)[0] for proof in others)


def test_tables_that_are_no_characters_would_prove_anything(codes):
    """6_1 is slice; a random table with T = -1 has a polynomial with roots everywhere."""
    rng, spoiled = random.Random(3), loaded(ANY_TABLE_WILL_DO)
    claim, accepted = {"kind": "not slice", "category": "topological", "diagram": codes["6_1"]}, 0
    for place in range(17):
        table = [[0, 0], *([value, -value % 3] for value in rng.choices(range(3), k=5))]
        witness = {"sheets": 2, "prime": 3, "characters": [{"values": table, "modulus": 17, "place": place}]}
        accepted += spoiled.check(claim, "1", witness)[0]
        assert not CHECKER.check(claim, "1", witness)[0]
    assert accepted > 0


def test_one_eigenspace_would_be_enough_for_a_checker_that_leaves_room(proofs):
    half = with_characters(proofs["12n_210"], proofs["12n_210"].document()["witness"]["characters"][:1])
    assert asked(proofs["12n_210"], loaded(ROOM_IS_NOT_MEASURED), witness=half)[0] and not asked(proofs["12n_210"], witness=half)[0]


@pytest.mark.parametrize(
    ("diagram", "reason"),
    [
        ([], "too few crossings"),
        ([[1, 4, 2, 5], [5, 2, 6, 3], [6, 3, 1, 4]], "does not lie in the plane|incoming lower end"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 6]], "label 6 occurs 3 times|label 2 occurs 1 times"),
        ([[4, 1, 3, 2], [2, 3, 1, 4]], "more than one component"),  # the Hopf link
        ([[2, 4, 1, 5], [3, 1, 4, 6], [5, 3, 6, 2]], "incoming lower end"),  # a crossing turned by half
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6]], "quadruples"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 2.0]], "integers"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 10**9]], "integers|label"),
    ],
)
def test_diagrams_that_are_none_are_refused(proofs, diagram, reason):
    accepted, said, _ = asked(proofs["12n_841"], claim={"kind": "not slice", "category": "topological", "diagram": diagram})
    assert not accepted and re.search(reason, said), said


@pytest.mark.parametrize("sheets", [0, 1, 6, 12, 64, True, 2.0, "2", None, 10**30])
def test_covers_that_prove_nothing_are_refused(proofs, sheets):
    witness = proofs["12n_841"].document()["witness"]
    assert asked(proofs["12n_841"], witness=witness | {"sheets": sheets})[1].startswith("witness.sheets")


@pytest.mark.parametrize("prime", [0, 1, 2, 9, 15, 10**5 + 3, True, 3.0, None, -3, 10**30])
def test_primes_that_prove_nothing_are_refused(proofs, prime):
    witness = proofs["12n_841"].document()["witness"]
    assert asked(proofs["12n_841"], witness=witness | {"prime": prime})[1].startswith("witness.prime")


def test_what_costs_little_to_refuse_comes_first(proofs):
    """One of two eigenspaces leaves room; no polynomial is computed, as the modulus 0 shows, which would be refused."""
    character, _ = proofs["12n_210"].document()["witness"]["characters"]
    accepted, reason, steps = asked(proofs["12n_210"], witness=with_characters(proofs["12n_210"], [character | {"modulus": 0}]))
    assert not accepted and "a metabolizer has room" in reason and steps == 0


def test_endless_work_is_refused(proofs):
    """Many characters of a large matrix, and a place that is far away."""
    (character,) = proofs["12n_841"].document()["witness"]["characters"]
    many = with_characters(proofs["12n_841"], [character] * 10**4)
    assert "too many" in asked(proofs["12n_841"], witness=many)[1]
    prime = 3 * 10**5 - 1
    while any(prime % divisor == 0 for divisor in range(2, 600)) or (prime + 1) % proofs["12n_841"].document()["witness"]["prime"]:
        prime -= 1
    far = with_characters(proofs["12n_841"], [character | {"modulus": prime, "place": prime - 1}])
    spoiled = loaded(("MOST_WORK = 3 * 10**7", "MOST_WORK = 10**6"))
    assert "the place is too far" in asked(proofs["12n_841"], spoiled, witness=far)[1]


def test_the_command_line(proofs, tmp_path, capsys):
    file = tmp_path / "proof.json"
    file.write_text(proofs["12n_841"].canonical(), encoding="utf-8")
    assert CHECKER.main([str(file)]) == 0 and json.loads(capsys.readouterr().out) == {"accepted": True, "reason": "", "steps": 1}
    file.write_text(proofs["12n_841"].canonical().replace("twisted-alexander@1", "ribbon@1"), encoding="utf-8")
    assert CHECKER.main([str(file)]) == 2 and "another checker" in capsys.readouterr().out
