import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certifield.cli._comparison import compared, comparison_in_words
from certifield.cli._console import Json, print_json, say

if TYPE_CHECKING:
    from certifield.topology.plumbing import PlumbingForest
    from certifield.topology.plumbing._pieces import Piece

FOREST = 'A forest such as "(-2(-2)(-3)(1))", every vertex with its children in brackets, or a file of forests, whose first line counts.'

UNLABELLED = "det, inertia"  # of the JSON of version 1; in words it is "its matrix"


def plumbing(
    first: Annotated[str, typer.Argument(help=FOREST)],
    second: Annotated[str | None, typer.Argument(help="Another forest, to be compared with the first.", show_default=False)] = None,
    certificate: Annotated[Path | None, typer.Option(help="Where the certificate of the comparison goes.", show_default=False)] = None,
    json: Json = False,
) -> None:
    """The oriented 3-manifold of a plumbing forest: normal form and invariants; or whether two are the same, with the moves.

    Two forests are compared as oriented manifolds; where these are distinct, one of them is compared with its orientation reversed, too.
    The exit code is 0 whatever the answer is.
    """
    from certifield.evidence import InputError

    if second is None and certificate is not None:
        raise InputError("certificate", str(certificate), "asked for with two forests", "name a second forest")
    forests = [_forest(text) for text in (first, second) if text is not None]
    found: dict[str, Any] = {"forests": [_described(forest) for forest in forests]}
    if len(forests) == 2:
        found |= compared(forests[0], forests[1], certificate)
    if json:
        print_json(found)
        return
    for one in found["forests"]:
        for name, value in one.items():
            if name != UNLABELLED:
                say(f"{name:<14} {value}")
        say()
    if second is not None:
        for line in comparison_in_words(found):
            say(line)


def _forest(text: str) -> "PlumbingForest":
    from certifield.evidence import InputError
    from certifield.topology.plumbing import PlumbingForest, read_forests

    if "(" in text:
        return PlumbingForest.from_text(text)
    if text.startswith("--"):  # a negative weight begins with one minus
        raise InputError("option", text, "one that certifield plumbing --help lists", "check how it is spelled")
    if not Path(text).is_file():
        raise InputError("forest", text, "a forest in brackets, or a file", _remedy(text))
    found = next(read_forests(Path(text).read_text(encoding="utf-8")), None)
    if found is None:
        raise InputError("file", text, "a file with a forest", "write one in brackets on a line")
    return found


def _remedy(text: str) -> str:
    """How to write the chain of weights that stand there without brackets, or an example."""
    weights = re.findall(r"[+-]?\d+", text)
    if not re.fullmatch(r"[-+\d\s,]+", text) or not 0 < len(weights) <= 20:
        return 'put every vertex and its children in brackets, such as "(-2(-2)(-3))"'
    return f'put every vertex and its children in brackets: the chain of these weights is "{"(" + "(".join(weights) + ")" * len(weights)}"'


def _described(forest: "PlumbingForest") -> dict[str, str]:
    """Of the forest its linking matrix, of the manifold everything else."""
    from certifield.evidence import NotConverged
    from certifield.topology.plumbing import determinant, homology, inertia, linking_form, normal_form, pieces

    normal, signs = normal_form(forest), inertia(forest)
    try:
        linking = str(linking_form(normal.forest))
    except NotConverged:
        linking = "not known: the order of the torsion was not factored"
    return {
        "forest": str(forest),
        "its matrix": f"determinant {determinant(forest)}; eigenvalues: {signs[0]} positive, {signs[1]} zero, {signs[2]} negative",
        "normal form": f"{normal}   ({len(normal.moves)} move{'' if len(normal.moves) == 1 else 's'})",
        "manifold": " # ".join(map(_named, pieces(forest))) or "S3",
        "H_1": str(homology(forest)),
        "linking form": linking,
        UNLABELLED: f"{determinant(forest)}, {tuple(signs)}",
    }


def _named(piece: "Piece") -> str:
    from certifield.topology.plumbing import Graph

    return f"a graph manifold of {piece.nodes} nodes (named by its normal form)" if isinstance(piece, Graph) else str(piece)
