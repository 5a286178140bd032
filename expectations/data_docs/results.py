"""Rows of `gate_results` as Great Expectations' own validation results.

The table keeps what a gate saw, so that the pages of any past run can be made, long after its
frames are gone, and each rule is shown with the threshold of its day.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from expectations.catalogue import all_rules
from expectations.rules import EXPECTATIONS, MAX_BETWEEN
from warehouse.tables import GateResult, Run

if TYPE_CHECKING:
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )

#: Arguments that bound nothing, where an expectation is none without.
_NEEDED: dict[str, dict[str, Any]] = {
    EXPECTATIONS["one_of"]: {"value_set": []},
    EXPECTATIONS["between"]: {"max_value": math.inf},
    MAX_BETWEEN: {"max_value": math.inf},
}
_NOTHING_RAISED = {
    "raised_exception": False,
    "exception_message": None,
    "exception_traceback": None,
}


def validation_result(run: Run, results: Sequence[GateResult]) -> ExpectationSuiteValidationResult:
    """Return one gate's judgement of one batch as Great Expectations would have returned it.

    `results` are the rows of a run, a gate and a batch, at least one.
    """
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
    )

    columns = {rule.id: rule.column for rule in all_rules()}
    first = results[0]
    held = sum(each.success for each in results)
    return ExpectationSuiteValidationResult(
        success=held == len(results),
        results=[_result(each, columns) for each in results],
        suite_name=first.gate,
        statistics={
            "evaluated_expectations": len(results),
            "successful_expectations": held,
            "unsuccessful_expectations": len(results) - held,
            "success_percent": 100 * held / len(results),
        },
        meta={
            "run_id": {"run_name": run.run_id, "run_time": run.started_at.isoformat()},
            "batch_spec": {"data_asset_name": first.batch_id, "source": first.source_id},
            "active_batch_definition": {"data_asset_name": first.batch_id},
        },
    )


def _result(result: GateResult, columns: Mapping[str, str]) -> ExpectationValidationResult:
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult
    from great_expectations.expectations.expectation_configuration import (
        ExpectationConfiguration,
    )
    from great_expectations.expectations.metadata_types import FailureSeverity

    return ExpectationValidationResult(
        success=result.success,
        expectation_config=ExpectationConfiguration(
            type=result.expectation,
            kwargs=_kwargs(result, columns),
            description=f"{result.rule} ({result.severity}): {result.threshold}",
            severity=FailureSeverity(result.severity),
        ),
        result=_seen(result),
        exception_info=dict(_NOTHING_RAISED),
        meta={},
    )


def _kwargs(result: GateResult, columns: Mapping[str, str]) -> dict[str, Any]:
    """Return the column that pages group by, and what its kind cannot do without.

    Bounds are told in words, by the row's own threshold: today's are not what it was judged by.
    """
    return {"column": columns.get(result.rule, result.rule)} | _NEEDED.get(result.expectation, {})


def _seen(result: GateResult) -> dict[str, Any]:
    """Return what was seen: of a measure its value, of rows how many failed and which values."""
    if result.scope == "batch" and result.expectation == MAX_BETWEEN:
        return {"observed_value": result.observed}
    share = 100 * result.failed / max(result.judged, 1)
    examples = [result.observed] if result.failed and result.observed else []
    return {
        "element_count": result.judged,
        "missing_count": 0,
        "missing_percent": 0.0,
        "unexpected_count": result.failed,
        "unexpected_percent": share,
        "unexpected_percent_nonmissing": share,
        "unexpected_percent_total": share,
        "partial_unexpected_list": examples,
    } | ({} if result.judged else {"observed_value": result.observed})
