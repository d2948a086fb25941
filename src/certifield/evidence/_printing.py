"""Numbers as people in a laboratory write them: ``1.2345(67)`` is 1.2345 with standard error 0.0067."""

import math
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction

import numpy as np

_FEWEST_BLOCKS = 16  # below, even Student quantiles leave the printed bar untrustworthy: its own error is above 18 %
_PLAIN = (1e-4, 1e6)  # magnitudes printed without an exponent


def format_with_error(value: complex, stderr: complex) -> str:
    """``value`` with its standard error in brackets, two significant digits of it, in units of the last digits shown.

    An error of 1 to 9.9 is written with its point, ``3.2(1.2)``; an infinite or unknown one as ``1.06(?)``; of a complex
    value each part has its own error, the real and imaginary part of ``stderr`` (a real ``stderr`` counts for both).

    >>> format_with_error(0.35123, 0.00172), format_with_error(-3.17, 12.4), format_with_error(1.5e-9, 2e-11)
    ('0.3512(17)', '-3(12)', '1.500(20)e-09')
    """
    if isinstance(value, complex | np.complexfloating):
        both = stderr if isinstance(stderr, complex | np.complexfloating) else complex(stderr, stderr)
        real, imaginary = _real_with_error(value.real, both.real), _real_with_error(value.imag, both.imag)
        return f"{real}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
    return _real_with_error(float(value), float(stderr.real))


def _real_with_error(value: float, error: float) -> str:
    if not math.isfinite(value):
        return f"{value}"
    if not math.isfinite(error):
        return f"{value:.3g}(?)"
    if error == 0:
        return f"{value!r}(0)"
    if error < 1e-15 * abs(value):  # beyond the digits of the value
        return f"{value!r}({error:.1e})"
    scale = max(abs(value), error)
    exponent = 0 if _PLAIN[0] <= scale < _PLAIN[1] else math.floor(math.log10(scale))
    suffix = f"e{exponent:+03d}" if exponent else ""
    return _bracketed(Decimal(value).scaleb(-exponent), Decimal(error).scaleb(-exponent)) + suffix


def _bracketed(value: Decimal, error: Decimal) -> str:
    # Rounded to two digits first, because 0.0996 becomes 0.10 and moves the place where the value is cut.
    error = Decimal(f"{error:.1e}")
    decimals = 1 - error.adjusted()
    shown = value.quantize(Decimal(1).scaleb(-decimals))
    shown = abs(shown) if shown == 0 else shown
    digits = error if decimals == 1 else error.scaleb(max(decimals, 0))
    return f"{shown:f}({digits:.{1 if decimals == 1 else 0}f})"


def format_array(texts: Sequence[str], shape: tuple[int, ...]) -> str:
    """The texts of the entries of an array, in brackets by its shape, cut in the middle when there are many."""
    if not shape:
        return texts[0]
    entries = np.array(texts, dtype=object).reshape(shape)
    return np.array2string(entries, formatter={"all": str}, separator=", ", threshold=24, edgeitems=3, max_line_width=120)


def format_exact(value: object, radius: float | np.ndarray) -> str:
    """``-315/128 exactly`` for integers, fractions and truth values, ``Exact 0.375`` for floats, with the radius where there is one.

    A fraction whose size cannot be seen has it in brackets: ``12345/67891 exactly (0.181836)``.
    """
    if isinstance(value, int | Fraction):
        return f"{_shortened(value)} exactly" + _in_decimals(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biO":
        return f"{format_array([_shortened(entry) for entry in value.ravel().tolist()], value.shape)} exactly"
    largest = float(np.max(radius, initial=0.0))
    if isinstance(value, float) and math.isfinite(value) and 0 < largest < math.inf:
        return f"Exact {_ball(value, largest)}"
    shown = f"{value!r}" if not isinstance(value, np.ndarray) else format_array([f"{v:.10g}" for v in value.ravel()], value.shape)
    return f"Exact {shown}" + (f" (radius {largest:.1e})" if largest else "")


def _ball(value: float, radius: float) -> str:
    """Decimals with a radius, rounded up, that holds for them: it covers what the decimals leave out of the float.

    A value within the radius of 0 is written as 0.
    """
    shown = repr(value) if abs(value) > radius else "0"
    covering = Decimal(repr(radius)) + abs(Decimal(value) - Decimal(shown))
    two_digits = covering.quantize(Decimal(1).scaleb(covering.adjusted() - 1), rounding=ROUND_CEILING)
    return f"{shown} (radius {two_digits:.1e})"


def _shortened(value: int | Fraction) -> str:
    """All the digits of a number, unless it is too long to be read."""
    above, below = value.numerator.bit_length(), value.denominator.bit_length()
    if max(above, below) <= 1000:
        return str(value)
    return f"an integer of {above} bits" if value.denominator == 1 else f"a fraction of {above}/{below} bits"


def _in_decimals(value: int | Fraction) -> str:
    """What a fraction comes to, where that cannot be seen."""
    if value.denominator < 1000 or max(value.numerator.bit_length(), value.denominator.bit_length()) > 1000:
        return ""
    return f" ({float(value):.6g})"


def format_estimate(mean: np.ndarray, stderr: np.ndarray, blocks: int, notes: Sequence[str]) -> str:
    """Value and error of every entry, then in square brackets where they come from."""
    notes = list(notes)
    if 0 < blocks < _FEWEST_BLOCKS:
        stderr = np.full(mean.shape, complex(math.inf, math.inf))
        notes.append(f"no error bar: {blocks} blocks, needs {_FEWEST_BLOCKS}")
    texts = [format_with_error(value, error) for value, error in zip(mean.ravel().tolist(), stderr.ravel().tolist(), strict=True)]
    return format_array(texts, mean.shape) + f"  [{', '.join(notes)}]"
