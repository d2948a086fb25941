"""Threefolds in files: what another program has computed, such as a triangulation by CYTools, read as it is and checked.

One file of named arrays (npz): ``intersections`` [triples, 4], rows (i, j, k, kappa_ijk), every triple once; ``curves`` [curves, N],
generators of the Mori cone; ``divisors`` [divisors, N], prime divisors; ``label``, a text.
"""

import os
from zipfile import BadZipFile

import numpy as np

from certifield._arguments import file_path, of_kind
from certifield.evidence import InputError

from ._threefold import Threefold

_ARRAYS = ("intersections", "curves", "divisors")


def save_threefold(path: str | os.PathLike[str], threefold: Threefold) -> None:
    """Writes a threefold to ``path``, such as "mirror.npz"."""
    where = file_path(path)
    of_kind("threefold", threefold, Threefold, "such as tree_threefold(base, trees)")
    arrays = {"intersections": threefold.intersections, "curves": threefold.curves.toarray(), "divisors": threefold.divisors.toarray()}
    with where.open("wb") as file:
        np.savez_compressed(file, label=np.array(threefold.label), **arrays)  # type: ignore[arg-type]


def load_threefold(path: str | os.PathLike[str]) -> Threefold:
    """Reads a threefold, of ours or exported from another program.

    Raises `InputError` for a file without these arrays, and for arrays that are no threefold.
    """
    where = file_path(path)
    try:
        with where.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise InputError("path", str(path), f"a file of arrays, npz ({error})", "write one with save_threefold or np.savez") from None
    missing = [name for name in _ARRAYS if name not in arrays]
    if missing:
        raise InputError("path", sorted(arrays), f"with the arrays {', '.join(missing)} as well", "see certifield.cosmology.axions")
    intersections, curves, divisors = (arrays[name] for name in _ARRAYS)
    return Threefold(intersections, curves, divisors, str(arrays.get("label", where.name)))
