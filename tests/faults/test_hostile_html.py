"""Hostile HTML through the guard that a run uses: a right result or a reason, never a hang.

The limits are those of a run as it is configured by default; that nothing reaches them is what is
tested: a page that had to be killed would have cost ten seconds of everybody's time.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import partial

import pytest

from flows.guard import Done, Guard
from flows.settings import Settings
from flows.work import LandedChunk, clean_chunk, land_chunk
from tests.clean_pages import NOBEL, NOBEL_TITLE
from transforms.ingest.record import RawRecord
from transforms.stamp import Stamp
from warehouse.tables import Article, Page, Segment, Source
from warehouse.tables.arrow import from_arrow

pytestmark = pytest.mark.slow

STAMP, SOURCE = Stamp("hostile", "0"), Source(source_id="hostile")
STORY = f"<h1>{NOBEL_TITLE}</h1><div>{''.join(f'<p>{line}</p>' for line in NOBEL)}</div>"
BODY = "\n".join(NOBEL)
LINK = "<a href=/1>خبر آخر من أخبار اليوم</a>"
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))

#: Pages with an article in them that is read all the same.
READ = {
    "as it is": STORY,
    "nested 5,000 deep": "<div>" * 5_000 + STORY + "</div>" * 5_000,
    "nested 15,000 deep, never closed": "<div>" * 15_000 + STORY,
    "inline elements 15,000 deep": "<b>" * 15_000 + "</b>" * 15_000 + STORY,
    "unknown elements 50,000 deep": "<x-y>" * 50_000 + "</x-y>" * 50_000 + STORY,
    "40,000 links above": f"<div>{LINK * 40_000}</div>{STORY}",
    "40,000 items below": f"<main>{STORY}</main><ul>{f'<li>{LINK}</li>' * 40_000}</ul>",
    "60,000 short paragraphs below": f"<main>{STORY}</main><div>{'<p>س</p>' * 60_000}</div>",
    "10,000 comments below": f"<main>{STORY}</main><h3>التعليقات</h3>"
    + f"<div class=c><b>قارئ</b><p>{NOBEL[0]}</p><i>1</i></div>" * 10_000,
    "50,000 meta elements": "<meta property='article:tag' content='وسم'>" * 50_000 + STORY,
    "20,000 headlines": f"{STORY}<footer>{f'<h1>{NOBEL_TITLE}</h1>' * 20_000}</footer>",
    "5,000 blocks of JSON-LD": "<script type='application/ld+json'>{\"@type\":\"NewsArticle\"}</script>"
    * 5_000 + STORY,
    "JSON-LD 100,000 deep": f"<script type='application/ld+json'>{'[' * 100_000}</script>{STORY}",
    "1,900 attributes": f"<div {' '.join(f'a{n}=1' for n in range(1_900))}>{STORY}</div>",
    "an image written into its tag": f"<img src='data:image/png;base64,{'QUJD' * 1_000_000}'>{STORY}",
    "a billion laughs": f'<!DOCTYPE html [<!ENTITY a0 "ha">{LAUGHS}]>{STORY}<footer>&a8;</footer>',
    "a class name of 5 MB": f"<div class='{'a-' * 2_500_000}'>{STORY}</div>",
    "a script of 15 MB": f"<script>{'x=1;' * 3_750_000}</script>{STORY}",
    "a comment of 15 MB": f"<!--{'--x' * 5_000_000}-->{STORY}",
}  # fmt: skip

#: Pages that show no article, or too much to be one: they end, whatever they are taken for.
ENDED = {
    "60,000 paragraphs of prose": f"<p>{NOBEL[0]}</p>" * 60_000,
    "60,000 breaks in one element": f"<div>{f'{NOBEL[0]}<br>' * 60_000}</div>",
    "19,000 nested paragraphs": f"<div>{NOBEL[0]}" * 19_000,
    "9,000 nested lists": f"<ul><li>{NOBEL[0]}</li>" * 9_000,
    "20,000 cells": f"<table>{f'<tr><td>{NOBEL[0]}<td>{LINK}</tr>' * 10_000}</table>",
    "10,000 boxes of one kind": f"<div class=k><i>س</i><p>{NOBEL[0]}</p><i>ص</i></div>" * 10_000,
    "one line of 19 MB": "خبر " * 2_700_000,
    "one word of 19 MB": "خ" * 9_500_000,
    "50,000 times": f"<main>{STORY}</main>" + "<i><time datetime=2015-10-09>x</time></i>" * 50_000,
    "a million entities": f"<main>{STORY}</main><footer>{'&amp;' * 1_000_000}</footer>",
    "tags that never end": "<" * 300_000 + "&" * 300_000,
}

#: What ends in quarantine before anything parses it, and the rule that says why.
REFUSED = {
    "200,000 attributes": ("<p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">x").encode(),
    "nested 100,000 deep": b"<div>" * 100_000 + b"x",
    "20 MB and more": b"<p>" + b"x" * 20_000_000,
    "nothing but a comment": b"<!-- " + STORY.encode(),
    "nothing that shows": b"<textarea>" + STORY.encode(),
    "gzip inside": gzip.compress(STORY.encode() * 50),
    "a gzip bomb": gzip.compress(bytes(300_000_000)),
}
RULES = {
    "200,000 attributes": "ingest.markup-flood", "nested 100,000 deep": "ingest.markup-flood",
    "20 MB and more": "ingest.too-large", "nothing but a comment": "ingest.no-text",
    "nothing that shows": "ingest.no-text", "gzip inside": "ingest.undecodable",
    "a gzip bomb": "ingest.undecodable",
}  # fmt: skip


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    limits = Settings()
    with Guard(2, limits.seconds_per_page, limits.memory_limit_mb, chunk=1) as guard:
        yield guard


def record(payload: str | bytes) -> RawRecord:
    data = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else payload
    return RawRecord("hostile", "page.html", data, "text/html")


def land(guard: Guard, *records: RawRecord) -> list[LandedChunk]:
    outcomes = list(guard.map(partial(land_chunk, stamp=STAMP), records))
    assert [o for o in outcomes if not isinstance(o, Done)] == []
    return [o.result for o in outcomes if isinstance(o, Done)]


def clean(guard: Guard, *records: RawRecord) -> list[tuple[Page, list[Article], list[Segment]]]:
    pages = [page for chunk in land(guard, *records) for page in from_arrow(Page, chunk.pages)]
    assert len(pages) == len(records)
    outcomes = list(guard.map(partial(clean_chunk, source=SOURCE, stamp=STAMP), pages))
    assert [o for o in outcomes if not isinstance(o, Done)] == []
    found = [o.result for o in outcomes if isinstance(o, Done)]
    return [
        (page, from_arrow(Article, each[Article.table]), from_arrow(Segment, each[Segment.table]))
        for page, each in zip(pages, found, strict=True)
    ]


def test_an_article_is_read_whatever_stands_around_it(guard: Guard) -> None:
    cleaned = clean(guard, *map(record, READ.values()))
    bodies = {
        name: found[1][0].body if found[1] else None
        for name, found in zip(READ, cleaned, strict=True)
    }
    assert {name for name, body in bodies.items() if body != BODY} == set()


def test_what_is_no_article_ends_and_its_segments_cover_it(guard: Guard) -> None:
    for page, _, segments in clean(guard, *map(record, ENDED.values())):
        ends = [0, *(segment.end for segment in segments)]
        assert [segment.start for segment in segments] == ends[:-1]
        assert ends[-1] == len(page.text)


def test_what_cannot_be_a_page_is_refused_with_a_reason(guard: Guard) -> None:
    landed = land(guard, *map(record, REFUSED.values()))
    refusals = [refusal for chunk in landed for refusal in chunk.refusals]
    assert dict(zip(REFUSED, (r.rule for r in refusals), strict=True)) == RULES
    assert all(refusal.reason and refusal.evidence.isprintable() for refusal in refusals)


@pytest.mark.parametrize(
    "sign", ["&#0;", "&#xD800;", "\x00", "\ud800", "\u202e", "&#x202E;", "\ufffe"]
)
def test_a_sign_that_is_no_text_cuts_no_text_short(guard: Guard, sign: str) -> None:
    ((page, articles, _),) = clean(guard, record(STORY.replace("أوسلو", f"أو{sign}سلو")))
    page.text.encode()
    lines = articles[0].body.split("\n")
    assert lines[1:] == list(NOBEL[1:])
    assert lines[0].startswith("أعلنت لجنة نوبل في أو") and lines[0].endswith(NOBEL[0][40:])
