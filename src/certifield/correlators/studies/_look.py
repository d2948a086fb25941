"""How plots write and colour a correlator."""

from collections.abc import Iterable

from certifield.study import COLOURS, MARKERS

from ._rows import entry_name

_ORDERS = {2: 0, 4: 1, 6: 2, 8: 3}
_SYMBOL = {True: r"G^{(%d)}_{\mathrm{c},\,%s}", False: r"G^{(%d)}_{%s}"}


def look(order: int) -> tuple[str, str]:
    """The colour and the marker of correlators of this order."""
    number = _ORDERS.get(order, 4)
    return COLOURS[number], MARKERS[number]


def compact(order: int, index: Iterable[int], connected: bool) -> str:
    r"""A correlator with its index tuple, as a picture writes it: ``$G^{(4)}_{\mathrm{c},\,0013}$``."""
    return f"${_SYMBOL[connected and order > 2] % (order, entry_name(index))}$"


def minus(number: object) -> str:
    """A number with a true minus sign."""
    return str(number).replace("-", "−")
