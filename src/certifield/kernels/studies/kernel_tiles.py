"""The kernel of more points than fit into memory: every tile of the upper half is a piece of its own, on disk.

Only two blocks of points and one tile are in memory at a time, and a run that is killed goes on with the tiles that are missing.
"""

from collections.abc import Iterator
from typing import Literal

import jax
import numpy as np
from pydantic import Field

from certifield.evidence import Exact
from certifield.kernels import nngp, ntk
from certifield.layers import Serial, dense, relu, serial
from certifield.streams import block_key, stream_key
from certifield.study import Case, Found, Missing, Options, Piece, Pieces, Readings, Section, Study, Task


class Tiles(Options):
    """Which kernel of how many points, in tiles of which size, and how deep a ReLU network."""

    points: int = Field(20_000, ge=1, examples=[20_000])
    dim: int = Field(10, ge=1, examples=[10])
    tile: int = Field(1_000, ge=1, le=8_000, examples=[1_000])
    depth: int = Field(5, ge=1, le=50, examples=[5])
    kernel: Literal["nngp", "ntk"] = "nngp"


_KERNELS = {"nngp": nngp, "ntk": ntk}


def network(options: Tiles) -> Serial:
    """A ReLU network that keeps variances: sigma_w^2 = 2, no bias."""
    hidden = [layer for _ in range(options.depth) for layer in (dense(2**0.5), relu())]
    return serial(*hidden, dense())


def points_of(root: int, block: int, options: Tiles) -> np.ndarray:
    """The points of one block: standard Gaussian, from the stream "points" of the root seed."""
    count = min(options.tile, options.points - block * options.tile)
    key = block_key(stream_key(root, "points"), block)
    with jax.enable_x64(True):
        return np.asarray(jax.random.normal(key, (count, options.dim)))


def cases(options: Tiles) -> Iterator[Case]:
    """The tiles of the upper half, row by row."""
    blocks = -(-options.points // options.tile)
    for row in range(blocks):
        for column in range(row, blocks):
            yield Case(f"tile-{row:03d}-{column:03d}", {"row": row, "column": column}, group=f"row {row}")


def piece(task: Task, options: Tiles) -> Piece:
    """The tile [rows, columns], and the largest bound on its errors."""
    row, column = task.case.data["row"], task.case.data["column"]
    x = points_of(task.root, row, options)
    kernel = _KERNELS[options.kernel](network(options), x, None if row == column else points_of(task.root, column, options))
    assert isinstance(kernel, Exact)  # without attention
    return {"kernel": np.asarray(kernel.value), "radius": np.max(kernel.radius, keepdims=True).ravel(), "seed": task.root}


def read(case: Case, pieces: Pieces, options: Tiles) -> Iterator[tuple[str, Found]]:
    """One entry of the tile, its last, against a recursion for two points alone; and the sum of the tile."""
    if 0 not in pieces:
        yield "last entry", Found(Missing("not computed yet", waiting=True))
        return
    tile, radius, root = np.asarray(pieces[0]["kernel"]), float(pieces[0]["radius"][0]), pieces[0]["seed"]
    x, y = (points_of(root, case.data[side], options)[-1] for side in ("row", "column"))
    known, slack = arc_cosine(x, y, options.depth)[options.kernel]
    expected = Exact(known, "recursion for two points", "Cho and Saul, NIPS 2009", slack)
    yield "last entry", Found(Exact(float(tile[-1, -1]), "tile", radius=radius), expected)
    yield "sum", Found(Exact(float(np.sum(tile)), "sum over the tile", radius=tile.size * (radius + 1e-15 * float(np.abs(tile).max()))))


def arc_cosine(x: np.ndarray, y: np.ndarray, depth: int) -> dict[str, tuple[float, float]]:
    """Both kernels of two points, and bounds on their errors, by angles alone: cos t -> (sin t + (pi - t) cos t)/pi, variances kept.

    The tangent kernel in units of the variances: cos t -> new cos t + (1 - t/pi) times the old one.
    """
    lengths = np.sqrt((x @ x) * (y @ y))
    tangent = cosine = float(np.clip(x @ y / lengths, -1, 1))
    # Rounding of one step; errors of cosines do not grow, since the slope 1 - t/pi is at most 1.
    step = 16 * float(np.finfo(float).eps)
    off = off_tangent = (len(x) + 4) * step / 8
    for _ in range(depth):
        angle = float(np.arccos(cosine))
        # What a cosine tells of its angle: off/sin t, and near 0 and pi the root of off alone.
        turned = min(2 * off / max(float(np.sin(angle)), 1e-300), 4 * off**0.5)
        cosine = float((np.sin(angle) + (np.pi - angle) * cosine) / np.pi)
        off += step
        off_tangent = off + off_tangent + (abs(tangent) + off_tangent) * turned / np.pi + step * (1 + abs(tangent))
        tangent = cosine + (1 - angle / np.pi) * tangent
    scale = float(lengths) / len(x)
    found = (("nngp", cosine, off), ("ntk", tangent, off_tangent))
    return {name: (scale * value, scale * (error + step * (1 + abs(value)))) for name, value, error in found}


def conclude(readings: Readings, options: Tiles) -> Iterator[tuple[str, Found]]:
    """The sum over the whole matrix, once all tiles are there."""
    sums = [(reading.case, reading["sum"].value if "sum" in reading else None) for reading in readings.values()]
    parts = [one * (1 if case.data["row"] == case.data["column"] else 2) for case, one in sums if isinstance(one, Exact)]
    if parts and len(parts) == len(readings):
        yield "sum of the kernel", Found(sum(parts[1:], parts[0]))


def _size(octets: float) -> str:
    return f"{octets / 1e9:.3g} GB" if octets >= 1e9 else f"{octets / 1e6:.3g} MB"


def page(readings: Readings, options: Tiles) -> Iterator[Section]:
    """What there is, and how long it took."""
    done = [reading for reading in readings.values() if "sum" in reading]
    seconds = [reading.seconds for reading in done if reading.seconds is not None]
    entries = options.points * (options.points + 1) / 2
    text = (
        f"{len(done)} of {len(readings)} tiles of {options.tile} x {options.tile} points, ReLU network of depth {options.depth}. "
        f"A tile holds {options.tile**2 * 8 / 1e6:.3g} MB; the whole upper half {_size(entries * 8)} on disk."
    )
    if seconds:
        middle = float(np.median(seconds))  # the first tile pays for the compilation
        rest = middle / options.tile**2 * 50_000 * 50_001 / 2
        text += f" The median tile took {middle:.3g} s; at this rate 50,000 points take {rest / 60:.2g} minutes."
    yield Section("tiles", "Tiles", text)


STUDY = Study(options=Tiles, cases=cases, piece=piece, read=read, conclude=conclude, page=page, unit="tiles", complete=True)
