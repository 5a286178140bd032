"""What a verdict says: small samples, refused shares, what falls with a refused record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from expectations.catalogue import all_rules, batch_rules
from expectations.gate import Frames, Verdict, judge
from warehouse.staging import Batch
from warehouse.tables import GateResult

Gate = Callable[..., Verdict]
MakeFrames = Callable[..., Frames]


def result(verdict: Verdict, rule_id: str) -> GateResult:
    return next(each for each in verdict.results if each.rule == rule_id)


@pytest.mark.parametrize(
    "rule",
    [r for r in all_rules() if r.sample and r.unit == "batch"],
    ids=lambda rule: rule.id,
)
def test_a_share_is_judged_from_fifty_rows_up(rule: Any, gate: Gate) -> None:
    worst = {rule.column: 0.0 if rule.low else 1.0}
    if rule.column.endswith("_refused_share"):
        unit = rule.column.removesuffix("s_refused_share")
        few, enough = (
            gate(rule.stage, {unit: [{}] * 9}, {f"{unit}s_refused_before": n}) for n in (40, 41)
        )
    elif rule.sample == "articles":
        few, enough = (gate(rule.stage, {"article": [{}] * n}, worst) for n in (49, 50))
    else:
        few, enough = (gate(rule.stage, {}, worst | {rule.sample: n}) for n in (49, 50))
    assert result(few, rule.id).success
    assert result(few, rule.id).action == "pass"
    assert result(few, rule.id).judged == 0
    assert result(few, rule.id).observed == "not judged: 49 < 50"
    assert not few.held
    assert not result(enough, rule.id).success
    assert enough.held is (rule.severity == "critical")


def test_a_measure_is_kept_as_a_number_judged_or_not(gate: Gate) -> None:
    few = gate("clean", {}, {"dated_share": 0.25, "main_articles": 8})
    share = result(few, "clean.batch.dated_share")
    assert (share.value, share.sample, share.judged) == (0.25, 8, 0)
    unknown = result(gate("clean", {}, {"dated_share": None}), "clean.batch.dated_share")
    assert unknown.value is None
    of_rows = result(few, "clean.article.body_chars")
    assert (of_rows.value, of_rows.sample) == (None, None)


def test_shares_of_an_empty_batch_are_not_judged(gate: Gate) -> None:
    measures = {"main_articles": 0, "dated_share": None, "titled_share": None}
    verdict = gate("clean", {"page": [], "article": []}, measures)
    assert not verdict.held


@pytest.mark.parametrize(("bad", "held"), [(30, False), (31, True)])
def test_more_than_half_refused_holds(bad: int, held: bool, gate: Gate) -> None:
    verdict = gate("ingest", {"page": [{"visible_chars": 3}] * bad + [{}] * (60 - bad)})
    assert verdict.held is held
    assert len(verdict.quarantine) == bad, "what was refused is known, held or not"


def test_what_the_stage_refused_before_the_gate_counts(gate: Gate) -> None:
    verdict = gate("ingest", {"page": [{}] * 60}, {"pages_refused_before": 70})
    assert "pages_refused_share" in (verdict.message or "")
    assert "observed 0.5385" in (verdict.message or "")


def test_a_batch_of_one_bad_page_is_quarantined_not_held(gate: Gate) -> None:
    verdict = gate("ingest", {"page": [{"visible_chars": 0}]})
    assert not verdict.held
    assert [row.record_id for row in verdict.quarantine] == ["p0"]


def test_the_first_failing_critical_rule_decides_and_all_are_shown(gate: Gate) -> None:
    row = {"language_unasked": "fa", "body_chars": 42, "title_missing": 1}
    verdict = gate("clean", {"page": [{}], "article": [row]})
    refused = next(each for each in verdict.quarantine if each.unit == "article")
    assert refused.rule == "clean.article.body_chars"
    assert refused.evidence == (
        "body_chars = 42, expected >= 100; language_unasked = fa, expected is empty"
    )


def test_a_row_of_quarantine_is_a_first_refusal(gate: Gate, batch: Batch, at: datetime) -> None:
    row = gate("ingest", {"page": [{}, {"visible_chars": 0}]}).quarantine[0]
    assert (row.stage, row.unit, row.page_id, row.locator) == (
        "ingest", "page", "p1", "pages/1.txt",
    )  # fmt: skip
    assert (row.attempts, row.state, row.run_id) == (1, "quarantined", batch.run_id)
    assert row.first_seen == row.last_seen == at


def links(*rows: tuple[str, str, str | None, str | None]) -> pa.Table:
    """Articles as found: article, page, rule that refused the article before, ... the page."""
    names = ("article_id", "page_id", "article_rule", "page_rule")
    columns = dict(zip(names, (list(c) for c in zip(*rows, strict=True)), strict=True))
    columns |= {
        "locator": ["pages/1.txt"] * len(rows),
        "url": [None] * len(rows),
        "article_reason": [rule and f"because of {rule}" for rule in columns["article_rule"]],
        "page_reason": [rule and f"because of {rule}" for rule in columns["page_rule"]],
    }
    return pa.table({k: pa.array(v, pa.string()) for k, v in columns.items()})


@pytest.fixture
def linked(make_frames: MakeFrames, batch: Batch, at: datetime) -> Callable[..., Verdict]:
    def judged(stage: Any, rows: dict[str, Any], found: pa.Table) -> Verdict:
        frames = make_frames(stage, rows) | {"links": found}
        return judge(stage, frames, batch=batch, at=at)

    return judged


def refused(verdict: Verdict) -> dict[str, str]:
    return {row.record_id: row.rule for row in verdict.quarantine}


def test_a_refused_page_takes_its_articles_along(linked: Callable[..., Verdict]) -> None:
    verdict = linked(
        "clean",
        {"page": [{"segments_gaps": 1}, {}], "article": [{"page_id": "p0"}, {"page_id": "p1"}]},
        links(("a0", "p0", None, None), ("a1", "p1", None, None)),
    )
    gaps = "clean.page.segments_gaps"
    assert refused(verdict) == {"p0": gaps, "a0": gaps}
    fallen = next(row for row in verdict.quarantine if row.record_id == "a0")
    assert (fallen.unit, fallen.page_id) == ("article", "p0")
    assert fallen.reason.startswith("Its page was refused: Text between two segments")


def test_a_page_falls_with_its_last_article(linked: Callable[..., Verdict]) -> None:
    articles = [
        {"page_id": "p0", "language_unasked": "fa"},
        {"page_id": "p0", "body_chars": 5},
        {"page_id": "p1", "language_unasked": "fa"},
        {"page_id": "p1"},
    ]
    on = [("a0", "p0"), ("a1", "p0"), ("a2", "p1"), ("a3", "p1")]
    verdict = linked(
        "clean",
        {"page": [{"article_count": 2}] * 2, "article": articles},
        links(*((article, page, None, None) for article, page in on)),
    )
    assert refused(verdict) == {
        "a0": "clean.article.language",
        "a1": "clean.article.body_chars",
        "a2": "clean.article.language",
        "p0": "clean.article.language",
    }
    page = next(row for row in verdict.quarantine if row.record_id == "p0")
    assert page.unit == "page"
    assert page.reason == "No article is left on the page: The article is not in Arabic"


def test_what_was_refused_before_is_not_refused_twice(linked: Callable[..., Verdict]) -> None:
    verdict = linked(
        "tag",
        {"article": [{"page_id": "p2"}]},
        links(
            ("a5", "p0", "clean.article.language", "clean.article.language"),
            ("a6", "p1", "tag.time_limit", None),
            ("a7", "p3", None, "tag.memory"),
            ("a0", "p2", None, None),
        ),
    )
    assert refused(verdict) == {"p1": "tag.time_limit", "a7": "tag.memory"}


def test_each_record_is_refused_once(linked: Callable[..., Verdict]) -> None:
    verdict = linked(
        "clean",
        {"page": [{"segments_gaps": 1}], "article": [{"page_id": "p0", "language_unasked": "fa"}]},
        links(("a0", "p0", None, None)),
    )
    assert sorted(row.record_id for row in verdict.quarantine) == ["a0", "p0"]


def test_two_versions_of_an_article_are_one_record(linked: Callable[..., Verdict]) -> None:
    versions = [
        {
            "article_id": "a",
            "page_id": f"p{n}",
            "article_version": f"a/{n}",
            "language_unasked": "fa",
        }
        for n in (0, 1)
    ]
    verdict = linked(
        "clean",
        {"page": [{}, {}], "article": versions},
        links(("a", "p0", None, None), ("a", "p1", None, None)),
    )
    assert sorted(row.record_id for row in verdict.quarantine) == ["a", "p0", "p1"]


def test_the_given_frames_are_left_as_they_are(make_frames: MakeFrames, gate: Gate) -> None:
    frames = make_frames("clean", {})
    before = {name: table.column_names for name, table in frames.items()}
    judge("clean", frames, batch=Batch("r", "s", 0, None), at=datetime(2026, 1, 1))  # type: ignore[arg-type]
    assert {name: table.column_names for name, table in frames.items()} == before


@pytest.mark.parametrize("stage", ["ingest", "clean", "tag", "publish"])
def test_there_is_a_result_for_every_rule_in_order(stage: str, gate: Gate) -> None:
    verdict = gate(stage, {})
    assert [each.rule for each in verdict.results] == [rule.id for rule in batch_rules(stage)]
    assert all(each.success and each.action == "pass" for each in verdict.results)
    assert {(each.gate, each.run_id, each.source_id) for each in verdict.results} == {
        (stage, "run-1", "akhbar")
    }
