import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from certifield.cli import census as census_verbs
from certifield.cli._certificates import verify_file, verify_folder
from certifield.cli._console import Json, output, print_json
from certifield.cli._exit_codes import NEGATIVE

STUDY = "study.toml"


def verify(
    path: Annotated[Path, typer.Argument(help="A certificate, a folder of certificates, or the directory of a study or census.")],
    blocks: Annotated[
        int | None,
        typer.Option(min=0, help="Blocks (or answers) to compute again, chosen at random. [default: 8, or 0]", show_default=False),
    ] = None,
    certificates: Annotated[
        int | None, typer.Option(min=0, help="Certificates of a census to replay, chosen at random. [default: all]", show_default=False)
    ] = None,
    isolated: Annotated[bool, typer.Option("--isolated", help="Replay each certificate of a census in a process of its own.")] = False,
    seed: Annotated[int | None, typer.Option(help="Chooses at random. [default: another choice every time]", show_default=False)] = None,
    json: Json = False,
) -> None:
    """Replay a certificate, or all in a folder; or check every block of a study, or every answer and certificate of a census."""
    seed = secrets.randbelow(2**32) if seed is None else seed
    if not path.is_dir():
        accepted = verify_file(path, json)
    elif not (path / STUDY).exists() and any(path.glob("*.json")):
        accepted = verify_folder(path, json)
    elif _is_census(path):
        accepted = census_verbs.verify(path, certificates, blocks or 0, seed, isolated, json)
    else:
        accepted = _study(path, 8 if blocks is None else blocks, seed, json)
    if not accepted:
        raise typer.Exit(NEGATIVE)


def _is_census(directory: Path) -> bool:
    from certifield.studies import census

    return census.is_census(directory)


def _study(directory: Path, blocks: int, seed: int, json: bool) -> bool:
    from certifield.cli._numerics import start_numerics

    start_numerics()
    from certifield.cli._stored_answer import stored_answer
    from certifield.evidence import InputError
    from certifield.studies import verify_blocks

    checks = verify_blocks(directory, blocks, seed)
    if not checks:
        raise InputError("path", str(directory), "a study with at least one block", f"say: certifield resume {directory}")
    answer = stored_answer(directory)
    rejected = [check for check in checks if not check.accepted]
    recomputed = sum(check.recomputed for check in checks)
    accepted = not rejected and answer.accepted
    if json:
        found = {
            "blocks": len(checks),
            "recomputed": recomputed,
            "rejected": [asdict(check) for check in rejected],
            "answer": asdict(answer),
        }
        print_json({"path": str(directory), "accepted": accepted, "seed": seed, **found})
        return accepted
    for check in rejected:
        output().print(f"REJECTED block {check.index} of {check.quantity}: {check.reason}", soft_wrap=True)
    output().print(
        f"{len(checks) - len(rejected)} of {len(checks)} blocks hold; {recomputed} were computed again (seed {seed}).", soft_wrap=True
    )
    output().print(f"{'' if answer.accepted else 'REJECTED '}results.json: {answer.reason}", soft_wrap=True)
    return accepted
