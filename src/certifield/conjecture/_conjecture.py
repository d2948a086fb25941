"""Three lines for a table: relations, rules and bounds, attacked by objects of your own, refined, and reported."""

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from certifield.evidence import InputError

from ._obligation import lean
from ._relations import Polynomial, polynomial_relation
from ._rules import Rule, RuleCheck, tree_rule
from ._search import Refuted, Survives, Unbounded, Undecided, linear_bounds
from ._table import Table

Row = Mapping[str, Any]
_TIME = re.compile(r"(\d+) ?(s|min|h)")
_SECONDS = {"s": 1, "min": 60, "h": 3600}
GREATEST = 30  # size that is asked of a generator
LENGTH = 25  # mutations in a row


@dataclass(frozen=True)
class Findings:
    """What is known of a target: an exact ``relation``, ``rules`` for truth values, bounds ``surviving``, ``dead`` and ``undecided``.

    ``unbounded``: features by which there is no sharpest bound.
    ``tried``: objects made by the attack, each held against the bounds that were alive then; ``rounds``: how often the search began again
    with witnesses in the ``table``.  ``held``: how many of them the ``surviving`` bounds were held against, which are those made since the
    last witness; ``drawn``: how many of these are independent, the others being mutations.  A bound that survives has been checked on the
    rows of this table and on the objects held against it, and says nothing of others.
    """

    target: str
    table: Table = field(repr=False)
    remarks: tuple[str, ...]
    relation: Polynomial | None
    rules: tuple[tuple[Rule, RuleCheck], ...]
    surviving: tuple[Survives, ...]
    dead: tuple[Refuted, ...]
    undecided: tuple[Undecided, ...]
    unbounded: tuple[Unbounded, ...] = ()
    tried: int = 0
    rounds: int = 1
    held: int = 0
    drawn: int = 0

    def report(self) -> str:
        """All of it as lines, the survivors with a stub for Lean 4 of the first."""
        lines = list(self.remarks)
        if self.relation is not None:
            lines.append(f"EXACT in all {self.relation.rows} rows: {self.relation}")
        for rule, check in self.rules:
            told = f"SURVIVES({check.rows} rows)" if check.holds else f"REFUTED in {len(check.violated)} of {check.rows} rows"
            witness = "" if not check.violated else f"  by {self.table.objects[check.violated[0]]}"
            lines.append(f"{told}  {rule}{witness}")
        lines += [str(one) for one in (*self.surviving, *self.undecided, *self.unbounded, *self.dead)]
        if self.tried:
            lines.append(
                f"{self.tried} objects were made and tried in {self.rounds} rounds, {self.held} of them against the bounds that survive; "
                "nothing is said of others."
            )
        if self.drawn > 3:  # (1 - p)^n < 0.05 where p > 3/n; draws of several sizes make it less, by the means of the p
            lines.append(
                f"No survivor fails on the {self.drawn} that were drawn at random: among objects so drawn, each fails in less than "
                f"{3 / self.drawn:.2g} of all with 95 % confidence."
            )
        if self.surviving:
            lines += ["", lean(self.surviving[0].bound)]
        return "\n".join(lines)


@dataclass(eq=False)
class Conjecture:
    """A search for true statements about a column of a table, or about a column of truth values.

    ``generate(size, rng)`` makes an object, ``evaluate(object)`` its row of exact numbers and truth values, ``mutate(object, rng)`` another
    object near it, with a `random.Random`; with the first two, survivors are attacked, and witnesses join the table.
    ``most``: features of one bound; ``degree``: of a relation, at most.

    >>> table = Table.of({"n": range(2, 30), "edges": [n * (n - 1) // 2 for n in range(2, 30)]})
    >>> study = Conjecture(table, target="edges")
    >>> print(study.run().relation)
    edges = -1/2 n + 1/2 n n
    """

    table: Table
    target: str
    features: Sequence[str] | None = None
    generate: Callable[[int, random.Random], Any] | None = None
    evaluate: Callable[[Any], Row] | None = None
    mutate: Callable[[Any, random.Random], Any] | None = None
    most: int = 2
    degree: int = 3
    seed: int = 0
    findings: Findings | None = None

    def run(self, budget: int | str = 2000) -> Findings:
        """The statements, after attacks by so many objects, or for so long as in "10min"; only the first gives the same answer again.

        Raises `InputError` for another budget, for a target that there is not, for a generator without an evaluation, and
        for an evaluation that leaves out a column.
        """
        seconds, count = _seconds(budget), budget if isinstance(budget, int) else 0
        if (self.generate is None) != (self.evaluate is None) or (self.mutate is not None and self.generate is None):
            raise InputError("generate, evaluate, mutate", "one without the other", "generate and evaluate together", "give both or none")
        if self.target not in {*self.table.columns, *self.table.hypotheses}:
            known = ", ".join((*self.table.columns, *self.table.hypotheses))
            raise InputError("target", self.target, f"one of {known}", "see table.columns and table.hypotheses")
        end = None if seconds is None else time.monotonic() + seconds
        table, found = self.table, self._search(self.table, ())
        tried, rounds, held, drawn, rng = 0, 1, 0, 0, random.Random(self.seed)
        while self.generate is not None and found.surviving and (tried < count if end is None else time.monotonic() < end):
            limit = count - tried if end is None else None
            witnesses, spent, independent = self._attack(found.surviving, rng, limit, end)
            tried += spent
            held, drawn = (0, 0) if witnesses else (spent, independent)
            if not witnesses:
                break
            table = _grown(table, [(obj, row) for obj, row, _ in witnesses])
            killed = tuple(Refuted(bound, len(table) - len(witnesses) + place, obj)
                           for place, (obj, _, bounds) in enumerate(witnesses) for bound in bounds)  # fmt: skip
            found = self._search(table, (*found.dead, *killed))
            rounds += 1
        self.findings = Findings(**{**vars(found), "tried": tried, "rounds": rounds, "held": held, "drawn": drawn})
        return self.findings

    def report(self) -> str:
        """The report of the last run.  Raises `InputError` before one."""
        if self.findings is None:
            raise InputError("run", None, "a run before the report", "call run() first")
        return self.findings.report()

    def _search(self, table: Table, dead: tuple[Refuted, ...]) -> Findings:
        """Relations and bounds of a number, or rules of a truth value."""
        chosen = self.features if self.features is not None else [name for name in table.columns if name != self.target]
        features = [name for name in chosen if len(set(table.column(name))) > 1]
        if self.target in table.hypotheses:
            rules = [tree_rule(table, self.target, features, depth=depth) for depth in range(1, self.most + 1)]
            told = tuple((rule, rule.check(table)) for rule in dict.fromkeys(rules))
            return Findings(self.target, table, tuple(table.remarks()), None, told, (), dead, ())
        searches = [
            linear_bounds(table, self.target, features, relation=sign, most=min(self.most, len(features)), hypothesis=one, seed=self.seed)
            for one in (None, *(name for name, column in table.hypotheses.items() if sum(column) > self.most))
            for sign in (">=", "<=")
        ]
        return Findings(
            self.target,
            table,
            tuple(table.remarks()),
            self._relation(table, features),
            (),
            tuple(one for search in searches for one in search.surviving),
            dead + tuple(one for search in searches for one in search.dead),
            tuple(one for search in searches for one in search.undecided),
            tuple({one.at_fault: one for search in searches for one in search.unbounded}.values()),
        )

    def _relation(self, table: Table, features: Sequence[str]) -> Polynomial | None:
        """The relation of the lowest degree."""
        exact = [name for name in (self.target, *features) if all(low == high for low, high in table.column(name))]
        if self.target not in exact:
            return None
        for degree in range(1, self.degree + 1):
            try:
                found = polynomial_relation(table, self.target, exact[1:], degree)
            except InputError:
                return None  # too few rows for this degree, or columns that depend on each other
            if found is not None:
                return found
        return None

    def _attack(
        self, alive: Sequence[Survives], rng: random.Random, limit: int | None, end: float | None
    ) -> tuple[list[tuple[Any, Row, tuple]], int, int]:
        """Objects at random and mutated towards small slack, until some violate a bound exactly or the budget is spent.

        With their number, and that of those made at random.
        """
        assert self.generate is not None and self.evaluate is not None
        witnesses: list[tuple[Any, Row, tuple]] = []
        tried, drawn, here, best, left = 0, 0, None, 0.0, 0
        while (limit is None or tried < limit) and (end is None or time.monotonic() < end):
            aim = alive[tried // LENGTH % len(alive)].bound
            if self.mutate is None or here is None or left == 0:
                here, best, left = self.generate(1 + tried % GREATEST, rng), float("inf"), LENGTH
                other, drawn = here, drawn + 1
            else:
                other = self.mutate(here, rng)
            row, tried, left = self.evaluate(other), tried + 1, left - 1
            missing = {*self.table.columns, *self.table.hypotheses} - set(row)
            if missing:
                raise InputError("evaluate", sorted(row), f"a row with {', '.join(sorted(missing))}", "give all columns of the table")
            numbers = Table.of({name: [value] for name, value in row.items()})
            interval = {name: column[0] for name, column in numbers.columns.items()}
            broken = tuple(one.bound for one in alive if _applies(one.bound.hypothesis, numbers) and one.bound.slack(interval)[1] < 0)
            if broken:
                witnesses.append((other, row, broken))
                if len(witnesses) >= len(alive):
                    break
            slack = float(aim.slack(interval)[0])
            if slack <= best:
                here, best = other, slack
        return witnesses, tried, drawn


def _applies(hypothesis: str | None, row: Table) -> bool:
    return hypothesis is None or row.hypotheses[hypothesis][0]


def _grown(table: Table, rows: Sequence[tuple[Any, Row]]) -> Table:
    """The table with witnesses at its end."""
    added = Table.of({name: [row[name] for _, row in rows] for name in (*table.columns, *table.hypotheses)})
    columns = {name: (*column, *added.columns[name]) for name, column in table.columns.items()}
    truths = {name: (*column, *added.hypotheses[name]) for name, column in table.hypotheses.items()}
    return Table(columns, truths, [*table.objects, *(obj for obj, _ in rows)])


def _seconds(budget: int | str) -> float | None:
    """None for a number of objects."""
    if type(budget) is int and budget >= 0:
        return None
    match = _TIME.fullmatch(budget) if isinstance(budget, str) else None
    if match is None:
        raise InputError("budget", budget, 'a number of objects, or a time such as "30s", "10min", "1h"', "2000 objects by default")
    return float(match[1]) * _SECONDS[match[2]]
