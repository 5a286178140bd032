"""Leads of other stories that a page lists, unmarked, after its article's last paragraph.

Each is one sentence that opens as a news story does (a verb of saying or happening) and never as
a paragraph that goes on (و، كما، يذكر أن). Three and more of them in a row at the very end are no
part of the article: in 24,000 articles of four outlets without such lists two endings look so.
"""

from __future__ import annotations

from collections.abc import Sequence

from transforms.clean.blocks import shared_words
from transforms.clean.marks import phrases
from transforms.clean.prose import continues, opens_with_verb

#: Fewer leads in a row also end real articles (a short round-up); longer lists were not seen.
_LEAST = 3
_MOST = 8
#: A shorter line is a headline or a credit, not a lead.
_SHORTEST = 60
#: A lead introduces whom it tells of ("وزير الخارجية، فلان، ..."); the last paragraphs of a tale
#: know them already.
_INTRODUCED = 0.6
#: "ردت نور: ...": who speaks so close to the beginning was asked in the same story.
_ANSWER = 40
#: Half of the leads open with a listed verb; the list holds the common ones, not all.
_VERB_SHARE = 0.5
#: Related stories share names with the article (up to .64 of their words in the gold pages).
_SHARED = 0.8


def count_leads(paragraphs: Sequence[str]) -> int:
    """Return how many of the last paragraphs are leads of other stories, 0 where none are."""
    run = 0
    for paragraph in reversed(paragraphs[-_MOST:]):
        if len(paragraph) < _SHORTEST or _goes_on(paragraph):
            break
        run += 1
    run = min(run, len(paragraphs) - 1)
    while run > 0 and not opens_with_verb(paragraphs[-run]):
        run -= 1
    if run < _LEAST:
        return 0
    leads = paragraphs[-run:]
    if sum(map(opens_with_verb, leads)) < _VERB_SHARE * run:
        return 0
    if sum("،" in lead for lead in leads) < _INTRODUCED * run:
        return 0
    article = "\n".join(paragraphs[:-run])
    shared = sum(shared_words(lead, article) for lead in leads) / run
    return run if shared <= _SHARED else 0


def _goes_on(paragraph: str) -> bool:
    """Return whether a paragraph goes on with the story: it opens so, or somebody answers in it."""
    return (
        continues(paragraph)
        or ":" in paragraph[:_ANSWER]
        or bool(phrases("going_on").match(paragraph))
    )
