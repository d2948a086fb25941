"""Certificates in files: replayed, and told in words."""

import json as json_text
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certifield.cli._console import output, print_json

if TYPE_CHECKING:
    from certifield.evidence import Certificate

SECONDS_FOR_A_CHECKER = 600.0


def verify_file(path: Path, json: bool) -> bool:
    """Replays the certificate in a file, in a process of its own; prints the verdict and what is proved, and returns whether it holds."""
    from certifield.evidence import InputError, load
    from certifield.topology._words import KNOT

    if path.name == KNOT and path.is_file():  # what it states is proved by the certificates beside it
        return verify_folder(path.parent, json)
    record = load(path)
    certificate = _certificate_of(record)
    if certificate is None:
        allowed = "a file that holds a certificate, or an answer with one, or the directory of a study"
        raise InputError(
            "path", str(path), allowed, f"this file holds evidence of the kind {type(record).__name__}, with nothing to replay"
        )
    found = replayed(path, certificate)
    if json:
        print_json(found)
    else:
        _print(found, certificate)
    return found["accepted"]


def verify_folder(folder: Path, json: bool) -> bool:
    """The same for every certificate in a folder; files of other things are left alone.  Raises `InputError` where there is none."""
    from certifield.evidence import InputError, load

    found, proofs = [], {}
    for path in sorted(folder.glob("*.json")):
        try:
            certificate = _certificate_of(load(path)) if _is_evidence(path) else None
        except InputError as error:
            found.append({"path": str(path), "accepted": False, "reason": str(error)})
            if not json:
                output().print(f"REJECTED {path.name}: {error}", soft_wrap=True)
            continue
        if certificate is not None:
            found.append(replayed(path, certificate))
            if found[-1]["accepted"]:
                proofs[path.name] = certificate
            if not json:
                _print(found[-1] | {"path": path.name}, certificate)
    lines = _statement(folder, proofs, json)
    if not found and not lines:
        allowed = "the directory of a study, or a folder with certificates"
        raise InputError("path", str(folder), allowed, "name another folder, or the file of a certificate")
    accepted = all(row["accepted"] for row in found) and all(line["accepted"] is not False for line in lines)
    if json:
        print_json({"path": str(folder), "accepted": accepted, "certificates": found, "statements": lines})
    else:
        output().print(f"{sum(row['accepted'] for row in found)} of {len(found)} certificates accepted", soft_wrap=True)
    return accepted


def _statement(folder: Path, proofs: "dict[str, Certificate]", json: bool) -> list[dict[str, Any]]:
    """What ``knot.json`` states, line by line, where there is one; unchecked as a whole where the extra for that is missing."""
    from certifield.evidence import MissingExtra
    from certifield.topology._words import KNOT

    if not (folder / KNOT).exists():
        return []
    try:
        from certifield.topology.dossier import statement_lines

        lines = statement_lines(folder, proofs)
    except MissingExtra as error:  # the certificates hold without it
        if not json:
            output().print(f"{KNOT}: not held against them without an extra: {error}", soft_wrap=True)
        return [{"statement": KNOT, "accepted": None, "reason": str(error)}]
    if not json:
        for line in lines:
            if line.holds is False:
                output().print(f"REJECTED {KNOT}: {line.statement}: {line.reason}", soft_wrap=True)
        held, unchecked = sum(line.holds is True for line in lines), [line.statement for line in lines if line.holds is None]
        output().print(f"{KNOT}: {held} of {len(lines) - len(unchecked)} statements hold", soft_wrap=True)
        if unchecked:
            output().print(f"    not checked, since other programs vouch for them: {'; '.join(unchecked)}", soft_wrap=True)
    return [{"statement": line.statement, "accepted": line.holds, "reason": line.reason} for line in lines]


def replayed(path: Path, certificate: "Certificate") -> dict[str, Any]:
    """The verdict of the checker as JSON data, with what is proved; refused, too, where ``knot.json`` beside it is about another knot."""
    from certifield.cli._claimed import claimed
    from certifield.topology._words import KNOT

    verdict = asdict(certificate.replay(isolated=True, timeout=SECONDS_FOR_A_CHECKER))
    claim = certificate.document()["claim"]
    if verdict["accepted"] and _of_another_knot(path.with_name(KNOT), claim):
        verdict |= {"accepted": False, "reason": f"it holds, but for another diagram than that of {KNOT} beside it"}
    head = {"path": str(path), "claim": certificate.claim.get("kind"), "proved": claimed(certificate) if verdict["accepted"] else None}
    name = _knot_beside(path.with_name(KNOT)) if "diagram" in claim else ""  # type: ignore[operator]
    return {**head, **({"knot": name} if name else {}), "checker": certificate.checker, **verdict}


def _of_another_knot(beside: Path, claim: Any) -> bool:
    try:
        return "diagram" in claim and json_text.loads(beside.read_text(encoding="utf-8"))["diagram"] != claim["diagram"]
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _knot_beside(beside: Path) -> str:
    """What the knot is called in ``knot.json``, where there is one."""
    try:
        return str(json_text.loads(beside.read_text(encoding="utf-8"))["knot"])
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def _certificate_of(record: Any) -> "Certificate | None":
    """The certificate that a record is, or that an answer brings along."""
    from certifield.evidence import Certificate

    return record if isinstance(record, Certificate) else getattr(record, "certificate", None)


def _is_evidence(path: Path) -> bool:
    """Whether a file may hold evidence; one that is not even JSON may be a damaged one."""
    try:
        document = json_text.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    return isinstance(document, dict) and "evidence" in document


def _print(found: dict[str, Any], certificate: "Certificate") -> None:
    from certifield.topology._words import subject

    if not found["accepted"]:
        output().print(f"REJECTED by {found['checker']}: {found['reason']}   ({found['path']})", soft_wrap=True)
        return
    steps = f" in {found['steps']} steps" if found["steps"] else ""  # some checkers compute, and count none
    what = certificate.claim.get("kind", "claim")  # the words below say what the number is
    output().print(f"accepted by {found['checker']}{steps}: {what}   ({found['path']})", soft_wrap=True)
    about, name = subject(certificate), found.get("knot")
    shown = f"{name}: {found['proved']}" if name else f"{found['proved']}; about {about}" if about else found["proved"]
    output().print(f"    {shown}", soft_wrap=True)
