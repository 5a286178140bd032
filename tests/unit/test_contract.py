"""The contract: every column described and bounded by its own words; rows survive Arrow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from warehouse.tables import BY_NAME, TABLES, Quarantine, Row, Segment, Source, identity
from warehouse.tables.arrow import arrow_schema, concat, from_arrow, to_arrow


@pytest.mark.parametrize("model", TABLES, ids=lambda m: m.table)
def test_every_table_is_complete(model: type[Row]) -> None:
    names = [field.name for field in model.fields()]
    assert model.__doc__ and model.key and set(model.key) <= set(names)
    assert set(model.order_by) <= set(names)
    assert all(field.column.description for field in model.fields())
    assert arrow_schema(model).names == names


def test_every_row_model_is_listed() -> None:
    def leaves(model: type[Row]) -> set[type[Row]]:
        found = set(model.__subclasses__())
        return found.union(*(leaves(sub) for sub in found)) if found else set()

    ours = {model for model in leaves(Row) if model.__module__.startswith("warehouse.")}
    assert ours == set(TABLES) == set(BY_NAME.values())


def test_types_and_closed_lists_hold_by_construction() -> None:
    good = {"page_id": "a" * 64, "seq": 0, "start": 0, "end": 1, "kind": "body", "rule": "x",
            "run_id": "r", "transform_version": "1"}  # fmt: skip
    assert Segment(**good).article_id is None  # type: ignore[arg-type]
    for wrong in ({"kind": "blurb"}, {"start": "0"}, {"surprise": 1}):
        with pytest.raises(ValidationError):
            Segment(**{**good, **wrong})  # type: ignore[arg-type]


def test_rows_survive_arrow() -> None:
    now = datetime(2023, 10, 13, 9, 30, tzinfo=UTC)
    row = Quarantine(
        record_id="r", stage="clean", unit="page", source_id="s", page_id="a" * 64, locator="f",
        reason="لا مقال في الصفحة", rule="x", rule_version="1", evidence="0", attempts=1,
        first_seen=now, last_seen=now, state="quarantined", run_id="1", transform_version="1",
    )  # fmt: skip
    table = to_arrow(Quarantine, [row])
    assert table.schema == arrow_schema(Quarantine)
    assert from_arrow(Quarantine, table) == [row]
    assert concat(Quarantine, []).num_rows == 0


def test_a_missing_value_in_a_required_column_is_refused() -> None:
    with pytest.raises(ValueError, match=r"sources\.source_id"):
        to_arrow(Source, [Source.model_construct(source_id=None)])


def test_identity_depends_on_what_it_names_only() -> None:
    payload = identity.sha256_hex("خبر".encode())
    page = identity.page_id(payload, "s", None)
    assert page == identity.page_id(payload, "s", None) != identity.page_id(payload, "t", None)
    assert page != identity.page_id(payload, "s", "https://outlet.example/1")
    by_url = identity.document_id("s", "https://outlet.example/1", payload)
    assert by_url == identity.document_id("s", "https://outlet.example/1", "another payload")
    assert by_url != identity.document_id("s", None, payload)
    assert identity.article_id(by_url, "main", 0) != identity.article_id(by_url, "embedded", 0)
