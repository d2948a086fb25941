"""`verify`: replay certificates, check pieces, make some again."""

import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from certifield.cli._certificates import verify_file, verify_folder
from certifield.cli._console import NEGATIVE, Json, Trust, print_json, say
from certifield.cli._progress import told_lines


def verify(
    paths: Annotated[list[Path], typer.Argument(help="Certificates, folders of certificates, or directories of studies.")],
    pieces: Annotated[int, typer.Option(min=0, help="Pieces of a study to make again, chosen at random.")] = 4,
    certificates: Annotated[
        int | None, typer.Option(min=0, help="Pieces whose certificates are replayed, chosen at random. [default: all]", show_default=False)
    ] = None,
    isolated: Annotated[bool, typer.Option("--isolated", help="Replay each certificate of a study in a process of its own.")] = False,
    seed: Annotated[int | None, typer.Option(help="Chooses at random. [default: another choice every time]", show_default=False)] = None,
    trust: Trust = False,
    json: Json = False,
) -> None:
    """Replay a certificate, or all in a folder; or check every piece, certificate and result of a study."""
    chosen = secrets.randbelow(2**32) if seed is None else seed
    accepted = [_one(path, pieces, certificates, isolated, chosen, trust, json) for path in paths]
    if not all(accepted):
        raise typer.Exit(NEGATIVE)


def _one(path: Path, pieces: int, certificates: int | None, isolated: bool, seed: int, trust: bool, json: bool) -> bool:
    from certifield import engine

    if not path.is_dir():
        return verify_file(path, json)
    if not engine.is_study(path) and any(path.glob("*.json")):
        return verify_folder(path, json)
    engine.refuse_strangers(path, trust=trust)
    found = engine.verify(path, again=pieces, certificates=certificates, seed=seed, isolated=isolated, progress=told_lines())
    if json:
        print_json(_data(path, found, seed))
    else:
        _print(found, seed)
    return found.accepted


def _data(path: Path, found: Any, seed: int) -> dict[str, Any]:
    return {
        "path": str(path),
        "accepted": found.accepted,
        "seed": seed,
        "pieces": len(found.pieces),
        "proofs": sum(check.proofs for check in found.pieces),
        "replayed": sum(check.replayed for check in found.pieces),
        "again": sum(check.again for check in found.pieces),
        "rejected": [asdict(check) for check in found.rejected],
        "results": asdict(found.results),
    }


def _print(found: Any, seed: int) -> None:
    for check in found.rejected:
        say(f"REJECTED {check.case}, step {check.step}: {check.reason}")
    again, replayed = sum(check.again for check in found.pieces), sum(check.replayed for check in found.pieces)
    whole = len(found.pieces) - len(found.rejected)
    say(f"{whole} of {len(found.pieces)} pieces hold; {again} were made again (seed {seed}).")
    if replayed:
        accepted = sum(check.replayed and check.accepted for check in found.pieces)
        say(f"The certificates of {accepted} of {replayed} pieces were replayed and accepted, each about its own case.")
    say(f"{'' if found.results.accepted else 'REJECTED '}results.json: {found.results.reason}")
