"""How a table is declared: one pydantic model a table, one annotated field a column.

A row model is the only declaration of its table. Types and closed lists of values hold by
construction (pydantic refuses anything else); bounds are not enforced here but judged by the
gate, so that a row out of bounds ends in quarantine with its reason instead of stopping a page.
"""

from __future__ import annotations

import types
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict

ReplacedWith = Literal["key", "page", "document", "never"]


@dataclass(frozen=True, slots=True)
class Column:
    """What a column means and which values it may hold; written in the `Annotated` of a field.

    `ge` and `le` are inclusive bounds of a number, `min_chars` of a string's length in code
    points; `pattern` must match the whole string. `unit` names what is counted. `is_text` marks
    words of a page beyond its headline: an export leaves them out of a source whose texts may
    not be exported. `references` names the table that has the value as its key, in every row of
    every snapshot where it is not null.
    """

    description: str
    unit: str | None = None
    ge: float | None = None
    le: float | None = None
    min_chars: int | None = None
    pattern: str | None = None
    is_text: bool = False
    references: str | None = None

    @property
    def meaning(self) -> str:
        """Return the description with the unit."""
        return f"{self.description} ({self.unit})" if self.unit else self.description


@dataclass(frozen=True, slots=True)
class Field:
    """One column as read from a row model: name, Python type, nullability, allowed values."""

    name: str
    type: type[str] | type[int] | type[float] | type[bool] | type[datetime] | type[date]
    nullable: bool
    values: tuple[str, ...]
    column: Column


class Row(BaseModel):
    """Base of every table's row model.

    `key` is unique within the published table. `replaced_with` says what a newer publication
    of the same thing replaces: the row of the same key, all rows of the same page, all rows of
    the same document (articles and what hangs on them), or nothing (append only). `text_rows`, a
    column and values of it, are rows that an export leaves out as it does columns of text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    replaced_with: ClassVar[ReplacedWith] = "key"
    order_by: ClassVar[tuple[str, ...]] = ()
    text_rows: ClassVar[tuple[str, tuple[str, ...]] | None] = None
    #: Rows of a Parquet row group, which a writer holds in memory: few where a row has a long text.
    row_group: ClassVar[int] = 16_384

    @classmethod
    def purpose(cls) -> str:
        """Return what one row is, on one line."""
        return " ".join((cls.__doc__ or "").split())

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """Return the columns in their declared order; raises TypeError on an undescribed one."""
        return tuple(_read_field(cls, name) for name in cls.model_fields)


_SCALARS = (str, int, float, bool, datetime, date)


def _read_field(model: type[Row], name: str) -> Field:
    info = model.model_fields[name]
    column = next((m for m in info.metadata if isinstance(m, Column)), None)
    if column is None:
        raise TypeError(f"{model.__name__}.{name} has no Column: every column is described")
    bare, nullable = _strip_none(info.annotation)
    values: tuple[str, ...] = ()
    if get_origin(bare) is Literal:
        values, bare = tuple(str(v) for v in get_args(bare)), str
    if bare not in _SCALARS:
        raise TypeError(f"{model.__name__}.{name}: {bare!r} is no scalar; make a child table")
    return Field(name, bare, nullable, values, column)


def _strip_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [a for a in get_args(annotation) if a is not type(None)]
        if len(rest) != 1:
            raise TypeError(f"{annotation!r}: one type a column")
        return rest[0], True
    return annotation, False
