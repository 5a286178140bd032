"""Great Expectations at work: imported only when a frame is judged, or its pages are made.

Its import costs 4 to 7 s of CPU, so that it happens once a process, inside a function; the
context and the suites are built once and used again for every batch.
"""

from __future__ import annotations

import logging
import os
import threading
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from expectations.remembering import remember
from expectations.rules import MAX_BETWEEN, Rule, Value

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.datasource.fluent.interfaces import Batch

#: Great Expectations keeps global state, and so do Python's warning filters.
_LOCK = threading.Lock()
_ROW = "row_number"
_RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [_ROW],
    "return_unexpected_index_query": False,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What judging one rule gave: how many rows were judged, which rows failed, what was seen.

    `failed` holds row numbers of the frame with the value seen. `error` says why there is no
    result; such an outcome never counts as a success.
    """

    judged: int
    failed: tuple[tuple[int, Value], ...] = ()
    observed: Value = None
    error: str | None = None

    @property
    def success(self) -> bool:
        """Return whether the rule was judged and held."""
        return self.error is None and not self.failed


def judge_frame(rules: tuple[Rule, ...], frame: pa.Table) -> dict[str, Outcome]:
    """Return the outcome of every rule on a frame of at least one row.

    The rules' columns must be in the frame. A rule for which Great Expectations gives no result,
    raises, or does not judge every row comes back with an error.

    Most rules hold for every row, which measures of the whole column prove at half the cost, such
    as its least and its greatest value; only the others are judged row by row. A column without
    any value, such as the dates of a source that states none, is what a rule that lets a null pass
    asks for: Great Expectations would go through its rows to say the same.
    """
    empty = {rule.id for rule in rules if _lets_null_pass(rule) and _all_null(frame, rule.column)}
    judged = tuple(rule for rule in rules if rule.id not in empty)
    outcomes = _judged(judged, frame) if judged else {}
    return {
        rule.id: Outcome(frame.num_rows) if rule.id in empty else outcomes[rule.id]
        for rule in rules
    }


def _lets_null_pass(rule: Rule) -> bool:
    """Return whether rows without a value keep the rule; a measure of a batch must have one."""
    return rule.unit != "batch" and rule.kind in ("between", "one_of", "absent")


def _judged(rules: tuple[Rule, ...], frame: pa.Table) -> dict[str, Outcome]:
    narrow = frame.select(list(dict.fromkeys(rule.column for rule in rules)))
    numbered = narrow.append_column(_ROW, pa.array(range(frame.num_rows), pa.int64()))
    with _LOCK, _quiet():
        batch = _batch_definition().get_batch({"dataframe": numbered.to_pandas()})
        proven = _proven(batch, rules)
        rest = tuple(rule for rule in rules if rule.id not in proven)
        results = _validate(batch, _suite(rest)) if rest else {}
    return {
        rule.id: Outcome(frame.num_rows)
        if rule.id in proven
        else _outcome(rule, results.get(rule.id, []), narrow)
        for rule in rules
    }


def _proven(batch: Batch, rules: tuple[Rule, ...]) -> set[str]:
    """Return the rules on pages or articles that measures of their columns prove to hold.

    Whatever is doubtful about a result, such as a column of nulls, leaves the rule unproven.
    """
    asked = tuple(rule for rule in rules if rule.unit != "batch")
    if not asked:
        return set()
    results = _validate(batch, _proofs(asked))
    return {
        rule.id
        for rule in asked
        if len(results.get(rule.id, [])) == len(_proof(rule))
        and all(_holds(result) for result in results[rule.id])
    }


def _holds(result: Any) -> bool:
    seen = result.result.get("observed_value")
    shown = seen is not None and seen == seen  # not-a-number is no proof
    # Values of a set are counted, where measures are shown.
    return bool(result.success) and (shown or result.result.get("unexpected_count") == 0)


def _validate(batch: Batch, suite: ExpectationSuite) -> dict[str, list[Any]]:
    """Return Great Expectations' results by rule."""
    found: dict[str, list[Any]] = {}
    for result in batch.validate(suite, result_format=dict(_RESULT_FORMAT)).results:
        if result.expectation_config is not None:
            found.setdefault(result.expectation_config.meta["rule"], []).append(result)
    return found


def warm_up() -> None:
    """Import Great Expectations and build its context, for who has seconds to spare now."""
    with _LOCK, _quiet():
        _batch_definition()


@contextmanager
def great_expectations_at_work() -> Iterator[None]:
    """Have the library imported, with its telemetry off and its own warnings kept away."""
    with _LOCK, _quiet():
        _batch_definition()
        yield


def _outcome(rule: Rule, results: list[Any], frame: pa.Table) -> Outcome:
    if len(results) != 1:
        return Outcome(0, error=f"Great Expectations gave {len(results)} results for this rule")
    result = results[0]
    if raised := _exception(result.exception_info):
        return Outcome(0, error=raised)
    if rule.expectation == MAX_BETWEEN:
        return _aggregate(result, frame.column(rule.column)[0].as_py())
    details = result.result
    judged, count = details.get("element_count"), details.get("unexpected_count")
    failed = tuple(
        (each[_ROW], frame.column(rule.column)[each[_ROW]].as_py())
        for each in details.get("unexpected_index_list") or ()
    )
    if judged != frame.num_rows or count is None:
        return Outcome(judged or 0, failed, error=f"judged {judged} of {frame.num_rows} rows")
    if len(failed) != count or bool(failed) == result.success:
        return Outcome(judged, failed, error=f"{count} rows failed, {len(failed)} were named")
    if rule.kind in ("present", "unique") and judged and _all_null(frame, rule.column):
        return Outcome(judged, ((0, None),), error="not one row has a value")
    return Outcome(judged, failed)


def _aggregate(result: Any, value: Value) -> Outcome:
    """Return the outcome of a measure. One without a value was not judged, whatever is said."""
    seen = result.result.get("observed_value")
    if value is None or seen != value:
        return Outcome(0, error=f"no value was judged (measure {value}, judged {seen})")
    return Outcome(1, () if result.success else ((0, value),), observed=value)


def _all_null(frame: pa.Table, column: str) -> bool:
    return bool(frame.column(column).null_count == frame.num_rows)


def _exception(info: Any) -> str | None:
    """Return the message of an exception, at the top or (as often) below a metric's name."""
    if not isinstance(info, dict):
        return None
    if info.get("raised_exception"):
        return str(info.get("exception_message") or "an exception without a message")
    return next((found for value in info.values() if (found := _exception(value))), None)


@lru_cache(maxsize=256)
def _suite(rules: tuple[Rule, ...]) -> ExpectationSuite:
    """Return the suite that judges each rule as it is declared."""
    return _made((rule, rule.expectation, _bounds(rule)) for rule in rules)


@cache
def _proofs(rules: tuple[Rule, ...]) -> ExpectationSuite:
    """Return the suite that judges each rule's column as a whole."""
    return _made((rule, kind, bounds) for rule in rules for kind, bounds in _proof(rule).items())


def _made(wanted: Iterable[tuple[Rule, str, dict[str, Any]]]) -> ExpectationSuite:
    _batch_definition()
    from great_expectations import ExpectationSuite
    from great_expectations.expectations.expectation_configuration import (
        ExpectationConfiguration,
    )
    from great_expectations.expectations.metadata_types import FailureSeverity

    wanted = tuple(wanted)
    remember(kind for _, kind, _ in wanted)
    expectations = [
        ExpectationConfiguration(
            type=kind,
            kwargs={"column": rule.column} | bounds,
            meta={"rule": rule.id},
            severity=FailureSeverity(rule.severity),
        )
        for rule, kind, bounds in wanted
    ]
    return ExpectationSuite(name="rules", expectations=expectations)


def _bounds(rule: Rule) -> dict[str, Any]:
    if rule.kind == "between":
        return {"min_value": rule.low, "max_value": rule.high}
    return {"value_set": list(rule.values)} if rule.kind == "one_of" else {}


def _proof(rule: Rule) -> dict[str, dict[str, Any]]:
    """Return expectations on a whole column that hold exactly where the rule does for each row."""
    if rule.kind == "one_of":
        return {"expect_column_distinct_values_to_be_in_set": _bounds(rule)}
    if rule.kind == "unique":
        return {"expect_column_proportion_of_unique_values_to_be_between": {"min_value": 1}}
    if rule.kind in ("present", "absent"):
        share = {"min_value": 1} if rule.kind == "present" else {"max_value": 0}
        return {"expect_column_proportion_of_non_null_values_to_be_between": share}
    found: dict[str, dict[str, Any]] = {}
    if rule.low is not None:
        found["expect_column_min_to_be_between"] = {"min_value": rule.low}
    if rule.high is not None:
        found["expect_column_max_to_be_between"] = {"max_value": rule.high}
    return found


@cache
def _batch_definition() -> BatchDefinition[Any]:
    """Return the one batch definition of the process: a pandas frame handed over as it is."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read once, at import
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("staged").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library's own warnings and log lines away from the run's; what counts is judged."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logger.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            logger.setLevel(level)
