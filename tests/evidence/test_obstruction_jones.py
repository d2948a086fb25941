"""not-unknot-jones@1 against KnotInfo's table and the bracket of another program, and with the checker spoiled."""

import json
from pathlib import Path

import pytest
from bracket import DELTA, INVERSE, PRIME, A, jones
from mutations import mutations
from planar_walks import loaded

from certifield.evidence import Certificate, checker_path
from certifield.topology import Diagram

SOURCE = checker_path("not-unknot-jones@1").read_text()
CHECKER = loaded(SOURCE)
SAMPLE = json.loads((Path(__file__).parents[1] / "topology" / "knotinfo_sample.json").read_text(encoding="utf-8"))
TREFOIL = [[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 2]]
KINKS = [[], [[0, 1, 1, 0]], [[0, 0, 1, 1]], [list(row) for row in Diagram.from_braid([1, 2, -3]).pd()]]


def knotted(code):
    return {"kind": "not the unknot", "diagram": code}


def certificate(knot):
    lowest, coefficients = knot["jones"]
    witness = {"lowest": lowest, "coefficients": coefficients}
    return Certificate(knotted(knot["pd"]), str(len(coefficients) - 1), witness, "not-unknot-jones@1")


def wrong_verdicts(module, knots):
    """Names of knots whose polynomial in the table is refused, or accepted of the mirror image or shifted, and unknots that are knotted."""
    found = []
    for knot in knots:
        document = certificate(knot).document()
        mirror = [list(row) for row in Diagram.from_pd(knot["pd"]).mirror().pd()]
        lowest, coefficients = knot["jones"]
        amphicheiral = coefficients == coefficients[::-1] and lowest == -(lowest + len(coefficients) - 1)
        shifted = {"lowest": lowest + 1, "coefficients": coefficients}
        for code, witness, expected in (
            (knot["pd"], document["witness"], True),
            (mirror, document["witness"], amphicheiral),
            (knot["pd"], shifted, False),
        ):
            if accepted(module, code, document["value"], witness) is not expected:
                found.append(knot["name"])
    for code in KINKS:
        if accepted(module, code, "0", {"lowest": 0, "coefficients": [1]}) or own(module, code) != (0, [1]):
            found.append("unknot")
    return found


def accepted(module, code, value, witness):
    try:
        return module.check(knotted(code), value, witness)[0]
    except Exception:
        return None


def own(module, code):
    try:
        return module._jones(module._claimed(knotted(code)))
    except Exception:
        return None


def test_polynomials_of_the_table():
    assert wrong_verdicts(CHECKER, SAMPLE[:36] + SAMPLE[36::6]) == []


def test_the_bracket_of_another_program(knots=SAMPLE[::9]):
    """The value at one element of a finite field, by a contraction in the order of the code."""
    t = pow(A, -4, PRIME)
    for knot in knots:
        across = CHECKER._claimed(knotted(knot["pd"]))
        lowest, coefficients = CHECKER._jones(across)
        entered = CHECKER._entered(across)
        writhe = sum(1 if dart + 3 in entered else -1 for dart in range(0, len(across), 4))
        value = sum(entry * pow(t, lowest + place, PRIME) for place, entry in enumerate(coefficients)) % PRIME
        assert value * DELTA % PRIME == jones([tuple(row) for row in knot["pd"]], writhe)
    assert A * INVERSE % PRIME == 1


@pytest.mark.parametrize(
    ("true", "spoiled"),
    [
        ("(((a, b), (c, d)), 1), (((a, d), (b, c)), -1)", "(((a, b), (c, d)), -1), (((a, d), (b, c)), 1)"),
        ("product[power + 2] = product.get(power + 2, 0) - entry", "product[power + 2] = product.get(power + 2, 0) + entry"),
        ("power - 3 * writhe", "power + 3 * writhe"),
        ("-1 if writhe % 2 else 1", "1"),
        ("if one == other or partner.get(one) == other:", "if partner.get(one) == other:"),
        ("circles += 1\n", "circles += 0\n"),
        ("- quotient.get(power + 4, 0)", "+ quotient.get(power + 4, 0)"),
        ("1 if dart + 3 in entered else -1", "-1 if dart + 3 in entered else 1"),
        ('_require(len(coefficients) > 1, "the Jones polynomial is 1")', ""),
        ("(witness[\"lowest\"], given) == (lowest, coefficients)", "given == coefficients"),
    ],
)  # fmt: skip
def test_a_spoiled_checker_is_seen(true, spoiled):
    """Sabotage twins."""
    assert SOURCE.count(true) == 1
    assert wrong_verdicts(loaded(SOURCE.replace(true, spoiled)), SAMPLE[:12])


def test_every_single_change_is_refused():
    refused = 0
    for knot in SAMPLE[:4]:
        document = certificate(knot).document()
        assert certificate(knot).replay().accepted
        for field in ("claim", "value", "witness"):
            for mutated in mutations(document[field]):
                changed = document | {field: mutated}
                answer, reason, _ = CHECKER.check(changed["claim"], changed["value"], changed["witness"])
                assert not answer and reason, changed
                refused += 1
    assert refused > 1000


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ([[1, 4, 2, 5], [5, 2, 6, 3], [6, 3, 1, 4]], "plane"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 6]], "occurs"),
        ([[4, 1, 3, 2], [2, 3, 1, 4]], "more than one component"),
        ([[0, 1, 1, 0], [2, 3, 3, 2]], "more than one component"),
        ([[2, 4, 1, 5], [3, 1, 4, 6], [5, 3, 6, 2]], "incoming lower end"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 10**5000]], "integers"),
        ("[]", "quadruples"), ([None], "quadruples"), (None, "quadruples"),
    ],
)  # fmt: skip
def test_what_is_no_diagram_of_a_knot(code, reason):
    accepted, why, _ = CHECKER.check(knotted(code), "3", {"lowest": 1, "coefficients": [1, 0, 1, -1]})
    assert not accepted and reason in why, why


@pytest.mark.parametrize(
    "witness",
    [
        None, [], {}, {"lowest": 1}, {"lowest": 1, "coefficients": "1"}, {"lowest": 10**5000, "coefficients": [1]},
        {"lowest": 1, "coefficients": []},
    ],
)  # fmt: skip
def test_malformed_witnesses_are_refused(witness):
    accepted, reason, _ = CHECKER.check(knotted(TREFOIL), "3", witness)
    assert not accepted and reason


def test_a_diagram_too_wide_is_refused_and_not_waited_for():
    """With a limit of a hundred terms."""
    small = loaded(SOURCE.replace("MOST_TERMS = 20_000_000", "MOST_TERMS = 100"))
    document = certificate(SAMPLE[40]).document()
    accepted, reason, _ = small.check(document["claim"], document["value"], document["witness"])
    assert not accepted and reason.startswith("more than 100 terms")


def test_the_program(tmp_path, capsys):
    good = certificate(SAMPLE[5])
    wrong, other = good.document() | {"value": "7/3"}, good.document() | {"checker": "other@1"}
    for text, status in ((good.canonical(), 0), (json.dumps(wrong), 1), (json.dumps(other), 2)):
        (tmp_path / "file.json").write_text(text)
        assert CHECKER.main([str(tmp_path / "file.json")]) == status
        assert json.loads(capsys.readouterr().out)["accepted"] is (status == 0)
