"""Evidence survives JSON and files to the last bit; what is not evidence raises `InputError` and nothing else."""

import copy
import json
import os
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as arrays

from certifield.evidence import (
    Agreement,
    Certificate,
    Certified,
    Estimate,
    Exact,
    InputError,
    Obstructed,
    Unknown,
    Value,
    Verdict,
    from_json,
    load,
    save,
    to_json,
)

BOUNDED = settings(derandomize=True, deadline=None, max_examples=100)
finite = st.floats(allow_nan=False, allow_infinity=False)
shapes = arrays.array_shapes(min_dims=0, max_dims=3, max_side=3)
texts = st.text(max_size=12)


def _through_text(record, **options):
    return from_json(json.loads(json.dumps(to_json(record, **options), allow_nan=False)))


def _same_bits(left: object, right: object) -> bool:
    a, b = np.asarray(left), np.asarray(right)
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


exact_values = st.one_of(
    st.integers(-(10**40), 10**40),
    st.fractions(),
    finite,
    st.complex_numbers(allow_nan=False, allow_infinity=False),
    arrays.arrays(np.float64, shapes, elements=finite),
    arrays.arrays(np.complex128, shapes, elements=st.complex_numbers(allow_nan=False, allow_infinity=False)),
    arrays.arrays(np.int64, shapes),
    arrays.arrays(np.bool_, shapes),
    arrays.arrays(object, shapes, elements=st.integers(-(10**40), 10**40) | st.fractions()),
)


def _is_rational(value: object) -> bool:
    return isinstance(value, int | Fraction) or np.asarray(value).dtype.kind in "biO"


@BOUNDED
@given(exact_values, texts, texts, st.floats(0, 1e300))
def test_exact(value, derivation, reference, radius):
    exact = Exact(value, derivation, reference, 0 if _is_rational(value) else radius)
    again = _through_text(exact)
    assert type(again.value) is type(exact.value)
    if _is_rational(exact.value):
        assert np.array_equal(again.value, value) and np.asarray(again.value).dtype == np.asarray(exact.value).dtype
    else:
        assert _same_bits(again.value, exact.value)
    assert (again.derivation, again.reference) == (derivation, reference) and _same_bits(again.radius, exact.radius)


@st.composite
def estimates(draw) -> Estimate:
    shape, complex_valued = draw(shapes), draw(st.booleans())
    elements = st.complex_numbers(max_magnitude=1e100) if complex_valued else st.floats(-1e100, 1e100)
    dtype = np.complex128 if complex_valued else np.float64
    sources = draw(st.lists(texts, max_size=2, unique=True))
    blocks = draw(st.sampled_from([0, 2, 16]))
    return Estimate(
        draw(arrays.arrays(dtype, shape, elements=elements)),
        {source: draw(arrays.arrays(dtype, (max(blocks, 1), *shape), elements=elements)) for source in sources},
        draws=draw(st.integers(0, 10**20)),
        blocks=blocks,
        seed=draw(st.none() | st.integers(0, 2**70)),
        method=draw(texts),
        precision="float64",
        bias=draw(st.sampled_from(["none", "unknown", "bounded(1e-06)"])),
        refused=draw(arrays.arrays(bool, shape)),
        effective_draws=draw(st.none() | st.floats(0, 1e10)),
        diagnostics=draw(st.dictionaries(texts, st.floats() | texts | st.lists(st.floats(), max_size=2), max_size=3)),
    )


@BOUNDED
@given(estimates())
def test_estimates(estimate):
    again = _through_text(estimate)
    for name in ("mean", "refused", "stderr", "nominal_stderr"):
        assert _same_bits(getattr(again, name), getattr(estimate, name))
    assert list(again.deviations) == list(estimate.deviations)
    assert all(_same_bits(again.deviations[source], given) for source, given in estimate.deviations.items())
    for name in ("draws", "blocks", "seed", "method", "precision", "bias", "effective_draws"):
        assert getattr(again, name) == getattr(estimate, name)
    assert repr(again.diagnostics) == repr(estimate.diagnostics)  # repr, since NaN differs from itself


def test_numbers_of_many_digits():
    for value in (10**5000, -(10**5000), Fraction(10**5000, 3), Fraction(-1, 10**5000 + 1)):
        assert _through_text(Exact(value)).value == value
        assert _through_text(Exact([value, 1])).value.tolist() == [value, 1]
    assert _through_text(Exact(np.array([2**60 + 1]))).value.tolist() == [2**60 + 1]


def test_values_that_are_not_finite(measured):
    estimate = measured([np.nan, np.inf, -np.inf, -0.0])
    again = _through_text(estimate)
    assert _same_bits(again.mean, estimate.mean) and again.refused.tolist() == [True, True, True, False]


def test_summaries_keep_the_covariance_and_forget_the_source(measured):
    estimate = measured([1.0, 2.0, 3.0], refused=np.array([False, False, True]))
    again = _through_text(estimate, deviations=False)
    kept = np.ix_([0, 1], [0, 1])
    assert np.max(np.abs(again.covariance[kept] / estimate.covariance[kept] - 1)) < 1e-12
    assert again.refused.tolist() == [False, False, True]
    assert again.nominal_stderr[2] == pytest.approx(estimate.nominal_stderr[2], rel=1e-12)
    assert again.blocks == estimate.blocks and not again.sources & estimate.sources
    with pytest.raises(InputError, match="independent"):
        again - estimate
    assert len(json.dumps(to_json(estimate, deviations=False))) < len(json.dumps(to_json(estimate))) / 2


@pytest.mark.parametrize("mean", [1.5, [[2.0]], 1 + 2j, np.ones(200)])
def test_summaries_of_every_shape(measured, mean):
    estimate = measured(mean)
    again = _through_text(estimate, deviations=False)
    assert again.shape == estimate.shape and np.max(np.abs(again.stderr / estimate.stderr - 1)) < 1e-12
    assert again.mean.dtype == estimate.mean.dtype


@BOUNDED
@given(st.booleans(), texts, st.integers(0, 10**9), st.floats(0, 1e9))
def test_verdicts(accepted, reason, steps, seconds):
    assert _through_text(Verdict(accepted, reason, steps, seconds)) == Verdict(accepted, reason, steps, seconds)


def test_agreements(measured):
    records = [
        measured([1.0, 2.0]).agrees_with(1.0),
        measured(1.0).agrees_with(1.01),
        Exact(1).agrees_with(2),
        measured(1j).agrees_with(1j),
    ]
    for record in records:
        again = _through_text(record)
        assert isinstance(again, Agreement) and str(again) == str(record)
        assert all(_same_bits(getattr(again, name), getattr(record, name)) for name in ("pull", "p_value", "agrees", "decisive"))
        assert (again.sigmas, again.chi2, again.dof, again.p_joint) == (record.sigmas, record.chi2, record.dof, record.p_joint)


def test_certificates(certificate):
    again = _through_text(certificate)
    assert isinstance(again, Certificate) and again.canonical() == certificate.canonical() and again.replay().accepted


def _answers(certificate: Certificate) -> list[Value]:
    spent = {"bands": 12, "states": 2**70}
    obstructed = [Obstructed(certificate, category, spent) for category in (None, "topological", "smooth")]
    return [Certified(certificate, spent), *obstructed, Unknown(spent), Unknown({}), Certified(certificate)]


def test_answers(certificate, tmp_path):
    for answer in _answers(certificate):
        save(answer, tmp_path / "answer.json")
        for again in (_through_text(answer), load(tmp_path / "answer.json")):
            assert type(again) is type(answer) and again.spent == answer.spent and str(again) == str(answer)
            if not isinstance(answer, Unknown):
                assert again.certificate.canonical() == certificate.canonical() and again.certificate.replay().accepted
            assert getattr(again, "category", None) == getattr(answer, "category", None)


def test_an_answer_is_not_read_as_another(certificate):
    """Sabotage twin: a proof under the name of the opposite answer, or without its certificate, is refused."""
    yes = to_json(Certified(certificate, {"bands": 1}))
    for changes in ({"evidence": "obstructed"}, {"evidence": "unknown"}, {"evidence": "certificate"}, {"spent": {"bands": 1.5}}):
        with pytest.raises(InputError):
            from_json(yes | changes)
    with pytest.raises(InputError, match="category"):
        from_json(to_json(Obstructed(certificate, "smooth")) | {"category": "piecewise linear"})
    with pytest.raises(InputError):
        from_json({name: field for name, field in yes.items() if name != "certificate"})


# What is not evidence --------------------------------------------------------------------------------------------------------


def _documents(measured) -> list[dict]:
    estimate = measured([1.0, 2.0], effective_draws=3.0, diagnostics={"warnings": ["w"]})
    proof = Certificate({"kind": "claim"}, "1", ["step"], "other@1")
    records = [Exact(Fraction(1, 3)), Exact([1.0, 2.0]), Exact(1j), Exact([1, 2]), Exact([1, Fraction(1, 3)]), Exact([True])]
    records += [
        estimate,
        estimate.agrees_with(1.0),
        Verdict(True, "", 1, 0.5),
        Obstructed(proof, "smooth", {"bands": 1}),
        Unknown({"a": 1}),
    ]
    return [to_json(record) for record in records] + [to_json(estimate, deviations=False)]


def _paths(tree, prefix=()):
    yield prefix
    for key, entry in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield from _paths(entry, (*prefix, key))


def _replaced(document: dict, path: tuple, value: object) -> dict:
    changed = copy.deepcopy(document)
    place = changed
    for key in path[:-1]:
        place = place[key]
    if value is KeyError:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


JUNK = [None, True, -1, 10**400, 10**5000, 2.5, float("nan"), "", "text", "1/0", "1e999999999", "9" * 5000, "ÿ", [], [1], {}]
JUNK += [{"float": "nan"}, KeyError]


def test_changed_documents_are_evidence_or_input_errors(measured):
    """Every field of every document is replaced by every kind of junk and removed: never another exception."""
    refused = 0
    for document in _documents(measured):
        for path in _paths(document):
            for junk in JUNK if path else ():
                try:
                    from_json(_replaced(document, path, junk))
                except InputError:
                    refused += 1
    assert refused > 1000


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"format": True},
        {"evidence": "rumour"},
        {"extra": 1},
        {"stderr": {"dtype": "float64", "shape": [2], "values": [1e-9, 1e-9]}},
        {"mean": {"dtype": "float64", "shape": [3], "values": [1.0, 2.0]}},
        {"mean": {"dtype": "float64", "shape": [-1, -2], "values": [1.0, 2.0]}},
        {"mean": {"dtype": "object", "shape": [2], "values": [1.0, 2.0]}},
        {"refused": {"dtype": "bool", "shape": [2], "values": [0, 1]}},
        {"seed": 1.5},
        {"method": 3},
    ],
)
def test_contradictions_are_refused(measured, changes):
    document = to_json(measured([1.0, 2.0]))
    assert isinstance(from_json(document), Estimate)
    with pytest.raises(InputError):
        from_json(document | changes)


@pytest.mark.parametrize("document", [None, 3, "text", [], {}, {"evidence": "exact"}, {"evidence": [], "format": 1}])
def test_no_documents_at_all(document):
    with pytest.raises(InputError):
        from_json(document)


def test_only_evidence_is_written():
    with pytest.raises(InputError, match="record"):
        to_json(3.0)  # type: ignore[arg-type]


# Files -----------------------------------------------------------------------------------------------------------------------


def test_files(measured, certificate, tmp_path):
    for record in (measured([1.0, 2.0]), certificate, Exact(Fraction(-315, 128))):
        save(record, tmp_path / "record.json")
        assert to_json(load(tmp_path / "record.json")) == to_json(record)
    assert [path.name for path in tmp_path.iterdir()] == ["record.json"]
    save(measured(1.0), str(tmp_path / "small.json"), deviations=False)
    assert isinstance(load(str(tmp_path / "small.json")), Estimate)


def test_a_failed_write_leaves_the_old_file(monkeypatch, tmp_path):
    path = tmp_path / "record.json"
    save(Exact(1), path)

    def full_disc(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disc)
    with pytest.raises(OSError, match="No space"):
        save(Exact(2), path)
    monkeypatch.undo()
    assert load(path).value == 1 and [entry.name for entry in tmp_path.iterdir()] == ["record.json"]


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, '{"evidence": "exact", "evidence": "verdict"}', "3", "\udcff"])
def test_other_files_are_refused(text, tmp_path):
    (tmp_path / "file.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError):
        load(tmp_path / "file.json")


def test_missing_files_and_folders_are_named(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.json"):
        load(tmp_path / "nothing.json")
    with pytest.raises(InputError, match="folder"):
        save(Exact(1), tmp_path / "nowhere" / "record.json")
