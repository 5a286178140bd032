"""Foreign words made fit to be shown: in a terminal, a log, a report, a row of quarantine.

What a page, a file name or an error says is data. It must not move a cursor, turn the direction
of a line, hide a part of itself or forge a second line. This is the one place that says which
characters could; escaping (of HTML, of SQL) is another matter and stays where it is needed.
"""

from __future__ import annotations

import unicodedata

_SHOWN_AS = 0xFFFD
#: Controls, format characters (all bidi and zero-width ones are), lone halves of surrogate pairs,
#: the separators of lines and of paragraphs.
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
#: Of these categories, but harmless: tab and line feed, where lines are kept; the two joiners,
#: which are letters of a word in Arabic script; the signs that Unicode calls prepended
#: concatenation marks (such as U+06DD, the end of a verse), which are seen.
_KEPT = {0x09, 0x0A, 0x200C, 0x200D, *range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2}
#: Of a text that is cut to `limit` characters so many times as many are looked at.
_ROOM = 4


class _Shown(dict[int, int]):
    """For `str.translate`: what each character is shown as, found out when it is first met."""

    def __missing__(self, code: int) -> int:
        hidden = code not in _KEPT and unicodedata.category(chr(code)) in _HIDDEN
        self[code] = _SHOWN_AS if hidden else code
        return self[code]


_shown = _Shown()


def plain(text: str) -> str:
    """Return `text` with tabs and the ends of its lines, every other control as U+FFFD."""
    return text.replace("\r\n", "\n").translate(_shown)


def one_line(text: str, limit: int | None = None) -> str:
    """Return `text` as `plain` does, on one line, each run of white space as one space.

    What is longer than `limit` ends in an ellipsis there.
    """
    if limit is not None:
        text = text.lstrip()[: _ROOM * limit]
    line = plain(" ".join(text.split()))
    return line if limit is None or len(line) <= limit else f"{line[: limit - 1]}…"
