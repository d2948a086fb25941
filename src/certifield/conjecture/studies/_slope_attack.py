"""The refined bound on signature and slope, attacked in bulk: knots of the census, and closed braids with full twists.

With exact signatures, slopes and volumes in floats, |2 sigma - slope| inj^3 / vol is bounded from above without a geodesic.  A ball whose
radius is the injectivity radius inj outside the maximal cusp lies in the complement, so that inj <= R with pi (sinh 2R - 2R) = vol.  At the
boundary of the maximal cusp the meridian, of length m there, moves a point by 2 arsinh(m / 2), so that inj <= arsinh(m / 2).
The worst knot of each batch is measured again with a proof.
"""

import random
from collections.abc import Iterable
from math import asinh, inf, pi, sinh
from typing import Any

import numpy as np
from scipy.optimize import brentq

from certifield.study import Piece

COLUMNS = ("sigma", "slope", "volume", "meridian")


def ball_radius(volume: float) -> float:
    r"""The radius R of a ball of this volume in hyperbolic space, $\pi(\sinh 2R - 2R)$ = vol."""
    return float(brentq(lambda radius: pi * (sinh(2 * radius) - 2 * radius) - volume, 1e-6, 20.0))  # type: ignore[arg-type]


def bounds(numbers: np.ndarray) -> np.ndarray:
    """Upper bounds of |2 sigma - slope| inj^3 / vol by row; a meridian of unknown length is infinite."""
    rows = numbers.tolist()
    found = [abs(2 * sigma - slope) / vol * min(ball_radius(vol), asinh(meridian / 2)) ** 3 for sigma, slope, vol, meridian in rows]
    return np.array(found)


def knots(kind: str, number: int, count: int, seed: int) -> list[tuple[str, Any]]:
    """A batch of the census from place ``number * count`` on, or closed braids of 3 to 5 strands with -3 to 3 full twists.

    Words of 20 to 36 letters before the twists: of shorter ones many close to the same knots, or to none with a hyperbolic complement.
    """
    from certifield.topology import Diagram
    from certifield.topology.braids import components
    from certifield.topology.hyperbolic import census_knots

    if kind == "census":
        return census_knots(number * count, count)
    rng, found = random.Random(f"{seed}/{number}"), []
    while len(found) < count:
        strands = rng.choice((3, 3, 4, 5))
        letters = [one for one in range(1 - strands, strands) if one]
        twists = rng.choice((-3, -2, -1, 0, 1, 2, 3)) if strands == 3 else rng.choice((-1, 0, 1))
        around = list(range(1, strands)) * strands  # one full twist
        if twists < 0:
            around = [-letter for letter in reversed(around)]
        word = [rng.choice(letters) for _ in range(rng.randint(20, 36))] + around * abs(twists)
        if components(word, strands) == 1:
            found.append((" ".join(map(str, word)), Diagram.from_braid(word, strands)))
    return found


def bulk(kind: str, number: int, count: int, seed: int) -> Piece:
    """Numbers of a batch by `COLUMNS`, how many were made, and the worst knot, measured with a proof where that succeeds."""
    from certifield.topology import signature
    from certifield.topology.hyperbolic import cusps, rough_cusps

    named = knots(kind, number, count, seed)
    measured = list(rough_cusps((diagram for _, diagram in named), meridians=True))
    hyperbolic = [(name, diagram, one) for (name, diagram), one in zip(named, measured, strict=True) if one is not None]
    meridians = [inf if one.meridian is None else one.meridian.value for _, _, one in hyperbolic]
    rows = [[signature(diagram), one.slope.value, one.volume.value, length]
            for (_, diagram, one), length in zip(hyperbolic, meridians, strict=True)]  # fmt: skip
    numbers = np.array(rows, float).reshape(-1, len(COLUMNS))
    found: dict[str, Any] = {"asked": len(named), "numbers": numbers}
    if len(numbers):
        name, diagram, _ = hyperbolic[int(np.argmax(bounds(numbers)))]
        (cusp,) = cusps([diagram], quick=True)
        found |= {"worst": name, "proved": cusp.status == "verified"}
        if cusp.status == "verified":
            found["ball"] = np.array([cusp.slope.value, cusp.slope.radius, cusp.volume.value, cusp.volume.radius], float)  # type: ignore[union-attr]
    return found


def gathered(pieces: Iterable[Piece]) -> tuple[int, np.ndarray, str, int]:
    """Knots made, bounds of all hyperbolic ones, the name of the knot of the greatest, and how many pairs (slope, volume) are different."""
    made, every, worst, greatest, pairs = 0, [np.empty(0)], "", -1.0, set[tuple[float, float]]()
    for found in pieces:
        numbers = np.asarray(found["numbers"])
        one = bounds(numbers)
        pairs |= {(slope, volume) for slope, volume in np.round(numbers[:, 1:3], 5).tolist()}
        made += found["asked"]
        every.append(one)
        if len(one) and one.max() > greatest:
            worst, greatest = f"{found['worst']}{'' if found['proved'] else ' (no proof)'}", float(one.max())
    return made, np.concatenate(every), worst, len(pairs)
