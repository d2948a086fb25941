"""A process that runs a study or a census, for tests to kill: ``coordinator.py DIRECTORY WORKERS``.

Every line it writes is the number of blocks (or items of a round) done and the process numbers of its workers.
Exits with 3 when interrupted.
"""

import multiprocessing
import sys

from certifield import runners
from certifield.runners import census as census_runners
from certifield.studies import census


def tell(progress: runners.Progress | census_runners.Progress) -> None:
    print(progress.done, *(child.pid for child in multiprocessing.active_children()), flush=True)


def main(directory: str, workers: str) -> int:
    try:
        if census.is_census(directory):
            census_runners.run(directory, workers=int(workers), progress=tell)
        else:
            runners.run(directory, workers=int(workers), progress=tell)
    except runners.Interrupted as stop:
        print(stop, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
