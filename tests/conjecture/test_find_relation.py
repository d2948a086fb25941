"""The simplest relation is found in few columns, whatever the others are; and what was not sought is said."""

import random
from fractions import Fraction

from certifield.conjecture import Conjecture, Table, find_relation, polynomial_relation

N = range(1, 81)
RNG = random.Random(5)
NOISE = {name: [RNG.randint(1, 40) for _ in N] for name in "abcde"}
TABLE = Table.of({"n": N, **NOISE, "squares": [n * (n + 1) * (2 * n + 1) // 6 for n in N]}, list(N))


def test_a_relation_in_one_of_many_columns_is_found():
    """84 monomials of degree 3 in 6 columns are more than the 80 rows."""
    found = find_relation(TABLE, "squares", ["n", *NOISE], 3).relation
    assert str(found) == "squares = 1/6 n + 1/2 n n + 1/3 n n n"
    assert found == polynomial_relation(TABLE, "squares", ["n"], 3)  # by another route
    assert Conjecture(TABLE, "squares", most=1).run().relation == found


def test_columns_that_depend_on_each_other_are_no_hindrance():
    """n - alpha and the cover say the same, so that the coefficients of all columns together are free."""
    table = TABLE.derived("cover", lambda n, a: n - a, "n", "a").derived("mean", lambda s, n: Fraction(s, 1) / n, "squares", "n")
    assert str(find_relation(table, "squares", ["n", *NOISE, "cover", "mean"], 2).relation) == "squares = n mean"
    spaced = Table({"my n": table.columns["n"], "mean": table.columns["mean"], "y": table.columns["squares"]}, {}, table.objects)
    assert str(find_relation(spaced, "y", ["my n", "mean"], 2).relation) == 'y = "my n" mean'


def test_a_relation_of_many_columns_is_as_short_as_can_be():
    values = [a * b - 2 * c * d + e for a, b, c, d, e in zip(*NOISE.values(), strict=True)]
    found = find_relation(Table.of({"n": N, **NOISE, "y": values}), "y", ["n", *NOISE], 2)
    assert str(found.relation) == "y = e + a b - 2 c d" and found.sought == ""


def test_what_was_not_sought_is_said():
    """The control: shuffled values have no relation, and one in as many monomials as rows says nothing."""
    values = list(TABLE.columns["squares"])
    random.Random(1).shuffle(values)
    found = find_relation(Table({**TABLE.columns, "squares": tuple(values)}, {}, TABLE.objects), "squares", ["n", *NOISE], 3)
    assert found.relation is None and "degree <= 3 in 1 or 2 or 3, or of degree <= 2 in 6 columns" in found.sought
    assert "since 80 rows always have one: degree 3 in all 6: 84 monomials" in found.sought
    short = Table.of({name: [column[row][0] for row in range(10)] for name, column in TABLE.columns.items()})
    told = find_relation(short, "a", ["n", "b", "c"], 3)
    assert told.relation is None and "degree 3 in 2: 10 monomials" in told.sought
    blurred = Table({**TABLE.columns, "b": tuple((low, low + 1) for low, _ in TABLE.columns["b"])}, {}, TABLE.objects)
    assert "left out, since they are not exact: b" in find_relation(blurred, "a", ["b", "c"], 1).sought
    assert "between fractions only" in find_relation(blurred, "b", ["a"], 1).sought
    assert "between fractions only" in Conjecture(blurred, "b", ["a"], most=1).run().report()


def test_what_a_prime_proposes_is_decided_in_fractions():
    """A target that is a relation modulo the prime only is none."""
    prime = 2**31 - 1
    table = Table.of({"n": N, "y": [n + prime * (n % 3) for n in N]})
    assert find_relation(table, "y", ["n"], 1).relation is None


def test_denominators_may_hold_the_prime_and_have_nothing_in_common():
    prime = 2**31 - 1
    inverse = [Fraction(1, n * n + 1) for n in N]
    table = Table.of(
        {
            **NOISE,
            "n": N,
            "inverse": inverse,
            "y": [Fraction(n, prime) for n in N],
            "z": [n * one for n, one in zip(N, inverse, strict=True)],
        }
    )
    assert str(find_relation(table, "z", ["n", "inverse", *NOISE], 2).relation) == "z = n inverse"
    assert str(find_relation(table, "y", ["n", *NOISE], 1).relation) == f"y = 1/{prime} n"
    assert str(find_relation(table, "n", ["y", *NOISE], 1).relation) == f"n = {prime} y"
    assert find_relation(table, "y", list(NOISE), 1).relation is None
    mixed = [Fraction(n * (prime if n % 2 else 1), prime) for n in N]  # in some rows alone
    table = Table.of({**NOISE, "mixed": mixed, "whole": [int(prime * value) for value in mixed]})
    assert str(find_relation(table, "whole", ["mixed", *NOISE], 1).relation) == f"whole = {prime} mixed"
