r"""Smooth toric threefolds, such as bases of F-theory after trees of blow-ups, with sparse intersection numbers.

Two rays a, b of a wall with neighbours x, y obey $v_x + v_y + \alpha v_a + \beta v_b = 0$, and the curve C of the wall has
$C\cdot D_x = C\cdot D_y = 1$, $C\cdot D_a = \alpha$, $C\cdot D_b = \beta$.  These curves generate the Mori cone, and the axions are the
four-form on the divisors of the base: N = h11 = rays - 3.
"""

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from certifield._arguments import listed, of_kind
from certifield.bundles.trees import Base, drawn_cones
from certifield.evidence import InputError

from ._threefold import Threefold


def toric_threefold(rays: Any, cones: Any, label: str = "toric threefold") -> Threefold:
    """The threefold of a smooth complete fan: rays [n, 3], cones [2 n - 4, 3] by numbers of rays.

    The basis: all divisors of rays but those of the first cone.  All n toric divisors are its prime divisors, in the order of the rays.
    Raises `InputError` for a fan that is not smooth and complete.

    >>> toric_threefold([[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, -1, -1]], [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]).intersections
    array([[0, 0, 0, 1]])
    """
    v, simplices = _integers("rays", rays), _integers("cones", cones)
    count = len(v)
    if simplices.min() < 0 or simplices.max() >= count or len(simplices) != 2 * count - 4:
        raise InputError("cones", simplices.shape, f"[{2 * count - 4}, 3] numbers of {count} rays", "a complete fan has 2 n - 4 cones")
    if (np.abs(_determinants(v, simplices)) != 1).any():
        raise InputError("cones", simplices.tolist()[:3], "of determinant 1 or -1", "blow up the singular ones")
    a, b, x, y = _walls(simplices, count)
    unit = _determinants(v, np.column_stack([a, b, x]))
    alpha = -_determinants(v, np.column_stack([y, b, x])) * unit
    beta = -_determinants(v, np.column_stack([a, y, x])) * unit
    if (v[x] + v[y] + alpha[:, None] * v[a] + beta[:, None] * v[b]).any():
        raise InputError(
            "cones", simplices.tolist()[:3], "the cones of a fan, which meet in faces", "two of them lie on one side of a wall"
        )
    # D_a^3 from the linear relation of m = v_a: sum over rays of <v_a, v> D = 0, times D_a^2.
    cubes = np.zeros(count, np.int64)
    np.add.at(cubes, a, -(v[a] * v[b]).sum(axis=1) * alpha)
    np.add.at(cubes, b, -(v[a] * v[b]).sum(axis=1) * beta)
    lengths = (v**2).sum(axis=1)
    if (cubes % lengths).any():
        raise AssertionError("a self-intersection that is not whole")
    triples = np.concatenate([
        np.column_stack([np.sort(simplices, axis=1), np.ones(len(simplices), np.int64)]),
        np.column_stack([a, a, b, alpha]), np.column_stack([a, b, b, beta]),
        np.column_stack([*[np.arange(count)] * 3, cubes // lengths]),
    ])  # fmt: skip
    wall = np.arange(len(a))
    curves = csr_array((np.concatenate([alpha, beta, *[np.ones(len(a), np.int64)] * 2]), (np.tile(wall, 4), np.concatenate([a, b, x, y]))),
                       shape=(len(a), count))  # fmt: skip
    dropped = simplices[0]
    kept = np.setdiff1d(np.arange(count), dropped)
    place = np.full(count, -1)
    place[kept] = np.arange(len(kept))
    triples[:, :3] = place[triples[:, :3]]
    triples = triples[(triples[:, :3] >= 0).all(axis=1) & (triples[:, 3] != 0)]
    return Threefold(triples, curves[:, kept], _classes(v, dropped, kept), f"{label}; basis: all rays but those of one cone")


def tree_threefold(base: Base, rng: np.random.Generator, *, height: int = 6, share: float = 1.0, fullest: int = 1) -> Threefold:
    """A geometry of the tree ensemble: uniform trees up to a ``height`` on edges and faces, each there with probability ``share``.

    ``fullest``: of so many trees on each the one with the most cones; N = h11 exceeds 2000 with 3 of them.

    Raises `InputError` as `certifield.bundles.trees.drawn_cones` does.
    """
    of_kind("base", base, Base, "such as weak_fano_base(DOMINANT[0])")
    rays, cones = drawn_cones(base, rng, height=height, share=share, fullest=fullest)
    return toric_threefold(rays, cones, f"trees up to height {height}, share {share:g}" + f", fullest of {fullest}" * (fullest > 1))


def _classes(v: np.ndarray, dropped: np.ndarray, kept: np.ndarray) -> csr_array:
    """All toric divisors in the basis: with the dual basis m of the dropped rays, D_dropped = -sum over the others of <m, v> D."""
    dual = np.rint(np.linalg.inv(v[dropped].astype(float))).astype(np.int64)  # columns m
    classes = np.zeros((len(v), len(kept)), np.int64)
    classes[kept, np.arange(len(kept))] = 1
    classes[dropped] = -(v[kept] @ dual).T
    return csr_array(classes)


def _walls(simplices: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rays a < b of all walls, and the third rays of the two cones at each."""
    three = np.sort(simplices, axis=1)
    pairs = np.concatenate([three[:, [0, 1]], three[:, [0, 2]], three[:, [1, 2]]])
    third = np.concatenate([three[:, 2], three[:, 1], three[:, 0]])
    keys = pairs[:, 0] * count + pairs[:, 1]
    order = np.argsort(keys, kind="stable")
    keys, pairs, third = keys[order], pairs[order], third[order]
    if len(keys) % 2 or (keys[::2] != keys[1::2]).any() or (keys[2::2] == keys[1:-1:2]).any():
        raise InputError("cones", simplices.tolist()[:3], "such that every wall lies in two of them", "complete the fan")
    return pairs[::2, 0], pairs[::2, 1], third[::2], third[1::2]


def _determinants(v: np.ndarray, places: np.ndarray) -> np.ndarray:
    one, two, three = v[places[:, 0]], v[places[:, 1]], v[places[:, 2]]
    return (np.cross(one, two) * three).sum(axis=1)


def _integers(name: str, given: Any) -> np.ndarray:
    array = np.asarray(listed(name, given, "whole numbers, three a row", "an array [n, 3]"))
    if array.ndim != 2 or array.shape[1] != 3 or len(array) < 4 or array.dtype.kind not in "iu" or np.abs(array).max() >= 2**20:
        raise InputError(name, array.shape, "whole numbers, three a row, four rows or more", "an array [n, 3]")
    return array.astype(np.int64)
