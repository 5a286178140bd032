"""Names and links on pages: which are right, and which are wrongly held to be one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows.commands.evaluate_gold import GoldPage
from flows.commands.evaluate_links import MEASURES, check_surfaces, evaluate_links, score_pages
from flows.commands.evaluate_measures import measured
from flows.commands.evaluate_pages import Read, read_gold_pages
from flows.commands.evaluate_shapes import FaultShape
from flows.commands.evaluate_view import show
from flows.settings import UsageError, load_settings

TEXT = (
    "حفتر وصالح في القاهرة\n\n"
    "التقى المشير خليفة حفتر رئيس البرلمان عقيلة صالح في القاهرة يوم الأحد، وبحث معه موعد "
    "الانتخابات في ليبيا بحسب بيان أصدرته الأمم المتحدة ولم يذكر تفاصيل أخرى عن الاتفاق.\n"
)


def mention(surface: str, kind: str, entity: str | None, nth: int = 0) -> dict[str, Any]:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(surface, start + 1)
    return {
        "start": start, "end": start + len(surface), "surface": surface, "type": kind,
        "entity": entity,
    }  # fmt: skip


RIGHT = [
    mention("حفتر", "PER", "haftar"),
    mention("صالح", "PER", "saleh"),
    mention("القاهرة", "LOC", "cairo"),
    mention("خليفة حفتر", "PER", "haftar"),
    mention("الأمم المتحدة", "ORG", None),
    mention("عقيلة صالح", "PER", "saleh"),
    mention("القاهرة", "LOC", "cairo", 1),
    mention("ليبيا", "LOC", "libya"),
]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Return the page as the program reads it, once."""
    folder = tmp_path_factory.mktemp("links")
    (folder / "a.txt").write_text(TEXT, "utf-8")
    (each,) = read_gold_pages(
        [GoldPage(file="a.txt", id="a")], [folder / "a.txt"], load_settings(), None
    )
    return each


def scored(read: Read, mentions: list[dict[str, Any]]) -> tuple[dict[str, float], list[FaultShape]]:
    gold = GoldPage.model_validate({"file": "a.txt", "id": "a", "mentions": mentions})
    (counts,), faults = score_pages([read._replace(gold=gold)])
    return counts, faults


def value(measure: str, counts: dict[str, float]) -> float:
    return round(measured([counts], MEASURES)[measure].value, 4)


def test_what_is_found_and_linked_as_labelled_scores_one(read: Read) -> None:
    counts, faults = scored(read, RIGHT)
    assert {value(measure, counts) for measure in MEASURES} == {1.0}
    assert counts["linked"] == len(RIGHT) - 1
    assert not faults


def test_names_lost_and_added_are_named(read: Read) -> None:
    lost = mention("الأحد", "LOC", "ahad")
    counts, faults = scored(read, [m for m in RIGHT if m["surface"] != "ليبيا"] + [lost])
    assert [(f.fault, f.surface) for f in faults] == [("lost", "الأحد"), ("added", "ليبيا")]
    assert value("mention_f1", counts) == round(14 / 16, 4)


def test_persons_held_to_be_one_are_counted(read: Read) -> None:
    """The gold parts what the program joins: two persons called Haftar."""
    others = [dict(each) for each in RIGHT]
    others[0]["entity"] = "another-haftar"
    counts, _ = scored(read, others)
    assert counts["persons_merged"] == 2
    # Of seven linked names two stand in a cluster of which half is theirs.
    assert value("b_cubed_precision", counts) == round(6 / 7, 4)
    assert value("b_cubed_recall", counts) == 1
    assert value("b_cubed", counts) == round(2 * (6 / 7) / (6 / 7 + 1), 4)


def test_places_held_apart_cost_recall(read: Read) -> None:
    others = [dict(each) for each in RIGHT]
    others[7]["entity"] = "cairo"
    counts, _ = scored(read, others)
    assert value("b_cubed_precision", counts) == 1
    assert value("b_cubed_recall", counts) == round((4 + 2 * 2 / 3 + 1 / 3) / 7, 4)


def test_a_file_is_scored_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    gold = tmp_path / "gold.json"
    lost = mention("الأحد", "LOC", "ahad")
    docs = [{"id": "a", "file": "a.txt", "mentions": [*RIGHT, lost]}, {"id": "b", "file": "b.txt"}]
    gold.write_text(json.dumps({"docs": docs}), "utf-8")
    scores = evaluate_links(gold, tmp_path, load_settings())
    assert scores.groups[0].measures["mention_f1"].value == round(16 / 17, 4)
    assert [(left.documents, left.reason) for left in scores.left_out] == [(1, "no mention")]
    show(scores)
    assert "lost   LOC" in capsys.readouterr().out


def test_a_slip_of_the_gold_is_told(tmp_path: Path, read: Read) -> None:
    slip = mention("ليبيا", "LOC", "libya") | {"start": 3}
    gold = GoldPage.model_validate({"file": "a.txt", "mentions": [slip]})
    with pytest.raises(UsageError, match="not 'ليبيا'"):
        check_surfaces(read._replace(gold=gold))
    none = tmp_path / "gold.json"
    none.write_text('{"docs": [{"id": "a", "file": "a.txt"}]}', "utf-8")
    with pytest.raises(UsageError, match="no entry has mentions"):
        evaluate_links(none, tmp_path, load_settings())
