"""Results as JSON, and back to the last bit: every document says what it is and in which version of its format."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import Any

import numpy as np

from ._agreement import Agreement
from ._answer import Answer, Certified, Obstructed, Unknown
from ._certificate import Certificate
from ._encoding import (
    Json,
    decode_array,
    decode_bytes,
    decode_float,
    decode_number,
    decode_tree,
    encode_array,
    encode_bytes,
    encode_float,
    encode_number,
    encode_tree,
)
from ._errors import InputError
from ._estimate import Estimate
from ._exact import Exact
from ._replay import Verdict

Value = Exact | Estimate | Answer
"""Whatever a study can find."""

Record = Value | Certificate | Verdict | Agreement

FORMAT = 1

_LARGEST_COVARIANCE = 128  # entries


def to_json(record: Record, *, deviations: bool = True) -> Json:
    """``record`` as JSON data.

    ``deviations=False`` leaves the deviations of an estimate out and keeps their covariance (beyond 128 entries the standard
    errors): small, but read back, the estimate has a source of its own and no longer knows its correlation with others.
    """
    if isinstance(record, Estimate):
        return _head("estimate") | _from_estimate(record, deviations)
    for kind, (type_, encode, _) in _KINDS.items():
        if isinstance(record, type_):
            return _head(kind) | encode(record)
    allowed = f"one of {', '.join(type_.__name__ for type_, *_ in _KINDS.values())}"
    raise InputError("record", record, allowed, "wrap a bare number into its evidence")


def from_json(document: Json) -> Record:
    """The record behind ``to_json``.  Raises `InputError`, and nothing else, for a document that is none."""
    try:
        kind, version = document["evidence"], document["format"]
        if type(version) is not int or version != FORMAT:
            raise InputError("format", version, f"{FORMAT}", "read it with the version of Certifield that wrote it")
        content = {name: entry for name, entry in document.items() if name not in ("evidence", "format")}
        decode = _KINDS[kind][2]
        return decode(content)
    except InputError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        remedy = "write it with to_json or certifield.evidence.save, and leave it as it is"
        raise InputError("document", document, f"evidence as to_json writes it ({_described(error)})", remedy) from None


def _described(error: Exception) -> str:
    try:
        if isinstance(error, KeyError):
            return f"no field, or no kind of evidence, {error}"
        return f"{type(error).__name__}: {error}"
    except ValueError:  # it quotes an integer of more digits than Python writes
        return type(error).__name__


def _head(kind: str) -> Json:
    return {"evidence": kind, "format": FORMAT}


def _from_exact(exact: Exact) -> Json:
    return {
        "value": encode_number(exact.value),
        "derivation": exact.derivation,
        "reference": exact.reference,
        "radius": encode_number(exact.radius),
    }


def _to_exact(content: Json) -> Exact:
    texts = _texts(content, "derivation", "reference")
    _only(content, "value", "radius", *texts)
    return Exact(decode_number(content["value"]), **texts, radius=decode_number(content["radius"]))


def _from_estimate(estimate: Estimate, deviations: bool) -> Json:
    effective = estimate.effective_draws
    document: Json = {
        "mean": encode_array(estimate.mean),
        "stderr": encode_array(estimate.stderr),
        "draws": estimate.draws,
        "blocks": estimate.blocks,
        "seed": estimate.seed,
        "method": estimate.method,
        "precision": estimate.precision,
        "bias": estimate.bias,
        "refused": encode_array(estimate.refused),
        "effective_draws": None if effective is None else encode_float(effective),
        "diagnostics": encode_tree(estimate.diagnostics),
    }
    if deviations:
        return document | {"deviations": {source: encode_bytes(given) for source, given in estimate.deviations.items()}}
    return document | {"errors": encode_array(_summary_of_errors(estimate))}


def _to_estimate(content: Json) -> Estimate:
    texts = _texts(content, "method", "precision", "bias")
    errors = "deviations" if "deviations" in content else "errors"
    _only(content, "mean", "stderr", "draws", "blocks", "seed", *texts, "refused", "effective_draws", "diagnostics", errors)
    mean, seed, effective = decode_array(content["mean"]), content["seed"], content["effective_draws"]
    if seed is not None and type(seed) is not int:
        raise ValueError(f"seed {seed!r} is not a whole number")
    if errors == "deviations":
        deviations = {source: decode_bytes(given) for source, given in content["deviations"].items()}
    else:
        source = "summary " + hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
        centre = np.where(np.isfinite(mean), mean, 0)
        deviations = Estimate.from_stderr(centre, decode_array(content["errors"]), source=source).deviations
    estimate = Estimate(
        mean,
        deviations,
        draws=content["draws"],
        blocks=content["blocks"],
        seed=seed,
        **texts,
        refused=decode_array(content["refused"]),
        effective_draws=None if effective is None else decode_float(effective),
        diagnostics=decode_tree(content["diagnostics"]),
    )
    if not np.allclose(decode_array(content["stderr"]), estimate.stderr, rtol=1e-6, atol=0.0):
        raise ValueError("stderr is not that of the deviations")
    return estimate


def _summary_of_errors(estimate: Estimate) -> np.ndarray:
    """The covariance, with finite entries also where it is refused; of a large estimate the standard errors alone."""
    covariance = np.nan_to_num(estimate.covariance, nan=0.0, posinf=0.0)  # what nobody knows stays out
    if covariance.shape == estimate.shape or len(covariance) > _LARGEST_COVARIANCE:
        return estimate.nominal_stderr
    np.fill_diagonal(covariance, estimate.nominal_stderr.ravel() ** 2)
    return covariance


def _to_certificate(content: Json) -> Certificate:
    _only(content, "claim", "value", "witness", "checker")
    return Certificate(**content)


def _from_answer(answer: Answer) -> Json:
    document = {field.name: getattr(answer, field.name) for field in fields(answer)} | {"spent": dict(answer.spent)}
    return document if isinstance(answer, Unknown) else document | {"certificate": answer.certificate.document()}


def _to_answer(kind: type[Answer], content: Json) -> Answer:
    _only(content, *(field.name for field in fields(kind)))
    proof: dict[str, Any] = {"certificate": _to_certificate(content["certificate"])} if "certificate" in content else {}
    return kind(**content | proof)


def _from_verdict(verdict: Verdict) -> Json:
    return {"accepted": verdict.accepted, "reason": verdict.reason, "steps": verdict.steps, "seconds": encode_float(verdict.seconds)}


def _to_verdict(content: Json) -> Verdict:
    _only(content, "accepted", "reason", "steps", "seconds")
    accepted, steps = content["accepted"], content["steps"]
    if type(accepted) is not bool or type(steps) is not int:
        raise ValueError("accepted must be true or false, and steps a whole number")
    return Verdict(accepted, _texts(content, "reason")["reason"], steps, decode_float(content["seconds"]))


_AGREEMENT_ARRAYS = ("pull", "p_value", "agrees", "decisive")


def _from_agreement(agreement: Agreement) -> Json:
    joint = {name: None if (number := getattr(agreement, name)) is None else encode_float(number) for name in ("chi2", "p_joint")}
    arrays = {name: encode_number(getattr(agreement, name)) for name in _AGREEMENT_ARRAYS}
    return arrays | joint | {"sigmas": agreement.sigmas, "dof": agreement.dof}


def _to_agreement(content: Json) -> Agreement:
    _only(content, *_AGREEMENT_ARRAYS, "chi2", "p_joint", "sigmas", "dof")
    arrays = {name: decode_number(content[name]) for name in _AGREEMENT_ARRAYS}
    joint: dict[str, Any] = {name: None if content[name] is None else decode_float(content[name]) for name in ("chi2", "p_joint")}
    dof = content["dof"]
    if dof is not None and type(dof) is not int:
        raise ValueError("dof must be a whole number")
    return Agreement(**arrays, **joint, sigmas=decode_float(content["sigmas"]), dof=dof)


def _only(content: Json, *names: str) -> None:
    if set(content) != set(names):
        raise ValueError(f"the fields must be {', '.join(sorted(names))}")


def _texts(content: Json, *names: str) -> dict[str, str]:
    texts = {name: content[name] for name in names}
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError(f"{', '.join(names)} must be texts")
    return texts  # type: ignore[return-value]


_KINDS: dict[str, tuple[type, Callable, Callable]] = {
    "exact": (Exact, _from_exact, _to_exact),
    "estimate": (Estimate, lambda estimate: _from_estimate(estimate, True), _to_estimate),
    "certificate": (Certificate, Certificate.document, _to_certificate),
    "certified": (Certified, _from_answer, partial(_to_answer, Certified)),
    "obstructed": (Obstructed, _from_answer, partial(_to_answer, Obstructed)),
    "unknown": (Unknown, _from_answer, partial(_to_answer, Unknown)),
    "verdict": (Verdict, _from_verdict, _to_verdict),
    "agreement": (Agreement, _from_agreement, _to_agreement),
}
