"""What a search found: in order, without what follows, with the numbers that refute, grown by rows, and kept with a certificate."""

import json
import random
from fractions import Fraction
from pathlib import Path

import networkx
import pytest

from certifield.cli import main
from certifield.conjecture import Bound, Conjecture, Table, certify_statements, dominated
from certifield.evidence import Certificate, InputError, load

ROOT = Path(__file__).resolve().parents[2]
GRAPHS = ROOT / "gallery" / "graphs.csv"
SOME = ["order", "matching", "diameter", "radius"]


@pytest.fixture(scope="module")
def study() -> Conjecture:
    """Bounds on the independence number of all connected graphs of up to 6 vertices."""
    found = Conjecture(Table.from_csv(GRAPHS), "independence", SOME)
    found.run()
    return found


def test_the_table_is_what_its_program_writes():
    namespace: dict = {"__name__": "loaded", "__file__": str(ROOT / "provenance" / "graphs_table.py")}
    exec((ROOT / "provenance" / "graphs_table.py").read_text(encoding="utf-8"), namespace)
    assert GRAPHS.read_text(encoding="utf-8") == namespace["text"]()
    assert len(Table.from_csv(GRAPHS)) == 1 + 1 + 2 + 6 + 21 + 112  # OEIS A001349


def test_theorems_stand_first_and_what_follows_is_counted(study):
    """Of bipartite graphs the two bounds are the equality of König; the same for trees follows and is not shown."""
    told = study.report(dead=False)
    lines = told.splitlines()
    assert lines[0].startswith("5 bounds on independence in 143 rows; not shown: ") and "9 dead (--dead)" in lines[0]
    assert "SURVIVES(143 rows)  independence <= order - matching  touched by 91" in lines
    assert "SURVIVES(28 rows)  if bipartite: independence = order - matching  in each" in lines
    assert "if tree" not in told and "REFUTED" not in told and "column girth left out" in told
    assert "1 * " not in told and "opaque independence" in told and "speaks of the rows of this table" in told
    assert "... and 4 more: --top 5" in study.report(top=1, dead=False)
    statements = study.findings.statements()
    assert any("if tree" in one.text and one.implied for one in statements)
    assert "REFUTED  independence <= order - 1  by @: 1 <= 0 is false, independence = 1, order = 1" in study.report().splitlines()


def test_bounds_that_no_more_rows_touch_than_they_have_numbers_are_weak():
    rng = random.Random(2)
    noise = Table.of({"x": [rng.randint(0, 99) for _ in range(60)], "y": [rng.randint(0, 99) for _ in range(60)]})
    study = Conjecture(noise, "y")
    study.run()
    assert "0 bounds on y" in study.report() and "that few rows touch (--weak)" in study.report()
    assert "SURVIVES(60 rows)" in study.report(weak=True)


def test_rounded_numbers_leave_bounds_that_nothing_touches():
    text = "n,root\n" + "".join(f"{n},{n**0.5:.3f}\n" for n in range(1, 40))
    found = Conjecture(Table.from_csv(text, rounded=True), "root", most=1).run()
    assert found.surviving and all(not one.check.touched and one.check.holds for one in found.surviving)
    assert "root <= " in found.report()


@pytest.mark.parametrize("largest", [4, 2**40])
def test_many_rows_at_once_are_decided_as_one_by_one(largest):
    """Whole numbers against the fractions of `Bound.slack`, with intervals and hypotheses; and so is what dominates.

    Rows of small denominators have one in common; those of large ones have one each, since all together would have thousands of digits.
    """
    rng = random.Random(7)

    def fraction(size: int) -> Fraction:
        return Fraction(rng.randint(-size, size), rng.randint(1, 3))

    def entry() -> tuple[Fraction, Fraction]:
        below = rng.randint(1, largest)
        low = Fraction(rng.randint(-9 * below, 9 * below), below) if largest > 4 else Fraction(rng.randint(-9, 9), below)
        return low, low + rng.choice([0, 0, Fraction(rng.randint(0, 5), 3)])

    columns = {name: [entry() for _ in range(25)] for name in "xyz"}
    columns["z"] = [rng.choice([of_z, of_y]) for of_y, of_z in zip(columns["y"], columns["z"], strict=True)]
    table = Table.of({**columns, "h": [rng.random() < 0.6 for _ in range(25)]})
    assert {len(units) for _, _, units in table.whole.values()} == ({1} if largest == 4 else {25})
    rows = [{name: column[row] for name, column in table.columns.items()} for row in range(25)]
    for _ in range(60):
        relation, where = rng.choice(["<=", ">="]), rng.choice([None, "h"])
        one, other = (
            Bound("y", relation, tuple((name, fraction(3)) for name in rng.choice(["x", "z", "xz", ""])), fraction(8), h)
            for h in (where, rng.choice([None, "h"]))
        )
        check, spoken = one.check(table), table.rows_where(one.hypothesis)
        slacks = {row: one.slack(rows[row]) for row in spoken}
        assert one.slacks(table, spoken).least == min(low for low, _ in slacks.values())
        assert check.violated == tuple(row for row in spoken if slacks[row][1] < 0)
        assert check.undecided == tuple(row for row in spoken if slacks[row][0] < 0 <= slacks[row][1])
        assert check.touched == tuple(row for row in spoken if slacks[row] == (0, 0))
        rights = [(one.right(rows[row]), other.right(rows[row])) for row in spoken]
        speaks = [other.hypothesis is None or table.hypotheses["h"][row] for row in spoken]
        sharper = [there[0] >= here[1] if relation == ">=" else there[1] <= here[0] for here, there in rights]
        sharper = [as_sharp and said for as_sharp, said in zip(sharper, speaks, strict=True)]
        assert dominated(one, [other], table) is all(sharper)


def test_witnesses_of_an_attack_are_told_by_graph6_and_once():
    def row(graph):
        return {"order": len(graph), "size": graph.number_of_edges()}

    trees = [row(networkx.path_graph(n)) for n in range(2, 9)]
    table = Table.of({name: [one[name] for one in trees] for name in trees[0]})
    study = Conjecture(table, "size", None, lambda size, rng: networkx.gnp_random_graph(size + 1, 0.5, rng.randrange(9**9)), row, most=1)
    found = study.run(60)
    assert len({one.bound for one in found.dead}) == len(found.dead) > 1 and found.rounds > 1
    line = next(line for line in study.report().splitlines() if line.startswith("REFUTED  size <= order - 1"))
    graph = networkx.from_graph6_bytes(line.split("graph6 ")[1].split(": ")[0].encode())
    assert f"size = {graph.number_of_edges()}, order = {len(graph)}" in line and graph.number_of_edges() > len(graph) - 1


def test_rows_that_are_added_kill(study):
    grown = Conjecture(study.table, "independence", SOME, findings=study.findings)
    text = GRAPHS.read_text(encoding="utf-8").splitlines()[0] + "\nPetersen,10,15,4,2,5,3,2,2,3,3,0,5,false,false,false\n"
    killed = grown.add(Table.from_csv(text))
    assert [str(one.bound) for one in killed] == ["independence >= 2 order - 2 matching - 5"] and killed[0].witness == "Petersen"
    more = grown.add(Table.from_csv(text.replace("Petersen,10,15,4", "odd,10,15,11")))
    assert len(grown.table) == 145 and killed[0].bound not in {one.bound for one in more}, "rows join one after the other, and kill once"
    assert {one.witness for one in more} == {"odd"} and "independence <= order - matching" in {str(one.bound) for one in more}
    assert grown.run().dead[: 1 + len(more)] == (killed[0], *more) and len(grown.findings.table) == 145
    with pytest.raises(InputError, match="no column order"):
        grown.add(Table.of({"size": [3]}))
    with pytest.raises(InputError, match="before rows"):
        Conjecture(study.table, "size").add(study.table)


def test_a_name_that_there_is_not_has_a_neighbour(study):
    for wrong, meant in (("indep", "independence"), ("Order", "order"), ("matchign", "matching")):
        with pytest.raises(InputError, match=f"did you mean '{meant}'"):
            Conjecture(study.table, wrong).run()


def test_the_certificate_decides_every_statement_again(study):
    """Sabotage twins: another constant, another number of the table, another witness, another count, and a fate that is not so."""
    certificate = certify_statements(study.findings, {"file": "graphs.csv"})
    document = certificate.document()
    assert certificate.replay().accepted and certificate.value == str(len(study.findings.surviving))
    texts = json.dumps(document)
    fates = document["witness"]["fates"]
    violated = next(place for place, fate in enumerate(fates) if "violated" in fate)
    for change in (
        lambda d: d["claim"]["statements"][0]["terms"].append(["-1", []]),
        lambda d: d["claim"]["columns"]["independence"].__setitem__(5, "9"),
        lambda d: d["witness"]["fates"][0].__setitem__("touched", 5),
        lambda d: d["witness"]["fates"][violated].__setitem__("violated", 1),
        lambda d: d["witness"]["fates"].__setitem__(violated, {"touched": 3}),
        lambda d: d.__setitem__("value", "1"),
    ):
        other = json.loads(texts)
        change(other)
        assert not Certificate(**other).replay().accepted
    table = Table.of({"n": range(9), "y": [n * n for n in range(9)], "z": [(Fraction(n), Fraction(n + 1)) for n in range(9)]})
    assert certify_statements(Conjecture(table, "y").run()).replay(isolated=True).accepted
    told = Conjecture(Table.of({"x": range(6), "h": [x > 2 for x in range(6)]}), "h")
    with pytest.raises(InputError, match="rules"):
        certify_statements(type(study.findings)(told.target, told.table, (), None, (), (), (), ()))


def test_the_checker_takes_intervals_at_their_worst():
    """y between 1 and 2, x between 1/2 and 3/2: y >= x is undecided, y >= x - 1 holds, y <= -x is violated; products with signs, too."""
    claim = {"kind": "statements decided in a table", "rows": 1, "source": {}, "objects": ["a"], "truths": {"h": [False]},
             "columns": {"y": [["1", "2"]], "x": [["1/2", "3/2"]], "z": [["-2", "1"]]}, "statements": []}  # fmt: skip

    def accepted(relation: str, terms: list, fate: dict, hypothesis: str | None = None) -> bool:
        one = {"target": "y", "relation": relation, "terms": terms, "hypothesis": hypothesis}
        value = "1" if "touched" in fate else "0"
        return Certificate({**claim, "statements": [one]}, value, {"fates": [fate]}, "table-statements@1").replay().accepted

    holds, dies = {"touched": 0}, {"violated": 0}
    assert accepted(">=", [["1", ["x"]], ["-1", []]], holds) and not accepted(">=", [["1", ["x"]]], holds)
    assert accepted("<=", [["-1", ["x"]]], dies) and not accepted("<=", [["1", ["x"]]], dies)
    assert accepted("<=", [["-1", ["x", "z"]], ["4", []]], holds)  # -x z from -3/2 to 3
    assert not accepted("<=", [["-1", ["x", "z"]], ["3", []]], holds) and accepted(">=", [["1", ["x", "z"]], ["6", []]], dies)
    assert not accepted("<=", [["-1", ["x"]]], dies, "h"), "of a row of which it does not speak"


def test_the_verb_keeps_adds_and_tells(tmp_path, capsys, monkeypatch):
    kept = tmp_path / "kept"
    arguments = ["conjecture", str(GRAPHS), "independence", "--features", "order,matching", "--most", "1"]
    assert main([*arguments, "--out", str(kept)]) == 0 and "certifield verify" in capsys.readouterr().out
    assert {file.name for file in kept.iterdir()} == {"statements.json", "report.txt", "statements.lean", "graphs.csv"}
    claim = load(kept / "statements.json").claim
    assert claim["source"]["graphs.csv"].startswith("sha256 ") and (kept / "statements.lean").read_text("utf-8").count("import") == 1
    assert main(["verify", str(kept)]) == 0
    assert "hold in the 143 rows of the table" in capsys.readouterr().out
    assert main([*arguments, "--out", str(kept)]) == 2  # it holds something
    assert main([*arguments, "--add", str(GRAPHS), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["died"] == [] and told["rows"] == 286 and told["dead"][0]["values"]["independence"]

    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Conjecture, "run", stopped)
    assert main(arguments) == 3 and "interrupted; nothing was saved" in capsys.readouterr().err
