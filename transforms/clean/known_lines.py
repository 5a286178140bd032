"""Lines known from other pages of the source: related links without a mark, and furniture.

A line that equals another story's headline or lead is a link to that story, whatever stands
before it; a line that repeats at the edges of many stories, or was taken for the headline of many,
is the outlet's, not the article's.
Both are looked up in one snapshot of `line_index`, so that a page gives the same result whichever
pages are read beside it. Known lines take away, never add: from the body when that is found, and
from the lines among which the headline is looked for.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from transforms.clean.letters import fold, folded
from transforms.clean.lines import Piece
from transforms.clean.marks import ends_sentence
from transforms.clean.sheet import Decided, Span
from warehouse.tables.clean import LineKind

#: Every rule of this module begins so; a span with such a rule names the snapshot it relied on.
RULES = "index."
_OPENING_WORDS = 3
#: Three Arabic words fit into so many code points; the rest of a line is folded only on a hit.
_OPENING_CHARS = 60
_WORD = re.compile(r"\w+")
#: One to three words and a separator before a headline (شاهد.., ذات صلة:): a mark, listed or not.
_MARK = re.compile(r"\W*(?:[^\s:|.]+\s){0,2}[^\s:|.]+\s?(?:\.\.+|[:|])\s*")
_LONGEST_MARK = 25
#: A furniture line of at most so many words that opens an article is a credit.
_CREDIT_WORDS = 7
#: The outlet's own lines: no article's.
_OUTLETS: frozenset[LineKind] = frozenset({"furniture", "masthead"})
#: A masthead stands among so many lines at the top of a page.
_TOP = 12


class KnownLine(NamedTuple):
    """What the index knows of a line: its kind, and what follows it where it is a story's own."""

    kind: LineKind
    next_hash: str | None


class KnownLines:
    """One snapshot of a source's `line_index`, for looking lines up."""

    def __init__(self, evidence_id: int, lines: Mapping[str, KnownLine]) -> None:
        self.evidence_id = evidence_id
        self._lines = lines
        self._openings = {line_hash[:6] for line_hash in lines}

    def get(self, line_hash: str) -> KnownLine | None:
        """Return what is known under a hash."""
        return self._lines.get(line_hash)

    def match(self, line: str) -> str | None:
        """Return the hash of a line that is known, by its words alone: letters folded, no signs."""
        opening = _opening(line)
        if opening not in self._openings:
            return None
        found = opening + _whole(line)
        return found if found in self._lines else None

    def match_linked(self, line: str) -> str | None:
        """Return the hash of the headline or lead that a line has after a mark and a separator."""
        mark = _MARK.match(line)
        if mark is None or mark.end() > _LONGEST_MARK:
            return None
        found = self.match(line[mark.end() :])
        return found if found and self._lines[found].kind in ("title", "lead") else None

    def find(self, line: str) -> KnownLine | None:
        """Return what is known of a line."""
        return self._lines.get(self.match(line) or "")

    def find_linked(self, line: str) -> KnownLine | None:
        """Return the story that a line with a mark before a headline links to."""
        return self._lines.get(self.match_linked(line) or "")


def line_hash(line: str) -> str:
    """Return the hash of a line's folded words: of the first three 24 bits, of all of them 40."""
    return _opening(line) + _whole(line)


def count_words(line: str) -> int:
    """Return the number of words that a line's hash is made of."""
    return len(_WORD.findall(line))


def set_mastheads_aside(pieces: Sequence[Piece], known: KnownLines) -> None:
    """Decide the lines at the top of a page that the index knows as the outlet's name."""
    for piece in pieces[:_TOP]:
        if piece.text and (found := known.find(piece.text)) and found.kind == "masthead":
            piece.hit, piece.prose = None, False
            piece.fixed, piece.rule = "other", f"{RULES}masthead"


def decide_known(decided: Decided, text: str, known: KnownLines) -> Decided:
    """Return the spans with those taken out of each body that the index knows from elsewhere."""
    spans = list(decided.spans)
    for article in range(decided.articles):
        for index, (kind, owner, rule) in _Body(spans, article, text, known).decisions().items():
            spans[index] = spans[index]._replace(kind=kind, article=owner, rule=rule)
    return decided._replace(spans=spans)


def may_decide(title: str | None, body: str, known: KnownLines) -> bool:
    """Return whether the index may take something out of a body: cheap, and right when it says no.

    `body` has a paragraph a line, as `articles.body` has.
    """
    first, *rest = body.split("\n")
    own = line_hash(title) if title else ""
    if (found := known.get(own)) and found.kind == "masthead":
        return True
    if (found := known.find(first)) and found.kind in _OUTLETS:
        return True
    return any(
        (found := known.find(line) or known.find_linked(line))
        and found.kind != "recurring"
        and line_hash(line) != own
        for line in rest
    )


class _Body:
    """The lines of one article's body, each with what is known of it."""

    def __init__(
        self, spans: Sequence[Span], article: int, text: str, known: KnownLines
    ) -> None:  # fmt: skip
        self._article = article
        own = [s for s in spans if s.article == article and s.kind in ("title", "summary")]
        self._own = {line_hash(text[s.shown : s.end]) for s in own}
        self._places = [
            index
            for index, span in enumerate(spans)
            if span.kind == "body" and span.article == article
        ]
        self._lines = [text[spans[i].shown : spans[i].end] for i in self._places]
        self._found = [known.find(line) for line in self._lines]
        self._linked = [
            None if found else known.find_linked(line)
            for line, found in zip(self._lines, self._found, strict=True)
        ]

    def decisions(self) -> dict[int, tuple[str, int | None, str]]:
        """Return kind, article and rule of the spans to take out, none where nothing would stay."""
        rules = self._rules()
        if len(rules) == len(self._lines):
            return {}
        tail = self._tail(rules)
        rules |= {at: "after_lead" for at in range(tail, len(self._lines)) if at not in rules}
        return {
            self._places[at]: self._decision(at, rule, in_list=at >= tail)
            for at, rule in rules.items()
        }

    def _rules(self) -> dict[int, str]:
        """Return what decides by the line alone; the first paragraph is the article's own lead."""
        rules: dict[int, str] = {}
        opened = False
        for at, (found, linked) in enumerate(zip(self._found, self._linked, strict=True)):
            if found and found.kind in _OUTLETS:
                rules[at] = "furniture"
            elif not opened:
                opened = True
            elif linked and not self._tells(linked):
                rules[at] = "marked_title"
            elif found and found.kind != "recurring" and not self._is_own(at, found):
                rules[at] = f"other_{found.kind}"
        return rules

    def _is_own(self, at: int, found: KnownLine) -> bool:
        return line_hash(self._lines[at]) in self._own or self._tells(found)

    def _tells(self, story: KnownLine) -> bool:
        """Return whether the article tells the story itself, as a copy or an update of it does."""
        return story.next_hash is not None and story.next_hash in map(line_hash, self._lines)

    def _tail(self, rules: Mapping[int, str]) -> int:
        """Return where a list of leads begins that ends the body: known ones first, then lines
        that recur in other stories.
        """
        begins = at = len(self._lines)
        while at > 0 and (at - 1 in rules or self._found[at - 1] is not None):
            at -= 1
            if rules.get(at, "").startswith("other_"):
                begins = at
        return begins

    def _decision(self, at: int, rule: str, *, in_list: bool) -> tuple[str, int | None, str]:
        rule = RULES + rule
        if rule != RULES + "furniture":
            return ("related_list" if in_list else "related_inline"), None, rule
        if at == 0 and _is_credit(self._lines[at]):
            return "byline", self._article, rule
        return "other", None, rule


def _is_credit(line: str) -> bool:
    words = line.split()
    return (
        2 <= len(words) <= _CREDIT_WORDS
        and not ends_sentence(line)
        and not any(character.isdigit() for character in line)
    )


def _opening(line: str) -> str:
    words = _WORD.findall(fold(line[:_OPENING_CHARS]))[:_OPENING_WORDS]
    return hashlib.blake2b(" ".join(words).encode(), digest_size=3).hexdigest()


def _whole(line: str) -> str:
    words = " ".join(_WORD.findall(folded(line)))
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=5).hexdigest()
