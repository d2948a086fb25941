"""The page in headless Chromium with no network: everything is drawn, nothing runs, and nothing spills over the edge of a phone."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

# The page has no script of its own; this one looks at it through a frame (a window cannot be made as narrow as a phone) and writes
# what the browser laid out into its own document.
_MEASURE = """<!DOCTYPE html><meta charset="utf-8"><body><iframe style="width:%dpx;height:900px;border:0" srcdoc="%s"></iframe>
<script>addEventListener("load", () => {
  const view = document.querySelector("iframe").contentWindow, page = view.document;
  const box = (element) => { const r = element.getBoundingClientRect(); return [r.width, r.height]; };
  const empty = (use) => box(use).every((side) => side === 0);
  const panels = [...page.querySelectorAll(".panel svg")].map((svg) => ({
    box: box(svg),
    empty: [...svg.querySelectorAll("use")].filter(empty).length,
    shapes: svg.querySelectorAll("path, use").length,
  }));
  const captions = [...page.querySelectorAll("caption span")].filter((span) => span.checkVisibility()).map((span) => {
    span.closest(".scroll").scrollLeft = 1e4;
    const r = span.getBoundingClientRect();
    return [r.left, r.right];
  });
  const badges = [...page.querySelectorAll("td .badge")].map((badge) => badge.getBoundingClientRect().right);
  const films = [...page.querySelectorAll(".strip img")].map((film) => [film.naturalWidth, ...box(film)]);
  const fetched = view.performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => !name.startsWith("data:"));
  const seen = { width: view.innerWidth, scroll: page.documentElement.scrollWidth, panels, captions, badges, films, fetched,
    title: page.title, body: box(page.body) };
  document.body.setAttribute("data-measured", JSON.stringify(seen));
});</script></body>"""

_OPTIONS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars", "--proxy-server=127.0.0.1:9"),
]


def _browser(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    place = ["--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder / 'profile'}", "--window-size=1400,1000"]
    return subprocess.run([browser, *_OPTIONS, *place, *arguments], capture_output=True, text=True, timeout=120, check=True)


def measured(text: str, folder: Path, width: int) -> dict:
    frame = folder / "frame.html"
    frame.write_text(_MEASURE % (width, html.escape(text)), encoding="utf-8")
    shown = _browser(folder, "--dump-dom", frame.as_uri())
    found = re.search(r'data-measured="([^"]*)"', shown.stdout)
    assert found, shown.stderr[-2000:]
    return json.loads(html.unescape(found[1]))


@pytest.mark.browser
@pytest.mark.parametrize(("name", "panels"), [("draws", 3), ("proofs", 2)])
@pytest.mark.parametrize("width", [400, 1280])
def test_everything_is_drawn_and_nothing_spills_over(pages, tmp_path, width, name, panels):
    seen = measured(pages[name], tmp_path, width)
    assert seen["width"] == width and seen["scroll"] <= width and seen["fetched"] == []
    assert len(seen["panels"]) == panels
    assert seen["captions"] and all(left >= 0 and right <= width for left, right in seen["captions"])
    assert all(right <= width for right in seen["badges"])  # a verdict is in sight without scrolling
    for panel in seen["panels"]:
        assert min(panel["box"]) > 150
        assert panel["box"][0] >= 480  # on a phone it scrolls in its place, so that its letters can be read
        assert panel["shapes"] > 20
        assert panel["empty"] == 0  # every letter and every marker has found its outline
    assert all(natural == 60 and wide == 62 for natural, wide, _ in seen["films"])


@pytest.mark.browser
def test_evil_texts_and_pictures_neither_run_nor_restyle_the_page(pages, tmp_path):
    seen = measured(pages["nasty"], tmp_path, 400)
    assert seen["title"].startswith('<script>alert("title")</script>') and seen["fetched"] == []
    assert seen["body"][1] > 2000 and seen["scroll"] <= 400
    assert seen["films"] == [[30, 32, 32]]


@pytest.mark.browser
def test_a_spilling_page_and_a_missing_outline_are_noticed(pages, tmp_path):
    text = pages["draws"]
    glyph = re.search(r'<path id="(g\w{8})"', text)
    assert glyph
    broken = text.replace(glyph[0], '<path id="lost"').replace("<main>", '<main><div style="width:900px">wide</div>')
    seen = measured(broken.replace("position: sticky; left: 0; max-width: 100cqi", ""), tmp_path, 400)
    assert seen["scroll"] > 400
    assert sum(panel["empty"] for panel in seen["panels"]) > 0


@pytest.mark.browser
def test_print_opens_what_is_folded(reports, tmp_path):
    """Folded parts are on paper: the file of a page whose folds are emptied has fewer pages."""
    text = (reports["draws"] / "report.html").read_text(encoding="utf-8")
    short = re.sub(r"(<details[^>]*><summary>.*?</summary>).*?</details>", r"\1</details>", text, flags=re.DOTALL)
    sizes = []
    for name, page in (("whole", text), ("short", short)):
        (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
        _browser(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / name}.pdf", (tmp_path / f"{name}.html").as_uri())
        sizes.append((tmp_path / f"{name}.pdf").stat().st_size)
    assert sizes[0] > sizes[1] + 1000
