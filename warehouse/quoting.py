"""Does a short text that is kept elsewhere quote a page? For what no column can tell."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from transforms.plain import one_line

#: So many words in a row are the page's own: of 3 the commonest turns of news stand on any page.
_RUN = 4
#: A whole value is compared too, since a name or a headline may have fewer words than a run; what
#: is shorter, or only numbers and dates, says nothing of a page.
_SHORTEST = 8
_WORDLESS = re.compile(r"[\d\s.,:/+TZ-]*")
#: What gate results join values by, and rules their parts.
_PARTS = re.compile(r", |; | = |\n")
#: The vowel signs of Arabic (tanwin to sukun, the small alif) and the stretch.
_SIGNS = dict.fromkeys((*range(0x64B, 0x653), 0x670, 0x640))
#: What is written in place of words that are taken out.
TAKEN_OUT = "(forgotten)"


class Quoted:
    """The words of some pages: `texts` to be found in parts, `names` only as a whole.

    Names are addresses, file names and ids. An excerpt may be cut, escaped for HTML, or have its
    white space folded; it is found all the same.
    """

    def __init__(self, texts: Iterable[str | None], names: Iterable[str | None]) -> None:
        self._words = [folded for text in texts if (folded := _folded(text or ""))]
        self._runs = {run for text in self._words for run in _runs(text)}
        self._names = [shown for name in names if (shown := _folded(name or ""))]

    def by(self, value: str | None) -> bool:
        """Return whether `value` quotes one of the pages."""
        if not value:
            return False
        shown = _folded(html.unescape(value))
        if any(name in shown or name in _folded(value) for name in self._names):
            return True
        if not self._runs.isdisjoint(_runs(shown)):
            return True
        parts = (part.strip(" .…") for part in (shown, *_PARTS.split(shown)))
        return any(self._whole(part) for part in parts)

    def _whole(self, part: str) -> bool:
        if len(part) < _SHORTEST or _WORDLESS.fullmatch(part):
            return False
        return any(part in text for text in self._words) and not part.isascii()


def _folded(text: str) -> str:
    """Return a text as reports and messages show it: marks of direction are U+FFFD there.

    Vowel signs and the letter stretch are left out: names of entities are written without.
    """
    return one_line(text).translate(_SIGNS)


def _runs(text: str) -> Iterator[str]:
    words = text.split(" ")
    for start in range(len(words) - _RUN + 1):
        yield " ".join(words[start : start + _RUN])
