from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certifield.cli._console import Json, output, print_json

if TYPE_CHECKING:
    from certifield.topology.plumbing import PlumbingForest

FOREST = 'A forest such as "(-2(-2)(-3)(1))", every vertex with its children in brackets, or a file of forests, whose first line counts.'


def plumbing(
    first: Annotated[str, typer.Argument(help=FOREST)],
    second: Annotated[str | None, typer.Argument(help="Another forest, to be compared with the first.", show_default=False)] = None,
    certificate: Annotated[Path | None, typer.Option(help="Where the certificate of the comparison goes.", show_default=False)] = None,
    json: Json = False,
) -> None:
    """The 3-manifold of a plumbing forest: normal form and invariants; or whether two are the same, with the moves."""
    from certifield.evidence import InputError, save

    if second is None and certificate is not None:
        raise InputError("certificate", str(certificate), "asked for with two forests", "name a second forest")
    forests = [_forest(text) for text in (first, second) if text is not None]
    found: dict[str, Any] = {"forests": [_described(forest) for forest in forests]}
    if second is not None:
        from certifield.evidence import Certified
        from certifield.topology.plumbing import same_manifold

        answer = same_manifold(*forests)
        same, value = isinstance(answer, Certified), answer.certificate.value
        found["verdict"] = f"SAME ({answer.spent['moves']} moves)" if same else f"DISTINCT (by {value})"
        found["checker"] = answer.certificate.checker
        if certificate is not None:
            save(answer.certificate, certificate)
            found["certificate"] = str(certificate)
    if json:
        print_json(found)
        return
    for one in found["forests"]:
        for name, value in one.items():
            output().print(f"{name:<14} {value}", soft_wrap=True)
        output().print()
    if second is not None:
        output().print(f"{found['verdict']}   [{found['checker']}]", soft_wrap=True)
    if certificate is not None:
        output().print(f"Check it again: certifield verify {certificate}", soft_wrap=True)


def _forest(text: str) -> "PlumbingForest":
    from certifield.evidence import InputError
    from certifield.topology.plumbing import PlumbingForest, read_forests

    if "(" not in text:
        if not Path(text).is_file():
            raise InputError("forest", text, "a forest in brackets, or a file", 'such as "(-2(-2)(-3))"')
        found = next(read_forests(Path(text).read_text(encoding="utf-8")), None)
        if found is None:
            raise InputError("file", text, "a file with a forest", "write one in brackets on a line")
        return found
    return PlumbingForest.from_text(text)


def _described(forest: "PlumbingForest") -> dict[str, str]:
    from certifield.evidence import NotConverged
    from certifield.topology.plumbing import determinant, homology, inertia, linking_form, normal_form, pieces

    normal = normal_form(forest)
    try:
        linking = str(linking_form(normal.forest))
    except NotConverged:
        linking = "not known: the order of the torsion was not factored"
    return {
        "forest": str(forest),
        "normal form": f"{normal}   ({len(normal.moves)} moves)",
        "manifold": " # ".join(map(str, pieces(forest))) or "S3",
        "H_1": str(homology(forest)),
        "linking form": linking,
        "det, inertia": f"{determinant(forest)}, {tuple(inertia(forest))}",
    }
