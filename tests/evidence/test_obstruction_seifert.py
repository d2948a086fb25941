"""not-slice-seifert@1 and not-unknot-seifert@1 against KnotInfo's table, which others computed, and with the checker spoiled.

`wrong_verdicts` puts true and false certificates made of the table alone to a checker and lists the verdicts that are wrong.  The checker
makes none; every spoiled one does.
"""

import json
import math
import random
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from mutations import mutations
from planar_walks import connected_sum, loaded, mirrored

from certifield.evidence import Certificate, Obstructed, checker_path
from certifield.topology import Diagram
from certifield.topology.obstructions import slice_obstruction
from certifield.topology.obstructions._circle import form_at

SOURCE = checker_path("not-slice-seifert@1").read_text()
CHECKER = loaded(SOURCE)
UNKNOT = {
    "name": "0_1",
    "pd": [[0, 1, 1, 0]],
    "signature": 0,
    "determinant": 1,
    "arf": 0,
    "alexander": [1],
    "signature_jumps": [],
    "slice": True,
}
SAMPLE = [UNKNOT, *json.loads((Path(__file__).parents[1] / "topology" / "knotinfo_sample.json").read_text(encoding="utf-8"))]
TREFOIL = [[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 2]]
HOPF = [[4, 1, 3, 2], [2, 3, 1, 4]]
POINTS = [Fraction(0), Fraction(1, 5), Fraction(1, 2), Fraction(1), Fraction(17, 8), Fraction(5)]


def not_slice(code):
    return {"kind": "not slice", "category": "topological", "diagram": code}


def knotted(code):
    return {"kind": "not the unknot", "diagram": code}


def accepts(module, claim, value, witness):
    return module.check(claim, str(value), witness)[0]


def is_square(number):
    return math.isqrt(number) ** 2 == number


def table_signature(knot, cotangent):
    """The value of the signature function at a point by KnotInfo's jumps; None where their digits do not tell on which side it lies."""
    if cotangent == 0:
        return knot["signature"]
    place = 2 * math.atan2(1, cotangent) / math.pi
    if any(abs(jump - place) < 1e-6 for jump, _, _ in knot["signature_jumps"]):
        return None
    return next((after for jump, _, after in reversed(knot["signature_jumps"]) if jump < place), 0)


def exponent(polynomial, divisor, prime):
    """The exponent of a monic divisor in a polynomial modulo a prime, both by decreasing powers, with long division."""
    found = 0
    while True:
        rest = [entry % prime for entry in polynomial]
        quotient = []
        while len(rest) >= len(divisor):
            quotient.append(rest[0])
            rest = [(entry - rest[0] * (divisor[k] if k < len(divisor) else 0)) % prime for k, entry in enumerate(rest)][1:]
        if any(rest) or not quotient:
            return found
        polynomial, found = quotient, found + 1


def least_place(polynomial, primes=(3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47)):
    """The least prime and trace that forbid f(t) f(1/t), and the odd exponent, by trying all; None if no prime of the list does."""
    for prime in primes:
        squares = {k * k % prime for k in range(prime)}
        for trace in range(prime):
            found = exponent(polynomial, [1, -trace, 1], prime) if (trace * trace - 4) % prime not in squares else 0
            if found % 2:
                return prime, trace, found
    return None


@cache
def claims_of(name):
    """Claims about one knot made of the table alone: (whether they are true, claim, value, witness)."""
    return tuple(_claims(next(knot for knot in SAMPLE if knot["name"] == name)))


def _claims(knot):
    code, det, arf, delta = knot["pd"], knot["determinant"], knot["arf"], knot["alexander"]
    delta = delta if sum(delta) == 1 else [-entry for entry in delta]
    diagram = Diagram.from_pd(code)
    for claim in (not_slice(code), knotted(code)):
        rules_out = not is_square(det) if claim["kind"] == "not slice" else det != 1
        yield rules_out, claim, det, {"test": "determinant"}
        yield False, claim, det + 2, {"test": "determinant"}
        yield bool(arf), claim, 1, {"test": "arf"}
        yield False, claim, 0, {"test": "arf"}
        for point in POINTS:
            expected = table_signature(knot, point)
            form = form_at(diagram, point)
            if expected is not None:
                yield bool(expected), claim, expected, {"test": "signature", **form.witness()}
                yield False, claim, expected + 2, {"test": "signature", **form.witness()}
                yield False, claim, expected or 2, {"test": "signature", **form.witness(), "determinant": str(form.determinant + 1)}
    yield len(delta) > 1, knotted(code), len(delta) - 1, {"test": "alexander", "coefficients": delta}
    yield False, knotted(code), len(delta) - 1, {"test": "alexander", "coefficients": [-entry for entry in delta]}
    yield False, knotted(code), len(delta), {"test": "alexander", "coefficients": [*delta, 1]}
    prime, trace, odd = least_place(delta) or (3, 0, 1)
    yield least_place(delta) is not None, not_slice(code), odd, {"test": "fox-milnor", "prime": prime, "trace": trace}
    for a in range(5):
        yield (5, a, odd) == (prime, trace, odd), not_slice(code), odd, {"test": "fox-milnor", "prime": 5, "trace": a}


def wrong_verdicts(module, knots, test=None):
    """Names of knots and tests with a wrong verdict, among all tests or one."""
    found = []
    for knot in knots:
        for true, claim, value, witness in claims_of(knot["name"]):
            if test not in (None, witness["test"]):
                continue
            try:
                answer = accepts(module, claim, value, witness)
            except Exception:
                answer = None
            if answer is not true:
                found.append((knot["name"], witness["test"], true))
    return found


def test_true_claims_of_the_table_are_accepted_and_false_ones_refused():
    assert wrong_verdicts(CHECKER, SAMPLE[:36] + SAMPLE[36::12]) == []


def test_no_slice_knot_is_obstructed():
    slices = [knot for knot in SAMPLE if knot["slice"]]
    assert len(slices) > 10
    assert not [name for knot in slices for true, claim, *_, name in claims_of(knot["name"]) if true and claim["kind"] == "not slice"]


SABOTAGE = [
    ("isqrt(determinant) ** 2 != determinant", "True", "determinant"),
    ('_require(determinant != 1, "the determinant is 1")', "", "determinant"),
    ("% 8 not in (1, 7)", "% 8 not in (1, 3)", "arf"),
    ('_require(positive != negative, "the signature is 0")', "", "signature"),
    ("return positive - negative", "return negative - positive", "signature"),
    ('_require(witness["determinant"] == _text(determinant)', "_require(True", "signature"),
    ("upper + [[-entry for entry in two] + one", "upper + [[entry for entry in two] + one", "signature"),
    ("(pivot > 0) == (previous > 0)", "pivot > 0", "signature"),
    ("(l, b, -1), (t, r, -1)", "(l, b, 1), (t, r, 1)", "determinant"),
    ("if sign > 0 else (b, t)", "if sign > 0 else (t, b)", "alexander"),
    ("(t, t, -sign)", "(t, t, sign)", "signature"),
    ("(3 if sign > 0 else 0)", "(0 if sign > 0 else 3)", "signature"),
    ("== p - 1 else 0", ">= 0 else 0", "fox-milnor"),
    ("if exponent % 2:", "if exponent:", "fox-milnor"),
    ("_require((p, a) == (prime, trace)", "_require(True", "fox-milnor"),
    ("entry + trace * quotient[-1] - quotient[-2]", "entry + trace * quotient[-1] + quotient[-2]", "fox-milnor"),
    ("        digits.append(digit)", "        digits.append(abs(digit))", "alexander"),
]


@pytest.mark.parametrize(("true", "spoiled", "test"), SABOTAGE)
def test_a_spoiled_checker_is_seen(true, spoiled, test):
    """Sabotage twins."""
    assert SOURCE.count(true) == 1
    assert wrong_verdicts(loaded(SOURCE.replace(true, spoiled)), SAMPLE[:36], test)


def wrong_inertias(module):
    """How many of 200 forms P D P^T, P unimodular and D made of 1, -1, 0 and hyperbolic planes, get a wrong inertia or determinant."""
    rng, wrong = random.Random(5), 0
    for _ in range(200):
        ones, minus, zeros, planes = (rng.randrange(3) for _ in range(4))
        blocks = [[[1]]] * ones + [[[-1]]] * minus + [[[0]]] * zeros + [[[0, 1], [1, 0]]] * planes
        form = [[0] * sum(map(len, blocks)) for _ in range(sum(map(len, blocks)))]
        start = 0
        for block in blocks:
            for i, row in enumerate(block):
                form[start + i][start : start + len(block)] = row
            start += len(block)
        for _ in range(rng.randrange(6) if len(form) > 1 else 0):
            i, j = rng.sample(range(len(form)), 2)
            factor = rng.randrange(-2, 3)
            form[i] = [here + factor * there for here, there in zip(form[i], form[j], strict=True)]
            for row in form:
                row[i] += factor * row[j]
        determinant = 0 if zeros else (-1) ** (minus + planes)
        try:
            wrong += module._plain_determinant([list(row) for row in form]) != determinant
            wrong += module._inertia(form) != (ones + planes, zeros, minus + planes, determinant)
        except ZeroDivisionError:
            wrong += 1
    return wrong


def test_inertia():
    assert wrong_inertias(CHECKER) == 0


@pytest.mark.parametrize(
    ("true", "spoiled"),
    [
        ("sign if place == 0 else -sign", "sign"),
        ("row[i] += row[j]", "row[i] -= row[j]"),
        ("(pivot > 0) == (previous > 0)", "pivot > 0"),
        ("return positive, len(rows), negative, 0", "return positive, 1, negative, 0"),
        ("return positive, len(rows), negative, 0", "return positive, len(rows), negative, previous"),
        ("row[0], row[place] = row[place], row[0]", "pass"),
    ],
)
def test_a_spoiled_inertia_is_seen(true, spoiled):
    """Sabotage twins."""
    assert SOURCE.count(true) == 1 and wrong_inertias(loaded(SOURCE.replace(true, spoiled)))


def test_products_with_their_reciprocals_pass_the_condition_of_fox_and_milnor():
    """f(t) f(1/t) has even exponents only, at every prime; with a symmetric factor more it has not."""
    rng, seen = random.Random(3), 0
    for _ in range(40):
        half = [rng.randrange(-9, 10) for _ in range(rng.randrange(2, 6))]
        norm = product(half, half[::-1])
        spoiled = product(norm, [1, -3, 1])
        for prime in (3, 5, 7, 11, 13):
            for trace in range(prime):
                if pow(trace * trace - 4, prime // 2, prime) == prime - 1 and any(entry % prime for entry in norm):
                    assert CHECKER._exponent(norm, trace, prime) % 2 == 0
                    seen += CHECKER._exponent(spoiled, trace, prime) % 2
    assert seen > 20


def product(one, two):
    found = [0] * (len(one) + len(two) - 1)
    for i, x in enumerate(one):
        for j, y in enumerate(two):
            found[i + j] += x * y
    return found


# Links -------------------------------------------------------------------------------------------------------------------------


def test_links():
    """Hopf: linking number 1; Whitehead: signature 1 for one of the two, nullity 0 instead of 1; the unlink passes."""
    whitehead = [list(row) for row in Diagram.from_braid([1, -2, 1, -2, -2]).pd()]
    unlink = [[0, 1, 1, 0], [2, 3, 3, 2]]
    linked = {"test": "linking number", "darts": [0, 1]}
    assert accepts(CHECKER, not_slice(HOPF), 1, linked) or accepts(CHECKER, not_slice(HOPF), -1, linked)
    assert accepts(CHECKER, not_slice(HOPF), 0, {"test": "nullity"})
    form = form_at(Diagram.from_braid([1, -2, 1, -2, -2]))
    assert accepts(CHECKER, not_slice(whitehead), form.signature, {"test": "signature", **form.witness()}) and form.signature
    assert accepts(CHECKER, not_slice(whitehead), 0, {"test": "nullity"})
    assert not accepts(CHECKER, not_slice(whitehead), 0, linked | {"darts": [0, 1]})
    for value, witness in ((1, {"test": "nullity"}), (0, {"test": "nullity"}), (0, linked), (1, linked), (1, {"test": "arf"})):
        assert not accepts(CHECKER, not_slice(unlink), value, witness)
    assert CHECKER.check(knotted(HOPF), "2", {"test": "determinant"})[1] == "claim.diagram has more than one component"


# Mutations ---------------------------------------------------------------------------------------------------------------------


def certificates():
    code = next(knot["pd"] for knot in SAMPLE if knot["name"] == "7_4")
    form = form_at(Diagram.from_pd(code), Fraction(1, 2))
    yield Certificate(not_slice(TREFOIL), "1", {"test": "arf"}, "not-slice-seifert@1")
    yield Certificate(not_slice(TREFOIL), "3", {"test": "determinant"}, "not-slice-seifert@1")
    yield Certificate(not_slice(code), str(form.signature), {"test": "signature", **form.witness()}, "not-slice-seifert@1")
    yield Certificate(not_slice(TREFOIL), "1", {"test": "fox-milnor", "prime": 5, "trace": 1}, "not-slice-seifert@1")
    yield Certificate(not_slice(HOPF), "0", {"test": "nullity"}, "not-slice-seifert@1")
    yield Certificate(not_slice(HOPF), str(linking(HOPF)), {"test": "linking number", "darts": [0, 1]}, "not-slice-seifert@1")
    yield Certificate(knotted(TREFOIL), "2", {"test": "alexander", "coefficients": [1, -1, 1]}, "not-unknot-seifert@1")


def linking(code):
    return Diagram.from_pd(code).linking_matrix()[0][1]


def test_every_single_change_is_refused():
    """What is changed in the diagram to another diagram, in the value or in the witness."""
    refused = 0
    for certificate in certificates():
        document = certificate.document()
        assert certificate.replay().accepted, (document, certificate.replay().reason)
        for field in ("claim", "value", "witness"):
            for mutated in mutations(document[field]):
                changed = document | {field: mutated}
                answer, reason, _ = CHECKER.check(changed["claim"], changed["value"], changed["witness"])
                assert not answer and reason, changed
                refused += 1
    assert refused > 1500


def test_the_mirror_image_and_another_knot_are_refused():
    form = form_at(Diagram.from_pd(TREFOIL))
    witness = {"test": "signature", **form.witness()}
    eight = next(knot["pd"] for knot in SAMPLE if knot["name"] == "4_1")
    assert accepts(CHECKER, not_slice(TREFOIL), -2, witness)
    assert not accepts(CHECKER, not_slice(mirrored_as_oriented(TREFOIL)), -2, witness)
    assert not accepts(CHECKER, not_slice(eight), -2, witness)
    square, granny = connected_sum(TREFOIL, mirrored(TREFOIL)), connected_sum(TREFOIL, TREFOIL)
    assert accepts(CHECKER, not_slice(granny), -4, {"test": "signature", "cotangent": "0", "determinant": "9"})
    for value, witness in ((-4, {"test": "signature", "cotangent": "0", "determinant": "9"}), (9, {"test": "determinant"})):
        assert not accepts(CHECKER, not_slice(square), value, witness)


def mirrored_as_oriented(code):
    """The mirror image in space, as a code that begins with incoming lower ends."""
    return [list(row) for row in Diagram.from_pd(code).mirror().pd()]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ([[1, 4, 2, 5], [5, 2, 6, 3], [6, 3, 1, 4]], "plane"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 6]], "occurs"),
        ([[2, 4, 1, 5], [3, 1, 4, 6], [5, 3, 6, 2]], "incoming lower end"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6]], "quadruples"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 2.0]], "integers"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, True]], "integers"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 10**5000]], "integers"),
        ("[]", "quadruples"), ([None], "quadruples"), (None, "quadruples"), ([], "determinant is"),
    ],
)  # fmt: skip
def test_what_is_no_diagram(code, reason):
    for claim in (not_slice(code), knotted(code)):
        accepted, why, _ = CHECKER.check(claim, "3", {"test": "determinant"})
        assert not accepted and reason in why, why


@pytest.mark.parametrize(
    "witness",
    [
        None, [], {}, {"test": []}, {"test": "genus"}, {"test": "arf", "more": 1}, {"test": "fox-milnor", "prime": 4, "trace": 1},
        {"test": "fox-milnor", "prime": 2, "trace": 1}, {"test": "fox-milnor", "prime": 10**5000, "trace": 1},
        {"test": "fox-milnor", "prime": 5, "trace": 6}, {"test": "fox-milnor", "prime": 5, "trace": None},
        {"test": "signature", "cotangent": "1e9", "determinant": "1"}, {"test": "signature", "cotangent": "2/4", "determinant": "1"},
        {"test": "signature", "cotangent": "-1/2", "determinant": "1"}, {"test": "signature", "cotangent": "1/0", "determinant": "1"},
        {"test": "signature", "cotangent": 0, "determinant": "1"}, {"test": "signature", "cotangent": "9" * 3999, "determinant": "1"},
        {"test": "linking number", "darts": [0, 0]}, {"test": "linking number", "darts": [0, 99]},
        {"test": "linking number", "darts": "01"},
        {"test": "alexander", "coefficients": [1, -1, True]}, {"test": "alexander", "coefficients": "1"},
    ],
)  # fmt: skip
def test_malformed_witnesses_are_refused(witness):
    for claim in (not_slice(TREFOIL), knotted(TREFOIL)):
        accepted, reason, _ = CHECKER.check(claim, "1", witness)
        assert not accepted and reason


def test_the_program_serves_both_names(tmp_path, capsys):
    for certificate in certificates():
        wrong, other = certificate.document() | {"value": "7/3"}, certificate.document() | {"checker": "other@1"}
        for text, status in ((certificate.canonical(), 0), (json.dumps(wrong), 1), (json.dumps(other), 2)):
            (tmp_path / "file.json").write_text(text)
            assert CHECKER.main([str(tmp_path / "file.json")]) == status
            assert json.loads(capsys.readouterr().out)["accepted"] is (status == 0)


# Limits ------------------------------------------------------------------------------------------------------------------------


def test_work_that_would_take_minutes_is_refused_at_once():
    """By digits of the point, by rows of the matrix with the bits of its entries, and by crossings."""
    rng = random.Random(0)
    while (wide := Diagram.from_braid([rng.choice((-1, 1)) * rng.choice((1, 2, 3)) for _ in range(301)])).components != 1:
        pass
    code = [list(crossing) for crossing in wide.crossings]
    for witness, reason in (
        ({"test": "signature", "cotangent": f"1/{10**30}", "determinant": "1"}, "30 digits"),
        ({"test": "signature", "cotangent": f"{10**28 + 3}/{10**29}", "determinant": "1"}, "too large for the elimination"),
        ({"test": "fox-milnor", "prime": 5, "trace": 1}, "too large for the elimination"),
    ):
        accepted, why, _ = CHECKER.check(not_slice(code), "1", witness)
        assert not accepted and reason in why
    long = [list(crossing) for crossing in Diagram.from_braid([1] * 2001).crossings]
    assert "more than 2000 crossings" in CHECKER.check(not_slice(long), "1", {"test": "arf"})[1]


def test_the_library_makes_no_certificate_that_the_checker_gives_up():
    """303 crossings whose determinant is a square: what the checker would not go through is not offered."""
    knot = trefoil = Diagram.from_braid([1, 1, 1])
    for _ in range(100):
        knot = knot.connected_sum(trefoil)
    answer = slice_obstruction(knot.connected_sum(trefoil.mirror()))
    assert isinstance(answer, Obstructed) and answer.certificate.replay().accepted


def test_reasons_can_be_printed():
    """A lone surrogate of a damaged file."""
    broken = Certificate(
        not_slice([list(c) for c in Diagram.from_braid([1, 1, 1]).crossings]), "1", {"test": "\ud800"}, "not-slice-seifert@1"
    )
    for isolated in (False, True):
        assert broken.replay(isolated=isolated).reason.encode()
