"""Oriented links of LinkInfo by name: another table of the package that holds KnotInfo's."""

import ast
import mmap
from functools import cache
from pathlib import Path

from certifield.evidence import MissingExtra

from ..diagrams._diagram import Diagram
from ..diagrams._reading import refuse


@cache
def _table() -> mmap.mmap:
    try:
        import database_knotinfo
    except ImportError:
        raise MissingExtra("LinkInfo's table is not installed: pip install 'certifield[knots]'") from None
    names = database_knotinfo.Names
    path = Path(database_knotinfo.__path__[0], names.csv_path.value, f"{names.file_link.value}.csv")
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def linkinfo_diagram(name: str) -> Diagram:
    """The diagram of an oriented link such as ``L5a1{0}``, up to 11 crossings.

    Raises `InputError` for a name that is not in the table, and `MissingExtra` without the extra ``knots``.
    """
    start = _table().find(b"\n" + name.encode() + b"|")
    if start < 0:
        raise refuse("name", name, 'an oriented link of LinkInfo, such as "L5a1{0}"', "check the name")
    end = _table().find(b"\n", start + 1)
    cells = _table()[start + 1 : end if end >= 0 else len(_table())].decode().split("|")
    heading = _table()[: _table().find(b"\n")].decode().strip().split("|")
    code = cells[heading.index("pd_notation_vector")]
    return Diagram.from_pd(ast.literal_eval(code.replace("{", "[").replace("}", "]")))
