"""Which blocks a budget asks for.

Work comes in *stages*; a stage is complete before the next is decided on.  Whether more is needed for a target error is
therefore decided from the same blocks whatever computed them, so that the number of workers cannot show in the digits.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle

from certifield.studies import Budget, Draws, Precision, Quantity, Seconds, Store, Study

FIRST_STAGE = 64  # blocks
_GROWTH = 4  # at most, from stage to stage: an early error bar is itself uncertain
_MARGIN = 1.1  # on the predicted number of blocks, since the next error bar fluctuates too
_PATIENCE = 3  # stages in a row whose error bar is refused

Task = tuple[str, int]  # quantity, block


@dataclass(frozen=True)
class Stage:
    """Blocks to compute, and (by quantity) how many are wanted in all and how many of them were missing at the start.

    ``wanted`` is None where the stage has no end of its own: a budget of seconds.
    """

    tasks: Iterator[Task]
    wanted: dict[str, int] | None
    missing: dict[str, int]


def stages(study: Study, store: Store, budget: Budget | None, remarks: list[str]) -> Iterator[Stage]:
    """The stages of ``budget`` (that of the question if None); ``remarks`` is told what could not be reached."""
    done = {quantity.name: store.done(quantity.name) for quantity in study.quantities}
    budgets = {quantity.name: budget or study.budget_of(quantity) for quantity in study.quantities}
    if any(isinstance(given, Seconds) for given in budgets.values()):
        yield Stage(_in_turn(study, done), None, {})
        return
    targets = {quantity.name: _targets(study, quantity, store, budgets[quantity.name], remarks) for quantity in study.quantities}
    wanted: dict[str, int] = {}
    while raised := {name: blocks for name, target in targets.items() if (blocks := next(target, None)) is not None}:
        wanted.update(raised)
        missing = {name: [index for index in range(blocks) if index not in done[name]] for name, blocks in raised.items()}
        tasks = ((name, index) for name, indices in missing.items() for index in indices)
        yield Stage(tasks, dict(wanted), {name: len(indices) for name, indices in missing.items()})
        done.update({name: set(store.present(name)) for name in raised})


def _in_turn(study: Study, done: dict[str, set[int]]) -> Iterator[Task]:
    """The next missing block of every quantity, in turn, without end."""
    missing = {quantity.name: _missing(done[quantity.name]) for quantity in study.quantities}
    return ((name, next(missing[name])) for name in cycle(missing))


def _missing(done: set[int]) -> Iterator[int]:
    return (index for index in count() if index not in done)


def _targets(study: Study, quantity: Quantity, store: Store, budget: Budget, remarks: list[str]) -> Iterator[int]:
    """Numbers of blocks, each of which is there when the next is asked for."""
    if isinstance(budget, Draws):
        yield math.ceil(budget.draws / quantity.block_size)
    elif isinstance(budget, Precision):
        yield from _until_precise(study, quantity, store, budget, remarks)


def _until_precise(study: Study, quantity: Quantity, store: Store, budget: Precision, remarks: list[str]) -> Iterator[int]:
    most = math.ceil(budget.max_draws / quantity.block_size)
    blocks, refusals = min(FIRST_STAGE, most), 0
    while True:
        yield blocks
        error = _largest_error(study, quantity, store, blocks)
        refusals = 0 if math.isfinite(error) else refusals + 1
        if error <= budget.stderr:
            return
        reached = f"{quantity.name}: stopped at {blocks * quantity.block_size} draws"
        if math.isnan(error):
            remarks.append(f"{reached}: some draws are not finite")
            return
        if refusals == _PATIENCE:
            remarks.append(f"{reached}: its error bar is refused (heavy tails), and more draws did not help")
            return
        if blocks >= most:
            remarks.append(f"{reached}, the most allowed: its error is {error:.3g}, not {budget.stderr:.3g}")
            return
        predicted = blocks * _MARGIN * (error / budget.stderr) ** 2
        blocks = min(most, math.ceil(min(predicted, _GROWTH * blocks)))


def _largest_error(study: Study, quantity: Quantity, store: Store, blocks: int) -> float:
    """Largest standard error over entries of the highest order and over widths: inf if one is refused, NaN if draws are not finite."""
    groups = store.groups(quantity.name, range(blocks))
    if any(group.nonfinite for group in groups):
        return math.nan
    measurement, order = study.measurement(quantity), max(quantity.system.orders)
    estimates = (measurement.estimate(groups, seed=study.root_seed, order=order, width=width) for width in quantity.widths)
    return max(float(estimate.stderr.max()) for estimate in estimates)
