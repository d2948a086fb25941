r"""Points as common zeros of random sections (Shiffman and Zelditch).

The zeros of $k_i$ Gaussian sections of $O_i(1)$ for each factor, $\sum k_i = n$, meet X in $N_k = \int_X\prod J_i^{k_i}$ points,
distributed as $\prod J_i^{k_i}/N_k$ when all of them are taken.  A *draw* makes such sections for every k of a mixture, $r_k$ times: draws
are independent, the points of one draw are not.  Draws come in blocks of some 2500 points, each from its own random stream, so that any can
be made again alone.
Reference: Shiffman, Zelditch, Commun. Math. Phys. 200 (1999) 661.
"""

import warnings
from collections.abc import Iterator, Mapping

import numpy as np

from certifield._arguments import of_kind, seeded, whole
from certifield.evidence import InputError, NotConverged

from ..varieties import Variety, dependence, intersection_numbers
from ._density import MultiIndex, density, multi_indices
from ._intersections import intersections
from ._local import LocalGeometry, joined_geometry, residuals
from ._points import Points

MOST_DRAWS = 10**8  # of one set, which is in memory
_POINTS = 2500  # of a block, about
_LOST = 1e-10  # residual of a root that was not found
_TWICE = 1e-7  # distance of two roots of one draw that may be one
_MOST_LOST = 1e-3  # share of draws that may be dropped
_SUSPECT = 0.05  # effective share of points below which a member may be singular


def kinds(variety: Variety) -> dict[MultiIndex, int]:
    """The multi-indices k with their intersection numbers N_k, where these are not 0."""
    of_kind("variety", variety, Variety, "such as fermat()")
    numbers = np.asarray(intersection_numbers(variety.configuration).value)
    found = {}
    for k in multi_indices(len(variety.ambient), variety.dimension):
        index = tuple(i for i, order in enumerate(k) for _ in range(order))
        if (number := int(numbers[index])) > 0:
            found[k] = number
    return found


def sample(variety: Variety, draws: int, seed: int, *, mixture: Mapping[MultiIndex, int] | None = None, first: int = 0) -> Points:
    """The points of ``draws`` draws, beginning with draw ``first`` of the stream ``seed``.

    ``mixture``: how many systems of each kind k make up a draw, one of each by default.
    Raises `InputError` where c_1 is not 0, and `NotConverged` where more than one draw in a thousand loses a root, as near a singular
    member.  Warns of a member that its family knows to be singular, and where few of the points carry the weights, with the place.

    >>> from certifield.geometry import fermat
    >>> points = sample(fermat(), 4, seed=0)
    >>> len(points), points.draws.tolist()[::5]
    (20, [0, 1, 2, 3])
    """
    draws = whole("draws", draws, 1, MOST_DRAWS, "a draw of the quintic has 5 points; try draws=2000, and stream() for more than memory")
    first = whole("first", first, 0, 2**53, "leave it out to begin with draw 0")
    size = block_draws(variety, mixture)
    blocks = (_block(variety, seed, number, mixture) for number in range(first // size, -(-(first + draws) // size)))
    points = joined([one[(one.draws >= first) & (one.draws < first + draws)] for one in blocks])
    effective = float(np.sum(points.weights) ** 2 / np.sum(points.weights**2) / len(points))
    if variety.smooth is False or effective < _SUSPECT:
        warnings.warn(_suspicion(points, effective), stacklevel=2)
    return points


def _suspicion(points: Points, effective: float) -> str:
    """What is wrong with the member, and where."""
    variety, far = points.variety, dependence(points.variety, points.z)
    why = f"is singular: {variety.reason}" if variety.smooth is False else f"may be singular: the points count as {effective:.3f} of them"
    place = ", ".join(f"{one:.3g}" for one in points.z[np.argmin(far)])
    return (
        f"{variety!r} {why}. Its differentials are nearest to dependent ({far.min():.1e}) at ({place}). Integrals may be far off and their "
        f"error bars too small: find_singularity(variety, points.z) looks for the singular point; change a coefficient"
    )


def stream(variety: Variety, seed: int, blocks: int, *, mixture: Mapping[MultiIndex, int] | None = None) -> Iterator[Points]:
    """Blocks of `block_draws` draws, one after the other: memory is that of a block, however many points."""
    _checked(mixture, kinds(variety))
    seeded(seed)
    count = whole("blocks", blocks, 1, 2**53, "a block has some 2500 points; try blocks=10")
    return (_block(variety, seed, number, mixture) for number in range(count))


def block_draws(variety: Variety, mixture: Mapping[MultiIndex, int] | None = None) -> int:
    """The draws of a block of the stream: as many as make some 2500 points."""
    known = kinds(variety)
    return max(1, _POINTS // sum(times * known[k] for k, times in _checked(mixture, known).items()))


def joined(parts: list[Points]) -> Points:
    """Several sets of one stream as one."""
    if not isinstance(parts, list | tuple) or not parts:
        raise InputError("parts", parts, "a list of Points, one at the least", "such as list(stream(variety, seed, 3))")
    for part in parts:
        if not of_kind("parts", part, Points, "such as list(stream(variety, seed, 3))").variety.same_as(parts[0].variety):
            raise InputError("parts", f"{part.variety!r} beside {parts[0].variety!r}", "of one variety", "join each by itself")
    if len(parts) == 1:
        return parts[0]
    weights, draws = (np.concatenate([getattr(part, name) for part in parts]) for name in ("weights", "draws"))
    dropped = sum(part.dropped for part in parts)
    return Points(joined_geometry([part.local for part in parts]), weights, draws, parts[0].seed, dropped)


def _block(variety: Variety, seed: int, number: int, mixture: Mapping[MultiIndex, int] | None) -> Points:
    known = kinds(variety)
    variety.configuration.require_calabi_yau()
    chosen, size = _checked(mixture, known), block_draws(variety, mixture)
    random = np.random.default_rng(np.random.SeedSequence(seeded(seed), spawn_key=(number,)))
    found, names = [], []
    for k, times in chosen.items():
        bases = [
            random.normal(size=(size * times, n - order + 1, n + 1, 2)) @ np.array([1, 1j])
            for n, order in zip(variety.ambient, k, strict=True)
        ]
        bases = [basis / np.linalg.norm(basis, axis=2, keepdims=True) for basis in bases]
        found.append(intersections(variety, bases).reshape(size, -1, variety.coordinates))
        names.append(np.repeat(np.arange(size)[:, None], found[-1].shape[1], axis=1))
    good = np.all([_complete(variety, z, known[k]) for z, k in zip(found, chosen, strict=True)], axis=0)
    dropped = int(np.sum(~good))
    if dropped > max(1, _MOST_LOST * size):
        raise NotConverged(
            f"{dropped} of {size} draws in block {number} of {variety!r} lost a root or have two that coincide: the points left would be "
            f"biased. The member is singular or nearly so: look with find_singularity, or change a coefficient"
        )
    z = np.concatenate(found, axis=1)[good].reshape(-1, variety.coordinates)
    draws = np.concatenate(names, axis=1)[good].ravel() + number * size
    local = LocalGeometry(variety, z)
    return Points(local, local.omega / density(local, chosen, known), draws, seed, dropped)


def _complete(variety: Variety, z: np.ndarray, number: int) -> np.ndarray:
    """Whether each draw [draws] has all its roots [draws, roots, coordinates], all different within each system of ``number`` roots."""
    good = (residuals(variety, z.reshape(-1, z.shape[2])) < _LOST).reshape(z.shape[:2]).all(axis=1)
    systems = z.reshape(len(z), -1, number, z.shape[2])
    closest = np.ones(systems.shape[:2])
    for a in range(number):
        for b in range(a):
            apart = [1 - np.abs(np.sum(systems[:, :, a, part].conj() * systems[:, :, b, part], axis=2)) ** 2 for part in variety.factors]
            closest = np.minimum(closest, np.max(apart, axis=0))
    return np.logical_and(good, (closest > _TWICE**2).all(axis=1))


def _checked(mixture: Mapping[MultiIndex, int] | None, known: Mapping[MultiIndex, int]) -> dict[MultiIndex, int]:
    given = dict.fromkeys(known, 1) if mixture is None else mixture
    if not isinstance(given, Mapping) or any(k not in known or type(r) is not int or not 0 <= r <= _POINTS for k, r in given.items()):
        raise InputError("mixture", mixture, f"whole numbers up to {_POINTS} for some of {list(known)}", "leave it out to have one of each")
    chosen = {k: times for k, times in given.items() if times}
    if not chosen:
        raise InputError("mixture", mixture, f"whole numbers for some of {list(known)}", "leave it out to have one system of each kind")
    return chosen
