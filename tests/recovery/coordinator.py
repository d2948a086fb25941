"""A process that runs a study, for tests to kill: ``coordinator.py DIRECTORY WORKERS``.

Every line it writes is the number of blocks done and the process numbers of its workers.  Exits with 3 when interrupted.
"""

import multiprocessing
import sys

from certifield import runners


def tell(progress: runners.Progress) -> None:
    print(progress.done, *(child.pid for child in multiprocessing.active_children()), flush=True)


def main(directory: str, workers: str) -> int:
    try:
        runners.run(directory, workers=int(workers), progress=tell)
    except runners.Interrupted as stop:
        print(stop, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
