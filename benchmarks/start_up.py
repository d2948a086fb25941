"""How long fresh processes take to start: the command line, the package, the first exact correlator.

Each stands beside a plain process that is started in the same round: an interpreter that does nothing, one that imports JAX, and one in
which JAX compiles the error function.  Counted are the seconds on the clock, which the goals are about, and those of the processor, which
other work on the machine changes less.  Nothing compiled is kept from one process to the next.
"""

import os
import resource
import subprocess
import sys
from typing import Any

from _timing import options, race, spread, write

X64 = 'import jax; jax.config.update("jax_enable_x64", True)'
CODE = {
    "python": "pass",
    "jax": "import jax",
    "erf": f"{X64}; print(jax.jit(jax.lax.erf)(0.5))",
    "import": "import certifield",
    "exact": f"{X64}; import certifield as cf; net = cf.ensembles.erf_net(dim=1, width=20);"
    "print(cf.correlators.exact(net, [[-1.0], [-0.6], [-0.2], [0.2]], connected=True))",
}
COMMANDS = {name: ("-c", code) for name, code in CODE.items()} | {"help": ("-m", "certifield", "--help")}
# What starts, the plain process beside it, and the seconds that it may take.
TASKS = (
    ("import certifield", "import", "python", 0.1),
    ("certifield --help", "help", "python", 0.5),
    ("first exact correlator", "exact", "erf", 5.0),
    ("a compiled erf", "erf", "jax", None),
)


class Fresh:
    """A process of its own for each call; keeps the processor seconds of each, that of the first call apart."""

    def __init__(self, *arguments: str) -> None:
        self.line = [sys.executable, *arguments]
        self.processor: list[float] = []
        self.environment = {name: value for name, value in os.environ.items() if name != "JAX_COMPILATION_CACHE_DIR"}

    def __call__(self, turn: int) -> None:
        before = _of_children()
        done = subprocess.run(self.line, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{self.line} failed:\n{done.stderr}")
        self.processor.append(_of_children() - before)


def _of_children() -> float:
    """Processor seconds of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def row(task: str, ours: str, plain: str, goal: float | None, times: dict[str, Any], programs: dict[str, Fresh]) -> dict[str, Any]:
    """Seconds of one task, on the clock and of the processor, and its ratios to the plain process of the same round."""

    def ratio(one: list[float], other: list[float]) -> dict[str, float]:
        return spread([slow / fast for slow, fast in zip(one, other, strict=True)])

    processor = {name: programs[name].processor[1:] for name in (ours, plain)}
    found = {
        "task": task,
        "plain": plain,
        "code": " ".join(COMMANDS[ours]),
        "plain_code": " ".join(COMMANDS[plain]),
        "goal": goal,
        "seconds": times[ours],
        "processor_seconds": spread(processor[ours]),
        "ratio": ratio(times[ours]["rounds"], times[plain]["rounds"]),
        "processor_ratio": ratio(processor[ours], processor[plain]),
    }
    clock, used = times[ours]["median"], found["processor_seconds"]["median"]
    print(f"{task:24s}{clock:8.3f} s{used:8.3f} processor s, {found['ratio']['median']:.3g} times {plain}")
    return found


def main() -> None:
    """Measures, prints, writes."""
    chosen = options(__doc__ or "", __file__)
    programs = {name: Fresh(*arguments) for name, arguments in COMMANDS.items()}
    times = race(programs, 2 if chosen.small else 9)
    measurements = [row(*task, times, programs) for task in TASKS]
    measurements.append({"task": "python", "seconds": times["python"]})
    write(chosen, "The command line and the package start without JAX, and the first exact number costs little more than JAX itself",
          measurements)  # fmt: skip


if __name__ == "__main__":
    main()
