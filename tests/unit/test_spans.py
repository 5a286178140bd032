"""Do the spans of a batch's rows give what the rows say? Counted for the gate, row by row."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from flows.sources.files import read
from flows.work import clean_chunk, land_chunk, tag_chunk, tag_items
from tests.gold.samples import SAMPLES, docs
from tests.staged_batch import (
    BODY,
    OFFSET,
    TEXT,
    TITLE,
    Staged,
    article,
    dated,
    evidence,
    mention,
    page,
    place,
    segment,
)
from transforms.ingest.record import RawRecord
from transforms.stamp import Stamp
from warehouse import spans
from warehouse.frames import STAGED, frames
from warehouse.staging import Batch
from warehouse.tables import Evidence, Page, Source
from warehouse.tables.arrow import from_arrow
from warehouse.tables.clean import ISO_DATE

#: Columns of the frames that count what does not hold.
_FAULTS = (
    "_unlike_page", "_unlike_segments", "_bad_offsets", "_astray", "_outside", "_contradicted",
    "_unshown", "_wrong",
)  # fmt: skip


@pytest.fixture
def staged(tmp_path: Path) -> Staged:
    return Staged(tmp_path)


def shown_at(staged: Staged, column: str) -> int:
    count = staged.first_article("tag")[column]
    assert isinstance(count, int)
    return count


def reset(staged: Staged, text: str, body: str = BODY) -> None:
    """The first page says `text` below its title, which is the article's one segment of body."""
    start = len(TITLE) + 1
    staged.pages[0] = page(0, f"{TITLE}\n{text}")
    staged.articles[0] = article(staged.pages[0], body=body, body_chars=len(body))
    own = staged.articles[0]
    staged.segments[:2] = [
        segment(own, 0, 0, start, "title"),
        segment(own, 1, start, start + len(text), "body"),
    ]
    staged.mentions, staged.dates = staged.mentions[2:], staged.dates[1:]
    staged.evidence = [evidence(own, 0, "title"), *staged.evidence[2:]]


# Mentions and dates on the page


@pytest.mark.parametrize(
    "changes",
    [
        {"page_end": len(TEXT) + 1},
        {"page_start": 9, "page_end": 9},
        {"page_start": OFFSET, "page_end": OFFSET + 5},
        {"page_start": 0, "page_end": 5},
        {"page_start": -5, "page_end": -1},
        {"surface": "كلمة"},
        {"part": "header"},
    ],
)
def test_words_that_the_page_does_not_say_there(changes: dict[str, Any], staged: Staged) -> None:
    columns = ("mentions_unlike_page", "dates_unlike_page")
    assert [shown_at(staged, each) for each in columns] == [0, 0]
    staged.mentions[0] = staged.mentions[0].model_copy(update=changes)
    staged.dates[0] = staged.dates[0].model_copy(update=changes)
    assert [shown_at(staged, each) for each in columns] == [1, 1]


@pytest.mark.parametrize("part", ["title", "body"])
def test_words_of_the_title_stand_in_the_title(part: str, staged: Staged) -> None:
    at = {"part": part, "start": None, "end": None, "page_start": 0, "page_end": 6}
    staged.mentions[0] = staged.mentions[0].model_copy(update=at | {"surface": "افتتاح"})
    assert shown_at(staged, "mentions_unlike_page") == (part == "body")


def test_the_same_words_outside_the_article_are_not_shown(staged: Staged) -> None:
    second = place("موسكو", 1)
    assert shown_at(staged, "mentions_unlike_page") == 0
    own, cut = staged.articles[0], second["page_start"] - 1
    staged.segments[1:2] = [
        segment(own, 1, OFFSET, cut, "body"),
        segment(own, 2, cut, len(TEXT), "nav", article_id=None),
    ]
    assert shown_at(staged, "mentions_unlike_page") == 1
    staged.segments[2] = segment(own, 2, cut, len(TEXT), "body", article_id="0" * 32)
    assert shown_at(staged, "mentions_unlike_page") == 1


def test_a_span_over_two_segments_is_no_span_of_the_article(staged: Staged) -> None:
    own, cut = staged.articles[0], place("موسكو")["page_start"] + 2
    staged.segments[1:2] = [
        segment(own, 1, OFFSET, cut, "body"),
        segment(own, 2, cut, len(TEXT), "body"),
    ]
    assert shown_at(staged, "mentions_unlike_page") == 1


@pytest.mark.parametrize("on_page", ["مو\u0640سكو", "موسکو", "مو\u200fسكو"])
def test_letters_of_the_page_are_compared_normalised(on_page: str, staged: Staged) -> None:
    reset(staged, BODY.replace("موسكو", on_page))
    first = TEXT.index("موسكو")
    own = mention(staged.articles[0], page_start=first, page_end=first + len(on_page))
    staged.mentions.append(own)
    assert shown_at(staged, "mentions_unlike_page") == 0
    staged.mentions[-1] = own.model_copy(update={"page_end": first + len(on_page) - 1})
    assert shown_at(staged, "mentions_unlike_page") == 1


def test_two_versions_of_an_article_are_read_from_their_own_pages(staged: Staged) -> None:
    other = page(7, TEXT.replace("موسكو", "بيروت"), document_id=staged.pages[0].document_id)
    body = BODY.replace("موسكو", "بيروت")
    newer = article(other, body=body, url=other.url)
    staged.pages.append(other)
    staged.articles.append(newer)
    staged.segments += [
        segment(newer, 0, 0, OFFSET, "title"),
        segment(newer, 1, OFFSET, len(TEXT), "body"),
    ]
    staged.evidence.append(evidence(newer, 0, "title"))
    staged.mentions.append(mention(newer, surface="بيروت"))
    staged.dates.append(dated(newer))
    assert newer.article_id == staged.articles[0].article_id
    rows = [
        row
        for row in staged.frames("tag")["article"].to_pylist()
        if row["article_id"] == newer.article_id
    ]
    assert len(rows) == 2
    for row in rows:
        faults = {k: v for k, v in row.items() if isinstance(v, int) and v}
        assert faults == {}


# The body


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("سطر أول\nسطر ثان", "سطر أول\nسطر ثان"),
        ("سطر أول\r\n\r\n \u00a0\n\u200fسطر\u00a0ثان ", "سطر أول\nسطر ثان"),
        ("سطر أول\u2028سطر ثان", "سطر أول\nسطر ثان"),
        ("ســطر أول\nسطر ثان", "سطر أول\nسطر ثان"),
        ("سطر أول | سطر ثان", "سطر أول |\nسطر ثان"),
        ("سطر أول\nسطر ثان في طهران گفت: خبری", "سطر أول\nسطر ثان في طهران گفت: خبری"),
    ],
)
def test_segments_that_give_the_body(text: str, body: str, staged: Staged) -> None:
    reset(staged, text, body)
    assert shown_at(staged, "body_unlike_segments") == 0


@pytest.mark.parametrize(
    "body",
    [
        "سطر أول",
        "سطر أول\nسطر ثالث",
        "سطر ثان\nسطر أول",
        "سطرأول\nسطر ثان",
        "سطر أول\nسطر ثان\nآخر",
    ],
)
def test_segments_that_give_another_body(body: str, staged: Staged) -> None:
    reset(staged, "سطر أول\nسطر ثان", body)
    assert shown_at(staged, "body_unlike_segments") == 1


@pytest.mark.parametrize(
    "changes", [{"kind": "caption"}, {"article_id": None}, {"end": OFFSET + 9}]
)
def test_a_body_with_lost_segments(changes: dict[str, Any], staged: Staged) -> None:
    assert shown_at(staged, "body_unlike_segments") == 0
    staged.segments[1] = staged.segments[1].model_copy(update=changes)
    assert shown_at(staged, "body_unlike_segments") == 1
    other = staged.row("tag", "article", staged.articles[1].article_id)
    assert other["body_unlike_segments"] == 0


def test_segments_may_be_staged_in_any_order(staged: Staged) -> None:
    reset(staged, "سطر أول\nسطر ثان", "سطر أول\nسطر ثان")
    own, middle = staged.articles[0], OFFSET + len("سطر أول\n")
    staged.segments[1:2] = [
        segment(own, 2, middle, len(staged.pages[0].text), "body"),
        segment(own, 1, OFFSET, middle, "body"),
    ]
    assert shown_at(staged, "body_unlike_segments") == 0


# Evidence


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "افتتاح جسر قديم على النهر"},
        {"page_end": len(TITLE) - 1},
        {"page_start": 3},
        {"page_start": OFFSET, "page_end": OFFSET + len(TITLE)},
        {"chosen": False, "value": "عنوان آخر"},
    ],
)
def test_evidence_that_says_something_else(changes: dict[str, Any], staged: Staged) -> None:
    assert shown_at(staged, "evidence_unlike_page") == 0
    staged.evidence[0] = staged.evidence[0].model_copy(update=changes)
    assert shown_at(staged, "evidence_unlike_page") == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("نادي  النجـمة", "نادي النجمة"),
        ("نادي\u00a0النجمة", "نادي النجمة"),
        ("نادي\nالنجمة", "نادي النجمة"),
        ("نادي  النجمة", "نادي  النجمة"),
    ],
)
def test_values_stand_on_one_line_with_their_letters_normalised(
    text: str, value: str, staged: Staged
) -> None:
    reset(staged, text, "نادي النجمة")
    own = evidence(staged.articles[0], 1, "title").model_copy(
        update={
            "field": "keyword", "value": value, "page_start": OFFSET, "page_end": OFFSET + len(text)
        }
    )  # fmt: skip
    staged.evidence.append(own)
    assert shown_at(staged, "evidence_unlike_page") == 0
    staged.evidence[-1] = own.model_copy(update={"value": "نادي النجم"})
    assert shown_at(staged, "evidence_unlike_page") == 1


@pytest.mark.parametrize(
    ("words", "right", "wrong"),
    [
        ("الأحد 5 مايو/أيار 2019", {"2019-05-05"}, {"2019-05-06", "2019-05"}),
        ("٥ أوت ٢٠١٩", {"2019-08-05"}, {"2019-05-08"}),
        ("03/04/2018", {"2018-04-03", "2018-03-04"}, {"2018-04-04"}),
        ("12/05/1440", {"2019-01-18"}, {"1440-05-12"}),
        ("2020-02-03T10:20:00Z", {"2020-02-03T10:20:00Z"}, {"2020-02-03", "2020-02-03T10:21:00Z"}),
        ("كلمات بلا تاريخ", set(), {"2019-05-05"}),
        ("٢٠٠٥م", {"2005"}, {"2006"}),
    ],
)
@pytest.mark.parametrize("field", ["published_at", "modified_at"])
def test_the_words_of_a_date_give_its_value_in_some_country(
    field: str, words: str, right: set[str], wrong: set[str], staged: Staged
) -> None:
    reset(staged, words, words)
    for value in right | wrong:
        staged.evidence[0] = evidence(staged.articles[0], 0, "title").model_copy(
            update={
                "field": field, "value": value, "page_start": OFFSET,
                "page_end": OFFSET + len(words),
            }
        )  # fmt: skip
        assert shown_at(staged, "evidence_unlike_page") == (value in wrong), value


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ("published_not_before", "2011-02-01", "2011-02-28"),
        ("published_not_after", "2011-02-28", "2011-02-01"),
        ("published_at", "2011-02", "2011-02-01"),
    ],
)
def test_the_days_that_bound_a_publication_are_read_from_the_words(
    field: str, right: str, wrong: str, staged: Staged
) -> None:
    words = "فبراير/شباط 2011"
    reset(staged, words, words)
    for value, count in ((right, 0), (wrong, 1)):
        staged.evidence[0] = evidence(staged.articles[0], 0, "title").model_copy(
            update={
                "field": field, "value": value, "page_start": OFFSET,
                "page_end": OFFSET + len(words),
            }
        )  # fmt: skip
        assert shown_at(staged, "evidence_unlike_page") == count


@pytest.mark.slow
def test_what_the_stages_make_of_the_samples_shows_its_spans(tmp_path: Path) -> None:
    stamp, source = Stamp("run-1"), Source(source_id="akhbar", country="TN")
    records = [record for doc in docs() for record in read(SAMPLES / doc.file, "akhbar", {})]
    undated = (
        f"{TITLE}\nآخر تحديث: 5 مايو 2019\n\n"
        "أقيم حفل الافتتاح في فبراير/شباط 2011 في القاهرة بحضور الوزير وعدد كبير من السكان.\n"
        "وقال المهندس إن العمل في الجسر استغرق عامين كاملين، وإن المرور فوقه بدأ في اليوم نفسه.\n"
    )
    records.append(RawRecord("akhbar", "undated.txt", undated.encode(), "text/plain"))
    landed = land_chunk(list({record.payload: record for record in records}.values()), stamp)
    cleaned = clean_chunk(from_arrow(Page, landed.pages), source, stamp)
    texts = dict(zip(*landed.pages.select(["page_id", "text"]).to_pydict().values(), strict=True))
    items = tag_items(cleaned["articles"], cleaned["segments"], texts)
    tagged = tag_chunk(items, source, stamp)
    batch = Batch("run-1", "akhbar", 0, tmp_path)
    batch.write("ingest", Page, landed.pages)
    for stage, models in (("clean", STAGED["clean"]), ("tag", STAGED["tag"])):
        for model in models:
            batch.write(stage, model, (cleaned | tagged)[model.table])
    for stage in ("clean", "tag"):
        for row in frames(batch, stage)["article"].to_pylist():
            faults = [name for name in row if name.endswith(_FAULTS) and row[name]]
            assert faults == [], row["locator"]
    shown = [row for row in from_arrow(Evidence, cleaned["evidence"]) if row.page_end is not None]
    assert {row.field for row in shown} >= {"title", "byline", "keyword", "publisher", "summary"}
    # Whoever adds a field of dates says in spans.py how its words are read.
    assert {row.field for row in shown if re.fullmatch(ISO_DATE, row.value)} == set(spans._DATES)


def test_values_given_beside_the_text_have_no_span_to_judge(staged: Staged) -> None:
    given = {"page_start": None, "page_end": None, "value": "غير ما في الصفحة"}
    staged.evidence[0] = staged.evidence[0].model_copy(update=given)
    assert shown_at(staged, "evidence_unlike_page") == 0
