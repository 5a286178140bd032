"""Files and folders as sources: every shape is read, streamed, and nothing is dropped silently."""

from __future__ import annotations

import csv
import gzip
import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow.feather import write_feather

from flows.settings import UsageError
from flows.sources import files, kinds, packed, records
from flows.sources.files import discover, read
from transforms.ingest.land import land, page_id_of
from transforms.ingest.record import RawRecord
from transforms.stamp import Stamp
from warehouse.tables import Page

ROWS = [
    {"title": "عنوان أول", "text": "متن أول", "url": "https://x.example.org/1", "author": None},
    {"title": "عنوان ثان", "text": "متن، فيه فاصلة\nوسطر", "url": "", "author": "كاتب"},
]
Writer = Callable[[Path], None]


def write_json_lines(path: Path) -> None:
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS)
    path.write_bytes(b"\xef\xbb\xbf" + lines.encode() + b"\r\n\n")


def write_csv(path: Path, delimiter: str = ",", encoding: str = "utf-8-sig") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(ROWS[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(ROWS)


def write_tsv(path: Path) -> None:
    write_csv(path, "\t", "utf-16")


def write_parquet(path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(ROWS), path)


def write_arrow(path: Path) -> None:
    table = pa.Table.from_pylist(ROWS)
    with pa.ipc.new_file(path, table.schema) as file:
        file.write_table(table, max_chunksize=1)


def write_arrow_stream(path: Path) -> None:
    table = pa.Table.from_pylist(ROWS)
    with pa.ipc.new_stream(path, table.schema) as stream:
        stream.write_table(table)


SHAPES: dict[str, Writer] = {
    "a.jsonl": write_json_lines,
    "a.ndjson": write_json_lines,
    "a.csv": write_csv,
    "a.tsv": write_tsv,
    "a.parquet": write_parquet,
    "a.arrow": write_arrow,
    "b.arrow": write_arrow_stream,
    "a.feather": lambda path: write_feather(pa.Table.from_pylist(ROWS), path),
}


def packed_copy(path: Path) -> Path:
    copy = path.with_name(path.name + ".gz")
    copy.write_bytes(gzip.compress(path.read_bytes()))
    return copy


def read_all(path: Path, **columns: str) -> list[RawRecord]:
    return list(read(path, "outlet", columns))


def rules(path: Path) -> list[str | None]:
    return [record.refused[0] if record.refused else None for record in read_all(path)]


@pytest.mark.parametrize("gz", [False, True])
@pytest.mark.parametrize("name", SHAPES)
def test_every_table_shape_gives_the_same_rows(tmp_path: Path, name: str, gz: bool) -> None:
    path = tmp_path / name
    SHAPES[name](path)
    path = packed_copy(path) if gz else path
    first, second = read_all(path)
    assert first.given is not None
    assert second.given is not None
    assert (first.given.title, first.given.text) == ("عنوان أول", "متن أول")
    assert (first.url, first.given.byline) == ("https://x.example.org/1", None)
    assert (second.url, second.given.byline) == (None, "كاتب")
    assert second.given.text == "متن، فيه فاصلة\nوسطر"
    assert [r.locator for r in (first, second)] == [f"{path.as_posix()}#{n}" for n in (1, 2)]
    assert {r.media_type for r in (first, second)} == {"record"}
    assert page_id_of(first) == page_id_of(read_all(path)[0])


@pytest.mark.parametrize("gz", [False, True])
@pytest.mark.parametrize(
    ("name", "media_type"),
    [("a.txt", "text/plain"), ("a.html", "text/html"), ("A.HTM", "text/html")],
)
def test_a_page_file_is_one_record(tmp_path: Path, name: str, media_type: str, gz: bool) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xef\xbb\xbf<p>x</p>\r\n")
    path = packed_copy(path) if gz else path
    (record,) = read_all(path)
    assert record == RawRecord("outlet", path.as_posix(), b"\xef\xbb\xbf<p>x</p>\r\n", media_type)  # type: ignore[arg-type]


def test_a_row_of_csv_and_of_parquet_is_the_same_page(tmp_path: Path) -> None:
    rows = [{"b": "1", "text": "متن"}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    (tmp_path / "a.csv").write_text("text;b\nمتن;1\n", encoding="utf-8")
    payloads = [read_all(tmp_path / name)[0].payload for name in ("a.parquet", "a.csv")]
    assert payloads[0] == payloads[1] == '{"b":"1","text":"متن"}'.encode()


@pytest.mark.parametrize("codec", ["cp1256", "iso8859_6"])
def test_old_encodings_in_tables(tmp_path: Path, codec: str) -> None:
    text = "قال الوزير في القاهرة إن العمل يبدأ غدا"
    (tmp_path / "a.csv").write_bytes(f"العنوان,النص\nخبر,{text}\n".encode(codec))
    (tmp_path / "a.jsonl").write_bytes(json.dumps({"text": text}, ensure_ascii=False).encode(codec))
    for name in ("a.csv", "a.jsonl"):
        (record,) = read_all(tmp_path / name)
        landed = land(record, Stamp("run"))
        assert isinstance(landed, Page)
        assert landed.text.endswith(text)
        assert landed.charset == {"cp1256": "windows-1256", "iso8859_6": "iso-8859-6"}[codec]
        assert landed.charset_rule == "detected"


def test_a_column_of_html_is_a_page_of_html(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"html": "<p>a</p>", "url": "https://x.example.org/", "title": "t"}', "utf-8")
    (record,) = read_all(path)
    assert (record.media_type, record.payload, record.charset) == (
        "text/html",
        b"<p>a</p>",
        "utf-8",
    )
    assert record.url == "https://x.example.org/"
    assert record.given is not None
    assert record.given.title == "t"


def test_columns_are_mapped_by_the_caller(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("k1,k2\nعنوان,متن\n", encoding="utf-8")
    (record,) = read_all(path, title="k1", text="k2")
    assert record.given is not None
    assert record.given[:2] == ("عنوان", "متن")
    with pytest.raises(UsageError, match="txt is none of title, text"):
        read(path, "outlet", {"txt": "k2"})


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('{"text": "a"', "ingest.broken-line"),
        ("not json", "ingest.broken-line"),
        ("[" * 200_000, "ingest.broken-line"),
        ("9" * 5_000, "ingest.broken-line"),
        ("[1, 2]", "ingest.no-record"),
        ('"text"', "ingest.no-record"),
        ("null", "ingest.no-record"),
        ('{"id": 1}', "ingest.no-text-column"),
        ('{"text": "  "}', "ingest.no-text"),
        ('{"text": null, "title": "x"}', "ingest.no-text"),
    ],
)
def test_a_bad_line_is_refused_the_others_are_read(tmp_path: Path, line: str, rule: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"text": "a"}}\n{line}\n\n{{"text": "b"}}', encoding="utf-8")
    good, bad, other = read_all(path)
    assert (good.refused, other.refused) == (None, None)
    assert other.locator.endswith("#4")
    assert bad.refused is not None
    assert bad.refused[0] == rule
    assert bad.payload == line.encode()[: len(bad.payload)]
    if rule in ("ingest.broken-line", "ingest.no-record"):
        assert "line 2" in bad.refused[1]


def test_too_long_a_line_is_refused_and_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "MAX_PAYLOAD_BYTES", 1000)
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"text": "a"}}\n{"x" * 5_555}\n{{"text": "b"}}\n', encoding="utf-8")
    assert rules(path) == [None, "ingest.too-large", None]


def test_too_large_a_page_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(400_000_000)
    tracemalloc.start()
    (record,) = read_all(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert record.refused is not None
    assert record.refused[0] == "ingest.too-large"
    assert peak < 100_000_000


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_large_tables_are_streamed(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("w", encoding="utf-8") as file:
        if name == "a.csv":
            file.write("text\n")
        for _ in range(20_000):
            row = "متن " * 300
            file.write(f"{row}\n" if name == "a.csv" else f'{{"text": "{row}"}}\n')
    tracemalloc.start()
    assert sum(1 for _ in read(path, "outlet")) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000 < path.stat().st_size


def test_a_bomb_stops_at_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "FREE_BYTES", 1_000_000)
    path = tmp_path / "a.jsonl.gz"
    lines = b'{"text": "a"}\n' + b" " * 50_000_000
    path.write_bytes(gzip.compress(lines))
    assert rules(path) == [None, "ingest.bomb"]
    page = tmp_path / "b.txt.gz"
    page.write_bytes(gzip.compress(bytes(50_000_000)))
    assert rules(page) == ["ingest.bomb"]
    table = tmp_path / "c.parquet.gz"
    table.write_bytes(gzip.compress(bytes(50_000_000)))
    assert rules(table) == ["ingest.bomb"]


def test_a_truncated_gzip_gives_what_stood_before(tmp_path: Path) -> None:
    whole = b"".join(b'{"text": "%d"}\n' % n for n in range(100_000))
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(whole)[:-100_000])
    found = rules(path)
    assert len(found) > 1000
    assert found[-1] == "ingest.broken-file"
    assert set(found[:-1]) <= {None, "ingest.broken-line"}


@pytest.mark.parametrize(
    "name",
    ["a.txt.gz", "a.jsonl.gz", "a.csv.gz", "a.parquet", "a.parquet.gz", "a.arrow", "a.feather.gz"],
)
def test_a_file_that_is_not_what_it_says_is_one_refusal(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"this is neither gzip nor Parquet")
    (record,) = read_all(path)
    assert record.refused is not None
    assert record.refused[0] == "ingest.broken-file"
    assert page_id_of(record) == page_id_of(read_all(path)[0])


def test_a_file_that_cannot_be_read_is_one_refusal(tmp_path: Path) -> None:
    assert rules(tmp_path / "gone.jsonl") == ["ingest.broken-file"]


def test_a_damaged_parquet_page_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.Table.from_pylist([{"text": f"متن {n}"} for n in range(5_000)])
    pq.write_table(table, path, write_page_checksum=True)
    content = bytearray(path.read_bytes())
    content[200:400] = bytes(200)
    path.write_bytes(content)
    assert rules(path)[-1] == "ingest.broken-file"


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_a_table_without_a_text_column_is_a_refusal_a_row_that_says_how(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    if name == "a.csv":
        path.write_text("id,kind\n1,2\n3,4\n", encoding="utf-8")
    else:
        rows = [{"id": "1", "kind": "2"}, {"id": "3", "kind": "4"}]
        pq.write_table(pa.Table.from_pylist(rows), path)
    found = read_all(path)
    assert [record.locator for record in found] == [f"{path.as_posix()}#{n}" for n in (1, 2)]
    assert len({page_id_of(record) for record in found}) == 2
    for record in found:
        assert record.refused is not None
        assert record.refused[0] == "ingest.no-text-column"
        assert "khabar.toml" in record.refused[1]
        assert "id, kind" in record.refused[2]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_a_record_is_refused_under_the_id_of_the_page_that_it_may_become(
    tmp_path: Path, name: str
) -> None:
    row = {"link": "https://x.example.org/1", "story_x": "متن طويل " * 20_000}
    path = tmp_path / name
    if name == "a.parquet":
        pq.write_table(pa.Table.from_pylist([row]), path)
    else:
        line = json.dumps(row, ensure_ascii=False)
        text = line if name == "a.jsonl" else f"link,story_x\n{row['link']},{row['story_x']}\n"
        path.write_text(text, "utf-8")
    (before,) = read_all(path)
    (after,) = read_all(path, text="story_x")
    assert before.refused is not None
    assert after.refused is None
    assert page_id_of(before) == page_id_of(after)


@pytest.mark.parametrize("text", ["", "id,kind\n", "title,text\n", "\n\n"])
def test_a_table_without_rows_has_no_record(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    assert read_all(path) == []


def test_odd_headers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n text ,text,,\nأول,ثان,x,y\n", encoding="utf-8")
    (record,) = read_all(path)
    assert json.loads(record.payload) == {
        "text": "أول", "text (2)": "ثان", "column 3": "x", "column 4": "y"
    }  # fmt: skip
    assert record.given is not None
    assert record.given.text == "أول"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_recognised(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"title{delimiter}text\nt{delimiter}x, y; z\n".replace("\t\t", "\t"), "utf-8")
    if delimiter in ",;":
        path.write_text(f'title{delimiter}text\nt{delimiter}"x, y; z"\n', encoding="utf-8")
    (record,) = read_all(path)
    assert record.given is not None
    assert record.given[:2] == ("t", "x, y; z")


def test_an_empty_table_has_no_rows(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.ndjson", "a.csv", "a.tsv"):
        (tmp_path / name).write_bytes(b"\n\n")
        assert read_all(tmp_path / name) == []


def test_discovery_is_sorted_recursive_and_counts_what_it_skips(tmp_path: Path) -> None:
    for name in (
        "b.txt", "a/z.html", "a/c.jsonl.gz", ".hidden.txt", ".git/x.txt", "a/x.pdf", "x",
        "README.md", "khabar.toml", "a/gold.json", "LICENSE",  # none of these is a page
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere.txt")
    found = discover([tmp_path, tmp_path / "b.txt"])
    relative = [path.relative_to(tmp_path).as_posix() for path in found.files]
    assert relative == ["a/c.jsonl.gz", "a/z.html", "b.txt"]
    assert {path.name: reason for path, reason in found.skipped} == {
        "x.pdf": ".pdf: not a kind read",
        "x": "no ending: not a kind read",
        "dangling.txt": "no regular file",
    }


def test_every_kind_that_is_named_has_a_reader() -> None:
    assert tuple(files._READERS) == kinds.ENDINGS


def test_wrong_paths_are_said_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone: there is no such file"):
        discover([tmp_path / "gone"])
    (tmp_path / "a.pdf").write_bytes(b"x")
    for wrong in (discover, lambda paths: read(paths[0], "outlet")):
        with pytest.raises(UsageError, match=r"a\.pdf: not a kind of file that is read"):
            wrong([tmp_path / "a.pdf"])


#: Per corpus: share of records that have the field, at least.
CORPORA = {
    "ant_cnn_france24_2018": {"title": 1, "text": 1, "summary": 1, "published": 1, "url": 1},
    "ant_jawhara_2013_2017": {"title": 0.99, "text": 1, "summary": 0.3, "published": 1, "url": 1},
    "jazeera_hespress_2022": {"text": 1},
    "saudinewsnet_4_outlets_2015": {"title": 0.99, "text": 1, "byline": 0.6, "fetched_at": 1},
}


@pytest.mark.parametrize("name", CORPORA)
def test_the_shapes_of_real_corpora(eval_data: Path, name: str) -> None:
    seen: dict[str, int] = {}
    pages = refusals = 0
    for record in read(eval_data / "corpora" / f"{name}.jsonl.gz", "corpus"):
        if record.refused:
            assert record.refused[0] == "ingest.no-text"
            refusals += 1
            continue
        pages += 1
        assert record.given is not None
        assert "None" not in record.given
        row = {**record.given._asdict(), "url": record.url, "fetched_at": record.fetched_at}
        for field, value in row.items():
            seen[field] = seen.get(field, 0) + (value is not None)
    assert refusals < 0.02 * pages
    assert {f: seen[f] / pages >= share for f, share in CORPORA[name].items()} == dict.fromkeys(
        CORPORA[name], True
    )
    if name.startswith("saudi"):
        assert seen["published"] == 0, "a crawl time is no publication date"


def test_crawl_times_are_utc(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "x", "date_extracted": "2015-07-21 12:31:13"}', encoding="utf-8")
    assert read_all(path)[0].fetched_at == datetime(2015, 7, 21, 12, 31, 13, tzinfo=UTC)
