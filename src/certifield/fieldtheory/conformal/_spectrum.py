r"""The spectral density of $|x|^{-2\Delta}$, with which random features realise it between two cutoffs."""

from fractions import Fraction

from certifield.evidence import Exact, InputError

from ._balls import ball, exact, precise
from ._four_point import rational


def power_law_amplitude(dim: int, dimension: float | Fraction) -> Exact:
    r"""C of $\hat G(p) = C |p|^{2\Delta - D}$, whose Fourier transform is $|x|^{-2\Delta}$.

    $C = \pi^{D/2} 2^{D-2\Delta} \Gamma(D/2-\Delta)/\Gamma(\Delta)$, for $0 < \Delta < D/2$; with cutoffs the field is conformal where
    $1/\Lambda_{UV} \ll |x| \ll 1/\Lambda_{IR}$.  Reflection positivity needs $\Delta \ge D/2 - 1$ beside that.
    Raises `InputError` outside the range.

    >>> power_law_amplitude(3, 1)
    Exact 19.7392088... (radius ...)
    """
    if isinstance(dim, bool) or not isinstance(dim, int) or dim < 1:
        raise InputError("dim", dim, "an integer of 1 or more", "D is the dimension of space")
    delta, half = rational("dimension", dimension), Fraction(dim, 2)
    if not 0 < delta < half:
        raise InputError("dimension", dimension, f"between 0 and D/2 = {float(half):g}", "outside of it the transform needs a subtraction")
    with precise():
        pi, two = ball(1.0).pi(), ball(2.0)
        found = pi ** ball(half) * two ** ball(dim - 2 * delta) * ball(half - delta).gamma() / ball(delta).gamma()
        return exact([found], (), "Fourier transform of a power", "arXiv:2409.12222")
