"""Dask: its workers give the same digits, SnapPy may lie beside it, and a worker that dies costs time only."""

import subprocess
import sys
from pathlib import Path

import pytest
from four_kinds import BUDGETS, KINDS, contents, created, left_alone

from certifield import engine
from certifield.evidence import InputError

pytest.importorskip("dask")

SCRIPT = """
import os
import signal
import subprocess
import sys

from certifield import engine
from certifield.study import Budget

distributed = engine.import_distributed()

def tell(progress):
    if progress.done >= 5 and not killed:
        killed.append(list(client.run(os.getpid).values())[0])
        os.kill(killed[0], signal.SIGKILL)

killed = []
if __name__ == "__main__":
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        with distributed.Client(cluster) as client:
            worker = subprocess.Popen([sys.executable, "-m", "certifield.dask_worker", cluster.scheduler_address, "--no-dashboard"])
            client.wait_for_workers(2)
            executor = engine.dask_executor(client)
            for argument in sys.argv[1:]:
                directory, _, budget = argument.partition("=")
                done = engine.run(directory, Budget.model_validate_json(budget), executor=executor, progress=tell)
                assert done.done == done.total
            print(len(killed), executor._max_workers)
            worker.terminate()
            worker.wait()
"""


def in_python(folder: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(text)
    command = [sys.executable, str(folder / "script.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)


@pytest.mark.slow
def test_a_local_cluster_of_processes_gives_the_digits_of_one(tmp_path: Path) -> None:
    """All four kinds; one worker is of the cluster, one of certifield.dask_worker, and one of them is killed on the way."""
    for kind in KINDS:
        created(kind, tmp_path / kind)
    ran = in_python(tmp_path, SCRIPT, *(f"{tmp_path / kind}={BUDGETS[kind].model_dump_json(exclude_none=True)}" for kind in KINDS))
    assert ran.returncode == 0 and ran.stdout.splitlines()[-1] == "1 2", ran.stderr
    for kind in KINDS:
        assert contents(tmp_path / kind) == contents(left_alone(kind, tmp_path / f"{kind}-alone")), kind


# In one process: a worker thread of Dask, names and cusps from SnapPy, and a census of ribbon discs in two processes.
TOGETHER = """
import sys
from certifield import engine

if __name__ == "__main__":
    distributed = engine.import_distributed()
    from certifield.study import Budget
    from certifield.topology import named
    from certifield.topology.hyperbolic import cusp
    from certifield.topology.questions import is_slice
    from certifield.topology.surgery import zero_surgery_candidates

    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster:
        with distributed.Client(cluster) as client:
            print(client.submit(lambda: str(is_slice(named("6_1"))), pure=False).result())
            print(client.submit(lambda: cusp(named("4_1"), quick=True).status, pure=False).result())
    print(zero_surgery_candidates({name: named(name) for name in ("K12n309", "4_1", "K14n14254")}))
    engine.create(engine.ask("ribbon-census", options={"crossings": [6, 8]}), "runs")
    print(engine.run("runs", Budget(rounds=(3000,)), workers=2).proved)
    print(*({"snappy", "spherogram"} & set(sys.modules)))
"""


@pytest.mark.slow
@pytest.mark.knots
def test_knots_and_dask_in_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = in_python(tmp_path, TOGETHER)
    assert ran.returncode == 0, ran.stderr
    disc, *rest = ran.stdout.splitlines()
    assert disc == "CERTIFIED  1  [cert, ribbon, ribbon@1]"
    assert rest == ["verified", "[('K12n309', 'K14n14254')]", "4", ""]


@pytest.mark.knots
def test_snappy_may_lie_beside_it(tmp_path: Path) -> None:
    code = "from certifield import engine; engine.import_distributed(); import snappy; print(snappy.Manifold('4_1').num_cusps())"
    ran = in_python(tmp_path, code)
    assert ran.returncode == 0 and ran.stdout == "1\n", ran.stderr
    pytest.importorskip("prometheus_client")  # which distributed imports in a thread, where SnapPy cannot be
    code = "from certifield import engine; engine.import_distributed(); import prometheus_client as p; print(p.exposition.snappy)"
    assert in_python(tmp_path, code).stdout == "None\n"
    # The twin: without the precaution, Dask takes SnapPy for a library of compression.
    ran = in_python(tmp_path, "import distributed\n")
    assert ran.returncode == 1 and "module 'snappy' has no attribute 'compress'" in ran.stderr


def test_a_scheduler_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = engine.import_distributed()

    def refuses(address: str) -> None:
        raise OSError("Timed out trying to connect")

    monkeypatch.setattr(distributed, "Client", refuses)
    with pytest.raises(InputError, match=r"a scheduler that answers \(Timed out.*dask scheduler"):
        engine.dask_executor("tcp://nowhere:8786")
