"""What becomes of a refused record over several runs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from warehouse.store import Store
from warehouse.tables import Quarantine

pytestmark = pytest.mark.slow

COLUMNS = "stage, state, attempts, first_seen, last_seen, run_id, rule"


def refuse(rows: ModuleType, store: Store, run_id: str, *refused: Quarantine) -> None:
    store.publish(rows.a_run(run_id), [], [], [], list(refused))


def test_a_record_refused_again_keeps_its_first_day_and_counts_the_tries(
    rows: ModuleType, home: Path, store: Store
) -> None:
    page, later = rows.a_page(), rows.NOON + timedelta(days=1)
    refuse(rows, store, "run-1", rows.a_refusal(page.page_id, page))
    again = rows.a_refusal(page.page_id, page, run_id="run-2", at=later, rule="clean.other")
    refuse(rows, store, "run-2", again)
    assert rows.read(home, "quarantine", COLUMNS) == [
        ("clean", "quarantined", 2, rows.NOON, later, "run-2", "clean.other")
    ]


def test_a_record_that_is_published_is_released(rows: ModuleType, home: Path, store: Store) -> None:
    page = rows.a_page()
    article = rows.an_article(page)
    embedded = rows.an_article(page, role="embedded")
    refuse(
        rows, store, "run-1",
        rows.a_refusal(page.page_id, page),
        rows.a_refusal(article.article_id, page, unit="article", stage="tag"),
        rows.a_refusal(embedded.article_id, page, unit="article", stage="tag"),
    )  # fmt: skip
    rows.publish(store, "run-2", [rows.stage(rows.a_batch(home, "run-2"), [page], [article])])
    states = dict(rows.read(home, "quarantine", "record_id, state"))
    assert states == {
        page.page_id: "released",
        article.article_id: "released",
        embedded.article_id: "quarantined",
    }
    # The refusal itself is told as it was.
    assert set(rows.read(home, "quarantine", "run_id, attempts")) == {("run-1", 1)}


def test_a_record_is_released_also_where_its_url_was_not_known_before(
    rows: ModuleType, home: Path, store: Store
) -> None:
    before, page = rows.a_page(), rows.a_page(url=f"{rows.SITE}1")
    elsewhere = rows.a_page(source_id="other")
    refuse(
        rows, store, "run-1",
        rows.a_refusal(before.page_id, before, stage="ingest", rule="ingest.no-text-column"),
        rows.a_refusal(elsewhere.page_id, elsewhere, stage="ingest"),
    )  # fmt: skip
    assert before.page_id != page.page_id
    rows.publish(store, "run-2", [rows.stage(rows.a_batch(home, "run-2"), [page])])
    assert dict(rows.read(home, "quarantine", "record_id, state")) == {
        before.page_id: "released",
        elsewhere.page_id: "quarantined",
    }


def test_a_released_record_can_be_refused_again(rows: ModuleType, home: Path, store: Store) -> None:
    page = rows.a_page()
    refuse(rows, store, "run-1", rows.a_refusal(page.page_id, page))
    rows.publish(store, "run-2", [rows.stage(rows.a_batch(home, "run-2"), [page])])
    assert rows.read(home, "quarantine", "state") == [("released",)]
    refuse(rows, store, "run-3", rows.a_refusal(page.page_id, page, run_id="run-3"))
    assert rows.read(home, "quarantine", "state, attempts") == [("quarantined", 2)]


def test_a_record_is_open_at_one_stage_only(rows: ModuleType, home: Path, store: Store) -> None:
    page = rows.a_page()
    refuse(rows, store, "run-1", rows.a_refusal(page.page_id, page, stage="ingest"))
    refuse(rows, store, "run-2", rows.a_refusal(page.page_id, page, stage="clean"))
    assert rows.read(home, "quarantine", "stage, state") == [
        ("clean", "quarantined"),
        ("ingest", "released"),
    ]


def test_other_records_stay_as_they_are(rows: ModuleType, home: Path, store: Store) -> None:
    page, other = rows.a_page(), rows.a_page("صفحة أخرى\nلا خبر فيها")
    refuse(rows, store, "run-1", rows.a_refusal(other.page_id, other))
    rows.publish(store, "run-2", [rows.stage(rows.a_batch(home, "run-2"), [page])])
    assert rows.read(home, "quarantine", "record_id, state, attempts") == [
        (other.page_id, "quarantined", 1)
    ]


def test_one_record_refused_by_two_rules_is_one_row(
    rows: ModuleType, home: Path, store: Store
) -> None:
    page = rows.a_page()
    refuse(
        rows, store, "run-1",
        rows.a_refusal(page.page_id, page, rule="clean.b"),
        rows.a_refusal(page.page_id, page, rule="clean.a"),
    )  # fmt: skip
    assert rows.read(home, "quarantine", "rule, attempts") == [("clean.a", 1)]
