"""The reports and the view of explain, opened from disk in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.commands.explain import run as explain
from flows.commands.report import run as report
from flows.run import run_pipeline
from flows.settings import load_settings
from tests.chromium import CHROMIUM, SCHEMES, WIDTHS, browser
from tests.hostile import PAYLOADS
from tests.report_rows import full, line

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium (Debian: apt install chromium)"),
]
DATA_DOCS = ("docs", "docs of a gate")
REPORTS = ("report", "report.en", "index", "index.en", "latest", "latest.en")


@pytest.fixture(scope="module")
def pages(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports, index, the last days and a view of explain, of the samples with the bad ones."""
    folder = tmp_path_factory.mktemp("browser")
    config = root / "samples" / "khabar.toml"
    settings = load_settings(home=folder, config=config, workers=2)
    # First a part, so that the whole has a run before it.
    run_pipeline(settings, [root / "samples" / "aggregator"])
    outcome = run_pipeline(settings, [root / "samples"])
    assert report(None, language="ar", show=False, home=folder, config=config) == 0
    view = folder / "view.html"
    files = [str(file) for file in sorted((root / "samples" / "aggregator").glob("*.txt"))[:2]]
    explain(
        files, as_json=False, with_text=False, html=view, source=None, home=folder, config=config
    )
    docs = {"language": "ar", "show": False, "home": folder, "config": config}
    assert report("last", data_docs=True, **docs) == 0  # type: ignore[arg-type]
    assert outcome.report is not None
    index = folder / "reports" / "data-docs" / outcome.run.run_id / "index.html"
    reports = folder / "reports"
    return {
        "report": outcome.report, "report.en": outcome.report.with_suffix(".en.html"),
        "explain": view, "docs": index,
        "docs of a gate": min(index.parent.glob("*.clean.html")),
        **{name: reports / f"{name}.html" for name in ("index", "latest", "index.en", "latest.en")},
    }  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


def heard(page: Page) -> tuple[list[str], list[str]]:
    """Return lists that fill with what a page asks for, and what it complains of."""
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    return asked, said


@pytest.mark.parametrize("name", [*REPORTS, "explain", *DATA_DOCS])
def test_it_asks_for_nothing_and_reads_in_its_direction(
    name: str, pages: dict[str, Path], chromium: Browser
) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    asked, said = heard(page)
    page.goto(pages[name].as_uri())
    direction = page.evaluate("getComputedStyle(document.documentElement).direction")
    scripts = page.evaluate("document.scripts.length")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    words = page.inner_text("body")
    links = page.evaluate("[...document.links].map(link => link.href)")
    page.close()
    assert asked == [pages[name].as_uri()] and said == []
    english = name.endswith(".en") or name in DATA_DOCS
    assert direction == ("ltr" if english else "rtl") and scripts == 0
    assert wide <= 0, f"{wide} px wider than a telephone"
    assert any("\u0600" <= letter <= "\u06ff" for letter in words) is (name not in DATA_DOCS)
    for link in links:
        assert link.startswith("file://"), link
        assert Path(link.removeprefix("file://").split("#")[0]).exists(), link


@pytest.mark.parametrize("name", [*REPORTS, *DATA_DOCS])
def test_axe_finds_nothing(name: str, pages: dict[str, Path], chromium: Browser) -> None:
    """WCAG 2 A and AA and best practices: on a telephone and a desk, by day and by night."""
    from axe_playwright_python.sync_playwright import Axe

    for width in WIDTHS:
        # The twin differs in its words only: one of each kind of page does for it.
        for scheme in SCHEMES if not name.endswith(".en") else SCHEMES[width > WIDTHS[0] :][:1]:
            context = chromium.new_context(
                viewport={"width": width, "height": 900}, bypass_csp=True, color_scheme=scheme  # type: ignore[arg-type]
            )  # fmt: skip
            page = context.new_page()
            page.goto(pages[name].as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            found = Axe().run(page)
            context.close()
            assert found.violations_count == 0, (width, scheme, found.generate_report())
            assert len(found.response["passes"]) > 15, "axe did look"


@pytest.mark.parametrize("name", ["report", "report.en", "index", "index.en"])
def test_every_chart_has_text_and_its_numbers(
    name: str, pages: dict[str, Path], chromium: Browser
) -> None:
    page = chromium.new_page()
    page.goto(pages[name].as_uri())
    charts = page.evaluate(
        """[...document.querySelectorAll('svg')].map(svg => {
            const figure = svg.closest('figure');
            return [svg.parentElement.getAttribute('role'),
                    svg.parentElement.getAttribute('aria-label') || '',
                    figure ? figure.querySelectorAll('td').length : -1,
                    svg.getBoundingClientRect().height]})"""
    )
    page.close()
    assert charts
    for role, said, numbers, height in charts:
        assert role == "img" and len(said) > 20 and height > 10
        assert numbers != 0, "a chart's numbers stand below it"
        arabic = any("\u0600" <= letter <= "\u06ff" for letter in said)
        assert arabic is not name.endswith(".en")


def test_hostile_words_do_nothing_in_a_browser(
    tmp_path: Path, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from expectations.report import write_report

    page = chromium.new_page()
    asked, said = heard(page)
    visited = []
    for number in range(0, len(PAYLOADS), 48):
        words = " ".join(PAYLOADS[number : number + 48]).encode("utf-8", "replace").decode()
        folder = tmp_path / str(number)
        told = full(words)
        told = replace(told, run=told.run.model_copy(update={"run_id": "hostile"}))
        path = write_report(folder, told, [line(message=words)])
        # Once with charts: test_report_hostile.py draws all of them.
        monkeypatch.setattr(
            "expectations.report.charts._pictures", lambda looks: [None] * len(looks)
        )
        for file in (path, folder / "index.html"):
            visited.append(file.as_uri())
            page.goto(visited[-1])
    page.close()
    assert asked == visited and said == []
