"""The JSON forms that are a contract, by the command that prints them: docs/schemas/."""

from __future__ import annotations

from flows.commands.evaluate_shapes import EvaluateShape
from flows.commands.export_shapes import ExportShape
from flows.commands.forget_shapes import ForgetShape, TombstoneShape
from flows.commands.quarantine_shapes import (
    CheckShape,
    QuarantineShowShape,
    RefusedShape,
    ReplayShape,
)
from flows.commands.run_shapes import DoctorShape, ReprocessShape, RunShape
from flows.commands.shapes import (
    DatesShape,
    ExplainShape,
    MaintainShape,
    ReviewShape,
    Shape,
    TagShape,
    VerifyShape,
)
from flows.commands.sources_shapes import SourcesCheckShape, SourcesShape
from flows.commands.status_shapes import StatusShape

PUBLISHED: dict[str, type[Shape]] = {
    "run": RunShape,
    "reprocess": ReprocessShape,
    "explain": ExplainShape,
    "tag": TagShape,
    "dates": DatesShape,
    "evaluate": EvaluateShape,
    "doctor": DoctorShape,
    "entities": ReviewShape,
    "maintain": MaintainShape,
    "verify": VerifyShape,
    "export": ExportShape,
    "forget": ForgetShape,
    "forget_list": TombstoneShape,
    "status": StatusShape,
    "sources": SourcesShape,
    "sources_check": SourcesCheckShape,
    "quarantine": RefusedShape,
    "quarantine_show": QuarantineShowShape,
    "quarantine_replay": ReplayShape,
    "check": CheckShape,
}
