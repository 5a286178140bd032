"""The page of `khabar explain --html`: Arabic names beside the rules' own, and only text."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from flows.commands.explain import Shown
from flows.commands.explain_html import KINDS, write
from flows.commands.explained import Explained
from flows.commands.shapes import ArticleShape, ExplainShape, SegmentShape
from warehouse.tables import Page
from warehouse.tables.clean import SegmentKind

HOSTILE = "<script>alert(1)</script>\u061c\u202e"
TEXT = f"افتتاح مكتبة عامة في مسقط\n{HOSTILE}"


def shown() -> Shown:
    page = Page.model_construct(text=TEXT)
    explained = Explained("0" * 64, "a.txt", page, None, [], [], [], [], [], {})
    end = TEXT.index("\n") + 1
    article = ArticleShape(
        article_id="1" * 32, role="main", title="افتتاح", body="متن", language="ar",
        published_at=None, published_precision=None,
        published_reason="no date line", publisher=f"صحيفة الشراع {HOSTILE}",
        stated_source=None, keywords=[], evidence=[], dates=[], mentions=[], attributions=[],
        meetings=[],
    )  # fmt: skip
    segments = [
        SegmentShape(start=0, end=end, kind="title", rule="title.first", article=0),
        SegmentShape(start=end, end=len(TEXT), kind="ad", rule="ad.line", article=None),
    ]
    shape = ExplainShape(
        file="a.txt", record=None, page_id="0" * 64, text_length=len(TEXT), segments=segments,
        articles=[article], quarantine=None,
    )  # fmt: skip
    return Shown(explained, shape)


def test_every_kind_that_is_shown_has_an_arabic_name() -> None:
    assert set(KINDS) == set(get_args(SegmentKind)) - {"blank"}
    assert len(set(KINDS.values())) == len(KINDS)


def test_kinds_legend_and_publisher_are_shown(tmp_path: Path) -> None:
    html = write([shown()], tmp_path / "a.html").read_text("utf-8")
    for name, kind in (("عنوان", "title"), ("إعلان", "ad")):
        assert f">{name}</span> {kind}" in html
    for word in ("شخص", "منظمة", "مكان"):
        assert f">{word}</mark>" in html
    assert "صحيفة الشراع" in html


def test_what_a_page_says_stays_text(tmp_path: Path) -> None:
    html = write([shown()], tmp_path / "a.html").read_text("utf-8")
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 2, "in the span and as the publisher"
    assert html.count("&lt;/script&gt;\ufffd\ufffd") == 2, "what turns a line is shown"
