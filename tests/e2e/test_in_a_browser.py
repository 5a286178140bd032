"""The report of a run and the view of explain, opened from disk in a real Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run",
]  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium (Debian: apt install chromium)"),
]


def khabar(root: Path, *args: str | Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "flows.cli", *map(str, args)],
        cwd=root, check=True, capture_output=True, timeout=500, env=os.environ | {"PYTHONPATH": "."},
    )  # fmt: skip


@pytest.fixture(scope="module")
def pages(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A report, its index and a view of explain, made from the samples with the bad ones."""
    folder = tmp_path_factory.mktemp("browser")
    config = root / "samples" / "khabar.toml"
    inputs = [root / "samples" / name for name in ("aggregator", "bad")]
    khabar(root, "run", *inputs, "--config", config, "--home", folder)
    view = folder / "view.html"
    khabar(root, "explain", *sorted(inputs[0].glob("*.txt"))[:2], "--html", view)
    (report,) = (p for p in (folder / "reports").glob("*.html") if p.name != "index.html")
    return {"report": report, "index": folder / "reports" / "index.html", "explain": view}


@pytest.mark.parametrize("name", ["report", "index", "explain"])
def test_it_asks_for_nothing_and_reads_from_right_to_left(
    name: str, pages: dict[str, Path]
) -> None:
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(pages[name].as_uri())
        direction = page.evaluate("getComputedStyle(document.documentElement).direction")
        scripts = page.evaluate("document.scripts.length")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        words = page.inner_text("body")
        browser.close()
    assert asked == [pages[name].as_uri()] and said == []
    assert direction == "rtl" and scripts == 0
    assert wide <= 0, f"{wide} px wider than a telephone"
    assert any("\u0600" <= letter <= "\u06ff" for letter in words)
