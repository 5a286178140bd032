"""Tables as files: JSON lines, CSV and TSV, Parquet. One row is one record."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flows.sources.base import Wanted, place, refused, refused_as_it_is
from flows.sources.packed import Weight, open_seekable, open_stream, unpacked_name
from transforms.ingest.columns import fields, recognise
from transforms.ingest.decode import decode, sound
from transforms.ingest.land import MAX_PAYLOAD_BYTES
from transforms.ingest.record import RawRecord

#: Enough to recognise an encoding and a delimiter by.
_SAMPLE_BYTES = 65_536
_DELIMITERS = ",;\t|"
#: Rows of Parquet that are unpacked at a time: at 10 KB a row some kilobytes, at 20 MB a row, which
#: may be one value that the file holds once, 640 MB.
_PARQUET_ROWS = 32


def read_json_lines(path: Path, source_id: str, wanted: Wanted) -> Iterator[RawRecord]:
    """Yield one record a line; blank lines are none. `#n` in a locator is the line, from 1."""
    with open_stream(path) as stream:
        for number, line in _lines(stream):
            locator = f"{place(path)}#{number}"
            if len(line) > MAX_PAYLOAD_BYTES:
                yield refused(
                    source_id, locator, line, "ingest.too-large",
                    f"line {number} is longer than {MAX_PAYLOAD_BYTES:,} bytes", "",
                )  # fmt: skip
            elif line.strip():
                yield _json_record(line, source_id, locator, number, wanted.columns)


def read_delimited(path: Path, source_id: str, wanted: Wanted) -> Iterator[RawRecord]:
    """Yield one record a row of CSV or TSV. `#n` in a locator is the data row, from 1."""
    csv.field_size_limit(MAX_PAYLOAD_BYTES)
    with open_stream(path) as stream:
        sample = stream.peek(_SAMPLE_BYTES)
        charset, codec, confidence = _encoding(sample)
        text = io.TextIOWrapper(stream, encoding=codec, errors="replace", newline="")
        tabs = unpacked_name(path).suffix.lower() == ".tsv"
        delimiter = "\t" if tabs else _delimiter(sample.decode(codec, "replace"))
        rows = _rows(text, delimiter)
        header = _header(rows)
        number = 0
        for row in rows:
            if not row:
                continue
            number += 1
            locator = f"{place(path)}#{number}"
            if isinstance(row, _LongLineError):
                yield refused(
                    source_id, locator, b"", "ingest.too-large",
                    f"row {number} is longer than {MAX_PAYLOAD_BYTES:,} characters", "",
                )  # fmt: skip
            elif len(row) == len(header):
                cells = dict(zip(header, row, strict=True))
                record = _record(
                    cells, _canonical(cells), source_id, locator, wanted.columns, charset
                )
                yield record._replace(charset_confidence=confidence)
            else:
                yield _ragged(row, header, number, source_id, locator)


def read_parquet(path: Path, source_id: str, wanted: Wanted) -> Iterator[RawRecord]:
    """Yield one record a row. `#n` in a locator is the row, from 1."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    weight = Weight(path.stat().st_size)
    try:
        with open_seekable(path) as file, pq.ParquetFile(file, pre_buffer=False) as table:
            number = 0
            for batch in table.iter_batches(batch_size=_PARQUET_ROWS, use_threads=False):
                weight.add(batch.nbytes)
                for row in batch.to_pylist():
                    number += 1
                    locator = f"{place(path)}#{number}"
                    yield row_record(row, source_id, locator, wanted.columns)
    except (pa.ArrowException, ValueError, OverflowError) as error:
        raise OSError(f"no sound Parquet: {error}") from error


def row_record(
    row: dict[str, Any], source_id: str, locator: str, columns: Mapping[str, str]
) -> RawRecord:
    """Return a row of a table whose values are Python's own as a record."""
    return _record(row, _canonical(row), source_id, locator, columns)


def _lines(stream: io.BufferedReader) -> Iterator[tuple[int, bytes]]:
    """Yield number and bytes of each line without its end; of too long a line its first part."""
    number = 0
    while line := stream.readline(MAX_PAYLOAD_BYTES + 1):
        number += 1
        rest = line
        while len(rest) > MAX_PAYLOAD_BYTES and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_PAYLOAD_BYTES + 1)
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        yield number, line if len(line) > MAX_PAYLOAD_BYTES else line.rstrip(b"\r\n")


def _json_record(
    line: bytes, source_id: str, locator: str, number: int, columns: Mapping[str, str]
) -> RawRecord:
    decoded = decode(line)
    try:
        row = json.loads(decoded.text)
    except (ValueError, RecursionError) as error:
        return refused(
            source_id, locator, line, "ingest.broken-line",
            f"line {number} is no JSON, as of a truncated file", f"{error} in: {decoded.text[:80]}",
        )  # fmt: skip
    if not isinstance(row, dict):
        return refused(
            source_id, locator, line, "ingest.no-record",
            f"line {number} is no object with named fields", decoded.text[:80],
        )  # fmt: skip
    record = _record(row, line, source_id, locator, columns, decoded.charset)
    return record._replace(charset_confidence=decoded.confidence)


def _record(
    row: dict[str, Any],
    payload: bytes,
    source_id: str,
    locator: str,
    columns: Mapping[str, str],
    charset: str | None = None,
) -> RawRecord:
    """Return the row as a record; one whose only text is HTML as that HTML page."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        size = f"{len(payload):,} bytes"
        return refused(
            source_id, locator, payload, "ingest.too-large", "the row is too large", size
        )
    found = fields(row, columns)
    record = RawRecord(
        source_id=source_id,
        locator=locator,
        payload=payload,
        media_type="record",
        url=found.url,
        charset=charset,
        fetched_at=found.fetched_at,
        given=found.given,
    )
    if found.given.text is not None:
        return record
    if found.html is not None:
        html = sound(found.html).encode()
        return record._replace(payload=html, media_type="text/html", charset="utf-8")
    return _without_text(record, tuple(row), columns)


def _without_text(
    record: RawRecord, names: tuple[str, ...], columns: Mapping[str, str]
) -> RawRecord:
    roles = recognise(names, tuple(columns.items()))
    if "text" in roles or "html" in roles:
        return refused_as_it_is(
            record, "ingest.no-text", "the record's text is empty",
            record.payload[:400].decode("utf-8", "replace"),
        )  # fmt: skip
    return refused_as_it_is(
        record, "ingest.no-text-column",
        "no column is known to hold the text; name it in khabar.toml (columns, text = ...)",
        "columns: " + ", ".join(names),
    )  # fmt: skip


def _ragged(
    row: list[str], header: list[str], number: int, source_id: str, locator: str
) -> RawRecord:
    return refused(
        source_id, locator, _canonical(row), "ingest.broken-row",
        f"row {number} has not as many cells as the header",
        f"{len(row)} cells, {len(header)} columns; the row begins: {' | '.join(row)[:80]}",
    )  # fmt: skip


def _canonical(row: object) -> bytes:
    """Return a row as the same JSON bytes whatever wrote it: keys sorted, nothing escaped."""
    text = json.dumps(
        row, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
    )  # fmt: skip
    return sound(text).encode()


def _encoding(sample: bytes) -> tuple[str, str, float]:
    """Return the charset of a text file by its beginning, Python's codec for it, how sure it is."""
    whole_lines = sample[: sample.rfind(b"\n") + 1] or sample
    found = decode(whole_lines)
    if found.rule != "bom":
        return found.charset, found.charset, found.confidence
    if found.charset == "utf-8":
        return found.charset, "utf-8-sig", found.confidence
    whole_characters = sample[: len(sample) // 4 * 4]
    return found.charset, found.charset[:6], decode(whole_characters).confidence


def _delimiter(sample: str) -> str:
    first = sample.lstrip("\ufeff\r\n").splitlines()[:1]
    return max(_DELIMITERS, key=first[0].count) if first else ","


def _header(rows: Iterator[list[str] | _LongLineError]) -> list[str]:
    """Return the column names: white space stripped, repeated and missing ones numbered."""
    row = next((row for row in rows if isinstance(row, _LongLineError) or any(row)), [])
    if isinstance(row, _LongLineError):
        raise row
    names: list[str] = []
    for position, cell in enumerate(row, 1):
        name = cell.strip() or f"column {position}"
        names.append(name if name not in names else f"{name} ({position})")
    return names


def _rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[list[str] | _LongLineError]:
    """Yield the rows of a table, for one of too long a line the error; the next line is a row.

    Behind a row that quotes hold together over too many lines, no row can be told from text:
    csv.Error is raised.
    """
    lines = _Lines(text)
    rows = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.size = 0
        try:
            yield next(rows)
        except StopIteration:
            return
        except _LongLineError as error:
            yield error


class _LongLineError(csv.Error):
    """A line is longer than any row may be."""


class _Lines:
    """The lines of a table; csv keeps as many of them in memory as quotes hold together."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        #: Characters since a row began.
        self.size = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        """Return the next line; raises csv.Error where it makes its row too large."""
        is_first = self.size == 0
        line = self._text.readline(MAX_PAYLOAD_BYTES + 1)
        self.size += len(line)
        if self.size > MAX_PAYLOAD_BYTES:
            while line and not line.endswith(("\n", "\r")):
                line = self._text.readline(MAX_PAYLOAD_BYTES + 1)
            error = _LongLineError if is_first else csv.Error
            raise error(f"a row is longer than {MAX_PAYLOAD_BYTES:,} characters")
        if not line:
            raise StopIteration
        return line
