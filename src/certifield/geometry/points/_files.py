"""Point files: ours, and those that the package cymetric lays out.

Both are one file of named arrays (npz).  ``X_train``, ``X_val`` [N, 2 coordinates]: real parts, then imaginary parts of the homogeneous
coordinates; ``y_train``, ``y_val`` [N, 2]: weight and |Omega|^2; ``val_pullbacks`` [N, n, coordinates]: dz_I/dx^a.  We add ``draws_train``
and ``draws_val``, and the seed, so that the points of one draw are known as such.
"""

import os
from zipfile import BadZipFile

import numpy as np

from certifield._arguments import file_path, of_kind
from certifield.evidence import InputError

from ..varieties import Variety
from ._local import LocalGeometry
from ._points import Points, require_apart

_PARTS = ("train", "val")


def save_points(path: str | os.PathLike[str], train: Points, validation: Points) -> None:
    """Writes both sets to ``path``, such as "dataset.npz", readable by cymetric.  Raises `InputError` where they share a draw."""
    where = file_path(path)
    require_apart(train, validation)
    arrays: dict[str, np.ndarray] = {"val_pullbacks": validation.local.tangents}
    for name, points in zip(_PARTS, (train, validation), strict=True):
        arrays[f"X_{name}"] = np.concatenate([np.real(points.z), np.imag(points.z)], axis=1)
        arrays[f"y_{name}"] = np.stack([points.weights, points.omega], axis=1)
        arrays[f"draws_{name}"] = points.draws
        if points.seed is not None:
            arrays[f"seed_{name}"] = np.array(points.seed)
    with where.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def load_points(path: str | os.PathLike[str], variety: Variety) -> tuple[Points, Points]:
    """The training and validation points of a file, of ours or of cymetric.

    |Omega|^2 is computed anew and held against the file; weights are taken as they are, so that only ratios of integrals mean something
    where another program has scaled them.  A file without draws is taken to have one point a draw, and error bars are too short by what the
    points of one line have in common.  Raises `InputError` for another layout, points off the variety, or another Omega.
    """
    where = file_path(path)
    of_kind("variety", variety, Variety, "the one of these points")
    try:
        with where.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise InputError("path", str(path), f"a file of arrays, npz ({error})", "write one with save_points, or by cymetric") from None
    missing = [f"{kind}_{name}" for kind in "Xy" for name in _PARTS if f"{kind}_{name}" not in arrays]
    if missing:
        raise InputError(
            "path", sorted(arrays), f"with the arrays {', '.join(missing)} as well", "write it with save_points, or by cymetric"
        )
    sets = []
    for name in _PARTS:
        x, y, size = arrays[f"X_{name}"], arrays[f"y_{name}"], variety.coordinates
        if x.ndim != 2 or x.shape[1] != 2 * size or y.shape != (len(x), 2):
            raise InputError(f"X_{name}, y_{name}", (x.shape, y.shape), f"[N, {2 * size}] and [N, 2]", "name the variety of these points")
        half = np.complex64 if x.dtype == np.float32 else np.complex128
        local = LocalGeometry(variety, (x[:, :size] + 1j * x[:, size:]).astype(half))
        ratio = y[:, 1] / local.omega
        if not np.all(np.abs(ratio / np.median(ratio) - 1) < 1e-6):
            given = f"|Omega|^2 that differs from ours by factors {ratio.min():.3g} to {ratio.max():.3g}"
            raise InputError(f"y_{name}", given, "proportional to ours", "name the variety of these points, with these coefficients")
        draws = arrays.get(f"draws_{name}", np.arange(len(x)))
        seed = arrays.get(f"seed_{name}")
        sets.append(Points(local, y[:, 0].astype(float), draws, None if seed is None else int(seed)))
    return sets[0], sets[1]
