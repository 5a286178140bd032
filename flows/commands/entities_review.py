"""`khabar entities review`: what needs a person: names left open, and names that may be one."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flows.commands.shapes import ReviewedShape, ReviewShape, line
from flows.commands.terminal import isolated
from flows.commands.wrong_use import guarded
from transforms.plain import one_line

if TYPE_CHECKING:
    from flows.commands.entity_book import Book
    from transforms.tag.variants import Name, Seen, Variant

#: Where a mention stands: its article and its offset in the page.
Place = tuple[str, int]

_ENTITIES = """
SELECT e.entity_id, e.type, e.name_ar, e.origin <> 'text' AS known, count(*) AS mentions,
       count(DISTINCT m.article_id) AS articles
FROM mentions AS m JOIN entities AS e ON e.entity_id = m.entity_id
GROUP BY ALL
"""

#: Who stands beside each entity asked for, of which country most of them are, and when.
_COMPANY = """
WITH own AS (
  SELECT DISTINCT entity_id, article_id FROM mentions
  WHERE entity_id IN (SELECT unnest($ids))
)
SELECT own.entity_id, list(DISTINCT m.entity_id), mode(e.country),
       min(a.published_earliest), max(a.published_latest)
FROM own
JOIN mentions AS m ON m.article_id = own.article_id AND m.entity_id IS NOT NULL
JOIN entities AS e ON e.entity_id = m.entity_id
JOIN articles AS a ON a.article_id = own.article_id
GROUP BY own.entity_id
"""

_OPEN = """
SELECT surface, article_id, page_start FROM mentions WHERE entity_id IS NULL
ORDER BY article_id, page_start
"""

#: Who is named in the articles of each case, with how many of them: whom its name may stand for.
_BESIDE = """
SELECT c.number, m.entity_id, e.name_ar, count(DISTINCT m.article_id)
FROM (SELECT unnest($numbers) AS number, unnest($articles) AS article_id) AS c
JOIN mentions AS m ON m.article_id = c.article_id
JOIN entities AS e ON e.entity_id = m.entity_id
GROUP BY ALL
"""

#: The words around some mentions.
_AROUND = """
SELECT k.article_id, k.page_start, k.before, k.surface, k.after
FROM (SELECT unnest($articles) AS article_id, unnest($starts) AS page_start) AS w
JOIN kwic AS k ON k.article_id = w.article_id AND k.page_start = w.page_start
"""

#: The first mention of each entity asked for.
_FIRST = """
SELECT entity_id, min((article_id, page_start)) AS place FROM mentions
WHERE entity_id IN (SELECT unnest($ids)) GROUP BY entity_id
"""


def run(*, limit: int, as_json: bool, home: Path | None, config: Path | None) -> int:
    """Print the cases that need a person, at most `limit` of each kind; 2 for wrong use."""
    return guarded(lambda: _review(limit, as_json, home, config))


def _review(limit: int, as_json: bool, home: Path | None, config: Path | None) -> int:
    from flows.commands.entity_book import open_book
    from flows.settings import load_settings

    settings = load_settings(home=home, config=config)
    suffix = f" --home {shlex.quote(str(home))}" if home else ""
    with open_book(settings.home, settings.lock_wait_seconds) as book:
        review = _Review(book, suffix)
        cases = [*review.open_names(limit), *review.variants(limit)]
    for case in cases:
        if as_json:
            print(line(case))
        else:
            _show(case)
    if not cases and not as_json:
        print("Nothing needs a decision: no name is open, and no two look like one.")
    return 0


class Beside(NamedTuple):
    """Who is named in articles, and in how many of them."""

    entity_id: str
    name: str
    articles: int


class _Review:
    """The entities that articles mention, and what was decided of them."""

    def __init__(self, book: Book, suffix: str) -> None:
        self._book = book
        self._suffix = suffix
        rows = book.reader.execute(_ENTITIES).fetchall()
        self._of: dict[str, tuple[Any, ...]] = {row[0]: row for row in rows}
        final = book.decisions.final
        self._apart = {
            frozenset((final(row.entity_id or ""), final(row.into)))
            for row in book.decisions.rows
            if row.action == "apart"
        }

    def open_names(self, limit: int) -> Iterator[ReviewShape]:
        """Yield the names that were left open and no decision links, the most frequent first."""
        from transforms.tag.keys import fold_name

        places: dict[str, list[tuple[str, Place]]] = {}
        for surface, article, at in self._book.reader.execute(_OPEN).fetchall():
            if self._book.decisions.settle(None, surface, article) is None:
                places.setdefault(fold_name(surface), []).append((surface, (article, at)))
        cases = sorted(places.items(), key=lambda each: (-len(each[1]), each[0]))[:limit]
        beside = self._beside([{place[0] for _, place in found} for _, found in cases])
        around = self._around(found[0][1] for _, found in cases)
        for (_, found), own in zip(cases, beside, strict=True):
            yield self._open_name(found, own, around)

    def variants(self, limit: int) -> Iterator[ReviewShape]:
        """Yield the pairs of names that may be one, the likeliest first."""
        from transforms.tag.variants import Name, known_names, pairs, scored

        names = {Name(*row[:4]) for row in self._of.values()} | set(known_names())
        found = [pair for pair in pairs(sorted(names)) if self._is_new(pair)]
        seen = self._seen({name.entity_id for pair in found for name in pair})
        likeliest = scored(seen, found)[:limit]
        ids = sorted({entity for variant in likeliest for entity in variant[:2]})
        first = dict(self._book.reader.execute(_FIRST, {"ids": ids}).fetchall())
        around = self._around(first.values())
        examples = {entity: around.get(place) for entity, place in first.items()}
        for variant in likeliest:
            yield self._variant(variant, examples)

    def _is_new(self, pair: tuple[Name, Name]) -> bool:
        final = self._book.decisions.final
        ends = frozenset(final(name.entity_id) for name in pair)
        return len(ends) == 2 and ends not in self._apart

    def _seen(self, entities: Iterable[str]) -> dict[str, Seen]:
        from transforms.tag.variants import Seen

        rows = self._book.reader.execute(_COMPANY, {"ids": sorted(entities)}).fetchall()
        return {
            entity: Seen(frozenset(company), country, first, last)
            for entity, company, country, first, last in rows
        }

    def _beside(self, cases: list[set[str]]) -> list[list[Beside]]:
        """Return for the articles of each case who is named there, and in how many of them."""
        pairs = [(number, article) for number, own in enumerate(cases) for article in own]
        values = {"numbers": [n for n, _ in pairs], "articles": [a for _, a in pairs]}
        found: list[list[Beside]] = [[] for _ in cases]
        for number, *named in (
            self._book.reader.execute(_BESIDE, values).fetchall() if pairs else ()
        ):
            found[number].append(Beside(*named))
        return found

    def _around(self, places: Iterable[Place]) -> dict[Place, str]:
        """Return the words around mentions, by article and page offset."""
        wanted = list(places)
        if not wanted:
            return {}
        values = {"articles": [a for a, _ in wanted], "starts": [at for _, at in wanted]}
        return {
            (article, at): one_line("".join(part or "" for part in words))
            for article, at, *words in self._book.reader.execute(_AROUND, values).fetchall()
        }

    def _open_name(
        self, found: list[tuple[str, Place]], beside: list[Beside], around: dict[Place, str]
    ) -> ReviewShape:
        surface, place = found[0]
        articles = sorted({place[0] for _, place in found})
        options = self._options(surface, beside, len(articles))
        written = shlex.quote(_shown(surface))
        only = f" --article {articles[0]}" if len(articles) == 1 else ""
        return ReviewShape(
            kind="ambiguous",
            surface=one_line(surface),
            score=max((option.score or 0.0 for option in options), default=0.0),
            mentions=len(found),
            articles=len(articles),
            example=around.get(place),
            entities=options,
            next=[
                f"khabar entities link {written} {option}{only}{self._suffix}"
                for option in [each.entity_id for each in options] or ["ID"]
            ],
        )

    def _options(self, surface: str, beside: list[Beside], articles: int) -> list[ReviewedShape]:
        """Return whom an open name may stand for: who bears it, and who is named so in full."""
        from transforms.tag.keys import fold_name
        from transforms.tag.lexicon import lexicon

        key = fold_name(surface)
        shares = {each.entity_id: each.articles / articles for each in beside}
        options = {bearer.entity_id for bearer in lexicon().forms.get(key, ())}
        options |= {
            each.entity_id for each in beside if f" {fold_name(each.name)}".endswith(f" {key}")
        }
        shapes = [self._reviewed(each, score=round(shares.get(each, 0.0), 3)) for each in options]
        return sorted(shapes, key=lambda shape: (-(shape.score or 0.0), shape.entity_id))

    def _variant(self, variant: Variant, examples: dict[str, str | None]) -> ReviewShape:
        shapes = [
            self._reviewed(each, example=examples.get(each))
            for each in (variant.entity, variant.other)
        ]
        shapes.sort(key=lambda shape: (shape.known, shape.mentions, shape.entity_id))
        first, second = (shape.entity_id for shape in shapes)
        return ReviewShape(
            kind="variant",
            surface=None,
            score=variant.score,
            mentions=sum(shape.mentions for shape in shapes),
            articles=sum(shape.articles for shape in shapes),
            example=None,
            entities=shapes,
            next=[
                f"khabar entities {verb} {first} {second}{self._suffix}"
                for verb in ("merge", "split")
            ],
        )

    def _reviewed(self, entity: str, **values: Any) -> ReviewedShape:
        from transforms.tag.lexicon import lexicon

        if entity in self._of:
            _, kind, name, known, mentions, articles = self._of[entity]
        else:
            told = lexicon().known[entity]
            kind, name, known, mentions, articles = told.type, told.name_ar, True, 0, 0
        return ReviewedShape(
            entity_id=entity, name=one_line(name), type=kind, known=known, mentions=mentions,
            articles=articles, **values,
        )  # fmt: skip


def _shown(surface: str) -> str:
    from transforms.tag.keys import without_marks

    return one_line(without_marks(surface))


def _show(case: ReviewShape) -> None:
    count = f"{case.mentions} mentions, {case.articles} articles"
    if case.kind == "ambiguous":
        print(f"{case.score:.2f}  whose is {isolated(case.surface or '')}? {count}")
    else:
        print(f"{case.score:.2f}  one or two? {count}")
    if case.example:
        print(f"      {isolated(case.example)}")
    for each in case.entities:
        share = "" if each.score is None else f"{each.score:.2f}  "
        known = "" if each.known else ", only in texts"
        print(
            f"      {share}{each.entity_id}  {each.type}, {each.mentions} mentions{known}  "
            f"{isolated(each.name)}"
        )
        if each.example:
            print(f"        {isolated(each.example)}")
    labels = ("one:", "two:") if case.kind == "variant" else ("",) * len(case.next)
    for label, command in zip(labels, case.next, strict=True):
        print(f"    {label or '>'} {command}")
    print()
