"""What the gates would say of explained records, without the weight of a run.

The row rules are the declared ones of a run, judged by `expectations.preview`; the rules about a
whole batch say nothing about one page and are left out.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from flows.commands.explained import Explained
from flows.commands.shapes import QuarantineShape
from transforms.refusal import Refusal
from warehouse.staging import Batch
from warehouse.tables import Article, DateMention, Evidence, Mention, Page, Segment


def would_refuse(explained: Sequence[Explained]) -> list[QuarantineShape | None]:
    """Return for each record why it would be refused, or None; in the order given."""
    with tempfile.TemporaryDirectory(prefix="khabar-") as folder:
        batch = _staged(explained, Path(folder))
        by_gate = dict(_refusals(batch)) if batch else {}
    return [_of_record(each, by_gate) for each in explained]


def _of_record(each: Explained, by_gate: dict[str, QuarantineShape]) -> QuarantineShape | None:
    if each.refusal is not None:
        return _killed_at(each.refused_at, each.refusal)
    main = each.articles[0].article_id if each.articles else ""
    judged = by_gate.get(each.page_id) or by_gate.get(main)
    untagged = each.untagged.get(main)
    if untagged is not None and (judged is None or judged.stage == "tag"):
        return _killed_at("tag", untagged)
    return judged


def _killed_at(stage: str, refusal: Refusal) -> QuarantineShape:
    return QuarantineShape(
        stage=stage, reason=refusal.reason, rule=refusal.rule, evidence=refusal.evidence
    )


def _staged(explained: Sequence[Explained], folder: Path) -> Batch | None:
    pages = {each.page_id: each for each in explained if each.page is not None}
    if not pages:
        return None
    batch = Batch("explain", "explain", 0, folder)
    once = list(pages.values())
    batch.write("ingest", Page, [each.page for each in once if each.page])
    batch.write("clean", Segment, [row for each in once for row in each.segments])
    batch.write("clean", Article, [row for each in once for row in each.articles])
    batch.write("clean", Evidence, [row for each in once for row in each.evidence])
    batch.write("tag", DateMention, [row for each in once for row in each.dates])
    batch.write("tag", Mention, [row for each in once for row in each.mentions])
    return batch


def _refusals(batch: Batch) -> Iterator[tuple[str, QuarantineShape]]:
    """Yield the id of each refused page or article with the first stage's reason, last to first.

    A dict made of them keeps the earliest stage's reason, as a run would.
    """
    from expectations.preview import refusal_of
    from warehouse.frames import frames

    today = datetime.now(UTC).date()
    for stage in ("tag", "clean", "ingest"):
        for unit, frame in frames(batch, stage).items():
            if unit == "batch":
                continue
            for row in frame.to_pylist():
                refusal = refusal_of(stage, unit, row, today=today)
                if refusal is not None:
                    rule, reason, evidence = refusal
                    yield (
                        row[f"{unit}_id"],
                        QuarantineShape(stage=stage, reason=reason, rule=rule, evidence=evidence),
                    )
