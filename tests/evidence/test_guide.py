"""The examples of the page on evidence run as they stand."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evidence.md"


def test_the_example_of_the_page_runs(tmp_path: Path, monkeypatch, capsys) -> None:
    from certifield.cli import main

    digits, example, *others = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(digits, str(PAGE), "exec"), {})
    assert capsys.readouterr().out.splitlines() == re.findall(r"^print\(.*\) +# (.*)$", digits, re.MULTILINE)
    for code in (example, *others):
        exec(compile(code, str(PAGE), "exec"), {})
    shown = capsys.readouterr().out.splitlines()
    promised = re.findall(r"^print\(certificate\) +# (.*)$", example, re.MULTILINE)
    assert shown[0] == promised[0] and shown[1] == "True " and shown[2].startswith("-315/128 exactly")
    for name in ("cumulant.json", "kernel.json"):
        assert main(["verify", name]) == 0
