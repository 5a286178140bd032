"""The words by which an event is known: those of headline and lead, folded, without affixes.

Words that carry no event whatever stands around them (rules/event_words.tsv) are left out; how
much any other word tells is counted among the articles of the days around (`told`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from transforms.clean.letters import folded
from transforms.group.words import I64, Bools

#: Code points of a headline and of a body that are looked at: more is no headline and no lead.
#: With leads of 80 words fewer of the labelled pairs were told apart, with 300 as well.
_TITLE_CHARS, _LEAD_CHARS = 400, 1200
#: Words of a lead.
_LEAD_WORDS = 150
#: Words of an article, at most.
MOST_WORDS = _LEAD_WORDS + _TITLE_CHARS // 2
#: A number with its decimals, else a run of letters.
_TOKEN = re.compile(r"\d+(?:[.,٫]\d+)*|[^\W\d_]+")
#: A comma before three digits groups them: 9,275 is 9275.
_GROUPING = re.compile(r"[,٬](?=\d{3}(?!\d))")
_YEAR = re.compile(r"(?:19|20|14)\d\d")
#: From here on a number tells more than that there were some: 236 and 9372 do, 3 and 12 do not.
_EXACT_FROM = 100
#: The affixes of light10, and the letters that must be left of a word without them.
_ARTICLES = ("ال", "بال", "كال", "فال", "لل")
_ENDINGS = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
_LEAST_LEFT = 2


@dataclass(frozen=True, slots=True)
class Terms:
    """The different words of articles: `bounds[n]:bounds[n + 1]` are those of article n, sorted.

    By place: `ids` of words, `in_title` whether the headline has it. By id: `exact` whether the
    word is a number that few other events have, `ordinal` whether it counts things off.
    """

    ids: I64
    in_title: Bools
    bounds: I64
    exact: Bools
    ordinal: Bools

    def __len__(self) -> int:
        """Return of how many articles these are."""
        return len(self.bounds) - 1


def terms_of(texts: Sequence[tuple[str, str]]) -> Terms:
    """Return the words of articles, given as headline and body (or its first paragraphs)."""
    known: dict[str, int] = {}
    ids, in_title, counts = [], [], []
    for title, body in texts:
        head = {known.setdefault(word, len(known)) for word in _words(title[:_TITLE_CHARS])}
        lead = _words(body[:_LEAD_CHARS])[:_LEAD_WORDS]
        every = sorted(head.union(known.setdefault(word, len(known)) for word in lead))
        ids += every
        in_title += [word in head for word in every]
        counts.append(len(every))
    bounds = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=bounds[1:])
    return Terms(
        np.array(ids, np.int64), np.array(in_title, np.bool_), bounds,
        np.fromiter(map(_is_exact, known), np.bool_, len(known)),
        np.fromiter((word[0] == _ORDINAL for word in known), np.bool_, len(known)),
    )  # fmt: skip


def stem(word: str) -> str:
    """Return a folded word without conjunction, article and endings, two letters at least.

    Source: L. S. Larkey, L. Ballesteros, M. E. Connell, Light stemming for Arabic information
    retrieval, 2007 (light10), on folded letters.
    """
    if word[0] == "و" and len(word) > _LEAST_LEFT + 1:
        word = word[1:]
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= _LEAST_LEFT:
            word = word[len(article) :]
            break
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_LEFT:
            word = word[: -len(ending)]
    return word


def _words(text: str) -> list[str]:
    """Return the words of a text that may tell an event, in their order."""
    known, found = _stems(), []
    for token in _TOKEN.findall(folded(text)):
        word = known.get(token)
        if word is None:
            word = _stem_or_number(token)
            if len(known) < _MOST_KNOWN:
                known[token] = word
        if word:
            found.append(word)
    return found


def _stem_or_number(token: str) -> str:
    """Return what a token counts as, empty where it tells nothing."""
    if token[0].isdigit():
        return _GROUPING.sub("", token).replace(",", ".").replace("٫", ".")
    if len(token) == 1 or token in _of_no_event():
        return ""
    bare = next((token[len(a) :] for a in ("وال", *_ARTICLES) if token.startswith(a)), token)
    ordinal = _ordinals().get(bare)
    return f"{_ORDINAL}{ordinal}" if ordinal else stem(token)


def _is_exact(word: str) -> bool:
    if not word[0].isdigit() or _YEAR.fullmatch(word):
        return False
    return "." in word or not word.isascii() or int(word[:18]) >= _EXACT_FROM


#: What stands before the value of an ordinal: no token has it.
_ORDINAL = "#"
#: Tokens whose stem is remembered; the corpora of four Saudi papers, CNN and France 24 have 120k.
_MOST_KNOWN = 1 << 18


@cache
def _stems() -> dict[str, str]:
    return {}


@cache
def _of_no_event() -> frozenset[str]:
    """Return the folded words that carry no event."""
    return frozenset(folded(row["word"]) for row in _rows() if row["list"] != "ordinal")


@cache
def _ordinals() -> dict[str, str]:
    """Return the values of folded ordinals, without article."""
    return {folded(row["word"]): row["means"] for row in _rows() if row["list"] == "ordinal"}


def _rows() -> Iterator[dict[str, str]]:
    lines = files("transforms.group").joinpath("rules/event_words.tsv").read_text("utf-8")
    yield from csv.DictReader(lines.splitlines(), delimiter="\t")
