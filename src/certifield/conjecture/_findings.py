"""What a search found: the statements in order, what is implied or an artefact, what died of which row, and the report of it."""

from dataclasses import dataclass, field, replace

from ._bound import Bound, Check, dominated
from ._obligation import lean_file
from ._relations import Polynomial
from ._rules import Rule, RuleCheck
from ._search import Refuted, Survives, Unbounded, Undecided
from ._table import Table
from ._words import called, refutation, values


@dataclass(frozen=True)
class Statement:
    """A bound that survives, or two that are one equality; ``implied``: by those before it, in every row.

    ``weak``: no more rows touch it than it has numbers to fit, as any table has such bounds.
    """

    bounds: tuple[Bound, ...]
    check: Check
    implied: bool = False
    weak: bool = False

    @property
    def text(self) -> str:
        """In words, with = for two bounds."""
        told = str(self.bounds[0])
        return told if len(self.bounds) == 1 else told.replace(f"{self.bounds[0].target} >= ", f"{self.bounds[0].target} = ", 1)

    def theorem(self, name: str) -> tuple[str, Bound, str]:
        """What `lean_file` writes."""
        return name, self.bounds[0], "=" if len(self.bounds) == 2 else self.bounds[0].relation

    def __str__(self) -> str:
        touched = "in each" if len(self.bounds) == 2 else f"touched by {len(self.check.touched)}"
        return f"SURVIVES({self.check.rows} rows)  {self.text}  {touched}"


@dataclass(frozen=True)
class Findings:
    """What is known of a target: an exact ``relation``, ``rules`` for truth values, bounds ``surviving``, ``dead`` and ``undecided``.

    ``unbounded``: features by which there is no sharpest bound; ``sought``: which relations were sought, where there is none.
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
    sought: str = ""

    def statements(self) -> tuple[Statement, ...]:
        """The surviving bounds, pairs of them as one equality: unconditional ones first, then those of hypotheses true in most rows."""
        by_side: dict[tuple, list[Survives]] = {}
        for one in self.surviving:
            by_side.setdefault((frozenset(one.bound.terms), one.bound.constant, one.bound.hypothesis), []).append(one)
        found = []
        for pair in by_side.values():
            bounds = tuple(sorted((one.bound for one in pair), key=lambda bound: bound.relation, reverse=True))
            exact = all(self.table.exact(name) for name in (self.target, *(name for name, _ in bounds[0].terms)))
            numbers = len(bounds[0].terms) + bool(bounds[0].constant)
            found.append(Statement(bounds, pair[0].check, weak=exact and len(pair[0].check.touched) <= numbers))
        found.sort(
            key=lambda one: (one.bounds[0].hypothesis is not None, -one.check.rows, -len(one.bounds), -len(one.check.touched),
                             len(one.bounds[0].terms))
        )  # fmt: skip
        kept: list[Bound] = []
        for place, one in enumerate(found):
            if all(dominated(bound, [other for other in kept if other.relation == bound.relation], self.table) for bound in one.bounds):
                found[place] = replace(one, implied=True)
            elif not one.weak:
                kept += one.bounds
        return tuple(found)

    def shown(self, *, weak: bool) -> list[Statement]:
        """Those that do not follow from others, and that more rows touch than they have numbers unless the ``weak`` ones are asked for."""
        return [one for one in self.statements() if not one.implied and (weak or not one.weak)]

    def report(self, *, top: int | None = None, weak: bool = False, dead: bool = True) -> str:
        """All of it as lines, the survivors with a stub for Lean 4 of the first.

        At most ``top`` statements; also the ``weak`` ones, which few rows touch; and the ``dead`` ones, each with its witness.
        Statements that follow in every row from those before them are counted only.
        """
        every = self.statements()
        shown = [one for one in every if not one.implied and (weak or not one.weak)]
        lines = [self._summary(every, shown, weak, dead), *self.remarks]
        if self.relation is not None:
            lines.append(f"EXACT in all {self.relation.rows} rows: {self.relation}")
        elif self.sought:
            lines.append(self.sought)
        for rule, check in self.rules:
            told = f"SURVIVES({check.rows} rows)" if check.holds else f"REFUTED in {len(check.violated)} of {check.rows} rows"
            witness = "" if not check.violated else f"  by {called(self.table.objects[check.violated[0]])}"
            lines.append(f"{told}  {rule}{witness}")
        lines += [str(one) for one in shown[:top]]
        if top is not None and len(shown) > top:
            lines.append(f"... and {len(shown) - top} more: --top {len(shown)}")
        lines += [str(one) for one in (*self.undecided, *(one for one in self.unbounded if one.shape.hypothesis is None))]
        if dead:
            everywhere = {one.bound for one in self.dead if one.bound.hypothesis is None}
            lines += [
                self.told(one) for one in self.dead if one.bound.hypothesis is None or replace(one.bound, hypothesis=None) not in everywhere
            ]
        lines += self._attacked()
        if shown or any(check.holds for _, check in self.rules):
            lines.append("SURVIVES speaks of the rows of this table, and of no other objects.")
        if shown:
            lines += ["", lean_file([shown[0].theorem("conjecture")])]
        return "\n".join(lines)

    def told(self, one: Refuted) -> str:
        """A dead statement with its witness, and the numbers that refute it."""
        return f"REFUTED  {one.bound}  by {called(one.witness)}: {refutation(self.table, one.row, one.bound)}"

    def told_as_data(self, one: Refuted) -> dict[str, object]:
        """The same as JSON data."""
        return {
            "statement": str(one.bound),
            "witness": called(one.witness),
            "row": one.row + 1,
            "values": values(self.table, one.row, one.bound),
            "false": refutation(self.table, one.row, one.bound),
        }

    def _summary(self, every: tuple[Statement, ...], shown: list[Statement], weak: bool, dead: bool) -> str:
        if self.rules:
            return f"{sum(check.holds for _, check in self.rules)} of {len(self.rules)} rules say {self.target} rightly in every row"
        told = f"{len(shown)} bound{'' if len(shown) == 1 else 's'} on {self.target} in {len(self.table)} rows"
        implied, artefacts = sum(one.implied for one in every), sum(one.weak and not one.implied for one in every)
        hidden = [f"{implied} that follow from these"] if implied else []
        hidden += [f"{artefacts} that few rows touch (--weak)"] if artefacts and not weak else []
        hidden += [f"{len(self.dead)} dead (--dead)"] if self.dead and not dead else []
        told += f"; not shown: {', '.join(hidden)}" if hidden else ""
        told += f"; {len(self.undecided)} undecided" if self.undecided else ""
        if any(len(one.bounds) == 2 and one.bounds[0].hypothesis is None for one in shown):
            told += "; an equality implies all others: leave out one of its columns (--features) to see them"
        return told

    def _attacked(self) -> list[str]:
        lines = []
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
        return lines
