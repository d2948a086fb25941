"""Three lines for a table: relations, rules and bounds, attacked by objects of your own, refined, and reported."""

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from certifield.evidence import InputError

from ._bound import Bound
from ._find_relation import find_relation
from ._findings import Findings
from ._read import did_you_mean
from ._rules import tree_rule
from ._search import Refuted, Search, Survives, linear_bounds
from ._table import Table

Row = Mapping[str, Any]
Tell = Callable[[str], None]
_TIME = re.compile(r"(\d+) ?(s|min|h)")
_SECONDS = {"s": 1, "min": 60, "h": 3600}
GREATEST = 30  # size that is asked of a generator
LENGTH = 25  # mutations in a row


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
    killed: tuple[Refuted, ...] = ()

    def run(self, budget: int | str = 2000, *, tell: Tell = lambda line: None) -> Findings:
        """The statements, after attacks by so many objects, or for so long as in "10min"; only the first gives the same answer again.

        ``tell`` hears what is being done.  Raises `InputError` for another budget, for a target that there is not, for a generator without
        an evaluation, and for an evaluation that leaves out a column.
        """
        seconds, count = _seconds(budget), budget if isinstance(budget, int) else 0
        if (self.generate is None) != (self.evaluate is None) or (self.mutate is not None and self.generate is None):
            raise InputError("generate, evaluate, mutate", "one without the other", "generate and evaluate together", "give both or none")
        self._refuse_bad_target()
        end = None if seconds is None else time.monotonic() + seconds
        table, found = self.table, self._search(self.table, (), tell)
        tried, rounds, held, drawn, rng = 0, 1, 0, 0, random.Random(self.seed)
        while self.generate is not None and found.surviving and (tried < count if end is None else time.monotonic() < end):
            limit = count - tried if end is None else None
            tell(f"attack on {len(found.surviving)} bounds, {tried} objects so far")
            witnesses, spent, independent = self._attack(found.surviving, rng, limit, end)
            tried += spent
            held, drawn = (0, 0) if witnesses else (spent, independent)
            if not witnesses:
                break
            table = _grown(table, [(obj, row) for obj, row, _ in witnesses])
            killed = tuple(Refuted(bound, len(table) - len(witnesses) + place, obj)
                           for place, (obj, _, bounds) in enumerate(witnesses) for bound in bounds)  # fmt: skip
            found = self._search(table, (*found.dead, *killed), tell)
            rounds += 1
        self.findings = replace(found, tried=tried, rounds=rounds, held=held, drawn=drawn)
        return self.findings

    def report(self, *, top: int | None = None, weak: bool = False, dead: bool = True) -> str:
        """The report of the last run, as `Findings.report` words it.  Raises `InputError` before one."""
        if self.findings is None:
            raise InputError("run", None, "a run before the report", "call run() first")
        return self.findings.report(top=top, weak=weak, dead=dead)

    def add(self, rows: Table) -> tuple[Refuted, ...]:
        """The survivors of the last run that die by more rows, which join the table, so that the next run knows of them.

        Raises `InputError` before a run, and for rows without one of the columns.
        """
        if self.findings is None:
            raise InputError("run", None, "a run before rows are added", "call run() first")
        for name in (*self.table.columns, *self.table.hypotheses):
            if name not in rows.columns and name not in rows.hypotheses:
                reason = rows.left_out.get(name, "there is no such column of the same kind")
                raise InputError("rows", f"no column {name} ({reason})", "with all columns of the table", "complete the rows")
        given = [{name: column[row] for name, column in {**rows.columns, **rows.hypotheses}.items()} for row in range(len(rows))]
        # Either holds the other at its front: the run has added its witnesses, and rows that were added before are in ours alone.
        self.table = _grown(max(self.table, self.findings.table, key=len), list(zip(rows.objects, given, strict=True)))
        dead, found = {one.bound for one in self.killed}, []
        for one in self.findings.surviving:
            violated = () if one.bound in dead else one.bound.check(self.table).violated
            found += [Refuted(one.bound, violated[0], self.table.objects[violated[0]])] if violated else []
        self.killed += tuple(found)
        return tuple(found)

    def _refuse_bad_target(self) -> None:
        known = (*self.table.columns, *self.table.hypotheses)
        if self.target in self.table.left_out:
            allowed = f"a complete column: {self.table.left_out[self.target]}"
            raise InputError("target", self.target, allowed, "complete it, or leave out such rows: --missing skip-rows")
        if self.target not in known:
            raise InputError(
                "target", self.target, f"a column of the table, which has {', '.join(known)}", did_you_mean(self.target, known)
            )

    def _search(self, table: Table, dead: tuple[Refuted, ...], tell: Tell) -> Findings:
        """Relations and bounds of a number, or rules of a truth value."""
        chosen = self.features if self.features is not None else [name for name in table.columns if name != self.target]
        features = [name for name in chosen if len(set(table.column(name))) > 1]
        remarks, dead = tuple(table.remarks()), (*self.killed, *dead)
        if self.target in table.hypotheses:
            rules = [tree_rule(table, self.target, features, depth=depth) for depth in range(1, self.most + 1)]
            told = tuple((rule, rule.check(table)) for rule in dict.fromkeys(rules))
            return Findings(self.target, table, remarks, None, told, (), dead, ())
        sought = find_relation(table, self.target, features, self.degree, tell)
        hypotheses = [None, *(name for name, column in table.hypotheses.items() if sum(column) > self.most)]
        searches = list[Search]()
        for one in hypotheses:
            for sign in (">=", "<="):
                place = f"{'all rows' if one is None else f'rows with {one}'}, search {len(searches) + 1} of {2 * len(hypotheses)}"
                tell(f"bounds {sign} in {place}; {sum(len(search.surviving) for search in searches)} survive so far")
                searches.append(self._bounds(table, features, sign, one))
        killed = dict[Bound, Refuted]()
        for one in (*dead, *(one for search in searches for one in search.dead)):
            killed.setdefault(one.bound, one)
        return Findings(
            self.target,
            table,
            remarks,
            sought.relation,
            (),
            tuple(one for search in searches for one in search.surviving),
            tuple(killed.values()),
            tuple(one for search in searches for one in search.undecided),
            tuple({one.at_fault: one for search in searches for one in search.unbounded}.values()),
            sought=sought.sought,
        )

    def _bounds(self, table: Table, features: Sequence[str], sign: str, hypothesis: str | None) -> Search:
        """Bounds that a row touches, and those by columns of intervals, which no row can touch."""
        blurred = {name for name in (self.target, *features) if not table.exact(name)}
        found = linear_bounds(
            table, self.target, features, relation=sign, most=min(self.most, len(features)), hypothesis=hypothesis,
            touching=not blurred, seed=self.seed,
        )  # fmt: skip
        kept = (one for one in found.surviving if one.check.touched or blurred & {self.target, *(name for name, _ in one.bound.terms)})
        return replace(found, surviving=tuple(kept))

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
    return replace(table, columns=columns, hypotheses=truths, objects=[*table.objects, *(obj for obj, _ in rows)])


def _seconds(budget: int | str) -> float | None:
    """None for a number of objects."""
    if type(budget) is int and budget >= 0:
        return None
    match = _TIME.fullmatch(budget) if isinstance(budget, str) else None
    if match is None:
        raise InputError("budget", budget, 'a number of objects, or a time such as "30s", "10min", "1h"', "2000 objects by default")
    return float(match[1]) * _SECONDS[match[2]]
