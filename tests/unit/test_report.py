"""The report: what it says is true, and nothing that a page says can do anything in it."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from expectations.report import AskedLine, write_report
from expectations.report.figures import check_lines, reasons, stage_lines
from warehouse.tables import GateResult, Quarantine, Run, RunStage

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
HOSTILE = (
    "</style></title></script><script>alert(1)</script><img src=x onerror=alert(2)>"
    "\"' onmouseover=alert(3) x='\" {{ 7*7 }} {% raw %} javascript:alert(4) <!-- "
    "\u202eevil\u2066\u061c \x00\x1b[31m\ud800 https://tracker.example/p.gif"
)


def run(**changes: Any) -> Run:
    values: dict[str, Any] = {
        "run_id": "20260301T080000-a1", "state": "published", "started_at": START, "finished_at": START,
        "seconds": 12.5, "pages_landed": 1234, "pages_published": 1200, "pages_duplicate": 4,
        "pages_quarantined": 30, "pages_held": 0, "articles_landed": 1300, "articles_published": 1260,
        "articles_duplicate": 0, "articles_quarantined": 40, "articles_held": 0, "code_version": "0.1.0",
        "transform_version": "1", "config_sha256": "f" * 64,
    }  # fmt: skip
    return Run(**values | changes)


def stage(name: str, unit: str, batch: int = 0, **counts: Any) -> RunStage:
    values: dict[str, Any] = {
        "run_id": "20260301T080000-a1", "batch_id": f"akhbar-{batch:05d}", "source_id": "akhbar",
        "stage": name, "unit": unit, "rows_in": 10, "rows_out": 8, "duplicate": 1, "quarantined": 1, "held": 0,
        "checks": 12, "seconds": 1.5,
    }  # fmt: skip
    return RunStage(**values | counts)


def gate(rule: str, action: str, batch: int = 0, **changes: Any) -> GateResult:
    values: dict[str, Any] = {
        "run_id": "20260301T080000-a1", "gate": "clean", "rule": rule, "rule_version": "1",
        "batch_id": f"akhbar-{batch:05d}", "source_id": "akhbar", "scope": "row", "severity": "critical",
        "expectation": "expect_column_values_to_be_between", "success": action == "pass", "observed": None,
        "threshold": "body_chars >= 100", "judged": 100, "failed": 0 if action == "pass" else 3,
        "action": action, "judged_on": date(2026, 3, 1),
    }  # fmt: skip
    return GateResult(**values | changes)


def refusal(n: int = 0, **changes: Any) -> Quarantine:
    values: dict[str, Any] = {
        "record_id": f"{n:064x}", "stage": "clean", "unit": "page", "source_id": "akhbar",
        "page_id": f"{n:064x}", "locator": f"pages/{n}.txt", "url": f"https://akhbar.example/{n}",
        "reason": "The body is under 100 characters", "rule": "clean.article.body_chars",
        "rule_version": "1", "evidence": "body_chars = 12, expected >= 100", "attempts": 1,
        "first_seen": START, "last_seen": START, "state": "quarantined", "run_id": "20260301T080000-a1",
        "transform_version": "1",
    }  # fmt: skip
    return Quarantine(**values | changes)


class Seen(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


TAGS = {
    "html", "head", "meta", "title", "style", "body", "main", "section", "h1", "h2", "h3", "p",
    "br", "span", "strong", "div", "table", "thead", "tbody", "tr", "th", "td", "code", "bdi",
    "ul", "li", "details", "summary", "footer", "a",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "dir", "charset", "http-equiv", "content", "name", "class", "id", "scope", "role",
    "tabindex", "aria-label", "aria-labelledby", "href",
}  # fmt: skip


def hostile_report(folder: Path) -> Path:
    return write_report(
        folder,
        run(state="held", message=HOSTILE, code_version=HOSTILE, transform_version=HOSTILE),
        [stage("ingest", "page")],
        [gate("clean.article.body_chars", "hold", observed=HOSTILE, threshold=HOSTILE,
              batch_id=HOSTILE)],
        [refusal(locator=HOSTILE, url=HOSTILE, evidence=HOSTILE, reason=HOSTILE, rule=HOSTILE,
                 record_id=HOSTILE)],
        {HOSTILE: HOSTILE},
        [AskedLine(HOSTILE, 1, 2, 3, 4, 5, 6, HOSTILE)],
    )  # fmt: skip


def test_sources_on_the_web_are_told_those_with_problems_first(tmp_path: Path) -> None:
    asked = [AskedLine("barq", 7, 1, 0, 0, 0, 0, None), AskedLine("naba", 0, 0, 0, 0, 2, 9, "503")]
    text = Seen(write_report(tmp_path, run(), [], [], [], asked=asked)).text
    assert "Sources on the web" in text
    assert text.index("naba") < text.index("barq")
    assert "503" in text
    assert "Sources on the web" not in Seen(write_report(tmp_path, run(), [], [], [])).text


@pytest.mark.parametrize("name", ["20260301T080000-a1.html", "index.html"])
def test_hostile_values_are_only_text(name: str, tmp_path: Path) -> None:
    report = hostile_report(tmp_path)
    seen = Seen(tmp_path / name)
    assert set(seen.tags) <= TAGS
    assert {attribute for _, attribute, _ in seen.attributes} <= ATTRIBUTES
    assert not re.search("[\u202e\u2066\u061c\x00\x1b]", (tmp_path / name).read_text("utf-8"))
    links = {value for tag, attribute, value in seen.attributes if attribute == "href"}
    assert links <= {"index.html", report.name}
    if name != "index.html":
        assert seen.text.count("<img src=x onerror=alert(2)>") >= 10, "shown, as text"
        assert "{{ 7*7 }}" in seen.text


def test_a_page_asks_for_nothing_and_runs_nothing(tmp_path: Path) -> None:
    write_report(tmp_path, run(), [], [], [refusal()])
    for page in tmp_path.glob("*.html"):
        text = page.read_text("utf-8")
        seen = Seen(page)
        policy = next(v for t, a, v in seen.attributes if a == "content" and "default-src" in v)
        style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
        assert style is not None
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
        assert not {"script", "img", "link", "iframe", "object", "form"} & set(seen.tags)
        assert not re.search(r"url\(|@import|src=", text)
        assert len(text.encode()) < 40_000


def test_it_is_arabic_with_an_english_twin(tmp_path: Path) -> None:
    seen = Seen(write_report(tmp_path, run(), [stage("ingest", "page")], [], []))
    assert ("html", "lang", "ar") in seen.attributes
    assert ("html", "dir", "rtl") in seen.attributes
    for ar, en in (("البوابات", "Gates"), ("المراحل", "Stages"), ("الحجر", "Quarantine")):
        assert ar in seen.text
        assert en in seen.text
    assert "1,234 pages = 1,200 published + 4 known + 30 quarantined + 0 held" in seen.text


def test_a_term_has_one_arabic_word(tmp_path: Path) -> None:
    rows = [refusal(n) for n in range(11)]
    text = Seen(write_report(tmp_path, run(), [stage("ingest", "page")], [], rows)).text
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
    report = write_report(tmp_path, run(state=state, message=message), [], [], [])
    seen = Seen(report)
    body = seen.text[seen.text.index("}\n") :]
    assert body.index(words) < body.index("Stages")
    if message:
        assert body.index(words) < body.index(message) < body.index("Stages")


def test_books_that_do_not_balance_are_named(tmp_path: Path) -> None:
    words = "The account does not add up"
    assert words not in Seen(write_report(tmp_path, run(), [], [], [])).text
    assert words in Seen(write_report(tmp_path, run(pages_held=1), [], [], [])).text


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


def test_reasons_by_frequency_with_a_few_samples() -> None:
    rows = [refusal(n) for n in range(7)] + [refusal(9, unit="article", reason="Other")]
    found = reasons(rows, run(pages_landed=70, articles_landed=10))
    assert [(reason.count, reason.share, len(reason.samples)) for reason in found] == [
        (7, 0.1, 5), (1, 0.1, 1),
    ]  # fmt: skip


def test_a_refusal_is_shown_with_its_evidence(tmp_path: Path) -> None:
    record = refusal(3)
    report = write_report(tmp_path, run(), [], [], [record], {record.record_id: "عاجل: بيان قصير"})
    text = Seen(report).text
    for words in (record.reason, record.evidence, record.locator, record.rule, "عاجل: بيان قصير"):
        assert words in text


def test_the_index_lists_every_run_newest_first(tmp_path: Path) -> None:
    for day in (1, 3, 2):
        started = START.replace(day=day)
        write_report(tmp_path, run(run_id=f"2026030{day}", started_at=started), [], [], [])
    (tmp_path / "notes.html").write_text("<p>not a report", "utf-8")
    (tmp_path / "torn.html").write_text('<meta name="khabar-run" content="{">', "utf-8")
    text = Seen(tmp_path / "index.html").text
    assert re.findall(r"2026030\d", text) == ["20260303", "20260302", "20260301"]
    assert "notes" not in text
    assert not list(tmp_path.glob("*.partial"))


def test_a_run_id_cannot_leave_the_folder(tmp_path: Path) -> None:
    report = write_report(tmp_path / "reports", run(run_id="../../x"), [], [], [])
    assert report.parent == tmp_path / "reports"
    assert report.name == ".._.._x.html"
