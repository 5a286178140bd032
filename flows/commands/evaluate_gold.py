"""Gold files: what is right for pages and for dates, read and checked before anything is scored.

docs/gold.md describes the form. A mistake in a gold would be a wrong figure, so every line with
text must have a label, every offset must lie in its line, and no label is taken on trust.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from flows.settings import UsageError
from transforms.clean.when import days_of
from warehouse.tables.clean import SegmentKind
from warehouse.tables.tag import EntityType

Label = Literal[SegmentKind, "embedded_article"]

#: Neither rewarded nor punished: whether a standfirst or a dateline is body is a matter of taste.
FREE: frozenset[Label] = frozenset({"blank", "summary", "dateline"})
#: What a kind of mistake is told as; others speak for themselves.
_REASONS = {
    "literal_error": "no such label; docs/gold.md lists them",
    "model_type": "an object {...} belongs here",
    "tuple_type": "a list [...] belongs here",
}
#: Mistakes shown at once: more than a person mends before trying again.
_SHOWN = 5
_SHOWN_CHARS = 80

M = TypeVar("M", bound=BaseModel)


class _Entry(BaseModel):
    """A part of a gold; keys that no score needs are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class GoldSpan(_Entry):
    """A part of a mixed line; offsets are code points in the line, the end exclusive."""

    start: Annotated[int, Field(ge=0)]
    end: int
    label: Label

    @model_validator(mode="after")
    def _not_empty(self) -> GoldSpan:
        if self.end <= self.start:
            raise ValueError("a span ends after it starts")
        return self


class GoldLine(_Entry):
    """What one line is; of a mixed line the majority, its parts in `spans`."""

    line: Annotated[int, Field(ge=1)]
    label: Label
    spans: tuple[GoldSpan, ...] = ()


class GoldMention(_Entry):
    """A name on the page; offsets are code points of its text, `entity` is any name for who it is.

    Without an entity the mention counts as a name and not as a link.
    """

    start: Annotated[int, Field(ge=0)]
    end: int
    surface: Annotated[str, Field(min_length=1)]
    type: EntityType
    entity: str | None = None


class GoldMetadata(_Entry):
    """What the page states of its main article; None where it states nothing."""

    title: str | None = None
    published: str | None = None


class GoldPage(_Entry):
    """One page and what is right for it; `file`, `html` count from the ROOT of the command."""

    file: Annotated[str, Field(min_length=1)]
    id: str = ""
    kind: str | None = None
    outlet: str | None = None
    html: str | None = None
    record: Annotated[int, Field(ge=1)] | None = None
    text: str | None = None
    sha256: str | None = None
    lines: tuple[GoldLine, ...] = ()
    mentions: tuple[GoldMention, ...] = ()
    metadata: GoldMetadata = GoldMetadata()

    @property
    def name(self) -> str:
        """Return what the page is called in reports."""
        return self.id or self.file

    @property
    def is_markup(self) -> bool:
        """Return whether `file` itself is an HTML page."""
        return Path(self.file.removesuffix(".gz")).suffix in (".html", ".htm")


class _Gold(_Entry):
    docs: tuple[GoldPage, ...]


class GoldDate(_Entry):
    """One string and the date that it states; `iso` None where none can be known.

    `prefer`: whether what no word decides is over, as in news, or is still to come.
    """

    raw: str
    iso: str | None
    prefer: Literal["past", "future"] = "past"
    published: Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")] | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    set: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _other_names(cls, entry: Any) -> Any:
        """Accept `text` for `raw` and `gregorian` for `iso`."""
        if isinstance(entry, dict):
            entry = {"raw": entry.get("text"), "iso": entry.get("gregorian")} | {
                key: value for key, value in entry.items() if value is not None
            }
        return entry

    @field_validator("iso")
    @classmethod
    def _is_a_date(cls, iso: str | None) -> str | None:
        if iso is not None:
            days_of(iso)  # raises ValueError where it names no day, month or year
        return iso


def read_pages(gold: Path) -> tuple[GoldPage, ...]:
    """Return the pages of a gold.

    Raises:
        UsageError: the file cannot be read or is not in the gold's form; says where.
    """
    pages = _checked(_Gold, _json(gold), str(gold)).docs
    if not pages:
        raise UsageError(f"{gold}: docs is empty")
    ids = Counter(page.id for page in pages if page.id)
    if twice := [name for name, times in ids.items() if times > 1]:
        raise UsageError(f"{gold}: two pages have the id {', '.join(twice)}")
    return pages


def read_dates(gold: Path) -> list[GoldDate]:
    """Return the dates of a JSON list or of JSON lines; entries without a text are left out.

    Raises:
        UsageError: as `read_pages`.
    """
    entries = list(_json_lines(gold)) if gold.suffix == ".jsonl" else _json(gold)
    if not isinstance(entries, list):
        raise UsageError(f"{gold}: a gold of dates is a list of objects")
    dates = [
        _checked(GoldDate, entry, f"{gold}, entry {number}")
        for number, entry in enumerate(entries, 1)
        if not isinstance(entry, dict) or entry.get("raw") or entry.get("text")
    ]
    if not dates:
        raise UsageError(f"{gold}: no entry has a text (raw)")
    return dates


def check_lines(page: GoldPage, text: str) -> None:
    """Hold the labels of a page against its text.

    Raises:
        UsageError: a line with text has no label or two, or an offset is beyond its line.
    """
    lines = text.split("\n")
    seen: set[int] = set()
    for each in page.lines:
        if each.line > len(lines):
            raise UsageError(f"{page.name}: line {each.line}: the text has {len(lines)} lines")
        if each.line in seen:
            raise UsageError(f"{page.name}: line {each.line} is labelled twice")
        seen.add(each.line)
        reached = 0
        for span in sorted(each.spans, key=lambda span: span.start):
            if span.end > len(lines[each.line - 1]) or span.start < reached:
                raise UsageError(
                    f"{page.name}: line {each.line}: the span {span.start}-{span.end} overlaps "
                    f"another or ends beyond the line's {len(lines[each.line - 1])} code points"
                )
            reached = span.end
    for number, line in enumerate(lines, 1):
        if line.strip() and number not in seen:
            raise UsageError(f"{page.name}: line {number} has no label")


def _json(file: Path) -> Any:
    try:
        return json.loads(_read(file))
    except json.JSONDecodeError as problem:
        raise UsageError(f"{file} is no JSON: {problem}") from None


def _json_lines(file: Path) -> Iterator[Any]:
    for number, line in enumerate(_read(file).split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except json.JSONDecodeError as problem:
            raise UsageError(f"{file}, line {number} is no JSON: {problem}") from None


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{file} cannot be read: {problem}") from None


def _checked(model: type[M], entry: Any, place: str) -> M:
    try:
        return model.model_validate(entry)
    except ValidationError as problem:
        errors = problem.errors()
        lines = [f"{place} is not in the form of a gold (docs/gold.md):"]
        for error in errors[:_SHOWN]:
            where = ".".join(str(part) for part in error["loc"]) or "the whole"
            reason = _REASONS.get(error["type"], error["msg"])
            lines.append(f"  {where}: found {_short(error['input'])}: {reason}")
        if len(errors) > _SHOWN:
            lines.append(f"  ... and {len(errors) - _SHOWN} more")
        raise UsageError("\n".join(lines)) from None


def _short(value: Any) -> str:
    """Return a value on one line of bounded length; control characters are escaped."""
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}..."
