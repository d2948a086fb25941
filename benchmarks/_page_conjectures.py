"""The part of the page about conjectures and their data."""

from typing import Any

from _page_tables import bracket, machine, show, table

CONJECTURES = """
## Exact data and bounds

Measured on {machine}; seconds of the processor.
Volumes of toric Sasaki-Einstein manifolds: {polygons} polygons at once, against Newton's method for one at a time.
Cohomology: {bundles} bundles on the bicubic by two primes, against elimination by rows for one prime.
Bounds by pairs of {features} features on {rows} rows: programs over a few rows, against programs over all of them.
In fractions {ours} and {theirs} of them survive.
"""


def conjectures(record: dict[str, Any]) -> str:
    """Volumes, cohomology, bounds."""
    volumes, cohomology, bounds = record["measurements"]
    told = CONJECTURES.format(
        machine=machine(record),
        polygons=show(volumes["polygons"]),
        bundles=cohomology["bundles"],
        features=bounds["features"],
        rows=show(bounds["rows"]),
        ours=bounds["surviving"]["certifield"],
        theirs=bounds["surviving"]["all rows"],
    )
    lines = [
        ["volumes a second", bracket(volumes["per_second"]["all at once"]), bracket(volumes["per_second"]["scalar"])],
        ["cohomology, seconds", bracket(cohomology["seconds"]["certifield"]), bracket(cohomology["seconds"]["plain"])],
        ["bounds, seconds", bracket(bounds["seconds"]["certifield"]), bracket(bounds["seconds"]["all rows"])],
    ]
    return told + "\n" + table(["task", "Certifield", "plain program"], lines)
