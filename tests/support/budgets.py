"""Processor time of the suite by folder, held against the budgets of its areas: a plugin of pytest.

It is that of the worker and of the processes that its tests start, which a busy machine changes less than the time on the clock.  An area
over its budget is named; the run fails for it where CERTIFIELD_STRICT_BUDGETS is set, since machines differ.
"""

import os
from collections import defaultdict
from pathlib import Path

import pytest

# Area: its budget in seconds of `make test`, and the folders (or files) of tests/ that count for it; what is not named is the frame.
AREAS = {
    "networks": (180.0, ("ensembles", "correlators", "streams", "statistical", "reference")),
    "kernels": (180.0, ("kernels", "layers")),
    "fieldtheory": (180.0, ("fieldtheory",)),
    "renormalisation": (60.0, ("fieldtheory/renormalisation",)),
    "lattice flows": (60.0, ("fieldtheory/flows",)),
    "training": (180.0, ("training",)),
    "expressivity": (180.0, ("expressivity",)),
    "geometry": (180.0, ("geometry",)),
    "bundles": (180.0, ("bundles",)),
    "cosmology": (180.0, ("cosmology",)),
    "conjectures": (180.0, ("conjecture",)),
    "knots": (180.0, ("topology", "search")),
    "plumbing": (180.0, ("topology/plumbing",)),  # folders inside another are told apart by their path
    "genetic": (60.0, ("search/genetic",)),
    "gallery": (60.0, ("test_gallery.py",)),  # scripts of users, from every area
    "evidence": (60.0, ("evidence",)),
    "frame": (180.0, ()),
}
SPENT = "processor seconds"


def _seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """Every phase of a test brings along what it took since the phase before."""
    outcome = yield
    now = _seconds()
    outcome.get_result().user_properties = [(SPENT, now - getattr(item.session, "_spent", now))]
    item.session._spent = now  # type: ignore[attr-defined]


class Table:
    """Gathers the reports of all workers, and prints the table at the end."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.tests: dict[str, int] = defaultdict(int)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        folder = folder_of(report.nodeid)
        self.seconds[folder] += sum(value for name, value in report.user_properties if name == SPENT)
        self.tests[folder] += report.when == "call"

    def over(self) -> list[str]:
        """Areas that took more than their budget."""
        return [area for area, (budget, _) in AREAS.items() if self.of(area) > budget]

    def of(self, area: str) -> float:
        """The seconds of an area."""
        return sum(seconds for folder, seconds in self.seconds.items() if area_of(folder) == area)

    def pytest_terminal_summary(self, terminalreporter) -> None:
        if len(self.seconds) < 2:
            return
        terminalreporter.section("processor seconds by folder")
        for area, (budget, _) in AREAS.items():
            told = f"{self.of(area):8.1f} of {budget:.0f}" + ("   OVER ITS BUDGET" if area in self.over() else "")
            terminalreporter.write_line(f"{area:<28}{told}")
            for folder in sorted(folder for folder in self.seconds if area_of(folder) == area):
                terminalreporter.write_line(f"    {folder:<24}{self.seconds[folder]:8.1f}   {self.tests[folder]} tests")
        terminalreporter.write_line(f"{'in all':<28}{sum(self.seconds.values()):8.1f}")

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        quick = "not slow" in (session.config.getoption("markexpr") or "")
        if quick and exitstatus == 0 and self.over() and os.environ.get("CERTIFIELD_STRICT_BUDGETS"):  # the budgets are of `make test`
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def folder_of(nodeid: str) -> str:
    """The folder of tests/ that a test is in, or its file where it is in none; the doctests of a package as src/PACKAGE."""
    parts = Path(nodeid.partition("::")[0]).parts
    if len(parts) > 3 and any("/".join(parts[1:3]) in folders for _, folders in AREAS.values()):
        return "/".join(parts[1:3])
    if parts[0] == "src":
        return "src/" + (parts[2] if len(parts) > 3 else "")
    return parts[1] if len(parts) > 2 else parts[-1]


def area_of(folder: str) -> str:
    """The area that pays for a folder; doctests belong to the area of their package."""
    name = folder.removeprefix("src/")
    return next((area for area, (_, folders) in AREAS.items() if name in folders), "frame")


def pytest_configure(config: pytest.Config) -> None:
    """The table is that of the coordinating process."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Table(), "certifield-budgets")
