"""What of a forgotten page stands where no column names a page: lines, observed values, reports."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from expectations.report.mask import mask_reports
from flows import forget_held
from flows.forget_held import held_pages, take_out_of_held
from flows.leftovers import HELD, mark_held
from transforms.plain import plain
from warehouse import forget, traces
from warehouse.forgotten import Forgotten, address_sha256, forgotten
from warehouse.home import Home
from warehouse.journals import journal_lines, named_beside, take_out_of_journals
from warehouse.quoting import Quoted
from warehouse.staging import Batch
from warehouse.store import Store
from warehouse.tables import Article, Fetch, LineIndex, Mention, Page, Row, Tombstone
from warehouse.tables.arrow import to_arrow

AT = datetime(2026, 3, 5, tzinfo=UTC)
TEXT = "ياقوت الحموي يعود إلى بلده\nعاد ياقوت الحموي أمس إلى بلده بعد غياب طويل\nتابعونا على قناتنا"
OTHER = "افتتاح سوق الكتب القديمة\nافتتح أمس سوق الكتب القديمة وسط حضور كبير\nتابعونا على قناتنا"
URL = "https://akhbar.example/yaqut"


def a_line(article: Row, line: str, number: int, stories: int = 1) -> LineIndex:
    return LineIndex(
        source_id="akhbar", line_hash=f"{number:016x}", evidence_id=1, kind="title",
        stories=stories, documents=30, article_id=article.article_id, line=line,  # type: ignore[attr-defined]
        run_id="run-1", transform_version="1",
    )  # fmt: skip


def go(store: Store, *page_ids: str, url: str | None = None) -> list[Tombstone]:
    with store.reading() as connection:
        found = traces.find(connection, page_ids, url)
        quotes = traces.quoted(connection, found)
        counts = traces.counts_by_page(connection, found)
    rows = forget.tombstones_of(found, counts, None, AT, frozenset())
    store.forget(lambda connection: forget.write(connection, found, quotes, rows, AT))
    return rows


def asked(store: Store, query: str) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def page(rows: ModuleType, home: Path, store: Store) -> str:
    """The id of the page to forget, published beside another, with lines, and words in gates."""
    mine = rows.a_page(TEXT, url=URL)
    batch = rows.stage(rows.a_batch(home), [mine, rows.a_page(OTHER)])
    article = rows.an_article(mine)
    headline, _, shared = TEXT.splitlines()
    lines = [a_line(article, headline, 1), a_line(article, shared, 2, stories=2)]
    said = rows.a_result(
        batch, rule="clean.title", success=False, observed=f"قصير, {headline}", failed=2
    )
    number = rows.a_result(batch, rule="clean.body_chars", observed="12, 14")
    run = rows.a_run().model_copy(update={"message": f"held: observed {headline}, expected more"})
    store.publish(run, [batch], [], [said, number], [], [rows.a_source()], lines)
    return str(mine.page_id)


def test_lines_lose_their_words_and_stay_known(store: Store, page: str) -> None:
    go(store, page)
    kept = asked(store, "SELECT line_hash, line, article_id FROM lake.line_index ORDER BY 1")
    [(other,)] = asked(store, "SELECT article_id FROM lake.articles")
    assert kept == [
        (f"{1:016x}", "(forgotten)", "0" * 32),
        (f"{2:016x}", TEXT.splitlines()[2], other),
    ]


def test_what_gates_and_runs_have_said_is_taken_out(store: Store, page: str) -> None:
    go(store, page)
    observed = asked(store, "SELECT rule, observed FROM lake.gate_results ORDER BY rule")
    assert observed == [("clean.body_chars", "12, 14"), ("clean.title", "(forgotten)")]
    assert asked(store, "SELECT run_id, message FROM lake.runs") == [("run-1", "(forgotten)")]


def test_the_catalog_keeps_no_bounds_of_what_is_gone(store: Store, page: str) -> None:
    headline = TEXT.splitlines()[0]
    query = "SELECT count(*) FROM {} WHERE ? IN (min_value, max_value)"
    tables = ("ducklake_table_column_stats", "ducklake_file_column_stats")

    def known() -> list[int]:
        with closing(sqlite3.connect(store.home.catalog)) as live:
            return [live.execute(query.format(t), [headline]).fetchone()[0] for t in tables]

    assert min(known()) > 0, "the headline bounds no column, so this test proves nothing"
    go(store, page)
    assert known() == [0, 0]
    assert headline.encode() not in store.home.catalog.read_bytes()
    assert not list(store.home.warehouse.glob("*.sqlite-wal"))
    # The bounds are right for what is left, and for what comes.
    assert asked(store, "SELECT count(*) FROM lake.articles WHERE title >= 'ا'") == [(1,)]


def test_the_writer_goes_on_after_it(rows: ModuleType, home: Path, store: Store, page: str) -> None:
    go(store, page)
    rows.assert_same(home, store)
    rows.publish(
        store, "run-2", [rows.stage(rows.a_batch(home, "run-2"), [rows.a_page("خبر ثالث\nمتنه")])]
    )
    assert rows.assert_same(home, store) > 0
    assert asked(store, "SELECT count(*) FROM lake.pages") == [(2,)]
    assert asked(store, "SELECT count(*) FROM lake.articles WHERE title = 'خبر ثالث'") == [(1,)]
    assert (TEXT.splitlines()[0]).encode() not in store.home.catalog.read_bytes()


def test_a_tombstone_knows_the_page_again(store: Store, page: str) -> None:
    assert not forgotten(store)
    [row] = go(store, page)
    assert URL not in str(row) and "ياقوت" not in str(row)
    gone = forgotten(store)
    assert gone.page(page, "any", b"")
    assert gone.page("0" * 64, "akhbar", TEXT.encode())
    assert not gone.page("0" * 64, "sahel", TEXT.encode())
    assert not gone.address(URL)


def test_an_address_is_known_however_it_is_written(store: Store, page: str) -> None:
    [row] = go(store, url="HTTPS://akhbar.example:443/yaqut?utm_source=x#top")
    assert row.address_sha256 == address_sha256(URL)
    gone = forgotten(store)
    assert gone.address(URL) and gone.address(URL + "#end")
    assert not gone.address(URL + "?page=2") and not gone.address(None)
    assert not Forgotten().address(URL)


def test_requests_for_an_address_are_forgotten_with_it(store: Store, page: str) -> None:
    def a_fetch(number: int, url: str, final_url: str | None = None) -> Fetch:
        return Fetch(
            fetch_id=f"{number:032x}", source_id="akhbar", what="page", url=url,
            final_url=final_url, requested_at=AT, seconds=0.1, tries=1, outcome="fetched",
        )  # fmt: skip

    elsewhere = "https://akhbar.example/other"
    fetches = [
        a_fetch(1, URL + "#top"), a_fetch(2, elsewhere, URL), a_fetch(3, elsewhere, elsewhere),
    ]  # fmt: skip
    with store.reading() as connection:
        connection.register("given", to_arrow(Fetch, fetches))
        names = ", ".join(f'"{field.name}"' for field in Fetch.fields())
        connection.execute(f"INSERT INTO lake.fetches ({names}) SELECT {names} FROM given")
        connection.unregister("given")
    with store.reading() as connection:
        assert traces.find(connection, [page], None).requests == 1
        assert traces.find(connection, [], URL).requests == 0
    go(store, url=URL)
    assert asked(store, "SELECT url, final_url FROM lake.fetches ORDER BY fetch_id") == [
        (elsewhere, None),
        (elsewhere, elsewhere),
    ]


def test_words_are_found_as_they_were_read(rows: ModuleType, home: Path, store: Store) -> None:
    mine = rows.a_page("ياقوتٌ الحمويُّ\nعادَ ياقوتٌ أمسِ إلى بلدِهِ")
    batch = rows.a_batch(home)
    article = rows.an_article(mine, title="ياقوت الحموي", body="عاد ياقوت أمس إلى بلده")
    batch = rows.stage(batch, [mine], [article])
    said = [
        rows.a_result(batch, rule="clean.title", observed="ياقوت الحموي"),
        rows.a_result(batch, rule="clean.body", observed="عاد ياقوت أمس إلى"),
    ]
    store.publish(rows.a_run(), [batch], [], said, [], [rows.a_source()])
    go(store, mine.page_id)
    observed = asked(store, "SELECT observed FROM lake.gate_results")
    assert observed == [("(forgotten)",), ("(forgotten)",)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ({"fetch": {"url": URL + "?utm_source=x"}, "given": {}}, True),
        ({"fetch": {"url": "https://akhbar.example/"}, "given": {"links": [URL]}}, True),
        ({"fetch": {"payload_sha256": "a" * 64}}, True),
        ({"fetch": {"payload_sha256": "b" * 64, "url": URL + "/2"}}, False),
    ],
)
def test_a_journal_forgets_by_bytes_and_by_address(
    home: Path, line: dict[str, object], found: bool
) -> None:
    own = Home.at(home)
    journal = own.landing / "akhbar" / "1.jsonl"
    journal.parent.mkdir(parents=True)
    rest = '{"fetch": {}}\nno JSON\n'
    mine = {("akhbar", "a" * 64)}
    another = own.landing / "sahel" / "1.jsonl"
    another.parent.mkdir()
    another.write_text(json.dumps({"fetch": {"payload_sha256": "a" * 64}}), "utf-8")
    journal.write_text(f"{json.dumps(line)}\n{rest}", "utf-8")
    assert len(list(journal_lines(own, mine, URL))) == found
    take_out_of_journals(own, mine, URL)
    # The same bytes are another page of another source, and raw keeps them for it.
    assert "a" * 64 in named_beside(own, mine, URL)
    assert another.exists()
    assert (journal.read_text("utf-8") == rest) is found
    assert [p.name for p in journal.parent.iterdir()] == ["1.jsonl"]


@pytest.mark.parametrize(
    ("said", "quotes"),
    [
        ("عاد ياقوت الحموي أمس", True),  # a run of words
        ("قبل ذلك  عاد\nياقوت الحموي أمس وغدا", True),  # however the white space is folded
        ("title = ياقوت الحموي, expected more", True),  # a whole value of few words
        ("https://akhbar.example/yaqut: refused", True),
        ("&#x64a;اقوت الحموي يعود إلى بلده", True),  # as HTML says it
        ("12, 14", False),
        ("2026-03-04, 2026-03-05", False),
        ("افتتاح سوق الكتب القديمة", False),
        ("expected at least 20", False),
        (None, False),
    ],
)
def test_words_are_found_where_nothing_names_the_page(said: str | None, quotes: bool) -> None:
    assert Quoted([TEXT, "expected at least"], [URL]).by(said) is quotes


def test_a_held_page_is_found_again_until_nothing_is_left_of_it(
    rows: ModuleType, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other = rows.a_page(TEXT, url=URL), rows.a_page(OTHER)
    batch = rows.stage(rows.a_batch(home), [mine, other])
    mark_held(batch, f"held: {TEXT.splitlines()[0]}\nheld for other reasons")
    leave_out = forget_held._leave_out

    def killed(batch: Batch, stage: str, model: type[Row], *rest: object) -> None:
        if model is Page:
            raise KeyboardInterrupt
        leave_out(batch, stage, model, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(forget_held, "_leave_out", killed)
    quotes = Quoted([TEXT], [])
    with pytest.raises(KeyboardInterrupt):
        take_out_of_held(home, {mine.page_id}, quotes)
    assert mine.page_id in {page.page_id for page in held_pages(home)}
    for stage, model in (("clean", Article), ("tag", Mention)):
        assert {row.page_id for row in batch.rows(stage, model)} == {other.page_id}
    assert (batch.folder / HELD).read_text("utf-8") == "held for other reasons\n"
    monkeypatch.undo()
    take_out_of_held(home, {mine.page_id}, quotes)
    assert [page.page_id for page in held_pages(home)] == [other.page_id]


def test_marks_of_direction_hide_nothing() -> None:
    text = "عاد\u200f ياقوت\u200f الحموي\u200f أمس\u200f إلى\u200f بلده"
    quotes = Quoted([text], [f"{URL}\u200f/1"])
    assert quotes.by(plain(text)), "as a report shows it"
    assert quotes.by(text)
    assert quotes.by(plain(f"{URL}\u200f/1: refused"))


def test_reports_lose_what_they_quote_and_nothing_else(tmp_path: Path) -> None:
    report = tmp_path / "run-1.html"
    page = (
        '<meta name="khabar-run" content="{&#34;run_id&#34;: 1}"><h1>تقرير</h1>'
        "<li><bdi>other.txt</bdi> · <bdi>EVIDENCE</bdi><br><code>12</code></li>"
    )
    report.write_text(page.replace("EVIDENCE", TEXT[:40]), "utf-8")
    (tmp_path / "left.partial").write_text(TEXT, "utf-8")
    quotes = Quoted([TEXT], [URL])
    assert mask_reports(tmp_path, quotes.by, "(forgotten)") == 1
    assert report.read_text("utf-8") == page.replace("EVIDENCE", "(forgotten)")
    assert [p.name for p in tmp_path.iterdir()] == ["run-1.html"]
    assert mask_reports(tmp_path, quotes.by, "(forgotten)") == 0
