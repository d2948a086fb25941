"""What runs in SnapPy's process: a program of its own, one question and one answer a line.  Nothing of Certifield is imported here.

A question is {"code": planar diagram code, "quick": bool}, {"codes": planar diagram codes, "meridians": bool} or
{"census": [first, count]}; an answer has the keys of `answer`, of `floats` or of `census`, or the one key "error".
"""

import json
import os
import sys
from functools import cache

POSITIVE, NEGATIVE = "all tetrahedra positively oriented", "contains negatively oriented tetrahedra"
MOST_TRIES = 10
SMALLEST_VOLUME = 2.0298  # of all cusped orientable hyperbolic manifolds (Cao and Meyerhoff, Invent. Math. 146 (2001) 451)
CUTOFFS = (0.7, 1.4, 2.8)
MOST_TETRAHEDRA = 8  # beyond, the slower way to geodesics takes more than seconds


def answer(code, quick):
    """Plain numbers on the exterior of a knot, from the best of at most ten more triangulations.

    "solution": POSITIVE, NEGATIVE or None; "equations": the rows of the gluing equations in log z, log 1/(1-z), log (z-1)/z, edges
    first, then meridian and longitude; "shapes", "shape", "volume"; the "group" with its peripheral words; and unless ``quick`` the
    "area" of the maximal cusp and the length of the shortest "geodesic", each None where SnapPy fails.
    """
    import snappy
    import spherogram

    snappy.set_rand_seed(0)  # so that the answer does not depend on what was asked before
    exterior = spherogram.Link(code).exterior()
    found = _retriangulated(exterior)
    if found is None:
        return {"solution": None, "program": _program()}
    return {
        "solution": found.solution_type(),
        "equations": [[int(entry) for entry in row] for row in found.gluing_equations()],
        "shapes": [_pair(shape) for shape in found.tetrahedra_shapes("rect")],
        "shape": _pair(found.cusp_info("shape")[0]),
        "volume": float(found.volume()),
        "group": _group(found),
        "area": None if quick else _area(found),
        "geodesic": None if quick else _geodesic(found.copy()),
        "program": _program(),
    }


def floats(codes, meridians):
    """For each code a row of volume, cusp shape and, if asked, the length of the meridian on the maximal cusp; None without a structure."""
    import snappy
    import spherogram

    snappy.set_rand_seed(0)
    rows = []
    for code in codes:
        exterior = spherogram.Link(code).exterior()
        tries = 0
        while exterior.solution_type() != POSITIVE and tries < MOST_TRIES:
            exterior.randomize()
            tries += 1
        if exterior.solution_type() != POSITIVE:
            rows.append(None)
            continue
        shape = exterior.cusp_info("shape")[0]
        rows.append([float(exterior.volume()), *_pair(shape), _meridian(exterior, shape) if meridians else None])
    return {"rows": rows, "program": _program()}


def _meridian(exterior, shape):
    """|mu| from the area of the maximal cusp, |mu|^2 = area / |Im shape|; None where the kernel crashes, as it does at K13a4725."""
    from snappy import SnapPeaFatalError

    try:
        neighbourhood = exterior.cusp_neighborhood()
        neighbourhood.set_displacement(neighbourhood.stopping_displacement())
        return (2 * float(neighbourhood.volume()) / abs(float(shape.imag()))) ** 0.5
    except SnapPeaFatalError:
        return None


def census(first, count):
    """Names and planar diagram codes of knots in SnapPy's copy of the table of Hoste and Thistlethwaite, up to 14 crossings; its size."""
    knots = _census()
    chosen = [knots[first]] if count == 1 else knots[first : first + count] if count else []  # a slice takes twice as long
    rows = [[knot.name(), [list(crossing) for crossing in knot.link().PD_code()]] for knot in chosen]
    return {"rows": rows, "size": len(knots), "program": _program()}


@cache
def _census():
    """Opened once: that takes as long as some ten knots."""
    import snappy

    return snappy.HTLinkExteriors(cusps=1)  # pyright: ignore[reportAttributeAccessIssue]  made when snappy is loaded


def _retriangulated(exterior):
    """A copy with all tetrahedra positive; else the first with negative ones and enough volume; else None."""
    second = None
    for _ in range(MOST_TRIES + 1):
        if exterior.solution_type() == POSITIVE:
            return exterior
        if second is None and exterior.solution_type() == NEGATIVE and exterior.volume() > SMALLEST_VOLUME:
            second = exterior.copy()
        exterior.randomize()
    return second


def _group(manifold):
    """Words are lists of numbers +-1, +-2, ... of generators."""
    group = manifold.fundamental_group()
    return {
        "generators": group.num_generators(),
        "relators": group.relators(as_int_list=True),
        "meridian": group.meridian(0, as_int_list=True),
        "longitude": group.longitude(0, as_int_list=True),
    }


def _area(manifold):
    from snappy import SnapPeaFatalError

    try:
        return float(manifold.cusp_areas()[0])
    except (RuntimeError, ValueError, ArithmeticError, SnapPeaFatalError):
        return None


def _geodesic(manifold):
    """By a Dirichlet domain, which is quick and may fail, and else by tiling hyperbolic space."""
    for _ in range(MOST_TRIES):
        try:
            spectra = (manifold.length_spectrum(cutoff) for cutoff in CUTOFFS)
            return next((min(float(one.length.real()) for one in spectrum) for spectrum in spectra if len(spectrum)), None)
        except RuntimeError:
            manifold.randomize()
    if manifold.num_tetrahedra() > MOST_TETRAHEDRA:
        return None
    try:
        return float(manifold.length_spectrum_alt(count=1)[0].length.real())
    except (RuntimeError, ValueError, ArithmeticError):
        return None


def _pair(number):
    return [float(number.real()), float(number.imag())]


def _program():
    import snappy
    import spherogram

    return f"SnapPy {snappy.__version__}, spherogram {spherogram.__version__}"


def _reply(line):
    try:
        question = json.loads(line)
        if "census" in question:
            return census(*question["census"])
        return floats(**question) if "codes" in question else answer(**question)
    except ImportError:
        return {"error": "missing"}
    except Exception as error:  # the other side raises it
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    """Answers until the questions end.  Whatever SnapPy prints goes nowhere: descriptor 1 is only for answers."""
    with os.fdopen(os.dup(1), "w") as answers:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        for line in sys.stdin:
            answers.write(json.dumps(_reply(line)) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
