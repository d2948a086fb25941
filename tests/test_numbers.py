"""Measured numbers of the README and the pages stand beside the command that gives them.

What counts as measured: a value with its error in parentheses, a share in percent, a time, a size, a rate, a ratio, and a decimal of three
places or more.  Code and formulas are left out, where numbers are examples or definitions.  A command may stand anywhere in the section: in
backticks, as an example that the tests run, or behind a link to the benchmarks or the ledger, whose rows name theirs.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
WRITTEN_BY_COMMANDS = {"claims.md", "benchmarks.md"}  # `make ledger`, `python benchmarks/write_page.py`

MEASURED = re.compile(
    r"\d\(\d+(?:\.\d+)?\)|\d ?%|\d (?:processor )?(?:s|ms|seconds|minutes|hours|MB|MiB|GB)\b|\d(?: times(?! as)|/s)\b|\d\.\d{3,}"
)
COMMAND = re.compile(r"`[^`\n]*\b(?:certifield |python |make |pytest |pip |du )[^`\n]*`|```|benchmarks\.md|claims\.md")
NO_NUMBERS = re.compile(r"```.*?```|`[^`\n]*`|\\\(.*?\\\)|\\\[.*?\\\]|\$\$.*?\$\$|arXiv:\S+|\(https?:[^)]*\)", re.DOTALL)


def without_a_command(text: str) -> list[str]:
    """The headings of the sections of a page that hold a measured number and no command."""
    sections = re.split(r"(?m)^(?=#{1,6} )", text)
    return [one.partition("\n")[0] for one in sections if MEASURED.search(NO_NUMBERS.sub(" ", one)) and not COMMAND.search(one)]


def test_every_number_has_its_command():
    found = {page.name: without_a_command(page.read_text(encoding="utf-8")) for page in PAGES if page.name not in WRITTEN_BY_COMMANDS}
    assert {name: headings for name, headings in found.items() if headings} == {}


def test_numbers_without_a_command_are_seen():
    """Sabotage twin: each kind of number, and each way to name a command."""
    for number in ("0.3269(14)", "98 %", "6 seconds", "12 MB", "78 times", "1000/s", "4.0935"):
        assert without_a_command(f"# One\nIt is {number} here.\n# Two\nNothing.\n") == ["# One"], number
        for command in ("`certifield run erf-net`", "```python\nrun()\n```", "[page](benchmarks.md)"):
            assert without_a_command(f"# One\nIt is {number} here: {command}.\n") == [], (number, command)
    assert without_a_command("# One\nSee arXiv:2104.14516, `0.3269(14)` and \\(x = 1.2345\\).\n") == []
