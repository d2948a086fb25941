"""Whether a census holds: its answers, their certificates, and results.json."""

from dataclasses import asdict
from pathlib import Path

from certifield.cli._console import output, print_json
from certifield.cli._numerics import keep_programs


def verify(directory: Path, certificates: int | None, again: int, seed: int, isolated: bool, json: bool) -> bool:
    """Checks every answer, replays certificates, and answers ``again`` items again; prints what was found, and returns whether all hold."""
    keep_programs()
    from certifield.evidence import InputError
    from certifield.studies.census import check_results, verify_answers

    checks = verify_answers(directory, certificates, again, seed, isolated=isolated)
    if not checks:
        raise InputError("path", str(directory), "a census with at least one answer", f"say: certifield resume {directory}")
    rejected = [check for check in checks if not check.accepted]
    replayed, repeated = sum(check.replayed for check in checks), sum(check.again for check in checks)
    answer = check_results(directory)
    accepted = not rejected and answer.accepted
    if json:
        found = {"answers": len(checks), "replayed": replayed, "again": repeated, "rejected": [asdict(check) for check in rejected]}
        print_json({"path": str(directory), "accepted": accepted, "seed": seed, "isolated": isolated, **found, "answer": asdict(answer)})
        return accepted
    for check in rejected:
        output().print(f"REJECTED {check.item} with budget {check.budget}: {check.reason}", soft_wrap=True)
    proofs = sum(check.status in ("certified", "obstructed") for check in checks)
    output().print(
        f"{len(checks) - len(rejected)} of {len(checks)} answers hold; {replayed} of {proofs} certificates were replayed"
        f"{', each in a process of its own' if isolated else ''}; {repeated} answers were computed again (seed {seed}).",
        soft_wrap=True,
    )
    output().print(f"{'' if answer.accepted else 'REJECTED '}results.json: {answer.reason}", soft_wrap=True)
    return accepted
