"""lambda_1 + mu >= sqrt(n - 1) + 1 is refuted by exact witnesses, and the verb reads tables."""

import json
import random

import networkx
import numpy as np
import pytest
from mutations import mutations

from certifield.cli import main
from certifield.conjecture import anneal, attack_spectral_bound, counterexample, cover, double_broom, spectral_radius
from certifield.conjecture._trees import _moved, slack
from certifield.evidence import Certified, InputError, Unknown, checker_path


@pytest.mark.parametrize(("left", "right", "expected"), [(7, 8, -0.02181), (8, 8, -0.08036), (8, 9, -0.10037), (9, 9, -0.15551)])
def test_double_brooms(left, right, expected):
    tree = double_broom(left, right)
    assert slack(tree) == pytest.approx(expected, abs=5e-6)
    assert isinstance(counterexample(tree), Certified)


def test_no_smaller_double_broom_violates_and_stars_are_equal():
    for order in range(10, 18):
        for left in range(order - 2):
            assert isinstance(counterexample(double_broom(left, order - 3 - left)), Unknown)
    for order in (5, 10, 19):  # equality, where floats may say -1e-15
        assert abs(slack((0,) * (order - 1))) < 1e-12 and isinstance(counterexample((0,) * (order - 1)), Unknown)


def test_radius_and_cover_against_networkx():
    rng = random.Random(2)
    for _ in range(60):
        tree = tuple(rng.randrange(vertex) for vertex in range(1, rng.randint(2, 14)))
        for _ in range(5):
            tree = _moved(tree, rng) if len(tree) > 1 else tree
        graph = networkx.Graph([(parent, vertex) for vertex, parent in enumerate(tree, 1)])
        assert networkx.is_tree(graph) and graph.number_of_nodes() == len(tree) + 1
        assert len(cover(tree)) == len(networkx.max_weight_matching(graph, maxcardinality=True))
        assert spectral_radius(tree) == pytest.approx(max(np.linalg.eigvalsh(networkx.to_numpy_array(graph))), abs=1e-12)


def test_an_attack_finds_a_witness_of_eighteen_or_nineteen_vertices():
    for order in (18, 19):
        found = attack_spectral_bound(order, seed=1)
        assert found.witness is not None and found.slack < 0
        assert counterexample(found.witness).certificate.replay(isolated=True).accepted  # type: ignore[union-attr]


def test_an_attack_that_fails_says_what_it_tried():
    found = attack_spectral_bound(8, seed=0, budget=300)
    assert found.witness is None and found.tried == 300 and found.slack >= -1e-12


def test_a_float_that_lies_is_asked_exactly():
    """Sabotage twin: a slack of -1e-15 everywhere would be a witness if floats decided."""
    asked = []
    found = anneal(lambda rng: 0, lambda x, rng: x + 1, lambda x: -1e-15, lambda x: asked.append(x) or False, seed=1, budget=50)
    assert found.witness is None and asked


def test_every_mutation_of_a_certificate_is_refused_or_true():
    from planar_walks import loaded

    module = loaded(checker_path("graph-spectral@1").read_text())
    document = counterexample(double_broom(7, 8)).certificate.document()  # type: ignore[union-attr]
    refused = 0
    for field in ("claim", "value", "witness"):
        for mutated in mutations(document[field]):
            accepted, reason, _ = module.check(*[mutated if name == field else document[name] for name in ("claim", "value", "witness")])
            refused += not accepted
            if accepted:  # an edge written backwards, or another graph that the same witness serves
                graph = networkx.Graph(mutated["edges"])
                matching = len(networkx.max_weight_matching(graph, maxcardinality=True))
                radius = max(np.linalg.eigvalsh(networkx.to_numpy_array(graph)))
                assert field == "claim" and radius + matching < (graph.number_of_nodes() - 1) ** 0.5 + 1
            else:
                assert reason
    assert refused > 500


def test_bad_arguments():
    for call in (lambda: attack_spectral_bound(2, seed=0), lambda: attack_spectral_bound(9, seed=0, budget=0)):
        with pytest.raises(InputError):
            call()


def test_the_verb_finds_statements_in_a_table(tmp_path, capsys):
    file = tmp_path / "index.csv"
    file.write_text("a,b,y\n" + "".join(f"{a},{b},{3 * (a + b) * (2 + a * b)}/2\n" for a in range(-3, 4) for b in range(-3, 4)))
    assert main(["conjecture", str(file), "y", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["relation"] == "y = 3 a + 3 b + 3/2 a a b + 3/2 a b b" and found["surviving"]
    assert found["unbounded"] == []
    assert main(["conjecture", str(file), "y"]) == 0
    assert ":= by" in capsys.readouterr().out
    assert main(["conjecture", str(file), "z"]) == 2
