"""The switches under which the whole suite runs: 64 bit, no silent promotion of ranks and dtypes, shapes checked at run time."""

import gc
import hashlib
import os
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

# Set before numpy and JAX start, and inherited by the processes that tests start: digits are those of one thread, as the engine sets it.
os.environ.update({name: "1" for name in ("NPROC", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")})
# Most of the suite's time goes into compiling programs that run for milliseconds, so they are not optimised, and XLA's older emitters are
# taken, which compile in less than half the time, where XLA still has them; `make test-all` runs all as a user does.
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_cpu_multi_thread_eigen=false --xla_cpu_parallel_codegen_split_count=1"
    " --xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
    + (" --xla_cpu_use_fusion_emitters=false" if tuple(map(int, version("jaxlib").split(".")[:2])) < (0, 11) else ""),
)
# The cache saves compilations and changes no number.  It takes the smallest too: tests make the same program in many closures, and a
# third of the suite's time was the compilation of operations that had been compiled before.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(__file__).resolve().parents[1] / ".cache" / "jax"))
# What tests run is not taken for what the user ran.
os.environ["XDG_STATE_HOME"] = str(Path(__file__).resolve().parents[1] / ".cache" / "state")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")

import jax
import pytest
from threadpoolctl import threadpool_limits

threadpool_limits(1)  # where numpy was there before, as a plugin loads it in a process without workers
gc.set_threshold(200_000, 20, 100)  # as the command line does: what JAX makes of programs lives on

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_numpy_rank_promotion", "raise")
jax.config.update("jax_numpy_dtype_promotion", "strict")

ROOT = Path(__file__).resolve().parents[1]
pytest_plugins = ["budgets", "room"]
# Numba looks for changes in the file of a function, not in those of the functions inlined; so the cache has the digest of all of them.
COMPILED = sorted(
    file for part in ("topology/moves", "topology/ribbon", "bundles/monads") for file in (ROOT / "src/certifield" / part).rglob("*.py")
)
DIGEST = hashlib.sha256(b"".join(file.read_bytes() for file in COMPILED)).hexdigest()[:16]
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".cache" / "numba" / DIGEST))

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
KNOTS = ("snappy", "spherogram", "flint", "khoca", "knot_floer_homology", "database_knotinfo", "numba", "optuna")

# What each marker needs, and what is said where it is missing.
MISSING = {
    "browser": "" if any(shutil.which(name) for name in BROWSERS) else "no chromium or google-chrome",
    "toric": "" if find_spec("cytools") else "the extra `toric` is not installed",
    "knots": "" if all(find_spec(name) for name in KNOTS) else "the extra `knots` is not installed",
}


def pytest_report_header() -> list[str]:
    precision = f"jax {jax.__version__}, 64 bit, no silent promotion of ranks or dtypes"
    return [precision, *(f"NOTICE: {reason}: tests marked `{marker}` are deselected" for marker, reason in MISSING.items() if reason)]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    missing = [marker for marker, reason in MISSING.items() if reason]
    deselected = [item for item in items if any(item.get_closest_marker(marker) for marker in missing)]
    items[:] = [item for item in items if item not in deselected]
    config.hook.pytest_deselected(items=deselected)
    for item in items:  # what is long by nature is only stopped where it hangs
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(1800))
