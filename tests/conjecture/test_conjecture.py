"""Three lines for a table: statements are found, attacked by objects, refined by witnesses, and reported."""

import random
from fractions import Fraction

import networkx
import pytest

from certifield.conjecture import Conjecture, Table
from certifield.evidence import InputError


def row(graph: networkx.Graph) -> dict:
    """Exact numbers of a connected graph."""
    degrees = [degree for _, degree in graph.degree()]
    return {
        "order": len(graph),
        "size": graph.number_of_edges(),
        "diameter": networkx.diameter(graph),
        "largest degree": max(degrees),
        "tree": networkx.is_tree(graph),
    }


def connected(size: int, rng: random.Random) -> networkx.Graph:
    graph = networkx.Graph([(rng.randrange(vertex), vertex) for vertex in range(1, size + 2)])
    for _ in range(rng.randrange(size + 1)):
        graph.add_edge(*rng.sample(range(size + 2), 2))
    return graph


def more(graph: networkx.Graph, rng: random.Random) -> networkx.Graph:
    other = graph.copy()
    other.add_edge(rng.randrange(len(graph)), len(graph))
    return other


def table(graphs: list) -> Table:
    rows = [row(graph) for graph in graphs]
    return Table.of({name: [one[name] for one in rows] for name in rows[0]}, [sorted(graph.edges) for graph in graphs])


PATHS = [networkx.path_graph(n) for n in range(2, 12)]


def test_what_paths_suggest_dies_by_other_graphs_and_what_is_true_lives():
    """On paths diameter = order - 1 both ways; of trees only <= is true."""
    study = Conjecture(table(PATHS), "diameter", ["order"], connected, row, more, most=1, seed=1)
    alone = Conjecture(table(PATHS), "diameter", ["order"], most=1).run()
    assert {str(one.bound) for one in alone.surviving} >= {"diameter >= order - 1", "diameter <= order - 1"}
    assert str(alone.relation) == "diameter = -1 + order"
    found = study.run(300)
    assert "if tree: diameter <= order - 1" in {str(one.bound) for one in found.surviving}
    dead = {str(one.bound): one.witness for one in found.dead}
    witness = dead["diameter >= order - 1"]
    assert networkx.diameter(witness) < len(witness) - 1
    assert found.relation is None and found.rounds > 1 and found.tried > 0 and len(found.table) > len(PATHS)
    text = study.report()
    assert "REFUTED  diameter >= order - 1" in text and ":= by" in text and "nothing is said of others" in text
    assert Conjecture(table(PATHS), "diameter", ["order"], connected, row, more, most=1, seed=1).run(300).report() == text


def test_survivors_are_told_apart_from_what_was_tried_before_them():
    """A confidence is that of the draws since the last witness: with the budget of the first round alone there is none."""
    found = Conjecture(table(PATHS), "diameter", ["order"], connected, row, more, most=1, seed=1).run(300)
    assert found.drawn < found.held < found.tried == 300 and "confidence" not in found.report()  # two draws, and mutations of them
    short = [Conjecture(table(PATHS), "diameter", ["order"], connected, row, more, most=1, seed=1).run(count) for count in range(8, 40, 4)]
    cut = [one for one in short if one.rounds > 1 and one.held == 0]  # the last object of the budget was a witness
    assert cut and all(one.drawn == 0 and "confidence" not in one.report() for one in cut)
    plain = Conjecture(table(PATHS), "size", ["order"], connected, row, most=1, seed=1).run(100)
    assert 3 < plain.drawn == plain.held <= plain.tried and f"{3 / plain.drawn:.2g} of all" in plain.report()


def test_hypotheses_are_used():
    graphs = PATHS + [networkx.cycle_graph(n) for n in range(3, 9)] + [networkx.complete_graph(n) for n in range(4, 8)]
    found = Conjecture(table(graphs), "size", ["order"], connected, row, most=1).run(200)
    statements = {str(one.bound) for one in found.surviving}
    assert {"size >= order - 1", "if tree: size <= order - 1"} <= statements


def test_truth_values_get_rules():
    pytest.importorskip("sklearn")
    found = Conjecture(Table.of({"x": range(20), "y": [k % 3 for k in range(20)], "small": [k <= 6 for k in range(20)]}), "small").run()
    assert [str(rule) for rule, check in found.rules if check.holds] == ["small iff x <= 6"] and "SURVIVES(20 rows)" in found.report()


def test_tables_are_written_and_read_again():
    one = Table.of({"x": [Fraction(1, 3), 2], "tree": [True, False]}, ["P3", "K3"])
    other = Table.from_csv(one.to_csv())
    assert (other.columns, other.hypotheses, list(other.objects)) == (one.columns, one.hypotheses, ["P3", "K3"])
    with pytest.raises(InputError, match="exact"):
        Table.of({"x": [(Fraction(0), Fraction(1))]}).to_csv()


@pytest.mark.parametrize(
    "call",
    [
        lambda: Conjecture(table(PATHS), "width").run(),
        lambda: Conjecture(table(PATHS), "size").run("soon"),
        lambda: Conjecture(table(PATHS), "size").run(-1),
        lambda: Conjecture(table(PATHS), "size", generate=connected).run(),
        lambda: Conjecture(table(PATHS), "size").report(),
        lambda: Conjecture(table(PATHS), "diameter", ["order"], connected, lambda graph: {"order": 9, "diameter": 1}, most=1).run(50),
    ],
)
def test_bad_input(call):
    with pytest.raises(InputError):
        call()


def test_a_time_is_a_budget():
    assert Conjecture(table(PATHS), "diameter", ["order"], connected, row, most=1).run("1s").tried > 0
