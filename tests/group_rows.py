"""Articles for the tests of copies: bodies of random words, published with what they change."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tests import store_rows as rows
from transforms.stamp import Stamp
from warehouse.copies import regrouped
from warehouse.staging import Batch
from warehouse.store import Store
from warehouse.tables import Article, Page

_WORDS = [
    "افتتح",
    "وزير",
    "الثقافة",
    "متحف",
    "السرايا",
    "الحمراء",
    "في",
    "طرابلس",
    "بعد",
    "ترميم",
    "دام",
    "سنوات",
    "وقال",
    "إن",
    "القاعات",
    "تضم",
    "قطعا",
    "من",
    "العصور",
    "الفينيقية",
    "والرومانية",
    "والإسلامية",
    "وحضر",
    "الافتتاح",
    "سفراء",
    "وباحثون",
    "من",
    "دول",
    "عدة",
]


def body(seed: int, words: int = 80) -> str:
    chosen = random.Random(seed)
    return " ".join(f"{chosen.choice(_WORDS)}{chosen.randrange(99)}" for _ in range(words))


def article(
    source: str, text: str, day: int, *, url: str | None = None, run_id: str = "run-1",
    at: str | None = None,
) -> tuple[Page, Article]:  # fmt: skip
    title = f"عنوان من {source}"
    return told(source, title, text, day, url=url, run_id=run_id, at=at)


def told(
    source: str, title: str, text: str, day: int, *, url: str | None = None,
    run_id: str = "run-1", at: str | None = None,
) -> tuple[Page, Article]:  # fmt: skip
    """Return an article of a day of March 2026, or of the minute `at`, with its page."""
    page = rows.a_page(
        f"{title}\n{text}", source_id=source, run_id=run_id,
        url=url or f"https://{source}.example/{rows.sha256_hex(text.encode())[:12]}",
    )  # fmt: skip
    on = date(2026, 3, day)
    dated: dict[str, object] = {
        "published_at": at or on.isoformat(), "published_precision": "time" if at else "day",
        "published_earliest": on, "published_latest": on,
    }  # fmt: skip
    return page, rows.an_article(page, **dated)


def publish(store: Store, home: Path, run_id: str, told: Sequence[tuple[Page, Article]]) -> None:
    """Publish articles as one run, with the groups that they change."""
    batch = Batch(run_id, rows.SOURCE, 0, home / "staging" / run_id)
    rows.stage(batch, [page for page, _ in told], [article for _, article in told])
    store.plan([batch])
    arriving = store.arriving()
    with store.reading() as connection:
        change = regrouped(connection, arriving, store.shelves.shelves, Stamp(run_id))
    store.publish(
        rows.a_run(run_id), [batch], [rows.a_stage(batch)], [], [], [rows.a_source()],
        groups=change,
    )  # fmt: skip
