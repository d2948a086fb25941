"""A study answered in one piece a case, without an engine: readings, verdicts of its claims, and its sections."""

import importlib

import numpy as np

from certifield.engine import entry_called
from certifield.study import Reading, Task


def asked(name, **options):
    """The catalogued study ``name``, its options with ``options`` over those of its entry, and the seed."""
    entry = entry_called(name)
    module, _, attribute = entry.define.partition(":")
    study = getattr(importlib.import_module(module), attribute)
    return study, study.options.model_validate({**entry.options, **options}), entry.seed


def answered(name, **options):
    """(readings by case, verdicts by claim, sections) of the catalogued study ``name``, as if each piece had taken a second."""
    study, chosen, seed = asked(name, **options)
    readings = {}
    for case in study.cases(chosen):
        pieces = {0: study.piece(Task(seed, case, 0), chosen)}
        readings[case.name] = Reading(case, dict(study.read(case, pieces, chosen)), pieces, 1.0)
    concluded = dict(study.conclude(readings, chosen))
    verdicts = {claim.key: claim.verdict(concluded.get(claim.ours) or _finding(readings, claim.ours)) for claim in study.claims}
    return readings, verdicts, list(study.page(readings, chosen))


def disagreeing(readings):
    """(case, finding) of every finding that misses what is expected of it."""
    found = [(case, name, one) for case, reading in readings.items() for name, one in reading.items() if one.expected is not None]
    return [(case, name) for case, name, one in found if not np.all(_agreement(one).agrees)]


def _agreement(found):
    """As the engine compares."""
    return found.value.agrees_with(found.expected, independent=found.independent)


def _finding(readings, path):
    """Names of cases and of findings may both have strokes in them."""
    case = next((case for case in readings if path.startswith(f"{case}/")), None)
    return None if case is None else readings[case].get(path[len(case) + 1 :])
