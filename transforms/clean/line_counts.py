"""From the published stories of a source to the lines that its index should know.

Two looks. The openings of every story (headline, standfirst, first paragraph), since that is what
related links print. And the lines that repeat over stories: at the edges of many of them they are
furniture; anywhere in two of them they may stand in a list of links.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from transforms.clean.known_lines import KnownLines, count_words, line_hash
from transforms.stamp import Stamp
from warehouse.tables.clean import LineIndex, LineKind

#: From so many stories on a source has an index: with fewer, a line on five pages says as much
#: about one week's news as about the outlet.
ENOUGH_STORIES = 50
#: A snapshot is worth its work once so many new stories may be linked to.
FRESH_STORIES = 25
#: The stories whose lines are counted, the newest: templates change, and memory is bounded.
WINDOW = 5_000
#: Shorter lines are subheads or names of columns as often as headlines of a story.
_TITLE_WORDS = 4
_LEAD_WORDS = 8
#: Furniture stands in five stories and half a per cent of them. Below, formulas of greeting and
#: verses repeat in opinion pages (0.2 %); bylines and SMS footers come in 0.5 to 9 %.
_FURNITURE_STORIES = 5
_FURNITURE_SHARE = 0.005
#: Nearly always at an edge of the body; a subhead that an outlet often uses stands between prose.
_AT_EDGE = 0.8
#: Lines are counted anew when a source has grown by a fifth.
_GROWTH = 1.2
_SHOWN_CHARS = 80
#: What is known of a line gives way only to something more telling.
_STRENGTH: dict[LineKind, int] = {
    "recurring": 0, "furniture": 1, "lead": 2, "title": 3, "masthead": 4,
}  # fmt: skip
#: What was taken for the headline of so large a share of the stories is the outlet's own line. The
#: title of a column or of the weather comes once a day, among many others.
_MASTHEAD_SHARE = 0.2


class Story(NamedTuple):
    """A published main article, as far as its lines are counted; `body` has a paragraph a line."""

    article_id: str
    title: str | None
    summary: str | None
    body: str


class _Line(NamedTuple):
    kind: LineKind
    text: str
    article_id: str
    next_hash: str | None
    stories: int


def is_recount_due(stories: int, at_last_snapshot: int) -> bool:
    """Return whether the lines of a source should be counted anew: it has grown by a step."""
    return _step(stories) > _step(at_last_snapshot)


def new_lines(
    source_id: str,
    openings: Iterable[Story],
    window: Iterable[Story],
    known: KnownLines,
    stories: int,
    stamp: Stamp,
) -> list[LineIndex]:
    """Return the rows that the next snapshot of a source adds, ordered by hash.

    `openings` are the stories that the last snapshot has not seen, `window` those whose lines are
    counted (none where no recount is due), `stories` how many the source has in all. The order of
    either changes nothing.
    """
    found = dict(_opening_lines(sorted(openings)))
    for key, line in _repeated_lines(sorted(window)):
        if key not in found or _STRENGTH[found[key].kind] < _STRENGTH[line.kind]:
            found[key] = line
    return [
        LineIndex(
            source_id=source_id, line_hash=key, evidence_id=known.evidence_id + 1, kind=line.kind,
            stories=line.stories, documents=max(stories, line.stories), article_id=line.article_id,
            next_hash=line.next_hash, line=line.text[:_SHOWN_CHARS], **stamp._asdict(),
        )
        for key, line in sorted(found.items())
        if (before := known.get(key)) is None or _STRENGTH[before.kind] < _STRENGTH[line.kind]
    ]  # fmt: skip


def _step(stories: int) -> int:
    return int(math.log(stories, _GROWTH)) if stories else -1


def _opening_lines(stories: Sequence[Story]) -> Iterator[tuple[str, _Line]]:
    """Yield what links to each story may print; a headline counts before a lead of the same words.

    A headline over the different texts of a fifth of them is a masthead. Of several stories with
    the same opening the first one is named.
    """
    found: dict[str, _Line] = {}
    headed: dict[str, set[str]] = {}
    for story in stories:
        first, _, rest = story.body.partition("\n")
        following = rest.partition("\n")[0]
        next_hash = line_hash(following) if following else None
        headed.setdefault(story.title or "", set()).add(first)
        for text, kind, words in (
            (story.title, "title", _TITLE_WORDS),
            (first, "lead", _LEAD_WORDS),
            (story.summary, "lead", _LEAD_WORDS),
        ):
            if not text or count_words(text) < words:
                continue
            key = line_hash(text)
            before = found.get(key)
            if before is None:
                found[key] = _Line(kind, text, story.article_id, next_hash, 1)  # type: ignore[arg-type]
            elif before.article_id != story.article_id:
                found[key] = before._replace(stories=before.stories + 1)
    least = max(_FURNITURE_STORIES, _MASTHEAD_SHARE * len(stories))
    mastheads = {
        line_hash(title) for title, texts in headed.items() if title and len(texts) >= least
    }
    for key, line in found.items():
        often = line.kind == "title" and key in mastheads
        yield key, line._replace(kind="masthead", next_hash=None) if often else line


class _Count:
    """How a line stands in the stories of the window."""

    def __init__(self, text: str, article_id: str) -> None:
        self.text = text
        self.article_id = article_id
        self.stories: set[str] = set()
        self.seen = 0
        self.at_edge = 0


def _repeated_lines(stories: Sequence[Story]) -> Iterator[tuple[str, _Line]]:
    """Yield the lines of two stories and more. Copies of one story, by its headline, count once."""
    counts: dict[str, _Count] = {}
    bodies: list[list[str]] = []
    told: set[str] = set()
    for story in stories:
        name = line_hash(story.title) if story.title else story.article_id
        told.add(name)
        keys = []
        for text in story.body.split("\n"):
            key = line_hash(text)
            keys.append(key)
            counts.setdefault(key, _Count(text, story.article_id)).stories.add(name)
        bodies.append(keys)
    repeated = {key: count for key, count in counts.items() if len(count.stories) > 1}
    for keys in bodies:
        _count_edges(keys, repeated)
    least = max(_FURNITURE_STORIES, _FURNITURE_SHARE * len(told))
    for key, count in repeated.items():
        often = len(count.stories) >= least and count.at_edge >= _AT_EDGE * count.seen
        kind: LineKind = "furniture" if often else "recurring"
        if count_words(count.text):
            yield key, _Line(kind, count.text, count.article_id, None, len(count.stories))


def _count_edges(keys: Sequence[str], repeated: dict[str, _Count]) -> None:
    """Count of each repeated line of a body whether only repeated lines part it from an end."""
    first = next((at for at, key in enumerate(keys) if key not in repeated), len(keys))
    last = next((at for at in range(len(keys), 0, -1) if keys[at - 1] not in repeated), 0)
    for at, key in enumerate(keys):
        if key in repeated:
            repeated[key].seen += 1
            repeated[key].at_edge += at < first or at >= last
