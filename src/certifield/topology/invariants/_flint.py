"""The door to python-flint, which does the exact algebra of polynomials and number fields."""

from types import ModuleType

from certifield.evidence import MissingExtra


def flint() -> ModuleType:
    """The module; raises `MissingExtra` where it is not installed."""
    try:
        import flint
    except ImportError:
        raise MissingExtra("python-flint is not installed: pip install 'certifield[knots]'") from None
    return flint
