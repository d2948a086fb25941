"""How do axion-photon couplings grow with the number of axions, and which axions couple?  (ledger M5)"""

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field

from certifield.bundles.trees import DOMINANT, weak_fano_base
from certifield.cosmology import axions
from certifield.evidence import Estimate, Exact, InputError, MissingExtra
from certifield.study import Case, Claim, Found, Missing, Options, Piece, Pieces, Readings, Study, Task

from ._axion_page import GRAND, page
from ._fits import powers

ENSEMBLES = ("polytopes", "trees", "random matrices")
# Weights of simplices of Fermat type; ~: the dual polytope, whose threefold is the mirror.  Favourable ones, from 1 axion to 101.
POLYTOPES = (
    "1-1-1-1-1", "1-1-1-6-9", "1-1-2-2-2", "1-2-3-3-3", "1-2-2-10-15", "1-2-3-12-18", "1-3-3-14-21", "2-3-3-16-24", "1-6-7-7-21",
    "2-3-6-22-33", "1-1-12-28-42", "1-2-18-42-63", "1-3-24-56-84", "2-3-30-70-105", "1-7-48-112-168", "2-7-54-126-189", "3-7-60-140-210",
    "1-3-6-10-10~", "1-6-21-28-28~", "1-3-12-16-16~", "1-1-1-1-1~",
)  # fmt: skip
CUT = 0.01  # of the norm of the vector of couplings, above which an eigenstate is said to couple
COLUMNS = ("axions", "log10 V", "mean", "geometric mean", "max", "median tau", "grand", "in the window")


def _named(given: Any) -> Any:
    """Weights as numbers, such as [1, 1, 1, 6, 9], in the form of a name."""
    return "-".join(map(str, given)) if isinstance(given, list | tuple) else given


class Question(Options):
    """The ensembles and their sizes; ``cone``: c of the stretched Kaehler cone.

    ``polytopes``: weights, "1-1-1-6-9" or [1, 1, 1, 6, 9]; with ~ behind, of the dual polytope, whose threefold is the mirror.
    """

    polytopes: tuple[Annotated[str, BeforeValidator(_named)], ...] = POLYTOPES
    shares: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
    geometries: int = Field(4, ge=2)
    sizes: tuple[int, ...] = (10, 20, 40, 80, 160, 320)
    excess: int = Field(4, ge=2)
    matrices: int = Field(400, ge=50)
    cone: float = Field(1.0, gt=0)


def cases(options: Question) -> Iterator[Case]:
    """One for each polytope, each share of trees, and each size of matrices."""
    yield from (Case(f"polytope/{name}", {"polytope": name}, "polytopes") for name in options.polytopes)
    yield from (Case(f"trees/{share:g}", {"share": share}, "trees") for share in options.shares)
    yield from (Case(f"matrices/{size}", {"size": size}, "random matrices") for size in options.sizes)


def threefold_called(name: str) -> axions.Threefold:
    """The Calabi-Yau threefold of weights such as "1-1-1-6-9", with ~ that of the dual polytope.

    Raises `InputError` for a text of another form, and as `polytope_threefold` does.
    """
    try:
        weights = tuple(int(part) for part in name.removesuffix("~").split("-"))
    except ValueError:
        raise InputError("polytopes", name, 'weights such as "1-1-1-6-9", with ~ for the dual', "write whole numbers") from None
    return axions.polytope_threefold(axions.simplex_vertices(weights), dual=name.endswith("~"))


def piece(task: Task, options: Question) -> Piece:
    """A row of numbers for each geometry, and the eigenstates of a polytope; or couplings of random matrices."""
    data = task.case.data
    if "size" in data:
        return {"couplings": axions.wishart_couplings(data["size"], options.excess, options.matrices, task.seed)}
    if "share" in data:
        rng, base = np.random.Generator(np.random.PCG64(task.seed)), weak_fano_base(DOMINANT[0])
        every = (axions.tree_threefold(base, rng, share=data["share"]) for _ in range(options.geometries))
        return {"geometries": np.array([measured(threefold, options.cone)[0] for threefold in every])}
    try:
        threefold = threefold_called(data["polytope"])
    except MissingExtra as missing:
        return {"missing": str(missing)}
    row, t = measured(threefold, options.cone)
    found = axions.mass_eigenstates(threefold, t)
    g, own = np.abs(np.asarray(found.couplings.value)), found.own
    norms = np.linalg.norm(g, axis=1)
    host = int(np.argsort(norms)[len(norms) // 2])
    lighter = np.where(np.arange(g.shape[1])[None, :] >= own[:, None], g, 0.0)
    return {
        "geometries": row[None, :], "label": threefold.label, "couple": coupled(g, np.asarray(found.couplings.radius)),
        "lighter": lighter.max(axis=1), "masses": np.asarray(found.masses.value), "host": g[host], "own": int(own[host]),
    }  # fmt: skip


def coupled(g: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """For each host, a row of couplings: how many eigenstates are above the `CUT`, and of how many this is not known [hosts, 2].

    The largest bound of a row bounds the norm of the change of the whole row, too: the norm moves by it at most, and a coupling can pass
    the cut only from within its own bound and CUT times that one.
    """
    cut = CUT * np.linalg.norm(g, axis=1, keepdims=True)
    rounding = 8 * len(g[0]) * 2.0**-53 * cut  # of the norm in floats
    near = np.abs(g - cut) <= bounds + CUT * bounds.max(axis=1, keepdims=True) + rounding
    return np.column_stack([(g > cut).sum(axis=1), near.sum(axis=1)])


def measured(threefold: axions.Threefold, cone: float) -> tuple[np.ndarray, tuple]:
    """What the table shows of a geometry at the tip of its stretched cone, by `COLUMNS`, and that point."""
    t = axions.stretched_tip(threefold, cone).t
    volumes, g = threefold.at(t), np.asarray(axions.couplings(threefold, t).values.value)
    tau = np.array([float(one) for one in volumes.divisors])
    window = (tau >= GRAND[0]) & (tau <= GRAND[1])
    inside = float(g[window].mean()) if window.any() else 0.0  # no host there: the count says so
    row = [
        threefold.axions,
        np.log10(float(volumes.volume)),
        g.mean(),
        np.exp(np.log(g).mean()),
        g.max(),
        np.median(tau),
        inside,
        window.sum(),
    ]
    return np.array(row, float), t


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Means over the prime divisors, with their spread over geometries; eigenstates; random matrices against their closed form."""
    if 0 not in pieces:
        return
    held = pieces[0]
    if "missing" in held:
        yield "mean g", Found(Missing(held["missing"]))
    elif "size" in case.data:
        drawn = np.asarray(held["couplings"])
        error = np.std(drawn, ddof=1) / np.sqrt(len(drawn))
        value = Estimate.from_stderr(np.mean(drawn), error, source=case.name, draws=len(drawn), method="mean")
        yield "mean g", Found(value, axions.wishart_mean(case.data["size"], options.excess))
    elif "share" in case.data:
        rows = np.asarray(held["geometries"])
        for name, column in (("axions", rows[:, 0]), ("mean g", rows[:, 2]), ("largest g", rows[:, 4])):
            error = np.std(column, ddof=1) / np.sqrt(len(rows))
            yield (
                name,
                Found(Estimate.from_stderr(np.mean(column), error, source=case.name, draws=len(rows), method="mean over geometries")),
            )
    else:
        row = dict(zip(COLUMNS, np.asarray(held["geometries"])[0].tolist(), strict=True))
        about = f"prime toric divisors, c = {options.cone:g}; {held['label']}"
        known = Exact(float(np.sqrt(2 / 3)), "one modulus", radius=2e-16) if row["axions"] == 1 else None
        yield "axions", Found(Exact(int(row["axions"]), "h11"))
        yield "mean g", Found(Exact(row["mean"], about, "arXiv:1909.05257", radius=1e-14 * row["mean"]), known)
        yield "largest g", Found(Exact(row["max"], about, "arXiv:1909.05257", radius=1e-15 * row["max"]))
        above, near = np.asarray(held["couple"]).sum(axis=0).tolist()
        every = len(held["couple"]) * int(row["axions"])
        said = f"above {CUT:g} of the norm, mean over hosts: {above} of {every}, of which {near} lie within their bounds of the cut"
        yield "share of eigenstates that couple", Found(Exact(above / every, said, radius=near / every + 2.0**-53))
        lighter = float(np.max(held["lighter"]))
        yield "lighter than the instanton of the host", Found(Exact(lighter, "largest g of these", "arXiv:2309.13145"))


def rows_of(readings: Readings, group: str) -> np.ndarray:
    """The rows of all geometries of an ensemble, by `COLUMNS`."""
    parts = [
        np.asarray(one.pieces[0]["geometries"]) for one in readings.values()
        if one.case.group == group and 0 in one.pieces and "geometries" in one.pieces[0]
    ]  # fmt: skip
    return np.concatenate(parts) if parts else np.zeros((0, len(COLUMNS)))


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """Exponents of the mean, the largest coupling and the volume in N, and which eigenstates couple."""
    for group in ENSEMBLES[:2]:
        rows = rows_of(readings, group)
        rows = rows[rows[:, 0] > 1]
        if len(np.unique(rows[:, 0])) < 3:
            continue
        for name, values in (("mean g", np.log(rows[:, 2])), ("largest g", np.log(rows[:, 4])), ("volume", rows[:, 1] * np.log(10))):
            slopes = powers(np.log(rows[:, 0]), values)[1]
            value = Estimate.from_stderr(np.mean(slopes), np.std(slopes), source=f"{group}/{name}", draws=len(rows), method="bootstrap")
            yield f"exponent of the {name}, {group}", Found(value)
    sizes = [size for size in options.sizes if f"matrices/{size}" in readings and 0 in readings[f"matrices/{size}"].pieces]
    if len(sizes) >= 3:
        x = np.log(sizes)
        weights = (x - x.mean()) / np.sum((x - x.mean()) ** 2)
        drawn = [np.asarray(readings[f"matrices/{size}"].pieces[0]["couplings"]) for size in sizes]
        means = np.array([np.mean(one) for one in drawn])
        errors = np.array([np.std(one) / np.sqrt(len(one)) / mean for one, mean in zip(drawn, means, strict=True)])
        exact = float(weights @ np.log([_number(axions.wishart_mean(size, options.excess)) for size in sizes]))
        error = np.sqrt(np.sum((weights * errors) ** 2))
        value = Estimate.from_stderr(weights @ np.log(means), error, source="matrices", draws=sum(map(len, drawn)), method="least squares")
        yield "exponent of the mean g, random matrices", Found(value, Exact(exact, "of the closed forms", radius=1e-12))
    many = [one for one in readings.values() if one.case.group == "polytopes" and "share of eigenstates that couple" in one]
    if many:
        largest = max(many, key=lambda one: _number(one["axions"]))
        above, near = np.asarray(largest.pieces[0]["couple"]).mean(axis=0).tolist()
        said = f"mean over hosts, {largest.case.name}; the radius is the mean number within their bounds of the cut"
        yield "eigenstates that couple, largest polytope", Found(Exact(above, said, radius=near + 2.0**-52 * above))
        lightest = max(_number(one["lighter than the instanton of the host"]) for one in many)
        yield "eigenstates below the instanton of the host", Found(Exact(lightest, "largest g M_P of all polytopes"))


def _number(found: Found | Exact) -> Any:
    value = found.value if isinstance(found, Found) else found
    assert isinstance(value, Exact)
    return value.value


CLAIMS = (
    Claim("MO-15", "PHENO 2021, ALP-photon; arXiv:1909.05257", "E[g] grows with the number N of axions.",
          ours="exponent of the mean g, polytopes", printed=Exact(0.0), relation=">", within=1.0,
          note="A power of N in three ensembles, all axions light, mean over all prime divisors, tip of the stretched cone; the tip, and "
               "with it the power, depends on the basis of divisors. Random matrices K of N + 4 columns: half a power."),
    Claim("MO-16", "PHENO 2021, ALP-photon", "Nothing forbids couplings: many axions couple to a photon.",
          ours="eigenstates that couple, largest polytope", printed=Exact(1.0), relation=">",
          note="Mass eigenstates whose coupling is above one per cent of the norm. Those lighter than the instanton on the divisor of the "
               "photon itself do not couple to leading order in the ratios of scales, as in arXiv:2309.13145."),
    Claim("MO-17", "PHENO 2021, remnants", "Control (the stretched cone) leaves light axions and weak couplings.",
          ours="exponent of the volume, polytopes", printed=Exact(0.0), relation=">", within=2.0,
          note="The volume at the tip grows with a power of N, and the masses fall exponentially in the volumes of divisors. The couplings "
               "do not depend on c: they do not change where all lengths are multiplied by a number."),
)  # fmt: skip

STUDY = Study(
    Question,
    cases,
    piece,
    read,
    conclude=conclude,
    claims=CLAIMS,
    page=page,
    unit="geometries",
    packages=("cytools", "clarabel"),
    version=2,
)
