"""A page or an article as the warehouse has it, for `khabar explain ID`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from flows.commands.explained import Explained, refused
from flows.commands.page_ids import the_page
from flows.commands.shapes import QuarantineShape
from transforms.refusal import Refusal
from warehouse.tables import (
    Article,
    DateMention,
    Evidence,
    Mention,
    Page,
    Quarantine,
    Row,
    Segment,
    Source,
)
from warehouse.tables.arrow import from_arrow

if TYPE_CHECKING:
    from flows.settings import Settings
    from warehouse.reader import Reader

R = TypeVar("R", bound=Row)


def explain_stored(settings: Settings, prefix: str) -> tuple[Explained, QuarantineShape | None]:
    """Return a published or quarantined record by its page or article id, or a prefix of it.

    A published page is read again by the evidence that its rows name, and held against them.

    Raises UsageError where the warehouse has none, or several, of that beginning.
    """
    from flows.commands.replay import replay, snapshot
    from warehouse.reader import connect

    reader = connect(settings.home)
    page_id = the_page(reader, prefix)
    state = _quarantined(reader, page_id)
    pages = _rows(reader, Page, "page_id = ?", page_id)
    if not pages and state is not None:
        refusal = Refusal(
            page_id, "page", page_id, state.source_id, state.locator, state.url,
            state.rule, state.reason, state.evidence,
        )  # fmt: skip
        return refused(refusal), _shape(state)
    articles = _rows(reader, Article, "page_id = ? ORDER BY role DESC, ordinal", page_id)
    of_page = "article_id IN (SELECT article_id FROM articles WHERE page_id = ?)"
    names = reader.execute("SELECT entity_id, name_ar FROM entities").fetchall()
    segments = _rows(reader, Segment, "page_id = ? ORDER BY seq", page_id)
    lines = snapshot(reader, pages[0], segments)
    source = _rows(reader, Source, "source_id = ?", pages[0].source_id)[0]
    explained = Explained(
        page_id, pages[0].locator, pages[0], None, segments, articles,
        _rows(reader, Evidence, f"{of_page} ORDER BY article_id, seq", page_id),
        _rows(reader, DateMention, f"{of_page} ORDER BY article_id, page_start", page_id),
        _rows(reader, Mention, f"{of_page} ORDER BY article_id, page_start", page_id),
        dict(names), lines=lines, replay=replay(pages[0], source, segments, lines, settings),
    )  # fmt: skip
    return explained, _shape(state) if state else None


def _rows(reader: Reader, model: type[R], where: str, *values: Any) -> list[R]:
    # The table's name and the condition are this module's own words; values are parameters.
    query = f"SELECT * FROM {model.table} WHERE {where}"  # noqa: S608
    return from_arrow(model, reader.execute(query, list(values)).to_arrow_table())


def _quarantined(reader: Reader, page_id: str) -> Quarantine | None:
    where = "page_id = ? AND state = 'quarantined' ORDER BY unit DESC, stage"
    return next(iter(_rows(reader, Quarantine, where, page_id)), None)


def _shape(row: Quarantine) -> QuarantineShape:
    return QuarantineShape(stage=row.stage, reason=row.reason, rule=row.rule, evidence=row.evidence)
