"""Forests are read from lists, texts, files and networkx; what is no forest is refused with its name."""

import copy
import re

import networkx
import pytest

pytest.importorskip("numba")  # collected only where the marker lets it
from plumbing_walks import shape

from certifield.evidence import InputError
from certifield.topology.plumbing import Plumbing, PlumbingForest, chain, drawing, normal_form, play, read_forests, scrambled, star


def test_texts_come_back():
    for text in ("(-2(-2)(-3))", "(0)(1(2)(3(4)))", "()", "(+7)"):
        assert PlumbingForest.from_text(str(PlumbingForest.from_text(text))) == PlumbingForest.from_text(text)
    assert str(star(-1, -2, (-3, -4))) == "(-1(-2)(-3(-4)))" and str(PlumbingForest()) == "()"
    assert chain(1, 2, 3).matrix() == [[1, 1, 0], [1, 2, 1], [0, 1, 3]]


@pytest.mark.parametrize("text", ["(", "(1", "1", "(1))", "(1)(", "(a)", "((1))", "(1 2)", "()(1)", "(1.5)"])
def test_bad_texts_are_refused(text):
    with pytest.raises(InputError, match="text"):
        PlumbingForest.from_text(text)


@pytest.mark.parametrize(
    ("weights", "edges", "named"),
    [
        ([1, 2], [(0, 0)], r"edge = '\(0, 0\)'"),
        ([1, 2], [(0, 1), (1, 0)], "given once"),
        ([1, 2, 3], [(0, 1), (1, 2), (2, 0)], "closes a cycle"),
        ([1, 2.0], [], "weight of vertex 1"),
        ([True], [], "weight of vertex 0"),
        ([10**10], [], "weight of vertex 0"),
        ([1], [(0, 1)], "edge"),
        ([1], [(0,)], "edge"),
        ("12", [], "weights"),
    ],
)
def test_what_is_no_forest_is_refused(weights, edges, named):
    with pytest.raises(InputError, match=named):
        PlumbingForest(weights, edges)


def test_networkx():
    graph = networkx.path_graph(["a", "b", "c"])
    networkx.set_node_attributes(graph, {"a": 3, "b": 0, "c": 4}, "weight")
    assert PlumbingForest.from_networkx(graph) == chain(3, 0, 4)
    graph.nodes["b"]["genus"] = 1
    with pytest.raises(InputError, match="genus of vertex 'b'"):
        PlumbingForest.from_networkx(graph)
    del graph.nodes["b"]["genus"], graph.nodes["c"]["weight"]
    with pytest.raises(InputError, match="vertex 'c'"):
        PlumbingForest.from_networkx(graph)
    twice = networkx.MultiGraph([(0, 1), (0, 1)])
    networkx.set_node_attributes(twice, 1, "weight")
    with pytest.raises(InputError, match="double edge"):
        PlumbingForest.from_networkx(twice)


def test_files_of_trees():
    text = '# two trees\n(2(2))  # a chain\n\n{"weights": [3, 0, 4], "edges": [[0, 1], [1, 2]]}\n'
    assert list(read_forests(text)) == [chain(2, 2), chain(3, 0, 4)]
    for bad in ("(2\n", '{"weights": [1]}', "{1}"):
        with pytest.raises(InputError, match="line 1"):
            list(read_forests(bad))


def test_moves_have_inverses():
    base = PlumbingForest.from_text("(2(-1(3)(0))(4))(1)")
    for seed in range(60):
        forest, moves = scrambled(base, 25, seed=seed)
        assert play(base, moves) == forest
        state = Plumbing(base)
        for move in moves:
            before = shape(state.forest())
            undo = state.move(move)
            now = copy.deepcopy(state)
            for back in undo:
                now.move(back)
            assert shape(now.forest()) == before


@pytest.mark.parametrize(
    "move",
    [
        ("blow-down", 1), ("blow-down", 9), ("blow-up", 2, []), ("blow-up", 1, [1, 2]), ("absorb", 0), ("split", 0), ("expand", 3),
        ("extrude", 1, 0, [2]), ("join", 1, [0, 1]), ("jump", 1), ("blow-up", 1), ("expand", 0),
    ],
)  # fmt: skip
def test_moves_that_do_not_fit_are_refused(move):
    with pytest.raises(InputError, match="move"):
        play(PlumbingForest.from_text("(2(5)(1)(-1))"), [move])


def test_a_drawing_has_every_vertex_and_edge_apart():
    forest = PlumbingForest.from_text("(2(-1(3)(0))(4))(1)(5(6)(7)(8))")
    picture = drawing(forest, "three trees")
    assert picture.count("<circle") == 10 and picture.count("<line") == 7 and "<title>three trees</title>" in picture
    places = set(re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', picture))
    assert len(places) == 10


def test_a_forest_of_too_large_weight_says_so():
    assert len(normal_form(chain(3000)).forest.weights) == 2999
    with pytest.raises(InputError, match="100,000"):
        normal_form(chain(10**8))
