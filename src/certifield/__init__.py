"""Neural networks as field theories, and machine learning with proof: every result carries its evidence.

``import certifield as cf`` is cheap: the subjects are loaded when first used.
"""

import importlib

__version__ = "1.0.0"

_SUBJECTS = (
    "evidence", "streams", "ensembles", "layers", "correlators", "kernels", "fieldtheory", "training", "geometry", "bundles", "cosmology",
    "topology", "expressivity", "conjecture", "search", "study", "engine", "report",
)  # fmt: skip

__all__ = ["__version__", *_SUBJECTS]


def __getattr__(name: str):
    if name in _SUBJECTS:
        return importlib.import_module(f"certifield.{name}")
    raise AttributeError(f"module 'certifield' has no attribute {name!r}; it offers {', '.join(_SUBJECTS)}")


def __dir__() -> list[str]:
    return sorted(__all__)
