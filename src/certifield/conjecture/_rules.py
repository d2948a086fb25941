"""Rules of truth values by thresholds: proposed by a decision tree or a logistic regression, decided row by row in fractions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from certifield.evidence import InputError, MissingExtra

from ._table import Interval, Table


@dataclass(frozen=True)
class Threshold:
    """sum of coefficient times column <= or > ``level``."""

    terms: tuple[tuple[str, Fraction], ...]
    relation: str
    level: Fraction

    def decide(self, row: Mapping[str, Interval]) -> bool | None:
        """Whether it holds in a row; None where the intervals do not say."""
        low = sum((factor * row[name][factor < 0] for name, factor in self.terms), Fraction(0))
        high = sum((factor * row[name][factor > 0] for name, factor in self.terms), Fraction(0))
        below = True if high <= self.level else False if low > self.level else None
        return below if below is None or self.relation == "<=" else not below

    def __str__(self) -> str:
        parts = [f"{'' if factor == 1 else '-' if factor == -1 else f'{factor} '}{name}" for name, factor in self.terms]
        return f"{' + '.join(parts)} {self.relation} {self.level}".replace("+ -", "- ")


@dataclass(frozen=True)
class Rule:
    """``label`` is true exactly where all thresholds of one of the ``clauses`` hold, in rows where ``hypothesis`` does."""

    label: str
    clauses: tuple[tuple[Threshold, ...], ...]
    hypothesis: str | None = None

    def check(self, table: Table) -> "RuleCheck":
        """Every row decided."""
        if self.label not in table.hypotheses:
            raise InputError("label", self.label, f"one of {', '.join(table.hypotheses) or 'none'}", "a column of truth values")
        right, wrong, undecided = 0, [], []
        rows = table.rows_where(self.hypothesis)
        for row in rows:
            numbers = {name: column[row] for name, column in table.columns.items()}
            said = _any([_all([threshold.decide(numbers) for threshold in clause]) for clause in self.clauses])
            if said is None:
                undecided.append(row)
            elif said == table.hypotheses[self.label][row]:
                right += 1
            else:
                wrong.append(row)
        return RuleCheck(len(rows), right, tuple(wrong), tuple(undecided))

    def __str__(self) -> str:
        clauses = [" and ".join(map(str, clause)) or "always" for clause in self.clauses] or ["never"]
        text = f"{self.label} iff {' or '.join(clauses)}"
        return f"if {self.hypothesis}: {text}" if self.hypothesis else text


@dataclass(frozen=True)
class RuleCheck:
    """What became of a rule in ``rows`` rows: how many it says rightly, the ``violated`` ones, and those that intervals do not decide."""

    rows: int
    right: int
    violated: tuple[int, ...]
    undecided: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Whether it is right in every row."""
        return self.right == self.rows


def tree_rule(table: Table, label: str, features: Sequence[str], *, depth: int = 2, hypothesis: str | None = None) -> Rule:
    """The rule that a decision tree of this depth reads off, its thresholds moved to the simplest fractions between the rows' values.

    Needs scikit-learn.  Raises `InputError` for a label that has one value only.
    """
    values, truth = _data(table, label, features, hypothesis)
    tree = _sklearn("tree").DecisionTreeClassifier(max_depth=depth, class_weight="balanced", random_state=0).fit(values, truth).tree_
    clauses: list[tuple[Threshold, ...]] = []

    def walk(node: int, path: tuple[Threshold, ...]) -> None:
        if tree.children_left[node] < 0:
            if tree.value[node][0][1] > tree.value[node][0][0]:
                clauses.append(path)
            return
        name = list(features)[int(tree.feature[node])]
        level = _between(values[:, tree.feature[node]], float(tree.threshold[node]))
        walk(tree.children_left[node], (*path, Threshold(((name, Fraction(1)),), "<=", level)))
        walk(tree.children_right[node], (*path, Threshold(((name, Fraction(1)),), ">", level)))

    walk(0, ())
    return Rule(label, tuple(_merged(clauses)), hypothesis)


def logistic_rule(table: Table, label: str, features: Sequence[str], *, largest: int = 12, hypothesis: str | None = None) -> Rule:
    """The boundary of a logistic regression with whole coefficients up to ``largest``, its level where fewest rows are wrong.

    Columns are standardised for the fit.  Needs scikit-learn.  Raises `InputError` for a label that has one value only.
    """
    values, truth = _data(table, label, features, hypothesis)
    spread = values.std(axis=0)
    spread[spread == 0] = 1
    fitted = _sklearn("linear_model").LogisticRegression(C=1e3, class_weight="balanced", max_iter=5000).fit(values / spread, truth)
    weights = fitted.coef_[0] / spread
    shares = [Fraction(float(weight / np.abs(weights).max())).limit_denominator(largest) for weight in weights]
    scale = lcm(*(share.denominator for share in shares))
    whole = [int(share * scale) for share in shares]
    sums = values @ np.array(whole, float)
    order = np.unique(sums)
    levels = np.concatenate([[order[0] - 1], (order[1:] + order[:-1]) / 2, [order[-1] + 1]])
    balanced = [np.mean(sums[truth] > level) + np.mean(sums[~truth] <= level) for level in levels]
    place = int(np.argmax(balanced))
    level = _between(sums, float(levels[place]))
    terms = tuple((name, Fraction(factor)) for name, factor in zip(features, whole, strict=True) if factor)
    if all(factor < 0 for _, factor in terms):
        flipped = tuple((name, -factor) for name, factor in terms)
        return Rule(label, ((Threshold(flipped, "<=", _between(-sums, -float(levels[place]))),),), hypothesis)
    return Rule(label, ((Threshold(terms, ">", level),),), hypothesis)


def balanced_accuracy(rule: Rule, table: Table) -> Fraction:
    """The mean of the shares of true and of false rows that a rule says rightly: 1/2 for saying always the same."""
    rows = table.rows_where(rule.hypothesis)
    wrong, truth = {*rule.check(table).violated, *rule.check(table).undecided}, table.hypotheses[rule.label]
    shares = []
    for kind in (True, False):
        ones = [row for row in rows if truth[row] == kind]
        if ones:
            shares.append(Fraction(sum(row not in wrong for row in ones), len(ones)))
    return sum(shares, Fraction(0)) / len(shares)


def _data(table: Table, label: str, features: Sequence[str], hypothesis: str | None) -> tuple[np.ndarray, np.ndarray]:
    rows = table.rows_where(hypothesis)
    if label not in table.hypotheses or not features:
        raise InputError(
            "label, features", (label, list(features)), "a column of truth values, and columns of numbers", "see table.hypotheses"
        )
    for name in features:
        table.column(name)
    truth = np.array([table.hypotheses[label][row] for row in rows])
    if len(set(truth.tolist())) != 2:
        raise InputError("label", label, "a column that is true in some of the rows and false in others", "there is nothing to learn")
    return np.stack([table.floats[name][rows] for name in features], axis=1), truth


def _sklearn(name: str):
    try:
        import importlib

        return importlib.import_module(f"sklearn.{name}")
    except ImportError:
        raise MissingExtra("models of tables need scikit-learn: pip install 'certifield[data]'") from None


def _between(values: np.ndarray, level: float) -> Fraction:
    """The simplest fraction from the greatest value below a level to before the next one: whole values give the whole value itself."""
    below, above = values[values <= level], values[values > level]
    if not len(below) or not len(above):
        return Fraction(level).limit_denominator(1000)
    low, high = Fraction(float(below.max())), Fraction(float(above.min()))
    for denominator in range(1, 1000):
        candidate = Fraction(-((-low * denominator).__floor__()), denominator)
        if low <= candidate < high:
            return candidate
    return (low + high) / 2


def _merged(clauses: Sequence[tuple[Threshold, ...]]) -> list[tuple[Threshold, ...]]:
    """Clauses that differ in the direction of their last threshold only are one without it."""
    found = list(clauses)
    changed = True
    while changed:
        changed = False
        for one in found:
            twin = next((other for other in found if _twins(one, other)), None)
            if twin is not None:
                found = [clause for clause in found if clause not in (one, twin)] + [one[:-1]]
                changed = True
                break
    return found


def _twins(one: tuple[Threshold, ...], other: tuple[Threshold, ...]) -> bool:
    if not one or len(one) != len(other) or one[:-1] != other[:-1]:
        return False
    last, first = one[-1], other[-1]
    return (last.terms, last.level) == (first.terms, first.level) and last.relation != first.relation


def _all(decided: Sequence[bool | None]) -> bool | None:
    return False if False in decided else None if None in decided else True


def _any(decided: Sequence[bool | None]) -> bool | None:
    return True if True in decided else None if None in decided else False
