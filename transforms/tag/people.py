"""Persons whom the knowledge does not name, recognised by their given name and what follows it.

A name starts with a given name and goes on with names, with عبد، أبو، بن، آل and the word after
them, or with a word that no list holds where the evidence is strong: after a foreign given name
(جوزيبي غاليانو), or a family name in ي or بو after a title. The lists are names.tsv (how many
people bear a word as given and as family name), given.tsv (foreign given names in Arabic letters)
and words.tsv (everyday words that are also names, or that follow names). A single word is never
taken for a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from transforms.tag.keys import Key
from transforms.tag.lexicon import Lexicon, lexicon
from transforms.tag.matcher import Automaton, Match, automaton_of

# Borne by fewer people, a word is more often a word than a given name, even after a title.
GIVEN_BORNE = 3
# As the rest of a name: bearers in all. Rarer ones are taken only beside a title.
NAME_BORNE = 3
# A given name that opens a name without a title before it.
GIVEN_ALONE = 30
# No name of the news has more words; a longer run is a list of people.
LONGEST = 6
# How far before the name a title stands: وزير الدفاع الروسي سيرغي شويغو.
TITLE_REACH = 3
SHORTEST_UNKNOWN = 3
SHORTEST_AFTER_PROCLITIC = 3

# How many characters before and after a given name are looked at.
WINDOW = 100
NAMED_AFTER_REACH = 2
_LINKS = frozenset(["بن", "بنت", "ولد", "ال", "ابن"])
_FIRST_HALVES = frozenset(["عبد", "ابو", "ابي", "ام"])
_PARTICLES = frozenset(["فان", "فون", "دي", "دا", "دو", "ديل", "لو", "ماك", "اوف"])
_COMPOUND = frozenset(["عز", "سيف", "جاد", "زين", "نور", "شمس", "فخر", "تاج", "علاء", "صلاح"])
_SECOND_HALVES = frozenset(["الدين", "العابدين", "الاسلام", "الله", "النبي"])
_PROCLITICS = "ولبفك"
# Before a person they need a title: بكامل and فرأس are other words.
_RARE_PROCLITICS = frozenset("بفك")
# Endings of Arabic words that foreign family names do not have.
_ARABIC_ENDS = ("ه", "ها", "هم", "ات", "يا")
_VERB_HEADS = ("ي", "ت", "سي", "ست")


class _Cues(NamedTuple):
    """Words that stand before a name, and the rests of those that a proclitic opens.

    After ل the alef of the article is lost: للرئيس leaves لرئيس, the rest of الرئيس.
    """

    words: frozenset[str]
    rests: frozenset[str]

    def any_of(self, before: list[str]) -> bool:
        """Return whether one of the words is a cue, as it is or behind its first letter."""
        rests = [word[1:] for word in before]
        return not (self.words.isdisjoint(before) and self.rests.isdisjoint(rests))


@dataclass(frozen=True, slots=True)
class _Lists:
    automaton: Automaton
    foreign: frozenset[str]
    alone: frozenset[str]
    names: frozenset[str]
    rare: frozenset[str]
    words: frozenset[str]
    titles: _Cues
    named_after: _Cues


@dataclass(frozen=True, slots=True)
class _Run:
    """The words from a given name on, up to the next barrier; `offset` is the first one's."""

    words: list[str]
    offset: int
    titled: bool
    foreign: bool


def find_people(key: Key, text: str) -> list[Match]:
    """Return the persons that the text names in full; `key` is the key of `text`."""
    lists = _lists()
    found: list[Match] = []
    after = 0
    for _, start, end in lists.automaton.find_matches_as_indexes(key.words, overlapping=True):
        # At most a proclitic stands between the start of the word and the name.
        word_start = key.words.rfind(" ", max(0, start - 2), start) + 1
        if word_start == 0 or word_start < after:
            continue
        if start > word_start and not _is_proclitic(key.words[word_start : end - 1], lists):
            continue
        match = _read(key, text, word_start, start, end - 1, lists)
        if match is not None:
            found.append(match)
            after = match.end
    return found


def without_descent(key: Key, matches: list[Match]) -> list[Match]:
    """Return the matches without persons who are another's father: مكتوم بن محمد بن راشد."""
    return [
        match
        for match in matches
        if match.type != "PER"
        or not key.marked.endswith((" بن ", " ابن ", " بنت "), 0, match.start)
    ]


def beside(people: list[Match], known: list[Match]) -> list[Match]:
    """Return the persons of the text that do not tear apart or outgrow a known person.

    A known person stays even where the run of names goes on, unless it goes on with بن or آل,
    which makes it another's name (محمد صلاح stays, محمد صلاح بن علي does not).
    """
    ends = {match.start: match for match in known if match.type == "PER" and " " in match.form}
    inside = [range(match.start + 1, match.end) for match in ends.values()]
    kept = []
    for person in people:
        other = ends.get(person.start)
        rest = person.form[len(other.form) :].split() if other else []
        outgrows = other is not None and not (rest and rest[0] in _LINKS)
        if not outgrows and not any(person.start in span for span in inside):
            kept.append(person)
    return kept


def _is_proclitic(word: str, lists: _Lists) -> bool:
    """Return whether the first letter of a word is a proclitic on a given name."""
    whole = word in lists.words or word in lists.rare
    return word[0] in _PROCLITICS and not whole and len(word) > SHORTEST_AFTER_PROCLITIC


def _read(
    key: Key, text: str, word_start: int, start: int, end: int, lists: _Lists
) -> Match | None:
    first = key.words[start:end]
    here = key.marked[max(0, word_start - WINDOW) : word_start - 1].rpartition("|")[2]
    before = here.rsplit(None, TITLE_REACH)[-TITLE_REACH:]
    titled = lists.titles.any_of(before)
    alone = first in lists.alone and key.words[word_start:start] not in _RARE_PROCLITICS
    if not titled and not alone:
        return None
    if before and before[-1] in _LINKS:
        return None
    if lists.named_after.any_of(before[-NAMED_AFTER_REACH:]) or _is_on(key, text, start, end):
        return None
    words = key.marked[start : start + WINDOW].partition("|")[0].split(" ")
    run = _Run(words, start, titled, first in lists.foreign)
    last = _last_word(run, key, text, lists)
    if last == 0 or (first == "عبد" and last == 1):
        return None
    form = " ".join(words[: last + 1])
    clitic = key.words[word_start:start] or None
    return Match(start, start + len(form), clitic, form, "PER", ())


def _last_word(run: _Run, key: Key, text: str, lists: _Lists) -> int:
    """Return the number of the name's last word; 0 where the given name stands alone."""
    words = run.words
    last, unknown = 0, False
    while last + 1 < min(len(words), LONGEST + 1) and words[last + 1]:
        at = last + 1
        word = words[at]
        if at == 1 and words[0] in _FIRST_HALVES:
            last = at
        elif word in _COMPOUND and at + 1 < len(words) and words[at + 1].startswith("ال"):
            last = at + 1
        elif word in _LINKS or word in _FIRST_HALVES or (run.foreign and word in _PARTICLES):
            if at + 1 >= len(words) or words[at + 1] in lists.words:
                break
            last = at + 1
        elif _is_name(word, last, run, lists) and not _is_at(run, at, key, text):
            if last and _is_rank(words, at, lists):
                break
            last = at
        elif not unknown and _is_plausible(word, last, run, lists):
            last, unknown = at, True
        else:
            break
    return last


def _is_rank(words: list[str], at: int, lists: _Lists) -> bool:
    """Return whether a word behind a name is the person's rank: عبدالعزيز أمير منطقة عسير."""
    after = words[at + 1] if at + 1 < len(words) else ""
    return words[at] in lists.titles.words and after in lists.words


def _is_at(run: _Run, at: int, key: Key, text: str) -> bool:
    start = run.offset + sum(len(word) + 1 for word in run.words[:at])
    return _is_on(key, text, start, start + len(run.words[at]))


def _is_on(key: Key, text: str, start: int, end: int) -> bool:
    """Return whether a word that folds to علي is written على, the preposition."""
    return key.words[start:end] == "علي" and text[key.to_source(start, end)[1] - 1] == "ى"


def _is_name(word: str, last: int, run: _Run, lists: _Lists) -> bool:
    if word in _SECOND_HALVES:
        return True
    if word in lists.words:
        return False
    if run.foreign and last > 0:
        return word in lists.foreign
    return word in lists.names or (word in lists.rare and (run.titled or word.startswith("ال")))


def _is_plausible(word: str, last: int, run: _Run, lists: _Lists) -> bool:
    """Return whether a word that no list of names holds may end the name."""
    if word in lists.words or len(word) < SHORTEST_UNKNOWN:
        return False
    if run.foreign:
        is_verb = word.startswith(_VERB_HEADS) and not run.titled
        is_arabic = word.startswith(("ال", "و")) or word.endswith(_ARABIC_ENDS)
        return last == 0 and not is_verb and not is_arabic
    if not run.titled and last == 0:
        return False
    return (word.startswith("ال") and word.endswith("ي")) or word.startswith(("بو", "بن"))


def _cues(words: frozenset[str]) -> _Cues:
    return _Cues(words, words | {word[1:] for word in words if word.startswith("ا")})


@cache
def _lists() -> _Lists:
    return _read_lists(lexicon())


def _read_lists(words: Lexicon) -> _Lists:
    everyday, foreign = words.everyday, words.given
    nisbas = {word for adjectives in words.nisbas.values() for word in adjectives}
    places = {
        form
        for form, bearers in words.forms.items()
        if any(b.cue is None and words.known[b.entity_id].type == "LOC" for b in bearers)
    }
    everyday = everyday | nisbas | places
    unfit = everyday | _LINKS | _FIRST_HALVES
    counted = {n: c for n, c in words.names.items() if n not in unfit}
    given = {n for n, c in counted.items() if c.given >= GIVEN_BORNE} | {"عبد", "ابو"}
    return _Lists(
        automaton=automaton_of([f"{name} " for name in sorted(given | foreign)]),
        foreign=foreign,
        alone=frozenset(
            {n for n in given if n in counted and counted[n].given >= GIVEN_ALONE and n != "علي"}
            | foreign
            | {"عبد"}
        ),
        names=frozenset(n for n, c in counted.items() if sum(c) >= NAME_BORNE) | foreign,
        rare=frozenset(counted) | foreign,
        words=everyday,
        titles=_cues(words.cues["title"]),
        named_after=_cues(words.cues["named_after"]),
    )
