"""Derivatives of functions of arrays, given or by central differences."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ._errors import InputError
from ._estimate import Estimate


@dataclass(frozen=True)
class Derivative:
    """Derivatives of the result [*result] along every real direction of one operand: ``columns`` [directions, *result]."""

    columns: np.ndarray
    touched: np.ndarray
    split: bool  # real and imaginary parts are directions of their own

    def push(self, deviations: np.ndarray) -> np.ndarray:
        """Deviations [replicates, *operand] as deviations [replicates, *result]."""
        flat = deviations.reshape(len(deviations), -1)
        return np.tensordot(np.hstack([np.real(flat), np.imag(flat)]) if self.split else flat, self.columns, axes=1)

    def depends_on(self, flags: np.ndarray) -> np.ndarray:
        """The entries of the result [*result] that any flagged entry of the operand touches."""
        return np.any(self.touched[np.tile(flags.ravel(), 2 if self.split else 1)], axis=0)


def given_derivatives(jacobian: Callable[..., object], values: Sequence[np.ndarray], value: np.ndarray) -> list[Derivative]:
    """The derivatives that the ``jacobian`` of a caller states, one array [*result, *operand] per operand."""
    given = jacobian(*values)
    arrays = [np.asarray(array) for array in ([given] if len(values) == 1 and not isinstance(given, list | tuple) else given)]  # type: ignore[union-attr]
    shapes = [(*value.shape, *operand.shape) for operand in values]
    if [array.shape for array in arrays] != shapes:
        raise InputError(
            "jacobian", [array.shape for array in arrays], f"arrays of shapes {shapes}", "return one array [*result, *operand] per operand"
        )
    columns = [np.moveaxis(array.reshape(*value.shape, operand.size), -1, 0) for array, operand in zip(arrays, values, strict=True)]
    return [Derivative(column, column != 0, split=False) for column in columns]


def numerical_derivatives(function: Callable, quantities: Sequence, values: Sequence[np.ndarray], value: np.ndarray) -> list[Derivative]:
    """Central differences of fourth order, whose steps are small parts of the error bars."""
    derivatives = []
    for place, quantity in enumerate(quantities):
        split = np.iscomplexobj(values[place])
        errors = quantity.nominal_stderr.ravel() if isinstance(quantity, Estimate) else ()
        steps = [_step(entry, error) for entry, error in zip(values[place].flat, errors, strict=False)]
        shifts = [(entry, unit, step) for unit in ((1, 1j) if split else (1,)) for entry, step in enumerate(steps)]
        columns = np.empty((len(shifts), *value.shape), dtype=complex if np.iscomplexobj(value) else float)
        touched = np.empty(columns.shape, dtype=bool)
        for row, (entry, unit, step) in enumerate(shifts):
            near = [_displaced(function, values, place, entry, times * unit * step) for times in (-2, -1, 1, 2)]
            if any(result.shape != value.shape or np.iscomplexobj(result) != np.iscomplexobj(value) for result in near):
                raise InputError("function", function, "of one result shape and type", "let both depend on those of the operands only")
            columns[row] = (8 * (near[2] - near[1]) - (near[3] - near[0])) / (12 * step)
            touched[row] = np.any([result != value for result in near], axis=0)
        derivatives.append(Derivative(columns, touched, split))
    return derivatives


def _step(value: complex, error: float) -> float:
    # The error bar sets the scale on which the function must be nearly linear anyway; rounding sets the lower limit.
    return float(max(error / 64, 1e-7 * abs(value)) if error else 1e-3 * abs(value) or 1e-3)


def _displaced(function: Callable, values: Sequence[np.ndarray], place: int, entry: int, shift: complex) -> np.ndarray:
    moved = np.array(values[place])
    moved.flat[entry] += shift
    return np.asarray(function(*values[:place], moved, *values[place + 1 :]))
