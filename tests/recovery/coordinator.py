"""A process that runs a study, for tests to kill: ``coordinator.py DIRECTORY WORKERS BUDGET [SHARE OF]``, the budget as JSON.

Every line it writes is the number of pieces done and the process numbers of its workers.  Exits with 3 when interrupted.
"""

import json
import multiprocessing
import sys

from certifield._one_thread import prepare_process


def main(directory: str, workers: str, budget: str, number: str = "0", of: str = "1") -> int:
    from certifield import engine
    from certifield.study import Budget

    def tell(progress: engine.Progress) -> None:
        print(progress.done, *(child.pid for child in multiprocessing.active_children()), flush=True)

    share = engine.Share(int(number), int(of))
    try:
        engine.run(directory, Budget(**json.loads(budget)), workers=int(workers), share=share, progress=tell)
    except engine.Interrupted as stop:
        print(stop, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    prepare_process()
    sys.exit(main(*sys.argv[1:]))
