"""The page in headless Chromium with no network: every panel is drawn, and nothing spills over the edge of a phone."""

import html
import json
import re
import shutil
import subprocess

import pytest

from certifield.report import write_results

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
  const fetched = view.performance.getEntriesByType("resource").map((entry) => entry.name);
  const seen = { width: view.innerWidth, scroll: page.documentElement.scrollWidth, panels, captions, fetched };
  document.body.setAttribute("data-measured", JSON.stringify(seen));
});</script></body>"""

_OPTIONS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars", "--proxy-server=127.0.0.1:9"),
]


def _measured(page, folder, width: int) -> dict:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    frame = folder / "frame.html"
    frame.write_text(_MEASURE % (width, html.escape(page.read_text(encoding="utf-8"))), encoding="utf-8")
    place = ["--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder / 'profile'}", "--window-size=1400,1000"]
    command = [browser, *_OPTIONS, *place, "--dump-dom", frame.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r'data-measured="([^"]*)"', shown.stdout)
    assert found, shown.stderr[-2000:]
    return json.loads(html.unescape(found[1]))


@pytest.fixture(scope="module")
def page(make, tmp_path_factory):
    return write_results(make(("erf-d1", "gauss-d1"), heavy=True), tmp_path_factory.mktemp("page"), "title = 'A study'\n")


@pytest.mark.browser
@pytest.mark.parametrize("width", [400, 1280])
def test_every_panel_is_drawn_and_nothing_spills_over(page, tmp_path, width):
    seen = _measured(page, tmp_path, width)
    assert seen["width"] == width
    assert seen["scroll"] <= width
    assert seen["fetched"] == []
    assert len(seen["panels"]) == 2 + 2 + 4  # width law and free limit of two systems; three orders and the quantiles
    assert seen["captions"] and all(left >= 0 and right <= width for left, right in seen["captions"])
    for panel in seen["panels"]:
        assert min(panel["box"]) > 150
        assert panel["box"][0] >= 480  # on a phone it scrolls in its place, so that its letters can be read
        assert panel["shapes"] > 40
        assert panel["empty"] == 0  # every letter and every marker has found its outline


@pytest.mark.browser
def test_a_spilling_page_and_a_missing_outline_are_noticed(page, tmp_path):
    text = page.read_text(encoding="utf-8")
    glyph = re.search(r'<path id="(g\w{8})"', text)
    assert glyph
    broken = text.replace(glyph[0], '<path id="lost"').replace("<main>", '<main><div style="width:900px">wide</div>')
    broken = broken.replace("position: sticky; left: 0; max-width: 100cqi", "")
    (tmp_path / "broken.html").write_text(broken, encoding="utf-8")
    seen = _measured(tmp_path / "broken.html", tmp_path, 400)
    assert seen["scroll"] > 400
    assert any(left < 0 for left, _ in seen["captions"])
    assert sum(panel["empty"] for panel in seen["panels"]) > 0
