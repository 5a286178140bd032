"""Every declared rule: a row or batch that passes it, and one that fails it for that reason alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from expectations.catalogue import all_rules, rules_of, source_rules
from expectations.gate import Verdict
from expectations.rules import Rule
from warehouse.tables import GateResult

Gate = Callable[..., Verdict]
Row = dict[str, Any]
RULES = {rule.id: rule for rule in all_rules()}

#: Per row rule: what makes a good row pass at the edge, and what makes it fail just beyond.
ROWS: dict[str, tuple[Row, Row]] = {
    "ingest.page.visible_chars": ({"visible_chars": 20}, {"visible_chars": 19}),
    "ingest.page.replacement_share": ({"replacement_share": 0.02}, {"replacement_share": 0.021}),
    "ingest.page.some_replacements": ({"replacement_share": 0.001}, {"replacement_share": 0.002}),
    "ingest.page.control_share": ({"control_share": 0.01}, {"control_share": 0.011}),
    "ingest.page.text_chars_wrong": ({"text_chars_wrong": 0}, {"text_chars_wrong": 1}),
    "ingest.page.out_of_contract": (
        {"out_of_contract": None}, {"out_of_contract": "payload_bytes=0"},
    ),
    "clean.page.article_found": ({"article_count": 1}, {"article_count": 0, "main_count": 0}),
    "clean.page.article_count": ({"article_count": 20}, {"article_count": 21}),
    "clean.page.one_main": ({"main_count": 0}, {"article_count": 2, "main_count": 2}),
    "clean.page.segments_start": ({"segments_start": 0}, {"segments_start": 4}),
    "clean.page.segments_gaps": ({"segments_gaps": 0}, {"segments_gaps": 1}),
    "clean.page.segments_overlaps": ({"segments_overlaps": 0}, {"segments_overlaps": 2}),
    "clean.page.segments_left": ({"segments_left": 0}, {"segments_left": 3}),
    "clean.page.segments_strays": ({"segments_strays": 0}, {"segments_strays": 1}),
    "clean.page.segments_out_of_contract": (
        {"segments_out_of_contract": 0}, {"segments_out_of_contract": 1},
    ),
    "clean.article.body_chars": ({"body_chars": 100}, {"body_chars": 99}),
    "clean.article.body_short": ({"body_chars": 250}, {"body_chars": 249}),
    "clean.article.body_long": ({"body_chars": 400_000}, {"body_chars": 400_001}),
    "clean.article.arabic_share": ({"arabic_share": 0.5}, {"arabic_share": 0.49}),
    "clean.article.language": ({"language_unasked": None}, {"language_unasked": "fa"}),
    "clean.article.boilerplate_share": ({"boilerplate_share": 0.95}, {"boilerplate_share": 0.96}),
    "clean.article.longest_line": ({"longest_line": 10_000}, {"longest_line": 10_001}),
    "clean.article.replacement_share": ({"replacement_share": 0.01}, {"replacement_share": 0.011}),
    "clean.article.published_year": ({"published_year": 1990}, {"published_year": 1989}),
    "clean.article.published_days_ahead": (
        {"published_earliest": date(2026, 3, 2)}, {"published_earliest": date(2026, 3, 3)},
    ),
    "clean.article.published_after_fetch": (
        {"published_after_fetch": 1}, {"published_after_fetch": 2},
    ),
    "clean.article.published_before_fetch": (
        {"published_before_fetch": 366}, {"published_before_fetch": 367},
    ),
    "clean.article.published_days": ({"published_days": 3660}, {"published_days": -1}),
    "clean.article.date_unexplained": ({"date_unexplained": 0}, {"date_unexplained": 1}),
    "clean.article.title_missing": ({"title_missing": 0}, {"title_missing": 1}),
    "clean.article.values_unshown": ({"values_unshown": 0}, {"values_unshown": 2}),
    "clean.article.values_contradicted": (
        {"values_contradicted": 0}, {"values_contradicted": 1},
    ),
    "clean.article.confidence": ({"confidence": 0.3}, {"confidence": 0.29}),
    "clean.article.evidence_outside": ({"evidence_outside": 0}, {"evidence_outside": 1}),
    "clean.article.evidence_astray": ({"evidence_astray": 0}, {"evidence_astray": 1}),
    "clean.article.page_contradicted": ({"page_contradicted": 0}, {"page_contradicted": 1}),
    "clean.article.out_of_contract": ({"out_of_contract": None}, {"out_of_contract": "role=x"}),
    "clean.article.evidence_out_of_contract": (
        {"evidence_out_of_contract": 0}, {"evidence_out_of_contract": 1},
    ),
    "tag.article.mentions_bad_offsets": ({"mentions_bad_offsets": 0}, {"mentions_bad_offsets": 1}),
    "tag.article.dates_bad_offsets": ({"dates_bad_offsets": 0}, {"dates_bad_offsets": 1}),
    "tag.article.body_chars_wrong": ({"body_chars_wrong": 0}, {"body_chars_wrong": 7}),
    "tag.article.body_unlike_segments": ({"body_unlike_segments": 0}, {"body_unlike_segments": 1}),
    "tag.article.evidence_unlike_page": ({"evidence_unlike_page": 0}, {"evidence_unlike_page": 1}),
    "tag.article.repeated_share": ({"repeated_share": 0.4}, {"repeated_share": 0.41}),
    "tag.article.some_repeated": ({"repeated_share": 0.1}, {"repeated_share": 0.11}),
    "tag.article.furniture_share": ({"furniture_share": 0.3}, {"furniture_share": 0.31}),
    "tag.article.mentions_unlike_page": ({"mentions_unlike_page": 0}, {"mentions_unlike_page": 2}),
    "tag.article.mentions_astray": ({"mentions_astray": 0}, {"mentions_astray": 1}),
    "tag.article.dates_unlike_page": ({"dates_unlike_page": 0}, {"dates_unlike_page": 1}),
    "tag.article.dates_astray": ({"dates_astray": 0}, {"dates_astray": 1}),
    "tag.article.dates_unexplained": ({"dates_unexplained": 0}, {"dates_unexplained": 1}),
    "tag.article.chars_without_mention": (
        {"chars_without_mention": 800}, {"chars_without_mention": 801},
    ),
    "tag.article.mentions_out_of_contract": (
        {"mentions_out_of_contract": 0}, {"mentions_out_of_contract": 1},
    ),
    "tag.article.dates_out_of_contract": (
        {"dates_out_of_contract": 0}, {"dates_out_of_contract": 1},
    ),
}  # fmt: skip

#: Two rules on one column: both rows of the stricter rule's case break the milder one as well.
MILDER = {
    "ingest.page.some_replacements", "clean.article.body_short", "tag.article.some_repeated",
}  # fmt: skip

#: Per batch rule on a measure: measures that pass at the edge, and measures that fail.
FAULTS = [
    rule.id for rule in all_rules() if rule.unit == "batch" and rule.low == 0 and rule.high == 0
]
MEASURES: dict[str, tuple[Row, Row]] = {
    "ingest.batch.landed": ({"pages_landed": 1}, {"pages_landed": 0}),
    "publish.batch.landed": ({"pages_landed": 1}, {"pages_landed": 0}),
    "ingest.batch.pages_refused_share": (
        {"pages_refused_before": 60}, {"pages_refused_before": 61},
    ),
    "clean.batch.pages_refused_share": ({"pages_refused_before": 60}, {"pages_refused_before": 61}),
    "clean.batch.articles_refused_share": (
        {"articles_refused_before": 60}, {"articles_refused_before": 61},
    ),
    "tag.batch.articles_refused_share": (
        {"articles_refused_before": 60}, {"articles_refused_before": 61},
    ),
    "clean.batch.dated_share": ({"dated_share": 0.6}, {"dated_share": 0.59}),
    "clean.batch.boilerplate_share": ({"boilerplate_share": 0.9}, {"boilerplate_share": 0.91}),
    "tag.batch.furniture_share": ({"furniture_share": 0.1}, {"furniture_share": 0.11}),
    "clean.batch.titled_share": ({"titled_share": 0.9}, {"titled_share": 0.89}),
    "tag.batch.mentions_per_article": (
        {"mentions_per_article": 0.2}, {"mentions_per_article": 0.19},
    ),
    "tag.batch.mentions_open_share": ({"mentions_open_share": 0.05}, {"mentions_open_share": 0.06}),
    "tag.batch.dates_open_share": ({"dates_open_share": 0.6}, {"dates_open_share": 0.61}),
} | {rule_id: ({RULES[rule_id].column: 0}, {RULES[rule_id].column: 1}) for rule_id in FAULTS}  # fmt: skip

#: Per rule on a key: rows that pass, and rows that fail.
KEYS: dict[str, tuple[list[Row], list[Row]]] = {
    "ingest.page.page_id.present": ([{}, {}], [{}, {"page_id": None}]),
    "ingest.page.page_id.unique": ([{}, {}], [{"page_id": "same"}, {"page_id": "same"}]),
    "clean.article.article_id.present": ([{}, {}], [{}, {"article_id": None}]),
    "clean.article.article_version.unique": (
        [{}, {}], [{"article_version": "same/1"}, {"article_version": "same/1"}],
    ),
}  # fmt: skip


def result(verdict: Verdict, rule_id: str) -> GateResult:
    return next(each for each in verdict.results if each.rule == rule_id)


def test_every_rule_has_a_case_and_every_case_a_rule() -> None:
    of_sources = {rule.id for rule in source_rules()}  # tests/gates/test_drift.py
    assert set(ROWS) | set(MEASURES) | set(KEYS) | of_sources == set(RULES)
    assert len(RULES) == len(all_rules()), "two rules share an id"


@pytest.fixture(scope="module")
def judged_rows(gate: Gate) -> dict[tuple[str, str], Verdict]:
    """One verdict a unit on alternating rows: passing, failing, in the order of its row rules."""
    units = {(RULES[rule_id].stage, RULES[rule_id].unit) for rule_id in ROWS}
    return {
        (stage, unit): gate(
            stage, {unit: [row for id_ in row_rules(stage, unit) for row in ROWS[id_]]}
        )
        for stage, unit in units
    }


def row_rules(stage: str, unit: str) -> list[str]:
    return [rule.id for rule in rules_of(stage, unit) if rule.scope == "row"]


@pytest.mark.parametrize("rule_id", ROWS)
def test_a_row_rule_fails_its_row_and_no_other(
    rule_id: str, judged_rows: dict[tuple[str, str], Verdict]
) -> None:
    rule = RULES[rule_id]
    verdict = judged_rows[rule.stage, rule.unit]
    position = row_rules(rule.stage, rule.unit).index(rule_id)
    passing, failing = f"{rule.unit[0]}{2 * position}", f"{rule.unit[0]}{2 * position + 1}"
    refused = {row.record_id: row for row in verdict.quarantine if row.unit == rule.unit}

    assert result(verdict, rule_id).failed == (3 if rule_id in MILDER else 1)
    assert passing not in refused
    if rule.severity == "warning":
        assert failing not in refused
        assert result(verdict, rule_id).action == "warn"
    else:
        assert refused[failing].rule == rule_id
        assert refused[failing].reason == rule.reason
        assert rule.column in refused[failing].evidence
        assert result(verdict, rule_id).action == "quarantine"


@pytest.mark.parametrize("rule_id", ROWS)
def test_a_row_rule_agrees_with_its_own_words(rule_id: str) -> None:
    rule = RULES[rule_id]
    passing, failing = ROWS[rule_id]
    if rule.column in passing:
        assert rule.holds_for(passing[rule.column])
        assert not rule.holds_for(failing[rule.column])


@pytest.mark.parametrize("rule_id", MEASURES)
def test_a_batch_rule_holds_or_warns_and_names_nothing_else(rule_id: str, gate: Gate) -> None:
    rule = RULES[rule_id]
    passing, failing = (gate(rule.stage, {}, measures) for measures in MEASURES[rule_id])
    assert result(passing, rule_id).success
    assert not passing.held
    assert passing.message is None
    assert not result(failing, rule_id).success
    assert [each.rule for each in failing.results if not each.success] == [rule_id]
    assert failing.quarantine == []
    check_action(rule, failing)


@pytest.mark.parametrize("rule_id", KEYS)
def test_a_key_rule_holds_the_batch(rule_id: str, gate: Gate) -> None:
    rule = RULES[rule_id]
    passing, failing = (gate(rule.stage, {rule.unit: rows}) for rows in KEYS[rule_id])
    assert result(passing, rule_id).success
    assert not passing.held
    assert not result(failing, rule_id).success
    check_action(rule, failing)


def check_action(rule: Rule, verdict: Verdict) -> None:
    held = rule.severity == "critical"
    assert verdict.held is held
    assert result(verdict, rule.id).action == ("hold" if held else "warn")
    if held:
        assert verdict.message is not None
        for words in (rule.id, rule.reason, rule.threshold, rule.advice):
            assert words in verdict.message


def test_the_future_begins_the_day_after_tomorrow(gate: Gate) -> None:
    days = [date(2026, 3, 1) + timedelta(days=n) for n in (-400, 0, 1, 2)]
    verdict = gate("clean", {"article": [{"published_earliest": day} for day in days]})
    refused = [row for row in verdict.quarantine if row.unit == "article"]
    assert [row.record_id for row in refused] == ["a3"]
    assert "published_days_ahead = 2, expected <= 1" in refused[0].evidence


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_a_rule_explains_itself(rule: Rule) -> None:
    assert len(rule.why) > 40, "a threshold says why it is what it is"
    assert rule.reason[0].isupper()
    assert not rule.reason.endswith(".")
    assert rule.advice.endswith((".", "?", "`."))
