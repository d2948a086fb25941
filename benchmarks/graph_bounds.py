"""Bounds on TxGraffiti's own table of graphs, by TxGraffiti and here; every statement of both is then decided in fractions.

``--peer PYTHON`` names a Python that has txgraffiti installed; it need not have Certifield.  Without it only this side is timed, on a
table of small graphs made here.

``certifield``  `conjecture.linear_bounds`: up to three features at a time, above and below, for each hypothesis.
``txgraffiti``  its ratios, convex hulls and linear programs, with its heuristics of Morgan and Dalmatian.
"""

import argparse
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from _timing import options, race, spread, write

from certifield.conjecture import Bound, Table, dominated, linear_bounds, read_statement, reverify

TARGET, FEATURES = "independence_number", ("order", "matching_number", "maximum_degree")
HYPOTHESES = ("bipartite", "planar")
PAIRS = 30  # features of the search over all pairs


def small_table() -> Table:
    """Paths, cycles and stars."""
    rows = [(n, n // 2, 2, (n + 1) // 2, True) for n in range(3, 12)]
    rows += [(n, n // 2, 2, n // 2, n % 2 == 0) for n in range(3, 12)]
    rows += [(n, 1, n - 1, n - 1, True) for n in range(4, 12)]
    columns = dict(zip((*FEATURES, TARGET, "bipartite"), map(list, zip(*rows, strict=True)), strict=True))
    return Table.of(columns | {"planar": [True] * len(rows), "connected": [True] * len(rows)})


def searched(table: Table, features: Sequence[str], most: int, hypotheses: Sequence[str | None]) -> list[Bound]:
    """The bounds that survive, above and below, for each hypothesis."""
    found = []
    for hypothesis, relation in itertools.product(hypotheses, (">=", "<=")):
        search = linear_bounds(table, TARGET, features, relation=relation, most=most, hypothesis=hypothesis)
        found += [one.bound for one in search.surviving]
    return found


def connected(table: Table, names: Sequence[str]) -> Table:
    """The table with the hypotheses of TxGraffiti's base, under the names that `read_statement` gives."""
    joined = {name: tuple(a and b for a, b in zip(table.hypotheses["connected"], table.hypotheses[name], strict=True)) for name in names}
    renamed = {" ∧ ".join(sorted(("connected", name))): rows for name, rows in joined.items()}
    return Table(table.columns, {**table.hypotheses, **renamed}, table.objects)


def alone(ones: Sequence[Bound], others: Sequence[Bound], table: Table) -> int:
    """How many of these bounds are in some row sharper than all those of the others with the same side and hypothesis."""
    found = 0
    for one in ones:
        beside = [other for other in others if (other.relation, other.hypothesis) == (one.relation, one.hypothesis)]
        found += not dominated(one, beside, table)
    return found


def asked_of(peer: str, repeats: int) -> dict:
    """What TxGraffiti answers, in a process of its own."""
    question = json.dumps({"repeats": repeats, "target": TARGET, "features": FEATURES, "hypotheses": HYPOTHESES})
    script = str(Path(__file__).with_name("_txgraffiti_peer.py"))
    done = subprocess.run([peer, script, question], capture_output=True, text=True, check=True)
    return json.loads(done.stdout[done.stdout.index('{"import"') :])


def main() -> None:
    """Measures, prints, writes."""
    early = argparse.ArgumentParser(add_help=False)
    early.add_argument("--peer")
    known, rest = early.parse_known_args()
    sys.argv = [sys.argv[0], *rest]
    chosen = options(__doc__, __file__)
    repeats = 2 if chosen.small else 5
    told = asked_of(known.peer, repeats) if known.peer else None
    table = connected(Table.from_csv(told["table"], rounded=True) if told else small_table(), HYPOTHESES)
    names = [" ∧ ".join(sorted(("connected", name))) for name in HYPOTHESES]
    kept: list[Bound] = []

    def ours(turn: int) -> None:
        kept[:] = searched(table, FEATURES, 3, names)

    times = race({"certifield": ours}, repeats, time.process_time)
    row = {"task": "three features", "rows": len(table), "columns": len(table.columns) + len(table.hypotheses) - len(names),
           "features": FEATURES, "hypotheses": HYPOTHESES, "surviving": {"certifield": len(kept)}, "seconds": times}  # fmt: skip
    print(f"{len(table)} graphs, three features, two hypotheses: {times['certifield']['median']:.3g} s, {len(kept)} bounds survive")
    print("\n".join(f"    {one}" for one in kept))
    measurements = [row]
    if told:
        first, *rounds = told["seconds"]
        times["txgraffiti"] = {"first_call": first, "rounds": rounds, **spread(rounds)}
        search = reverify(table, told["statements"])
        theirs = [one.bound for one in search.surviving]
        row["surviving"]["txgraffiti"] = len(theirs)
        row |= {
            "txgraffiti": {"version": told["version"], "import": told["import"], "statements": len(told["statements"]),
                           "refuted": len(search.dead), "undecided": len(search.undecided)},
            "alone": {"certifield": alone(kept, theirs, table), "txgraffiti": alone(theirs, kept, table)},
            "same": len(set(map(str, kept)) & {str(bound) for text in told["statements"] for bound in read_statement(text)}),
        }  # fmt: skip
        print(f"TxGraffiti {told['version']}: {times['txgraffiti']['median']:.3g} s, {len(told['statements'])} statements, of which "
              f"{len(theirs)} survive in fractions, {len(search.dead)} are false; sharper somewhere: ours {row['alone']}")  # fmt: skip
        numbers = [name for name in table.columns if name != TARGET][:PAIRS]
        started = time.process_time()
        wide = searched(table, numbers, 2, [None])
        row["pairs"] = {"features": len(numbers), "surviving": len(wide), "seconds": time.process_time() - started}
        print(f"all pairs of {len(numbers)} features: {row['pairs']['seconds']:.3g} s, {len(wide)} bounds survive")
    else:
        print("TxGraffiti was not asked: --peer names a Python that has it")
    write(chosen, "Bounds on TxGraffiti's table of graphs, its own and ours, decided in fractions", measurements)


if __name__ == "__main__":
    main()
