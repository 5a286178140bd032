"""The `khabar` command as a user has it: its output, its exit status; once each, as a process."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from flows.run import run_pipeline
from flows.settings import load_settings
from flows.sources.spool import spooled
from tests.in_process import khabar

PAGE = """\
قمة المناخ تختتم أعمالها في دبي باتفاق على الابتعاد عن الوقود الأحفوري
تاريخ النشر: 13 ديسمبر 2023
اختتم مؤتمر الأمم المتحدة للمناخ أعماله في دبي بالإمارات العربية المتحدة، بعد أن أقرت الدول المشاركة نصا يدعو إلى الابتعاد التدريجي عن الوقود الأحفوري في نظم الطاقة.
وجاء الاتفاق بعد مفاوضات امتدت أكثر من أسبوعين، وشاركت فيها وفود من نحو مئتي دولة، وتجاوزت موعدها المقرر بيوم كامل.
ورحبت الأمم المتحدة بالنص، ورأت فيه منظمات بيئية خطوة أولى لا تكفي وحدها لبلوغ هدف درجة ونصف الدرجة المئوية.
المصدر: وكالة النخيل
كلمات دلالية: المناخ، دبي
"""


def process(*args: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", *map(str, args)],
        input=stdin, capture_output=True, encoding="utf-8", timeout=500,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip


def objects(done: subprocess.CompletedProcess[str]) -> list[dict]:  # type: ignore[type-arg]
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pages") / "climate.txt"
    file.write_text(PAGE, "utf-8")
    return file


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, page: Path) -> Path:
    """A home into which one run has published the page."""
    folder = tmp_path_factory.mktemp("home")
    settings = load_settings(home=folder, workers=1, config=None)
    assert run_pipeline(settings, [page], "nakheel").exit_code == 0
    return folder


def schema(root: Path, name: str) -> dict:  # type: ignore[type-arg]
    return json.loads((root / "docs" / "schemas" / f"{name}.schema.json").read_text("utf-8"))  # type: ignore[no-any-return]


def test_explain_json_keeps_its_contract(root: Path, page: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    shown, refused = objects(process("explain", "--json", "--text", page, empty))
    for each in (shown, refused):
        jsonschema.validate(each, schema(root, "explain"))
    assert refused["quarantine"]["stage"] == "ingest" and refused["articles"] == []
    assert shown["quarantine"] is None and shown["file"] == str(page)
    text = shown["text"]
    assert text == PAGE and shown["text_length"] == len(PAGE)
    at = 0
    for segment in shown["segments"]:
        assert segment["start"] == at
        at = segment["end"]
    assert at == len(text)
    (article,) = shown["articles"]
    assert article["published_at"] == "2023-12-13"
    assert article["stated_source"] == "وكالة النخيل"
    assert article["keywords"] == ["المناخ", "دبي"]
    assert "المصدر" not in article["body"]
    places = {m["surface"] for m in article["mentions"]}
    assert "دبي" in places
    for mention in article["mentions"]:
        assert text[mention["page_start"] : mention["page_end"]] == mention["surface"]
        if mention["start"] is not None:
            assert article["body"][mention["start"] : mention["end"]] == mention["surface"]


def test_explain_without_text_leaves_it_out(page: Path) -> None:
    (shown,) = objects(khabar("explain", "--json", page))
    assert "text" not in shown


def test_explain_shows_a_person_what_was_cut(page: Path, tmp_path: Path) -> None:
    view = khabar("explain", page)
    assert view.returncode == 0, view.stderr
    assert "body" in view.stdout and "source" in view.stdout and "2023-12-13" in view.stdout
    file = tmp_path / "deep" / "view.html"
    assert khabar("explain", page, "--html", file).returncode == 0
    html = file.read_text("utf-8")
    assert 'dir="rtl"' in html and "<script" not in html and "وكالة النخيل" in html


def test_the_readme_shows_what_explain_prints(root: Path, tmp_path: Path) -> None:
    readme = (root / "README.md").read_text("utf-8")
    _, _, block = readme.partition("$ .venv/bin/khabar explain ")
    name, *told = block.partition("\n...\n")[0].splitlines()
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "explain", name, "--home", str(tmp_path)],
        capture_output=True, encoding="utf-8", check=True, cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "COLUMNS": "92"},
    )  # fmt: skip
    assert [line.rstrip() for line in done.stdout.splitlines()][: len(told)] == told


def test_explain_of_a_missing_file_is_wrong_use(tmp_path: Path) -> None:
    done = khabar("explain", "--json", tmp_path / "nowhere.txt")
    assert done.returncode == 2 and done.stdout == "" and "nowhere.txt" in done.stderr


def test_explain_by_id_shows_what_the_warehouse_has(page: Path, home: Path) -> None:
    (fresh,) = objects(khabar("explain", "--json", "--source", "nakheel", page))
    (stored,) = objects(khabar("explain", "--json", fresh["page_id"][:12], "--home", home))
    for name in ("page_id", "text_length", "segments", "articles", "quarantine"):
        assert stored[name] == fresh[name], name
    by_article = fresh["articles"][0]["article_id"]
    assert objects(khabar("explain", "--json", by_article, "--home", home)) == [stored]
    assert khabar("explain", "0" * 16, "--home", home).returncode == 2


def test_tag_json(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "lines.txt"
    file.write_text("زار الوفد موسكو\n\nعاد إلى طرابلس وبنغازي\n", "utf-8")
    tagged = objects(khabar("tag", "--json", file))
    assert [each["line"] for each in tagged] == [0, 1, 2]
    for each in tagged:
        jsonschema.validate(each, schema(root, "tag"))
    assert [m["surface"] for m in tagged[2]["mentions"]] == ["طرابلس", "بنغازي"]
    assert tagged[1]["mentions"] == []


def test_dates_json(root: Path) -> None:
    lines = "14 فيفري 2014\n\nبلا تاريخ\n7 مايو/أيار\n"
    resolved = objects(process("dates", "--json", "--published", "2025-05", stdin=lines))
    for each in resolved:
        jsonschema.validate(each, schema(root, "dates"))
    assert [each["iso"] for each in resolved] == ["2014-02-14", None, None, "2025-05-07"]
    assert all(each["reason"] for each in resolved if each["iso"] is None)
    for wrong in ("yesterday", "2025-13", "2025-02-31", "0000"):
        assert khabar("dates", "--published", wrong, stdin="x\n").returncode == 2
    assert khabar("dates", "--country", "Tunisia", stdin="x\n").returncode == 2
    strange = khabar("dates", "--country", "ZZ", stdin="3/4/2018\n")
    assert strange.returncode == 0 and "ZZ has no date rules" in strange.stderr
    assert khabar("dates", "--prefer", "next", stdin="x\n").returncode == 2
    told = ("--json", "--published", "2020-06-17", "--prefer")
    assert [
        objects(khabar("dates", *told, way, stdin="الاثنين\n"))[0]["iso"]
        for way in ("past", "future")
    ] == ["2020-06-15", "2020-06-22"]
    assert khabar("dates", stdin="").stdout == ""
    (windows,) = objects(khabar("dates", "--json", stdin="14 فيفري 2014\r\n"))
    assert windows["text"] == "14 فيفري 2014"


def test_sql_json_says_each_column_once_and_no_nan(home: Path) -> None:
    query = "SELECT 1 AS a, 2 AS a, 'NaN'::DOUBLE AS b, ['inf'::DOUBLE, 1.5] AS c"
    (row,) = objects(khabar("sql", query, "--format", "json", "--home", home))
    assert row == {"a": 1, "a_2": 2, "b": None, "c": [None, 1.5]}


def test_sql_answers_in_three_formats(home: Path) -> None:
    query = "SELECT title, published_earliest, body_words FROM articles"
    as_json = objects(khabar("sql", query, "--format", "json", "--home", home))
    assert as_json[0]["published_earliest"] == "2023-12-13"
    csv = khabar("sql", query, "--format", "csv", "--home", home).stdout.splitlines()
    assert csv[0] == "title,published_earliest,body_words" and len(csv) == 2
    raw = subprocess.run(
        [sys.executable, "-m", "flows.cli", "sql", query, "--format", "csv", "--home", str(home)],
        capture_output=True, check=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert b"\r" not in raw.stdout, "what a shell reads line by line would keep it"
    assert "2023-12-13" in khabar("sql", query, "--home", home).stdout
    assert khabar("sql", query, "--format", "yaml", "--home", home).returncode == 2


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM articles",
        "CREATE TABLE mine AS SELECT 1",
        "COPY articles TO 'stolen.csv'",
        "SELECT * FROM read_text('/etc/hostname')",
        "ATTACH 'other.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SELECT nothing FROM nowhere",
    ],
)
def test_sql_cannot_write_read_elsewhere_or_unlock(home: Path, query: str, tmp_path: Path) -> None:
    done = khabar("sql", query, "--home", home, cwd=tmp_path)
    assert done.returncode == 2 and done.stderr and not list(tmp_path.iterdir())


def test_tables_lists_every_table_and_view(home: Path) -> None:
    listed = khabar("tables", "--home", home)
    assert listed.returncode == 0, listed.stderr
    assert any(line.split()[:2] == ["articles", "1"] for line in listed.stdout.splitlines())
    assert "entity_top" in listed.stdout


def test_export_and_relocate(home: Path, tmp_path: Path) -> None:
    import duckdb

    file = tmp_path / "all.duckdb"
    assert khabar("export", "duckdb", file, "--home", home).returncode == 0
    assert khabar("export", "duckdb", file, "--home", home).returncode == 2
    moved = tmp_path / "moved"
    shutil.copytree(home, moved)
    assert khabar("relocate", "--home", moved).returncode == 0
    for path in (file, moved / "khabar.duckdb"):
        with duckdb.connect(str(path), read_only=True) as connection:
            assert connection.execute("SELECT count(*) FROM articles").fetchall() == [(1,)]


def test_init_writes_a_file_that_loads(tmp_path: Path) -> None:
    file = tmp_path / "khabar.toml"
    assert khabar("init", file).returncode == 0
    before = file.read_text("utf-8")
    assert khabar("init", file).returncode == 2 and file.read_text("utf-8") == before
    load_settings(home=None, config=file)


def test_doctor_finds_a_healthy_place(root: Path, tmp_path: Path) -> None:
    findings = objects(khabar("doctor", "--json", "--home", tmp_path))
    for each in findings:
        jsonschema.validate(each, schema(root, "doctor"))
    states = {finding["check"]: finding["state"] for finding in findings}
    assert states["packages"] == states["home"] == states["lock"] == "ok"


def test_wrong_use_ends_with_2(tmp_path: Path) -> None:
    assert khabar("run", tmp_path / "nowhere", "--home", tmp_path / "h").returncode == 2
    assert khabar("sql", "SELECT 1", "--home", tmp_path / "h").returncode == 2
    assert khabar("export", "parquet", tmp_path / "x", "--home", tmp_path / "h").returncode == 2
    assert not (tmp_path / "h").exists()


def test_a_file_in_the_way_is_said_without_a_trace(page: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine", "utf-8")
    for command in (("run", page, "--home", file), ("init", file / "khabar.toml")):
        done = khabar(*command)
        assert done.returncode == 2 and str(file) in done.stderr
        assert "Traceback" not in done.stderr
    assert file.read_text("utf-8") == "mine"


def test_explain_says_what_the_gates_would_say(tmp_path: Path) -> None:
    page = tmp_path / "future.txt"
    page.write_text(PAGE.replace("13 ديسمبر 2023", "13 ديسمبر 2093"), "utf-8")
    (shown,) = objects(khabar("explain", "--json", page))
    assert shown["quarantine"]["stage"] == "clean" and "2093" not in shown["quarantine"]["rule"]
    assert shown["articles"][0]["published_at"] == "2093-12-13"


@pytest.mark.server
def test_standard_input_is_run_and_the_second_time_nothing_is_new(tmp_path: Path) -> None:
    title, _, *body = PAGE.splitlines()
    lines = (
        json.dumps({"title": title, "text": "\n".join(body)}, ensure_ascii=False) + "\nno JSON\n"
    )
    command = ("run", "-", "--source", "nakheel", "--home", tmp_path, "--json")
    (outcome,) = objects(process(*command, stdin=lines))
    assert (outcome["pages_published"], outcome["pages_quarantined"]) == (1, 1)
    # As the command does it, without another start of Prefect.
    with spooled(io.BytesIO(lines.encode()), "jsonl", tmp_path) as kept:
        again = run_pipeline(load_settings(home=tmp_path, workers=1), [kept], "nakheel").run
    assert (again.pages_landed, again.pages_published) == (2, 0)
    assert again.pages_duplicate == 2
    query = "SELECT locator FROM pages UNION ALL SELECT locator FROM quarantine ORDER BY 1"
    rows = objects(khabar("sql", query, "--format", "json", "--home", tmp_path))
    assert [row["locator"] for row in rows] == ["stdin#1", "stdin#2"]
    assert not list((tmp_path / "staging").glob("*"))
