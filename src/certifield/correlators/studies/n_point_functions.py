"""n-point functions of ensembles, sampled and held against their closed forms and the law of their fall with the width.

A case is a system by a method: single neurons, which all widths share, or whole networks of one width.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator

from certifield.evidence import CertifieldError
from certifield.study import SUBSUMS, Blocks, Case, Found, Missing, Piece, Pieces, Section, Study, Task, groups, piece_of_sums

from ._claims import ERF, EXACT, WIDTHS
from ._conclusions import conclusions
from ._measuring import Measurement, known, measured, repeated
from ._page import sections
from ._rows import distinct, names_of, place, rows_of, seed_of
from ._system import System, Systems

BLOCKS = Blocks(work=lambda case: case.data["work"], operations=1e8)
_ACTIVATION = 5  # operations: a random number with its address, and a transcendental function, against a product and its sums


def cases(options: Systems) -> Iterator[Case]:
    """Every system by every method; network methods at every width."""
    for system in options.system:
        for method in system.methods:
            if method == "neuron":
                yield _case(f"{system.name}/neuron", system, method, list(system.widths or ()))
            else:
                for width in system.widths or (None,):
                    stem = f"{system.name}/{method}"
                    yield _case(stem if width is None else f"{stem}/N={width}", system, method, [] if width is None else [width])


def _case(name: str, system: System, method: str, widths: list[int]) -> Case:
    """``work``: operations of a draw, activations and products; ``measurement``: a digest of what else its numbers depend on."""
    neurons = 1 if method == "neuron" else max(widths, default=1)
    products = sum(order * len(system.entries(order)) for order in system.orders)
    work = _ACTIVATION * neurons * (len(system.points) + system.dim + 2) + products
    data = {"system": system.name, "method": method, "widths": widths, "work": work}
    try:
        fingerprint = _measured(Case(name, data), system).fingerprint()
    except CertifieldError as error:
        error.add_note(f"in case {name} of the study")
        raise
    fingerprint.pop("kernel", None)  # follows from the rest, up to a last digit that may be another on another machine
    digest = hashlib.sha256(json.dumps(fingerprint, sort_keys=True).encode()).hexdigest()
    return Case(name, {**data, "measurement": digest}, group=system.name)


def _measured(case: Case, system: System) -> Measurement:
    return measured(system, case.data["method"], min(case.data["widths"], default=None), case.name, BLOCKS.unit(case))


def piece(task: Task, options: Systems) -> Piece:
    """A block of draws in 16 sub-sums."""
    measurement = _measured(task.case, options.named(task.case.data["system"]))
    sums = measurement.sub_sums(task.root, task.step, BLOCKS.size(task.case, task.step), SUBSUMS)
    return {**piece_of_sums(sums), "seed": task.root}


def read(case: Case, pieces: Pieces, options: Systems) -> Iterator[tuple[str, Found]]:
    """The correlators of every order, for neurons at every width, and their closed forms."""
    system, sums = options.named(case.data["system"]), groups(pieces)
    lost, drawn = sum(part.nonfinite for part in sums), sum(part.count + part.nonfinite for part in sums)
    missing = Missing("no draws yet", waiting=True) if not sums else None
    if lost:
        missing = Missing(f"{lost} of {drawn} draws are not finite: look for an overflow at large parameters or points")
    seed = seed_of(pieces)
    measurement = _measured(case, system)
    for width in case.data["widths"] or [None]:
        for order in system.orders:
            value = missing or measurement.estimate(sums, seed=seed, order=order, width=width)
            shared = case.data["method"] == "neuron"
            named = {"entries": names_of(system, order), "shown": distinct(system, order)}
            repeats = repeated(system, order, width) if shared else ""
            yield place(system, width, order, shared=shared), Found(value, known(system, order, width), repeats=repeats, **named)


def conclude(readings, options: Systems) -> Iterator[tuple[str, Found]]:
    """Slopes in the width, and all samples at once."""
    return conclusions(rows_of(readings.values(), options))


def page(readings, options: Systems) -> Iterable[Section]:
    """The law of the widths, the free limit, and drawn networks."""
    return sections(list(readings.values()), options)


STUDY = Study(options=Systems, cases=cases, piece=piece, read=read, steps=BLOCKS, conclude=conclude, page=page, unit="draws")
ERF_NET = dataclasses.replace(STUDY, claims=ERF)
THREE_NETS = dataclasses.replace(STUDY, claims=WIDTHS)
EXACT_CORRELATORS = dataclasses.replace(STUDY, claims=EXACT)
