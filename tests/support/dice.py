"""A small study of the user's, in numpy alone, and a question that asks it."""

from pathlib import Path

STUDY = Path(__file__).with_name("dice_study.py").read_text(encoding="utf-8")

QUESTION = """
title = "Two dice"
study = "dice.py:STUDY"
seed = 5

[budget]
draws = 4096
"""


def write_question(folder: Path, text: str = QUESTION) -> Path:
    """The file of a question about dice, with the study beside it."""
    (folder / "dice.py").write_text(STUDY)
    path = folder / "dice.toml"
    path.write_text(text)
    return path
