"""The part of the page about conjectures and their data."""

from typing import Any

from _page_tables import bracket, machine, show, table

CONJECTURES = """
## Exact data and bounds

Measured on {machine}; seconds of the processor.
Volumes of toric Sasaki-Einstein manifolds: {polygons} polygons at once, against Newton's method for one at a time.
Cohomology: {bundles} bundles on the bicubic by two primes, against elimination by rows for one prime.
Of the {documented} bundles whose numbers the documentation of pyCICY prints, {equal} come out equal, and proved.
Bounds by pairs of {features} features on {rows} rows: programs over a few rows, against programs over all of them.
In fractions {ours} and {theirs} of them survive.
Ours leaves out what others imply in every row: what it keeps is Pick's theorem, which implies all that survives of the plain program.
"""


def conjectures(record: dict[str, Any]) -> str:
    """Volumes, cohomology, bounds."""
    volumes, cohomology, printed, bounds = record["measurements"]
    told = CONJECTURES.format(
        machine=machine(record),
        polygons=show(volumes["polygons"]),
        bundles=cohomology["bundles"],
        documented=printed["bundles"],
        equal=printed["equal"],
        features=bounds["features"],
        rows=show(bounds["rows"]),
        ours=bounds["surviving"]["certifield"],
        theirs=bounds["surviving"]["all rows"],
    )
    lines = [
        ["volumes a second", bracket(volumes["per_second"]["all at once"]), bracket(volumes["per_second"]["scalar"])],
        ["cohomology, seconds", bracket(cohomology["seconds"]["certifield"]), bracket(cohomology["seconds"]["plain"])],
        ["documented cohomology, seconds", bracket(printed["seconds"]["certifield"]), ""],
        ["bounds, seconds", bracket(bounds["seconds"]["certifield"]), bracket(bounds["seconds"]["all rows"])],
    ]
    return told + "\n" + table(["task", "Certifield", "plain program"], lines)


GRAPHS = """
## Bounds beside TxGraffiti

The table of graphs that TxGraffiti {version} ships, {rows} rows and {columns} columns, on {machine}; seconds of the processor.
Bounds on `{target}` by up to three of {features}, above and below, for connected graphs that are {hypotheses}.
TxGraffiti prints {statements} statements: in fractions {theirs} survive, {refuted} are false and {undecided} are undecided.
Here {ours} survive, of which {ours_alone} are in some graph sharper than all of its own; of its own {theirs_alone} are in some graph
sharper than all found here: it keeps every facet of a convex hull, where one program for each choice of features gives one bound.
All pairs of {pairs} features took {seconds} s here.
"""


def graph_bounds(record: dict[str, Any]) -> str:
    """The same table searched by two programs."""
    (row,) = record["measurements"]
    peer = row["txgraffiti"]
    told = GRAPHS.format(
        machine=machine(record), version=peer["version"], rows=row["rows"], columns=row["columns"], target="independence_number",
        features=", ".join(f"`{name}`" for name in row["features"]), hypotheses=" or ".join(row["hypotheses"]),
        statements=peer["statements"], theirs=row["surviving"]["txgraffiti"], refuted=peer["refuted"], undecided=peer["undecided"],
        ours=row["surviving"]["certifield"], ours_alone=row["alone"]["certifield"], theirs_alone=row["alone"]["txgraffiti"],
        pairs=row["pairs"]["features"], seconds=show(row["pairs"]["seconds"]),
    )  # fmt: skip
    line = ["bounds, seconds", bracket(row["seconds"]["certifield"]), bracket(row["seconds"]["txgraffiti"])]
    return told + "\n" + table(["task", "Certifield", "TxGraffiti"], [line])
