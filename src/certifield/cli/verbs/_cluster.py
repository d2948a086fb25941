"""`slurm`: the array script of a cluster."""

from pathlib import Path
from typing import Annotated

import typer

from certifield.cli._console import Json, Trust, print_json, say


def slurm(
    directory: Annotated[Path, typer.Argument(help="The directory of a study, on a file system that all nodes see.")],
    tasks: Annotated[int, typer.Option(min=1, help="Coordinators, each a task of the array.")] = 4,
    time: Annotated[str, typer.Option(help="Time limit of a task, as sbatch has it; a task that reaches it requeues itself.")] = "04:00:00",
    partition: Annotated[str, typer.Option(help="The partition. [default: the cluster's]", show_default=False)] = "",
    memory: Annotated[str, typer.Option(help="Memory of a task.")] = "4G",
    setup: Annotated[
        list[str] | None, typer.Option("--setup", help="A line of shell before the work, such as 'module load python'; may be repeated.")
    ] = None,
    trust: Trust = False,
    json: Json = False,
) -> None:
    """Write an sbatch array script whose tasks share the study in a directory."""
    from certifield import engine

    engine.refuse_strangers(directory, trust=trust)
    script = engine.slurm_script(directory, tasks=tasks, time=time, partition=partition, memory=memory, setup=tuple(setup or ()))
    if json:
        print_json({"script": str(script)})
    else:
        say(f"script: {script}\nsubmit: sbatch {script}\nthen:   certifield status {directory}; certifield report {directory}")
