"""Landing: every record becomes a page of the contract, or a refusal that says why not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from transforms.ingest.address import canonical_url
from transforms.ingest.land import MAX_PAYLOAD_BYTES, land, page_id_of
from transforms.ingest.record import Given, RawRecord
from transforms.plain import one_line
from transforms.refusal import Refusal
from transforms.stamp import Stamp
from warehouse.tables import Page
from warehouse.tables.arrow import from_arrow, to_arrow

STAMP = Stamp("run-1", "7")
TEXT = "عنوان الخبر\r\nقال الوزير إن الجسر الجديد سيفتح يوم الأحد.\n"


def plain(payload: bytes, **more: object) -> RawRecord:
    return RawRecord("outlet", "folder/a.txt", payload, "text/plain", **more)  # type: ignore[arg-type]


def html(payload: bytes, **more: object) -> RawRecord:
    return RawRecord("outlet", "folder/a.html", payload, "text/html", **more)  # type: ignore[arg-type]


def page(record: RawRecord) -> Page:
    landed = land(record, STAMP)
    assert isinstance(landed, Page), landed
    return landed


def refusal(record: RawRecord) -> Refusal:
    landed = land(record, STAMP)
    assert isinstance(landed, Refusal), landed.text[:100]
    assert landed.record_id == landed.page_id == page_id_of(record)
    assert landed.unit == "page"
    return landed


def test_a_text_file_is_its_own_text() -> None:
    landed = page(plain(b"\xef\xbb\xbf" + TEXT.encode()))
    assert landed.text == TEXT
    assert (landed.markup, landed.media_type) == (None, "text/plain")
    assert (landed.charset, landed.charset_rule) == ("utf-8", "bom")
    assert landed.text_chars == len(TEXT)
    assert landed.payload_bytes == len(TEXT.encode()) + 3
    assert (landed.run_id, landed.transform_version) == ("run-1", "7")


def test_an_html_page_keeps_its_markup_beside_its_text() -> None:
    markup = "<title>ت</title><h1>عنوان</h1><script>x</script><p>نص الخبر</p>"
    landed = page(html(markup.encode("cp1256"), charset="windows-1256"))
    assert landed.text == "عنوان\nنص الخبر"
    assert landed.markup == markup
    assert (landed.charset, landed.charset_rule) == ("windows-1256", "declared")


def test_a_record_is_title_summary_and_text_in_lines() -> None:
    given = Given("عنوان ", "متن\nثان", "ملخص", "2020-05-03", "صحيفة", " ", None, "سياسة")
    fetched = datetime(2020, 5, 4, tzinfo=UTC)
    record = RawRecord(
        "outlet", "f.jsonl#1", b"{...}", "record", "https://x.example.org/1", None, fetched, given
    )
    landed = page(record)
    assert landed.text == "عنوان \nملخص\nمتن\nثان"
    assert landed.given_title == "عنوان "
    assert landed.given_summary == "ملخص"
    assert landed.given_published == "2020-05-03"
    assert landed.given_byline is None
    assert (landed.fetched_at, landed.url) == (fetched, "https://x.example.org/1")
    assert page(record._replace(given=Given(text="متن"))).text == "متن"
    assert page(record._replace(given=Given("  ", "متن", ""))).text == "متن"


def test_markup_in_a_column_of_text_is_rendered() -> None:
    given = Given(
        "افتتاح &quot;متحف&quot; <b>المدينة</b>", "<p>متن&nbsp;أول</p><p>متن <a href='x'>ثان</a></p>",
        "ثمن 3 < 5 و 7 > 2",
    )  # fmt: skip
    landed = page(RawRecord("outlet", "f.jsonl#1", b"{...}", "record", given=given))
    assert landed.given_title == 'افتتاح "متحف" المدينة'
    assert landed.given_summary == "ثمن 3 < 5 و 7 > 2"
    assert landed.text == f"{landed.given_title}\n{landed.given_summary}\nمتن أول\nمتن ثان"
    only = page(RawRecord("o", "f#1", b"{}", "record", given=Given(text="<p>متن</p>" * 3)))
    assert only.text == "متن\nمتن\nمتن"


def test_what_no_table_can_hold_is_replaced_and_counted() -> None:
    body = "ن" * 500
    given = Given(title="ع\ud800نوان", text=f"{body}\x00{body}", byline="كا\udc00تب")
    landed = page(RawRecord("outlet", "f\udcff.jsonl#1", b"{}", "record", "u\ud800", given=given))
    assert landed.text == f"ع\ufffdنوان\n{body}\ufffd{body}"
    assert landed.replacement_chars == 2
    assert landed.given_byline == "كا\ufffdتب"
    assert landed.locator == "f\ufffd.jsonl#1"
    assert from_arrow(Page, to_arrow(Page, [landed])) == [landed]


def test_controls_are_counted_and_left() -> None:
    landed = page(plain("سطر\tأول\r\nسطر\x0b\x1b[31m\x85 ثان".encode()))
    assert landed.control_chars == 3
    assert "\x1b" in landed.text


def test_identity_depends_on_payload_source_and_address_alone() -> None:
    record = plain(TEXT.encode())
    assert page(record).page_id == page_id_of(record)
    same = page_id_of(record._replace(locator="elsewhere.txt", charset="utf-8"))
    assert page_id_of(record) == same
    others = [
        record._replace(payload=b"other"),
        record._replace(source_id="other"),
        record._replace(url="https://x.example.org/1"),
    ]
    assert len({page_id_of(record), *map(page_id_of, others)}) == 4


def test_one_address_is_one_document_however_it_is_spelled() -> None:
    url = "https://x.example.org/1?id=5"
    spelled = "HTTPS://X.Example.org:443/1?utm_source=a&id=5&fbclid=b#comments"
    first, second = (page(plain(TEXT.encode(), url=u)) for u in (url, spelled))
    assert first.document_id == second.document_id
    assert first.page_id != second.page_id
    assert page(plain(b"changed text", url=url)).document_id == first.document_id
    assert page(plain(TEXT.encode())).document_id != first.document_id


def test_a_page_without_an_address_takes_the_one_it_gives_itself() -> None:
    markup = b'<link rel=canonical href="https://x.example.org/1"><p>text'
    landed = page(html(markup))
    assert landed.url == "https://x.example.org/1"
    assert landed.page_id == page_id_of(html(markup)), "known before the page is decoded"
    assert page(html(markup, url="https://y.example.org/")).url == "https://y.example.org/"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (None, None),
        ("", None),
        (" ", None),
        ("/path", "/path"),
        ("http://[broken", "http://[broken"),
        ("http://x.example.org", "http://x.example.org/"),
        ("http://x.example.org:8080/a#b", "http://x.example.org:8080/a"),
        ("http://x.example.org/#!/a", "http://x.example.org/#!/a"),
        ("http://x.example.org/ا?q=ب", "http://x.example.org/%D8%A7?q=%D8%A8"),
        ("http://x.example.org/%d8%a7?q=%d8%a8", "http://x.example.org/%D8%A7?q=%D8%A8"),
        ("http://x.example.org/a/../b/./c/%2e%2e", "http://x.example.org/b/"),
        ("http://x.example.org/../..//a/", "http://x.example.org//a/"),
        ("http://x.example.org/%7ea%2fb%zz", "http://x.example.org/~a%2Fb%zz"),
        ("http://x.example.org/%%66/%6%361", "http://x.example.org/%%66/%6%361"),
        ("http://x.example.org.:80/a", "http://x.example.org/a"),
        ("http://x.example.org.:8080/a", "http://x.example.org:8080/a"),
        ("http://x.example.org:/a", "http://x.example.org/a"),
        ("http://x.example.org:./a", "http://x.example.org/a"),
        ("http://x.example.org:80./a", "http://x.example.org/a"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
    ],
)
def test_canonical_address(url: str | None, canonical: str | None) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize(
    ("record", "rule"),
    [
        (plain(b""), "ingest.empty"),
        (plain(b" \r\n\t"), "ingest.empty"),
        (plain("\ufeff\u00a0\u2003".encode()), "ingest.empty"),
        (html(b""), "ingest.empty"),
        (html(b"<script>var page = 1</script>"), "ingest.no-text"),
        (RawRecord("o", "l", b"{}", "record", given=Given("t", " ")), "ingest.no-text"),
        (RawRecord("o", "l", b"{}", "record"), "ingest.no-text"),
        (plain(b"x" * (MAX_PAYLOAD_BYTES + 1)), "ingest.too-large"),
        (plain(TEXT.encode()[::-1] * 3), "ingest.undecodable"),
        (plain(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20), "ingest.undecodable"),
        (plain(b"a\x00b\x00c\x00" * 100), "ingest.undecodable"),
        (html(b"<p>" + "\ufffd".encode() * 9), "ingest.undecodable"),
        (html(b"<div>" * 100_000 + b"x"), "ingest.markup-flood"),
    ],
)
def test_no_page_and_why(record: RawRecord, rule: str) -> None:
    refused = refusal(record)
    assert refused.rule == rule
    assert refused.reason
    assert refused.evidence == one_line(refused.evidence)
    assert len(refused.evidence) <= 200


def test_a_few_damaged_bytes_are_counted_many_are_refused() -> None:
    sound_text = ("خبر سليم " * 400).encode()
    landed = page(plain(sound_text + b"\xff" * 5))
    assert landed.replacement_chars == 5
    refused = refusal(plain(sound_text + b"\xff" * 50))
    assert (refused.rule, refused.evidence[:3]) == ("ingest.undecodable", "50 ")


def test_what_the_reader_refused_stays_refused() -> None:
    record = plain(b"x")._replace(refused=("ingest.broken-line", "why", "line\x1b\n" + "x" * 500))
    refused = refusal(record)
    assert (refused.rule, refused.reason) == ("ingest.broken-line", "why")
    assert refused.evidence.isprintable()
