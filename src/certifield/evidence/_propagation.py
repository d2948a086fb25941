"""Functions of estimates that are given as code: `propagate`, by derivatives that are stated or taken by central differences."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ._errors import InputError
from ._estimate import Estimate, Part, as_quantity, assemble, values_of


def propagate(
    function: Callable[..., np.ndarray],
    *operands: object,
    independent: bool = False,
    jacobian: Callable[..., object] | None = None,
) -> Estimate:
    """``function`` of estimates, exact values and plain numbers, with first-order errors.

    ``function`` takes the values as arrays and returns an array or a number.  Its derivatives are central differences of fourth
    order, which no real function can deceive, or come from ``jacobian(*values)``: one array [*result, *operand] per operand.
    ``independent=True`` states that estimates of different sources were drawn independently; without it they raise `InputError`.
    """
    quantities = [quantity for operand in operands if (quantity := as_quantity(operand)) is not None]
    if len(quantities) < len(operands) or not any(isinstance(quantity, Estimate) for quantity in quantities):
        raise InputError("operands", operands, "results or numbers, one estimate at least", "call the function itself on numbers")
    values = [values_of(quantity) for quantity in quantities]
    with np.errstate(all="ignore"):  # an entry outside the domain of the function comes out refused
        value = np.asarray(function(*values))
        if jacobian:
            derivatives = _given_derivatives(jacobian, values, value)
        else:
            derivatives = _numerical_derivatives(function, quantities, values, value)
        parts, refused = [], np.zeros(value.shape, dtype=bool)
        for quantity, derivative in zip(quantities, derivatives, strict=True):
            parts.append(Part(quantity, derivative.push))
            if isinstance(quantity, Estimate):
                refused |= derivative.depends_on(quantity.refused)
        return assemble(value, parts, refused, independent=independent)


@dataclass(frozen=True)
class _Derivative:
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


def _given_derivatives(jacobian: Callable[..., object], values: Sequence[np.ndarray], value: np.ndarray) -> list[_Derivative]:
    """The derivatives that the ``jacobian`` of a caller states, one array [*result, *operand] per operand."""
    given = jacobian(*values)
    arrays = [np.asarray(array) for array in ([given] if len(values) == 1 and not isinstance(given, list | tuple) else given)]  # type: ignore[union-attr]
    shapes = [(*value.shape, *operand.shape) for operand in values]
    if [array.shape for array in arrays] != shapes:
        raise InputError(
            "jacobian", [array.shape for array in arrays], f"arrays of shapes {shapes}", "return one array [*result, *operand] per operand"
        )
    columns = [np.moveaxis(array.reshape(*value.shape, operand.size), -1, 0) for array, operand in zip(arrays, values, strict=True)]
    return [_Derivative(column, column != 0, split=False) for column in columns]


def _numerical_derivatives(function: Callable, quantities: Sequence, values: Sequence[np.ndarray], value: np.ndarray) -> list[_Derivative]:
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
        derivatives.append(_Derivative(columns, touched, split))
    return derivatives


def _step(value: complex, error: float) -> float:
    # The error bar sets the scale on which the function must be nearly linear anyway; rounding sets the lower limit.
    return float(max(error / 64, 1e-7 * abs(value)) if error else 1e-3 * abs(value) or 1e-3)


def _displaced(function: Callable, values: Sequence[np.ndarray], place: int, entry: int, shift: complex) -> np.ndarray:
    moved = np.array(values[place])
    moved.flat[entry] += shift
    return np.asarray(function(*values[:place], moved, *values[place + 1 :]))
