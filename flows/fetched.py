"""What a crawl brought of each source: counted for the run's account, told in its summary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from transforms.plain import one_line

#: The rules under which a page was not had begin so: the site's doing, no fault of the page.
NOT_HAD = "fetch."
#: The problem of a source that is left to the run that is at it: none of this run's.
BUSY = "another run is fetching it"
#: Sources whose problems are told in full; the view source_health has all.
_TOLD = 5
_WORDS = 200


class Fetched(NamedTuple):
    """What came of the pages of one source; `left` ones wait for the next run.

    `lists` could be had, or were as before; `problem` is why not all were, None where they were.
    """

    source_id: str
    fetched: int = 0
    unchanged: int = 0
    disallowed: int = 0
    refused: int = 0
    failed: int = 0
    left: int = 0
    lists: int = 0
    problem: str | None = None


#: How asking for a page may end, as the fields are called.
OUTCOMES = ("fetched", "unchanged", "disallowed", "refused", "failed")


def nothing_had(fetched: Sequence[Fetched]) -> str:
    """Return in words that no source could be asked at all; empty where one could."""
    asked = [each for each in fetched if each.problem != BUSY]
    if not asked or not all(each.problem and not (each.lists or each.fetched) for each in asked):
        return ""
    return f"none of {len(asked)} sources could be fetched: {'; '.join(_problems(asked))}"


def fetched_lines(fetched: Sequence[Fetched]) -> list[str]:
    """Return what was fetched, for the end of a run: one line, and one a source with problems."""
    if not fetched:
        return []
    counts = ", ".join(
        f"{count} {name}"
        for name in (*OUTCOMES, "left")
        if (count := sum(getattr(each, name) for each in fetched)) or name == "fetched"
    )
    ill = sum(each.problem is not None for each in fetched)
    answered = f", {ill} of them with problems" if ill else ""
    lines = [f"{len(fetched)} sources asked{answered}; pages: {counts}"]
    return lines + [f"  {words}" for words in _problems(fetched)]


def _problems(fetched: Sequence[Fetched]) -> list[str]:
    ill = [each for each in fetched if each.problem]
    told = [f"{each.source_id}: {one_line(each.problem or '', _WORDS)}" for each in ill[:_TOLD]]
    more = len(ill) - _TOLD
    return told + ([f'{more} more: khabar sql "FROM source_health"'] if more > 0 else [])
