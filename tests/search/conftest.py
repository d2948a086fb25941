"""The game of the line, towards its goal and away from it."""

import pytest
from line_game import Line


@pytest.fixture(scope="session")
def line() -> Line:
    return Line()


@pytest.fixture(scope="session")
def away() -> Line:
    """The same game with the reward turned around."""
    return Line(goal=-1)
