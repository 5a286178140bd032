"""Groups of copies in the tables: found as articles come, change, go, and come late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from tests import store_rows as rows
from tests.group_rows import article, body, publish
from tests.group_rows import told as told_by
from tests.story_texts import BEIRUT, BEIRUT_RETOLD, SUEZ, SUEZ_RETOLD
from transforms.group.meeting import unpacked
from warehouse.staging import Batch
from warehouse.store import Store
from warehouse.tables import Article, Page


def groups(home: Path) -> list[tuple[object, ...]]:
    """Return who copied whom, without what a run signs."""
    columns = "article_id, group_id, copy_of, nearest_id, relation, round(jaccard, 6), lag_days"
    return rows.read(home, "copies", columns)


@pytest.fixture
def told() -> list[tuple[Page, Article]]:
    """A report, its copy a day later, an excerpt two days later, a longer one, and another."""
    report, other = body(1), body(2)
    excerpt = " ".join(report.split()[:50])
    return [
        article("wakala", report, 4),
        article("barq", report.replace("سفراء", "سفيران"), 5),
        article("sada", excerpt, 6),
        article("nida", f"{body(3)}\n{report}\n{body(4)}", 7),
        article("rasd", other, 4),
    ]


def ids(told: Sequence[tuple[Page, Article]]) -> list[str]:
    return [article.article_id for _, article in told]


def test_copies_name_whom_they_copied(tmp_path: Path, told: list[tuple[Page, Article]]) -> None:
    with Store.open(tmp_path) as store:
        publish(store, tmp_path, "run-1", told)
    report, copy, excerpt, longer, other = ids(told)
    found = {row[0]: row[1:] for row in groups(tmp_path)}
    assert found.keys() == {report, copy, excerpt, longer}
    assert {row[0] for row in found.values()} == {min(found)}
    assert other not in found
    assert found[report][1] is None
    assert found[report][3] is None
    assert (found[copy][1], found[copy][5]) == (report, 1)
    assert (found[excerpt][1], found[excerpt][3]) == (report, "excerpt")
    assert (found[longer][1], found[longer][3]) == (report, "extended")
    bodies = {each.article_id: each.body for _, each in told}
    spans = rows.read(
        tmp_path, "copy_spans", 'article_id, start, "end", other_id, other_start, other_end'
    )
    assert {span[0] for span in spans} == {copy, excerpt, longer}
    for one, start, end, two, other_start, other_end in spans:
        assert bodies[str(one)][start:end] == bodies[str(two)][other_start:other_end]  # type: ignore[misc]


@pytest.mark.parametrize("order", [*permutations(range(3))][1:])
def test_the_order_of_runs_changes_nothing(
    tmp_path: Path, told: list[tuple[Page, Article]], order: tuple[int, ...]
) -> None:
    parts = [told[:1], told[1:3], told[3:]]
    homes = tmp_path / "one", tmp_path / "by-part"
    with Store.open(homes[0]) as store:
        publish(store, homes[0], "run-1", told)
    with Store.open(homes[1]) as store:
        for number, part in enumerate(order):
            publish(store, homes[1], f"run-{number}", parts[part])
    assert groups(homes[0]) == groups(homes[1])
    told_alike = "article_id, story_id, nearest_id, rule, round(score, 6)"
    stories = [rows.read(home, "story_articles", told_alike) for home in homes]
    assert stories[0] == stories[1] != []
    counted = [rows.read(home, "copy_pairs", "article_id, other_id, shared") for home in homes]
    assert counted[0] == counted[1]
    assert len(counted[0]) >= 4


def test_a_new_version_leaves_its_group(tmp_path: Path) -> None:
    url = "https://barq.example/1"
    first = [article("wakala", body(1), 4), article("barq", body(1), 5, url=url)]
    with Store.open(tmp_path) as store:
        publish(store, tmp_path, "run-1", first)
        assert len(groups(tmp_path)) == 2
        publish(store, tmp_path, "run-2", [article("barq", body(9), 5, url=url, run_id="run-2")])
        assert groups(tmp_path) == []
        assert rows.read(tmp_path, "copy_pairs") == rows.read(tmp_path, "copy_spans") == []
        # And another one comes back to it.
        publish(
            store, tmp_path, "run-3",
            [article("barq", f"{body(1)} أمس", 5, url=url, run_id="run-3")],
        )  # fmt: skip
        assert len(groups(tmp_path)) == 2


def test_what_was_published_without_is_caught_up_with(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        publish(store, tmp_path, "run-1", [article("rasd", body(8), 3)])
        batch = Batch("run-2", rows.SOURCE, 0, tmp_path / "staging" / "run-2")
        page, late = article("wakala", body(1), 4, run_id="run-2")
        rows.stage(batch, [page], [late])
        rows.publish(store, "run-2", [batch])
        publish(store, tmp_path, "run-3", [article("barq", body(1), 5, run_id="run-3")])
        assert len(groups(tmp_path)) == 2
        assert store.shelves.covered == store.snapshot
        assert len(store.shelves) == 3


@pytest.mark.parametrize("damage", ["gone", "cut", "nonsense", "format"])
def test_shelves_that_are_of_no_use_are_filled_again(tmp_path: Path, damage: str) -> None:
    with Store.open(tmp_path) as store:
        publish(store, tmp_path, "run-1", [article("wakala", body(1), 4)])
        publish(store, tmp_path, "run-2", [article("sada", body(5), 4, run_id="run-2")])
    folder = tmp_path / "warehouse" / "copies"
    said = folder / "shelves.json"
    if damage == "gone":
        said.unlink()
    elif damage == "cut":
        array = next(folder.glob("shelf-*/keys.npy"))
        array.write_bytes(array.read_bytes()[:-8])
    elif damage == "nonsense":
        said.write_text("{", "utf-8")
    else:
        said.write_text(said.read_text("utf-8").replace('"format": 1', '"format": 0'), "utf-8")
    with Store.open(tmp_path) as store:
        assert store.shelves.covered is None
        publish(store, tmp_path, "run-3", [article("barq", body(1), 5, run_id="run-3")])
        assert len(groups(tmp_path)) == 2
        assert len(store.shelves) == 3


def test_maintenance_and_empty_runs_leave_the_shelves_covering(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        for number in range(6):
            publish(
                store, tmp_path, f"run-{number}",
                [article("wakala", body(100 + number), 4, run_id=f"run-{number}")],
            )  # fmt: skip
        store.maintain(timedelta(0))
        assert store.shelves.covered == store.snapshot
        rows.publish(store, "run-7", [])
        assert store.shelves.covered == store.snapshot
        assert len(store.shelves) == 6
        assert len(store.shelves.shelves) <= 2  # small ones were merged


def test_a_run_without_copies_writes_none_of_their_files(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        publish(store, tmp_path, "run-1", [article("wakala", body(1), 4)])
    assert not [*(tmp_path / "warehouse" / "data").rglob("copies/*.parquet")]


def test_what_went_goes_off_the_shelves_too(tmp_path: Path) -> None:
    url = "https://barq.example/1"
    with Store.open(tmp_path) as store:
        told = [article("wakala", body(1), 4), article("barq", body(2), 4, url=url)]
        publish(store, tmp_path, "run-1", [*told, article("sada", body(3), 4)])
        gone = told[0][1].article_id
        store.forget(
            lambda connection: connection.execute(
                "DELETE FROM lake.articles WHERE article_id = ?", [gone]
            )
        )
        ids = [i for shelf in store.shelves.shelves for i in unpacked(shelf.ids)]
        assert gone not in ids
        assert len(store.shelves) == 2
        # What stays is found as before, by copies that come and by later ones.
        publish(store, tmp_path, "run-2", [article("rasd", body(2), 5, run_id="run-2")])
        publish(store, tmp_path, "run-3", [article("nida", body(3), 5, run_id="run-3")])
        publish(store, tmp_path, "run-4", [article("kalima", body(1), 5, run_id="run-4")])
        assert len(groups(tmp_path)) == 4


@pytest.mark.parametrize("other", [19, 20, 21, 22])
def test_an_article_is_in_one_story_however_far_apart_the_days_are(
    tmp_path: Path, other: int
) -> None:
    """What lies on the margin of one part is seen whole in another, and counts there only."""
    with Store.open(tmp_path) as store:
        publish(
            store, tmp_path, "run-1",
            [
                told_by("wakala", *BEIRUT, 4), told_by("jabal", *BEIRUT_RETOLD, 5),
                told_by("barq", *BEIRUT_RETOLD, 5), told_by("wakala", *SUEZ, other),
                told_by("jabal", *SUEZ_RETOLD, other),
            ],
        )  # fmt: skip
    stories = rows.read(
        tmp_path, "story_articles", "story_id, count(*) OVER (PARTITION BY article_id)"
    )
    assert len(stories) == 5
    assert {count for _, count in stories} == {1}
    assert rows.read(tmp_path, "stories", "articles", "articles") == [(2,), (3,)]
