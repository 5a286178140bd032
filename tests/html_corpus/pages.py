"""HTML pages with a known main text: our own stories in page templates as outlets' CMSs print them.

Every page exists in three dresses: with the class names of its template; with every class and id
replaced by a meaningless hash, as build tools leave them; and with the semantic elements replaced
by `div` besides, so that only the order and the weight of the text are left.
"""

from __future__ import annotations

import hashlib
import html
import random
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from hijridate import Gregorian
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tests.html_corpus import texts
from tests.html_corpus.stories import Story, stories

FOLDER = Path(__file__).parent / "templates"
DRESSES = ("named", "hashed", "bare")
_MONTHS = (
    "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر",
    "نوفمبر", "ديسمبر",
)  # fmt: skip
_LEVANT = (
    "كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز", "آب", "أيلول",
    "تشرين الأول", "تشرين الثاني", "كانون الأول",
)  # fmt: skip
_HIJRI = (
    "محرم", "صفر", "ربيع الأول", "ربيع الآخر", "جمادى الأولى", "جمادى الآخرة", "رجب", "شعبان",
    "رمضان", "شوال", "ذو القعدة", "ذو الحجة",
)  # fmt: skip
_WEEKDAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
_NAMED = re.compile(r"""(\s(?:class|id|aria-label(?:ledby)?)=)(["'])(.*?)\2""")
_SEMANTIC = re.compile(
    r"<(/?)(?:article|main|aside|nav|header|footer|section|figure|figcaption|h[1-6]|time)\b"
)

#: What a template marks as main text; one that marks nothing prints the story's paragraphs only.
_BODY = re.compile(r"<!--b-->(.*?)<!--/b-->", re.DOTALL)
_BODY_MARK = re.compile(r"<!--/?b-->")
_TAG = re.compile(r"<[^>]*>")


class Made(NamedTuple):
    """One made page and what is right for it; `published` is a day in ISO form."""

    template: str
    dress: str
    story: str
    markup: str
    body: str
    title: str
    published: str


class Teaser(NamedTuple):
    """Another story as it is announced: headline, first paragraph, author, day."""

    title: str
    lead: str
    byline: str
    published: str


class Comment(NamedTuple):
    """A reader's comment."""

    name: str
    text: str


def templates() -> list[str]:
    """Return the names of the page templates."""
    return sorted(path.stem for path in FOLDER.glob("[a-z]*.html"))


def pages(
    template: str, dresses: tuple[str, ...] = DRESSES, every: int = 1, first: int = 0
) -> Iterator[Made]:
    """Yield every `every`-th story, from the `first` on, in a template, in each dress."""
    for story in stories()[first::every]:
        markup = _render(template, story)
        marked = _BODY.findall(markup)
        body = "\n".join(map(_bare, marked)) if marked else story.body
        markup = _BODY_MARK.sub("", markup)
        for dress in dresses:
            yield Made(
                template, dress, story.id, _dressed(markup, dress), body, story.title,
                story.published,
            )  # fmt: skip


def _bare(markup: str) -> str:
    return html.unescape(_TAG.sub(" ", markup))


def _render(template: str, story: Story) -> str:
    chance = random.Random(f"{template} {story.id}")
    others = [each for each in stories() if "+" not in each.id and each.id not in story.id]
    return _environment().get_template(f"{template}.html").render(
        story=story,
        keywords=[" ".join(each.title.split()[:2]) for each in chance.sample(others, 4)],
        heads=lambda n: [each.title for each in chance.sample(others, n)],
        teasers=lambda n: [_teaser(each) for each in chance.sample(others, n)],
        others=lambda n: chance.sample(others, n),
        menu=lambda n: chance.sample(texts.MENU, n),
        foot=lambda n: chance.sample(texts.FOOT, n),
        comments=partial(_comments, story.id),
        captions=lambda n: chance.sample(texts.CAPTIONS, n),
        bio=chance.choice(texts.BIOS),
        countries=texts.COUNTRIES,
        share=texts.SHARE,
        about=texts.ABOUT,
        consent=texts.CONSENT,
        newsletter=texts.NEWSLETTER,
        comment_rules=texts.COMMENT_RULES,
        updates=texts.UPDATES,
        questions=texts.QUESTIONS,
        facts_list=texts.FACTS,
        bullets=texts.BULLETS,
    )  # fmt: skip


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined,
    )  # fmt: skip
    made.globals.update(day=_day, url=_url)
    return made


def _teaser(story: Story) -> Teaser:
    return Teaser(story.title, story.paragraphs[0].text, story.byline, story.published)


def _comments(seed: str, count: int) -> list[Comment]:
    chance = random.Random(seed)
    said = [chance.choice(texts.COMMENTS) for _ in range(count)]
    return [Comment(chance.choice(texts.NAMES), text) for text in said]


def _url(story: Story) -> str:
    return f"https://outlet.example/{story.published[:4]}/{hashlib.md5(story.id.encode()).hexdigest()[:8]}"


def _day(story: Story | Teaser, form: str) -> str:
    return _FORMS[form](date.fromisoformat(story.published))


def _saudi(day: date) -> str:
    hijri = Gregorian(day.year, day.month, day.day).to_hijri()
    return (
        f"{_WEEKDAYS[day.weekday()]} - {hijri.day} {_HIJRI[hijri.month - 1]} {hijri.year} هـ"
        f" - {day.day} {_MONTHS[day.month - 1]} {day.year} مـ"
    )


def _plain(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_FORMS: dict[str, Callable[[date], str]] = {
    "plain": _plain,
    "dash": lambda day: f"{day.day:02}-{day.month:02}-{day.year}",
    "slash": lambda day: f"{day.day}/{day.month}/{day.year}",
    "dual": lambda day: f"{day.day} {_MONTHS[day.month - 1]}/ {_LEVANT[day.month - 1]} {day.year}",
    "clock": lambda day: f"{_plain(day)} - 09:30 بتوقيت أبوظبي",
    "egypt": lambda day: f"{_WEEKDAYS[day.weekday()]}، {_plain(day)} 09:23 ص",
    "maghreb": lambda day: f"{_WEEKDAYS[day.weekday()]} {_plain(day)}",
    "saudi": _saudi,
}


def _dressed(markup: str, dress: str) -> str:
    if dress == "named":
        return markup
    markup = _NAMED.sub(_hashed, markup)
    return _SEMANTIC.sub(r"<\1div", markup) if dress == "bare" else markup


def _hashed(found: re.Match[str]) -> str:
    if found[1].strip().startswith("aria"):
        return ""
    names = " ".join(
        f"css-{hashlib.md5(name.encode()).hexdigest()[:6]}" for name in found[3].split()
    )
    return f"{found[1]}{found[2]}{names}{found[2]}"
