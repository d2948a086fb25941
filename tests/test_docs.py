"""The documentation builds without a warning, and its pages load nothing from elsewhere."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from certifield import engine

ROOT = Path(__file__).resolve().parents[1]

# Attributes through which a browser fetches something without being asked; links that a reader may follow are not among them.
LOADING = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
}
LINKS_THAT_LOAD = {"stylesheet", "preload", "prefetch", "preconnect", "dns-prefetch", "icon", "manifest", "modulepreload"}


class LoadedAddresses(HTMLParser):
    """Addresses that a page makes a browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and LINKS_THAT_LOAD & set(given.get("rel", "").split()):
            self.found.append(given.get("href", ""))
        elif tag in LOADING:
            self.found.append(given.get(LOADING[tag], ""))


def external(page: str) -> list[str]:
    """Addresses outside the site among those that ``page`` loads, style rules included."""
    parser = LoadedAddresses()
    parser.feed(page)
    found = parser.found + re.findall(r"url\(['\"]?([^'\")]+)", page) + re.findall(r"@import\s+['\"]([^'\"]+)", page)
    return [address for address in found if re.match(r"(https?:)?//", address)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    arguments = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "DOCS_COMPLETE": "false"}
    done = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_no_page_loads_anything_from_elsewhere(site):
    pages = [*site.rglob("*.html"), *site.rglob("*.css")]
    assert len(pages) > 10
    assert {page.name: found for page in pages if (found := external(page.read_text(encoding="utf-8")))} == {}


def test_an_outside_script_and_an_outside_font_are_seen():
    """Sabotage twin of the search above."""
    assert external('<script src="https://example.org/a.js"></script>') and external("@font-face { src: url(//example.org/f) }")
    assert not external('<a href="https://example.org">a link that a reader may follow</a>')


def test_formulas_are_in_the_pages_as_mathml(site):
    page = (site / "ensembles.html").read_text(encoding="utf-8")
    assert page.count("<math") > 20 and "arithmatex" not in page
    pages = {path.name: path.read_text(encoding="utf-8") for path in site.glob("*.html")}
    assert "𝔽" in pages["topology.html"] and not [name for name, text in pages.items() if "double-struck" in text]


def test_every_public_subject_has_a_page_with_names(site):
    core = ("evidence", "streams", "ensembles", "layers", "correlators", "kernels", "fieldtheory", "training", "geometry")
    for subject in (*core, "bundles", "cosmology", "topology", "conjecture", "search", "study", "engine", "report"):
        assert 'class="doc doc-heading"' in (site / "reference" / f"{subject}.html").read_text(encoding="utf-8"), subject


def provenance(name: str) -> ModuleType:
    """A script of provenance/."""
    specification = spec_from_file_location(name, ROOT / "provenance" / f"{name}.py")
    assert specification and specification.loader
    module = module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_page_of_claims_is_that_of_the_ledger():
    """`make ledger` writes it; what it shows is what `certifield claims` prints."""
    page = provenance("ledger").page(engine.ledger(), engine.untestable())
    assert (ROOT / "docs" / "claims.md").read_text(encoding="utf-8") == page


def test_the_citation_has_the_papers_of_all_areas():
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert text == provenance("citation").citation(text)
    assert all(f"arXiv:{number}" in text for number in re.findall(r"eprint\s*=\s*\{(.*?)\}", str(engine.references())))


def test_the_page_about_installing_shows_what_was_measured():
    """All extras, all first commands, and no set of versions with a test that fails; another record would be another page."""
    install = provenance("install")
    record, text = json.loads(install.RECORD.read_text(encoding="utf-8")), install.PAGE.read_text(encoding="utf-8")
    assert text == install.page(text, record)
    assert list(record["extras"]) == list(install.BRINGS) == install.extras()
    assert list(record["answers"]) == install.commands()
    assert set(record["answers"].values()) <= {"nothing more", *(f"extra `{name}`" for name in install.extras())}
    assert len(record["versions"]) > 1 and all(row["passed"] and not row["failed"] for row in record["versions"].values())
    record["base"]["megabytes"] += 1
    assert text != install.page(text, record)


def test_the_study_of_the_page_runs(tmp_path, capsys):
    """The first example of own-study.md, as it stands there, agrees with what it expects."""
    from certifield.cli import main

    text = (ROOT / "docs" / "own-study.md").read_text(encoding="utf-8")
    (tmp_path / "my_study.py").write_text(re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0])
    assert main(["run", str(tmp_path / "my_study.py"), str(tmp_path / "run"), "--draws", "2000", "--workers", "0", "--no-report"]) == 0
    assert "All agrees" in capsys.readouterr().out
