"""What a publication writes, and what it leaves alone."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import duckdb
import pyarrow as pa
import pytest

from warehouse.errors import KeyTaken
from warehouse.incoming import choose, portions
from warehouse.staging import Batch
from warehouse.store import Means, PublishCounts, Store
from warehouse.tables import TABLES, Article, Entity

OTHER = "انطلقت في تونس أيام قرطاج\nتعرض الأيام خمسين فيلما من عشرين بلدا"
THIRD = "فاز المغرب بكأس أفريقيا\nسجل الفريق هدفين في الشوط الثاني"


def everything(rows: ModuleType, home: Path) -> dict[str, list[tuple[object, ...]]]:
    return {model.table: rows.read(home, model.table) for model in TABLES}


def test_all_tables_of_a_run_are_published(rows: ModuleType, home: Path, store: Store) -> None:
    batch = rows.stage(rows.a_batch(home), [rows.a_page(), rows.a_page(OTHER)])
    assert store.plan([batch]) == {batch.batch_id: PublishCounts(2, 0, 2, 0)}
    rows.publish(store, "run-1", [batch])
    counted = {name: len(found) for name, found in everything(rows, home).items()}
    assert counted == {
        "sources": 1, "fetches": 0, "pages": 2, "segments": 4, "articles": 2, "evidence": 2, "line_index": 0, "dates": 2,
        "mentions": 2, "entities": 1, "aliases": 1, "decisions": 0, "id_changes": 0, "copy_pairs": 0,
        "copies": 0, "copy_spans": 0, "stories": 0, "story_articles": 0, "versions": 0,
        "runs": 1, "run_stages": 1, "gate_results": 1, "quarantine": 0, "attempts": 0,
            "refused_pages": 0, "tombstones": 0,
    }  # fmt: skip
    assert rows.read(home, "articles", "title") == [
        ("افتتحت القاهرة متحفا جديدا",),
        ("انطلقت في تونس أيام قرطاج",),
    ]


def test_what_was_planned_last_is_not_chosen_again(
    rows: ModuleType, home: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def counted(connection: duckdb.DuckDBPyConnection, batches: list[Batch]) -> object:
        asked.append([batch.batch_id for batch in batches])
        return choose(connection, batches)

    monkeypatch.setattr("warehouse.store.choose", counted)
    runs = ("run-1", "run-2", "run-3")
    first, other, late = (rows.stage(rows.a_batch(home, r), [rows.a_page(run_id=r)]) for r in runs)
    store.plan([other])
    store.plan([first])
    rows.publish(store, "run-1", [first])
    assert asked == [[other.batch_id], [first.batch_id]]
    # Planned for an older snapshot, or for other batches: it has to be chosen again.
    store.plan([late])
    rows.publish(store, "run-2", [other])
    rows.publish(store, "run-3", [late])
    assert len(asked) == 5
    assert len(rows.read(home, "articles")) == 1


def test_the_commit_carries_the_run_id(rows: ModuleType, home: Path, store: Store) -> None:
    batch = rows.stage(rows.a_batch(home), [rows.a_page()])
    snapshot = rows.publish(store, "run-1", [batch])
    assert rows.read(home, "published_snapshot", "snapshot, last_run_id") == [(snapshot, "run-1")]
    messages = store._connection.execute(
        "SELECT snapshot_id, commit_message FROM lake.snapshots() WHERE author = 'khabar'"
    ).fetchall()
    assert messages == [(1, "schema"), (snapshot, "run-1")]


def test_the_same_input_again_changes_nothing(rows: ModuleType, home: Path, store: Store) -> None:
    first = rows.stage(rows.a_batch(home), [rows.a_page(), rows.a_page(OTHER)])
    rows.publish(store, "run-1", [first])
    before = everything(rows, home)
    pages = [rows.a_page(run_id="run-2"), rows.a_page(OTHER, run_id="run-2")]
    again = rows.stage(rows.a_batch(home, "run-2"), pages)
    assert store.plan([again]) == {again.batch_id: PublishCounts(0, 2, 0, 2)}
    rows.publish(store, "run-2", [again])
    after = everything(rows, home)
    told = {"runs", "run_stages", "gate_results"}
    assert {t: r for t, r in after.items() if t not in told} == {
        t: r for t, r in before.items() if t not in told
    }
    assert len(after["runs"]) == 2


def test_a_run_id_is_published_once(rows: ModuleType, home: Path, store: Store) -> None:
    first = rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), [rows.a_page()])])
    more = rows.stage(rows.a_batch(home, number=1), [rows.a_page(OTHER)])
    assert rows.publish(store, "run-1", [more]) == first
    assert len(rows.read(home, "pages")) == 1


def test_nothing_of_a_refused_page_is_published(rows: ModuleType, home: Path, store: Store) -> None:
    good, bad = rows.a_page(), rows.a_page(OTHER)
    batch = rows.stage(rows.a_batch(home), [good, bad], refused=[rows.a_refusal(bad.page_id, bad)])
    rows.publish(store, "run-1", [batch])
    for table, where in (("pages", "page_id"), ("segments", "page_id"), ("articles", "page_id")):
        assert {found for (found,) in rows.read(home, table, where)} == {good.page_id}
    kept = {(rows.an_article(good).article_id,)}
    for table in ("evidence", "dates", "mentions"):
        assert set(rows.read(home, table, "article_id")) == kept
    assert rows.read(home, "quarantine", "record_id, state") == [(bad.page_id, "quarantined")]


def test_a_refused_article_takes_its_rows_along_but_not_its_page(
    rows: ModuleType, home: Path, store: Store
) -> None:
    page = rows.a_page()
    main, embedded = rows.an_article(page), rows.an_article(page, role="embedded")
    cairo, tunis = rows.an_entity(), rows.an_entity("loc-tunis", "تونس")
    batch = rows.stage(
        rows.a_batch(home),
        [page],
        [main, embedded],
        refused=[rows.a_refusal(embedded.article_id, page, unit="article")],
        tagged=([rows.a_mention(main, cairo), rows.a_mention(embedded, tunis)], [cairo, tunis]),
    )
    assert store.plan([batch])[batch.batch_id] == PublishCounts(1, 0, 1, 0)
    rows.publish(store, "run-1", [batch])
    for table in ("articles", "evidence", "dates", "mentions"):
        assert rows.read(home, table, "article_id") == [(main.article_id,)]
    assert len(rows.read(home, "pages")) == 1
    # An entity that only a refused article names is not published either.
    assert rows.read(home, "entities", "entity_id") == [("loc-cairo",)]
    assert rows.read(home, "aliases", "entity_id") == [("loc-cairo",)]


def test_a_page_staged_twice_is_published_once(rows: ModuleType, home: Path, store: Store) -> None:
    page = rows.a_page()
    within = rows.stage(rows.a_batch(home), [page, page], [rows.an_article(page)] * 2)
    beside = rows.stage(rows.a_batch(home, number=1), [page])
    assert store.plan([beside, within]) == {
        within.batch_id: PublishCounts(1, 1, 1, 1),
        beside.batch_id: PublishCounts(0, 1, 0, 1),
    }
    rows.publish(store, "run-1", [beside, within])
    counted = {name: len(found) for name, found in everything(rows, home).items()}
    assert (counted["pages"], counted["segments"], counted["articles"]) == (1, 2, 1)
    assert (counted["evidence"], counted["dates"], counted["mentions"]) == (1, 1, 1)


def test_articles_lie_in_the_order_that_the_contract_names(
    rows: ModuleType, home: Path, store: Store
) -> None:
    pages = [rows.a_page(text) for text in (rows.TEXT, OTHER, THIRD)]
    days = (date(2026, 3, 9), date(2026, 3, 1), date(2026, 3, 5))
    articles = [
        rows.an_article(p, published_earliest=d, published_latest=d)
        for p, d in zip(pages, days, strict=True)
    ]
    rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), pages, articles)])
    files = list((home / "warehouse" / "data").glob("main/articles/*.parquet"))
    assert len(files) == 1
    stored = duckdb.sql(f"SELECT published_earliest FROM '{_sql(files[0])}'").fetchall()
    assert [day for (day,) in stored] == sorted(days)


def test_many_batches_are_written_a_portion_at_a_time(
    rows: ModuleType, home: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a publication holds in memory does not grow with the run: each portion is a file."""
    monkeypatch.setattr("warehouse.writes._PORTION_BYTES", 1)
    batches = [
        rows.stage(rows.a_batch(home, number=number), [rows.a_page(text)])
        for number, text in enumerate((rows.TEXT, OTHER, THIRD), start=1)
    ]
    rows.publish(store, "run-1", batches)
    assert len(rows.read(home, "pages")) == len(rows.read(home, "articles")) == 3
    files = [path for path in (home / "warehouse").rglob("*.parquet") if "/pages/" in str(path)]
    assert len(files) == 3


def test_the_files_of_a_portion_weigh_no_more_than_it(tmp_path: Path) -> None:
    files = []
    for number, size in enumerate((4, 4, 9, 1, 2)):
        files.append(str(tmp_path / f"{number}"))
        Path(files[-1]).write_bytes(b"x" * size)
    a, b, c, d, e = files
    assert list(portions(files, 8)) == [[a, b], [c], [d, e]]
    assert list(portions([], 8)) == []


def test_what_is_unchanged_is_not_written_again(rows: ModuleType, home: Path, store: Store) -> None:
    rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), [rows.a_page()])])
    second = rows.stage(rows.a_batch(home, "run-2"), [rows.a_page(OTHER, run_id="run-2")])
    rows.publish(store, "run-2", [second])
    for table in ("sources", "entities", "aliases"):
        assert len(list((home / "warehouse" / "data").glob(f"main/{table}/*"))) == 1


def test_a_changed_row_of_a_key_replaces_the_old_one(
    rows: ModuleType, home: Path, store: Store
) -> None:
    rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), [rows.a_page()])])
    page = rows.a_page(OTHER, run_id="run-2")
    batch = rows.stage(rows.a_batch(home, "run-2"), [page])
    renamed = rows.an_entity(name="القاهرة الكبرى")
    batch.write("tag", Entity, [renamed])
    rows.publish(store, "run-2", [batch])
    assert rows.read(home, "entities", "entity_id, name_ar") == [("loc-cairo", "القاهرة الكبرى")]


def test_a_run_that_published_nothing_is_still_told(
    rows: ModuleType, home: Path, store: Store
) -> None:
    page = rows.a_page()
    batch = rows.a_batch(home)
    store.publish(
        rows.a_run("run-1", state="held", message="share of refused pages"),
        [],
        [rows.a_stage(batch)],
        [rows.a_result(batch, success=False, action="hold")],
        [rows.a_refusal(page.page_id, page)],
    )
    assert rows.read(home, "runs", "state") == [("held",)]
    assert rows.read(home, "gate_results", "action") == [("hold",)]
    assert rows.read(home, "quarantine", "record_id") == [(page.page_id,)]
    assert rows.read(home, "pages") == []


def test_a_second_row_under_an_append_only_key_stops_the_whole_run(
    rows: ModuleType, home: Path, store: Store
) -> None:
    batch = rows.stage(rows.a_batch(home), [rows.a_page()])
    with pytest.raises(KeyTaken, match=r"gate_results.*body_chars"):
        store.publish(rows.a_run(), [batch], [], [rows.a_result(batch)] * 2, [])
    assert rows.read(home, "pages") == []
    assert rows.read(home, "runs") == []


def test_a_row_that_breaks_the_contract_stops_the_whole_run(
    rows: ModuleType, home: Path, store: Store
) -> None:
    # Arrow does not check nullability; the catalog is the last to do so.
    batch = rows.stage(rows.a_batch(home), [rows.a_page()])
    staged = batch.read("clean", Article)
    at = staged.schema.get_field_index("body")
    without = pa.nulls(staged.num_rows, pa.string())
    batch.write("clean", Article, staged.set_column(at, "body", without))
    with pytest.raises(duckdb.ConstraintException, match=r"NOT NULL.*body"):
        store.publish(rows.a_run(), [batch], [], [], [])
    assert rows.read(home, "pages") == []
    assert rows.read(home, "runs") == []


def test_known_pages(rows: ModuleType, home: Path, store: Store) -> None:
    known, bad, new = rows.a_page(), rows.a_page(OTHER), rows.a_page(THIRD)
    refused = [rows.a_refusal(bad.page_id, bad)]
    rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), [known, bad], refused=refused)])
    asked = [known.page_id, bad.page_id, new.page_id]
    assert store.known_pages(rows.SOURCE, asked) == {known.page_id}
    same = Means("1", "0" * 64, rows.RULES)
    assert store.refused_pages(rows.SOURCE, asked, same) == {bad.page_id}
    others = (("2", "0" * 64, rows.RULES), ("1", "1" * 64, rows.RULES), ("1", "0" * 64, "1" * 64))
    for other in (Means(*each) for each in others):
        assert store.refused_pages(rows.SOURCE, asked, other) == set()
    assert store.known_pages("another", asked) == set()
    assert store.known_pages(rows.SOURCE, []) == set()


def test_a_commit_that_went_unacknowledged_is_not_repeated(
    rows: ModuleType, home: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = rows.stage(rows.a_batch(home), [rows.a_page()])
    monkeypatch.setattr("warehouse.store._FIRST_PAUSE_SECONDS", 0.0)
    real, calls = Store._transact, []

    def lost_answer(store: Store, account: object) -> None:
        calls.append(1)
        real(store, account)  # type: ignore[arg-type]
        if len(calls) == 1:
            raise duckdb.IOException("the answer to COMMIT was lost")

    monkeypatch.setattr(Store, "_transact", lost_answer)
    rows.publish(store, "run-1", [batch])
    assert len(calls) == 2
    assert len(rows.read(home, "pages")) == 1
    assert len(rows.read(home, "runs")) == 1


def test_fetched_at_and_other_times_survive(rows: ModuleType, home: Path, store: Store) -> None:
    page = rows.a_page(fetched_at=rows.NOON + timedelta(microseconds=5))
    rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), [page])])
    connection = duckdb.connect(str(home / "khabar.duckdb"), read_only=True)
    connection.execute("SET TimeZone = 'Asia/Riyadh'")
    (found,) = connection.execute("SELECT fetched_at FROM pages").fetchall()[0]
    connection.close()
    assert found == page.fetched_at


def _sql(path: Path) -> str:
    return str(path).replace("'", "''")
