"""TxGraffiti's statements are read, decided in fractions, and written; what floats let pass is refuted by a row."""

from fractions import Fraction

import pytest

from certifield.conjecture import Bound, Table, linear_bounds, read_statement, reverify, write_statement
from certifield.evidence import InputError

# As graph_data.csv of TxGraffiti 0.4.1 begins: truth values first, floats with all their digits.
CSV = """connected,tree,order,matching_number,independence_number,harmonic_index
True,True,8,3,5,3.3666666666666667
True,False,8,2,6,2.345238095238095
True,True,4,1,3,1.5
False,True,5,2,3,2.1666666666666665
"""


def test_a_statement_is_a_bound():
    (bound,) = read_statement(
        "<Conj ((connected) ∧ (tree)) → (independence_number >= (((-1 * matching_number) + (-3/2 + order)) + (1/4 * size)))>"
    )
    assert bound.target == "independence_number" and bound.relation == ">=" and bound.constant == Fraction(-3, 2)
    assert dict(bound.terms) == {"matching_number": -1, "order": 1, "size": Fraction(1, 4)} and bound.hypothesis == "connected ∧ tree"
    pair = read_statement("(connected) → (alpha == (order - beta))")
    assert [one.relation for one in pair] == ["<=", ">="] and dict(pair[0].terms) == {"order": 1, "beta": -1}
    assert read_statement("(connected) → (alpha <= 0.25)")[0].constant == Fraction(1, 4)
    assert read_statement("(TRUE) → (alpha <= (order / 2))")[0] == Bound("alpha", "<=", (("order", Fraction(1, 2)),))
    assert dict(read_statement("(tree) → (alpha <= ((-(order) + order) + (2 * beta)))")[0].terms) == {"beta": 2}


@pytest.mark.parametrize(
    "text",
    [
        "alpha <= beta",
        "(tree) → (alpha <= (order * size))",
        "(tree) → (alpha <= (1 / order))",
        "(tree) → (alpha <= sqrt(order))",
        "(tree) → (alpha < order)",
        "(tree) → (alpha <= (order / 0))",
        "(tree) → (alpha <= (order +))",
        "(tree or cubic) → (alpha <= order)",
    ],
)
def test_what_is_no_such_statement_is_refused(text):
    with pytest.raises(InputError):
        read_statement(text)


def test_statements_are_decided_in_fractions():
    table = Table.from_csv(CSV, rounded=True)
    assert len(table) == 4 and set(table.hypotheses) == {"connected", "tree"} and table.columns["order"][0] == (8, 8)
    statements = [
        "((connected) ∧ (tree)) → (independence_number <= (order - matching_number))",  # touched by both trees
        "(tree) → (independence_number >= (7/12 * order))",  # 7/12 of 8 is 4.67, of 5 is 2.92, of 4 is 2.33
        "(connected) → (independence_number <= (749999999999/1000000000000 * order))",  # false by 1e-12 at order 8
        "(tree) → (harmonic_index <= 33666666666666667/10000000000000000)",  # within the last place of the first row
    ]
    found = reverify(table, statements)
    assert [(str(one.bound), len(one.check.touched)) for one in found.surviving] == [
        ("if connected ∧ tree: independence_number <= order - matching_number", 2),
        ("if tree: independence_number >= 7/12 order", 0),
    ]
    (dead,) = found.dead
    assert dead.row == 1 and dead.bound.hypothesis == "connected"
    assert 6 <= 749999999999 / 1000000000000 * 8 + 1e-9  # sabotage twin: floats with a tolerance let it pass
    assert len(found.undecided) == 1 and found.undecided[0].check.undecided == (0,)
    with pytest.raises(InputError, match="size"):
        reverify(table, ["(tree) → (independence_number <= size)"])
    with pytest.raises(InputError, match="cubic"):
        reverify(table, ["(cubic) → (independence_number <= order)"])


def test_our_bounds_are_written_in_its_words():
    table = Table.from_csv(CSV, rounded=True)
    search = linear_bounds(table, "independence_number", ["order", "matching_number"], relation="<=", most=2)
    for one in search.surviving:
        (again,) = read_statement(write_statement(one.bound))
        assert (again.target, again.relation, dict(again.terms), again.constant) == (
            one.bound.target, one.bound.relation, dict(one.bound.terms), one.bound.constant)  # fmt: skip
    assert reverify(table, [write_statement(one.bound) for one in search.surviving]).dead == ()
    assert write_statement(Bound("a", ">=", (), Fraction(2), "h")) == "((h)) → (a >= (2))"
    assert read_statement("((h)) → (a >= (2))") == (Bound("a", ">=", (), Fraction(2), "h"),)


def test_its_table_comes_back():
    table = Table.from_csv("connected,order,size\nTrue,3,2\nFalse,4,2\n")
    again = Table.from_csv(table.to_csv())
    assert again.columns == table.columns and again.hypotheses == table.hypotheses
