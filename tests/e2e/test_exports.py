"""Exports of the samples, judged by the tools of those who read them; the command around them."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.commands.export import run as command
from flows.forget import forget_pages, opened, traces_of
from flows.run import reprocess_sources, run_pipeline
from flows.settings import load_settings
from tests.run_pages import write_records
from transforms.spreadsheet import MARK, cell
from warehouse.exports import FORMATS
from warehouse.exports.ftm import LANGUAGES, legal_entity
from warehouse.exports.notice import TEXTS
from warehouse.tables import BY_NAME, TABLES

pytestmark = pytest.mark.slow

Exports = Callable[[str], Path]


@pytest.fixture(scope="module")
def exports(samples_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Exports:
    """The samples in any format, each written once."""
    folder = tmp_path_factory.mktemp("exports")

    def written(kind: str) -> Path:
        place = folder / kind
        if not place.exists():
            assert _export(kind, place, samples_home) == 0
        return place

    return written


def _export(
    kind: str, place: Path, home: Path, snapshot: int | None = None, as_json: bool = False
) -> int:
    return command(kind, place, snapshot=snapshot, home=home, config=None, as_json=as_json)


def asked(home: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "khabar.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def read_lines(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def package(exports: Exports) -> dict[str, Any]:
    """The descriptor, with the rows of the Parquet files in it: frictionless reads none of those."""
    folder = exports("parquet")
    told: dict[str, Any] = json.loads((folder / "datapackage.json").read_text("utf-8"))
    for resource in told["resources"]:
        rows = pq.read_table(folder / resource.pop("path")).to_pylist()
        for name in ("format", "mediatype", "bytes", "hash", "type"):
            resource.pop(name)
        names = [each["name"] for each in resource["schema"]["fields"]]
        resource["data"] = [names, *([row[name] for name in names] for row in rows)]
    return told


def test_the_data_package_is_one_to_frictionless(exports: Exports) -> None:
    from frictionless import Package

    folder = exports("parquet")
    told = json.loads((folder / "datapackage.json").read_text("utf-8"))
    report = Package.validate_descriptor(told)
    assert report.valid, report.flatten(["type", "message"])
    broken = deepcopy(told)
    broken["resources"][0]["schema"]["fields"][0]["type"] = "words"
    assert not Package.validate_descriptor(broken).valid


def test_the_data_package_says_what_lies_beside_it(exports: Exports, samples_home: Path) -> None:
    import hashlib

    folder = exports("parquet")
    told = json.loads((folder / "datapackage.json").read_text("utf-8"))
    ((snapshot, last_run),) = asked(
        samples_home, "SELECT snapshot, last_run_id FROM published_snapshot"
    )
    assert (told["snapshot"], told["last_run_id"]) == (snapshot, last_run)
    assert told["texts_withheld"] == [] and len(told["sources"]) == 14
    assert [each["name"] for each in told["resources"]] == [model.table for model in TABLES]
    for resource, model in zip(told["resources"], TABLES, strict=True):
        data = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(data)
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        described = [(each["name"], each["description"]) for each in resource["schema"]["fields"]]
        assert described == [(each.name, each.column.meaning) for each in model.fields()]
        assert resource["schema"]["primaryKey"] == list(model.key)
    files = {file.name for file in folder.iterdir()}
    licences = [each for r in told["resources"] for each in r.get("licenses", [])]
    assert licences and {each["path"] for each in licences} <= files


def test_the_rows_are_what_the_data_package_says(package: dict[str, Any]) -> None:
    """Types, bounds, patterns, keys and references of all tables, as frictionless judges them."""
    from frictionless import Package

    report = Package.from_descriptor(deepcopy(package)).validate()
    assert report.valid, report.flatten(["name", "type", "message"])
    assert len(report.tasks) == len(TABLES)


@pytest.mark.parametrize(
    ("table", "column", "value", "found"),
    [("mentions", "entity_id", "nobody", "foreign-key"), ("articles", "confidence", 2.0,
     "constraint-error"), ("articles", "article_id", None, "constraint-error")],
)  # fmt: skip
def test_a_row_that_is_not_is_found(
    table: str, column: str, value: object, found: str, package: dict[str, Any]
) -> None:
    from frictionless import Package

    broken = deepcopy(package)
    (resource,) = (each for each in broken["resources"] if each["name"] == table)
    resource["data"][1][resource["data"][0].index(column)] = value
    report = Package.from_descriptor(broken).validate()
    assert found in {kind for (kind,) in report.flatten(["type"])}


def test_parquet_has_the_tables_as_they_are(exports: Exports, samples_home: Path) -> None:
    for model in TABLES:
        file = pq.ParquetFile(exports("parquet") / f"{model.table}.parquet")
        with duckdb.connect(str(samples_home / "khabar.duckdb"), read_only=True) as connection:
            shown = connection.execute(f"FROM {model.table}").to_arrow_table()
        table = file.read()
        order = [(name, "ascending") for name in model.key]
        kept = table.sort_by(order).cast(pa.schema(shown.schema)).replace_schema_metadata()
        assert kept.equals(shown.sort_by(order)), model.table
        for each, arrow in zip(model.fields(), file.schema_arrow, strict=True):
            assert arrow.nullable == each.nullable
            assert arrow.metadata[b"description"].decode() == each.column.meaning


def test_csv_has_the_tables_as_they_are(exports: Exports, samples_home: Path) -> None:
    csv.field_size_limit(sys.maxsize)
    for model in TABLES:
        raw = (exports("csv") / f"{model.table}.csv").read_bytes().decode("utf-8")
        assert raw.startswith(MARK) and not raw.startswith(MARK * 2)
        head, *rows = csv.reader(raw.removeprefix(MARK).splitlines(keepends=True), strict=True)
        names = [each.name for each in model.fields()]
        listed = ", ".join(f'"{name}"' for name in names)
        shown = asked(samples_home, f"SELECT {listed} FROM {model.table}")
        assert head == names
        assert sorted(rows) == sorted([_as_csv(value) for value in row] for row in shown)


def _as_csv(value: object) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(cell(value))


def test_ftm_is_taken_by_followthemoney_as_it_is(exports: Exports, samples_home: Path) -> None:
    from followthemoney import model

    entities = {each["id"]: each for each in read_lines(exports("ftm"))}
    assert len(entities) == len(read_lines(exports("ftm")))
    for each in entities.values():
        # Read as foreign: what is no value of its type is dropped, what is not in the model's form
        # is rewritten. Nothing may be.
        taken = model.get_proxy(each, cleaned=False).to_dict()
        assert {k: sorted(v) for k, v in taken["properties"].items()} == {
            k: sorted(v) for k, v in each["properties"].items()
        }
        model.get(each["schema"]).validate(each)
    kinds = [each["schema"] for each in entities.values()]
    ((articles,),) = asked(samples_home, "SELECT count(*) FROM articles")
    assert kinds.count("Article") == articles
    for each in entities.values():
        if each["schema"] == "Mention":
            assert entities[each["properties"]["document"][0]]["schema"] == "Article"
            for resolved in each["properties"].get("resolved", []):
                assert entities[resolved]["schema"] == each["properties"]["detectedSchema"][0]


def test_ftm_says_what_the_tables_say(exports: Exports, samples_home: Path) -> None:
    found = {each["id"]: each["properties"] for each in read_lines(exports("ftm"))}
    rows = asked(
        samples_home,
        "SELECT article_id, title, body, published_at, published_precision FROM articles",
    )
    for own, title, body, published_at, precision in rows:
        article = found[f"khabar-article-{own}"]
        assert article["bodyText"] == [body]
        assert article.get("title") == (title and [title])
        if precision in {"day", "month", "year"}:
            assert article["publishedAt"] == [published_at]
        if precision is None:
            assert "publishedAt" not in article
    named = asked(
        samples_home,
        "SELECT DISTINCT article_id, entity_id FROM mentions"
        " WHERE type IN ('PER', 'ORG') AND entity_id IS NOT NULL",
    )
    stated = {
        (each["document"][0], each["resolved"][0]) for each in found.values() if "resolved" in each
    }
    assert stated == {(f"khabar-article-{a}", f"khabar-entity-{e}") for a, e in named}


def test_ftm_names_the_places_of_an_article(exports: Exports, samples_home: Path) -> None:
    found = {each["id"]: each["properties"] for each in read_lines(exports("ftm"))}
    rows = asked(
        samples_home,
        "SELECT article_id, list(DISTINCT coalesce(e.name_ar, m.surface)),"
        " list(DISTINCT lower(e.country)) FILTER (e.subtype = 'territory')"
        " FROM mentions AS m LEFT JOIN entities AS e USING (entity_id) WHERE m.type = 'LOC'"
        " GROUP BY article_id",
    )
    assert sum(len(countries or ()) for _, _, countries in rows) > 100
    for own, names, countries in rows:
        article = found[f"khabar-article-{own}"]
        assert set(article["locationMentioned"]) == set(names)
        assert set(article.get("detectedCountry", ())) == set(countries or ())


def test_ftm_takes_every_country_of_the_knowledge(root: Path) -> None:
    from followthemoney.types import registry

    folder = root / "transforms" / "tag" / "knowledge"
    lines = (folder / "entities.tsv").read_text("utf-8").splitlines()
    rows = csv.DictReader(lines, delimiter="\t")
    entity = {"entity_id": "x", "type": "ORG", "name_ar": "x", "name_en": None, "aliases": None}
    codes = [
        code for country in {row["country"] for row in rows}
        for code in legal_entity(entity | {"country": country})["properties"].get("country", ())
    ]  # fmt: skip
    assert len(codes) > 200 and [registry.country.clean(code) for code in codes] == codes


def test_ftm_knows_every_language_that_is_told_apart(root: Path) -> None:
    rules = (root / "transforms" / "clean" / "rules" / "languages.tsv").read_text("utf-8")
    told_apart = {line.split("\t")[0] for line in rules.splitlines()[1:]}
    assert told_apart | {"ar"} <= LANGUAGES.keys()


#: https://schema.org/NewsArticle and the types that its properties lead to, as far as we use them.
_ALLOWED = {
    "NewsArticle": {
        "identifier", "url", "headline", "abstract", "articleBody", "wordCount", "inLanguage",
        "datePublished", "dateModified", "dateline", "author", "publisher", "provider",
        "isBasedOn", "articleSection", "keywords", "copyrightNotice", "about", "mentions",
    },
    "Person": {"identifier", "name", "alternateName", "sameAs"},
    "Organization": {"identifier", "name", "alternateName", "sameAs"},
    "Place": {"identifier", "name", "alternateName", "sameAs"},
    "CreativeWork": {"publisher"},
}  # fmt: skip


def _typed(value: Any) -> list[dict[str, Any]]:
    """Return every object in a JSON value."""
    if isinstance(value, list):
        return [found for each in value for found in _typed(each)]
    if not isinstance(value, dict):
        return []
    return [value, *(found for each in value.values() for found in _typed(each))]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own parser
def test_json_ld_is_of_schema_org(exports: Exports) -> None:
    from rdflib import RDF, Graph, Namespace

    schema = Namespace("https://schema.org/")
    lines = read_lines(exports("jsonld"))
    assert len(lines) > 50
    graph = Graph()
    for each in lines:
        assert each["@context"] == "https://schema.org"
        for found in _typed(each):
            own = {name for name in found if not name.startswith("@")}
            assert own <= _ALLOWED[found["@type"]]
        # The published context is on the web, the vocabulary is what it maps these terms to.
        own_context = each | {"@context": {"@vocab": str(schema)}}
        graph.parse(data=json.dumps(own_context), format="json-ld")
    assert len(set(graph.subjects(RDF.type, schema.NewsArticle))) == len(lines)


def test_json_ld_says_what_the_tables_say(exports: Exports, samples_home: Path) -> None:
    found = {each["identifier"]: each for each in read_lines(exports("jsonld"))}
    columns = ("title", "body", "published_at", "byline", "language", "url", "stated_source")
    rows = asked(samples_home, f"SELECT article_id, {', '.join(columns)} FROM articles")
    assert len(rows) == len(found)
    for own, *values in rows:
        said = found[own]
        works = said.get("isBasedOn", ())
        based_on = next((each["publisher"] for each in works if "publisher" in each), None)
        keys = ("headline", "articleBody", "datePublished", "author", "inLanguage", "url")
        assert [*map(said.get, keys), based_on] == values
    copies = asked(samples_home, "SELECT article_id, copy_of FROM copies WHERE copy_of <> ''")
    assert copies
    for own, original in copies:
        assert found[own]["isBasedOn"][0]["@id"] == found[original]["@id"]
    named = asked(
        samples_home,
        "SELECT DISTINCT article_id, entity_id FROM mentions WHERE entity_id IS NOT NULL",
    )
    told = {
        (own, each["identifier"]) for own, said in found.items()
        for each in (*said.get("about", ()), *said.get("mentions", ()))
    }  # fmt: skip
    assert told == set(named)
    titled = "SELECT article_id, entity_id FROM mentions WHERE part = 'title' AND entity_id <> ''"
    about = {(own, e["identifier"]) for own, s in found.items() for e in s.get("about", ())}
    assert about == set(asked(samples_home, titled))
    same = {e["sameAs"] for s in found.values() for e in _typed(s) if "sameAs" in e}
    assert same and all(re.fullmatch(r"https://sws\.geonames\.org/\d+/", each) for each in same)


def test_the_notice_is_that_of_the_page_on_ethics(root: Path) -> None:
    page = " ".join((root / "docs" / "ethics.md").read_text("utf-8").split())
    assert all(each in page for each in TEXTS)


def test_a_snapshot_gives_the_same_rows_later(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home", workers=1, chunk=8)
    pages = tmp_path / "nakheel"
    write_records(pages / "export.jsonl", 4)
    run_pipeline(settings, [pages], "nakheel")
    ((before,),) = asked(settings.home, "SELECT snapshot FROM published_snapshot")
    for kind in FORMATS:
        assert _export(kind, tmp_path / f"{kind}-then", settings.home) == 0
    write_records(pages / "export.jsonl", 7, days="سبعة")  # three more, and four that changed
    run_pipeline(settings, [pages], "nakheel")
    reprocess_sources(settings, [], everything=True)
    ((after,),) = asked(settings.home, "SELECT snapshot FROM published_snapshot")
    assert after > before
    for kind, form in FORMATS.items():
        now = tmp_path / f"{kind}-now"
        assert _export(kind, now, settings.home, snapshot=before) == 0
        then = tmp_path / f"{kind}-then"
        if form.place == "file":
            assert _rows(now) == _rows(then)
        else:
            assert _bytes_of(now) == _bytes_of(then)
    assert _export("jsonld", tmp_path / "newest", settings.home) == 0
    assert _bytes_of(tmp_path / "newest") != _bytes_of(tmp_path / "jsonld-then")
    assert dangling(settings.home) == {}
    _forgotten_is_not_brought_back(settings, before, tmp_path)


def _forgotten_is_not_brought_back(settings: Any, before: int, place: Path) -> None:
    url = "https://nakheel.example/2"
    with opened(settings) as store:
        forget_pages(store, traces_of(store, url), None)
    for kind in FORMATS:
        assert _export(kind, place / "gone", settings.home, snapshot=before) == 2
        assert not (place / "gone").exists()
    assert _export("jsonld", place / "left", settings.home) == 0
    assert url in (place / "newest").read_text("utf-8")
    assert url not in (place / "left").read_text("utf-8")
    assert dangling(settings.home) == {}


def dangling(home: Path) -> dict[str, int]:
    """Return how many values of each column that names a row of another table name none."""
    stated = [(m.table, f.name, f.column.references) for m in TABLES for f in m.fields()]
    found = {}
    for table, column, target in stated:
        if target is not None:
            (key,) = BY_NAME[target].key
            query = (
                f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL"
                f" AND {column} NOT IN (SELECT {key} FROM {target})"
            )
            ((count,),) = asked(home, query)
            found |= {f"{table}.{column}": count} if count else {}
    return found


def _rows(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        names = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        return {name: connection.execute(f'FROM "{name}"').fetchall() for (name,) in names}


def _bytes_of(place: Path) -> dict[str, bytes]:
    files = place.iterdir() if place.is_dir() else [place]
    return {file.name if place.is_dir() else "": file.read_bytes() for file in files}


def test_the_command_says_what_it_wrote(
    samples_home: Path, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = json.loads((root / "docs" / "schemas" / "export.schema.json").read_text("utf-8"))
    for kind in FORMATS:
        assert _export(kind, tmp_path / kind, samples_home, as_json=True) == 0
        told = json.loads(capsys.readouterr().out)
        jsonschema.validate(told, contract)
        assert told["path"] == str(tmp_path / kind) and told["bytes"] > 1_000
    assert _export("ftm", tmp_path / "again", samples_home) == 0
    said = capsys.readouterr().out
    assert "57 Article" in said and re.search(r"left out: \d+ places", said)


def test_lines_go_to_standard_output(
    samples_home: Path, exports: Exports, capsys: pytest.CaptureFixture[str]
) -> None:
    place = exports("ftm")
    capsys.readouterr()
    assert _export("ftm", Path("-"), samples_home) == 0
    piped = capsys.readouterr()
    assert piped.out == place.read_text("utf-8") and "57 Article" in piped.err


@pytest.mark.parametrize(
    ("kind", "place", "as_json", "said"),
    [("xml", "x", False, "parquet  a folder"), ("parquet", "-", False, "no format of lines"),
     ("ftm", "-", True, "name a file"), ("csv", "no/x", False, "there is no folder"),
     ("csv", "taken", False, "exists already"), ("ftm", "taken", False, "exists already")],
)  # fmt: skip
def test_wrong_use_is_said_and_leaves_nothing(
    kind: str, place: str, as_json: bool, said: str, samples_home: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("taken").mkdir()
    assert _export(kind, Path(place), samples_home, as_json=as_json) == 2
    told = capsys.readouterr()
    assert said in told.err and not told.out
    if kind == "xml":
        assert all(name in told.err for name in FORMATS)
    assert [file.name for file in Path().iterdir()] == ["taken"]


def test_the_help_names_every_kind(root: Path) -> None:
    section = (root / "docs" / "cli.md").read_text("utf-8").split("## khabar export\n")[1]
    assert all(f"{name}:" in section.split("\n## ")[0] for name in FORMATS)
