"""`khabar maintain`, `verify` and `doctor` on a home that a run filled, and runs that tidy up."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import jsonschema
import pytest

from flows.progress import Silent
from flows.run import reprocess_sources, run_pipeline
from flows.settings import Settings, load_settings
from tests.in_process import khabar
from tests.run_pages import ask, tables_of, write_pages
from warehouse import maintain
from warehouse.home import Home
from warehouse.lock import writer_lock


def settings_of(home: Path) -> Settings:
    return load_settings(home=home, workers=1)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home into which two runs have published."""
    place = tmp_path_factory.mktemp("upkeep")
    for first in (1, 4):
        pages = write_pages(place / "nakheel", 3, first=first)
        run_pipeline(settings_of(place / "home"), [pages])
    return place / "home"


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    """A copy of the filled home, to be maintained or damaged."""
    shutil.copytree(filled, tmp_path / "home")
    return tmp_path / "home"


def test_maintain_and_verify(home: Path, root: Path) -> None:
    files = len(list((home / "warehouse" / "data").rglob("*.parquet")))
    verified = khabar("verify", "--home", home)
    assert (verified.returncode, verified.stderr) == (0, "")
    assert verified.stdout.startswith(f"{files} files, ") and "as they were" in verified.stdout
    assert khabar("relocate", "--home", home).returncode == 0
    before = tables_of(home)
    with duckdb.connect(str(home / "khabar.duckdb"), read_only=True) as reader:
        done = khabar("maintain", "--home", home, "--json")
        assert done.returncode == 0, done.stderr
        assert reader.execute("SELECT count(*), min(body) > '' FROM articles").fetchall() == [
            (6, True)
        ]
    told = json.loads(done.stdout)
    jsonschema.validate(told, schema(root, "maintain"))
    assert files >= told["files_before"] > told["files_after"]
    assert tables_of(home) == before
    assert ask(home, "SELECT count(*) FROM runs") == [(2,)]
    again = khabar("maintain", "--home", home)
    assert (
        again.stdout == f"nothing to do: {told['files_after']} files, whole as they were written\n"
    )
    quick = khabar("verify", "--quick", "--home", home)
    assert quick.returncode == 0 and "by their lengths" in quick.stdout


def test_damage_is_named_with_its_rows_and_what_to_do(home: Path, root: Path) -> None:
    victim = damage(home, "articles")
    [(run_id, rows)] = ask_moved(
        home, "SELECT run_id, pages_published FROM runs ORDER BY 1 LIMIT 1"
    )
    found = khabar("verify", "--home", home)
    assert found.returncode == 1
    assert str(victim) in found.stdout
    assert f"{rows} rows of articles of run {run_id} are not to be trusted" in found.stdout
    assert "backup" in found.stdout and "SHA256SUMS" in found.stdout
    told = json.loads(khabar("verify", "--home", home, "--json").stdout)
    jsonschema.validate(told, schema(root, "verify"))
    [one] = told["damaged"]
    assert (one["table"], one["what"], one["rows"], one["run_id"]) == (
        "articles", "changed", rows, run_id,
    )  # fmt: skip
    doctor = khabar("doctor", "--home", home)
    assert doctor.returncode == 1
    assert "fail  files" in doctor.stdout and "khabar verify" in doctor.stdout
    assert khabar("doctor", "--quick", "--home", home).returncode == 0, "its length is right"
    refused = khabar("maintain", "--home", home, "--json")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert victim.name in refused.stderr


def test_a_lost_catalog_is_said_and_mended(home: Path) -> None:
    for copy in (home / "warehouse").glob("read-*.sqlite"):
        copy.unlink()
    lost = khabar("verify", "--home", home)
    assert lost.returncode == 2 and "khabar relocate" in lost.stderr
    assert "Traceback" not in lost.stderr
    doctor = khabar("doctor", "--home", home)
    assert doctor.returncode == 1 and "fail  files" in doctor.stdout
    assert khabar("relocate", "--home", home).returncode == 0
    assert khabar("verify", "--home", home).returncode == 0


def test_wrong_use_is_2(tmp_path: Path, home: Path) -> None:
    for command in ("maintain", "verify"):
        done = khabar(command, "--home", tmp_path / "nowhere")
        assert done.returncode == 2 and "nowhere" in done.stderr, command
    assert not (tmp_path / "nowhere").exists()
    with writer_lock(Home.at(home).lock, 1, "run-9"):
        waited = khabar("maintain", "--home", home, KHABAR_LOCK_WAIT_SECONDS="0.3")
    assert waited.returncode == 2 and "run run-9" in waited.stderr


def test_a_run_merges_small_files_where_they_have_piled_up(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Notes()
    run_pipeline(settings_of(home), [write_pages(tmp_path / "nakheel", 1, first=7)], watch=watch)
    assert files_of(home, "pages") == 3
    assert not watch.notes("small files")
    monkeypatch.setattr(maintain, "CROWD", 3)
    outcome = run_pipeline(
        settings_of(home), [write_pages(tmp_path / "nakheel", 1, first=8)], watch=watch
    )
    assert outcome.exit_code == 0
    assert files_of(home, "pages") == 1
    assert ask(home, "SELECT count(*) FROM pages") == [(8,)]
    assert len(watch.notes("small files")) == 1
    for first in (9, 10, 11):
        pages = write_pages(tmp_path / "nakheel", 1, first=first)
        monkeypatch.setattr(maintain, "CROWD", 50)
        run_pipeline(settings_of(home), [pages])
    monkeypatch.setattr(maintain, "CROWD", 3)
    assert reprocess_sources(settings_of(home), everything=True) is not None
    assert files_of(home, "pages") == 1


def test_a_run_stays_published_whatever_tidying_says(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintain, "CROWD", 1)
    victim = damage(home, "segments")
    watch = Notes()
    outcome = run_pipeline(
        settings_of(home), [write_pages(tmp_path / "nakheel", 1, first=7)], watch=watch
    )
    assert (outcome.exit_code, outcome.run.pages_published) == (0, 1)
    assert ask(home, "SELECT count(*) FROM pages") == [(7,)]
    [told] = watch.notes("maintain")
    assert victim.name in told and "khabar verify" in told


class Notes(Silent):
    """Keeps what a run tells."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def note(self, text: str) -> None:
        self.told.append(text)

    def held(self, batch_id: str, text: str) -> None:
        self.told.append(f"{batch_id}: {text}")

    def notes(self, words: str) -> list[str]:
        return [text for text in self.told if words in text]


def damage(home: Path, table: str) -> Path:
    """Flip a bit in the first file of a table; return the file."""
    file = min((home / "warehouse" / "data" / "main" / table).glob("*.parquet"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    return file


def files_of(home: Path, table: str) -> int:
    from warehouse.inventory import parts_shown

    parts = parts_shown(Home.at(home))
    return sum(part.table == table and not part.deletes for part in parts)


def ask_moved(home: Path, query: str) -> list[tuple[object, ...]]:
    assert khabar("relocate", "--home", home).returncode == 0
    return ask(home, query)


def schema(root: Path, name: str) -> dict:  # type: ignore[type-arg]
    return json.loads((root / "docs" / "schemas" / f"{name}.schema.json").read_text("utf-8"))  # type: ignore[no-any-return]
