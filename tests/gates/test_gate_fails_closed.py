"""What could not be judged holds the batch: no frame, no row, no result, an exception."""

from __future__ import annotations

import builtins
import socket
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from expectations import suite
from expectations.catalogue import batch_rules, rules_of
from expectations.gate import Frames, Verdict, judge
from expectations.rules import Rule
from expectations.suite import Outcome, judge_frame
from warehouse.staging import Batch

Gate = Callable[..., Verdict]
MakeFrames = Callable[..., Frames]


def check_all_held(verdict: Verdict, stage: str, words: str) -> None:
    assert verdict.held
    assert verdict.message is not None
    assert words in verdict.message
    assert [each.rule for each in verdict.results] == [rule.id for rule in batch_rules(stage)]
    assert {(each.success, each.action, each.judged) for each in verdict.results} == {
        (False, "hold", 0)
    }
    assert verdict.quarantine == []


@pytest.mark.parametrize("missing", ["page", "article", "batch"])
def test_a_missing_frame(missing: str, make_frames: MakeFrames, batch: Batch, at: datetime) -> None:
    frames = make_frames("clean", {})
    del frames[missing]
    check_all_held(judge("clean", frames, batch=batch, at=at), "clean", missing)


def test_a_missing_column(make_frames: MakeFrames, batch: Batch, at: datetime) -> None:
    frames = make_frames("ingest", {})
    frames["page"] = frames["page"].drop_columns(["visible_chars"])
    check_all_held(judge("ingest", frames, batch=batch, at=at), "ingest", "visible_chars")


def test_an_empty_frame_where_the_batch_counts_rows(gate: Gate) -> None:
    # Great Expectations itself calls an empty frame a success
    verdict = gate("ingest", {"page": []}, {"pages": 12})
    check_all_held(verdict, "ingest", "0 pages to judge where the batch has 12")


def test_fewer_rows_than_the_batch_counts(gate: Gate) -> None:
    check_all_held(gate("tag", {"article": [{}] * 3}, {"articles": 4}), "tag", "3 articles")


@pytest.mark.parametrize("rows", [0, 2])
def test_measures_of_no_batch_or_of_two(
    rows: int, make_frames: MakeFrames, batch: Batch, at: datetime
) -> None:
    frames = make_frames("publish", {})
    frames["batch"] = pa.concat_tables([frames["batch"]] * rows) if rows else frames["batch"][:0]
    check_all_held(judge("publish", frames, batch=batch, at=at), "publish", f"{rows} rows")


def test_an_unknown_stage_is_a_fault_of_the_caller(batch: Batch, at: datetime) -> None:
    with pytest.raises(KeyError):
        judge("group", {}, batch=batch, at=at)  # type: ignore[arg-type]


def test_every_page_was_a_duplicate(gate: Gate) -> None:
    # No row to judge and none expected is no fault: the batch says what became of its records
    verdict = gate("ingest", {"page": []}, {"pages_landed": 9, "pages_duplicate": 9})
    assert not verdict.held
    assert {each.judged for each in verdict.results if each.scope == "row"} == {0}


def test_a_key_without_a_single_value(gate: Gate) -> None:
    # Great Expectations says of a column of nulls that its values are unique
    verdict = gate("ingest", {"page": [{"page_id": None}] * 4})
    failed = {each.rule for each in verdict.results if not each.success}
    assert failed == {"ingest.page.page_id.present", "ingest.page.page_id.unique"}
    assert verdict.held


def test_a_column_without_a_single_value_breaks_no_bound(gate: Gate) -> None:
    undated = {"published_earliest": None, "published_year": None, "published_days": None}
    verdict = gate("clean", {"article": [undated | {"language": None}] * 3})
    rules = {each.rule: each for each in verdict.results}
    for column in ("published_year", "published_days", "published_days_ahead", "language"):
        result = rules[f"clean.article.{column}"]
        assert (result.success, result.judged, result.failed, result.action) == (True, 3, 0, "pass")
    assert not verdict.held


@pytest.mark.parametrize("value", [None, float("nan")])
def test_a_measure_without_a_value(value: float | None, gate: Gate) -> None:
    verdict = gate("clean", {}, {"dated_share": value})
    assert verdict.held, "a warning that could not be judged is not a warning"
    assert "clean.batch.dated_share could not be judged" in (verdict.message or "")


def test_a_number_that_is_no_number_is_not_within_bounds(gate: Gate) -> None:
    # pandas takes not-a-number for null, and a null is within any bounds: the frame says so
    verdict = gate(
        "clean",
        {"article": [{"arabic_share": float("nan"), "out_of_contract": "arabic_share=nan"}, {}]},
    )
    assert [row.record_id for row in verdict.quarantine if row.unit == "article"] == ["a0"]


class Broken:
    """A batch definition whose validation answers what a test wants, or raises."""

    def __init__(self, change: Callable[[list[Any]], list[Any]]) -> None:
        self.change = change

    def get_batch(self, parameters: dict[str, Any]) -> Broken:
        self.batch = _REAL().get_batch(parameters)
        return self

    def validate(self, *args: Any, **options: Any) -> SimpleNamespace:
        results = list(self.batch.validate(*args, **options).results)
        ours = any(r.expectation_config.meta["rule"] == VICTIM for r in results)
        return SimpleNamespace(results=self.change(results) if ours else results)


_REAL = suite._batch_definition


def lost(results: list[Any]) -> list[Any]:
    return [r for r in results if r.expectation_config.meta["rule"] != VICTIM]


def twice(results: list[Any]) -> list[Any]:
    return [*results, victim(results)]


def without_result(results: list[Any]) -> list[Any]:
    victim(results).result = {}
    return results


def raised_inside(results: list[Any]) -> list[Any]:
    one = victim(results)
    one.success, one.result = False, {}
    one.exception_info = {
        "('column_values.between', 'x')": {"raised_exception": True, "exception_message": "boom"}
    }
    return results


def judged_too_few(results: list[Any]) -> list[Any]:
    victim(results).result["element_count"] = 59
    return results


def failed_without_rows(results: list[Any]) -> list[Any]:
    victim(results).result["unexpected_index_list"] = []
    return results


def succeeded_with_rows(results: list[Any]) -> list[Any]:
    one = victim(results)
    one.success = "observed_value" not in one.result
    return results


def out_of_memory(results: list[Any]) -> list[Any]:
    raise MemoryError("no memory left")


VICTIM = "ingest.page.control_share"


def victim(results: list[Any]) -> Any:
    return next(r for r in results if r.expectation_config.meta["rule"] == VICTIM)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lost, "gave 0 results"),
        (twice, "gave 2 results"),
        (without_result, "judged None of"),
        (raised_inside, "boom"),
        (judged_too_few, "judged 59 of 60 rows"),
        (failed_without_rows, "1 rows failed, 0 were named"),
        (succeeded_with_rows, "1 rows failed, 1 were named"),
        (out_of_memory, "no memory left"),
    ],
)
def test_a_result_that_cannot_be_trusted(
    change: Callable[[list[Any]], list[Any]],
    words: str,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(suite, "_batch_definition", lambda: Broken(change))
    verdict = gate("ingest", {"page": [{}] * 59 + [{"control_share": 0.5}]})
    assert verdict.held
    assert words in (verdict.message or "")
    assert "could not be judged" in (verdict.message or "")
    mine = next(each for each in verdict.results if each.rule == VICTIM)
    assert (mine.success, mine.action) == (False, "hold")


def no_extreme(results: list[Any]) -> list[Any]:
    one = victim(results)
    if "observed_value" in one.result:
        one.success, one.result = True, {"observed_value": None}
    return results


def extreme_lost(results: list[Any]) -> list[Any]:
    return lost(results) if "observed_value" in victim(results).result else results


@pytest.mark.parametrize("change", [no_extreme, extreme_lost])
def test_a_proof_that_cannot_be_trusted_is_no_proof(
    change: Callable[[list[Any]], list[Any]], gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Measures of a column only spare the judgement row by row where they prove it
    monkeypatch.setattr(suite, "_batch_definition", lambda: Broken(change))
    verdict = gate("ingest", {"page": [{}] * 59 + [{"control_share": 0.5}]})
    assert [(row.record_id, row.rule) for row in verdict.quarantine] == [("p59", VICTIM)]


def test_great_expectations_that_cannot_be_imported(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: Any, **options: Any) -> Any:
        if name.startswith("great_expectations"):
            raise ImportError("no great_expectations here")
        return real(name, *args, **options)

    suite._suite.cache_clear()
    suite._proofs.cache_clear()
    monkeypatch.setattr(builtins, "__import__", refuse)
    verdict = gate("ingest", {})
    monkeypatch.undo()
    check_all_held(verdict, "ingest", "no great_expectations here")


def test_no_outcome_without_a_result_is_a_success() -> None:
    assert not Outcome(60, error="whatever").success
    assert not Outcome(60, ((3, 1),)).success
    assert Outcome(60).success


def test_a_column_of_the_wrong_type_is_not_judged(gate: Gate) -> None:
    rule = next(rule for rule in rules_of("ingest", "page") if rule.id == VICTIM)
    outcome = judge_one(rule, pa.table({"control_share": ["many", "few"]}))
    assert not outcome.success


def judge_one(rule: Rule, frame: pa.Table) -> Outcome:
    return judge_frame((rule,), frame)[rule.id]


def test_the_library_is_quiet(gate: Gate, capfd: pytest.CaptureFixture[str]) -> None:
    gate("clean", {"article": [{"body_chars": 1}] * 70})
    assert capfd.readouterr() == ("", "")


def test_it_phones_nobody(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: calls.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: calls.append(args) or [])
    gate("ingest", {})
    assert calls == []
