"""The narrow frames: what the SQL counts, on a batch staged by hand and then damaged."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from expectations.catalogue import all_rules
from expectations.clock import COLUMN as CLOCK
from tests.staged_batch import (
    BODY,
    OFFSET,
    TEXT,
    TITLE,
    Staged,
    article,
    evidence,
    page,
    refusal,
)
from warehouse.frames import frame_names, frames
from warehouse.staging import STAGES, Batch
from warehouse.tables import Alias, Segment


@pytest.fixture
def staged(tmp_path: Path) -> Staged:
    return Staged(tmp_path)


def test_a_sound_batch_breaks_no_rule(staged: Staged) -> None:
    made = {stage: staged.frames(stage) for stage in STAGES}
    for rule in all_rules():
        if rule.column == CLOCK or rule.column.endswith("_refused_share"):
            continue  # made by the gate
        if rule.unit == "source":
            continue  # of no single batch
        for row in made[rule.stage][rule.unit].to_pylist():
            assert rule.holds_for(row[rule.column]) or rule.column == "body_chars", rule.id


@pytest.mark.parametrize("stage", STAGES)
def test_frames_are_narrow(stage: str, staged: Staged) -> None:
    made = staged.frames(stage)
    assert tuple(made) == frame_names(stage)
    assert made["batch"].num_rows == 1
    for name, table in made.items():
        assert not pa.types.is_decimal(table.schema.field(0).type)
        for value in (v for column in table.columns for v in column.to_pylist()):
            assert not isinstance(value, str) or len(value) <= 64 + 34, (name, value)
            assert value not in (TEXT, BODY, TITLE)


@pytest.mark.parametrize("stage", STAGES)
def test_what_was_not_staged_counts_as_empty(stage: str, tmp_path: Path) -> None:
    made = frames(Batch("run-1", "akhbar", 0, tmp_path), stage)
    assert {name: made[name].num_rows for name in made if name != "batch"} == {
        name: 0 for name in frame_names(stage) if name != "batch"
    }
    assert all(not value for value in made["batch"].to_pylist()[0].values())


def test_a_folder_may_be_named_anything(tmp_path: Path) -> None:
    other = Staged(tmp_path / "it's [a] *folder* {1,2}?")
    assert other.frames("publish")["batch"].to_pylist()[0]["pages"] == 2


def test_batches_in_two_threads_do_not_mix(tmp_path: Path) -> None:
    few, many = Staged(tmp_path / "few"), Staged(tmp_path / "many")
    many.pages += [page(number) for number in range(2, 9)]

    def counted(of: Staged) -> list[int]:
        return [of.frames("ingest")["page"].num_rows for _ in range(8)]

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(counted, (few, many))) == [[2] * 8, [9] * 8]


# Ingest


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (TEXT, 20),
        (" \n\t\u00a0\u200b\u200f\x07" * 50, 0),
        ("شعار " + " " * 500 + "خبر عاجل", 11),
        (" " * 500 + TITLE, 21),
        ("\x00" * 300 + "نص", 2),
    ],
)
def test_visible_characters(text: str, seen: int, staged: Staged) -> None:
    staged.pages = [page(0, text)]
    assert staged.row("ingest", "page")["visible_chars"] == seen


def test_measures_of_a_page(staged: Staged) -> None:
    staged.pages = [page(0, text_chars=200, replacement_chars=5, control_chars=4)]
    row = staged.row("ingest", "page")
    assert (row["replacement_share"], row["control_share"]) == (0.025, 0.02)
    assert row["text_chars_wrong"] == abs(200 - len(TEXT))


@pytest.mark.parametrize(
    ("landed", "duplicate", "refused", "unaccounted"),
    [(2, 0, 0, 0), (5, 2, 1, 0), (5, 2, 0, 1), (1, 0, 0, -1)],
)
def test_the_account_of_a_landing(
    landed: int, duplicate: int, refused: int, unaccounted: int, staged: Staged
) -> None:
    staged.landed, staged.duplicate = landed, duplicate
    staged.refused["ingest"] = [
        refusal(f"gone-{n}", "page", "ingest", f"gone-{n}") for n in range(refused)
    ]
    measures = staged.frames("ingest")["batch"].to_pylist()[0]
    assert measures["pages_landed"] == landed
    assert measures["pages_refused_before"] == refused
    assert measures["pages_unaccounted"] == unaccounted
    assert staged.frames("publish")["batch"].to_pylist()[0]["pages_unaccounted"] == unaccounted


# Clean


def cut(segments: list[Segment], **changes: Any) -> list[Segment]:
    return [segments[0].model_copy(update=changes), *segments[1:]]


@pytest.mark.parametrize(
    ("changes", "column", "count"),
    [
        ({"start": 3}, "segments_start", 3),
        ({"end": OFFSET - 2}, "segments_gaps", 1),
        ({"end": OFFSET + 2}, "segments_overlaps", 1),
        ({"end": 0}, "segments_overlaps", 1),
        ({"article_id": "0" * 32}, "segments_strays", 1),
        ({"kind": "advert"}, "segments_out_of_contract", 1),
        ({"rule": ""}, "segments_out_of_contract", 1),
    ],
)
def test_faults_of_segments(
    changes: dict[str, Any], column: str, count: int, staged: Staged
) -> None:
    assert staged.first_page()[column] == 0
    staged.segments = cut(staged.segments, **changes)
    assert staged.first_page()[column] == count
    assert staged.row("clean", "page", staged.pages[1].page_id)[column] == 0


@pytest.mark.parametrize("end", [len(TEXT) - 1, len(TEXT) + 1])
def test_segments_end_with_the_page(end: int, staged: Staged) -> None:
    staged.segments[1] = staged.segments[1].model_copy(update={"end": end})
    assert staged.first_page()["segments_left"] == 1


def test_a_page_without_segments_is_uncovered(staged: Staged) -> None:
    staged.segments = staged.segments[2:]
    assert staged.first_page()["segments_left"] == len(TEXT)


def test_articles_of_a_page(staged: Staged) -> None:
    staged.articles += [article(staged.pages[0], "embedded")]
    row = staged.first_page()
    assert (row["article_count"], row["main_count"]) == (2, 1)
    staged.articles = staged.articles[1:2]
    row = staged.first_page()
    assert (row["article_count"], row["main_count"]) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        ({"title": None}, "title_missing", 1),
        ({"title": "  "}, "title_missing", 1),
        ({"published_at": None, "published_reason": "no date"}, "date_unexplained", 0),
        ({"published_at": None}, "date_unexplained", 1),
        ({"published_latest": None}, "date_unexplained", 1),
        ({"published_earliest": date(2024, 3, 9)}, "published_days", -6),
        ({"published_not_before": date(2024, 3, 3)}, "values_unshown", 1),
        ({"published_not_after": date(2024, 3, 3)}, "values_unshown", 1),
        ({"replacement_chars": 12, "body_chars": 120}, "replacement_share", 0.1),
        ({"arabic_share": 1.5}, "out_of_contract", "arabic_share=1.5"),
        ({"arabic_share": float("nan")}, "out_of_contract", "arabic_share=nan"),
        ({"published_at": "5 May 2020"}, "out_of_contract", "published_at=5 May 2020"),
        ({"page_id": "p", "role": "side"}, "out_of_contract", "page_id=p, role=side"),
        ({"language": "Arabic"}, "out_of_contract", "language=Arabic"),
    ],
)
def test_measures_of_an_article(
    changes: dict[str, Any], column: str, value: Any, staged: Staged
) -> None:
    staged.articles[0] = staged.articles[0].model_copy(update=changes)
    assert staged.first_article()[column] == value


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"page_end": len(TEXT) + 1}, "evidence_outside"),
        ({"page_start": 9, "page_end": 9}, "evidence_outside"),
        ({"page_start": None}, "evidence_outside"),
        ({"value": ""}, "evidence_out_of_contract"),
        ({"chosen": False}, "values_unshown"),
    ],
)
def test_faults_of_evidence(changes: dict[str, Any], column: str, staged: Staged) -> None:
    assert staged.first_article()[column] == 0
    staged.evidence[0] = staged.evidence[0].model_copy(update=changes)
    assert staged.first_article()[column] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "افتتاح جسر آخر"},
        {"field": "summary"},
    ],
)
def test_the_chosen_evidence_is_the_article_s_own_value(
    changes: dict[str, Any], staged: Staged
) -> None:
    assert staged.first_article()["values_contradicted"] == 0
    staged.evidence[0] = staged.evidence[0].model_copy(update=changes)
    assert staged.first_article()["values_contradicted"] == 1
    staged.evidence[0] = staged.evidence[0].model_copy(update={"chosen": False})
    assert staged.first_article()["values_contradicted"] == 0


@pytest.mark.parametrize(
    "field",
    ["summary", "modified_at", "publisher", "stated_source", "byline", "dateline", "section"],
)
def test_every_value_needs_evidence(field: str, staged: Staged) -> None:
    staged.articles[0] = staged.articles[0].model_copy(update={field: "2024-03-03"})
    assert staged.first_article()["values_unshown"] == 1
    staged.evidence.append(
        evidence(staged.articles[0], 2, "title").model_copy(
            update={"field": field, "value": "2024-03-03"}
        )
    )
    row = staged.first_article()
    assert (row["values_unshown"], row["values_contradicted"]) == (0, 0)


def test_keywords_are_no_value_of_the_article(staged: Staged) -> None:
    staged.evidence += [
        evidence(staged.articles[0], seq, "title").model_copy(update={"field": "keyword"})
        for seq in (2, 3)
    ]
    assert staged.first_article()["values_contradicted"] == 0


@pytest.mark.parametrize(
    "changes",
    [{"document_id": "0" * 32}, {"source_id": "other"}, {"url": None}],
)
def test_an_article_agrees_with_its_page(changes: dict[str, Any], staged: Staged) -> None:
    assert staged.first_article()["page_contradicted"] == 0
    staged.articles[0] = staged.articles[0].model_copy(update=changes)
    assert staged.first_article()["page_contradicted"] == 1


@pytest.mark.parametrize("changes", [{"page_id": "0" * 64}, {"version": "0.9"}])
@pytest.mark.parametrize(
    ("table", "stage"), [("evidence", "clean"), ("mentions", "tag"), ("dates", "tag")]
)
def test_rows_name_the_page_and_the_version_of_their_article(
    table: str, stage: str, changes: dict[str, Any], staged: Staged
) -> None:
    assert staged.first_article(stage)[f"{table}_astray"] == 0
    rows = getattr(staged, table)
    rows[0] = rows[0].model_copy(update=changes)
    assert staged.first_article(stage)[f"{table}_astray"] == 1
    other = staged.row(stage, "article", staged.articles[1].article_id)
    assert other[f"{table}_astray"] == 0
    assert staged.frames(stage)["batch"].to_pylist()[0][f"{table}_without_article"] == 0
    rows[0] = rows[0].model_copy(update={"article_id": "0" * 32})
    assert staged.frames(stage)["batch"].to_pylist()[0][f"{table}_without_article"] == 1


def test_evidence_given_beside_the_text_has_no_span(staged: Staged) -> None:
    given = {"page_start": None, "page_end": None}
    staged.evidence[0] = staged.evidence[0].model_copy(update=given)
    assert staged.first_article()["evidence_outside"] == 0


def test_shares_of_a_batch(staged: Staged) -> None:
    no_date = {"published_at": None, "published_reason": "none stated", "title": None}
    staged.articles[0] = staged.articles[0].model_copy(update=no_date)
    staged.articles.append(article(staged.pages[1], "embedded", **no_date))
    measures = staged.frames("clean")["batch"].to_pylist()[0]
    assert (measures["articles"], measures["main_articles"]) == (3, 2)
    assert (measures["dated_share"], measures["titled_share"]) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("hour", "after", "before"), [(datetime(2024, 3, 1, 23, 30), 2, -2), (None, None, None)]
)
def test_the_publication_date_is_held_against_the_fetch(
    hour: datetime | None, after: int | None, before: int | None, staged: Staged
) -> None:
    fetched = hour.replace(tzinfo=UTC) if hour else None
    staged.pages[0] = staged.pages[0].model_copy(update={"fetched_at": fetched})
    row = staged.first_article()  # of 3 March 2024
    assert (row["published_after_fetch"], row["published_before_fetch"]) == (after, before)


# Refusals


@pytest.mark.parametrize("stage", ["clean", "tag", "publish"])
def test_what_was_refused_is_left_out_with_what_stands_on_it(stage: str, staged: Staged) -> None:
    gone, stays = staged.pages
    staged.refused["ingest"] = [refusal(gone.page_id, "page", "ingest", gone.page_id)]
    made = staged.frames(stage)
    measures = made["batch"].to_pylist()[0]
    assert measures["articles"] == 1
    for unit in set(made) - {"batch", "links"}:
        assert made[unit].column("page_id").to_pylist() == [stays.page_id]


def test_a_refusal_of_a_later_stage_is_not_known_yet(staged: Staged) -> None:
    first = staged.articles[0]
    staged.refused["tag"] = [refusal(first.article_id, "article", "tag", first.page_id)]
    assert staged.frames("clean")["article"].num_rows == 2
    assert staged.frames("tag")["article"].num_rows == 1
    assert staged.frames("tag")["batch"].to_pylist()[0]["articles_refused_before"] == 1


def test_links_say_who_refused_what(staged: Staged) -> None:
    first, second = staged.articles
    staged.refused["clean"] = [refusal(first.article_id, "article", "clean", first.page_id)]
    staged.refused["tag"] = [refusal(second.page_id, "page", "tag", second.page_id)]
    found = {row["article_id"]: row for row in staged.frames("tag")["links"].to_pylist()}
    assert found[first.article_id]["article_rule"] == "some.rule"
    assert found[first.article_id]["page_rule"] is None
    assert found[second.article_id]["page_reason"] == "because"
    assert found[second.article_id]["locator"] == "pages/1.txt"


# Publish


def lose_pages(staged: Staged) -> None:
    staged.pages = staged.pages[:1]


def lose_articles(staged: Staged) -> None:
    staged.articles = staged.articles[:1]


def lose_entities(staged: Staged) -> None:
    staged.entities = []


def add_alias(staged: Staged) -> None:
    staged.aliases = [
        Alias(
            alias_id="0" * 32, entity_id="nobody", alias="لا أحد", source="s", knowledge_version="1"
        )
    ]


def break_alias(staged: Staged) -> None:
    staged.aliases = [
        Alias(alias_id="x", entity_id="geo-moscow", alias="مسكو", source="s", knowledge_version="1")
    ]


def refuse_page_alone(staged: Staged) -> None:
    one = staged.pages[0].page_id
    staged.refused["clean"] = [refusal(one, "page", "clean", one)]


@pytest.mark.parametrize(
    ("damage", "faults"),
    [
        (
            lose_pages,
            {"pages_unaccounted": 1, "articles_without_page": 1, "segments_without_page": 2},
        ),
        (
            lose_articles,
            {
                "pages_without_article": 1, "evidence_without_article": 2,
                "mentions_without_article": 2, "dates_without_article": 1,
            },
        ),
        (lose_entities, {"mentions_without_entity": 4}),
        (add_alias, {"aliases_without_entity": 1}),
        (break_alias, {"knowledge_out_of_contract": 1}),
        (refuse_page_alone, {"articles_unaccounted": 1}),
        (lambda s: s.pages.append(s.pages[0]), {"pages_unaccounted": -1, "keys_repeated": 1}),
        (lambda s: s.articles.append(s.articles[0]), {"keys_repeated": 1}),
        (lambda s: s.segments.append(s.segments[0]), {"keys_repeated": 1}),
        (lambda s: s.evidence.append(s.evidence[0]), {"keys_repeated": 1}),
        (lambda s: s.mentions.append(s.mentions[0]), {"keys_repeated": 1}),
        (lambda s: s.dates.append(s.dates[0]), {"keys_repeated": 1}),
    ],
)  # fmt: skip
def test_faults_before_publication(
    damage: Callable[[Staged], None], faults: dict[str, int], staged: Staged
) -> None:
    counts = {"pages_landed", "pages", "articles"}
    damage(staged)
    measures = staged.frames("publish")["batch"].to_pylist()[0]
    assert {k: v for k, v in measures.items() if v and k not in counts} == faults
