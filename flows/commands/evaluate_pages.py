"""The pages of a gold as the program reads them: each entry with the record that it labels."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flows.commands.afresh import read_afresh
from flows.commands.evaluate_gold import GoldPage
from flows.commands.evaluate_shapes import RefusedShape
from flows.commands.explained import Explained, record_of
from flows.settings import UsageError

if TYPE_CHECKING:
    from flows.settings import Settings


class Read(NamedTuple):
    """One entry of a gold and what the program makes of its page."""

    gold: GoldPage
    explained: Explained


def read_gold_pages(
    pages: Sequence[GoldPage],
    files: Sequence[Path],
    settings: Settings,
    source: str | None,
) -> list[Read]:
    """Return each entry with its record of the file beside it, read as a run would.

    Raises:
        UsageError: a file is missing or has no such record, or has several where none is named.
    """
    for file in files:
        if not file.is_file():
            raise UsageError(f"{file}: the gold labels it, but there is no such file under ROOT")
    records: dict[Path, list[Explained]] = {}
    for file, explained in read_afresh(
        dict.fromkeys(files), settings, source, workers=settings.workers
    ):
        records.setdefault(file, []).append(explained)
    return [
        Read(page, _chosen(page, records.get(file, [])))
        for page, file in zip(pages, files, strict=True)
    ]


def refused(read: Sequence[Read]) -> list[RefusedShape]:
    """Return the pages that could not be read, with the reason; the scores count them as lost."""
    return [
        RefusedShape(id=each.gold.name, rule=why.rule, reason=why.reason)
        for each in read
        if (why := each.explained.refusal) is not None
    ]


def check_digest(page: GoldPage, file: Path) -> None:
    """Hold a file against the digest that the gold has of it, where it has one.

    Raises:
        UsageError: it is not the file that was labelled.
    """
    if page.sha256 and hashlib.sha256(file.read_bytes()).hexdigest() != page.sha256.lower():
        raise UsageError(f"{page.name}: {file} is not the file that was labelled (sha256 differs)")


def _chosen(page: GoldPage, records: Sequence[Explained]) -> Explained:
    if page.record is None and len(records) == 1:
        return records[0]
    if page.record is None:
        raise UsageError(f"{page.name}: the file has {len(records)} records; name one (`record`)")
    for each in records:
        if record_of(each.locator) == page.record:
            return each
    raise UsageError(f"{page.name}: there is no record {page.record} among {len(records)}")
