"""Standard input is kept for the run that reads it, named stdin, and never left behind."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows import run_command
from flows.ingest import plan_reading
from flows.settings import UsageError, load_settings
from flows.sources import spool
from flows.sources.files import read
from flows.sources.kinds import ENDINGS
from flows.sources.spool import spooled, sweep_spools
from tests.warc_files import Record, arabic_page, write_warc

LINES = "\n".join(json.dumps({"text": f"متن {n}"}, ensure_ascii=False) for n in (1, 2)).encode()


def staged(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


def test_it_is_a_file_for_as_long_as_it_is_read(tmp_path: Path) -> None:
    with spooled(io.BytesIO(LINES), "jsonl", tmp_path) as path:
        assert path.parent.parent == tmp_path / "staging"
        assert path.parent.stat().st_mode & 0o077 == 0
        (reading,) = plan_reading(load_settings(home=tmp_path), [path], "barq").readings
        assert (reading.outlet.id, reading.files) == ("barq", (path,))
        records = list(read(path, "barq"))
    assert [record.locator for record in records] == ["stdin#1", "stdin#2"]
    assert staged(tmp_path) == []


@pytest.mark.parametrize(
    ("form", "data", "locators"),
    [
        ("csv", "text,b\nمتن,1\n".encode(), ["stdin#1"]),
        ("tsv", "text\tb\nمتن\t1\n".encode(), ["stdin#1"]),
        ("txt", "متن".encode(), ["stdin"]),
        ("html", "<p>متن".encode(), ["stdin"]),
        ("jsonl", gzip.compress(LINES, mtime=0), ["stdin#1", "stdin#2"]),
        ("warc", write_warc([Record(arabic_page(1))], gz=True)[0], ["stdin#1"]),
        ("warc", b"no WARC", ["stdin"]),
        ("zip", b"no ZIP", ["stdin"]),
    ],
)
def test_every_format(tmp_path: Path, form: str, data: bytes, locators: list[str]) -> None:
    with spooled(io.BytesIO(data), form, tmp_path) as path:
        assert [record.locator for record in read(path, "barq")] == locators
    assert set(spool.FORMATS) == {ending[1:] for ending in ENDINGS}


def test_it_is_removed_whatever_happens(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), spooled(io.BytesIO(LINES), "jsonl", tmp_path):
        raise RuntimeError
    assert staged(tmp_path) == []


def test_it_is_bounded_by_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = iter([spool.RESERVE_BYTES + 2_000_000, spool.RESERVE_BYTES + 1_000_000])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=next(room)))
    endless = io.BytesIO(bytes(5_000_000))
    with (
        pytest.raises(UsageError, match=r"no room for more than 1,048,576 bytes"),
        spooled(endless, "jsonl", tmp_path),
    ):
        pass
    assert staged(tmp_path) == []


def test_what_a_killed_run_left_goes_and_what_is_read_stays(tmp_path: Path) -> None:
    left = tmp_path / "staging" / "standard-input.dead" / "stdin.jsonl"
    left.parent.mkdir(parents=True)
    left.write_bytes(LINES)
    script = (
        "import sys; from pathlib import Path; from flows.sources.spool import spooled\n"
        "with spooled(sys.stdin.buffer, 'jsonl', Path(sys.argv[1])) as path:\n"
        "    print(path, flush=True); __import__('time').sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdin.write(LINES)
        other.stdin.close()
        kept = Path(other.stdout.readline().decode().strip())
        with spooled(io.BytesIO(LINES), "jsonl", tmp_path) as own:
            sweep_spools(tmp_path)
            assert not left.parent.exists()
            assert kept.read_bytes() == own.read_bytes() == LINES
        other.kill()
        other.wait()
    assert kept.exists()
    sweep_spools(tmp_path)
    assert staged(tmp_path) == []


@pytest.mark.parametrize(
    ("paths", "options", "words"),
    [
        (["-"], {}, "--source ID"),
        (["-", "a.txt"], {"source": "barq"}, "by itself"),
        (["-"], {"source": "barq", "form": "docx"}, "--format docx: none of txt, html"),
        (["a.txt"], {"form": "csv"}, "--format says what standard input is"),
        (["-"], {"source": "Barq"}, "an id has lower-case"),
    ],
)
def test_wrong_use(
    tmp_path: Path, paths: list[str], options: dict[str, str], words: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(LINES)))
    code = run_command.run([Path(path) for path in paths], home=tmp_path, **options)  # type: ignore[arg-type]
    assert code == run_command.WRONG_USE
    assert words in capsys.readouterr().err
    assert staged(tmp_path) == []
