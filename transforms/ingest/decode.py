"""Bytes to text: byte order mark, declared charset, UTF-8, else the Arabic code page that fits.

What a page declares is data: it is believed only where the bytes bear it out. Strict UTF-8 goes
before any declared single-byte charset, because Arabic text in windows-1256 or ISO-8859-6 is
never valid UTF-8 (letters follow letters, and a UTF-8 lead byte is not followed by another).
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

REPLACEMENT = "\ufffd"

#: WHATWG and MIME labels that are honoured, each with Python's codec. Not every codec that Python
#: knows: a page may not choose `unicode_escape` or `idna`.
_LABELS = {
    "utf-8": "utf-8", "utf8": "utf-8", "unicode-1-1-utf-8": "utf-8",
    "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
    "windows-1256": "cp1256", "cp1256": "cp1256", "x-cp1256": "cp1256",
    "iso-8859-6": "iso8859_6", "iso8859-6": "iso8859_6", "iso-8859-6-e": "iso8859_6",
    "iso-8859-6-i": "iso8859_6", "iso_8859-6": "iso8859_6", "arabic": "iso8859_6",
    "asmo-708": "iso8859_6", "ecma-114": "iso8859_6", "csisolatinarabic": "iso8859_6",
    "x-mac-arabic": "mac_arabic", "dos-720": "cp720", "ibm720": "cp720",
    "windows-1252": "cp1252", "cp1252": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252",
    "iso8859-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-15": "iso8859_15",
    "windows-1254": "cp1254", "iso-8859-9": "cp1254",
}  # fmt: skip
_NAMES = {
    "cp1256": "windows-1256", "iso8859_6": "iso-8859-6", "cp1252": "windows-1252",
    "cp1254": "windows-1254", "mac_arabic": "x-mac-arabic", "iso8859_15": "iso-8859-15",
    "utf-16-le": "utf-16le", "utf-16-be": "utf-16be", "cp720": "dos-720",
}  # fmt: skip
#: Longest mark first: the UTF-32 (little endian) mark begins with that of UTF-16.
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32le"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32be"),
    (codecs.BOM_UTF8, "utf-8", "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16be"),
)
#: HTML asks for the declaration within the first 1,024 bytes; old Arabic sites put it behind
#: scripts, and reading four times as far costs microseconds.
_PRESCAN_BYTES = 4096
_META = re.compile(
    rb"<(?:meta\b[^<>]{0,500}?\bcharset|\?xml\b[^<>]{0,200}?\bencoding)"
    rb"\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})",
    re.IGNORECASE,
)
_ARABIC_PAGES = ("cp1256", "iso8859_6")
_ARTICLE = re.compile(r"\bال")
#: What the wrong single-byte reading of Arabic shows: undefined bytes, controls, accented Latin
#: letters that touch Arabic ones, an Arabic letter within a Latin word, vowel marks that no
#: letter carries.
_IMPLAUSIBLE = re.compile(
    r"[\ufffd\x80-\x9f\x00-\x08\x0e-\x1f]"
    r"|[\u00c0-\u024f](?=[\u0621-\u064a])|(?<=[\u0621-\u064a])[\u00c0-\u024f]"
    r"|(?<=[A-Za-z])[\u0621-\u064a](?=[A-Za-z])"
    r"|(?<![\u0621-\u0652])[\u064b-\u0652]"
)
#: A code page is chosen by this much of what is no ASCII; more changes no choice and costs time.
_SAMPLE_BYTES = 65_536
_FOREIGN = re.compile(rb"[\x80-\xff]+")
#: What UTF-16 has and UTF-8 never: NUL, half of each space; 6, half of each letter of Arabic.
_UTF_16_SIGNS = re.compile(rb"[\x00\x06]")
#: Of the non-ASCII characters, how many may look wrong in an accepted single-byte reading. Right
#: readings of real pages stay under 0.01 (stray typographic bytes), wrong ones above 0.2.
_MAX_IMPLAUSIBLE = 0.05
_SURROGATES = re.compile("[\ud800-\udfff]")


class Decoded(NamedTuple):
    """Text without byte order mark, NUL and lone surrogates.

    `rule` is bom, declared, utf-8 or detected. Bytes that no encoding explains stand in `text`
    as U+FFFD. `confidence` is between 0 and 1: docs/encodings.md defines it.
    """

    text: str
    charset: str
    rule: str
    confidence: float = 1.0


def decode(payload: bytes, declared: str | None = None, *, html: bool = False) -> Decoded:
    """Return the text of `payload`; never raises.

    `declared` is what the transport said; where it said nothing, an HTML payload is asked.
    """
    found = _by_mark(payload)
    if found is None:
        codec = _codec(declared) or (_declared_in(payload) if html else None)
        found = _strict(payload, codec) or _single_byte(payload, codec) or _damaged(payload)
    return found._replace(text=sound(found.text))


def sound(text: str) -> str:
    """Return `text` with NUL and lone surrogates, which no table can hold, as U+FFFD."""
    if "\x00" in text:
        text = text.replace("\x00", REPLACEMENT)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = _SURROGATES.sub(REPLACEMENT, text)
    return text


def _by_mark(payload: bytes) -> Decoded | None:
    for mark, codec, name in _BOMS:
        if payload.startswith(mark):
            text = payload[len(mark) :].decode(codec, "replace")
            return Decoded(text, name, "bom", _unbroken(text))
    return None


def _codec(label: str | None) -> str | None:
    return _LABELS.get(label.strip().strip("\"'").lower()) if label else None


def _declared_in(payload: bytes) -> str | None:
    match = _META.search(payload[:_PRESCAN_BYTES])
    codec = _codec(match[1].decode("ascii")) if match else None
    # The declaration was read as ASCII, so the page is in no UTF-16, whatever it says.
    return "utf-8" if codec and codec.startswith("utf-16") else codec


def _strict(payload: bytes, codec: str | None) -> Decoded | None:
    """Read UTF-8, or UTF-16 where declared; None where the bytes are not valid in it."""
    if codec and codec.startswith("utf-16") and _UTF_16_SIGNS.search(payload):
        try:
            text = payload.decode(codec)
        except UnicodeDecodeError:
            return None
        if "\x00" not in text:
            return Decoded(text, _NAMES.get(codec, codec), "declared")
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return Decoded(text, "utf-8", "declared" if codec == "utf-8" else "utf-8")


def _single_byte(payload: bytes, codec: str | None) -> Decoded | None:
    """Read an Arabic code page, or a declared single-byte charset; None where none fits."""
    sample = _sample(payload)
    if _is_damaged_utf8(sample):
        return None
    readings = {c: sample.decode(c, "replace") for c in _candidates(codec)}
    wrongness = {c: _wrongness(text) for c, text in readings.items()}
    best = min(wrongness, key=lambda c: wrongness[c])
    if wrongness[best][0] > _MAX_IMPLAUSIBLE:
        return None
    others = [w for c, w in wrongness.items() if readings[c] != readings[best]]
    rule = "declared" if best == codec else "detected"
    return Decoded(
        payload.decode(best, "replace"), _NAMES.get(best, best), rule,
        min((_margin(wrongness[best], other) for other in others), default=1.0),
    )  # fmt: skip


def _sample(payload: bytes) -> bytes:
    """Return a short payload whole, of a longer one what is no ASCII, with what touches it.

    The head of a page may be as long as a sample, and ASCII alone.
    """
    if len(payload) <= _SAMPLE_BYTES:
        return payload
    parts: list[bytes] = []
    size = 0
    for match in _FOREIGN.finditer(payload):
        part = payload[max(0, match.start() - 1) : match.end() + 1]
        parts.append(part)
        size += len(part)
        if size > _SAMPLE_BYTES:
            break
    return b"\n".join(parts)[:_SAMPLE_BYTES]


def _candidates(codec: str | None) -> tuple[str, ...]:
    """Return the codecs to weigh, the declared one first: it wins where two fit equally."""
    if codec is None or codec.startswith("utf-"):
        return _ARABIC_PAGES
    return (codec, *(c for c in _ARABIC_PAGES if c != codec))


def _wrongness(text: str) -> tuple[float, int]:
    """Return how wrong a reading looks: the share of impossible characters, then a tie-break.

    Of two readings with as few impossible characters the one with more words that begin with
    the article (alef, lam) is right; a Latin page has none in either.
    """
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    share = len(_IMPLAUSIBLE.findall(text)) / max(foreign, 1)
    return round(share, 2), -len(_ARTICLE.findall(text))


def _margin(best: tuple[float, int], other: tuple[float, int]) -> float:
    """Return how clearly a reading is better than another: 0.5 where nothing tells them apart."""
    (own, own_articles), (its, its_articles) = best, other
    if own != its:
        return round(0.5 + 0.5 * (its - own) / (its + own), 3)
    articles = own_articles + its_articles
    return round(0.5 + 0.5 * (own_articles - its_articles) / articles, 3) if articles else 0.5


def _unbroken(text: str) -> float:
    """Return the share of the characters beyond ASCII that are no U+FFFD."""
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return round(1 - text.count(REPLACEMENT) / foreign, 3) if foreign else 1.0


def _is_damaged_utf8(payload: bytes) -> bool:
    """Return whether most bytes beyond ASCII form valid UTF-8: a page with damage, no code page."""
    text = payload.decode("utf-8", "ignore")
    ascii_bytes = len(payload.decode("ascii", "ignore"))
    return 2 * (len(text.encode()) - ascii_bytes) >= len(payload) - ascii_bytes


def _damaged(payload: bytes) -> Decoded:
    text = payload.decode("utf-8", "replace")
    return Decoded(text, "utf-8", "utf-8", _unbroken(text))
