"""What the contract states of a column is judged by the SQL that is made from it, and nothing else."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from expectations.from_table import contract_rules, stated_bounds
from warehouse.frames import STAGED, check_contract, violated
from warehouse.staging import STAGES
from warehouse.tables import Article, Page, Row, Segment
from warehouse.tables.arrow import arrow_schema
from warehouse.tables.base import Column, Field

MODELS = [model for models in STAGED.values() for model in models]
#: Judged by their lengths, which are columns of their own.
TEXT = {("pages", "text"), ("pages", "markup"), ("articles", "body")}
EXAMPLES = ["0" * 64, "0" * 32, "0" * 12, "2024-03-03", "ar", "AE", "x"]


def sound(field: Field) -> Any:
    """Return a value that satisfies the contract of a column."""
    if field.values:
        return field.values[0]
    if field.column.pattern:
        return next(each for each in EXAMPLES if re.fullmatch(field.column.pattern, each))
    made: dict[type, Any] = {
        str: "x", int: 1, float: 1.0, bool: True, date: date(2024, 3, 3),
        datetime: datetime(2024, 3, 3, tzinfo=UTC),
    }  # fmt: skip
    return made[field.type]


def broken(model: type[Row], *changes: dict[str, Any]) -> list[str | None]:
    """Return what is said of sound rows with these changes."""
    schema = pa.schema([pa.field(f.name, f.type) for f in arrow_schema(model)])
    rows = [{f.name: sound(f) for f in model.fields()} | change for change in changes]
    with duckdb.connect() as connection:
        connection.register(model.table, pa.Table.from_pylist(rows, schema))
        check_contract(connection, model)
        found = connection.execute(f"SELECT broken FROM {model.table}_checked")
        return [row[0] for row in found.fetchall()]


def beyond(field: Field) -> list[Any]:
    """Return a value just beyond each statement of the contract about a column."""
    column = field.column
    values: list[Any] = [] if field.nullable else [None]
    values += [column.ge - 1] if column.ge is not None else []
    values += [column.le + 1] if column.le is not None else []
    values += [float("nan")] if field.type is float else []
    values += [""] if column.min_chars else []
    values += ["!", f"{sound(field)} "] if column.pattern else []
    values += ["' OR true --"] if field.values else []
    return [int(v) if field.type is int and v is not None else v for v in values]


STATED = [(model, f) for model in MODELS for f in model.fields() if beyond(f)]


@pytest.mark.parametrize(("model", "field"), STATED, ids=[f"{m.table}.{f.name}" for m, f in STATED])
def test_every_statement_is_judged(model: type[Row], field: Field) -> None:
    values = beyond(field)
    seen = broken(model, {}, *({field.name: value} for value in values))
    assert seen[0] is None
    if (model.table, field.name) in TEXT:
        assert seen == [None] * len(seen)
    else:
        assert [s and s.partition("=")[0] for s in seen[1:]] == [field.name] * len(values)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.table)
def test_what_may_be_null_may_be_null(model: type[Row]) -> None:
    assert broken(model, {f.name: None for f in model.fields() if f.nullable}) == [None]


@pytest.mark.parametrize(
    ("model", "change", "said"),
    [
        (Article, {"arabic_share": 1.0}, None),
        (Article, {"arabic_share": 1.0001}, "arabic_share=1.0001"),
        (Article, {"arabic_share": float("nan")}, "arabic_share=nan"),
        (Article, {"published_at": "2024-03/2024-05"}, None),
        (Article, {"published_at": "2024-03-03T10:00:00+03:00"}, None),
        (Article, {"published_at": "2024-3-3"}, "published_at=2024-3-3"),
        (Article, {"page_id": None, "language": "Arabic"}, "page_id=null, language=Arabic"),
        (Page, {"page_id": "A" * 64}, f"page_id={'A' * 40}"),
        (Segment, {"kind": "advert", "end": 0}, "end=0, kind=advert"),
    ],
)
def test_the_columns_at_fault_are_named_with_their_values(
    model: type[Row], change: dict[str, Any], said: str | None
) -> None:
    assert broken(model, change) == [said]


def test_not_a_number_breaks_a_column_without_an_upper_bound() -> None:
    condition = violated(Field("x", float, True, (), Column("A measure", ge=0)))
    with duckdb.connect() as connection:
        values = connection.execute(
            f"SELECT coalesce({condition}, false) FROM (VALUES ('nan'::DOUBLE), (-1), (7), (NULL)) t(x)"
        )
        assert [row[0] for row in values.fetchall()] == [True, True, False, False]


def test_each_table_with_a_contract_is_judged_somewhere() -> None:
    # Entities and aliases come from the knowledge files; the publish gate counts theirs
    rules = {rule.id for stage in STAGES for rule in contract_rules(stage)}
    assert rules == {
        "ingest.page.out_of_contract",
        "clean.article.out_of_contract",
        "clean.page.segments_out_of_contract",
        "clean.article.evidence_out_of_contract",
        "tag.article.mentions_out_of_contract",
        "tag.article.dates_out_of_contract",
    }


def test_bounds_in_words() -> None:
    assert "arabic_share: not null, >= 0, <= 1" in stated_bounds(Article)
    assert "media_type: not null, one of text/plain | text/html | record" in stated_bounds(Page)
    assert not any(line.startswith("url:") for line in stated_bounds(Page))
