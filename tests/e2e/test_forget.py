"""A page that was forgotten is nowhere below the home, does not come back, and takes none along."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.commands.forget import run as command
from flows.fetch.journal import fetching
from flows.forget import forget_pages, opened, tombstones_in, traces_of
from flows.run import reprocess_sources, run_pipeline
from flows.settings import Settings, UsageError, load_settings
from tests import in_process
from tests.run_pages import ask, page_text, tables_of, write_pages
from warehouse import purge
from warehouse.home import Home
from warehouse.raw import Raw
from warehouse.store import Store
from warehouse.tables import TABLES
from warehouse.verify import verify

#: Stands in the headline, the body, a name and a date of the page that is forgotten; sorts after
#: every other headline, so that the catalog's bounds of columns have it too.
NAME = "يوسف المنسيّان"
#: What is looked for: the name as it is written here and as letters are normalised.
MARK = "المنسي"
PAGE = f"""\
{NAME} يفتتح جناحا جديدا في معرض الكتاب
تاريخ النشر: 7 مايو 2023
{{first}} افتتح الوزير {NAME} جناحا جديدا في معرض الكتاب صباح اليوم، وحضره جمع كبير من الزوار والناشرين.
وقال الوزير {NAME} إن الجناح يضم كتبا نادرة لم تعرض من قبل، وإن المعرض يستمر عشرة أيام كاملة في العاصمة.
ويتوقع القائمون عليه أن يزيد عدد الزوار هذا العام على ما كان في العام الماضي، إذ خصصوا للأطفال جناحا أكبر.
المصدر: وكالة النخيل
"""
URL = "https://nakheel.example/forgotten/1"


def a_record(first: str = "أمس", url: str | None = URL) -> str:
    title, _, *body = PAGE.format(first=first).splitlines()
    record = {"title": title, "text": "\n".join(body), "url": url}
    return json.dumps({k: v for k, v in record.items() if v}, ensure_ascii=False) + "\n"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the page in two versions, beside others; reports, history, frozen catalogs."""
    place = tmp_path_factory.mktemp("forget")
    settings = load_settings(home=place / "home", workers=1, chunk=4)
    pages = write_pages(place / "nakheel", 4)
    run_pipeline(settings, [pages])
    write_pages(pages, 2, first=10)  # in the same files as the page
    (pages / "export.jsonl").write_text(a_record(), "utf-8")
    run_pipeline(settings, [pages], "nakheel")
    (pages / "export.jsonl").write_text(a_record("اليوم"), "utf-8")
    run_pipeline(settings, [pages], "nakheel")
    return place


@pytest.fixture
def place(filled: Path, tmp_path: Path) -> Path:
    """A copy of the filled home, with the pages that it was made of."""
    shutil.copytree(filled, tmp_path / "place")
    return tmp_path / "place"


@pytest.fixture
def settings(place: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(place)
    found = load_settings(home=place / "home", workers=1, chunk=4)
    with Store.open(found.home) as store:
        store.show(anew=True)  # the home was moved
    return found


def texts_of(file: Path) -> Iterator[str]:
    """Yield what a file says, unpacked, and its bytes as they are."""
    raw = file.read_bytes()
    yield raw.decode("utf-8", "replace")
    if file.suffix == ".zst":
        with pa.OSFile(str(file), "rb") as packed, pa.CompressedInputStream(packed, "zstd") as s:
            yield s.read().decode("utf-8", "replace")
    if file.suffix == ".parquet":
        yield json.dumps(pq.ParquetFile(file).read().to_pydict(), ensure_ascii=False, default=str)


def files_with(home: Path, words: str) -> set[str]:
    """Return the files below a home that hold the words, by the first two parts of their place."""
    return {
        "/".join(file.relative_to(home).parts[:2])
        for file in home.rglob("*")
        if file.is_file() and any(words in text for text in texts_of(file))
    }


def forget(settings: Settings, target: str, reason: str | None = None) -> int:
    with opened(settings) as store:
        return len(forget_pages(store, traces_of(store, target), reason))


def schema_of(name: str) -> object:
    place = Path(__file__).parents[2] / "docs" / "schemas" / f"{name}.schema.json"
    return json.loads(place.read_text("utf-8"))


def others(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows but those that say the mark, and what else has changed on purpose."""
    kept = {
        table: [row for row in rows if MARK not in str(row) and URL not in str(row)]
        for table, rows in tables_of(home).items()
    }
    del kept["tombstones"], kept["segments"], kept["dates"], kept["evidence"], kept["mentions"]
    return kept


def test_an_address_is_forgotten_wherever_it_has_left_a_trace(
    settings: Settings, place: Path
) -> None:
    home = settings.home
    assert len(ask(home, f"SELECT * FROM pages WHERE url = '{URL}'")) == 2
    assert len(ask(home, "SELECT * FROM versions")) == 1
    where = files_with(home, MARK)
    assert any(name.startswith("raw/") for name in where)
    assert "warehouse/data" in where and "warehouse/catalog.sqlite" in where
    assert any(name.startswith("warehouse/read-") for name in where)
    before = others(home)
    assert forget(settings, URL + "?utm_source=x#top", "asked by the person") == 2
    assert files_with(home, MARK) == set()
    assert files_with(home, URL) == set()
    assert files_with(home, "معرض الكتاب أبوابه")
    assert others(home) == before
    assert verify(home).damages == []
    assert ask(home, "SELECT count(*) FROM pages") == [(6,)]
    first, second = tombstones_in(settings)
    assert {first.reason, second.reason} == {"asked by the person"}
    assert {first.raw, second.raw} == {True}
    assert sorted((t.articles, t.versions) for t in (first, second)) == [(0, 1), (1, 0)]
    assert first.mentions + second.mentions > 0
    with closing(sqlite3.connect(Home.at(home).catalog)) as live:
        said = live.execute("SELECT commit_message FROM ducklake_snapshot_changes").fetchall()
    assert said == [("forget: files without the rows",)]


def test_it_does_not_come_back(settings: Settings, place: Path) -> None:
    home = settings.home
    forget(settings, URL)
    again = run_pipeline(settings, [place / "nakheel"], "nakheel")
    assert (again.run.state, again.exit_code) == ("nothing_new", 0)
    assert again.run.pages_duplicate == again.run.pages_landed == 7
    assert files_with(home, MARK) == set()
    # The same bytes from elsewhere, and other bytes from the same address.
    (place / "nakheel" / "export.jsonl").unlink()
    (place / "nakheel" / "copy.jsonl").write_text(
        a_record("اليوم") + a_record("غدا") + a_record("غدا", f"{URL}#part"), "utf-8"
    )
    # What is no page, of which a crawl has put the bytes.
    empty = json.dumps({"title": "", "text": " ", "url": URL})
    (place / "nakheel" / "empty.jsonl").write_text(empty + "\n", "utf-8")
    [name] = Raw(home).put([empty.encode()])
    write_pages(place / "nakheel", 1, first=30)
    new = run_pipeline(settings, [place / "nakheel"], "nakheel")
    assert new.run.pages_published == 1
    assert new.run.pages_quarantined == 3
    assert not Raw(home).has(name)
    assert new.run.pages_duplicate == 7
    rows = ask(home, "SELECT rule, url, evidence FROM quarantine")
    assert rows == [("ingest.forgotten", None, "")] * 3
    assert files_with(home, MARK) == set()
    assert reprocess_sources(settings, everything=True) is not None
    assert files_with(home, MARK) == set()
    known = run_pipeline(settings, [place / "nakheel"], "nakheel")
    assert known.run.state == "nothing_new"


def test_by_its_id_these_bytes_of_this_source_alone(settings: Settings, place: Path) -> None:
    home = settings.home
    elsewhere = place / "sahel"
    elsewhere.mkdir()
    shutil.copy(place / "nakheel" / "export.jsonl", elsewhere / "export.jsonl")
    run_pipeline(settings, [elsewhere], "sahel")
    [(page_id, sha256)] = ask(
        home,
        "SELECT page_id, payload_sha256 FROM articles JOIN pages USING (page_id, source_id)"
        f" WHERE source_id = 'nakheel' AND title LIKE '%{MARK}%'",
    )
    assert forget(settings, str(page_id)[:12]) == 1
    assert Raw(home).has(str(sha256))
    assert ask(home, "SELECT source_id, count(*) FROM pages WHERE text LIKE '%المنسي%' GROUP BY ALL ORDER BY 1") == [
        ("nakheel", 1), ("sahel", 1)
    ]  # fmt: skip
    assert ask(home, f"SELECT source_id FROM articles WHERE title LIKE '%{MARK}%'") == [("sahel",)]
    assert [t.raw for t in tombstones_in(settings)] == [False]
    again = run_pipeline(settings, [place / "nakheel"], "nakheel")
    assert again.run.state == "nothing_new"
    with pytest.raises(UsageError, match="forgotten already"):
        forget(settings, str(page_id))
    # By its address the other source's goes as well, and the version that was left.
    assert forget(settings, URL) == 2
    assert files_with(home, MARK) == set()


def test_a_killed_forgetting_is_ended_by_the_next_writer(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = settings.home

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("warehouse.store.purge", killed)
        with pytest.raises(Killed):
            forget(settings, URL)
    assert "warehouse/data" in files_with(home, MARK)
    assert purge.is_due(Home.at(home))
    with Store.open(home):
        pass
    assert files_with(home, MARK) == set()
    assert not purge.is_due(Home.at(home))
    assert len(tombstones_in(settings)) == 2


def test_held_batches_and_journals_forget_too(settings: Settings, place: Path) -> None:
    home = settings.home
    # 60 pages of which most are refused: the batch is held, with the page among the others.
    pages = place / "held"
    pages.mkdir()
    lines = [a_record("غدا", "https://held.example/1")]
    lines += [json.dumps({"title": "قصير", "text": f"{n} كلمة"}, ensure_ascii=False) + "\n" for n in range(60)]  # fmt: skip
    (pages / "export.jsonl").write_text("".join(lines), "utf-8")
    outcome = run_pipeline(settings, [pages], "held")
    assert outcome.run.state == "held"
    assert any(name.startswith("staging/") for name in files_with(home, MARK))
    journal = home / "landing" / "held" / "1.jsonl"
    journal.parent.mkdir(parents=True)
    kept = json.dumps({"fetch": {"url": "https://held.example/2"}, "given": {}})
    gone = json.dumps(
        {"fetch": {"url": "https://held.example/1#x"}, "given": {"title": NAME}},
        ensure_ascii=False,
    )
    journal.write_text(f"{gone}\n{kept}\n", "utf-8")
    with fetching(home, "held"), pytest.raises(UsageError, match="held is being fetched"):
        forget(settings, "https://held.example/1")
    assert any(name.startswith("staging/") for name in files_with(home, MARK))
    assert forget(settings, "https://held.example/1") == 1
    assert forget(settings, URL) == 2
    assert files_with(home, MARK) == set()
    assert journal.read_text("utf-8") == f"{kept}\n"
    staged = list((home / "staging").rglob("ingest/pages.parquet"))
    assert [pq.read_table(file).num_rows for file in staged] == [60]


def test_what_was_refused_is_forgotten_with_what_reports_quote(
    settings: Settings, place: Path
) -> None:
    home = settings.home
    pages = place / "sahel"
    pages.mkdir()
    record = {"title": f"{NAME} يصرح للصحف", "text": " ", "url": "https://sahel.example/1"}
    lines = [json.dumps(record, ensure_ascii=False), a_record("غدا", None).strip()]
    (pages / "export.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    assert run_pipeline(settings, [pages], "sahel").run.pages_quarantined == 1
    assert any(name.startswith("reports/") for name in files_with(home, "يصرح للصحف"))
    # Another source has fetched the same bytes and not read them yet.
    [same] = Raw(home).put([lines[0].encode()])
    journal = home / "landing" / "wadi" / "1.jsonl"
    journal.parent.mkdir(parents=True)
    journal.write_text(json.dumps({"fetch": {"payload_sha256": same}}) + "\n", "utf-8")
    forget(settings, "https://sahel.example/1")
    [tombstone] = tombstones_in(settings)
    assert (tombstone.payload_sha256, tombstone.raw) == (same, False)
    assert Raw(home).has(same) and journal.exists()
    journal.unlink()
    assert Raw(home).remove([same]) == 1
    assert ask(home, "SELECT count(*) FROM quarantine") == [(0,)]
    assert not any(name.startswith("reports/") for name in files_with(home, "يصرح للصحف"))
    assert not files_with(home, "https://sahel.example/1")
    again = run_pipeline(settings, [pages], "sahel")
    assert (again.run.pages_quarantined, again.run.state) == (0, "nothing_new")
    # A page without an address: by its id, and what it is about stays under other addresses.
    [(page_id,)] = ask(home, "SELECT page_id FROM pages WHERE source_id = 'sahel'")
    assert forget(settings, str(page_id)) == 1
    assert ask(home, "SELECT count(*) FROM articles WHERE source_id = 'sahel'") == [(0,)]


def test_the_command_shows_asks_and_lists(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    home = str(settings.home)

    def khabar(*args: str) -> tuple[int, str, str]:
        done = in_process.khabar(*args, "--home", home)
        return done.returncode, done.stdout, done.stderr

    def here(*targets: str, **how: bool) -> tuple[int, str, str]:
        """The same without a process of its own, which takes seconds to start."""
        options = dict.fromkeys(("dry_run", "yes", "listed", "as_json"), False) | how
        status = command(targets, reason=None, home=settings.home, config=None, **options)
        return (status, *capsys.readouterr())

    before = tables_of(settings.home)
    status, told, _ = khabar("forget", URL, "--dry-run")
    assert status == 0
    assert "2 page(s), and everything at https://nakheel.example/forgotten/1 from now on" in told
    assert "2 pages" in told and "1 articles" in told and "1 versions" in told
    assert "export.jsonl#1" in told and "raw: 2 payload(s)" in told
    assert tables_of(settings.home) == before
    status, _, said = khabar("forget", URL)
    assert (status, "--yes does it" in said) == (2, True)
    assert khabar("forget", "--list")[1] == "nothing was forgotten\n"
    # Of several targets all are looked for first; one that goes with another is none twice.
    [(page_id,), *_] = ask(settings.home, f"SELECT page_id FROM pages WHERE url = '{URL}'")
    assert here(URL, "0123456789", yes=True)[0] == 2
    assert tables_of(settings.home) == before
    status, told, said = khabar(
        "forget", URL, str(page_id), "--yes", "--reason", "withdrawn", "--json"
    )
    assert (status, said) == (0, "")
    [done] = [json.loads(each) for each in told.splitlines()]
    jsonschema.validate(done, schema_of("forget"))
    assert (done["target"], done["done"], done["payloads"]) == (URL, True, 2)
    assert str(page_id) in {page["page_id"] for page in done["pages"]}
    listed = [json.loads(each) for each in here(listed=True, as_json=True)[1].splitlines()]
    jsonschema.validate(listed[0], schema_of("forget_list"))
    assert [(each["by_address"], each["raw"]) for each in listed] == [(True, True)] * 2
    lines = khabar("forget", "--list")[1].splitlines()
    assert len(lines) == 2
    assert all("nakheel  address" in line and line.endswith("withdrawn") for line in lines)
    status, _, said = khabar("forget", URL, "--yes")
    assert (status, "forgotten already" in said) == (2, True)
    # Repeated after it was broken off: what is forgotten already stands in nobody's way.
    [(other,)] = ask(settings.home, "SELECT min(page_id) FROM pages")
    status, told, said = here(URL, str(other), dry_run=True)
    assert (status, "forgotten already" in said, told.startswith("1 page(s)")) == (0, True, True)
    assert here(URL, URL, yes=True)[0] == 2
    gone = tombstones_in(settings)[0].page_id
    status, told, said = khabar("raw", gone[:10])
    assert (status, told) == (2, "")
    assert "was forgotten on" in said and "withdrawn" in said


def test_nothing_is_removed_that_was_not_found(settings: Settings) -> None:
    before = tables_of(settings.home)
    for target, said in (
        ("https://nakheel.example/never", "no page of"), ("قصة", "no address"),
        ("0123456789", "no page of"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=said):
            forget(settings, target)
    assert tables_of(settings.home) == before


def test_every_table_is_covered(settings: Settings) -> None:
    """A table without a column that names a page has to say here why it holds none of its words."""
    without = {
        "sources": "settings", "runs": "words are looked for", "gate_results": "words are looked for",
        "run_stages": "counts", "fetches": "by address", "entities": "by mentions", "aliases": "by mentions",
        "id_changes": "ids of entities", "decisions": "the analysts' own file",
        "line_index": "by article", "tombstones": "hashes",
        **dict.fromkeys(("copy_pairs", "copies", "copy_spans", "stories", "story_articles"), "made anew"),
    }  # fmt: skip
    names = {m.table for m in TABLES if "page_id" not in m.model_fields} | {
        "line_index",
        "tombstones",
    }
    assert names - {"line_index"} == without.keys() - {"line_index"}
    with duckdb.connect(str(settings.home / "khabar.duckdb"), read_only=True) as reader:
        assert reader.execute("SELECT count(*) FROM tombstones").fetchall() == [(0,)]
    assert page_text(1)
