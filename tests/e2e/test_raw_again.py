"""`khabar reprocess --raw`: pages made again from their bytes, whatever they came in as."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.progress import Silent
from flows.run import reprocess_sources, run_pipeline
from flows.settings import Settings, load_settings
from tests.run_pages import ask, page_text, tables_of, write_pages, write_records
from transforms.ingest.again import land_again
from transforms.refusal import Refusal
from transforms.stamp import Stamp
from warehouse.raw import Raw
from warehouse.store import Store
from warehouse.tables import Page
from warehouse.tables.arrow import from_arrow


class Notes(Silent):
    """Keeps what a run notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


def parts(number: int) -> tuple[str, str]:
    title, _, *body = page_text(number).splitlines()
    return title, "\n".join(body)


def html(number: int, head: str = "") -> str:
    title, body = parts(number)
    body = "</p><p>".join(body.splitlines())
    return f"<html><head>{head}</head><body><h1>{title}</h1><p>{body}</p></body></html>"


def write_every_kind(folder: Path) -> Path:
    """Write a page of every kind: each keeps other things of itself outside of its bytes."""
    write_pages(folder, 2)
    write_records(folder / "lines.jsonl", 2)
    canonical = '<link rel="canonical" href="https://nakheel.example/own"/>'
    (folder / "utf8.html").write_text(html(20, canonical), "utf-8")
    (folder / "declared.html").write_bytes(
        html(21, '<meta charset="windows-1256"/>').encode("cp1256", "replace")
    )
    (folder / "detected.txt").write_bytes(page_text(22).encode("cp1256", "replace"))
    with (folder / "table.csv").open("w", encoding="cp1256", errors="replace", newline="") as file:
        table = csv.writer(file)
        table.writerow(["hed", "text", "url", "date"])
        table.writerow([parts(23)[0], parts(23)[1], "https://nakheel.example/23", "2023-05-01"])
    title, body = parts(24)
    row = {
        "title": f"<b>{title}</b>", "text": body.encode(), "published": datetime(2023, 5, 2, 8, 30),
        "fetched_at": datetime(2023, 5, 3, tzinfo=UTC), "keywords": ["كتب", "معرض"],
    }  # fmt: skip
    pq.write_table(pa.Table.from_pylist([row]), folder / "table.parquet")
    beside = {
        "html": html(25),
        "title": "&lt;b&gt; عنوان من الجدول",
        "url": "https://nakheel.example/25",
    }
    (folder / "html.jsonl").write_text(json.dumps(beside, ensure_ascii=False) + "\n", "utf-8")
    return folder


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "khabar.toml").write_text(
        'home = "home"\nworkers = 1\nchunk = 4\n[[sources]]\nid = "nakheel"\npath = "nakheel"\n'
        'columns = {title = "hed"}\n', "utf-8",
    )  # fmt: skip
    write_every_kind(tmp_path / "nakheel")
    settings = load_settings(config=tmp_path / "khabar.toml")
    assert run_pipeline(settings).run.pages_published == 10
    return settings


def stored(home: Path) -> list[Page]:
    with Store.open(home) as store, store.reading() as connection:
        table = connection.execute("FROM lake.pages ORDER BY locator").to_arrow_table()
    names = [field.name for field in Page.fields()]
    return from_arrow(Page, table.select(names))


def test_the_same_bytes_give_the_same_row(settings: Settings) -> None:
    pages = stored(settings.home)
    assert {page.media_type for page in pages} == {"text/plain", "text/html", "record"}
    assert {page.charset_rule for page in pages} >= {"declared", "detected", "utf-8"}
    raw, columns = Raw(settings.home), settings.columns_of("nakheel")
    for page in pages:
        again = land_again(page, raw.read(page.payload_sha256), columns, Stamp(page.run_id))
        assert again == page, page.locator


def test_nothing_changes_where_nothing_has_changed(settings: Settings) -> None:
    before = tables_of(settings.home)
    outcome = reprocess_sources(settings, from_raw=True)
    assert outcome is not None
    assert (outcome.run.state, outcome.exit_code) == ("published", 0)
    assert (outcome.run.pages_landed, outcome.run.pages_duplicate) == (10, 10)
    assert tables_of(settings.home) == before


def test_better_transforms_reach_old_pages_whose_bytes_are_kept(settings: Settings) -> None:
    home = settings.home
    before = tables_of(home)
    with Store.open(home) as store:
        with store.reading() as connection:  # as worse transforms would have left them
            connection.execute("UPDATE lake.pages SET text = 'رموز', transform_version = '0'")
            for table in ("segments", "articles", "evidence", "dates", "mentions"):
                connection.execute(f"UPDATE lake.{table} SET transform_version = '0'")
            connection.execute(
                "UPDATE lake.articles SET version = split_part(version, '.', 1) || '.0'"
            )
        store.show()
    gone = ask(home, "SELECT page_id, payload_sha256 FROM pages ORDER BY 1 LIMIT 1")[0]
    Raw(home).remove([str(gone[1])])
    watch = Notes()
    outcome = reprocess_sources(settings, ["nakheel"], from_raw=True, watch=watch)
    assert outcome is not None
    assert (outcome.run.pages_landed, outcome.run.pages_published) == (9, 9)
    assert "nakheel: 1 page(s) stay as they are: their bytes are not kept" in watch.notes
    assert ask(home, "SELECT page_id FROM pages WHERE text = 'رموز'") == [(gone[0],)]
    after = tables_of(home)
    for table in ("pages", "articles", "segments"):
        assert len(after[table]) == len(before[table])
        assert len(set(after[table]) - set(before[table])) <= len(
            [row for row in after[table] if gone[0] in row]
        )


def test_bytes_that_are_others_hold_the_batch(settings: Settings) -> None:
    home = settings.home
    before = tables_of(home)
    [(sha256,)] = ask(home, "SELECT payload_sha256 FROM pages LIMIT 1")
    Raw(home).path(str(sha256)).write_bytes(b"damage")
    outcome = reprocess_sources(settings, from_raw=True)
    assert outcome is not None
    assert (outcome.run.state, outcome.exit_code) == ("held", 1)
    assert "is damaged" in str(outcome.run.message)
    assert tables_of(home) == before


def test_a_page_that_is_none_any_more_is_refused_under_its_id(settings: Settings) -> None:
    page = next(page for page in stored(settings.home) if page.media_type == "record")
    landed = land_again(page, b'{"other": 1}', {}, Stamp("run"))
    assert isinstance(landed, Refusal)
    assert (landed.rule, landed.page_id) == ("ingest.no-text", page.page_id)
