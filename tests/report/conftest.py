"""Reports of four small studies, one of each kind of steps, from files beside this one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from certifield import engine, report
from certifield.study import Budget

ASKED = Path(__file__).parent / "asked"
BUDGETS = {"draws": Budget(draws=40_000), "proofs": Budget(rounds=(5, 15, 40)), "walk": Budget(steps=6), "nasty": Budget()}


def made(name: str, directory: Path, budget: Budget | None = None, **options: object) -> Path:
    """Runs a study in ``directory`` as far as ``budget`` goes."""
    engine.create(engine.ask(ASKED / f"{name}.py", options=options), directory)
    if budget is not None:
        engine.run(directory, budget, workers=0)
    return directory


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The directories of all four, with their reports; not to be changed."""
    places = {name: made(name, tmp_path_factory.mktemp(name) / "study", budget) for name, budget in BUDGETS.items()}
    for place in places.values():
        report.write(place)
    return places


@pytest.fixture(scope="session")
def pages(reports: dict[str, Path]) -> dict[str, str]:
    """The text of their pages."""
    return {name: (place / "report.html").read_text(encoding="utf-8") for name, place in reports.items()}


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., str]:
    """Makes a study of one's own, and returns the text of its page."""

    def page(name: str, budget: Budget | None = None, **options: object) -> str:
        place = made(name, tmp_path / f"{name}{len(list(tmp_path.iterdir()))}", budget, **options)
        return report.write(place).read_text(encoding="utf-8")

    return page
