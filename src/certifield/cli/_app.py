"""The verbs, in the order in which a newcomer meets them."""

from typing import Annotated

import typer

from . import verbs

app = typer.Typer(
    name="certifield",
    help="Neural networks as field theories, and machine learning with proof: every answer comes with its evidence.",
    epilog="Exit codes: 0 done, whatever the answer is, 1 a check failed, 2 bad input, 3 interrupted. Every verb takes --json.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from certifield import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")] = False,
) -> None:
    pass


for name, verb in {
    "list": verbs.list_,
    "show": verbs.show,
    "knot": verbs.knot,
    "plumbing": verbs.plumbing,
    "conjecture": verbs.conjecture,
    "run": verbs.run,
    "resume": verbs.resume,
    "status": verbs.status,
    "verify": verbs.verify,
    "report": verbs.report,
    "claims": verbs.claims,
    "cite": verbs.cite,
    "slurm": verbs.slurm,
    "doctor": verbs.doctor,
}.items():
    # A knot, or a weight, may begin with a minus, which is no option: certifield knot -6_1.
    app.command(name, context_settings={"ignore_unknown_options": True} if name in ("knot", "plumbing") else None)(verb)
