"""Titles of shipped studies, read from their text alone."""

import tomllib


def title_of(text: str) -> str:
    """The ``title`` of a study."""
    return tomllib.loads(text).get("title", "")
