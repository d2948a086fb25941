"""The one file that speaks with khoca, Lewark's program for Khovanov homology.

Its driver in Python is left aside: it prints, draws random numbers and needs a package that is not installed with it.
The complexes live in a stack that belongs to the process, hence the lock.
"""

import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from types import ModuleType
from typing import NamedTuple

from certifield.evidence import MissingExtra

from ..diagrams._diagram import Diagram
from ._order import scan

_LOCK = threading.Lock()
_TERM = re.compile(r"(\d*)t\^(-?\d+)q\^(-?\d+)")
_NEGATIVE, _POSITIVE = 2, 3  # khoca's names of the two crossings


def khoca_version() -> str:
    """Name and version of the program; raises `MissingExtra` without the extra ``knots``."""
    _khoca()
    return f"khoca {version('khoca')}"


class Survivors(NamedTuple):
    """``degrees``: (t, q) of what survives with X^2 = X; ``euler``: the Euler characteristic of the homology before, q^2 by q^2."""

    degrees: list[tuple[int, int]]
    euler: dict[int, int]


def surviving_degrees(diagram: Diagram, characteristic: int) -> Survivors:
    """What survives of reduced Khovanov homology with X^2 = X, over the rationals (0) or a prime field.

    ``diagram`` is a knot with crossings.  For a knot one generator survives, with t = 0 and q = s.  The first page of the spectral
    sequence is reduced Khovanov homology itself, whose Euler characteristic is the Jones polynomial in q^2.
    """
    driver, core = _khoca()
    order, width, _ = scan(diagram.crossings)
    with _LOCK, core.PyComplexStack():
        with _silent():
            core.pIniStack(characteristic or 1, [0, -1], 0, width + 2, 0)  # 1 is its name for the rationals; two ends more by the cut
        core.pSetRoot(0)
        schedule = driver.CSchedule()
        crossings = _cut(diagram)
        schedule.initialise(crossings)
        schedule.getFromMypdAndTree(crossings, _chain(order), 0)
        core.pCalcSubTangleTree(schedule, 1, 0)
        core.pReducify(0)
        said: list[str] = []
        summands = core.pCalculateHomology(0, False, 1, said.append, False, 0, True)
    return Survivors([(t, q) for t, q, _, rank in summands for _ in range(rank)], _euler(said))


def _euler(said: list[str]) -> dict[int, int]:
    """Ranks with the sign of their degree t, by half the degree q, out of the line after "Page 1:"."""
    page, found = said[said.index("Page 1:") + 1], {}
    for rank, t, q in _TERM.findall(page):
        found[int(q) // 2] = found.get(int(q) // 2, 0) + int(rank or 1) * (-1) ** (int(t) % 2)
    return found


@cache
def _khoca() -> tuple[ModuleType, ModuleType]:
    path = list(sys.path)
    try:
        from khoca import khoca
        from khoca.bin import pui  # pyright: ignore[reportAttributeAccessIssue]  (compiled, without types)
    except ImportError:
        raise MissingExtra("Rasmussen's invariant needs khoca: pip install 'certifield[knots]'") from None
    finally:
        sys.path[:] = path  # the driver adds the working directory
    return khoca, pui


def _cut(diagram: Diagram) -> list[list[int]]:
    """Its planar diagrams, from the lower incoming end where a crossing is negative and one place on otherwise, cut open on one edge."""
    rows = [
        [_NEGATIVE, a, b, c, d] if sign < 0 else [_POSITIVE, b, c, d, a]
        for (a, b, c, d), sign in zip(diagram.crossings, diagram.signs, strict=True)
    ]
    last = max(max(crossing) for crossing in diagram.crossings)
    row = next(row for row in rows if last in row[1:])
    row[row.index(last, 1)] = last + 1
    return rows


def _chain(order: tuple[int, ...]) -> int | list:
    tree: int | list = order[0]
    for crossing in order[1:]:
        tree = [tree, crossing]
    return tree


@contextmanager
def _silent() -> Iterator[None]:
    """Without the line about the Frobenius algebra that khoca writes to file descriptor 1, for the moment in which it does so."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # nobody listens
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
