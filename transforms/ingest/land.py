"""A record becomes a page: identity, decoding, rendering; or a refusal that says why not."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.ingest.address import canonical_url, stated_url
from transforms.ingest.decode import REPLACEMENT, Decoded, decode, sound
from transforms.ingest.entities import unescape
from transforms.ingest.mojibake import mend
from transforms.ingest.record import Given, RawRecord
from transforms.ingest.render import flood, render
from transforms.plain import one_line
from transforms.refusal import Refusal
from transforms.stamp import Stamp
from warehouse.tables import Page
from warehouse.tables.identity import document_id, page_id, sha256_hex

#: The largest page that is news: real ones stay under 2 MB with all their scripts, and every
#: later stage holds a page several times over within the memory limit of one child (1.5 GB).
MAX_PAYLOAD_BYTES = 20_000_000
#: Of a text's visible characters, how many may be U+FFFD. One in a hundred is one damaged word
#: in twenty: names and dates are then no longer to be trusted. Stray typographic bytes of
#: otherwise sound pages stay under one in a thousand.
MAX_REPLACED_SHARE = 0.01
#: Quotations in a refusal are for recognising the page, not for reading it.
EVIDENCE_CHARS = 200
#: A tag that sets a text, whole; `<3` and `a < b > c` are none.
_TAG = re.compile(
    r"</?(?:p|br|div|span|a|strong|em|b|i|u|h[1-6]|ul|ol|li|img|figure|blockquote|table|script)"
    r"(?:\s[^<>]{0,4000})?/?>",
    re.IGNORECASE,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: The contextual forms of letters and the ligatures; not the ornate parentheses among them.
_PRESENTATION_FORMS = re.compile("[\ufb50-\ufd3d\ufd50-\ufdff\ufe70-\ufefc]")
#: What of a record may be HTML.
_MARKED_UP = ("title", "summary", "text")


class _Mended(NamedTuple):
    """What was mended in a payload: letters of mojibake, and entities outside of HTML."""

    mojibake: int = 0
    entities: int = 0


class _Content(NamedTuple):
    text: str
    markup: str | None
    decoded: Decoded
    url: str | None
    given: Given
    mended: _Mended
    canonical: str | None = None


class _Refused(NamedTuple):
    rule: str
    reason: str
    evidence: str


def page_id_of(record: RawRecord) -> str:
    """Return the id that `land` gives the record's page; costs one hash of the payload."""
    return page_id(sha256_hex(record.payload), record.source_id, record.url)


def land(record: RawRecord, stamp: Stamp) -> Page | Refusal:
    """Return the page that the record is, or why it is none; raises nothing on any payload."""
    content = _refused_before(record) or _content(record)
    if isinstance(content, _Content):
        content = _undecodable(content.text) or content
    if isinstance(content, _Refused):
        return _refusal(record, content)
    return _page(record, content, stamp)


def excerpt(text: str) -> str:
    """Return the beginning of `text` as a refusal quotes it, in logs and reports."""
    return one_line(text, EVIDENCE_CHARS)


def _refused_before(record: RawRecord) -> _Refused | None:
    """Refuse what need not be decoded to be refused."""
    if record.refused:
        rule, reason, evidence = record.refused
        return _Refused(rule, reason, excerpt(evidence))
    size = len(record.payload)
    if size > MAX_PAYLOAD_BYTES:
        return _Refused(
            "ingest.too-large", f"larger than {MAX_PAYLOAD_BYTES:,} bytes", f"{size:,} bytes"
        )
    if not record.payload.strip():
        return _Refused("ingest.empty", "nothing in it but white space", f"{size:,} bytes")
    return None


def _content(record: RawRecord) -> _Content | _Refused:
    given, mended = _as_shown(record.given or Given())
    if record.media_type == "record":
        return _record_content(record, given, mended)
    decoded = decode(record.payload, record.charset, html=record.media_type == "text/html")
    if record.media_type == "text/html":
        return _html_content(record, decoded, given)
    if not decoded.text.strip():
        return _Refused("ingest.empty", "nothing in it but white space", decoded.charset)
    text, mended = _mended(decoded.text)
    return _Content(text, None, decoded, record.url, given, mended)


def _record_content(record: RawRecord, given: Given, mended: _Mended) -> _Content | _Refused:
    if not (given.text or "").strip():
        return _Refused(
            "ingest.no-text",
            "the record has no text",
            excerpt(record.payload[: 4 * EVIDENCE_CHARS].decode("utf-8", "replace")),
        )
    parts = (given.title, given.summary, given.text)
    text = "\n".join(sound(part) for part in parts if part and part.strip())
    charset = record.charset or "utf-8"
    decoded = Decoded(text, charset, _rule_of(charset), record.charset_confidence)
    return _Content(text, None, decoded, record.url, given, mended)


def _rule_of(charset: str) -> str:
    """Return why a table was read in a charset: in UTF-16 only for its byte order mark."""
    if charset == "utf-8":
        return "utf-8"
    return "bom" if charset.startswith("utf-") else "detected"


def _html_content(record: RawRecord, decoded: Decoded, given: Given) -> _Content | _Refused:
    flooded = flood(decoded.text)
    if flooded:
        return _Refused(
            "ingest.markup-flood", "markup that takes minutes to parse and shows no page", flooded
        )
    markup = mend(decoded.text)
    rendered = render(markup.text)
    text = sound(rendered.text)
    if not text.strip():
        return _Refused("ingest.no-text", "the markup shows no text", excerpt(decoded.text))
    return _Content(
        text, markup.text, decoded, record.url or rendered.canonical, given,
        _Mended(mojibake=markup.mended), rendered.canonical,
    )  # fmt: skip


def _as_shown(given: Given) -> tuple[Given, _Mended]:
    """Return what a record says, its texts mended; exports keep markup in them, which is rendered.

    Dates stay as written: they are read later, and hold no names.
    """
    shown: dict[str, str] = {}
    mojibake = entities = 0
    for name, value in given._asdict().items():
        if value and name != "published":
            shown[name], mended = _mended(value, markup=name in _MARKED_UP)
            mojibake, entities = mojibake + mended.mojibake, entities + mended.entities
    return given._replace(**shown), _Mended(mojibake, entities)


def _mended(text: str, *, markup: bool = False) -> tuple[str, _Mended]:
    """Return a text without mojibake, its markup rendered if it may have any, or its entities."""
    whole = mend(text)
    if markup and _TAG.search(whole.text) and not flood(whole.text):
        return render(whole.text).text, _Mended(whole.mended)
    plain, entities = unescape(whole.text)
    return plain, _Mended(whole.mended, entities)


def _undecodable(text: str) -> _Refused | None:
    replaced = text.count(REPLACEMENT)
    if not replaced:
        return None
    visible = len(text) - sum(map(text.count, " \n\r\t"))
    if replaced <= MAX_REPLACED_SHARE * visible:
        return None
    at = max(0, text.index(REPLACEMENT) - 40)
    return _Refused(
        "ingest.undecodable",
        "too many bytes that no encoding explains",
        excerpt(f"{replaced} of {visible} visible characters, as in: {text[at : at + 100]}"),
    )


def _refusal(record: RawRecord, refused: _Refused) -> Refusal:
    own_id = page_id_of(record)
    return Refusal(
        own_id, "page", own_id, record.source_id, sound(record.locator),
        sound(record.url) if record.url else None, *refused,
    )  # fmt: skip


def _page(record: RawRecord, content: _Content, stamp: Stamp) -> Page:
    payload_sha256 = sha256_hex(record.payload)
    url = sound(content.url) if content.url else None
    given = content.given
    return Page(
        page_id=page_id(payload_sha256, record.source_id, record.url),
        document_id=document_id(record.source_id, _document_url(content), payload_sha256),
        source_id=record.source_id,
        url=url,
        locator=sound(record.locator),
        payload_sha256=payload_sha256,
        payload_bytes=len(record.payload),
        media_type=record.media_type,
        charset=content.decoded.charset,
        charset_rule=content.decoded.rule,
        charset_confidence=content.decoded.confidence,
        fetched_at=record.fetched_at,
        text=content.text,
        markup=content.markup,
        text_chars=len(content.text),
        replacement_chars=content.text.count(REPLACEMENT),
        control_chars=len(_CONTROLS.findall(content.text)),
        bidi_controls=len(_BIDI_CONTROLS.findall(content.text)),
        presentation_forms=len(_PRESENTATION_FORMS.findall(content.text)),
        mojibake_repaired=content.mended.mojibake,
        entities_replaced=content.mended.entities,
        given_title=_given(given.title),
        given_summary=_given(given.summary),
        given_published=_given(given.published),
        given_publisher=_given(given.publisher),
        given_byline=_given(given.byline),
        given_keywords=_given(given.keywords),
        given_section=_given(given.section),
        **stamp._asdict(),
    )


def _document_url(content: _Content) -> str | None:
    """Return the address by which the page's document is known."""
    url = canonical_url(sound(content.url)) if content.url else None
    return stated_url(url, sound(content.canonical)) if content.canonical else url


def _given(value: str | None) -> str | None:
    return sound(value) if value and value.strip() else None
