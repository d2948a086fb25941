"""Many machines by SLURM: an array of coordinators that share the directory of a study.

Nothing listens on a port and nothing is locked: every task makes its share, then helps with those of the others.  A task that comes near
its time limit is told so by a signal, finishes the pieces in flight, and puts itself back into the queue.
"""

import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from certifield.evidence import InputError
from certifield.files import explained, replace

from ._directory import open_study

SCRIPT = "study.sbatch"
_TIME = re.compile(r"\d+(-\d+(:\d+){0,2}|(:\d+){0,2})")  # minutes, m:s, h:m:s, days-hours and so on

_TEXT = """\
#!/bin/bash
# {title}: {tasks} coordinators in one directory.  To submit: sbatch {script}
#SBATCH --job-name={name}
#SBATCH --array=0-{last}
#SBATCH --time={time}
#SBATCH --mem={memory}
#SBATCH --cpus-per-task={processes}
#SBATCH --output={logs}/%A_%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:TERM@{notice}
{partition}
{setup}

# The signal comes {notice} seconds before the time limit: stop in good order (exit code 3), then go back into the queue.
stopped=
trap 'stopped=yes; kill -TERM "$work"' TERM
{python} -m certifield resume {directory} --share "$SLURM_ARRAY_TASK_ID/{tasks}" --workers {processes} --no-report --trust &
work=$!
wait "$work"
code=$?
if [ -n "$stopped" ]; then
    wait "$work"
    code=$?
fi
if [ -n "$stopped" ] && [ "$code" -eq 3 ]; then
    scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}"
fi
exit "$code"
"""


def slurm_script(
    directory: Path | str,
    *,
    tasks: int = 4,
    processes: int = 1,
    time: str = "04:00:00",
    partition: str = "",
    memory: str = "4G",
    setup: Sequence[str] = (),
    notice: int = 120,
) -> Path:
    """Writes the array script of the study in ``directory``, which all nodes must see under this path, and says where.

    ``tasks``: coordinators, each with so many ``processes``, so much ``time`` and ``memory``; ``setup``: lines of shell before the work,
    such as "module load python"; ``notice``: seconds before the time limit at which a task begins to stop: longer than its longest piece.
    Raises `InputError` for what sbatch would not take.
    """
    for name, value in {"tasks": tasks, "processes": processes, "notice": notice}.items():
        if type(value) is not int or value < 1:
            raise InputError(name, value, "a whole number, 1 or more", f"try {name}=4")
    if not _TIME.fullmatch(time):
        raise InputError("time", time, "a time limit as sbatch has it", 'try "04:00:00" or "1-00"')
    for name, value in {"partition": partition, "memory": memory}.items():
        if not re.fullmatch(r"[\w.,+-]*", value):
            raise InputError(name, value, "one word as sbatch has it", 'try "short", or "4G" for the memory')
    opened = open_study(directory)
    place = opened.directory.resolve()
    if re.search(r"[\s%\\]", str(place)):
        raise InputError("directory", str(place), "a path without blanks, % and \\, which sbatch would take apart", "rename it")
    with explained(place / "slurm"):
        (place / "slurm").mkdir(exist_ok=True)
    text = _TEXT.format(
        title=" ".join(opened.title.split()),
        name=re.sub(r"[^\w.-]+", "-", f"certifield-{place.name}"),
        script=place / SCRIPT,
        logs=place / "slurm",
        directory=shlex.quote(str(place)),
        python=shlex.quote(sys.executable),
        tasks=tasks,
        last=tasks - 1,
        processes=processes,
        time=time,
        memory=memory,
        notice=notice,
        partition=f"#SBATCH --partition={partition}\n" if partition else "",
        setup="\n".join(setup),
    )
    replace(place / SCRIPT, text.encode())
    return place / SCRIPT
