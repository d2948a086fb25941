"""What `certifield doctor` looks at: each check is a fact, whether it is fine, and what to do if it is not."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("certifield", "jax", "jaxlib", "equinox", "optax", "diffrax", "lineax", "jaxtyping", "numpy", "scipy", "matplotlib")
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
        cache_hit(),  # first to touch JAX: the cache is chosen when the first program is compiled
        devices(),
        precision(),
        random_numbers(),
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


def _version(package: str) -> Check:
    try:
        return Check(package, importlib.metadata.version(package))
    except importlib.metadata.PackageNotFoundError:
        return Check(package, "not installed", False, f"pip install {package}")


def cache_hit() -> Check:
    """Compiles a program twice with an empty cache folder, forgetting it in between, and compares the times."""
    import jax
    import jax.numpy as jnp

    def compile_once() -> float:
        jax.clear_caches()
        start = time.perf_counter()
        jax.jit(lambda x: jnp.linalg.norm(jax.hessian(lambda y: jnp.sum(jnp.tanh(y @ y.T)))(x))).lower(jnp.ones((5, 5))).compile()
        return time.perf_counter() - start

    with tempfile.TemporaryDirectory() as folder:
        before = jax.config.jax_compilation_cache_dir
        jax.config.update("jax_compilation_cache_dir", folder)
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
        first, second = compile_once(), compile_once()
        entries = len(list(Path(folder).iterdir()))
        jax.config.update("jax_compilation_cache_dir", before)
    verdict = "hit" if entries and second < 0.8 * first else "no hit"
    found = f"{verdict}: {first:.2f} s to compile, {second:.2f} s again, {entries} entries; kept in {before or 'no folder'}"
    return Check("compilation cache", found)  # an optimisation: a miss costs time and is no fault


def devices() -> Check:
    import jax

    return Check("devices", ", ".join(f"{device.platform}:{device.id} ({device.device_kind})" for device in jax.devices()))


def precision() -> Check:
    import jax
    import jax.numpy as jnp

    kind = str(jnp.asarray(1.0).dtype)
    return Check("precision", f"{kind}, matrix products {jax.config.jax_default_matmul_precision or 'default'}", kind == "float64",
                 "the command line switches 64 bit on; in Python say jax.config.update('jax_enable_x64', True)")  # fmt: skip


def random_numbers() -> Check:
    import jax

    kind, partitionable = jax.config.jax_default_prng_impl, jax.config.jax_threefry_partitionable
    return Check("random numbers", f"{kind}, partitionable {partitionable}", kind == "threefry2x32" and bool(partitionable),
                 "unset JAX_DEFAULT_PRNG_IMPL and JAX_THREEFRY_PARTITIONABLE: digits are promised for JAX's own defaults")  # fmt: skip


def disk() -> Check:
    free = shutil.disk_usage(os.curdir).free
    return Check("free disk here", f"{free / 1e9:.1f} GB", free > LEAST_FREE_DISK, "make room before a long study")


def browser() -> Check:
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    return Check("browser", found or "none found: reports open in any browser; only the test of the report needs chromium")


def snappy_clash() -> Check:
    both = all(importlib.util.find_spec(name) for name in ("snappy", "distributed"))
    return Check("known clashes", "snappy and distributed are both installed" if both else "none", not both,
                 "`import distributed` takes SnapPy for a compression library and dies; keep them in two environments")  # fmt: skip
