"""Feeds, sitemaps and address lists: what they name, in spite of how they are written."""

from __future__ import annotations

import gzip
from itertools import chain
from pathlib import Path

import pytest

from flows.outlet import Kind
from flows.sources.listing import DEFINES_ENTITIES, TOO_MANY, Listed, Listing, read_listing

BASE = "https://naba.example/feeds/rss.xml"
RSS = """<?xml version="1.0" encoding="{charset}"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>شبكة النبأ</title><link>https://naba.example/</link>{items}</channel></rss>"""
ITEM = """<item><title><![CDATA[افتتاح معرض الكتاب في الرباط]]></title>
<link>/news/1?utm_source=rss&amp;id=7#top</link><pubDate>الثلاثاء 3 جوان 2025</pubDate></item>"""


def read(kind: Kind, content: str | bytes, charset: str | None = None) -> Listing:
    raw = content.encode() if isinstance(content, str) else content
    return read_listing(Listed(kind, BASE, raw, charset))


def urls(listing: Listing) -> list[str]:
    return [entry.url for entry in listing.entries]


def rss(items: str = ITEM, charset: str = "utf-8") -> str:
    return RSS.format(items=items, charset=charset)


def test_an_entry_of_rss() -> None:
    (entry,) = read("feed", rss()).entries
    assert entry.url == "https://naba.example/news/1?id=7"
    assert entry.title == "افتتاح معرض الكتاب في الرباط"
    assert entry.published == "الثلاثاء 3 جوان 2025"
    assert entry.changed is None


@pytest.mark.parametrize("charset", ["windows-1256", "iso-8859-6", "utf-16"])
def test_old_encodings(charset: str) -> None:
    items = ITEM * 3
    (entry,) = read("feed", rss(items, charset).encode(charset)).entries
    assert entry.title == "افتتاح معرض الكتاب في الرباط"


def test_the_charset_of_the_transport() -> None:
    content = rss(ITEM * 3, "utf-8").encode("windows-1256")
    assert read("feed", content, "windows-1256").entries[0].title == "افتتاح معرض الكتاب في الرباط"


def test_atom_says_when_an_entry_changed() -> None:
    listing = read(
        "feed",
        """<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry>
        <title type="html">نبأ &amp;lt;b&amp;gt;</title>
        <link rel="self" href="/self"/><link rel="alternate" href="/news/3"/><id>urn:3</id>
        <published>2025-06-02T10:00:00Z</published><updated>2025-06-03T10:00:00Z</updated>
        </entry></feed>""",
    )
    (entry,) = listing.entries
    assert entry.url == "https://naba.example/news/3"
    assert (entry.published, entry.changed) == ("2025-06-02T10:00:00Z", "2025-06-03T10:00:00Z")


@pytest.mark.parametrize("said", ["2024-13-45T99:99:99Z", "0001-01-01T00:00:00Z", "9999-12-31"])
def test_absurd_dates_stay_as_they_are_written(said: str) -> None:
    (entry,) = read("feed", rss(f"<item><link>/1</link><dc:date>{said}</dc:date></item>")).entries
    assert entry.published == said


def test_a_nul_byte_ends_nothing() -> None:
    content = rss("<item><title>أ\x00ب</title><link>/1</link></item><item><link>/2</link></item>")
    assert urls(read("feed", content)) == ["https://naba.example/1", "https://naba.example/2"]


def test_entries_without_an_address_are_counted() -> None:
    items = "".join(
        f"<item><link>{link}</link></item>"
        for link in (
            "javascript:alert(1)",
            "",
            "ftp://a.example/x",
            "/ok",
            "http://[bad",
            "http://no host/",
            "/ok#again",
        )
    )
    listing = read("feed", rss(items))
    assert urls(listing) == ["https://naba.example/ok"]
    assert listing.dropped == 5


def test_a_guid_that_is_an_address_stands_for_a_link() -> None:
    items = '<item><guid isPermaLink="true">https://naba.example/9</guid></item>'
    assert urls(read("feed", rss(items))) == ["https://naba.example/9"]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("feed", "<html><body>صفحة</body></html>"),
        ("feed", ""),
        ("feed", "{}"),
        ("feed", "<rss version='2.0'><channel><item><link>a</item></link></channel></rss>"),
        ("feed", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
        ("sitemap", "<html><body>صفحة</body></html>"),
        ("sitemap", b"\x1f\x8b broken"),
        pytest.param("sitemap", gzip.compress(b"<urlset><url>")[:-6], id="cut gzip"),
        pytest.param("sitemap", gzip.compress(bytes(60_000_000)), id="bomb"),
    ],
)  # fmt: skip
def test_what_is_no_list_says_so(kind: Kind, content: str | bytes) -> None:
    listing = read(kind, content)
    assert listing.entries == []
    assert listing.problem


BILLION = "<!DOCTYPE lolz [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {b} '{'&' + a + ';' * 1}{('&' + a + ';') * 9}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip
EXTERNAL = '<!DOCTYPE foo [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("doctype", [BILLION, EXTERNAL])
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_entities_are_not_unfolded(doctype: str, charset: str, kind: Kind) -> None:
    inner = "<rss version='2.0'><channel><item><link>/&i;&x;</link></item></channel></rss>"
    if kind == "sitemap":
        inner = "<urlset><url><loc>https://naba.example/&i;&x;</loc></url></urlset>"
    content = f"<?xml version='1.0' encoding='{charset}'?>{doctype}{inner}"
    listing = read(kind, content.encode(charset))
    assert (listing.entries, listing.problem) == ([], DEFINES_ENTITIES)


NEWS = """<?xml version="1.0"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://naba.example/4 </loc><lastmod>2025-06-01</lastmod>
<image:image><image:loc>https://naba.example/4.jpg</image:loc></image:image>
<news:news><news:publication><news:name>النبأ</news:name></news:publication>
<news:publication_date>2025-05-31</news:publication_date><news:title>عنوان</news:title></news:news>
</url><url><loc>/5</loc></url></urlset>"""


@pytest.mark.parametrize(
    "content", [NEWS.encode(), gzip.compress(NEWS.encode())], ids=["plain", "gz"]
)
def test_a_news_sitemap(content: bytes) -> None:
    first, second = read("sitemap", content).entries
    assert first == ("https://naba.example/4", "عنوان", "2025-05-31", "2025-06-01")
    assert second.url == "https://naba.example/5"


def test_the_newest_pages_of_a_sitemap_come_first() -> None:
    content = "".join(
        f"<url><loc>/{day}</loc><lastmod>2025-06-{day}</lastmod></url>"
        for day in ("01", "03", "02")
    )
    listing = read("sitemap", f"<urlset><url><loc>/undated</loc></url>{content}</urlset>")
    assert [url[-2:] for url in urls(listing)] == ["03", "02", "01", "ed"]


def test_an_address_broken_over_lines_is_joined_one_with_blanks_keeps_them() -> None:
    content = "<urlset><url><loc>/a\n   b</loc></url><url><loc> /c d </loc></url></urlset>"
    assert [url[-4:] for url in urls(read("sitemap", content))] == ["e/ab", "%20d"]


def test_an_index_names_sitemaps_the_last_changed_first() -> None:
    listing = read(
        "sitemap",
        "<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>2024-01-01</lastmod></sitemap>"
        "<sitemap><loc>/b.xml</loc><lastmod>2025-01-01</lastmod></sitemap></sitemapindex>",
    )
    assert [entry.url for entry in listing.more] == [
        "https://naba.example/b.xml",
        "https://naba.example/a.xml",
    ]
    assert listing.problem is None


def test_a_broken_sitemap_gives_what_can_be_read() -> None:
    content = "<urlset><url><loc>/1</loc></url><url><loc>/2 & more</loc></url><url><loc>/3</loc>"
    assert "https://naba.example/1" in urls(read("sitemap", content))


def test_a_list_of_addresses() -> None:
    content = "\ufeff# ملاحظة\nhttps://naba.example/1 note\r\n\n/2\nnot an address ://\nhttps://naba.example/1"
    listing = read("urls", content)
    assert urls(listing) == [
        "https://naba.example/1",
        "https://naba.example/2",
        "https://naba.example/feeds/not",
    ]


def test_a_sitemap_may_be_plain_text() -> None:
    assert urls(read("sitemap", "https://naba.example/1\nhttps://naba.example/2\n")) == [
        "https://naba.example/1",
        "https://naba.example/2",
    ]


@pytest.mark.parametrize("kind", ["sitemap", "urls"])
def test_no_more_is_read_than_a_list_may_name(kind: Kind) -> None:
    lines = [f"https://naba.example/{n}" for n in range(60_000)]
    content = "\n".join(lines)
    if kind == "sitemap":
        content = "<urlset>" + "".join(f"<url><loc>{x}</loc></url>" for x in lines) + "</urlset>"
    listing = read(kind, content)
    assert len(listing.entries) == 50_000
    assert listing.problem == TOO_MANY


def test_no_content_raises() -> None:
    hostile = chain(
        (
            b"<" * 100_000,
            b"<urlset>" + b"<url>" * 50_000,
            b"<rss version='2.0'>" + b"<a b='" * 9_999,
            b"<?a b?><url><loc>/1</loc></url>",
        ),
        (bytes([n]) * 1_000 for n in range(0, 256, 7)),
    )
    for content in hostile:
        for kind in ("sitemap", "urls", "feed"):
            assert isinstance(read(kind, content), Listing)  # type: ignore[arg-type]


def test_a_feed_that_is_called_as_a_file_opens_none(tmp_path: Path) -> None:
    local = tmp_path / "local.xml"
    local.write_text(rss("<link>https://a.example/secret</link>"), "utf-8")
    listing = read_listing(Listed("feed", BASE, str(local).encode(), None))
    assert not listing.entries
    assert listing.problem
