"""What a publication writes, inside its one transaction; the caller begins and commits it.

Deletions come before insertions of the same table, and only where something is there to delete:
a DELETE searches the whole table, and most runs bring only what is new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from warehouse.copies import Regrouped, write_groups
from warehouse.errors import KeyTaken
from warehouse.incoming import (
    article_tables,
    chosen,
    page_tables,
    portions,
    read_chosen,
    read_staged,
    staged_files,
)
from warehouse.quarantine import Tried, write_quarantine
from warehouse.sqltext import fill, identifier, identifiers
from warehouse.tables import (
    Alias,
    Article,
    Decision,
    Entity,
    Fetch,
    GateResult,
    IdChange,
    LineIndex,
    Mention,
    Quarantine,
    Row,
    Run,
    RunStage,
    Source,
    Version,
)
from warehouse.upsert import any_row, columns_of, named_rows, upsert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from warehouse.staging import Batch


class Decided(NamedTuple):
    """All decisions of analysts that a run followed, and all ids that others took the place of."""

    decisions: Sequence[Decision]
    id_changes: Sequence[IdChange]


@dataclass(frozen=True, slots=True)
class Account:
    """What a run says of itself and its batches; written even where no batch is published.

    `batches` are all that it had, the held ones too; `groups` what it changes in groups of copies.
    """

    run: Run
    run_stages: Sequence[RunStage]
    gate_results: Sequence[GateResult]
    quarantine: Sequence[Quarantine]
    sources: Sequence[Source]
    lines: Sequence[LineIndex] = ()
    decided: Decided | None = None
    fetches: Sequence[Fetch] = ()
    batches: Sequence[Batch] = ()
    groups: Regrouped | None = None


#: Staged files that are written by one statement. A writer holds whole row groups and a sort whole
#: rows, so this and not the size of the run is what a publication needs of the memory.
_PORTION_BYTES = 128_000_000

_COPY = """
INSERT INTO lake.{table} ({columns})
SELECT {columns} FROM {rows} AS r {order}
"""

#: A page whose advert changed, or that is read better, gives the same words: that is no version.
_KEEP_REPLACED = """
INSERT INTO lake.versions ({columns})
SELECT a.article_id, a.version, a.page_id, a.title, a.body, a.published_at, a.run_id, $run_id
FROM lake.articles AS a JOIN replaced_articles AS x ON x.article_id = a.article_id
LEFT JOIN (
  SELECT r.article_id, r.title, r.body, r.published_at
  FROM {rows} AS r
) AS n ON n.article_id = a.article_id
WHERE (n.article_id IS NULL OR n.body <> a.body
       OR n.title IS DISTINCT FROM a.title OR n.published_at IS DISTINCT FROM a.published_at)
  AND NOT EXISTS (FROM lake.versions v
                  WHERE v.article_id = a.article_id AND v.version = a.version)
"""

_KEEP_OLDER = """
INSERT INTO lake.versions ({columns})
SELECT r.article_id, r.version, r.page_id, r.title, r.body, r.published_at, r.run_id, $run_id
FROM {rows} AS r
"""


def write_chosen(connection: DuckDBPyConnection, run_id: str) -> None:
    """Write the rows that `warehouse.incoming.choose` chose."""
    for model in page_tables():
        _replace_pages(connection, model)
    _write_articles(connection, run_id)
    for model in article_tables():
        _delete_replaced(connection, model)
        _copy(connection, model)
    for model in (Entity, Alias):
        __upsert_knowledge(connection, model)


def write_account(connection: DuckDBPyConnection, account: Account) -> None:
    """Write what the run says of itself: runs, stages, gate results, quarantine, sources, the
    lines that it added to the index, and the decisions that it followed where they are others.
    """
    if account.decided is not None:
        _replace_all(connection, Decision, account.decided.decisions)
        _replace_all(connection, IdChange, account.decided.id_changes)
    with named_rows(connection, Source, account.sources) as rows:
        upsert(connection, Source, rows)
    if account.fetches:
        # A journal is read again where a batch of its source was held: its rows are there then.
        with named_rows(connection, Fetch, account.fetches) as rows:
            upsert(connection, Fetch, rows)
    with named_rows(connection, Run, [account.run]) as rows:
        upsert(connection, Run, rows)
    with named_rows(connection, RunStage, account.run_stages) as rows:
        _append(connection, RunStage, rows)
    with named_rows(connection, GateResult, account.gate_results) as rows:
        _append(connection, GateResult, rows)
    if account.lines:
        with named_rows(connection, LineIndex, account.lines) as rows:
            _append(connection, LineIndex, rows)
    if account.groups is not None:
        write_groups(connection, account.groups)
    tried = Tried(
        account.run.run_id, account.run.finished_at, account.run.transform_version, account.batches
    )
    write_quarantine(connection, account.quarantine, tried)


def _replace_pages(connection: DuckDBPyConnection, model: type[Row]) -> None:
    if any_row(connection, "standing_pages"):
        connection.execute(
            fill(
                "DELETE FROM lake.{table} WHERE page_id IN"
                " (SELECT page_id FROM pages_of_{table} WHERE written)",
                table=model.table,
            )
        )
    _copy(connection, model)


def _write_articles(connection: DuckDBPyConnection, run_id: str) -> None:
    for statement, which, rows in (
        (_KEEP_OLDER, "older_articles", "older_articles"),
        (_KEEP_REPLACED, "replaced_articles", chosen(Article)),
    ):
        if any_row(connection, which):
            read = read_chosen(connection, Article, rows)
            keep = fill(statement, columns=columns_of(Version), rows=read)
            connection.execute(keep, {"run_id": run_id})
    _delete_replaced(connection, Article)
    _copy(connection, Article)


def _delete_replaced(connection: DuckDBPyConnection, model: type[Row]) -> None:
    if any_row(connection, "replaced_articles"):
        connection.execute(
            fill(
                "DELETE FROM lake.{table} WHERE article_id IN"
                " (SELECT article_id FROM replaced_articles)",
                table=identifier(model.table),
            )
        )


def _copy(connection: DuckDBPyConnection, model: type[Row]) -> None:
    if not any_row(connection, chosen(model)):
        return
    order = f"ORDER BY {identifiers(model.order_by)}" if model.order_by else ""
    for files in portions(staged_files(connection, model), _PORTION_BYTES):
        connection.execute(
            fill(
                _COPY,
                table=identifier(model.table),
                columns=columns_of(model),
                rows=read_chosen(connection, model, files=files),
                order=order,
            )
        )


def __upsert_knowledge(connection: DuckDBPyConnection, model: type[Row]) -> None:
    """Write entities and aliases, as far as a mention that is written names them."""
    files = staged_files(connection, model)
    if not files or not any_row(connection, chosen(Mention)):
        return
    rows = fill(
        "(SELECT * FROM {read} WHERE entity_id IN (SELECT entity_id FROM {mentions}))",
        read=read_staged(files),
        mentions=read_chosen(connection, Mention),
    )
    upsert(connection, model, rows)


def _replace_all(connection: DuckDBPyConnection, model: type[Row], rows: Sequence[Row]) -> None:
    """Make rows of a small table all that it has."""
    with named_rows(connection, model, rows) as given:
        connection.execute(
            fill(
                "DELETE FROM lake.{table} WHERE ({key}) NOT IN (SELECT ({key}) FROM {rows})",
                table=identifier(model.table), key=identifiers(model.key), rows=given,
            )
        )  # fmt: skip
        upsert(connection, model, given)


def _append(connection: DuckDBPyConnection, model: type[Row], rows: str) -> None:
    parts = {"table": identifier(model.table), "rows": rows, "key": identifiers(model.key)}
    taken = connection.execute(
        fill(
            "SELECT {key} FROM (SELECT {key} FROM {rows} UNION ALL SELECT {key} FROM lake.{table}"
            " WHERE ({key}) IN (SELECT ({key}) FROM {rows})) GROUP BY {key} HAVING count(*) > 1"
            " LIMIT 1",
            **parts,
        )
    ).fetchone()
    if taken is not None:
        named = ", ".join(f"{k}={v}" for k, v in zip(model.key, taken, strict=True))
        raise KeyTaken(f"{model.table} is only appended to, and has a row with {named} already.")
    columns = columns_of(model)
    connection.execute(
        fill(
            "INSERT INTO lake.{table} ({columns}) SELECT {columns} FROM {rows}",
            columns=columns,
            **parts,
        )
    )
