"""How one page and one string are scored, by hand-made cases."""

from __future__ import annotations

from rich.console import Console

from flows.commands.evaluate_dates import evaluate_dates, score_date
from flows.commands.evaluate_gold import GoldDate, GoldLine, GoldSpan
from flows.commands.evaluate_html import token_f1
from flows.commands.evaluate_segments import PageScore, score_page
from flows.commands.evaluate_shapes import (
    EvaluateShape,
    GroupShape,
    LeftOutShape,
    MeasureShape,
    WorstShape,
)
from flows.commands.evaluate_view import show


def score(text: str, labels: list[GoldLine], *spans: tuple[int, int]) -> PageScore:
    inside = bytearray(len(text))
    for start, end in spans:
        inside[start:end] = b"\1" * (end - start)
    return score_page(labels, text, inside, 1.0)


def test_half_of_the_visible_characters_take_a_line() -> None:
    text = "اب جد\nهوزح\n"
    labels = [GoldLine(line=1, label="body"), GoldLine(line=2, label="nav")]
    assert score(text, labels, (0, 2)).right == [1]  # two of four: the space is not counted
    assert score(text, labels, (0, 1)).lost == [1]
    both = score(text, labels, (0, 5), (6, 8))
    assert (both.right, both.added, both.lost) == ([1], [2], [])
    assert (both.chars_right, both.chars_added, both.chars_lost) == (4, 2, 0)
    assert both.line_f1 == 2 / 3


def test_an_empty_line_is_never_taken() -> None:
    labels = [GoldLine(line=1, label="body")]
    assert score("  \n", labels, (0, 2)).lost == [1]


def test_free_lines_and_spans_count_neither_way() -> None:
    text = "بغداد - وصل\nخلاصة\n\n"
    labels = [
        GoldLine(line=1, label="body", spans=(
            GoldSpan(start=0, end=8, label="dateline"), GoldSpan(start=8, end=11, label="body"))),
        GoldLine(line=2, label="summary"),
        GoldLine(line=3, label="blank"),
    ]  # fmt: skip
    for taken in ((0, 11), (4, 11), (0, 17)):
        found = score(text, labels, taken)
        assert (found.chars_right, found.chars_added, found.chars_lost) == (3, 0, 0), taken
        assert (found.right, found.added, found.lost) == ([1], [], [])


def test_spans_of_a_mixed_line_count_for_themselves() -> None:
    text = "نص الخبر اقرأ"
    spans = (GoldSpan(start=0, end=8, label="body"), GoldSpan(start=9, end=13, label="ad"))
    labels = [GoldLine(line=1, label="body", spans=spans)]
    found = score(text, labels, (3, 11))
    assert (found.chars_right, found.chars_added, found.chars_lost) == (5, 2, 2)
    assert found.right == [1]


def test_words_of_two_bodies_are_compared_as_bags() -> None:
    assert token_f1("ذهب علي، ثم عاد", "عاد علي ثم ذهب.") == 1
    assert token_f1("علي علي", "علي") == 2 / 3
    assert token_f1("", "علي") == token_f1("علي", "") == 0


def outcome(iso: str | None, raw: str) -> str:
    return score_date(GoldDate(raw=raw, iso=iso)).outcome


def test_the_day_decides_and_silence_is_no_error() -> None:
    assert outcome("2014-02-14", "14 فيفري 2014") == "right"
    assert outcome("2014-02-14T10:00:00Z", "14 فيفري 2014") == "right"
    assert outcome("2014-02-15", "14 فيفري 2014") == "wrong"
    assert outcome("2014-02-15", "بلا تاريخ") == "abstained"
    assert outcome(None, "بلا تاريخ") == "right"
    assert outcome(None, "14 فيفري 2014") == "wrong"


def test_scores_of_a_list_of_dates(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "dates.jsonl"
    rows = ['{"raw": "14 فيفري 2014", "iso": "2014-02-14"}', '{"raw": "بلا", "iso": "2014"}']
    file.write_text("\n".join(rows), "utf-8")
    scores = evaluate_dates(file)
    assert scores.groups[0].counts == {"strings": 2, "right": 1, "wrong": 0, "abstained": 1}
    assert scores.groups[0].measures["right"].value == 0.5
    assert [(each.raw, each.expected, each.found) for each in scores.wrong] == [
        ("بلا", "2014", None)
    ]


def shown(scores: EvaluateShape) -> str:
    console = Console(width=120, record=True, file=None, quiet=False, color_system=None)
    with console.capture() as capture:
        show(scores, console)
    return capture.get()


def test_the_view_says_what_a_reader_must_know() -> None:
    figure = MeasureShape(value=0.9823, low=0.97, high=1)
    alone = MeasureShape(value=0.5, low=None, high=None)
    counts = {"lines_right": 40, "lines_added": 2, "lines_lost": 1}
    scores = EvaluateShape(
        task="segments", gold="gold.json", documents=3, resamples=2000,
        groups=[
            GroupShape(by="all", name="all", documents=3, counts=counts,
                       measures={"line_f1": figure, "char_f1": figure}),
            GroupShape(by="outlet", name="النخيل\x1b[2J", documents=1, counts=counts,
                       measures={"line_f1": alone, "char_f1": alone}),
        ],
        worst=[WorstShape(id="p1", value=0.5, added=list(range(1, 15)), lost=[3]),
               WorstShape(id="p2", value=1.0)],
        left_out=[LeftOutShape(documents=2, reason="no labelled line")],
    )  # fmt: skip
    view = shown(scores)
    assert "0.9823 [.970-1.000]" in view and "0.5000 " in view
    assert "added lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 2 more; lost lines 3" in view
    assert "p2" not in view and "left out: 2 (no labelled line)" in view
    assert "\x1b" not in view, "what a gold says is data"
    assert "exact binomial" not in view


def test_no_error_is_not_shown_as_certainty() -> None:
    right = MeasureShape(value=1, low=1, high=1)
    group = GroupShape(
        by="all", name="all", documents=5, measures={"right": right, "wrong": right},
        counts={"strings": 5, "right": 5, "wrong": 0, "abstained": 0},
    )  # fmt: skip
    scores = EvaluateShape(task="dates", gold="d.json", documents=5, resamples=2000, groups=[group])
    assert "up to 45% of others" in shown(scores)  # 1 - 0.05 ** (1 / 5)
