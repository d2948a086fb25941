from typing import Annotated

import typer

from certifield.cli._catalogue import references_of
from certifield.cli._console import Json, output, print_json


def cite(name: Annotated[str, typer.Argument(help="A system, an ensemble or a shipped study.")], json: Json = False) -> None:
    """BibTeX of the papers behind a system, an ensemble or a study."""
    references = references_of(name)
    if json:
        print_json(references)
    else:
        output().print("\n".join(reference["bibtex"].strip() + "\n" for reference in references.values()), soft_wrap=True)
