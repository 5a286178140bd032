"""Frames by hand: one good row for each unit of each stage, and the batch's measures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from expectations.gate import Frames, Verdict, judge
from warehouse.staging import Batch

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Row = dict[str, Any]

_WHERE: Row = {"locator": "pages/1.txt", "url": "https://akhbar.example/1"}
GOOD: dict[tuple[str, str], Row] = {
    ("ingest", "page"): _WHERE
    | {
        "page_id": "p", "visible_chars": 20, "replacement_share": 0.0, "control_share": 0.0,
        "text_chars_wrong": 0, "out_of_contract": None,
    },
    ("clean", "page"): _WHERE
    | {
        "page_id": "p", "article_count": 1, "main_count": 1, "segments_start": 0,
        "segments_gaps": 0, "segments_overlaps": 0, "segments_left": 0, "segments_strays": 0,
        "segments_out_of_contract": 0,
    },
    ("clean", "article"): _WHERE
    | {
        "article_id": "a", "article_version": "a/1", "page_id": "p", "body_chars": 900,
        "arabic_share": 0.98, "language_unasked": None, "boilerplate_share": 0.3,
        "longest_line": 300, "replacement_share": 0.0, "published_earliest": date(2026, 2, 28),
        "published_year": 2026, "published_days": 0,
        "published_after_fetch": 0, "published_before_fetch": 0, "date_unexplained": 0, "title_missing": 0,
        "values_unshown": 0, "values_contradicted": 0, "confidence": 0.9, "evidence_outside": 0,
        "evidence_astray": 0, "evidence_out_of_contract": 0, "page_contradicted": 0,
        "out_of_contract": None,
    },
    ("tag", "article"): _WHERE
    | {
        "article_id": "a", "page_id": "p", "body_chars_wrong": 0, "body_unlike_segments": 0,
        "repeated_share": 0.0, "furniture_share": 0.0,
        "evidence_unlike_page": 0, "mentions_bad_offsets": 0, "mentions_unlike_page": 0,
        "mentions_astray": 0, "mentions_out_of_contract": 0, "chars_without_mention": 0,
        "dates_bad_offsets": 0, "dates_unlike_page": 0, "dates_astray": 0, "dates_unexplained": 0,
        "dates_out_of_contract": 0,
    },
}  # fmt: skip
MEASURES: dict[str, Row] = {
    "ingest": {
        "pages_landed": 100, "pages_duplicate": 0, "pages_refused_before": 0,
        "pages_unaccounted": 0,
    },
    "clean": {
        "main_articles": 100, "pages_refused_before": 0, "articles_refused_before": 0,
        "pages_unaccounted": 0, "articles_without_page": 0, "segments_without_page": 0,
        "evidence_without_article": 0, "dated_share": 0.9, "titled_share": 1.0,
        "boilerplate_share": 0.3,
    },
    "tag": {
        "articles_refused_before": 0, "articles_tagged": 100, "mentions_without_article": 0,
        "dates_without_article": 0, "mentions": 900, "mentions_per_article": 9.0,
        "mentions_open_share": 0.01, "dates": 90, "dates_open_share": 0.2,
        "furniture_share": 0.0,
    },
    "publish": {
        "pages_landed": 100, "pages": 100, "articles": 110, "pages_unaccounted": 0,
        "articles_unaccounted": 0, "pages_without_article": 0, "articles_without_page": 0,
        "segments_without_page": 0, "evidence_without_article": 0, "mentions_without_article": 0,
        "dates_without_article": 0, "mentions_without_entity": 0, "aliases_without_entity": 0,
        "keys_repeated": 0, "knowledge_out_of_contract": 0,
    },
}  # fmt: skip


def units_of(stage: str) -> list[str]:
    return [unit for each, unit in GOOD if each == stage]


def frame_of(stage: str, unit: str, rows: list[Row]) -> pa.Table:
    """Rows with ids of their own, in columns typed by the good row (a null has a type as well)."""
    numbered = [
        {"page_id": f"p{n}", f"{unit}_id": f"{unit[0]}{n}", "article_version": f"a{n}/1"} | row
        for n, row in enumerate(rows)
    ]
    good = GOOD[stage, unit]
    types = {name: pa.array([value]).type for name, value in good.items()}
    types |= {"out_of_contract": pa.string(), "language_unasked": pa.string()}
    return pa.table(
        {name: pa.array([row.get(name, good[name]) for row in numbered], types[name])
         for name in good}
    )  # fmt: skip


def frames_of(stage: str, rows: dict[str, list[Row]], measures: Row | None = None) -> Frames:
    """The frames of a stage; a unit without given rows has sixty good ones."""
    frames = {unit: frame_of(stage, unit, rows.get(unit, [{}] * 60)) for unit in units_of(stage)}
    counted = {f"{unit}s": table.num_rows for unit, table in frames.items()}
    frames["batch"] = pa.Table.from_pylist([MEASURES[stage] | counted | (measures or {})])
    return frames


@pytest.fixture(scope="session")
def batch() -> Batch:
    return Batch("run-1", "akhbar", 3, Path("nowhere"))


@pytest.fixture(scope="session")
def gate(batch: Batch) -> Callable[..., Verdict]:
    """Judge hand-made frames: `gate(stage, {unit: [changes to the good row, ...]}, measures)`."""

    def judged(stage: Any, rows: dict[str, list[Row]], measures: Row | None = None) -> Verdict:
        return judge(stage, frames_of(stage, rows, measures), batch=batch, at=AT)

    return judged


@pytest.fixture(scope="session")
def make_frames() -> Callable[..., Frames]:
    return frames_of


@pytest.fixture(scope="session")
def good_row() -> Callable[[str, str], Row]:
    return lambda stage, unit: dict(GOOD[stage, unit])


@pytest.fixture(scope="session")
def at() -> datetime:
    return AT
