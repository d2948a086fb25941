"""A hook of MkDocs: the reference page of a package shows the names that its ``__init__`` re-exports as ``X as X``."""

import ast
import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src"
DIRECTIVE = re.compile(r"^::: (certifield(?:\.\w+)+)$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: object) -> str:
    """The page with the public names of a package listed under its ``:::`` line."""
    return DIRECTIVE.sub(lambda match: f"{match[0]}\n    options:\n      members: {public_names(match[1])}", markdown)


def public_names(package: str) -> list[str]:
    """Names imported under an explicit alias, in the order of the file."""
    tree = ast.parse((SOURCE / package.replace(".", "/") / "__init__.py").read_text(encoding="utf-8"))
    imported = (alias for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names)
    return [alias.name for alias in imported if alias.asname == alias.name]
