"""HTML pages: furniture around an article does not change it, and no markup breaks the reading."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clean_pages import CUP, CUP_TITLE, HEADLINES, NOBEL, NOBEL_TITLE, clean, make_page
from transforms.clean.page import Cleaned
from transforms.ingest.render import render

LINKS = "".join(f"<li><a href=/{n}>{title}</a></li>" for n, title in enumerate(HEADLINES))
TEASER = f"<div class=t><h3><a href=/1>{CUP_TITLE}</a></h3><p>{CUP[0]}</p></div>"
COMMENT = f"<div class=c><b>قارئ</b><i>قبل يومين</i><p>{CUP[1]}</p><i>3</i></div>"
FURNITURE = (
    f"<ul>{LINKS}</ul>", f"<nav><ul>{LINKS}</ul></nav>", f"<aside><h3>الأكثر قراءة</h3>{TEASER * 4}</aside>",
    f"<div>{TEASER * 3}</div>", f"<table><tr>{'<td><a href=x>سياسة</a></td>' * 5}</tr></table>",
    f"<div class='cookie-bar'><p>{CUP[0]}</p></div>", "<div>إعلان</div>", "<form><button>ابحث</button></form>",
    f"<footer><p>{CUP[0]}</p><p>جميع الحقوق محفوظة © المثال</p></footer>",
)  # fmt: skip
BELOW = (*FURNITURE, f"<section><h3>التعليقات</h3>{COMMENT * 9}</section>")
STORIES = (
    f"<article><h1>{NOBEL_TITLE}</h1>{''.join(f'<p>{p}</p>' for p in NOBEL)}</article>",
    f"<div><div><h1>{NOBEL_TITLE}</h1></div><div>{''.join(f'<div>{p}</div>' for p in NOBEL)}</div></div>",
    f"<table><tr><td><h1>{NOBEL_TITLE}</h1></td></tr><tr><td>{'<br><br>'.join(NOBEL)}</td></tr></table>",
)
SCRAPS = (
    "<p>", "</p>", "<div>", "</div>", "<div class=related>", "<a href=x>", "</a>", "<ul><li>", "</ul>",
    "<h1>", "<h2>", "<br>", "<table><tr><td>", "</table>", "<article>", "<aside>", "<time datetime=2015>",
    "<blockquote>", "<figure><img>", "<script type='application/ld+json'>{", "</script>", "<b>", "إعلان",
    "التعليقات", NOBEL[0], NOBEL[1], CUP_TITLE, "\n", "&#xD800;", "10:30",
)  # fmt: skip


def clean_html(markup: str) -> tuple[str, Cleaned]:
    text = render(markup).text
    return text, clean(make_page(text, "text/html", markup=markup))


@settings(deadline=None)
@given(
    st.sampled_from(STORIES),
    st.lists(st.sampled_from(FURNITURE), max_size=4),
    st.lists(st.sampled_from(BELOW), max_size=4),
)
def test_furniture_around_an_article_does_not_change_it(
    story: str, above: list[str], below: list[str]
) -> None:
    _, cleaned = clean_html(f"<body>{''.join(above)}<main>{story}</main>{''.join(below)}</body>")
    assert cleaned.articles[0].body == "\n".join(NOBEL)
    assert cleaned.articles[0].title == NOBEL_TITLE


@settings(deadline=None)  # the first page in doubt loads trafilatura
@given(st.lists(st.sampled_from(SCRAPS), max_size=60).map("".join))
def test_segments_cover_whatever_is_shown(markup: str) -> None:
    text, cleaned = clean_html(markup)
    ends = [0, *(segment.end for segment in cleaned.segments)]
    assert [segment.start for segment in cleaned.segments] == ends[:-1]
    assert ends[-1] == len(text)
    for each in cleaned.evidence:
        assert each.page_start is None or 0 <= each.page_start < (each.page_end or 0) <= len(text)
