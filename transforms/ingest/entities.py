"""HTML entities in texts that are no HTML: exports and scraped pages keep them.

One pass, and what would begin markup stays as it is written: `&lt;script&gt;` is never a tag.
"""

from __future__ import annotations

import html
import re

_NAMES = (
    "nbsp|quot|apos|amp|laquo|raquo|ldquo|rdquo|lsquo|rsquo|sbquo|bdquo|lsaquo|rsaquo|ndash|mdash"
    "|hellip|bull|middot|zwnj|zwj|rlm|lrm|shy|copy|reg|deg|euro|pound|cent|times|eacute|egrave"
    "|ecirc|agrave|ccedil|ocirc|ucirc|icirc"
)
#: Many are escaped twice: `&amp;quot;`. Of numbers those of <, > and & are left out.
_ENTITY = re.compile(
    rf"&(?:amp;)?({_NAMES}|#(?!0*(?:38|60|62);)\d{{2,7}}|#[xX](?!0*(?:26|3[cCeE]);)[0-9a-fA-F]{{2,6}});"
)


def unescape(text: str) -> tuple[str, int]:
    """Return `text` with its entities as the characters that they stand for, and how many.

    Numbers of controls, halves of surrogate pairs and what is no character give what HTML gives.
    """
    return _ENTITY.subn(_character, text) if "&" in text else (text, 0)


def _character(match: re.Match[str]) -> str:
    return html.unescape(f"&{match[1]};")
