"""Write an export: of which snapshot, without which texts, and so that nothing half is left.

The file or folder is made beside its place, under a name of its own, and renamed; what is there
already is never touched. Pages that are forgotten meanwhile are in no export that is finished.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from warehouse import spill
from warehouse.errors import BeingForgotten
from warehouse.exports.base import Counts, Format, Shown, Written
from warehouse.home import Home
from warehouse.snapshot import looking_at

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from warehouse.snapshot import Looking

#: As `warehouse.reader` has it: rows are put in order, and what is beyond this spills.
_MEMORY_LIMIT = "2GB"

#: Ends of a line to some readers of lines, and allowed bare in JSON.
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})

_SAID = "SELECT source_id, text_exported IS NOT false FROM lake.sources"


@dataclass(frozen=True, slots=True)
class Exported:
    """One export that was made. `withheld` are the sources whose texts are not in it."""

    snapshot: int
    last_run_id: str
    committed_at: str
    withheld: tuple[str, ...]
    written: Written


def export(
    home: Home | Path, form: Format, to: Path | TextIO, *,
    snapshot: int | None = None, exported: Mapping[str, bool] | None = None,
) -> Exported:  # fmt: skip
    """Write the tables of a snapshot (of the newest) to a path that is free, or to a stream.

    `exported` says by source whether its texts may be exported; of others the newest row of
    `sources` does, whatever the snapshot: a permission that was taken back is taken back.

    Raises:
        FileExistsError: Something is there already.
        NothingPublished, SnapshotGone: There is nothing to export.
        BeingForgotten: Pages are being forgotten, or were meanwhile; nothing is left.
    """
    home = Home.at(home)
    _refuse_forgetting(home)
    if isinstance(to, Path) and to.exists():
        raise FileExistsError(f"{to} exists; name a new one")
    with _shown(home, snapshot, exported or {}) as (shown, looking):
        if isinstance(to, Path):
            with _beside(to, form) as partial:
                written = _write(form, shown, partial)
                _refuse_forgetting(home, looking)
        else:
            written = _write_lines(form, shown, to)
            _refuse_forgetting(home, looking)
        return Exported(
            shown.snapshot, shown.last_run_id, f"{shown.committed_at:%Y-%m-%dT%H:%M:%SZ}",
            shown.withheld, written,
        )  # fmt: skip


@contextmanager
def _shown(
    home: Home, snapshot: int | None, exported: Mapping[str, bool]
) -> Iterator[tuple[Shown, Looking]]:
    with _looking(home, None) as (newest, connection):
        said = _said(connection)
        if snapshot in (None, newest.snapshot):
            yield Shown(newest, connection, _withheld(said, exported)), newest
            return
    with _looking(home, snapshot) as (older, connection):
        yield Shown(older, connection, _withheld(_said(connection) | said, exported)), older


@contextmanager
def _looking(home: Home, snapshot: int | None) -> Iterator[tuple[Looking, DuckDBPyConnection]]:
    with (
        looking_at(home, snapshot, spill.own_folder(home), _MEMORY_LIMIT) as looking,
        looking.reading() as connection,
    ):
        yield looking, connection


def _said(connection: DuckDBPyConnection) -> dict[str, bool]:
    return dict(connection.execute(_SAID).fetchall())


def _withheld(said: Mapping[str, bool], exported: Mapping[str, bool]) -> list[str]:
    return sorted(source for source, allowed in {**said, **exported}.items() if not allowed)


def _refuse_forgetting(home: Home, looking: Looking | None = None) -> None:
    """Raise BeingForgotten where rows that are being forgotten may have been read.

    A forgetting leaves its mark until their history is gone, and then removes every older frozen
    catalog, so that one that was read from the beginning to here was not forgotten from.
    """
    if home.forgetting.exists():
        raise BeingForgotten(
            f"pages are being forgotten in {home.root}: export when that has ended "
            "(khabar maintain ends what was broken off)"
        )
    if looking is not None and not looking.frozen.exists():
        raise BeingForgotten(
            f"pages were forgotten in {home.root} while they were exported: do it again"
        )


@contextmanager
def _beside(to: Path, form: Format) -> Iterator[Path]:
    """Give a path beside `to` that is moved there at the end, and removed after a failure."""
    partial = to.with_name(f".{to.name}.{secrets.token_hex(4)}.partial")
    try:
        if form.place == "folder":
            partial.mkdir()
        yield partial
        if to.exists():
            raise FileExistsError(f"{to} was made meanwhile; name a new one")
        partial.rename(to)
    except BaseException:
        with suppress(OSError):
            if partial.is_dir():
                shutil.rmtree(partial)
            else:
                partial.unlink(missing_ok=True)
                partial.with_name(f"{partial.name}.wal").unlink(missing_ok=True)
        raise


def _write(form: Format, shown: Shown, partial: Path) -> Written:
    if form.write is not None:
        return form.write(shown, partial)
    with partial.open("w", encoding="utf-8", newline="\n") as stream:
        return _write_lines(form, shown, stream)


def _write_lines(form: Format, shown: Shown, stream: TextIO) -> Written:
    if form.lines is None:
        raise TypeError(f"{form.name} is no format of lines")
    counts = Counts()
    for each in form.lines(shown, counts):
        line = json.dumps(each, ensure_ascii=False, allow_nan=False)
        stream.write(line.translate(_LINE_ENDS) + "\n")
    stream.flush()
    return Written(counts.rows, counts.left_out)
