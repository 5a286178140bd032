"""The report: what it says is true, in both languages, and it needs nothing but itself."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from expectations.catalogue import all_rules
from expectations.report import AskedLine, RunReport, write_index, write_report
from expectations.report.figures import check_lines, reasons, stage_lines
from tests.hostile import Seen
from tests.report_rows import RUN_ID, START, full, gate, line, refusal, report, run, stage
from warehouse.tables import Run


@pytest.fixture(autouse=True)
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts are drawn in test_report_charts.py; here they only take time."""

    def pictures(charts: Sequence[str]) -> Sequence[str | None]:
        return [None] * len(charts)

    monkeypatch.setattr("expectations.report.charts._pictures", pictures)


def written(folder: Path, row: Run | None = None, language: str = "ar", **parts: Any) -> Seen:
    """Write a report and return what is seen of it."""
    return seen_of(folder, report(row, **parts), language)


def seen_of(folder: Path, told: RunReport, language: str = "ar") -> Seen:
    path = write_report(folder, told, [line(told.run)])
    return Seen(path if language == "ar" else path.with_suffix(f".{language}.html"))


def test_sources_on_the_web_are_told_those_with_problems_first(tmp_path: Path) -> None:
    asked = [AskedLine("barq", 7, 1, 0, 0, 0, 0, None), AskedLine("naba", 0, 0, 0, 0, 2, 9, "503")]
    text = written(tmp_path, language="en", asked=asked).text
    assert "Sources on the web" in text
    assert text.index("naba") < text.index("barq")
    assert "503" in text
    assert "Sources on the web" not in written(tmp_path, language="en").text


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_page_asks_for_nothing_and_runs_nothing(language: str, tmp_path: Path) -> None:
    seen = seen_of(tmp_path, full("خبر عاجل"), language)
    for page in (seen, *(Seen(path) for path in tmp_path.glob("index*.html"))):
        policy = next(v for t, a, v in page.attributes if a == "content" and "default-src" in v)
        style = re.search(r"<style>(.*?)</style>", page.source, re.DOTALL)
        assert style is not None
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
        assert page.harmless()
        assert not re.search(r"url\(|@import|src=| style=", page.source)
        assert not [link for link in page.links if ":" in link or link.startswith("/")]
        assert len(page.source.encode()) < 40_000


def test_it_is_arabic_and_has_an_english_twin(tmp_path: Path) -> None:
    told = full("خبر")
    arabic, english = seen_of(tmp_path, told), seen_of(tmp_path, told, "en")
    assert {("html", "lang", "ar"), ("html", "dir", "rtl")} <= set(arabic.attributes)
    assert {("html", "lang", "en"), ("html", "dir", "ltr")} <= set(english.attributes)
    assert "index.html" in arabic.links and "index.en.html" in english.links
    (twin,) = (link for link in arabic.links if link.endswith(".en.html"))
    assert (tmp_path / twin).exists()
    for ar, en in (
        ("البوابات", "Gates"), ("ما دخل وما خرج", "What came in and went out"), ("الحجر", "Quarantine"),
        ("المصادر", "Sources"), ("جودة التواريخ", "Dates"), ("عينات من المقالات", "Sample articles"),
        ("ما حُذف من الصفحات", "What was cut from the pages"), ("صامت", "silent"),
        ("أبرز الأسماء في الأخبار", "Who and what is in the news"),
    ):  # fmt: skip
        assert ar in arabic.text and en not in arabic.text
        assert en in english.text and ar not in english.text


def test_a_report_without_what_is_empty_has_no_empty_section(tmp_path: Path) -> None:
    text = written(tmp_path, language="en").text
    for words in ("Sources", "Dates", "cut from the pages", "in the news", "Sample articles"):
        assert words not in text
    assert "1,234 pages = 1,200 published + 4 known + 30 quarantined + 0 held" in text


def test_a_term_has_one_arabic_word(tmp_path: Path) -> None:
    rows = [refusal(n) for n in range(11)]
    text = written(tmp_path, stages=[stage("ingest", "page")], quarantine=rows).text
    account = "الصفحات: وصل 1,234 = نُشر 1,200 + مكرر 4 + محجور 30 + معلَّق 0"
    assert account in text
    assert "عدد الصفحات: 11 (" in text
    for other in ("معروف", "موقوف", "11 صفحات"):
        assert other not in text + Seen(tmp_path / "index.html").text


@pytest.mark.parametrize(
    ("state", "words"),
    [("published", "Published"), ("nothing_new", "Nothing new"), ("held", "A gate held a batch"),
     ("refused", "Everything new was refused: nothing published"), ("failed", "The run failed")],
)  # fmt: skip
def test_the_verdict_comes_first(state: Any, words: str, tmp_path: Path) -> None:
    message = None if state == "published" else "clean.batch.dated_share: observed 0.2"
    text = written(tmp_path, run(state=state, message=message), "en").text
    after = text.index("What came in and went out")
    assert text.index(words) < after
    if message:
        assert text.index(words) < text.index(message) < after


def test_what_to_do_stands_before_all_numbers(tmp_path: Path) -> None:
    failed = [gate("clean.article.body_chars", "quarantine")]
    text = written(tmp_path, language="en", gates=failed).text
    advice = text.index("is the text behind a link, a script or a paywall?")
    assert advice < text.index("What came in and went out")


def test_books_that_do_not_balance_are_named(tmp_path: Path) -> None:
    words = "The account does not add up"
    assert words not in written(tmp_path, language="en").text
    assert words in written(tmp_path, run(pages_held=1), "en").text


def test_stages_are_summed_over_batches_in_their_order() -> None:
    rows = [stage("publish", "page"), stage("clean", "article"), stage("clean", "page")]
    lines = stage_lines([*rows, stage("clean", "page", 1, rows_in=5, seconds=0.25)])
    assert [(line.stage.en, line.unit.en) for line in lines] == [
        ("clean", "pages"), ("clean", "articles"), ("publish", "pages"),
    ]  # fmt: skip
    assert (lines[0].rows_in, lines[0].rows_out, lines[0].checks) == (15, 16, 24)
    assert lines[0].seconds == 1.75


def test_what_held_comes_before_what_warned_and_passed() -> None:
    lines = check_lines(
        [
            gate("b", "pass"), gate("a", "warn", observed="7"), gate("a", "pass", 1),
            gate("c", "quarantine"), gate("d", "pass"), gate("d", "hold", 1, observed="0.9"),
        ]
    )  # fmt: skip
    assert [(line.rule, line.action) for line in lines] == [
        ("d", "hold"), ("c", "quarantine"), ("a", "warn"), ("b", "pass"),
    ]  # fmt: skip
    held = lines[0]
    assert (held.batches, held.batches_failed, held.judged, held.failed) == (2, 1, 200, 3)
    assert (held.observed, held.where) == ("0.9", "akhbar-00001")


def test_a_rule_shows_its_last_runs_shares_as_percent(tmp_path: Path) -> None:
    gates = [gate("of.rows", "warn"), gate("of.batch", "warn", scope="batch")]
    trends = {"of.rows": [0.01, 0.02, 0.5], "of.batch": [7.0, 8.25]}
    text = " ".join(written(tmp_path, language="en", gates=gates, trends=trends).text.split())
    assert "1.0 % · 2.0 % · 50.0 %" in text and "7 · 8.25" in text


def test_reasons_by_frequency_with_a_few_samples() -> None:
    rows = [refusal(n) for n in range(7)] + [refusal(9, unit="article", reason="Other")]
    found = reasons(rows, run(pages_landed=70, articles_landed=10))
    assert [(reason.count, reason.share, len(reason.samples)) for reason in found] == [
        (7, 0.1, 5), (1, 0.1, 1),
    ]  # fmt: skip


def test_a_refusal_is_shown_with_its_evidence(tmp_path: Path) -> None:
    record = refusal(3)
    text = written(tmp_path, quarantine=[record]).text
    for words in (record.reason, record.evidence, record.locator, record.rule):
        assert words in text


def test_marks_leave_the_letters_of_a_word_together(tmp_path: Path) -> None:
    told = full("للرياض")
    page = seen_of(tmp_path, told)
    assert re.search(r'>\s*<mark class="PER">للر</mark>ياض<', page.source)
    assert re.search(r"mark \{ padding: 0", page.source)
    passage = told.samples[0].kept[0]
    assert "".join(text for text, _ in passage.pieces) == passage.text
    assert [mark.type for _, mark in passage.pieces if mark] == ["PER"], "what overlaps is left"


def test_the_index_links_the_runs_that_have_a_report(tmp_path: Path) -> None:
    runs = [line(run_id=f"2026030{day}", started_at=START.replace(day=day)) for day in (3, 2, 1)]
    write_report(tmp_path, report(run(run_id="20260302")), runs)
    write_index(tmp_path, runs)
    for name, link in (("index.html", "20260302.html"), ("index.en.html", "20260302.en.html")):
        seen = Seen(tmp_path / name)
        assert re.findall(r"2026030\d", seen.text) == ["20260303", "20260302", "20260301"]
        assert [each for each in seen.links if each.startswith("2")] == [link]
    assert not list(tmp_path.glob("*.partial"))


def test_a_thousand_sources_and_reasons_make_no_larger_page(tmp_path: Path) -> None:
    told = full("مرصد الأخبار في العاصمة وما حولها")
    many = range(1_000)
    told = replace(
        told,
        run=run(),
        asked=[told.asked[0]._replace(source_id=f"s{n}") for n in many],
        sources=[replace(told.sources[0], source_id=f"s{n}") for n in many],
        dates=[replace(told.dates[0], source_id=f"s{n}") for n in many],
        boilerplate=[
            replace(told.boilerplate[0], source_id=f"s{n}", lines=told.boilerplate[0].lines * 5)
            for n in many
        ],
        gates=[gate(rule.id, "warn") for rule in all_rules()],
        quarantine=[
            refusal(n, reason=f"reason {n % 100}", evidence="كلمات من الصفحة " * 30)
            for n in range(3_000)
        ],
    )
    page = seen_of(tmp_path, told)
    assert len(page.source.encode()) < 600_000
    assert "And other sources: 940" in seen_of(tmp_path, told, "en").text


def test_a_run_id_cannot_leave_the_folder(tmp_path: Path) -> None:
    row = run(run_id="../../x")
    path = write_report(tmp_path / "reports", report(row), [line(row)])
    assert path.parent == tmp_path / "reports"
    assert path.name == ".._.._x.html"
    assert {each.parent for each in tmp_path.rglob("*.*") if each.is_file()} == {path.parent}


def test_one_name_for_one_run(tmp_path: Path) -> None:
    written(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [f"{RUN_ID}{end}" for end in (
            ".html", ".en.html", ".json", ".stages.csv", ".gates.csv", ".sources.csv",
            ".quarantine.csv",
        )] + ["index.html", "index.en.html"]
    )  # fmt: skip
