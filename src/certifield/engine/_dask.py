"""Many machines by Dask: its workers make pieces, which they write into the shared directory themselves.

Dask takes whatever is called `snappy` for a library of compression, and stumbles over SnapPy, the library of knots; so it is imported with
that name hidden, here and in `certifield.dask_worker`, which starts its workers.
"""

import sys
from concurrent.futures import Executor
from contextlib import suppress
from types import ModuleType
from typing import TYPE_CHECKING

from certifield.evidence import InputError, MissingExtra

if TYPE_CHECKING:
    from distributed import Client


def import_distributed() -> ModuleType:
    """The module `distributed`, imported so that SnapPy may be installed beside it.

    A script that starts a cluster of processes calls it at its top, outside `if __name__ == "__main__"`, because they come there, too.
    Raises `MissingExtra` where Dask is not installed.
    """
    known = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "snappy"}
    sys.modules["snappy"] = None  # type: ignore[assignment]  # what makes its import fail
    try:
        import distributed

        with suppress(ModuleNotFoundError):
            import prometheus_client  # noqa: F401  which distributed imports later, in a thread, and which looks for that library, too
    except ModuleNotFoundError as error:
        raise MissingExtra("Dask is not installed: pip install 'certifield[dask]'") from error
    finally:
        del sys.modules["snappy"]
        sys.modules.update(known)
    return distributed


def dask_executor(cluster: "Client | str") -> Executor:
    """The workers of a Dask cluster, given as a client or as the address of its scheduler, as an executor for `run`.

    Certifield is installed on all of them, and the directory of the study is theirs under the same path.
    Raises `InputError` where there is no scheduler, `MissingExtra` where Dask is not installed.
    """
    distributed = import_distributed()
    try:
        client = distributed.Client(cluster) if isinstance(cluster, str) else cluster
    except (OSError, ValueError) as error:
        remedy = "start one: dask scheduler --scheduler-file FILE; its first lines say the address"
        raise InputError("dask", cluster, f"the address of a scheduler that answers ({error})", remedy) from error
    executor = client.get_executor(pure=False)
    executor._max_workers = max(1, sum(client.nthreads().values()))  # type: ignore[union-attr]  # as the pools of the standard library say it
    return executor
