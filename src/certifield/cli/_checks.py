"""What `certifield doctor` looks at: each check is a fact, whether it is fine, and what to do if it is not."""

import contextlib
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("certifield", "jax", "jaxlib", "equinox", "optax", "diffrax", "lineax", "jaxtyping", "numpy", "scipy", "matplotlib")
KNOTS = ("snappy", "spherogram", "python-flint", "knot_floer_homology", "khoca", "database-knotinfo", "numba", "optuna")  # the extra
LEAST_FREE_DISK = 200e6  # bytes: a study of 100 000 blocks of 2 kB


@dataclass(frozen=True)
class Check:
    """One line of the doctor's report; ``remedy`` is empty when nothing is to be done."""

    name: str
    found: str
    fine: bool = True
    remedy: str = ""


def all_checks() -> list[Check]:
    """Every check, in the order in which they are printed.  Starts JAX."""
    return [
        python(),
        *versions(),
        knots(),
        devices(),
        precision(),
        random_numbers(),
        cache_hit(),
        disk(),
        browser(),
        snappy_clash(),
    ]


def python() -> Check:
    return Check(
        "python",
        f"{platform.python_version()} on {platform.platform()}",
        sys.version_info >= (3, 11),
        "Certifield needs Python 3.11 or newer",
    )


def versions() -> list[Check]:
    return [_version(package) for package in PACKAGES]


def knots() -> Check:
    """The extra `knots`, which is fine to be without."""
    found = {}
    for package in KNOTS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    told = ", ".join(f"{package} {version}" for package, version in found.items())
    missing = [package for package in KNOTS if package not in found]
    remedy = f"; missing: {', '.join(missing)}: pip install 'certifield[knots]'" if missing else ""
    return Check("extra knots", (told or "not installed") + remedy)


def _version(package: str) -> Check:
    try:
        return Check(package, importlib.metadata.version(package))
    except importlib.metadata.PackageNotFoundError:
        return Check(package, "not installed", False, f"pip install {package}")


COMPILATION = """
import time, jax, jax.numpy as jnp
program = jax.jit(lambda x: jnp.linalg.norm(jax.hessian(lambda y: jnp.sum(jnp.tanh(y @ y.T)))(x)))
lowered = program.lower(jnp.ones((5, 5)))
start = time.perf_counter()
lowered.compile()
print(time.perf_counter() - start)
"""


def cache_hit() -> Check:
    """Compiles one program in two fresh processes that share an empty cache folder, and compares the times."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = _seconds_to_compile(folder), _seconds_to_compile(folder)
        entries = len(list(Path(folder).iterdir()))
    verdict = "hit" if entries and second < 0.8 * first else "no hit"
    kept = os.environ.get("JAX_COMPILATION_CACHE_DIR", "no folder")
    # An optimisation: a miss costs time and is no fault.
    return Check("compilation cache", f"{verdict}: {first:.2f} s to compile, {second:.2f} s in the next process; kept in {kept}")


def _seconds_to_compile(folder: str) -> float:
    settings = {"JAX_COMPILATION_CACHE_DIR": folder, "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}
    done = subprocess.run([sys.executable, "-c", COMPILATION], env=os.environ | settings, capture_output=True, text=True, check=True)
    return float(done.stdout)


def devices() -> Check:
    import jax

    return Check("devices", ", ".join(f"{device.platform}:{device.id} ({device.device_kind})" for device in jax.devices()))


def precision() -> Check:
    import jax
    import jax.numpy as jnp

    kind, products = str(jnp.asarray(1.0).dtype), jax.config.values["jax_default_matmul_precision"] or "default"
    remedy = "the command line switches 64 bit on; in Python say jax.config.update('jax_enable_x64', True)"
    return Check("precision", f"{kind}, matrix products {products}", kind == "float64", remedy)


def random_numbers() -> Check:
    import jax

    kind, partitionable = jax.config.values["jax_default_prng_impl"], jax.config.values["jax_threefry_partitionable"]
    return Check("random numbers", f"{kind}, partitionable {partitionable}", kind == "threefry2x32" and bool(partitionable),
                 "unset JAX_DEFAULT_PRNG_IMPL and JAX_THREEFRY_PARTITIONABLE: digits are promised for JAX's own defaults")  # fmt: skip


def disk() -> Check:
    free = shutil.disk_usage(os.curdir).free
    return Check("free disk here", f"{free / 1e9:.1f} GB", free > LEAST_FREE_DISK, "make room before a long study")


def browser() -> Check:
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    return Check("browser", found or "none found: reports open in any browser; only the test of the report needs chromium")


def snappy_clash() -> Check:
    """Certifield does not mind, since it asks SnapPy in processes of its own; who imports Dask beside it must know."""
    both = all(importlib.util.find_spec(name) for name in ("snappy", "distributed"))
    said = (
        "SnapPy and Dask are both installed, and Dask takes SnapPy for a compressor: distributed = certifield.engine.import_distributed()"
    )
    return Check("known clashes", said if both else "none")
