"""Tables of the publish stage: what a run did, what the gates said, what was refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from warehouse.tables.base import Column, ReplacedWith, Row
from warehouse.tables.ingest import HEX32, HEX64, Page

Stage = Literal["ingest", "clean", "tag", "publish"]
Unit = Literal["page", "article"]
Severity = Literal["critical", "warning"]
RunState = Literal["published", "nothing_new", "refused", "held", "failed"]
RunKind = Literal["pipeline", "reprocess"]
QuarantineState = Literal["quarantined", "released", "accepted"]
HEX12 = r"[0-9a-f]{12}"


class Version(Row):
    """An earlier version of an article, kept when a newer one took its place."""

    table: ClassVar[str] = "versions"
    key: ClassVar[tuple[str, ...]] = ("article_id", "version")
    row_group: ClassVar[int] = 2_048

    article_id: Annotated[str, Column("Article", pattern=HEX32)]
    version: Annotated[str, Column("Version that was replaced", min_chars=1)]
    page_id: Annotated[str, Column("Page that it was read from", pattern=HEX64, references="pages")]
    title: Annotated[str | None, Column("Headline of that version")] = None
    body: Annotated[str, Column("Body of that version", min_chars=1, is_text=True)]
    published_at: Annotated[str | None, Column("Publication date of that version")] = None
    run_id: Annotated[
        str, Column("Run that had published that version", min_chars=1, references="runs")
    ]
    replaced_in: Annotated[str, Column("Run that replaced it", min_chars=1, references="runs")]


class Run(Row):
    """One run. For pages and for articles: landed = published + duplicate + quarantined + held."""

    table: ClassVar[str] = "runs"
    key: ClassVar[tuple[str, ...]] = ("run_id",)
    order_by: ClassVar[tuple[str, ...]] = ("started_at",)

    run_id: Annotated[str, Column("Id of the run; sorts by time", min_chars=1)]
    state: Annotated[
        RunState, Column("How the run ended; refused: records were new, and none was let in")
    ]
    started_at: Annotated[datetime, Column("Start (UTC)")]
    finished_at: Annotated[datetime, Column("End (UTC)")]
    seconds: Annotated[float, Column("Wall-clock time", unit="seconds", ge=0)]
    pages_landed: Annotated[int, Column("Records read", unit="pages", ge=0)]
    pages_published: Annotated[int, Column("Pages published", unit="pages", ge=0)]
    pages_duplicate: Annotated[int, Column("Pages already known", unit="pages", ge=0)]
    pages_quarantined: Annotated[int, Column("Pages refused", unit="pages", ge=0)]
    pages_held: Annotated[int, Column("Pages in held batches", unit="pages", ge=0)]
    articles_landed: Annotated[int, Column("Articles found", unit="articles", ge=0)]
    articles_published: Annotated[int, Column("Articles published", unit="articles", ge=0)]
    articles_duplicate: Annotated[int, Column("Articles already known", unit="articles", ge=0)]
    articles_quarantined: Annotated[int, Column("Articles refused", unit="articles", ge=0)]
    articles_held: Annotated[int, Column("Articles in held batches", unit="articles", ge=0)]
    code_version: Annotated[str, Column("Version of the program", min_chars=1)]
    transform_version: Annotated[str, Column("Version of the transforms", min_chars=1)]
    config_sha256: Annotated[str, Column("Hash of the settings in force", pattern=HEX64)]
    message: Annotated[str | None, Column("Why the run was held, failed or published nothing")] = (
        None
    )
    kind: Annotated[
        RunKind | None,
        Column("pipeline: pages as they come in; reprocess: published or refused ones again"),
    ] = None
    rules_sha256: Annotated[
        str | None,
        Column("Hash of the gates' rules that refuse; null: an older row", pattern=HEX64),
    ] = None


class RunStage(Row):
    """What went into one stage of one batch and what came out."""

    table: ClassVar[str] = "run_stages"
    key: ClassVar[tuple[str, ...]] = ("run_id", "batch_id", "stage", "unit")
    replaced_with: ClassVar[ReplacedWith] = "never"

    run_id: Annotated[str, Column("Run", min_chars=1, references="runs")]
    batch_id: Annotated[str, Column("Batch: source and number", min_chars=1)]
    source_id: Annotated[str, Column("Source of the batch", min_chars=1)]
    stage: Annotated[Stage, Column("Stage")]
    unit: Annotated[Unit, Column("What is counted")]
    rows_in: Annotated[int, Column("Rows that entered the stage", ge=0)]
    rows_out: Annotated[int, Column("Rows that left it", ge=0)]
    duplicate: Annotated[int, Column("Rows already known", ge=0)]
    quarantined: Annotated[int, Column("Rows refused", ge=0)]
    held: Annotated[int, Column("Rows held with their batch", ge=0)]
    checks: Annotated[int, Column("Rules judged by the stage's gate", ge=0)]
    seconds: Annotated[float, Column("Wall-clock time", unit="seconds", ge=0)]


class GateResult(Row):
    """One expectation's outcome on one batch of one run."""

    table: ClassVar[str] = "gate_results"
    key: ClassVar[tuple[str, ...]] = ("run_id", "gate", "rule", "batch_id")
    replaced_with: ClassVar[ReplacedWith] = "never"

    run_id: Annotated[str, Column("Run", min_chars=1, references="runs")]
    gate: Annotated[Stage, Column("Stage whose gate judged")]
    rule: Annotated[str, Column("Id of the rule", min_chars=1)]
    rule_version: Annotated[str, Column("Version of the rule", min_chars=1)]
    batch_id: Annotated[
        str, Column("Batch; SOURCE/all: the source; */HASH: the run, by its sources", min_chars=1)
    ]
    source_id: Annotated[str, Column("Source of the batch; *: the run as a whole", min_chars=1)]
    scope: Annotated[
        Literal["row", "batch", "source"],
        Column("What the rule judges; source: all that a source brought in the run"),
    ]
    severity: Annotated[Severity, Column("critical quarantines or holds; warning is recorded")]
    expectation: Annotated[str, Column("Great Expectations type", min_chars=1)]
    success: Annotated[bool, Column("Whether the expectation held")]
    observed: Annotated[str | None, Column("Observed value")] = None
    threshold: Annotated[str, Column("What was expected", min_chars=1)]
    judged: Annotated[int, Column("Rows judged", ge=0)]
    failed: Annotated[int, Column("Rows that failed", ge=0)]
    action: Annotated[
        Literal["pass", "warn", "quarantine", "hold"], Column("What the outcome led to")
    ]
    judged_on: Annotated[date, Column("Day of the judgement (UTC)")]
    value: Annotated[
        float | None,
        Column("Measure of a batch or source as a number, judged or not; null for rules on rows"),
    ] = None
    sample: Annotated[
        int | None, Column("Rows behind that measure; null where it is no share or mean", ge=0)
    ] = None


class Quarantine(Row):
    """One record refused: where, why, on what evidence, how often, and what became of it."""

    table: ClassVar[str] = "quarantine"
    key: ClassVar[tuple[str, ...]] = ("record_id", "stage")

    record_id: Annotated[str, Column("page_id, or article_id for an article", min_chars=1)]
    stage: Annotated[Stage, Column("Stage that refused it")]
    unit: Annotated[Unit, Column("What was refused")]
    source_id: Annotated[str, Column("Source", min_chars=1)]
    page_id: Annotated[str, Column("Page that it stands on", pattern=HEX64)]
    locator: Annotated[str, Column("Where it was read", min_chars=1)]
    url: Annotated[str | None, Column("Address")] = None
    reason: Annotated[str, Column("Reason in words, for a person", min_chars=1)]
    rule: Annotated[str, Column("Id of the rule that refused", min_chars=1)]
    rule_version: Annotated[str, Column("Version of the rule", min_chars=1)]
    evidence: Annotated[
        str,
        Column("What was seen: observed value, error, short excerpt", is_text=True),
    ]
    attempts: Annotated[int, Column("How often it was tried", ge=1)]
    first_seen: Annotated[datetime, Column("First refusal (UTC)")]
    last_seen: Annotated[datetime, Column("Last refusal (UTC)")]
    state: Annotated[
        QuarantineState,
        Column("quarantined; released: passed since; accepted: let in by an analyst's decision"),
    ]
    run_id: Annotated[
        str, Column("Run of the last refusal or acceptance", min_chars=1, references="runs")
    ]
    transform_version: Annotated[str, Column("Version of the transforms", min_chars=1)]
    decision_id: Annotated[
        str | None, Column("Decision that let it in against the rule", pattern=HEX12)
    ] = None


class Attempt(Row):
    """One time that a record was refused, or got in after it had been: the history of quarantine.

    `quarantine` says how a record stands; here stands how it came to that, run by run.
    """

    table: ClassVar[str] = "attempts"
    key: ClassVar[tuple[str, ...]] = ("record_id", "stage", "run_id")
    replaced_with: ClassVar[ReplacedWith] = "never"

    record_id: Annotated[str, Column("page_id, or article_id for an article", min_chars=1)]
    stage: Annotated[Stage, Column("Stage that refused it, or had")]
    run_id: Annotated[str, Column("Run that tried it", min_chars=1, references="runs")]
    tried_at: Annotated[datetime, Column("End of that run (UTC)")]
    outcome: Annotated[
        Literal["refused", "released", "accepted"],
        Column("refused; released: it passed; accepted: a decision let it in against the rule"),
    ]
    unit: Annotated[Unit, Column("What was tried")]
    source_id: Annotated[str, Column("Source", min_chars=1)]
    page_id: Annotated[str, Column("Page that it stands on", pattern=HEX64)]
    rule: Annotated[str, Column("Id of the rule that refused, or had", min_chars=1)]
    rule_version: Annotated[str, Column("Version of that rule", min_chars=1)]
    evidence: Annotated[
        str, Column("What was seen; empty where nothing was wrong any more", is_text=True)
    ]
    transform_version: Annotated[str, Column("Version of the transforms", min_chars=1)]
    decision_id: Annotated[
        str | None, Column("Decision that let it in against the rule", pattern=HEX12)
    ] = None


class RefusedPage(Page):
    """One page as it landed that a gate refused: what a replay reads. Goes once it is published.

    What could not become a page at all has no row: a replay reads its file, or its bytes.
    """

    table: ClassVar[str] = "refused_pages"
    key: ClassVar[tuple[str, ...]] = ("page_id",)
    replaced_with: ClassVar[ReplacedWith] = "key"
    row_group: ClassVar[int] = 2_048
