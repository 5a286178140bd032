"""The main article told by the shape of a page's boxes: order, weight and links, hardly names."""

from __future__ import annotations

import pytest

from tests.clean_pages import CUP, CUP_TITLE, HEADLINES, NOBEL, NOBEL_TITLE, clean, kinds, make_page
from transforms.clean import html
from transforms.clean.html import find_region
from transforms.clean.html_names import said_by
from transforms.clean.lines import cut
from transforms.clean.marks import read_rules
from transforms.clean.markup import see
from transforms.clean.page import Cleaned
from transforms.ingest.render import render
from warehouse.tables.clean import Segment

NAMES = list(read_rules("names_of_boxes"))
HEAD = f'<meta property="og:title" content="{NOBEL_TITLE}">'
COMMENT = (
    "<div class=k><div>قارئ</div><div>منذ يومين</div>"
    "<p>هذا رأيي في الموضوع منذ زمن طويل ولم يتغير، ولا أظن أنه سيتغير في السنوات المقبلة.</p></div>"
)
TEASER = f"<div class=t><a href=/1>{CUP_TITLE}</a><p>{CUP[0]}</p><span>منذ ساعتين</span></div>"


@pytest.fixture(autouse=True)
def witness(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record what trafilatura is asked; it knows nothing."""
    asked: list[str] = []

    def ask(markup: str) -> str:
        asked.append(markup)
        return ""

    monkeypatch.setattr(html, "main_text", ask)
    return asked


def page(body: str, head: str = HEAD) -> str:
    return f"<html><head>{head}</head><body>{body}</body></html>"


def clean_html(markup: str) -> Cleaned:
    return clean(make_page(render(markup).text, "text/html", markup=markup))


def body_of(markup: str) -> str:
    articles = clean_html(markup).articles
    return articles[0].body if articles else ""


def paragraphs(*lines: str, tag: str = "p") -> str:
    return "".join(f"<{tag}>{line}</{tag}>" for line in lines)


STORY = f"<h1>{NOBEL_TITLE}</h1><div class=b>{paragraphs(*NOBEL)}</div>"


@pytest.mark.parametrize(
    "story",
    [
        STORY,
        f"<h1>{NOBEL_TITLE}</h1>{paragraphs(*NOBEL)}",
        f"<h1>{NOBEL_TITLE}</h1><div>{'<br><br>'.join(NOBEL)}</div>",
        f"<h1>{NOBEL_TITLE}</h1><section>{paragraphs(*NOBEL, tag='div')}</section>",
        f"<h1>{NOBEL_TITLE}</h1>" + "".join(f"<div><div><p>{p}</p></div></div>" for p in NOBEL),
        f"<table><tr><td><b>{NOBEL_TITLE}</b></td></tr><tr><td>{'<br>'.join(NOBEL)}</td></tr></table>",
        f"<h1>{NOBEL_TITLE}</h1><div><p>{NOBEL[0]}</p></div><div class=ad>إعلان</div>"
        f"<div class=rest>{paragraphs(*NOBEL[1:])}</div>",
    ],
    ids=["p", "loose", "breaks", "div", "wrapped", "table", "two parts"],
)  # fmt: skip
@pytest.mark.parametrize(
    "after",
    ["", f"<div id=z>{COMMENT * 20}</div>", f"<div id=z>{TEASER * 9}</div>"],
    ids=["alone", "comments", "teasers"],
)
def test_the_text_below_the_headline_is_the_article(story: str, after: str) -> None:
    before = f"<ul>{''.join(f'<li><a href=/{h}>{h}</a></li>' for h in HEADLINES)}</ul>"
    assert body_of(page(f"{before}<main>{story}</main>{after}")) == "\n".join(NOBEL)


def test_a_sure_page_asks_no_second_witness(witness: list[str]) -> None:
    assert body_of(page(f"<main>{STORY}</main>")) == "\n".join(NOBEL)
    assert witness == []


def test_prose_that_nothing_explains_is_a_doubt(witness: list[str]) -> None:
    other = "".join(f"<div class=q><b>{n}</b><p>{line}</p></div>" for n, line in enumerate(CUP * 3))
    body_of(page(f"<div>{STORY}<div>{other}</div></div>"))
    assert witness


def test_the_next_story_of_an_endless_page_is_another_one(witness: list[str]) -> None:
    other = f"<h1>{CUP_TITLE}</h1><div class=b>{paragraphs(*CUP * 4)}</div>"
    markup = page(f"<main><div class=s>{STORY}</div><div class=s>{other}</div></main>")
    assert body_of(markup) == "\n".join(NOBEL)
    assert witness == []


def test_a_preview_below_a_linked_headline_is_another_story(witness: list[str]) -> None:
    preview = f"<div><h2><a href=/2>{CUP_TITLE}</a></h2>{paragraphs(*CUP * 3)}</div>"
    assert body_of(page(f"<div>{STORY}{preview}</div>")) == "\n".join(NOBEL)
    assert witness == []


@pytest.mark.parametrize(
    "standfirst",
    [
        "<p>في الذكرى الرابعة للثورة يجمع الرباعي بين النقابة والأعراف والحقوقيين والمحامين في حوار واحد.</p><div>شارك</div>",
        "<ul><li>تأسس الرباعي في صيف عام 2013 وسط أزمة سياسية حادة في تونس كلها.</li>"
        "<li>وكان وراء الحوار الذي أفضى إلى الدستور الجديد وإلى انتخابات حرة.</li></ul>",
    ],
    ids=["paragraph", "points"],
)  # fmt: skip
def test_a_standfirst_is_not_the_body(standfirst: str) -> None:
    body = paragraphs(*NOBEL, NOBEL[0] + " ", NOBEL[1])
    markup = page(f"<div><h1>{NOBEL_TITLE}</h1>{standfirst}<div class=b>{body}</div></div>")
    assert body_of(markup).split("\n")[:3] == list(NOBEL)


@pytest.mark.parametrize(
    "rest",
    [
        f"<h2>خلفية</h2><ul>{paragraphs(*NOBEL[1:], tag='li')}</ul>",
        f"<h2>خلفية</h2><div>{paragraphs(*NOBEL[1:])}</div>",
        f"<blockquote>{paragraphs(*NOBEL[1:])}</blockquote>",
    ],
    ids=["list", "section", "quotation"],
)
def test_a_first_paragraph_is_no_standfirst(rest: str) -> None:
    markup = page(f"<h1>{NOBEL_TITLE}</h1><div><p>{NOBEL[0]}</p>{rest}</div>")
    assert [line for line in body_of(markup).split("\n") if line != "خلفية"] == list(NOBEL)


def test_a_note_below_the_body_s_box_is_not_the_body() -> None:
    note = "تنبيه: لا تتحمل إدارة الموقع المسؤولية عن الآراء الواردة في هذا المقال."
    markup = page(
        f"<div><h1>{NOBEL_TITLE}</h1><div class=b>{paragraphs(*NOBEL)}</div><p>{note}</p></div>"
    )
    assert body_of(markup) == "\n".join(NOBEL)


def test_a_short_sentence_beside_the_body_s_box_is_not_the_body() -> None:
    story = f"<h1>{NOBEL_TITLE}</h1><div class=b>{paragraphs(*NOBEL)}</div>"
    assert body_of(page(f"{story}<div>حمل تطبيقنا الآن مجانا.</div>")) == "\n".join(NOBEL)


def test_names_of_furniture_are_believed() -> None:
    notice = paragraphs(*(line.replace("تونس", "البلاد") for line in CUP))
    markup = page(
        f"<div><h1>{NOBEL_TITLE}</h1><div class='cookie-notice'>{notice}</div>{STORY}</div>"
    )
    assert body_of(markup) == "\n".join(NOBEL)


def test_a_body_that_is_called_furniture_is_no_furniture() -> None:
    markup = page(
        f"<main class='has-sidebar'>{STORY.replace('class=b', 'class=newsletter')}</main>"
    )
    assert body_of(markup) == "\n".join(NOBEL)


def test_a_box_of_links_within_the_article_interrupts_it() -> None:
    box = "".join(f"<li><a href=/{h}>{h}</a></li>" for h in HEADLINES)
    markup = page(
        f"<h1>{NOBEL_TITLE}</h1><div>{paragraphs(NOBEL[0])}<div class=x><b>المزيد</b><ul>{box}</ul>"
        f"</div>{paragraphs(*NOBEL[1:])}</div>"
    )
    cleaned = clean_html(markup)
    assert cleaned.articles[0].body == "\n".join(NOBEL)
    (interruption,) = [s for s in cleaned.segments if s.kind == "related_inline"]
    assert interruption.rule == "html.list"


@pytest.mark.parametrize(
    ("within", "kind", "rule"),
    [
        (f"<p><a href=/1>{CUP_TITLE}</a></p>", "related_inline", "html.link"),
        ("<p><img src=x><br>صورة من الحفل في القاعة الكبرى</p>", "caption", "html.image"),
        ("<div><img src=x><div>القاعة الكبرى</div><div>تصوير: المثال</div></div>", "caption", "html.image"),
        ("<figure><img src=x><figcaption>القاعة</figcaption></figure>", "caption", "html.names"),
        (f"<div>«{NOBEL[2][:60]}»</div>", "other", "html.pull_quote"),
        (f"<aside><blockquote>{NOBEL[0][:70]}</blockquote></aside>", "other", "html.names"),
        (f"<blockquote>{NOBEL[0][:70]}</blockquote>", "other", "html.pull_quote"),
        (
            "<section role=region><b>بودكاست</b><p>استمع إلى حلقة جديدة كل أسبوع مع ضيوف من أنحاء العالم.</p><p>الحلقات</p></section>",
            "other", "html.role",
        ),
        ("<div class='related'><p>عنوان آخر لا رابط فيه</p></div>", "related_inline", "html.names"),
    ],
    ids=["link", "image", "image box", "figure", "pull quote", "aside", "quotation", "role", "named"],
)  # fmt: skip
def test_what_interrupts_an_article(within: str, kind: str, rule: str) -> None:
    markup = page(
        f"<h1>{NOBEL_TITLE}</h1><div>{paragraphs(NOBEL[0])}{within}{paragraphs(*NOBEL[1:])}</div>"
    )
    cleaned = clean_html(markup)
    assert cleaned.articles[0].body == "\n".join(NOBEL)
    assert (kind, rule) in {(s.kind, s.rule) for s in cleaned.segments}


@pytest.mark.parametrize(
    "within",
    [
        "<h2>خلفية الحوار</h2>", "<p>وقال: نعم.</p>", "<ul><li>الاتحاد العام</li><li>الرابطة</li></ul>",
        "<blockquote><p>الحوار أساس كل شيء</p></blockquote>",
        "<table><tr><td>2013</td><td>بدء الحوار</td></tr></table>",
    ],
)  # fmt: skip
def test_what_belongs_to_an_article(within: str) -> None:
    markup = page(
        f"<h1>{NOBEL_TITLE}</h1><div>{paragraphs(NOBEL[0])}{within}{paragraphs(*NOBEL[1:])}</div>"
    )
    assert render(within).text in body_of(markup)


def test_a_list_or_a_short_sentence_may_end_an_article() -> None:
    end = "<ul><li>الاتحاد العام التونسي للشغل وهو أكبر النقابات في البلاد كلها منذ الاستقلال.</li><li>الرابطة</li></ul>"
    markup = page(f"<h1>{NOBEL_TITLE}</h1><div>{paragraphs(*NOBEL)}{end}</div><div>شارك</div>")
    assert body_of(markup).endswith("\nالرابطة")
    markup = page(
        f"<h1>{NOBEL_TITLE}</h1><div>{paragraphs(*NOBEL, 'وهكذا كان.')}</div><div>x</div>"
    )
    assert body_of(markup).endswith("\nوهكذا كان.")


def test_a_short_line_that_goes_on_below_opens_an_article() -> None:
    markup = page(f"<h1>{NOBEL_TITLE}</h1><div>{paragraphs('وهذا نص البيان:', *NOBEL)}</div>")
    assert body_of(markup).split("\n") == ["وهذا نص البيان:", *NOBEL]
    markup = page(f"<h1>{NOBEL_TITLE}</h1><div>{paragraphs('المثال', *NOBEL)}</div>")
    assert body_of(markup).split("\n") == list(NOBEL)


def test_lists_of_stories_below_the_article_open_no_second_one() -> None:
    below = f"<div class=y><h2>اقرأ أيضا</h2>{TEASER * 3}</div>"
    cleaned = clean_html(page(f"<main>{STORY}</main>{below}"))
    assert [a.role for a in cleaned.articles] == ["main"]
    text = render(page(f"<main>{STORY}</main>{below}")).text
    assert ("related_list", "html.list") in {(s.kind, s.rule) for s in cleaned.segments}
    assert any(kind == "related_list" and CUP[0] in shown for kind, shown in kinds(text, cleaned))


def test_the_posts_of_a_live_page_are_one_article() -> None:
    live = (
        '<script type="application/ld+json">{"@type": "LiveBlogPosting", "headline": "x"}</script>'
    )
    posts = "".join(
        f"<div class=l><time datetime=2015-10-09T1{n}:00>1{n}:00</time><h3>{CUP_TITLE}</h3>"
        f"<div><p>{line}</p></div></div>"
        for n, line in enumerate(CUP)
    )
    markup = page(f"<main>{STORY}<div>{posts}</div></main>", HEAD + live)
    assert body_of(markup).split("\n") == [*NOBEL, CUP_TITLE, CUP[0], CUP_TITLE, CUP[1]]


def test_the_copy_in_the_markup_is_the_second_witness(witness: list[str]) -> None:
    other = "".join(f"<div class=q><b>{n}</b><p>{line}</p></div>" for n, line in enumerate(CUP * 3))
    copy = " ".join(NOBEL * 2)
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "'
        f'{copy}"}}</script>'
    )
    assert body_of(page(f"<div>{STORY}<div>{other}</div></div>", HEAD + head)) == "\n".join(NOBEL)
    assert witness == []


def test_a_page_that_another_renderer_landed_is_still_read() -> None:
    markup = page(STORY)
    text = render(markup).text.replace(NOBEL[1], f"{NOBEL[1]} ")
    assert clean(make_page(text, "text/html", markup=markup)).articles


def test_a_page_that_is_one_line_of_links_has_no_article() -> None:
    assert clean_html(page("<a href=x>رابط إلى خبر آخر</a>" * 100)).articles == []


def test_the_region_says_what_found_it(witness: list[str]) -> None:
    markup = page(STORY)
    text = render(markup).text
    region = find_region(text, cut(text), markup, see(markup))
    assert region is not None
    assert (region.by, region.first, region.last) == ("boxes", 1, 4)
    assert find_region("", [], "", see("")) is None


@pytest.mark.parametrize("row", NAMES, ids=[row["name"] for row in NAMES])
def test_every_name_is_read_from_its_example(row: dict[str, str]) -> None:
    assert row["source"]
    assert said_by(row["test"]) == row["kind"]
    assert row["kind"] in Segment.model_fields["kind"].annotation.__args__  # type: ignore[union-attr]


def test_names_are_told_once() -> None:
    assert len({row["name"] for row in NAMES}) == len(NAMES)


@pytest.mark.parametrize(
    "names", ["entry-content", "elementor-widget-theme-post-content", "css-1a2b3c", "", "head"]
)
def test_names_that_say_nothing(names: str) -> None:
    assert said_by(names) is None
