"""`khabar raw`: the bytes of a page as they came in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flows.commands.page_ids import ID, the_page
from flows.commands.wrong_use import guarded

if TYPE_CHECKING:
    from flows.settings import Settings
    from warehouse.reader import Reader


def run(page_id: str, output: Path | None, *, home: Path | None, config: Path | None) -> int:
    """Write the bytes to a file, else to standard output; 2 where they are not there."""
    return guarded(lambda: _raw(page_id, output, home, config))


def _raw(prefix: str, output: Path | None, home: Path | None, config: Path | None) -> int:
    from flows.settings import UsageError, load_settings
    from warehouse.raw import Raw
    from warehouse.reader import connect

    if not ID.fullmatch(prefix):
        raise UsageError(f"no page or article id (8 to 64 hexadecimal digits): {prefix}")
    if output is not None and output.exists():
        raise UsageError(f"{output} exists already; name another or remove it first")
    settings = load_settings(home=home, config=config)
    raw = Raw(settings.home)
    with connect(settings.home) as reader:
        page_id = the_page(reader, prefix)
        landed = _landed(reader, page_id)
        sha256 = landed.sha256 or raw.payload_of(page_id, landed.source_id, landed.url)
        if sha256 is None or not raw.has(sha256):
            raise UsageError(f"the bytes of {page_id} are not kept: {_why(landed, settings)}")
    payload = raw.read(sha256)
    if output is None:
        sys.stdout.buffer.write(payload)
        sys.stdout.buffer.flush()
    else:
        output.write_bytes(payload)
    return 0


class _Landed(NamedTuple):
    """A page that is published, or was refused: then nothing names its bytes."""

    source_id: str
    url: str | None
    locator: str
    sha256: str | None
    days: int


def _landed(reader: Reader, page_id: str) -> _Landed:
    row = reader.execute(
        """
        SELECT p.source_id, p.url, p.locator, p.payload_sha256,
               date_diff('day', r.started_at, now())
        FROM pages AS p JOIN runs AS r USING (run_id) WHERE p.page_id = $1
        UNION ALL
        SELECT source_id, url, locator, NULL, date_diff('day', first_seen, now())
        FROM quarantine WHERE page_id = $1
        LIMIT 1
        """,
        [page_id],
    ).fetchone()
    return _Landed(*row) if row else _Landed("", None, "", None, 0)


def _why(landed: _Landed, settings: Settings) -> str:
    again = f"it was read from {landed.locator}"
    if landed.sha256 is None:
        return f"ingest keeps none of what it refuses; {again}"
    if settings.raw_days is not None and landed.days >= settings.raw_days:
        return f"raw_days = {settings.raw_days} in khabar.toml: {landed.days} days ago {again}"
    return f"it was published before raw was kept, or under another raw_days; {again}"
