r"""Checks tree-section@1: up to which coefficient of a ray v in the rays of blow-ups a section survives them all.

The base has primitive rays and smooth cones of three that make a complete fan.  A ray of a blow-up is a sum a_1 u_1 + ... of rays of one
cone with whole coefficients above 0.  A section m of weight w (4 for f, 6 for g) survives where <m, u> >= -w for all rays u, those of the
base included.

If <m, v> = -s with 0 < s <= w, <m, u> = 0 for the rays u that share a cone with v, and <m, u> >= 0 for all others, then the section has
the value -a s on a ray in which v has the coefficient a, and none below 0 on the others: it survives exactly if every a is at most w // s.

claim    {"kind": "section threshold", "rays": [[x, y, z], ...], "cones": [[i, j, k], ...], "ray": number of v, "section": m, "weight": w}
value    w // s as a text
witness  {"zero": [numbers of the rays that share a cone with v]}
"""

import json
import sys
from typing import Any

CHECKER = "tree-section@1"
MOST = 100_000  # rays


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> tuple[bool, str, int]:
    """Whether the section survives exactly up to the coefficient ``value``."""
    steps = 0
    try:
        rays, cones, at, section, weight = _read(claim)
        _require(isinstance(witness, dict) and set(witness) == {"zero"}, "the witness must have the field zero")
        near = sorted({ray for cone in cones if at in cone for ray in cone} - {at})
        _require(witness["zero"] == near, "witness.zero must be the rays that share a cone with v, in order")
        for number, ray in enumerate(rays):
            steps += 1
            product = sum(a * b for a, b in zip(section, ray, strict=True))
            if number == at:
                _require(-weight <= product < 0, f"the section must be negative on v, and at least -{weight}: it is {product}")
                _require(value == str(weight // -product), f"the greatest coefficient is {weight // -product}")
            elif number in near:
                _require(product == 0, f"the section is {product} on ray {number}, which shares a cone with v")
            else:
                _require(product >= 0, f"the section is {product} on ray {number}")
    except _Refused as refusal:
        return False, str(refusal), steps
    return True, "", steps


def _read(claim: Any) -> tuple[list, list, int, list, int]:
    fields = {"kind", "rays", "cones", "ray", "section", "weight"}
    _require(isinstance(claim, dict) and set(claim) == fields, "the claim must have the fields kind, rays, cones, ray, section, weight")
    _require(claim["kind"] == "section threshold", 'claim.kind must be "section threshold"')
    rays, cones, at, section, weight = (claim[name] for name in ("rays", "cones", "ray", "section", "weight"))
    _require(_vectors(rays) and 3 < len(rays) <= MOST and len({tuple(ray) for ray in rays}) == len(rays), "claim.rays must be different")
    _require(_vectors(cones) and all(0 <= entry < len(rays) for cone in cones for entry in cone), "claim.cones must be numbers of rays")
    _require({entry for cone in cones for entry in cone} == set(range(len(rays))), "claim.cones must use every ray")
    _fan(rays, cones)
    _require(type(at) is int and 0 <= at < len(rays), "claim.ray must be the number of a ray")
    _require(_vectors([section]), "claim.section must be three whole numbers")
    _require(weight in (4, 6) and type(weight) is int, "claim.weight must be 4 or 6")
    return rays, cones, at, section, weight


def _fan(rays: list, cones: list) -> None:
    """Smooth cones on both sides of every wall wind around the origin some times: once, if an inner point of one lies in no other."""
    walls: dict[tuple, list] = {}
    for cone in cones:
        _require(abs(_volume(*(rays[entry] for entry in cone))) == 1, f"the cone {cone} is not smooth")
        for place, left in enumerate(cone):
            walls.setdefault(tuple(sorted(cone[:place] + cone[place + 1 :])), []).append(left)
    _require(all(len(sides) == 2 for sides in walls.values()), "a wall does not lie in two cones")
    for (a, b), sides in walls.items():
        both = [_volume(rays[a], rays[b], rays[side]) for side in sides]
        _require(both[0] == -both[1], f"two cones lie on one side of the wall {[a, b]}")
    point = [sum(entries) for entries in zip(*(rays[entry] for entry in cones[0]), strict=True)]
    holding = 0
    for cone in cones:
        u, v, w = (rays[entry] for entry in cone)
        side = _volume(u, v, w)
        holding += all(part * side >= 0 for part in (_volume(point, v, w), _volume(u, point, w), _volume(u, v, point)))
    _require(holding == 1, "cones overlap")


def _volume(u: list, v: list, w: list) -> int:
    (a, b, c), (d, e, f), (g, h, i) = u, v, w
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def _vectors(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, list) and len(row) == 3 and all(type(e) is int for e in row) for row in rows)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise _Refused(otherwise)


def _without_duplicates(pairs: list) -> dict:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a field is given twice")
    return dict(pairs)


def main(arguments: list[str]) -> int:
    """Prints the verdict on the certificate in the file named by the one argument."""
    try:
        with open(arguments[0], encoding="utf-8") as file:
            certificate = json.load(file, object_pairs_hook=_without_duplicates)
        if certificate["checker"] != CHECKER:
            raise ValueError(f"the certificate asks for another checker than {CHECKER}")
        accepted, reason, steps = check(certificate["claim"], certificate["value"], certificate["witness"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        print(json.dumps({"accepted": False, "reason": f"not a certificate: {error}", "steps": 0}))
        return 2
    print(json.dumps({"accepted": accepted, "reason": reason, "steps": steps}))
    return 0 if accepted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
