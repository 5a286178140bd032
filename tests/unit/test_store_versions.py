"""Which version of a document is shown, and which earlier ones are kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from warehouse.store import PublishCounts, Store
from warehouse.tables import Article, Page

pytestmark = pytest.mark.slow

URL = "https://akhbar.example/1"
OLD = "خبر أول عن السد\nملأ السد نصف خزانه في يوليو"
NEW = "خبر أول عن السد\nملأ السد خزانه كله في أغسطس"


def put(
    rows: ModuleType, home: Path, store: Store, run_id: str, *pages: Page, **how: object
) -> PublishCounts:
    batch = rows.stage(rows.a_batch(home, run_id), list(pages), **how)
    counts = store.plan([batch])[batch.batch_id]
    rows.publish(store, run_id, [batch])
    return counts  # type: ignore[no-any-return]


def page(rows: ModuleType, text: str, run_id: str, **how: object) -> Page:
    return rows.a_page(text, run_id=run_id, url=URL, **how)  # type: ignore[no-any-return]


def bodies(rows: ModuleType, home: Path, table: str) -> list[str]:
    return [body for (body,) in rows.read(home, table, "body")]


def test_a_changed_page_replaces_the_article_and_keeps_the_old_one(
    rows: ModuleType, home: Path, store: Store
) -> None:
    put(rows, home, store, "run-1", page(rows, OLD, "run-1"))
    counts = put(rows, home, store, "run-2", page(rows, NEW, "run-2"))
    assert counts == PublishCounts(1, 0, 1, 0)
    assert bodies(rows, home, "articles") == [NEW.split("\n")[1]]
    assert rows.read(home, "versions", "body, run_id, replaced_in") == [
        (OLD.split("\n")[1], "run-1", "run-2")
    ]
    # What hangs on the article is of the new version only; the raw pages are both there.
    for table in ("evidence", "dates", "mentions"):
        assert rows.read(home, table, "run_id") == [("run-2",)]
    assert len(rows.read(home, "pages")) == 2


def test_new_transforms_that_change_nothing_leave_no_version_behind(
    rows: ModuleType, home: Path, store: Store
) -> None:
    put(rows, home, store, "run-1", page(rows, OLD, "run-1"))
    put(rows, home, store, "run-2", page(rows, OLD, "run-2", transforms="2"))
    assert rows.read(home, "articles", "transform_version, run_id") == [("2", "run-2")]
    assert rows.read(home, "pages", "transform_version") == [("2",)]
    assert rows.read(home, "segments", "DISTINCT transform_version") == [("2",)]
    assert rows.read(home, "mentions", "transform_version") == [("2",)]
    assert rows.read(home, "versions") == []


@pytest.mark.parametrize(
    "over", [{"title": "عنوان آخر"}, {"body": "متن آخر"}, {"published_at": "2026-03"}]
)
def test_new_transforms_that_change_the_article_keep_the_old_one(
    rows: ModuleType, home: Path, store: Store, over: dict[str, str]
) -> None:
    put(rows, home, store, "run-1", page(rows, OLD, "run-1"))
    again = page(rows, OLD, "run-2", transforms="2")
    put(rows, home, store, "run-2", again, articles=[rows.an_article(again, **over)])
    assert len(rows.read(home, "articles")) == 1
    assert rows.read(home, "versions", "title, body, published_at") == [
        (OLD.split("\n")[0], OLD.split("\n")[1], "2026-03-04")
    ]


def test_a_changed_advert_is_no_change_of_the_article(
    rows: ModuleType, home: Path, store: Store
) -> None:
    put(rows, home, store, "run-1", page(rows, OLD, "run-1"))
    other = page(rows, OLD + " \n", "run-2")
    same_text: Article = rows.an_article(page(rows, OLD, "run-1"))
    changed = same_text.model_copy(
        update={
            "version": rows.an_article(other).version,
            "page_id": other.page_id,
            "run_id": "run-2",
        }
    )
    put(rows, home, store, "run-2", other, articles=[changed])
    assert rows.read(home, "versions") == []
    assert rows.read(home, "articles", "page_id") == [(other.page_id,)]


def test_an_article_that_the_new_version_lacks_is_no_longer_shown(
    rows: ModuleType, home: Path, store: Store
) -> None:
    first = page(rows, OLD, "run-1")
    both = [rows.an_article(first), rows.an_article(first, role="embedded")]
    put(rows, home, store, "run-1", first, articles=both)
    put(rows, home, store, "run-2", page(rows, NEW, "run-2"))
    assert rows.read(home, "articles", "role") == [("main",)]
    assert len(rows.read(home, "versions")) == 2
    for table in ("evidence", "dates", "mentions"):
        assert len(rows.read(home, table)) == 1


def test_an_article_that_was_refused_now_keeps_its_last_good_version(
    rows: ModuleType, home: Path, store: Store
) -> None:
    first = page(rows, OLD, "run-1")
    put(
        rows, home, store, "run-1", first,
        articles=[rows.an_article(first), rows.an_article(first, role="embedded")],
    )  # fmt: skip
    second = page(rows, NEW, "run-2")
    main, embedded = rows.an_article(second), rows.an_article(second, role="embedded")
    counts = put(
        rows, home, store, "run-2", second,
        articles=[main, embedded],
        refused=[rows.a_refusal(main.article_id, second, unit="article", run_id="run-2")],
    )  # fmt: skip
    assert counts == PublishCounts(1, 0, 1, 0)
    assert rows.read(home, "articles", "role, run_id") == [("embedded", "run-2"), ("main", "run-1")]
    # Accepted later, by other rules over the same transforms, it takes its place.
    put(rows, home, store, "run-3", page(rows, NEW, "run-3"), articles=[main, embedded])
    assert {run for (run,) in rows.read(home, "articles", "run_id")} == {"run-2"}
    assert len(rows.read(home, "articles")) == 2
    assert len(rows.read(home, "mentions")) == 2


def test_a_page_that_was_fetched_earlier_does_not_replace_a_later_one(
    rows: ModuleType, home: Path, store: Store
) -> None:
    put(rows, home, store, "run-1", page(rows, NEW, "run-1", fetched_at=rows.NOON))
    earlier = page(rows, OLD, "run-2", fetched_at=rows.NOON - timedelta(days=1))
    counts = put(rows, home, store, "run-2", earlier)
    assert counts == PublishCounts(1, 0, 0, 1)
    assert bodies(rows, home, "articles") == [NEW.split("\n")[1]]
    assert bodies(rows, home, "versions") == [OLD.split("\n")[1]]
    assert rows.read(home, "mentions", "run_id") == [("run-1",)]


def test_a_payload_that_was_replaced_does_not_come_back(
    rows: ModuleType, home: Path, store: Store
) -> None:
    put(rows, home, store, "run-1", page(rows, OLD, "run-1"))
    put(rows, home, store, "run-2", page(rows, NEW, "run-2"))
    counts = put(rows, home, store, "run-3", page(rows, OLD, "run-3"))
    assert counts == PublishCounts(0, 1, 0, 1)
    assert bodies(rows, home, "articles") == [NEW.split("\n")[1]]
    # Not by a backfill with newer transforms either.
    put(rows, home, store, "run-4", page(rows, OLD, "run-4", transforms="2"))
    assert bodies(rows, home, "articles") == [NEW.split("\n")[1]]
    assert len(rows.read(home, "versions")) == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_versions_in_one_run_the_later_one_is_shown(
    rows: ModuleType, home: Path, store: Store, order: tuple[int, int]
) -> None:
    pages = (
        page(rows, OLD, "run-1", fetched_at=rows.NOON),
        page(rows, NEW, "run-1", fetched_at=rows.NOON + timedelta(hours=1)),
    )
    batches = [
        rows.stage(rows.a_batch(home, number=number), [pages[which]])
        for number, which in enumerate(order)
    ]
    counts = store.plan(batches)
    assert sum(c.articles_published for c in counts.values()) == 1
    assert sum(c.articles_duplicate for c in counts.values()) == 1
    rows.publish(store, "run-1", batches)
    assert bodies(rows, home, "articles") == [NEW.split("\n")[1]]
    assert bodies(rows, home, "versions") == [OLD.split("\n")[1]]
    assert len(rows.read(home, "mentions")) == 1


def test_without_times_the_order_of_the_files_does_not_decide(
    rows: ModuleType, home: Path, store: Store
) -> None:
    pages = [page(rows, text, "run-1") for text in (OLD, NEW)]
    shown = []
    for order in (pages, pages[::-1]):
        batch = rows.stage(rows.a_batch(home), order)
        store.plan([batch])
        newest = store._connection.execute("SELECT version FROM newest").fetchall()
        shown.append(newest)
    assert shown[0] == shown[1]
    assert len(shown[0]) == 1
