"""The page about benchmarks: knots."""

from typing import Any

from _page_tables import bracket, machine, show, table

RIBBON = """
## Ribbon discs

Slice prime knots, {machine}.
spherogram enumerates bands (arXiv:2512.21825) in six stages of growing length and twist, none of them twice, and simplifies with
`simplify("global")`; it writes no moves.
Certifield writes every move, and its checker replays them; its times contain that, and not the compilation of a first use.
Solved are those of the worst round.
"""

SUMS = """
Sums K # -K, scrambled to one and a half times their crossings, {knots} of each size: how many are solved within so many bands, the
median of bands tried, and the seconds for all in a second run, when everything is compiled.
"""

MOVES = """
## Simplification

Scrambled unknots, and Haken's Gordian unknot of 141 crossings, {machine}.
Certifield logs every Reidemeister move, spherogram's `simplify("global")` none.
"""

UNKNOTS = """
Easy and hard unknots side by side, {machine}; how many times faster than spherogram's `simplify("global")`, which logs nothing.
*Logged* is our simplifier with every move in its log, *proved* the same with the certificate written and replayed by the checker, which
is plain Python; Regina's simplifier logs nothing.
The hard ones are published diagrams, from the codes in `tests/topology/hard_unknots.json`; undone are those of the worst round.
"""

BRAIDS = """
## The game on braids

Steps per second with random allowed choices, word reduced after each, {machine}.
The program in Python is the exact twin that writes certificates; it draws again where a choice is not allowed.
"""

PLANAR = """
## The planar map

The same loops over the array of darts in numba, in jitted JAX and in Python, {machine}; microseconds.
"""

PLUMBING = """
## Plumbing forests

Normal forms of random trees after 100 blow-ups and extrusions, {machine}; milliseconds of the processor for one forest: its code alone,
many at a time, and with every move logged, one at a time.
Then pairs of growths of one base tree, generation and both normal forms included: {rate} pairs in a second of the processor,
{wrong} mismatches in {pairs}.
"""
MANY = "On two processes {pairs} pairs took {clock} s of the clock and {seconds} s of the processors, with {errors} mismatches.\n"


def _row(record: dict[str, Any], task: str) -> dict[str, Any]:
    return next(row for row in record["measurements"] if row["task"] == task)


def ribbon(record: dict[str, Any]) -> str:
    """Against spherogram; the checker; the proposers."""
    primes, each, checker = (_row(record, task) for task in ("slice primes", "slice primes, knot by knot", "checker"))
    faster = {name: bracket(ratio) for name, ratio in primes["times_faster_than_spherogram"].items()} | {"spherogram": "1"}
    lines = [
        [name, f"{primes['solved'][name]} of {primes['knots']}", bracket(time), faster[name]] for name, time in primes["seconds"].items()
    ]
    told = table(["program", "solved, to 10 crossings", "seconds for all", "times faster than spherogram"], lines)
    ratio = each["times_faster_on_those_both_solve"]
    summary = (
        f"\nTo 12 crossings, knot by knot: Certifield solves {each['solved']['certifield']} of {each['knots']} in "
        f"{show(each['certifield_seconds']['sum'])} s (median {show(1000 * each['certifield_seconds']['median'])} ms, slowest "
        f"{show(each['certifield_seconds']['max'])} s), spherogram {each['solved']['spherogram']} within {each['patience']:.0f} s a knot.\n"
        f"On the {each['solved']['both']} that both solve, spherogram needs {show(each['spherogram_seconds']['sum'])} s: "
        f"{show(ratio['sums'])} times as long; the ratio of a knot is {bracket(ratio)}.\n\n"
        f"The checker replays {bracket(checker['per_second']['certificates'])} of these certificates per second, "
        f"{bracket(checker['per_second']['moves'])} moves.\n"
    )
    sums = _sums([row for row in record["measurements"] if row["task"] == "sums"])
    return RIBBON.format(machine=machine(record)) + "\n" + told + summary + sums


def _sums(rows: list[dict[str, Any]]) -> str:
    limits = ("100", "1000", "10000")
    lines = []
    for row in rows:
        for name, found in row["proposers"].items():
            median = "more" if found["median_bands"] is None else show(found["median_bands"])
            within = [str(found["solved_within"][limit]) for limit in limits]
            lines.append([str(row["crossings"]), name, *within, median, show(found["seconds"])])
    head = ["crossings", "proposer", *(f"within {limit}" for limit in limits), "median bands", "seconds"]
    return SUMS.format(knots=rows[0]["knots"]) + "\n" + table(head, lines)


def moves(record: dict[str, Any]) -> str:
    """Against spherogram's simplifier."""
    *unknots, gordian = record["measurements"]
    lines = [
        [
            f"{row['knots']} of {row['crossings']} crossings",
            f"{row['undone']['certifield']}, {row['undone']['spherogram']}",
            bracket(row["seconds"]["certifield"]),
            bracket(row["times_faster_than_spherogram"]),
            bracket(row["moves_per_second"]),
        ]
        for row in unknots
    ]
    once = gordian["spherogram_once"]
    ratio = f"{show(once / gordian['seconds']['certifield']['median'])} (spherogram once: {show(once)} s)"
    done = f"{gordian['undone']['certifield']}, {gordian['undone']['spherogram']}"
    lines.append(["Gordian unknot", done, bracket(gordian["seconds"]["certifield"]), ratio, ""])
    head = ["unknots", "undone: Certifield, spherogram", "seconds", "times faster than spherogram", "moves per second"]
    return MOVES.format(machine=machine(record)) + "\n" + table(head, lines)


def unknots(record: dict[str, Any]) -> str:
    """Four programs on easy and hard unknots."""
    names = ("certifield", "proved", "spherogram", "regina")
    lines = []
    for row in record["measurements"]:
        ratios = [bracket(row["times_faster_than_spherogram"][name]) for name in ("certifield", "proved", "regina")]
        sizes = f"{row['knots']} of {min(row['crossings'])} to {max(row['crossings'])} crossings"
        undone = ", ".join(str(row["undone"][name]) for name in names)
        lines.append([row["task"], sizes, undone, bracket(row["seconds"]["spherogram"]), *ratios])
    head = ["unknots", "", "undone: logged, proved, spherogram, Regina", "seconds of spherogram", "logged", "proved", "Regina"]
    return UNKNOTS.format(machine=machine(record)) + "\n" + table(head, lines)


def braid_environment(record: dict[str, Any]) -> str:
    """Steps per second."""
    lines = [
        [
            row["choices"],
            str(row["games"]),
            bracket(row["steps_per_second"]["jax"]),
            bracket(row["steps_per_second"]["python"]),
            bracket(row["times_faster"]),
        ]
        for row in record["measurements"]
    ]
    head = ["choices", "games at once", "steps/s", "one game, in Python", "times faster"]
    return BRAIDS.format(machine=machine(record)) + "\n" + table(head, lines)


def planar_core(record: dict[str, Any]) -> str:
    """Two compilers."""
    found = {row["program"]: bracket(row["microseconds"]) for row in record["measurements"]}
    lines = [[task, *(found.get(f"{task}, {program}", "") for program in ("numba", "jax", "python"))] for task in ("faces", "kinks")]
    return PLANAR.format(machine=machine(record)) + "\n" + table(["loop", "numba", "JAX", "Python"], lines)


def plumbing(record: dict[str, Any]) -> str:
    """Normal forms by size, and pairs."""
    sizes = [row for row in record["measurements"] if row["task"] == "normal form"]
    pairs = _row(record, "scrambled pairs")
    lines = [
        [show(row["base_vertices"]), show(row["vertices"]), *(bracket(row["milliseconds"][name]) for name in ("codes", "with moves"))]
        for row in sizes
    ]
    told = PLUMBING.format(
        machine=machine(record), rate=bracket(pairs["pairs_per_second"]), wrong=pairs["mismatches"], pairs=pairs["pairs"]
    )
    for many in (row for row in record["measurements"] if row["task"] == "many pairs"):
        told += MANY.format(pairs=many["pairs"], clock=show(many["clock_seconds"]), seconds=show(many["processor_seconds"]),
                            errors=many["mismatches"])  # fmt: skip
    return told + "\n" + table(["base vertices", "vertices", "code", "with moves"], lines)
