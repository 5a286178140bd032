"""Charts: each has text, says no more than its numbers, and none of them can stop a report."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from expectations.report import write_report
from expectations.report.charts import Chart, Series, charts_of, drawn
from tests.hostile import Seen
from tests.report_rows import full, line, report, run


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    folder = tmp_path_factory.mktemp("reports")
    runs = [line(), line(run_id="20260228T080000-a0", pages_held=7)]
    path = write_report(folder, full("barq"), runs)
    return {
        "ar": Seen(path), "en": Seen(path.with_suffix(".en.html")),
        "index": Seen(folder / "index.html"),
    }  # fmt: skip


def test_every_chart_is_drawn_and_has_text_in_the_pages_language(pages: dict[str, Seen]) -> None:
    for language, page in pages.items():
        drawings = [
            value
            for tag, name, value in page.attributes
            if (tag, name) == ("div", "role") and value == "img"
        ]
        assert len(drawings) == page.tags.count("svg") == (1 if language == "index" else 6)
        said = [
            text
            for text in labels(page)
            if any(n in text for n in ("1,234", "%", "barq", "1,200", "2,400"))
        ]
        assert len(said) >= len(drawings) - 1
        arabic = [any("\u0600" <= letter <= "\u06ff" for letter in text) for text in labels(page)]
        assert all(arabic) if language != "en" else not any(arabic)
        figures = page.tags.count("figure")
        assert page.tags.count("figcaption") == figures >= 1
        assert page.source.count("<figure>") <= page.source.count("<details><summary>"), (
            "its numbers"
        )


def labels(page: Seen) -> list[str]:
    return [value for tag, name, value in page.attributes if name == "aria-label" and tag == "div"]


def test_what_is_not_seen_says_nothing(pages: dict[str, Seen]) -> None:
    for page in pages.values():
        assert "axis titled" not in page.source and "aria-roledescription" not in page.source
        hidden = page.source.count('aria-hidden="true"')
        assert hidden == page.tags.count("svg")


def test_colours_are_the_pages_own(pages: dict[str, Seen]) -> None:
    colours = {v for t, n, v in pages["ar"].attributes if n in ("fill", "stroke")}
    assert colours <= {"none", "transparent", *(c for c in colours if c.startswith("var(--"))}
    assert any(colour.startswith("var(--c") for colour in colours)


def test_bars_with_the_same_name_stay_apart() -> None:
    told = full("x" * 60)
    dates = [told.dates[0], told.dates[0]]
    chart = charts_of(report(dates=dates), "en", [])["dates"]
    assert len(set(chart.labels)) == 2


def test_a_few_pages_are_not_drawn() -> None:
    few = report(run(pages_landed=49), history=[line(pages_landed=20), line(pages_landed=29)])
    assert charts_of(few, "ar", []) == {}
    assert set(charts_of(report(run(pages_landed=50), history=few.history), "ar", [])) == {
        "account"
    }
    history = [line(pages_landed=20), line(pages_landed=30)]
    assert set(charts_of(report(history=history), "ar", [])) == {"account", "history"}
    again = [line(), line(kind="reprocess")]
    assert set(charts_of(report(history=again), "ar", [])) == {"account"}


def test_a_chart_that_fails_costs_only_itself() -> None:
    good = Chart("bars", "", ("a",), (Series("", (1.0,)),))
    bad = Chart("no such shape", "", ("a",), (Series("", (1.0,)),))  # type: ignore[arg-type]
    pictures = drawn({"page": {"good": good, "bad": bad}})["page"]
    assert pictures["good"].svg is not None and pictures["bad"].svg is None


@pytest.mark.parametrize(
    "child", ["import os; os.abort()", "raise SystemExit(3)", "print('no json')", "print('[]')"]
)
def test_a_child_that_dies_costs_the_pictures_only(
    child: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("expectations.report.charts._CHILD", child)
    seen = Seen(write_report(tmp_path, full("barq"), [line()]))
    assert "svg" not in seen.tags
    assert "تعذّر رسم الشكل" in seen.text and "أرقام الشكل" in seen.text


def test_a_child_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("expectations.report.charts._CHILD", "import time; time.sleep(600)")
    monkeypatch.setattr("expectations.report.charts._SECONDS", 0.2)
    begun = time.monotonic()
    assert "svg" not in Seen(write_report(tmp_path, full("barq"), [line()])).tags
    assert time.monotonic() - begun < 60


def test_nothing_that_draws_is_imported_before_a_chart_is_drawn() -> None:
    code = (
        "import sys, expectations.report, flows.publish, flows.report_files; "
        "print([m for m in ('altair', 'vl_convert', 'pandas', 'jinja2', 'lxml') if m in sys.modules])"
    )
    done: Any = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
