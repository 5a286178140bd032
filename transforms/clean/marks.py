"""The marks that tell furniture from prose: read from rules/*.tsv, matched on one line.

A mark is a phrase that templates print (اقرأ أيضا، كلمات دلالية، ...). Its `position` says where
it counts, so that the same words inside a sentence do nothing:

=========  =====================================================================
line       the line says nothing else (digits and punctuation apart)
head       opens the line, a separator (: | - ...) and more text follow
field      line or head
lead       field, or opens a line that is no sentence
start      opens a line that is short and no sentence
opens      opens the line, whatever follows
name       opens a line of at most eight words that is no sentence
inside     stands anywhere in the line, spelled exactly so
short      stands anywhere in a short line that is no sentence, spelled exactly so
tail       the rest of the line is of that kind; after a sentence's end (with or without a
           space) or with a colon; of related stories one headline
rest       the same, whatever stands before it
opening    opens the line, spelled exactly so; the rest of the line is something else
counted    stands between the number that opens a line and a headline in quotes
=========  =====================================================================

Its `effect`: `end` (no article goes on beyond), `close` (usually follows an article's last
paragraph), `list` (titles of other stories follow), `inline` (the article goes on after it),
`next` (a mark that stands alone announces one line), `published`, `modified` (what a date is
of), `tail` (only in a page's foot) or `-`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from posixpath import commonprefix
from typing import NamedTuple

from transforms.clean.letters import fold

#: A line that opens with a mark and is longer than this is prose that happens to open so.
SHORT = 90
#: A longer line that holds a mark is an article in one line, or quotes the words.
LONGEST_MARKED = 400
_TITLE = 200
_SOURCE_WORDS = 8
_TAIL = 300
_CLOSING = " \t\u00a0\"'»”)]\u200f\u200e"
_QUOTES = ('"', "«", "“", "”", "„", "'", "‘")
_BLANKS = " \t\u00a0\u200f\u200e"
_SENTENCE_ENDS = (".", "؟", "!", "?", "…", "۔")
_SEPARATOR = re.compile(
    r"[\s\u200e\u200f]*(?:[:|؛،,\-\u2013\u2014/…\u061c>»]+|\.{2,})[\s\u200e\u200f]*"
)
#: A comma parts a mark from its headline (للمزيد، ...), and an adverb from its sentence.
_COMMAS = ("،", ",")
_FIRST_WORD = re.compile(r"[\s\W]*?(©|[^\s:|،.,؛!؟?()\[\]\"«»“”…\u2013\u2014\-/]+)")
#: Found by their exact spelling in the whole text, the others at the head of a line.
_IN_TEXT = ("inside", "short", "tail", "rest", "opening")
_ONLY_NUMBERS = re.compile(r"[\W\d_\u0640\u064b-\u0652]*")
_BETWEEN = "[\u0640\u064b-\u0652\u200c-\u200f]*"
_VARIANTS = {
    **dict.fromkeys("اأإآ", "[اأإآ]"), **dict.fromkeys("ةه", "[ةه]"),
    **dict.fromkeys("يىئ", "[يىئ\u06cc]"), "ك": "[ك\u06a9]",
}  # fmt: skip
#: In texts of contextual forms the two letters are one.
_LAM_ALEF = f"ل{_BETWEEN}{_VARIANTS['ا']}"


class Mark(NamedTuple):
    """One row of rules/marks.tsv."""

    mark: str
    position: str
    kind: str
    effect: str

    @property
    def rule(self) -> str:
        """Return the id that a segment decided by this mark carries."""
        return f"mark.{self.kind}.{self.mark.replace(' ', '_')}"


class Hit(NamedTuple):
    """A mark on a line: from `content` on the line holds what the mark announces."""

    mark: Mark
    content: int


def read_rules(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of rules/<name>.tsv by column name."""
    text = files("transforms.clean").joinpath("rules", f"{name}.tsv").read_text(encoding="utf-8")
    header, *lines = text.splitlines()
    columns = header.split("\t")
    for line in lines:
        yield dict(zip(columns, line.split("\t"), strict=True))


def ends_sentence(text: str) -> bool:
    """Return whether a stripped line ends as a sentence does, closing quotes left aside."""
    bare = text.rstrip(_CLOSING)
    return bare.endswith(_SENTENCE_ENDS) and not bare.endswith("..")


def find_mark(line: str) -> Hit | None:
    """Return the mark that decides a stripped, non-empty line; the longest where several do."""
    first = _FIRST_WORD.match(line)
    if first is None:
        return None
    if first[1].isdecimal():
        return _find_counted(line, first.end())
    for pattern, mark in _by_first_word().get(fold(first[1][:20]), ()):
        match = pattern.match(line, first.start(1))
        if match and (hit := _judge(mark, line, match.end())):
            return hit
    return None


def _find_counted(line: str, end: int) -> Hit | None:
    """Return the mark behind the number that ends at `end`: '3 ردود على "..."'."""
    at = _content(line, end)
    for pattern, mark in _counted():
        match = pattern.match(line, at)
        if match and line[_content(line, match.end()) :][:1] in _QUOTES and len(line) <= _TITLE:
            return Hit(mark, match.end())
    return None


def inside_marks(text: str) -> list[tuple[int, Mark]]:
    """Return where in a page's text marks stand that may be anywhere in a line, in order."""
    found = []
    for opening, marks in _inside():
        first = text.find(opening)
        for mark in marks if first >= 0 else ():
            at = text.find(mark.mark, first)
            while at >= 0:
                found.append((at, mark))
                at = text.find(mark.mark, at + len(mark.mark))
    found.sort(key=lambda item: item[0])
    return found


def tail_starts(line: str, at: int, mark: Mark) -> bool:
    """Return whether from the tail mark at `at` on the line is of the mark's kind."""
    end = at + len(mark.mark)
    if len(line) - end > _TAIL or (mark.kind == "source" and not _names_source(line[end:])):
        return False
    before, rest = line[max(0, at - SHORT) : at].rstrip(), line[end:].lstrip(_BLANKS)
    if not any(map(str.isalnum, before)) or not rest or line[end].isalpha():
        return False
    if mark.kind == "related_inline" and not _is_headline(rest):
        return False
    if ends_sentence(before):
        return True
    return line[at - 1].isspace() and (mark.position == "rest" or rest[0] == ":")


@cache
def words_of(name: str) -> frozenset[str]:
    """Return the folded words of one list of rules/words.tsv."""
    return frozenset(
        fold(word)
        for row in read_rules("words")
        if row["list"] == name
        for word in row["words"].split()
    )


@cache
def phrases(name: str) -> re.Pattern[str]:
    """Return a pattern that matches any phrase of one list of rules/phrases.tsv."""
    rows = [row["phrase"] for row in read_rules("phrases") if row["list"] == name]
    return re.compile("|".join(_pattern(phrase) for phrase in sorted(rows, key=len, reverse=True)))


def _judge(mark: Mark, line: str, end: int) -> Hit | None:
    position = mark.position
    rest = line[end:]
    if _ONLY_NUMBERS.fullmatch(rest):
        alone = position in ("line", "field", "lead", "start") and not ends_sentence(line)
        return Hit(mark, len(line)) if alone or position == "opens" else None
    separator = _SEPARATOR.match(line, end)
    if separator and separator.end() < len(line):
        if mark.kind == "source" and not _names_source(line[separator.end() :]):
            return None
        if separator[0].strip() in _COMMAS and position != "opens" and ends_sentence(line):
            return None
        if position in ("head", "field") or (position == "lead" and len(line) <= _TITLE):
            return Hit(mark, separator.end())
        end = separator.end()
    elif not line[end].isspace() and not line[end].isdigit() and position != "opens":
        return Hit(mark, end) if _is_glued(mark, line) else None
    if position == "opens" and not line[end - 1 : end + 1].isalpha():
        return Hit(mark, _content(line, end)) if len(line) <= LONGEST_MARKED else None
    if ends_sentence(line):
        return None
    fits = (
        (position == "lead" and len(line) <= _TITLE)
        or (position == "start" and len(line) <= SHORT)
        or (position == "name" and len(line) <= SHORT and len(line.split()) <= 8)
    )
    return Hit(mark, _content(line, end)) if fits else None


def _content(line: str, end: int) -> int:
    return end + len(line[end:]) - len(line[end:].lstrip())


def _is_glued(mark: Mark, line: str) -> bool:
    """Return whether a headline is run together with the mark before it: "اقرأ أيضاافتتاح ...".

    No other word begins with the adverb that such marks end in.
    """
    return (
        mark.position == "lead"
        and fold(mark.mark).endswith(" ايضا")
        and len(line) <= LONGEST_MARKED
        and not ends_sentence(line)
    )


def _names_source(rest: str) -> bool:
    """Return whether what follows المصدر is short enough for a name, not a quoted statement."""
    return len(rest) <= SHORT and len(rest.split()) <= _SOURCE_WORDS


def _is_headline(rest: str) -> bool:
    """Return whether a line's rest can be one headline: the story may go on after a linked one."""
    return len(rest) <= _TITLE and "." not in rest.replace("..", "")


def _pattern(phrase: str) -> str:
    words = [_BETWEEN.join(_VARIANTS.get(c, re.escape(c)) for c in w) for w in phrase.split()]
    pattern = rf"{_BETWEEN}\s+".join(words) + _BETWEEN
    return pattern.replace(_LAM_ALEF, f"(?:{_LAM_ALEF}|[\ufef5-\ufefc])")


@cache
def _marks() -> tuple[Mark, ...]:
    return tuple(
        Mark(row["mark"], row["position"], row["kind"], row["effect"])
        for row in read_rules("marks")
    )


@cache
def _inside() -> tuple[tuple[str, tuple[Mark, ...]], ...]:
    """Return the marks found by their exact spelling, those that begin with one word together.

    With them stands how all of them open, which most pages lack; the longest mark comes first.
    """
    table: dict[str, list[Mark]] = {}
    for mark in sorted(_marks(), key=lambda mark: -len(mark.mark)):
        if mark.position in _IN_TEXT:
            table.setdefault(mark.mark.split()[0], []).append(mark)
    return tuple(
        (commonprefix([mark.mark for mark in marks]), tuple(marks)) for marks in table.values()
    )


@cache
def _by_first_word() -> dict[str, list[tuple[re.Pattern[str], Mark]]]:
    table: dict[str, list[tuple[re.Pattern[str], Mark]]] = {}
    for mark in sorted(_marks(), key=lambda m: -len(m.mark)):
        if mark.position in (*_IN_TEXT, "counted"):
            continue
        pattern = re.compile(_pattern(mark.mark), re.IGNORECASE)
        table.setdefault(fold(mark.mark.split()[0]), []).append((pattern, mark))
    return table


@cache
def _counted() -> tuple[tuple[re.Pattern[str], Mark], ...]:
    counted = (mark for mark in _marks() if mark.position == "counted")
    return tuple((re.compile(_pattern(mark.mark), re.IGNORECASE), mark) for mark in counted)


def modified_at(line: str) -> int | None:
    """Return where a line begins to speak of a modification (آخر تحديث), None where it does not."""
    match = _modified().search(line)
    return match.start() if match else None


@cache
def date_labels() -> re.Pattern[str]:
    """Return a pattern that matches what a date line calls its dates: تاريخ النشر, آخر تحديث."""
    rows = [mark.mark for mark in _marks() if mark.kind == "date"]
    return re.compile("|".join(map(_pattern, sorted(rows, key=len, reverse=True))), re.IGNORECASE)


@cache
def _modified() -> re.Pattern[str]:
    rows = [mark.mark for mark in _marks() if mark.effect == "modified"]
    return re.compile("|".join(map(_pattern, rows)), re.IGNORECASE)
