"""The views over copies and versions, on a handful of articles counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests import group_rows as given
from tests import story_texts as stories
from warehouse.store import Store

Ask = Callable[[str], list[tuple[object, ...]]]


def answers(home: Path) -> Ask:
    """Return what asks the database of a home."""

    def answer(query: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(home / "khabar.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()

    return answer


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """An agency's two reports, copied; one that nobody dated; one corrected after a day."""
    home: Path = tmp_path_factory.mktemp("copies")
    museum, visit, quake = given.body(1), given.body(2), given.body(3)
    undated = {"published_at": None, "published_precision": None, "published_earliest": None,
               "published_latest": None}  # fmt: skip
    page, article = given.article("sada", quake, 4)
    nobody = page, article.model_copy(update=undated)
    url = "https://nida.example/1"
    with Store.open(home) as store:
        first = [
            given.article("wakala", museum, 4, at="2026-03-04T09:00:00+02:00"),
            given.article("wakala", visit, 4),
            given.article("barq", museum, 4, at="2026-03-04T09:30:00+02:00"),
            given.article("barq", visit, 5),
            given.article("barq", given.body(5), 5),
            given.article(
                "sada", museum.replace("سفراء", "سفيران"), 6, at="2026-03-06T09:00:00+02:00"
            ),
            nobody,
            given.article("rasd", quake, 4),
            given.article("nida", "قتل ثلاثة في الحادث. نقل الجرحى إلى المستشفى.", 4, url=url),
            given.article("nida", given.body(6), 4, url="https://nida.example/2"),
            given.article("nida", f"{given.body(6)} أيضا", 7, url="https://nida.example/3"),
        ]
        given.publish(store, home, "run-1", first)
        changed = "قتل أربعة في الحادث. نقل الجرحى إلى المستشفى.\nتصحيح: كان الخبر يذكر ثلاثة."
        given.publish(
            store, home, "run-2", [given.article("nida", changed, 4, url=url, run_id="run-2")]
        )

    return answers(home)


def test_syndication_flow(ask: Ask) -> None:
    columns = "from_source, to_source, copies, unchanged, edited, partial, median_lag_minutes"
    assert ask(f"SELECT {columns} FROM syndication_flow ORDER BY ALL") == [
        ("nida", "nida", 1, 1, 0, 0, None),
        ("wakala", "barq", 2, 2, 0, 0, 30.0),
        ("wakala", "sada", 1, 0, 1, 0, 2880.0),
    ]
    assert ask("SELECT share FROM syndication_flow WHERE to_source = 'barq'") == [(2 / 3,)]


def test_source_dependence(ask: Ask) -> None:
    columns = "source_id, articles, copied, same_as, repeated, taken, takers"
    assert ask(f"SELECT {columns} FROM source_dependence ORDER BY ALL") == [
        ("barq", 3, 2, 0, 0, 0, 0),
        ("nida", 3, 0, 0, 1, 0, 0),
        ("rasd", 1, 0, 1, 0, 0, 0),
        ("sada", 2, 1, 1, 0, 0, 0),
        ("wakala", 2, 0, 0, 0, 3, 2),
    ]
    assert ask("SELECT own_share FROM source_dependence WHERE source_id = 'wakala'") == [(1.0,)]


def test_reach(ask: Ask) -> None:
    columns = "first_source, articles, sources, unchanged, days"
    assert ask(f"SELECT {columns} FROM reach ORDER BY ALL") == [
        ("nida", 2, 1, 1, 3),
        ("wakala", 2, 2, 1, 1),
        ("wakala", 3, 3, 1, 2),
        (None, 2, 2, 2, 0),
    ]


def test_attention(ask: Ask) -> None:
    counted = ask(
        "SELECT period, starts_on::VARCHAR, articles, copies, share FROM attention"
        " WHERE period <> 'day' ORDER BY ALL"
    )
    assert counted == [("month", "2026-03-01", 10, 4, 1.0), ("week", "2026-03-02", 10, 4, 1.0)]
    assert ask(
        "SELECT starts_on::VARCHAR, articles FROM attention WHERE period = 'day' ORDER BY ALL"
    ) == [("2026-03-04", 6), ("2026-03-05", 2), ("2026-03-06", 1), ("2026-03-07", 1)]


def test_new_entities(ask: Ask) -> None:
    [(first, source, articles, sources, last)] = ask(
        "SELECT first_day::VARCHAR, first_source, articles, sources, last_day::VARCHAR"
        " FROM new_entities"
    )
    assert (first, source, articles, sources, last) == ("2026-03-04", None, 10, 5, "2026-03-07")


def test_corrections(ask: Ask) -> None:
    assert ask("SELECT what, kind, place, text FROM corrections ORDER BY kind, place") == [
        ("sentence", "added", 1, "قتل أربعة في الحادث"),
        ("sentence", "added", 3, "تصحيح: كان الخبر يذكر ثلاثة"),
        ("sentence", "removed", 1, "قتل ثلاثة في الحادث"),
    ]
    assert ask("SELECT DISTINCT source_id, seen_at = not_before FROM corrections") == [
        ("nida", True)
    ]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """One event told in two ways, one of them copied; another that two tell on days alone."""
    home: Path = tmp_path_factory.mktemp("stories")
    wakala, jabal = stories.BEIRUT, stories.BEIRUT_RETOLD
    page, article = given.told("jabal", *stories.SUEZ_RETOLD, 9)
    chain = {"aggregator": "مجمع الأخبار", "stated_source": "وكالة المثال", "publisher": "الجبل",
             "dateline": "السويس (المثال) -"}  # fmt: skip
    named = page, article.model_copy(update=chain)
    with Store.open(home) as store:
        given.publish(
            store, home, "run-1",
            [
                given.told("wakala", *wakala, 4, at="2026-03-04T18:00:00+02:00"),
                given.told("jabal", *jabal, 4, at="2026-03-04T18:40:00+02:00"),
                given.told("barq", *wakala, 4, at="2026-03-04T19:00:00+02:00"),
                given.told("wakala", *stories.SUEZ, 9),
                named,
            ],
        )  # fmt: skip
    return answers(home)


def test_independent_reports(told: Ask) -> None:
    columns = "title, articles, sources, independent, round(copied, 3), first_rule"
    assert told(f"SELECT {columns} FROM independent_reports ORDER BY articles DESC") == [
        (stories.BEIRUT[0], 3, 3, 2, 0.333, "time"),
        (stories.SUEZ_RETOLD[0], 2, 2, 2, 0.0, None),
    ]


def test_first_reporters(told: Ask) -> None:
    columns = "source_id, told, first, unknown, median_lead_minutes"
    assert told(f"SELECT {columns} FROM first_reporters ORDER BY ALL") == [
        ("barq", 1, 0, 0, None), ("jabal", 2, 0, 1, None), ("wakala", 2, 1, 1, 40.0),
    ]  # fmt: skip


def test_story_timeline(told: Ask) -> None:
    assert told(
        "SELECT source_id, is_first, relation FROM story_timeline"
        " WHERE is_first IS NOT NULL ORDER BY published_at"
    ) == [("wakala", True, None), ("jabal", False, None), ("barq", False, "identical")]
    assert told("SELECT place, is_first FROM story_timeline WHERE is_first IS NULL") == [
        (1, None), (1, None),
    ]  # fmt: skip


def test_source_chain(told: Ask) -> None:
    columns = "source_id, aggregator, stated_source, agency, copied_from, chain"
    assert told(f"SELECT {columns} FROM source_chain ORDER BY 1") == [
        ("barq", None, None, None, "wakala", "barq"),
        ("jabal", "مجمع الأخبار", "وكالة المثال", "المثال", None,
         "مجمع الأخبار < الجبل < وكالة المثال < المثال"),
    ]  # fmt: skip
