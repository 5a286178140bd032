"""What the report of a run says beyond the run itself: read from the published tables.

Read after the commit by the run that made it, or later for `khabar report RUN`: the same queries,
so that a report can be built again. Texts of sources that may not be exported are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from expectations.report.data import (
    AskedLine,
    BoilerplateLine,
    CutLine,
    DateLine,
    EntityLine,
    Measured,
    RunLine,
    RunReport,
    StoryLine,
)
from expectations.report.sources import source_lines
from expectations.report.words import KINDS
from flows.report_samples import samples_of
from flows.settings import UsageError
from warehouse.tables import GateResult, Quarantine, Row, Run, RunStage
from warehouse.tables.arrow import from_arrow

if TYPE_CHECKING:
    from warehouse.reader import Reader

R = TypeVar("R", bound=Row)

#: What stands where a text may not be shown (`export_text = false`).
WITHHELD = "(text withheld: export_text = false)"
#: Runs in the index, and in the trend of a rule. A page is read: older ones are in the views.
_INDEX = 400
#: Runs in the chart of a report, as many as in that of the index: then it is drawn once.
HISTORY = 60
_TREND = 12
#: Pages of a source whose cut lines are looked at: enough to see what repeats, in milliseconds.
_LOOKED_AT = 150

_RUNS = """
SELECT run_id, kind, state, started_at, seconds, pages_landed, pages_published,
       pages_quarantined, pages_held, message
FROM run_history WHERE $at IS NULL OR started_at <= $at ORDER BY started_at DESC, run_id LIMIT $n
"""
#: Of measures the mean over batches or sources; the run as a whole is none of them. Results of
#: earlier versions say a measure in words only.
_TRENDS = """
WITH newest AS (
  SELECT run_id, started_at FROM run_history
  WHERE started_at <= $at AND (kind = 'pipeline' OR run_id = $run)
  ORDER BY started_at DESC LIMIT $n
), seen AS (
  SELECT g.rule, r.started_at,
         CASE WHEN any_value(g.scope) = 'row' THEN sum(g.failed) / nullif(sum(g.judged), 0)
              ELSE avg(coalesce(g.value, try_cast(g.observed AS DOUBLE)))
                   FILTER (g.judged > 0) END AS value
  FROM gate_results AS g JOIN newest AS r ON r.run_id = g.run_id
  WHERE g.source_id <> '*'
  GROUP BY g.rule, r.run_id, r.started_at
)
SELECT rule, list(value ORDER BY started_at) FROM seen WHERE value IS NOT NULL GROUP BY rule
"""
#: What each source brought from run to run, as the gate on sources measured it.
_MEASURED = """
SELECT g.source_id, g.run_id, r.started_at,
       coalesce(max(g.value) FILTER (g.rule = 'publish.source.pages'), 0)::BIGINT,
       max(g.value) FILTER (g.rule = 'publish.source.dated_share'),
       max(g.value) FILTER (g.rule = 'publish.source.boilerplate_share'),
       max(g.value) FILTER (g.rule = 'publish.source.body_chars')
FROM gate_results AS g JOIN run_history AS r ON r.run_id = g.run_id
WHERE g.scope = 'source' AND g.source_id <> '*'
  AND r.started_at <= $at AND r.started_at >= $at - INTERVAL 90 DAYS
GROUP BY g.source_id, g.run_id, r.started_at
QUALIFY row_number() OVER (PARTITION BY g.source_id ORDER BY r.started_at DESC) <= 21
ORDER BY g.source_id, r.started_at
"""
_DATES = """
SELECT a.source_id, count(*),
       count(*) FILTER (a.published_precision IN ('time', 'day')),
       count(*) FILTER (a.published_precision NOT IN ('time', 'day')),
       count(*) FILTER (a.published_at IS NULL AND (a.published_not_before IS NOT NULL
                                                    OR a.published_not_after IS NOT NULL)),
       count(*) FILTER (a.published_at IS NULL AND a.published_not_before IS NULL
                                               AND a.published_not_after IS NULL),
       count(*) FILTER (a.published_earliest > p.fetched_at::DATE + 1),
       mode(a.published_rule), mode(a.published_reason)
FROM articles AS a LEFT JOIN pages AS p ON p.page_id = a.page_id
WHERE a.run_id = $run GROUP BY a.source_id ORDER BY a.source_id
"""
_KINDS = """
SELECT p.source_id, s.kind, sum(s."end" - s.start)::BIGINT
FROM segments AS s JOIN pages AS p ON p.page_id = s.page_id
WHERE s.run_id = $run AND s.kind <> 'blank' GROUP BY ALL ORDER BY ALL
"""
_CUT = """
WITH looked_at AS (
  SELECT page_id, source_id FROM pages
  WHERE run_id = $run AND source_id NOT IN (SELECT unnest($withheld::VARCHAR[]))
  QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY page_id) <= $n
), cut AS (
  SELECT l.source_id, s.page_id, s.kind,
         left(trim(substring(p.text, s.start + 1, s."end" - s.start)), 160) AS line
  FROM segments AS s JOIN looked_at AS l ON l.page_id = s.page_id
  JOIN pages AS p ON p.page_id = s.page_id
  WHERE s.run_id = $run AND s.kind IN (SELECT unnest($kinds::VARCHAR[]))
)
SELECT c.source_id, c.kind, c.line, count(DISTINCT c.page_id) AS pages,
       (SELECT count(*) FROM looked_at AS l WHERE l.source_id = c.source_id) AS looked_at
FROM cut AS c WHERE length(c.line) > 2 GROUP BY c.source_id, c.kind, c.line
QUALIFY row_number() OVER (PARTITION BY c.source_id ORDER BY pages DESC, c.line) <= 5
ORDER BY c.source_id, pages DESC, c.line
"""
_ENTITIES = """
SELECT e.type, e.entity_id, e.name_ar, e.name_en, count(DISTINCT m.article_id) AS articles,
       count(DISTINCT a.source_id)
FROM mentions AS m JOIN articles AS a ON a.article_id = m.article_id
JOIN entities AS e ON e.entity_id = m.entity_id
WHERE a.run_id = $run GROUP BY e.type, e.entity_id, e.name_ar, e.name_en
QUALIFY row_number() OVER (PARTITION BY e.type ORDER BY articles DESC, e.entity_id) <= 12
ORDER BY e.type, articles DESC, e.entity_id
"""
_STORIES = """
SELECT t.title, t.articles, t.sources, t.independent, f.source_id
FROM stories AS t LEFT JOIN articles AS f ON f.article_id = t.first_id
WHERE t.sources > 1 AND t.story_id IN (
  SELECT s.story_id FROM story_articles AS s
  JOIN articles AS a ON a.article_id = s.article_id WHERE a.run_id = $run)
ORDER BY t.sources DESC, t.independent DESC, t.articles DESC, t.story_id LIMIT 12
"""
_COPIED = """
SELECT count(*) FROM copies AS c
JOIN articles AS a ON a.article_id = c.article_id
JOIN articles AS o ON o.article_id = c.copy_of AND o.source_id <> a.source_id
WHERE a.run_id = $run
"""
#: Of a run that is over, the tables know what was asked of its sources while it ran: another one
#: may fetch other sources meanwhile, and one that reads pages again fetches none.
_ASKED = """
SELECT source_id, count(*) FILTER (what = 'page' AND outcome = 'fetched'),
       count(*) FILTER (what = 'page' AND outcome = 'unchanged'),
       count(*) FILTER (what = 'page' AND outcome = 'disallowed'),
       count(*) FILTER (what = 'page' AND outcome = 'refused'),
       count(*) FILTER (what = 'page' AND outcome = 'failed'), NULL,
       arg_max(coalesce(detail, rule), requested_at)
         FILTER (what = 'listing' AND outcome NOT IN ('fetched', 'unchanged'))
FROM fetches WHERE what <> 'robots' AND requested_at BETWEEN $start AND $end
  AND source_id IN (SELECT source_id FROM gate_results WHERE run_id = $run AND scope = 'source')
GROUP BY source_id ORDER BY source_id
"""


def run_named(reader: Reader, asked: str) -> str:
    """Return the id of a run by its beginning, or of the newest for `last`.

    Raises UsageError where there is no such run, or several.
    """
    if asked == "last":
        found = [line.run_id for line in runs_of(reader, limit=1)]
    else:
        query = "SELECT run_id FROM runs WHERE starts_with(run_id, $asked) ORDER BY run_id LIMIT 2"
        found = [run_id for (run_id,) in reader.execute(query, {"asked": asked}).fetchall()]
    if len(found) > 1:
        raise UsageError(f"several runs begin with {asked}: give more of it")
    if not found:
        raise UsageError(f'there is no run {asked}; khabar sql "FROM run_history" lists them')
    return found[0]


def runs_of(reader: Reader, at: datetime | None = None, limit: int = _INDEX) -> list[RunLine]:
    """Return the newest runs that began up to `at`, newest first."""
    return [RunLine(*row) for row in _rows(reader, _RUNS, at=at, n=limit)]


def stored_report(reader: Reader, run_id: str) -> RunReport:
    """Return what the tables hold of the run itself; `quarantine` as it stands now."""
    (run,) = _own(reader, Run, run_id)
    refused = _own(reader, Quarantine, run_id)
    asked = _rows(reader, _ASKED, run=run_id, start=run.started_at, end=run.finished_at)
    return RunReport(
        run=run,
        stages=_own(reader, RunStage, run_id),
        gates=_own(reader, GateResult, run_id),
        quarantine=[row for row in refused if row.state == "quarantined"],
        asked=[AskedLine(*row) for row in asked],
    )


def filled(report: RunReport, reader: Reader, exported: Mapping[str, bool]) -> RunReport:
    """Return the report of a run with what the tables tell of it and of the runs before.

    `exported` says by source whether its texts may be shown; of others the table `sources` does.
    """
    run = report.run
    own = {"run": run.run_id}
    withheld = _withheld(reader, exported)
    history = [each for each in runs_of(reader, run.started_at) if each.brings][:HISTORY]
    names = _rows(reader, "SELECT source_id, coalesce(name_ar, name_en) FROM sources")
    trends = _rows(reader, _TRENDS, at=run.started_at, n=_TREND, **own)
    return replace(
        report,
        quarantine=without_texts(report.quarantine, withheld),
        history=history[::-1],
        trends=dict(trends),
        sources=source_lines(_measured(reader, run), report.gates, run.run_id, dict(names)),
        dates=[DateLine(*row) for row in _rows(reader, _DATES, **own)],
        boilerplate=_boilerplate(reader, run.run_id, withheld),
        entities=[EntityLine(*row) for row in _rows(reader, _ENTITIES, **own)],
        stories=[StoryLine(*row) for row in _rows(reader, _STORIES, **own)],
        copied=_rows(reader, _COPIED, **own)[0][0],
        samples=samples_of(reader, run.run_id, withheld),
    )


def without_texts(rows: Iterable[Quarantine], withheld: Iterable[str]) -> list[Quarantine]:
    """Return refusals without the words of pages of sources whose texts may not be shown."""
    sources = set(withheld)
    return [
        row.model_copy(update={"evidence": WITHHELD}) if row.source_id in sources else row
        for row in rows
    ]


def _withheld(reader: Reader, exported: Mapping[str, bool]) -> list[str]:
    rows = _rows(reader, "SELECT source_id, text_exported FROM sources")
    said = {source: allowed is not False for source, allowed in rows} | dict(exported)
    return sorted(source for source, allowed in said.items() if not allowed)


def _measured(reader: Reader, run: Run) -> dict[str, list[Measured]]:
    measured: dict[str, list[Measured]] = defaultdict(list)
    rows = _rows(reader, _MEASURED, at=run.started_at)
    for source_id, *values in rows:
        measured[source_id].append(Measured(*values))
    return measured


def _boilerplate(reader: Reader, run_id: str, withheld: Sequence[str]) -> list[BoilerplateLine]:
    kinds: dict[str, dict[str, int]] = defaultdict(dict)
    for source_id, kind, chars in _rows(reader, _KINDS, run=run_id):
        kinds[source_id][kind] = chars
    lines: dict[str, list[CutLine]] = defaultdict(list)
    looked_at: dict[str, int] = {}
    cut = _rows(reader, _CUT, run=run_id, withheld=withheld, n=_LOOKED_AT, kinds=list(KINDS))
    for source_id, kind, line, pages, looked in cut:
        lines[source_id].append(CutLine(kind, line, pages))
        looked_at[source_id] = looked
    found = []
    for source_id, chars in kinds.items():
        removed = {kind: count for kind, count in chars.items() if kind in KINDS}
        found.append(
            BoilerplateLine(
                source_id, sum(chars.values()), sum(removed.values()),
                dict(sorted(removed.items(), key=lambda item: -item[1])),
                looked_at.get(source_id, 0), lines[source_id],
            )
        )  # fmt: skip
    return sorted(found, key=lambda line: (-line.share, line.source_id))


def _own(reader: Reader, model: type[R], run_id: str) -> list[R]:
    query = f"FROM {model.table} WHERE run_id = $run ORDER BY ALL"
    return from_arrow(model, reader.execute(query, {"run": run_id}).to_arrow_table())


def _rows(reader: Reader, query: str, **values: object) -> list[tuple[Any, ...]]:
    return reader.execute(query, values or None).fetchall()
