"""What networks can express: approximation, formulas, differential equations, equivariance, transformer blocks; loaded when used."""

import importlib

_PARTS = ("approximation", "differential_equations", "equivariance", "kolmogorov_arnold", "transformer")


def __getattr__(name: str):
    if name in _PARTS:
        return importlib.import_module(f"certifield.expressivity.{name}")
    raise AttributeError(f"module 'certifield.expressivity' has no attribute {name!r}; it offers {', '.join(_PARTS)}")


def __dir__() -> list[str]:
    return sorted(_PARTS)
