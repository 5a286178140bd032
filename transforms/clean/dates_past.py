"""Whether the words around a date say for certain that it was over when they were written.

A date in a text may be a plan. It is over where a verb of the past stands right before or behind
it (أقيمت في 5 مايو 2019), or before it with its subject between them (وقع الطرفان في 5 مايو 2019)
unless the verb announces (أعلن موعد الحفل في 5 مايو 2030); behind منذ or يعود إلى; and where it is
that of an event that nobody plans (هجمات 11 سبتمبر 2001). Verbs that are nouns as well (حدث, عقد)
and conditions (إذا جرت في 5 مايو 2030) prove nothing.

On the 25,960 dated articles of CNN Arabic, France 24, Jawhara FM and four Saudi outlets, 1,733 have
such a date with its year written, and none of them lies behind the publication.
"""

from __future__ import annotations

import re

from transforms.clean.dates_reading import sentence_before
from transforms.clean.dates_words import Line

#: The verb, and what stands before a date. Between them may be as many words as a subject or a
#: place has, with a preposition (وقع وزير الخارجية في, صدر في بكين): تم تحديد يوم 5 مايو 2030 is a
#: plan.
_VERB = re.compile(r"<(?P<more>[x5]{1,2}i|i[x5]{1,2})?[idem]*$")
#: The date opens the sentence or has a preposition, and the verb goes on with it: في 5 مايو أعلن.
_OPENS = re.compile(r"^[&idem]*$|i[dem]*$")
_SINCE = re.compile(r"(?P<since>g)[idemyz]*$|@L[idemyz]*$")
#: What looks ahead anywhere in the sentence, or makes it a condition.
_NOT_YET = frozenset(">F$?")


def is_past(line: Line, first: int, last: int) -> bool:
    """Return whether the date of tokens `first` to `last` was over for whoever wrote the line."""
    before = sentence_before(line, first)
    if not _NOT_YET.isdisjoint(before):
        return False
    if line.tags[first] == "X" or before.endswith("X"):
        return True
    start = first - len(before)
    if since := _SINCE.search(before):
        return not since["since"] or line.word(start + since.start()).note == "since"
    opens = line.tags[first] != "E" and _OPENS.search(before)
    if opens and line.tags[last + 1 : last + 2] == "<":
        behind = line.word(last + 1)
        return behind.note != "noun" and not behind.lead
    verb = _VERB.search(before)
    if verb is None:
        return False
    kind = line.word(start + verb.start()).note
    return kind == "" or (kind == "announces" and not verb["more"])
