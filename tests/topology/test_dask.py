"""SnapPy and Dask in one environment: they share the name of a module, and Certifield works with either beside it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.knots

# In one process: Dask with a worker thread, names and cusps from SnapPy, and a census of ribbon discs in two processes.
TOGETHER = """
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.modules["snappy"] = None
    import distributed
    del sys.modules["snappy"]

    from certifield import studies
    from certifield.runners import census as runner
    from certifield.studies import census
    from certifield.topology import named
    from certifield.topology.hyperbolic import cusp
    from certifield.topology.questions import is_slice
    from certifield.topology.surgery import zero_surgery_candidates

    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster:
        with distributed.Client(cluster) as client:
            print(client.submit(lambda: str(is_slice(named("6_1"))), pure=False).result())
            print(client.submit(lambda: cusp(named("4_1"), quick=True).status, pure=False).result())
    knots = {name: named(name) for name in ("K12n309", "4_1", "K14n14254")}
    print(zero_surgery_candidates(knots))
    census.create(Path("study.toml"), Path("runs"))
    runner.run(Path("runs"), workers=2)
    print(census.answers("runs").counts["certified"])
    print(*({"snappy", "spherogram"} & set(sys.modules)))
"""
CENSUS = """
title = "Discs"
seed = 1
census = "ribbon-census"
[items]
crossings = [6, 8]
[budget]
rounds = [3000]
"""


def in_python(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(text)
    return subprocess.run([sys.executable, "script.py"], cwd=folder, capture_output=True, text=True, check=False, timeout=240)


def test_certifield_works_beside_dask(tmp_path):
    (tmp_path / "study.toml").write_text(CENSUS)
    done = in_python(tmp_path, TOGETHER)
    assert done.returncode == 0, done.stderr
    disc, *rest = done.stdout.splitlines()
    assert disc == "CERTIFIED  1  [cert, ribbon, ribbon@1]"
    assert rest == ["verified", "[('K12n309', 'K14n14254')]", "4", ""]


def test_dask_alone_trips_over_snappy(tmp_path):
    """The twin: without the precaution of the first lines, Dask takes SnapPy for a library of compression."""
    done = in_python(tmp_path, "import distributed\n")
    assert done.returncode == 1 and "module 'snappy' has no attribute 'compress'" in done.stderr
