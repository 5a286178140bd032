"""The commands in the hands of somebody new: wrong paths, odd files, damaged homes, wide rows."""

from __future__ import annotations

import io
import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from flows import service
from flows.commands.dates import run as dates
from flows.commands.doctor import run as doctor
from flows.commands.explain import run as explain
from flows.commands.relocate import run as relocate
from flows.commands.sql import run as sql
from flows.commands.tables import run as tables
from flows.commands.tag import run as tag
from flows.home import make_home
from flows.settings import UsageError
from warehouse.errors import Damaged
from warehouse.home import Home
from warehouse.purge import mark
from warehouse.reader import connect
from warehouse.store import Store
from warehouse.views import VIEWS, View

Said = Callable[[], tuple[str, str]]


@pytest.fixture
def said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Said:
    """Standard output and standard error since the last call; the terminal has 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    return lambda: (lambda printed: (printed.out, printed.err))(capsys.readouterr())


@pytest.fixture
def published(rows: ModuleType, home: Path) -> Path:
    """A home in which one run has published one page."""
    with Store.open(home) as store:
        rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), [rows.a_page()])])
    return home


def ask(home: Path, query: str, table_format: str = "table") -> int:
    return sql(query, table_format, home=home, config=None)


def look(*targets: str) -> int:
    return explain(
        list(targets), as_json=True, with_text=False, html=None, source=None, home=None, config=None
    )


def test_a_row_that_is_wider_than_the_terminal_is_shown_upright(
    published: Path, said: Said
) -> None:
    assert ask(published, "FROM run_history") == 0
    lines = said()[0].splitlines()
    assert lines[0] == "row 1"
    assert max(map(len, lines)) <= 80
    assert any(line.split()[:2] == ["state", "⁨published⁩"] for line in lines)
    assert ask(published, "SELECT 1 AS a, 'x' AS b UNION ALL SELECT 2, 'y' ORDER BY a") == 0
    assert [line.split() for line in said()[0].splitlines()] == [
        ["a", "b"], ["1", "⁨x⁩"], ["2", "⁨y⁩"],
    ]  # fmt: skip


def test_a_long_text_in_few_columns_is_folded(published: Path, said: Said) -> None:
    assert ask(published, "SELECT repeat('كلمة ', 99) AS body, 7 AS n") == 0
    head, *lines = said()[0].splitlines()
    assert head.split() == ["body", "n"]
    assert len(lines) > 3


def test_nested_values_of_csv_are_json(published: Path, said: Said) -> None:
    assert ask(published, "SELECT ['أ', NULL] AS a, {'k': 1} AS b", "csv") == 0
    assert said()[0].splitlines() == ["a,b", '"[""أ"", null]","{""k"": 1}"']


def test_an_empty_query_says_what_there_is_to_do(published: Path, said: Said) -> None:
    assert ask(published, " \n") == 2
    assert "khabar tables" in said()[1]


def test_tables_answers_one_question_a_line(published: Path, said: Said) -> None:
    assert tables(home=published, config=None) == 0
    views = [line for line in said()[0].splitlines() if line.startswith(("entity_", "run_history"))]
    assert len(views) == 1 + sum(view.name.startswith("entity_") for view in VIEWS)
    for line in views:
        assert line.endswith("?")


def test_tables_of_a_home_that_is_older_than_a_view(
    published: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = View("new_view", "Is it new? It is.", "SELECT 1")
    monkeypatch.setattr("warehouse.views.VIEWS", (new,))
    assert tables(home=published, config=None) == 0
    assert said()[0].splitlines()[-1].split() == ["new_view", "-", "Is", "it", "new?"]


def test_explain_says_what_a_target_is_not(tmp_path: Path, said: Said) -> None:
    (tmp_path / "folder").mkdir()
    assert look("folder") == 2
    assert said()[1] == "folder is a folder: name its files, or khabar run folder\n"
    assert look("0badc0d") == 2
    assert "8 to 64 hexadecimal digits" in said()[1]


def test_explain_names_a_file_without_a_record(tmp_path: Path, said: Said) -> None:
    (tmp_path / "none.csv").write_text("title,text\n", "utf-8")
    (tmp_path / "one.csv").write_text("title,text\nعنوان,متن\n", "utf-8")
    assert look("none.csv", "one.csv") == 0
    out, err = said()
    assert [json.loads(line)["file"] for line in out.splitlines()] == ["one.csv"]
    assert err == "none.csv: there is no record in it\n"


def test_tag_reads_a_pipe_and_no_folder(tmp_path: Path, said: Said) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=pipe.write_text, args=("في \u202eالقاهرة\n", "utf-8")).start()
    assert tag(pipe, as_json=False) == 0
    assert said()[0] == "0\tالقاهرة/LOC/القاهرة\n"
    assert tag(tmp_path, as_json=False) == 2
    assert "is a folder" in said()[1]
    assert tag(tmp_path / "absent", as_json=False) == 2
    assert "there is no such file" in said()[1]


def test_dates_takes_a_country_as_it_is_typed_and_shows_controls(
    said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = io.TextIOWrapper(io.BytesIO("14 فيفري 2014\x1b[2J\n".encode()))
    monkeypatch.setattr("sys.stdin", given)
    assert dates(as_json=False, published=None, country="tn", prefer="past") == 0
    assert said()[0] == "2014-02-14\t14 فيفري 2014\ufffd[2J\n"


def test_a_damaged_database_is_said_and_written_anew(published: Path, said: Said) -> None:
    (published / "khabar.duckdb").write_bytes(b"no database at all")
    assert ask(published, "SELECT 1") == 2
    assert f"khabar relocate --home {published}" in said()[1]
    assert doctor(home=published, config=None, quick=False, as_json=True) == 1
    found = {each["check"]: each for each in map(json.loads, said()[0].splitlines())}
    assert found["warehouse"]["state"] == "fail"
    assert "khabar relocate" in found["warehouse"]["advice"]
    assert relocate(home=published, config=None) == 0
    assert ask(published, "SELECT count(*) FROM articles", "csv") == 0
    assert said()[0].splitlines()[-1] == "1"


def test_a_moved_home_is_a_finding_among_others(
    published: Path, tmp_path: Path, said: Said
) -> None:
    moved = tmp_path / "moved"
    published.rename(moved)
    assert doctor(home=moved, config=None, quick=False, as_json=True) == 1
    found = {each["check"]: each for each in map(json.loads, said()[0].splitlines())}
    assert "was moved" in found["warehouse"]["found"]
    assert "fonts" in found, "what comes after it is examined too"


def test_who_serves_and_what_was_not_forgotten_to_the_end_are_findings(
    published: Path, said: Said
) -> None:
    mark(Home.at(published))
    with service.held(published):
        doctor(home=published, config=None, quick=True, as_json=True)
    doctor(home=published, config=None, quick=True, as_json=True)
    lines = [json.loads(line) for line in said()[0].splitlines()]
    served, alone = [each for each in lines if each["check"] == "serve"]
    assert served["state"] == "warn" and "does not answer" in served["found"]
    assert alone["state"] == "ok" and "nobody" in alone["found"]
    assert [each["state"] for each in lines if each["check"] == "forgetting"] == ["warn"] * 2
    with Store.open(published):
        pass
    doctor(home=published, config=None, quick=True, as_json=True)
    assert "forgetting" not in said()[0]


def test_a_damaged_catalog_is_said_and_mended_as_it_is_said(published: Path) -> None:
    folder = published / "warehouse"
    (folder / "catalog.sqlite").write_bytes(b"overwritten by something else")
    with pytest.raises(Damaged, match=r"newest read-\*\.sqlite"):
        Store.open(published).__enter__()
    newest = max(folder.glob("read-*.sqlite"))
    shutil.copy(newest, folder / "catalog.sqlite")
    for log in folder.glob("catalog.sqlite-*"):
        log.unlink()
    with Store.open(published) as store:
        assert store.committed("run-1") is not None
    with connect(published) as reader:
        assert reader.execute("SELECT count(*) FROM articles").fetchall() == [(1,)]


def test_a_home_that_cannot_be_made_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is a file, and a home is a folder"):
        make_home(tmp_path / "file" / "home")
    with pytest.raises(UsageError, match="--home /proc/no-home: cannot be made"):
        make_home(Path("/proc/no-home"))
    make_home(tmp_path / "deep" / "home")
    assert (tmp_path / "deep" / "home").is_dir()
