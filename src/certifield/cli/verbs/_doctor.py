from dataclasses import asdict

import typer

from certifield.cli._console import Json, output, print_json


def doctor(json: Json = False) -> None:
    """Environment, devices, precision, random numbers, cache, disk, browser, known clashes."""
    from certifield.cli._checks import all_checks

    checks = all_checks()
    if json:
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            output().print(f"{'ok ' if check.fine else 'BAD'} {check.name:<18} {check.found}", soft_wrap=True)
            if not check.fine:
                output().print(f"    mend: {check.remedy}", soft_wrap=True)
    if not all(check.fine for check in checks):
        raise typer.Exit(1)
