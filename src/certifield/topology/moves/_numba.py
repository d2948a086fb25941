"""The door to numba, which compiles the moves; what is imported behind it raises `MissingExtra` where it is not installed."""

from certifield.evidence import MissingExtra

try:
    import numba as numba
except ImportError:
    raise MissingExtra("moves of diagrams and of plumbing forests need numba: pip install 'certifield[knots]'") from None
