"""Work that goes wrong in the children; imported there, so it stands in a module of its own."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from flows.work import LandedChunk, TagItem, clean_chunk, land_chunk, tag_chunk
from transforms.ingest.record import RawRecord
from transforms.stamp import Stamp
from warehouse.tables import Decision, Page, Source

#: Words that a page may carry to make the landing of its chunk go wrong.
KILLS, RAISES, HANGS = "سم قاتل", "سم صارخ", "سم بطيء"


def poisoned_land_chunk(records: Sequence[RawRecord], stamp: Stamp) -> LandedChunk:
    """Land a chunk, and die, raise or hang at the pages that say so."""
    fine = []
    for record in records:
        text = record.payload.decode("utf-8", "replace")
        if KILLS in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if RAISES in text:
            raise RuntimeError("the page made the transform fail")
        if HANGS in text:
            time.sleep(3600)
        fine.append(record)
    return land_chunk(fine, stamp)


def poisoned_clean_chunk(
    pages: Sequence[Page], source: Source, stamp: Stamp, known: Path | None = None
) -> dict[str, pa.Table]:
    """Clean a chunk, and die at the pages that say so."""
    for page in pages:
        if KILLS in page.text:
            os.kill(os.getpid(), signal.SIGKILL)
    return clean_chunk(pages, source, stamp, known)


def poisoned_tag_chunk(
    items: Sequence[TagItem],
    source: Source,
    stamp: Stamp,
    tagger: str = "none",
    decisions: Sequence[Decision] = (),
) -> dict[str, pa.Table]:
    """Tag a chunk, and die at the articles that say so."""
    for item in items:
        if KILLS in item.page_text:
            os.kill(os.getpid(), signal.SIGKILL)
    return tag_chunk(items, source, stamp, tagger, decisions)


def incomplete_land_chunk(records: Sequence[RawRecord], stamp: Stamp) -> LandedChunk:
    """Fail as an installation does of which a module is missing."""
    for _ in records:
        raise ModuleNotFoundError("No module named 'lxml'")
    return land_chunk(records, stamp)
