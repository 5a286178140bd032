"""What a run leaves in Prefect: numbers that are the run's, and words that stay words."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree as ET

import pytest

from flows.artifacts import artifacts_of, gate_table, summary
from flows.refusals import RefusedFor
from tests.unit.test_notify import gate, outcome

SVG = "{http://www.w3.org/2000/svg}"


def test_a_row_a_rule_and_what_failed_first() -> None:
    gates = [
        gate("pass", rule="clean.batch.titled_share", success=True, failed=0),
        gate("hold"),
        gate("hold", batch_id="akhbar-00002"),
        gate("pass", gate="tag", rule="tag.batch.dates_open_share", success=True, failed=0),
    ]
    table = gate_table(outcome("held", "why", gates=tuple(gates)), "clean")
    assert [
        (row["rule"], row["led to"], row["batches failed"], row["batches"]) for row in table
    ] == [
        ("clean.batch.dated_share", "hold", 2, 2),
        ("clean.batch.titled_share", "pass", 0, 1),
    ]
    assert gate_table(outcome(), "clean") == []


def test_values_of_rows_may_quote_a_page_and_stay_out() -> None:
    quoted = {"rule": "clean.article.out_of_contract", "scope": "row", "observed": "title=عنوان"}
    told = outcome("refused", "why", gates=(gate("quarantine", **quoted), gate("hold")))
    rows = {row["rule"]: row["observed"] for row in gate_table(told, "clean")}
    assert rows == {"clean.article.out_of_contract": "", "clean.batch.dated_share": "0.1"}
    assert "عنوان" not in summary(told)


def test_the_chart_has_the_runs_counts() -> None:
    text = summary(outcome())
    [encoded] = re.findall(r"\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", text)
    drawing = ET.fromstring(base64.b64decode(encoded))
    bars = drawing.findall(f"{SVG}rect")[:4]
    assert [each.find(f"{SVG}title").text for each in bars] == [  # type: ignore[union-attr]
        "published", "duplicate", "quarantined", "held",
    ]  # fmt: skip
    widths = [float(each.get("width", "")) for each in bars]
    assert widths == [pytest.approx(520 * share, abs=0.1) for share in (50 / 60, 0, 10 / 60, 0)]
    assert "| pages | 60 | 50 | 0 | 10 | 0 |" in text
    assert "Of 60 pages 50 published, 0 duplicate, 10 quarantined, 0 held" in text


def test_what_a_page_says_is_no_markup() -> None:
    hostile = "</td><script>x</script> [a](javascript:b) | ![c](//d) `e` \x1b[31m"
    refused = RefusedFor("clean", "clean.article.body_chars", hostile, 3, "x", "y")
    text = summary(outcome("refused", hostile, refused_for=(refused,)))
    assert "<" not in text
    assert "\x1b" not in text
    assert text.count("](") == 1
    assert re.search(r"^\| .*&#124;.* \| 3 \|$", text, re.M)


def test_a_description_is_no_markup_either(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(
        "prefect.artifacts.create_markdown_artifact",
        lambda _text, *, key, description: said.append(description),
    )
    [(_, create)] = artifacts_of(outcome("failed", "![x](https://evil.example/seen) <b>"))
    create()
    assert len(said) == 1 and not set("<>[]()") & set(said[0])
