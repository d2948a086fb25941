"""E6 on the distinguished ray of an F-theory base: a threshold learnt from trees, attacked, refined, and certified by monomials.

A case is a stratum of geometries (trees drawn uniformly with coefficients of the ray up to a bound), an attack by geometries with few
trees, the samplers against exact fractions, or the certificates.
"""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from pydantic import Field

from certifield.evidence import Certificate, Certified, Estimate, Exact, wilson
from certifield.study import Case, Claim, Found, Missing, Options, Piece, Pieces, Plot, Readings, Section, Stairs, Study, Task

RAY = (1, -1, -1)
STRATA = (1, 2, 3, 4, 5)
TYPICAL = (3, 4, 5)  # what the ensemble has but for a probability of 1e-24
SECTIONS = (((-2, 0, 0), "g", 3), ((-1, 0, 0), "f", 4), ((-1, 0, 0), "g", 6), ((-3, 0, 0), "g", 2))
ATTACKS = (
    (0.0, 0.2),
    (0.05, 0.2),
    (0.2, 0.2),
    (0.0, 0.5),
    (0.05, 0.05),
)  # shares of edges and faces that have a tree: elsewhere, at the ray
ALONE = "no other low section"
FEATURES = ("a", "leaves")


class Draws(Options):
    """``draws`` geometries of each stratum, ``attacks`` for each kind of attack, ``trees`` single trees for the samplers."""

    draws: int = Field(60, ge=4)
    attacks: int = Field(200, ge=4)
    trees: int = Field(40_000, ge=100)


def cases(options: Draws) -> Iterator[Case]:
    """Samplers, certificates, strata, attacks."""
    yield Case("trees", {}, "single trees")
    yield Case("sections", {}, "sections")
    for most in STRATA:
        yield Case(f"stratum/{most}", {"most": most}, "strata")
    for number in range(len(ATTACKS)):
        yield Case(f"attack/{number}", {"most": 3, "attack": number}, "attacks")


@cache
def _geometries(most: int) -> Any:
    from certifield.bundles.trees import DOMINANT, Geometries, weak_fano_base

    base = weak_fano_base(DOMINANT[0])
    return Geometries(base, base.rays.index(RAY), most)


def piece(task: Task, options: Draws) -> Piece:
    """Counts of single trees, certificates, or a table of geometries with their groups."""
    if task.case.name == "trees":
        return _single_trees(task, options)
    if task.case.name == "sections":
        return _certificates()
    return _table(task, options)


def _single_trees(task: Task, options: Draws) -> Piece:
    from certifield.bundles.trees import EdgeTrees, FaceTrees

    rng = np.random.Generator(np.random.PCG64(task.seed))
    edges, faces = EdgeTrees(), FaceTrees()
    drawn = {"edge": [edges.draw(rng) for _ in range(options.trees)], "face": [faces.draw(rng) for _ in range(options.trees)]}
    low = {name: sum(all(ray[0] <= 3 for ray in tree) for tree in trees) for name, trees in drawn.items()}
    sizes = {name: [sum(map(len, trees)), sum(len(tree) ** 2 for tree in trees)] for name, trees in drawn.items()}
    restricted = {"edge": EdgeTrees(6, lambda ray: ray[0] <= 3).count, "face": FaceTrees(6, lambda ray: ray[0] <= 3).count}
    mean = Fraction(sum(rays * count for rays, count in enumerate(faces.by_rays)), faces.count)
    return {
        "counts": {"edge": edges.count, "face": faces.count},
        "restricted": restricted,
        "low": low,
        "sizes": sizes,
        "mean face": [mean.numerator, mean.denominator],
    }


def _certificates() -> Piece:
    from certifield.bundles.trees import certify_threshold

    every, found = _geometries(6), {}
    for number, (section, name, _) in enumerate(SECTIONS):
        answer = certify_threshold(every.base, every.at, section, name)
        if isinstance(answer, Certified):
            found[f"section {number}"] = answer.certificate
    probabilities = [_geometries(most).probability() for most in STRATA]
    return found | {"probabilities": [[str(one.numerator), str(one.denominator)] for one in probabilities]}


def _table(task: Task, options: Draws) -> Piece:
    """Rows: coefficient, leaves that have it, whether there is no other low section; groups; the smallest geometry that is not E6."""
    from certifield.bundles.trees import gauge_group, largest_coefficient, orders, sections

    which, attack = _geometries(task.case.data["most"]), task.case.data.get("attack")
    rng = np.random.Generator(np.random.PCG64(task.seed))
    rows, groups, witness = [], [], None
    for _ in range(options.draws if attack is None else options.attacks):
        trees = which.draw(rng, *(() if attack is None else ATTACKS[attack]))
        rays = which.base.blown_up(trees)
        f, g = orders(which.base, rays, RAY)
        low = [sections(which.base, rays, name) for name in ("f", "g")]
        others = sum(int(row @ RAY) <= -2 and tuple(row) != (-2, 0, 0) for part in low for row in part)
        coefficient, leaves = largest_coefficient(trees, which.at)
        rows.append([coefficient, leaves, others == 0])
        groups.append(gauge_group(f, g) or "none")
        places = sum(map(bool, trees.values()))
        if coefficient <= 3 and groups[-1] != "E6" and (witness is None or places < witness[0]):
            added = [[int(entry) for entry in ray] for ray in rays[len(which.base.rays) :]]
            witness = [places, groups[-1], coefficient, added]
    return {"rows": [[int(entry) for entry in row] for row in rows], "groups": groups, "witness": witness}


def about(case: Case, certificate: Certificate, options: Draws) -> bool:
    """Whether the certificate speaks of one of the sections at the distinguished ray."""
    claim = certificate.document()["claim"]
    if case.name != "sections" or not isinstance(claim, dict) or claim.get("kind") != "section threshold":
        return False
    asked = [(list(section), {"f": 4, "g": 6}[name]) for section, name, _ in SECTIONS]
    return claim["rays"][claim["ray"]] == list(RAY) and (claim["section"], claim["weight"]) in asked


def read(case: Case, pieces: Pieces, options: Draws) -> Iterator[tuple[str, Found]]:
    """Fractions, certificates, and shares of groups."""
    if 0 not in pieces:
        yield "answer", Found(Missing("it has not been asked yet", waiting=True))
        return
    found = pieces[0]
    if case.name == "trees":
        yield from _read_trees(found, options)
    elif case.name == "sections":
        for number, (section, name, greatest) in enumerate(SECTIONS):
            certificate = found.get(f"section {number}")
            value = Missing("no certificate") if certificate is None else Exact(int(certificate.value), f"certified, {certificate.checker}")
            yield f"{section} in {name} survives up to", Found(value, Exact(greatest))
        for most, (over, under) in zip(STRATA, found["probabilities"], strict=True):
            yield f"P(a <= {most})", Found(Exact(Fraction(int(over), int(under)), "ratio of exact counts"))
    else:
        counts = Counter(found["groups"])
        for group in sorted(counts):
            yield f"geometries with {group}", Found(Exact(counts[group], f"of {len(found['groups'])} drawn"))
        most = [row[0] for row in found["rows"]]
        yield "geometries with the largest coefficient", Found(Exact(most.count(case.data["most"]), f"of {len(most)} drawn"))


def _read_trees(found: Piece, options: Draws) -> Iterator[tuple[str, Found]]:
    total = options.trees
    for name, count, restricted, mean in (
        ("edge", 82, 46, Fraction(513, 82)),
        ("face", 41_873_645, 13_296_803, Fraction(*found["mean face"])),
    ):
        yield f"{name} trees", Found(Exact(found["counts"][name], "counted"), Exact(count))
        yield f"{name} trees with a <= 3", Found(Exact(found["restricted"][name], "counted"), Exact(restricted))
        expected = Fraction(restricted, count)
        error = float(expected * (1 - expected) / total) ** 0.5
        share = Estimate.from_stderr(found["low"][name] / total, error, source=f"{name} share", draws=total, method="binomial")
        yield f"share of drawn {name} trees with a <= 3", Found(share, Exact(expected, "ratio of exact counts"))
        first, second = found["sizes"][name]
        spread = float(np.sqrt((second / total - (first / total) ** 2) / (total - 1)))
        size = Estimate.from_stderr(first / total, spread, source=f"{name} leaves", draws=total, method="mean of draws")
        yield f"mean leaves of drawn {name} trees", Found(size, Exact(mean, "of all trees"))


def _rows(readings: Readings, strata: tuple[int, ...], attacks: bool) -> tuple[Any, list]:
    """A table of geometries for the engine, and their witnesses."""
    from certifield.conjecture import Table

    pieces = [
        one.pieces[0]
        for one in readings.values()
        if "most" in one.case.data and (attacks if "attack" in one.case.data else one.case.data["most"] in strata)
    ]
    rows = [(*row, group) for found in pieces for row, group in zip(found["rows"], found["groups"], strict=True)]
    columns = {"a": [row[0] for row in rows], "leaves": [row[1] for row in rows]}
    truths = {ALONE: [bool(row[2]) for row in rows], "E6": [row[3] == "E6" for row in rows]}
    witnesses = [found["witness"] for found in pieces if found["witness"]]
    return Table.of(columns | truths, [f"a = {row[0]}: {row[3]}" for row in rows]), witnesses


def _loop(readings: Readings) -> list[tuple[str, str, str]]:
    """Statements with their fates, in the order in which they are made."""
    from certifield.conjecture import Rule, balanced_accuracy, logistic_rule, tree_rule

    typical, _ = _rows(readings, TYPICAL, False)
    everything, witnesses = _rows(readings, STRATA, True)
    told = []
    for kind, rule in (
        ("decision tree on a, leaves", tree_rule(typical, "E6", FEATURES)),
        ("logistic regression on a, leaves", logistic_rule(typical, "E6", FEATURES)),
        ("logistic regression on a", logistic_rule(typical, "E6", ["a"])),
        ("decision tree on a", tree_rule(typical, "E6", ["a"], depth=1)),
    ):
        accuracy = f"{kind}; balanced accuracy {float(balanced_accuracy(rule, typical)):.3f} in {len(typical)} typical geometries"
        told.append((str(rule), "SURVIVES" if rule.check(typical).holds else "REFUTED", accuracy))
        check = rule.check(everything)
        told.append((str(rule), "SURVIVES" if check.holds else "REFUTED", f"{len(check.violated)} of {check.rows} with the attacks"))
    if witnesses:
        places, group, coefficient, _ = min(witnesses)
        told.append((str(rule), "REFUTED", f"a geometry with {places} tree{'s' * (places != 1)}, a = {coefficient}, group {group}"))
    refined = Rule(rule.label, rule.clauses, ALONE)
    check = refined.check(everything)
    told.append(
        (str(refined), "CERTIFIED" if check.holds else "REFUTED", f"{check.right} of {check.rows} geometries, and by two monomials")
    )
    return told


def conclude(readings: Readings, options: Draws) -> Iterator[tuple[str, Found]]:
    """The threshold that is learnt, what refutes it, and how the refined statement fares."""
    from certifield.conjecture import Rule, balanced_accuracy, tree_rule

    if any(0 not in one.pieces for one in readings.values()):
        yield "threshold", Found(Missing("not all cases have been asked yet", waiting=True))
        return
    typical, _ = _rows(readings, TYPICAL, False)
    everything, _ = _rows(readings, STRATA, True)
    rule = tree_rule(typical, "E6", ["a"], depth=1)
    level = rule.clauses[0][0].level
    yield "threshold", Found(Exact(level, f"of a decision tree on strata {TYPICAL}"), Exact(3))
    yield "balanced accuracy", Found(Exact(balanced_accuracy(rule, typical), "in typical strata, counted"), Exact(1))
    truth = typical.hypotheses["E6"]
    yield "majority baseline", Found(Exact(Fraction(max(sum(truth), len(truth) - sum(truth)), len(truth)), "accuracy of one answer"))
    rng = np.random.Generator(np.random.PCG64(0))
    permuted = type(typical)(typical.columns, typical.hypotheses | {"E6": tuple(rng.permutation(truth).tolist())}, typical.objects)
    control = balanced_accuracy(tree_rule(permuted, "E6", FEATURES), permuted)
    yield "balanced accuracy with labels permuted", Found(Exact(control, "of the same tree on the same rows"))
    broken = rule.check(everything)
    yield "geometries that refute the threshold", Found(Exact(len(broken.violated), f"of {broken.rows}, attacks among them"))
    refined = Rule(rule.label, rule.clauses, ALONE).check(everything)
    yield "geometries that refute the refined statement", Found(Exact(len(refined.violated), f"of {refined.rows}"), Exact(0))
    third = readings["stratum/3"].pieces[0]["groups"]
    yield "E6 at a = 3", Found(_share(third.count("E6"), len(third), "E6 at a = 3"))


def _share(right: int, total: int, source: str) -> Estimate:
    mean = (right + 1) / (total + 2)
    return Estimate.from_stderr(mean, np.sqrt(mean * (1 - mean) / (total + 2)), source=source, draws=total, method="Agresti-Coull")


CLAIMS = (
    Claim(
        "CO-14",
        "arXiv:2402.13321, section 2.1; arXiv:1707.00655",
        "a feature of the trees at one ray decides whether it carries E6; a regression found it and a proof followed",
        ours="threshold",
        printed=Exact(3),
        note="With the clause 'no other section of low order survives', which the attack shows to be needed: geometries with few trees, "
        "and all with a <= 2, where (-3, 0, 0) survives, have other groups. Under it the statement is certified by two monomials.",
    ),
)


def page(readings: Readings, options: Draws) -> Iterator[Section]:
    """The loop, the groups by coefficient, and the smallest witness."""
    if all(0 in one.pieces for one in readings.values()):
        text = (
            "E6 stands on the divisor of (1, -1, -1) where f vanishes to order 3 at least and g to order 4, with one even monomial in "
            "front. The section (-2, 0, 0) of g survives exactly if no ray of a blow-up has a coefficient of (1, -1, -1) above 3. Rules "
            "are learnt from trees drawn uniformly; an attack draws geometries with few trees; a refined statement excludes the witnesses."
        )
        yield Section("loop", "Found, attacked, refined, certified", text, columns=("statement", "status", "because"),
                      rows=_loop(readings), numbers=False)  # fmt: skip
    strata = [one for one in readings.values() if "most" in one.case.data and "attack" not in one.case.data and 0 in one.pieces]
    pairs = Counter((row[0], group) for one in strata for row, group in zip(one.pieces[0]["rows"], one.pieces[0]["groups"], strict=True))
    names = sorted({group for _, group in pairs})
    edges, plots = np.arange(0.5, 6), []
    for name in names:
        heights = np.array([pairs[coefficient, name] for coefficient in range(1, 6)], float)
        plots.append(Plot(name, "largest coefficient a", "geometries", [Stairs(edges, heights, colour="blue", filled=True)],
                          f"Geometries with {name} by coefficient", y_range=(0, 1.1 * max(pairs.values()))))  # fmt: skip
    rows = [
        (coefficient, group, count, str(wilson(count, sum(n for (a, _), n in pairs.items() if a == coefficient))))
        for (coefficient, group), count in sorted(pairs.items())
    ]
    if rows:
        yield Section("groups", "Groups by largest coefficient", "Trees on all edges and faces, drawn uniformly in each stratum.",
                      plots=plots, columns=("a", "group", "geometries", "share, Wilson 95 %"), rows=rows, numbers=False)  # fmt: skip
    found = [one.pieces[0]["witness"] for one in readings.values() if 0 in one.pieces and one.pieces[0].get("witness")]
    if found:
        places, group, coefficient, rays = min(found)
        trees = f"{places} tree{'s' * (places != 1)}"
        text = f"The smallest geometry with a <= 3 and without E6 that was found: {trees}, a = {coefficient}, group {group}."
        yield Section("witness", "A geometry that refutes the threshold", text, columns=("x", "y", "z"), rows=rays)


STUDY = Study(options=Draws, cases=cases, piece=piece, read=read, about=about, conclude=conclude, claims=CLAIMS, page=page,
              packages=("scikit-learn",))  # fmt: skip
