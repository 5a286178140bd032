"""Tag one article: dates and names as rows that the warehouse holds.

A mention's surface is the name as written, from its first to its last letter: proclitics stand in
`clitic`, titles and quotation marks outside. After ل the article has lost its alef in writing, so
للجيش gives clitic ل and the surface لجيش.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple, Protocol

from transforms.stamp import Stamp
from transforms.tag.decisions import Decisions
from transforms.tag.find import find
from transforms.tag.keys import Key, make_key, with_marks
from transforms.tag.lexicon import KNOWLEDGE_VERSION, Known, Lexicon, lexicon
from transforms.tag.link import Linked, link
from transforms.tag.tagger import Tagger
from transforms.tag.text_entities import decided_entity, text_entity
from warehouse.tables.identity import alias_id
from warehouse.tables.ingest import Source
from warehouse.tables.tag import (
    Alias,
    DateMention,
    Decision,
    Entity,
    EntityType,
    LinkStatus,
    Mention,
    Part,
)

Place = Callable[[int, int], tuple[int, int]]

#: The confidence of a decision: a person has looked.
SCORE_DECIDED = 1.0


class Subject(Protocol):
    """What is asked of the article that is tagged: an `Article`, or these columns of one."""

    @property
    def article_id(self) -> str:
        """Return the article's id."""
        ...

    @property
    def version(self) -> str:
        """Return the article's version."""
        ...

    @property
    def page_id(self) -> str:
        """Return the page that this version was read from."""
        ...

    @property
    def published_at(self) -> str | None:
        """Return when it was published, which relative dates count from."""
        ...


class Body(Protocol):
    """The body of an article with its way back to the page (transforms.clean.body.BodyText)."""

    @property
    def text(self) -> str:
        """The body."""
        ...

    def to_page(self, start: int, end: int) -> tuple[int, int]:
        """Return the page span that the body's span [start, end) was made from."""
        ...


class Tagged(NamedTuple):
    """What the tag stage found in one article."""

    dates: list[DateMention]
    mentions: list[Mention]
    entities: list[Entity]
    aliases: list[Alias]


class TextMention(NamedTuple):
    """One name in a loose text; offsets are code points of the text."""

    start: int
    end: int
    surface: str
    type: EntityType
    entity_id: str | None
    name: str | None
    score: float


class _Text(NamedTuple):
    """The title or the body of an article, and where its characters stand on the page."""

    part: Part
    text: str
    to_page: Place


class _Name(NamedTuple):
    """One linked name with its span in the text and its entity resolved to what is known.

    Where an analyst's decision gave the entity, `undecided` is what the text itself gave.
    """

    start: int
    end: int
    surface: str
    linked: Linked
    entity: Known | None
    decision: Decision | None = None
    undecided: str | None = None


def tag_article(
    article: Subject,
    page_text: str,
    body: Body,
    title_span: tuple[int, int] | None,
    source: Source,
    stamp: Stamp,
    tagger: Tagger | None = None,
    decisions: Decisions | None = None,
) -> Tagged:
    """Return the dates and names of an article's title and body.

    `title_span` is the title's span in `page_text`; without one the title gives no rows, since
    its names would have no place on the page. Where title and body share a page offset, the
    first row of that offset stays. `tagger` finds names that the knowledge does not hold;
    `decisions` win over what both say.
    """
    texts = [_Text("body", body.text, body.to_page)]
    if title_span is not None:
        texts.insert(0, _title(page_text, title_span))
    names = _names([text.text for text in texts], source.country, tagger)
    if decisions is not None:
        names = [[_decided(name, article.article_id, decisions) for name in n] for n in names]
    mentions, kept = _mentions(article, texts, names, stamp)
    dates = _dates(article, texts, source.country, stamp)
    return Tagged(dates, mentions, _entities(kept.values()), _aliases(kept.values()))


def tag_text(text: str, tagger: Tagger | None = None) -> list[TextMention]:
    """Return the names in a loose text; short forms link to full names within it."""
    return [
        TextMention(
            name.start,
            name.end,
            name.surface,
            name.linked.type,
            name.entity.entity_id if name.entity else None,
            name.entity.name_ar if name.entity else None,
            name.linked.score,
        )
        for name in _names([text], None, tagger)[0]
    ]


def _title(page_text: str, span: tuple[int, int]) -> _Text:
    from transforms.clean.letters import normalise

    first, last = span
    title = normalise(page_text[first:last])

    def to_page(start: int, end: int) -> tuple[int, int]:
        a, b = title.to_source(start, end)
        return first + a, first + b

    return _Text("title", title.text, to_page)


def _names(texts: list[str], country: str | None, tagger: Tagger | None) -> list[list[_Name]]:
    words = lexicon()
    keys = [make_key(text) for text in texts]
    found = find(keys, texts, tagger)
    linked = link(keys, found, words, country)
    named: dict[str, Known] = {}
    for text, key, names in zip(texts, keys, linked, strict=True):
        for one in names:
            if one.method == "none" and one.entity_id is not None:
                named[one.entity_id] = text_entity(one.type, _surface(text, key, one)[2])
    return [
        [_Name(*_surface(text, key, one), one, _entity(one, words, named)) for one in names]
        for text, key, names in zip(texts, keys, linked, strict=True)
    ]


def _surface(text: str, key: Key, linked: Linked) -> tuple[int, int, str]:
    start, end = key.to_source(linked.start, linked.end)
    end = with_marks(text, end)
    return start, end, text[start:end]


def _entity(linked: Linked, words: Lexicon, named: dict[str, Known]) -> Known | None:
    if linked.entity_id is None:
        return None
    return named.get(linked.entity_id) or words.known[linked.entity_id]


def _decided(name: _Name, article: str, decisions: Decisions) -> _Name:
    """Return a name with the entity that an analyst decided on, where one did."""
    before = name.entity.entity_id if name.entity else None
    decision = decisions.settle(before, name.surface, article)
    if decision is None:
        return name
    into = decided_entity(decision, name.linked.type)
    return name._replace(entity=into, decision=decision, undecided=before)


def _status(name: _Name) -> LinkStatus:
    if name.entity is None:
        return "ambiguous"
    return "new" if name.entity.origin == "text" and name.decision is None else "linked"


def _mentions(
    article: Subject, texts: list[_Text], found: list[list[_Name]], stamp: Stamp
) -> tuple[list[Mention], dict[int, _Name]]:
    """Return the mentions, and by page offset the names that they were made from."""
    rows: dict[int, Mention] = {}
    kept: dict[int, _Name] = {}
    for text, names in zip(texts, found, strict=True):
        for name in names:
            page_start, page_end = text.to_page(name.start, name.end)
            if page_start in rows:
                continue
            in_body = text.part == "body"
            kept[page_start] = name
            rows[page_start] = Mention(
                article_id=article.article_id,
                version=article.version,
                page_id=article.page_id,
                part=text.part,
                start=name.start if in_body else None,
                end=name.end if in_body else None,
                page_start=page_start,
                page_end=page_end,
                surface=name.surface,
                clitic=name.linked.clitic,
                type=name.linked.type,
                entity_id=name.entity.entity_id if name.entity else None,
                link_method="decision" if name.decision else name.linked.method,
                score=SCORE_DECIDED if name.decision else name.linked.score,
                link_status=_status(name),
                decision_id=name.decision.decision_id if name.decision else None,
                undecided_id=name.undecided,
                **stamp._asdict(),
            )
    return list(rows.values()), kept


def _dates(
    article: Subject, texts: list[_Text], country: str | None, stamp: Stamp
) -> list[DateMention]:
    from transforms.clean.dates import find_dates

    rows: dict[int, DateMention] = {}
    for text in texts:
        in_body = text.part == "body"
        for date in find_dates(text.text, published=article.published_at, country=country):
            page_start, page_end = text.to_page(date.start, date.end)
            if page_start in rows:
                continue
            rows[page_start] = DateMention(
                article_id=article.article_id,
                version=article.version,
                page_id=article.page_id,
                part=text.part,
                start=date.start if in_body else None,
                end=date.end if in_body else None,
                page_start=page_start,
                page_end=page_end,
                surface=date.surface,
                iso=date.iso,
                precision=date.precision,
                calendar=date.calendar,
                rule=date.rule,
                reason=date.reason,
                **stamp._asdict(),
            )
    return list(rows.values())


def _entities(names: Iterable[_Name]) -> list[Entity]:
    known = {name.entity.entity_id: name.entity for name in names if name.entity}
    return [_entity_row(entity) for entity in known.values()]


@lru_cache(maxsize=20_000)
def _entity_row(entity: Known) -> Entity:
    """Return the row of an entity; one process names the same few thousand again and again."""
    values = {name: getattr(entity, name) for name in entity.__slots__}
    return Entity(**values, knowledge_version=KNOWLEDGE_VERSION)


def _aliases(names: Iterable[_Name]) -> list[Alias]:
    """Return each way in which the article writes its entities, once, as the knowledge has it."""
    rows: dict[str, Alias] = {}
    for name in names:
        if name.entity is None:
            continue
        known = None if name.decision else name.linked.written
        origin = name.entity.origin if known else "decision" if name.decision else "text"
        row = _alias_row(name.entity.entity_id, known or name.surface, origin)
        rows.setdefault(row.alias_id, row)
    return list(rows.values())


@lru_cache(maxsize=20_000)
def _alias_row(entity: str, written: str, origin: str) -> Alias:
    """Return the row of an alias; remembered as those of entities are."""
    from transforms.clean.letters import fold

    return Alias(
        alias_id=alias_id(entity, fold(written)),
        entity_id=entity,
        alias=written,
        source=origin,
        knowledge_version=KNOWLEDGE_VERSION,
    )
