"""Whole runs keep the bytes of their pages, and maintenance keeps them as long as is set."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from flows.run import run_pipeline
from flows.settings import Settings, load_settings
from flows.upkeep import maintain_home
from tests.in_process import khabar_bytes
from tests.run_pages import ask, page_text, write_broken, write_pages, write_records
from warehouse.raw import Raw


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return load_settings(home=tmp_path / "home", workers=1, batch_pages=5, chunk=2)


def _sha256s(home: Path) -> set[object]:
    return {sha256 for (sha256,) in ask(home, "SELECT payload_sha256 FROM pages")}


def test_every_page_keeps_its_bytes(settings: Settings, tmp_path: Path) -> None:
    pages = write_broken(write_pages(tmp_path / "nakheel", 6), 2)
    records = write_records(pages / "export.jsonl", 7)
    title, _, *body = page_text(50).splitlines()
    (pages / "export.csv").write_text(
        "title,text,url\n" + f'"{title}","{" ".join(body)}",https://sahel.example/1\n', "utf-8"
    )
    (pages / "page.html").write_text(
        f"<html><body><h1>{title}</h1><p>{'</p><p>'.join(body)}</p></body></html>", "utf-8"
    )
    outcome = run_pipeline(settings, [pages])
    assert outcome.run.pages_published == 15
    raw = Raw(settings.home)
    kept = {each.sha256 for each in raw.kept()}
    assert kept == _sha256s(settings.home)
    payloads = {raw.read(sha256) for sha256 in kept}
    assert {page.read_bytes() for page in pages.glob("0*.txt")} < payloads
    assert set(records.read_bytes().splitlines()) < payloads
    assert (pages / "page.html").read_bytes() in payloads
    row = {"text": " ".join(body), "title": title, "url": "https://sahel.example/1"}
    canonical = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical.encode() in payloads


def test_a_page_without_its_bytes_is_not_published(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> list[str]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Raw, "put", full)
    outcome = run_pipeline(settings, [write_pages(tmp_path / "nakheel", 3)])
    assert (outcome.run.state, outcome.run.pages_held) == ("held", 3)
    assert "No space left" in str(outcome.run.message)


def test_raw_of_files_need_not_be_kept(settings: Settings, tmp_path: Path) -> None:
    without = load_settings(home=settings.home, workers=1, raw_days=0)
    assert without.config_sha256 == load_settings(home=settings.home).config_sha256
    run_pipeline(without, [write_pages(tmp_path / "nakheel", 3)])
    assert not (settings.home / "raw").exists()
    assert len(_sha256s(settings.home)) == 3


def test_raw_goes_when_it_is_old_and_nothing_needs_it(settings: Settings, tmp_path: Path) -> None:
    run_pipeline(settings, [write_pages(tmp_path / "nakheel", 4)])
    home, raw = settings.home, Raw(settings.home)
    old, fetched, young, older = sorted(str(each) for each in _sha256s(home))
    for name in (old, fetched, older):
        os.utime(raw.path(name), (1_000, 1_000))
    journal = home / "landing" / "barq" / "1.jsonl"
    journal.parent.mkdir(parents=True)
    journal.write_text(json.dumps({"sha256": fetched, "url": "https://barq.example/1"}) + "\n")
    assert maintain_home(settings).raw_removed == 0
    limited = load_settings(home=home, workers=1, raw_days=30)
    assert maintain_home(limited).raw_removed == 2
    assert {each.sha256 for each in raw.kept()} == {fetched, young}
    assert len(_sha256s(home)) == 4
    assert hashlib.sha256(raw.read(young)).hexdigest() == young


def test_the_command_gives_the_bytes_back_or_says_why_not(
    settings: Settings, tmp_path: Path
) -> None:
    pages = write_pages(tmp_path / "nakheel", 3)
    # No article is in it, so that a gate refuses the page: its bytes are kept all the same.
    (pages / "00004.txt").write_bytes("خبر\n".encode("cp1256"))
    write_broken(pages, 1)
    run_pipeline(settings, [pages])
    home = str(settings.home)

    def khabar(*args: str, **env: str) -> tuple[int, bytes, str]:
        status, told, said = khabar_bytes("raw", *args, "--home", home, **env)
        return status, told, said.decode()

    [(page_id, article_id, locator)] = ask(
        settings.home,
        "SELECT page_id, article_id, locator FROM articles JOIN pages USING (page_id)"
        " WHERE locator LIKE '%00002.txt'",
    )
    payload = Path(str(locator)).read_bytes()
    assert khabar(str(page_id)) == (0, payload, "")
    assert khabar(str(article_id)[:8]) == (0, payload, "")
    file = tmp_path / "page.txt"
    assert khabar(str(page_id), "--output", str(file)) == (0, b"", "")
    assert file.read_bytes() == payload
    status, _, said = khabar(str(page_id), "--output", str(file))
    assert (status, "exists already" in said) == (2, True)
    refused = dict(ask(settings.home, "SELECT rule, page_id FROM quarantine"))
    assert khabar(str(refused.pop("ingest.empty")))[0] == 2
    [(rule, by_gate)] = refused.items()
    assert rule == "ingest.page.visible_chars"
    assert khabar(str(by_gate))[1] == "خبر\n".encode("cp1256")
    for wrong, why in (("0123456789", "no page or article"), ("word", "8 to 64 hexadecimal")):
        status, told, said = khabar(wrong)
        assert (status, told, why in said) == (2, b"", True)
    [sha256] = {s for (s,) in ask(settings.home, f"SELECT payload_sha256 FROM pages WHERE page_id = '{page_id}'")}  # fmt: skip
    Raw(settings.home).path(str(sha256)).write_bytes(b"damage")
    status, told, said = khabar(str(page_id))
    assert (status, told, "is damaged" in said) == (2, b"", True)
    Raw(settings.home).remove([str(sha256)])
    status, _, said = khabar(str(page_id))
    assert status == 2 and "are not kept" in said and "00002.txt" in said
    assert "raw_days = 0" in khabar(str(page_id), KHABAR_RAW_DAYS="0")[2]
