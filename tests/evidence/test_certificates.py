"""Certificates: accepted when true, rejected after any single change, by checkers that stand alone."""

import ast
import json
import pickle
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from mutations import mutations

from certifield.evidence import (
    CHECKERS,
    Certificate,
    CertificateRejected,
    InputError,
    Verdict,
    certify_coincident_cumulant,
    certify_positive_definite,
    checker_path,
    save,
)

# Nothing that reaches files of others, the network or other processes.
REACHING = {"subprocess", "socket", "ctypes", "importlib", "pickle", "urllib", "http", "multiprocessing"}
STANDARD_LIBRARY = set(sys.stdlib_module_names) - REACHING

# Statistics of one neuron at coincident points: cos-net from its characteristic function, ReLU from (n - 1)!!/2 (arXiv:2307.03223).
KNOWN = [
    ("cos", 2, "1/2"), ("cos", 4, "3/8"), ("cos", 6, "0"), ("cos", 8, "-315/128"),
    ("relu", 2, "1/2"), ("relu", 4, "15/4"), ("relu", 6, "165/2"), ("linear", 2, "1"), ("linear", 4, "6"), ("linear", 6, "120"),
]  # fmt: skip


@pytest.mark.parametrize(("activation", "order", "value"), KNOWN)
def test_known_cumulants(activation, order, value):
    certificate = certify_coincident_cumulant(activation, order)
    assert certificate.value == value and certificate.replay().accepted
    assert certificate.demote().value == Fraction(value)


def test_the_linear_cumulants_by_a_third_route():
    """Phi = a z has E[exp(t Phi)] = (1 - t^2)^(-1/2): kappa_{2k} = (2k)!/(2k) is (2k - 1)!."""
    for order in (8, 16, 40):
        factorial = 1
        for factor in range(2, order):
            factorial *= factor
        assert certify_coincident_cumulant("linear", order).demote().value == factorial


def test_high_orders_are_accepted():
    assert certify_coincident_cumulant("cos", 64).replay().accepted and certify_coincident_cumulant("relu", 40).replay().accepted


def test_a_factorisation_is_accepted_and_its_value_is_the_determinant():
    matrix = np.random.default_rng(0).normal(size=(8, 12))
    matrix = matrix @ matrix.T
    matrix = (matrix + matrix.T) / 2
    determinant = certify_positive_definite(matrix).demote()
    assert float(determinant.value) == pytest.approx(np.linalg.det(matrix), rel=1e-10)
    assert "positive definite" in determinant.derivation and determinant.reference == "accepted by positive-definite@1"


@pytest.mark.parametrize(
    "matrix",
    [
        [[1.0, 2.0], [2.0, 1.0]],
        [[1.0, 1.0], [1.0, 1.0]],  # singular
        [[1.0, 1.0], [1.0, float(np.nextafter(1.0, 0.0))]],  # negative by one unit in the last place
        [[0.0]],
        [[1.0, 0.5], [0.4, 1.0]],
        [[1.0, 0.5]],
        [[float("inf")]],
        [[1j]],
        np.zeros((0, 0)),
        np.eye(65),
        "text",
    ],
)
def test_what_is_not_positive_definite_gets_no_certificate(matrix):
    with pytest.raises(InputError, match="matrix"):
        certify_positive_definite(matrix)


def test_one_unit_in_the_last_place_decides():
    """Floating-point factorisation cannot tell these from singular; exact fractions can."""
    above = [[1.0, 1.0], [1.0, float(np.nextafter(1.0, 2.0))]]
    assert certify_positive_definite(above).demote().value == Fraction(1, 2**52)


def test_entries_of_wild_scale_are_refused_not_mangled():
    with pytest.raises(InputError, match="4300"):
        certify_positive_definite(np.diag([1e-300] * 20))


@pytest.mark.parametrize(("activation", "order"), [("erf", 4), ("cos", 3), ("cos", 0), ("cos", 66), ("cos", True), ("cos", 4.0)])
def test_cumulants_without_a_certificate(activation, order):
    with pytest.raises(InputError):
        certify_coincident_cumulant(activation, order)


# Mutations -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["claim", "value", "witness"])
def test_every_single_change_is_rejected(certificate, field):
    document = certificate.document()
    rejected = 0
    for mutated in mutations(document[field]):
        if field == "claim" and not isinstance(mutated, dict):
            with pytest.raises(InputError, match="claim"):
                Certificate(**(document | {field: mutated}))
            continue
        verdict = Certificate(**(document | {field: mutated})).replay()
        assert not verdict.accepted and verdict.reason, f"accepted with {field} = {mutated!r}"
        rejected += 1
    assert rejected > 10


def test_the_loop_sees_an_entry_that_is_not_checked(certificate):
    """Sabotage twin: a checker that forgets one field of the witness lets mutations through."""
    path = checker_path(certificate.checker)
    namespace: dict = {"__name__": "sabotaged"}
    source = path.read_text().replace("for name, table in expected:", "for name, table in expected[1:]:")
    source = source.replace("_require(product == matrix[i][j],", "_require(True,")
    source = source.replace("value == str(total)", "True")
    exec(compile(source, str(path), "exec"), namespace)
    document = certificate.document()
    accepted = [m for m in mutations(document["witness"]) if namespace["check"](document["claim"], document["value"], m)[0]]
    assert accepted


trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["moments", "cumulants", "2", "lower", "diagonal"]), inner),
    max_leaves=12,
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.sampled_from(list(CHECKERS)), st.dictionaries(st.sampled_from(["kind", "activation", "order", "matrix"]), trees), trees, trees)
def test_junk_is_rejected_and_never_raises(checker, claim, value, witness):
    verdict = Certificate(claim, value, witness, checker).replay()
    assert not verdict.accepted and "the checker stopped" not in verdict.reason


# Checkers alone --------------------------------------------------------------------------------------------------------------


def _alone(checker: str, path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-I", "-S", str(checker_path(checker)), str(path)], capture_output=True, text=True, check=False)


def test_the_program_and_the_function_are_one(certificate, tmp_path, capsys):
    """The program's answers, asked in this process: 0, 1 and 2, each with one line of JSON."""
    namespace: dict = {"__name__": "loaded"}
    path = checker_path(certificate.checker)
    exec(compile(path.read_text(), str(path), "exec"), namespace)
    texts = [certificate.canonical(), json.dumps(certificate.document() | {"value": "7/3"}), '{"checker": "other@1"}', '{"a": 1, "a": 2}']
    for text, code in zip(texts, (0, 1, 2, 2), strict=True):
        (tmp_path / "file.json").write_text(text)
        assert namespace["main"]([str(tmp_path / "file.json")]) == code
        assert json.loads(capsys.readouterr().out)["accepted"] is (code == 0)


def test_checkers_run_alone(certificate, tmp_path):
    save(certificate, tmp_path / "certificate.json")
    done = _alone(certificate.checker, tmp_path / "certificate.json")
    assert (done.returncode, done.stderr) == (0, "") and json.loads(done.stdout)["accepted"] is True
    document = certificate.document() | {"value": "7/3"}
    (tmp_path / "wrong.json").write_text(json.dumps(document))
    done = _alone(certificate.checker, tmp_path / "wrong.json")
    assert done.returncode == 1 and json.loads(done.stdout)["reason"]


@pytest.mark.parametrize("checker", CHECKERS)
@pytest.mark.parametrize("text", ["", "[1]", "{}", '{"checker": "other@1"}', '{"a": 1, "a": 2}', "[" * 100_000, "\x00"])
def test_malformed_files_leave_with_two(checker, text, tmp_path):
    (tmp_path / "file.json").write_text(text)
    done = _alone(checker, tmp_path / "file.json")
    assert done.returncode == 2 and done.stderr == ""
    assert json.loads(done.stdout)["accepted"] is False


def test_missing_files_leave_with_two(tmp_path):
    for checker in CHECKERS:
        assert _alone(checker, tmp_path / "nothing.json").returncode == 2
        done = subprocess.run([sys.executable, "-I", "-S", str(checker_path(checker))], capture_output=True, text=True, check=False)
        assert done.returncode == 2


@pytest.mark.parametrize("checker", CHECKERS)
def test_checkers_import_the_standard_library_only_and_are_short(checker):
    source = checker_path(checker).read_text()
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            imported.add(node.module)
        assert not (isinstance(node, ast.Name) and node.id in ("__import__", "exec", "eval", "compile"))
    assert {name.partition(".")[0] for name in imported} <= STANDARD_LIBRARY
    assert source.count("\n") < (400 if "knot" in source or "plumbing" in source else 180 if "Kaehler" in source else 150)


# Replays ---------------------------------------------------------------------------------------------------------------------


def test_isolated_replay_gives_the_same_verdict(certificate):
    here, apart = certificate.replay(), certificate.replay(isolated=True)
    assert (here.accepted, here.reason, here.steps) == (apart.accepted, apart.reason, apart.steps) == (True, "", here.steps)
    wrong = Certificate(**(certificate.document() | {"value": "7/3"}))
    here, apart = wrong.replay(), wrong.replay(isolated=True)
    assert (here.accepted, here.reason) == (apart.accepted, apart.reason) and not here.accepted
    with pytest.raises(CertificateRejected, match="value"):
        wrong.demote()


def test_isolated_replay_keeps_its_time_limit(certificate):
    verdict = certificate.replay(isolated=True, timeout=1e-4)
    assert not verdict.accepted and "no verdict within" in verdict.reason


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def check(*_):\n    return 1 / 0\nif __name__ == '__main__':\n    check()", "stopped"),
        ("def check(*_):\n    return 'yes', '', 0\nprint('[]')", ""),
        ("def check(*_):\n    return None\nprint('accepted')", "stopped"),
    ],
)
def test_a_broken_checker_never_accepts(monkeypatch, tmp_path, certificate, source, reason):
    from certifield.evidence import _replay

    (tmp_path / "broken.py").write_text(source)
    monkeypatch.setattr(_replay, "_FOLDER", tmp_path)
    monkeypatch.setitem(_replay.CHECKERS, "broken@1", "broken.py")
    broken = Certificate(certificate.claim, certificate.value, certificate.witness, "broken@1")
    for verdict in (broken.replay(), broken.replay(isolated=True)):
        assert isinstance(verdict, Verdict) and not verdict.accepted and reason in verdict.reason


def test_unknown_checkers_are_named(certificate):
    stranger = Certificate(certificate.claim, certificate.value, certificate.witness, "unknown@3")
    with pytest.raises(InputError, match="coincident-cumulant@1"):
        stranger.replay()


def test_certificates_are_frozen_copies():
    claim = {"kind": "k", "list": [1, [2]]}
    certificate = Certificate(claim, "1", {"a": [1]}, "unknown@1")
    claim["list"][1].append(3)
    assert certificate.document()["claim"] == {"kind": "k", "list": [1, [2]]}
    with pytest.raises(TypeError):
        certificate.claim["kind"] = "other"  # type: ignore[index]
    assert pickle.loads(pickle.dumps(certificate)).canonical() == certificate.canonical()


def _nested(depth: int) -> list:
    tree: list = []
    for _ in range(depth):
        tree = [tree]
    return tree


@pytest.mark.parametrize(
    "build",
    [
        lambda: Certificate([1], "1", {}, "a@1"),  # type: ignore[arg-type]
        lambda: Certificate({}, "1", {}, "a"),
        lambda: Certificate({}, "1", {}, None),  # type: ignore[arg-type]
        lambda: Certificate({}, "1", {"a": object()}, "a@1"),
        lambda: Certificate({}, float("nan"), {}, "a@1"),
        lambda: Certificate({}, "1", _nested(100_000), "a@1"),
    ],
)
def test_bad_certificates(build):
    with pytest.raises(InputError):
        build()
