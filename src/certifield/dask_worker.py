"""``python -m certifield.dask_worker ADDRESS`` starts a worker of Dask that computes with one thread, and may have SnapPy beside it.

It takes the options of ``dask worker``.  Processes that it starts in turn import this module, too, and so are of the same kind.
"""

import sys

from certifield._one_thread import prepare_process

prepare_process()

from certifield.engine import import_distributed  # noqa: E402  numpy is loaded in one thread

import_distributed()


def main() -> None:
    """Runs ``dask worker`` with the arguments of this process, one thread a worker unless they say otherwise."""
    from distributed.cli.dask_worker import main as dask_worker

    if not any(argument.startswith("--nthreads") for argument in sys.argv[1:]):
        sys.argv[1:1] = ["--nthreads", "1"]
    dask_worker()


if __name__ == "__main__":
    main()
