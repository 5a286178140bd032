"""What only the texts themselves can tell: do the spans of a batch's rows give what the rows say?

Counts for the frame of the tag stage, one row an article. Python slices a text by code point at
once, where SQL counts from the text's start for every span.

What must be equal: a body span is the surface to the code point. A page span is that too after
`tidy`, since a body has its letters normalised and a value stands on one line. A date's words, read
again, give its value. The segments of a body give the body after `tidy`, since its paragraphs are
joined by one newline whatever stands between them on the page. Nearly everything is equal as it
stands, so that is asked first and the rest only where it is not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.clean.body import assemble
from transforms.clean.letters import INVISIBLE, normalise, tidy
from warehouse.repeats import repeated_shares
from warehouse.staging import Batch
from warehouse.tables import Article, DateMention, Mention, Page, Row
from warehouse.tables.tag import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection

Span = tuple[int, int]

#: Every other page has one of these two, and few have anything else that is normalised.
_HARD_SPACE, _TATWEEL = "\u00a0", "\u0640"

_NUMBER = re.compile(r"\d{4}")
#: Fields whose value is a date: as stated, or (0, 1) the first or last day that the words allow.
_DATES: dict[str, int | None] = {
    "published_at": None, "modified_at": None, "crawled_at": None,
    "published_not_before": 0, "published_not_after": 1,
}  # fmt: skip
_COUNTS = (
    "chars", "body_unlike_segments", "mentions_misplaced", "mentions_unlike_page",
    "dates_misplaced", "dates_unlike_page", "evidence_unlike_page",
)  # fmt: skip


_SHARES = ("repeated_share", "furniture_share")


class Texts(NamedTuple):
    """The articles of a batch by their number: bodies, their pages' texts, and their own spans.

    `spans` holds the segments of kind body and of kind title of each article, in order.
    """

    keys: pa.Table
    bodies: list[str]
    pages: list[str]
    spans: dict[str, list[list[Span]]]


def read_columns(path: Path, columns: list[str]) -> pa.Table:
    """Read columns with long texts, which pyarrow decodes twice as fast as DuckDB."""
    with pq.ParquetFile(path) as file:
        return file.read(columns, use_threads=False)


def count_unlike(connection: DuckDBPyConnection, batch: Batch) -> pa.Table:
    """Return a row an article: its body's real length and repetitions, how many spans do not hold.

    The connection has the views `segments`, `evidence`, `mentions` and `dates` of the batch.
    """
    texts = _texts(connection, batch)
    mentions, dates = (
        _count_surfaces(connection, texts, model.table) for model in (Mention, DateMention)
    )
    counts = (
        [len(body) for body in texts.bodies],
        _count_bodies(texts),
        *mentions,
        *dates,
        _count_evidence(connection, texts),
    )
    keys = texts.keys.select(["article_id", "version"]).columns
    arrays = [*keys, *(pa.chunked_array([count], pa.int64()) for count in counts)]
    arrays += [pa.chunked_array([share], pa.float64()) for share in repeated_shares(texts.bodies)]
    return pa.Table.from_arrays(arrays, names=["article_id", "version", *_COUNTS, *_SHARES])


def _texts(connection: DuckDBPyConnection, batch: Batch) -> Texts:
    """Return the texts; an article whose page was not staged has an empty one.

    The articles stand in the connection as `numbered` from here on.
    """
    wanted = ["article_id", "version", "page_id", "body"]
    articles = _staged(batch, "clean", Article, wanted)
    pages = _staged(batch, "ingest", Page, ["page_id", "text"])
    by_id = dict(zip(*(column.to_pylist() for column in pages.columns), strict=True))
    bodies: list[Any] = articles.column("body").to_pylist()
    page_ids: list[Any] = articles.column("page_id").to_pylist()
    keys = articles.drop_columns("body").append_column(
        "number", pa.array(range(len(bodies)), pa.int64())
    )
    connection.register("numbered", keys)
    spans = _own_spans(connection, len(bodies))
    return Texts(keys, bodies, [by_id.get(page_id, "") for page_id in page_ids], spans)


def _staged(batch: Batch, stage: str, model: type[Row], columns: list[str]) -> pa.Table:
    path = batch.path(stage, model.table)
    if path.exists():
        return read_columns(path, columns)
    return pa.table({name: pa.array([], pa.string()) for name in columns})


def _own_spans(connection: DuckDBPyConnection, articles: int) -> dict[str, list[list[Span]]]:
    """Return the spans of each article's title and body by kind; two versions share no page."""
    spans: dict[str, list[list[Span]]] = {
        kind: [[] for _ in range(articles)] for kind in get_args(Part)
    }
    query = """
        SELECT s.kind, n.number, s.start, s."end" FROM segments s JOIN numbered n
        ON n.article_id = s.article_id AND n.page_id = s.page_id
        WHERE s.kind IN ('title', 'body') ORDER BY n.number, s.start
    """
    for kind, number, start, end in _rows(connection, query):
        spans[kind][number].append((start, end))
    return spans


def _columns(connection: DuckDBPyConnection, query: str) -> list[list[Any]]:
    return [column.to_pylist() for column in connection.execute(query).to_arrow_table().columns]


def _rows(connection: DuckDBPyConnection, query: str) -> Iterator[tuple[Any, ...]]:
    return zip(*_columns(connection, query), strict=True)


def _count_surfaces(
    connection: DuckDBPyConnection, texts: Texts, table: str
) -> tuple[list[int], list[int]]:
    """Return for each article how many rows have another surface in the body, and on the page.

    On the page the span lies within one segment of the article's own title or body as well: the
    same words in a menu or in another article are not what the row was read from.
    """
    bodies, pages, spans = texts.bodies, texts.pages, texts.spans
    misplaced, unlike = [0] * len(bodies), [0] * len(bodies)
    query = f"""
        SELECT number, part, start, "end", page_start, page_end, surface
        FROM {table} JOIN numbered USING (article_id, version)
    """  # noqa: S608 - names of declared tables
    number, part, start, end, page_start, page_end, surface = _columns(connection, query)
    for n, first, last, words in zip(number, start, end, surface, strict=True):
        if bodies[n][first:last] != words or (first or 0) < 0:
            misplaced[n] += first is not None and last is not None
    for n, kind, first, last, words in zip(
        number, part, page_start, page_end, surface, strict=True
    ):
        shown = pages[n][first:last]
        if (
            kind not in spans  # the part itself breaks its contract
            or (shown != words and tidy(shown) != tidy(words))
            or not _within(first, last, spans[kind][n])
        ):
            unlike[n] += 1
    return misplaced, unlike


def _within(start: int, end: int, spans: list[Span]) -> bool:
    """Return whether one of the spans holds start to end, which is not empty."""
    for first, last in spans:  # noqa: SIM110 - mostly one or two, for which any() takes twice as long
        if first <= start < end <= last:
            return True
    return False


def _count_evidence(connection: DuckDBPyConnection, texts: Texts) -> list[int]:
    """Return for each article how many candidate values are not what their span says."""
    unlike = [0] * len(texts.bodies)
    query = """
        SELECT number, page_start, page_end, value, field
        FROM evidence JOIN numbered USING (article_id, version)
        WHERE page_start IS NOT NULL AND page_end IS NOT NULL
    """
    for number, start, end, value, field in _rows(connection, query):
        shown = texts.pages[number][max(start, 0) : end]
        right = _dates_to(shown, field, value) if field in _DATES else _gives(shown, value)
        unlike[number] += not right
    return unlike


def _count_bodies(texts: Texts) -> list[int]:
    """Return for each article 1 where its segments of kind body do not give its body, else 0."""
    return [
        int(not _assembles(page, own, body))
        for page, own, body in zip(texts.pages, texts.spans["body"], texts.bodies, strict=True)
    ]


def _gives(shown: str, value: str) -> bool:
    return shown == value or tidy(shown) == tidy(value)


@lru_cache(maxsize=4096)
def _dates_to(shown: str, field: str, value: str) -> bool:
    """Return whether words, read again, are a date of this value, or of this first or last day.

    A batch has many pages of one day. The outlet's country, which decides the order of a numeric
    date and the calendar of a year like 1440, is not in the frames: any country's reading counts.
    A bare year is a date only by the words before it (منذ 2005م), so its number is enough.
    """
    from transforms.clean.when import days_of, resolve

    bound, is_date = _DATES[field], False
    for country in _readings():
        found = resolve(shown, country)
        if found is None or found.iso is None:
            continue
        is_date = True
        if value == (found.iso if bound is None else str(days_of(found.iso)[bound])):
            return True
    return not is_date and value[:4] in (str(int(number)) for number in _NUMBER.findall(shown))


@lru_cache(maxsize=1)
def _readings() -> tuple[str | None, ...]:
    """Return no country, then one for each way in which countries write numeric dates."""
    from transforms.clean.dates_lexicon import country_rules

    rules = country_rules()
    return None, *{(row["order"], row["unmarked"]): code for code, row in rules.items()}.values()


def _assembles(page: str, spans: list[Span], body: str) -> bool:
    """Return whether spans of a page give a body.

    A paragraph that differs is normalised alone. Whether a word keeps its Persian letters depends
    on the whole text, so what differs still is assembled as a whole.
    """
    lines = [
        shown
        for start, end in spans
        for line in page[start:end].replace(_HARD_SPACE, " ").replace(_TATWEEL, "").split("\n")
        if (shown := line.strip(INVISIBLE))
    ]
    if "\n".join(lines) == body:
        return True
    paragraphs = body.split("\n")
    if len(lines) == len(paragraphs) and all(
        a == b or normalise(a).text == b for a, b in zip(lines, paragraphs, strict=True)
    ):
        return True
    return _gives(assemble(page, spans).text, body)
