"""Which pages a run reads, and which source each of them belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.ingest import plan_reading
from flows.outcome import Outcome
from flows.run import Steps, run_pipeline
from flows.settings import Settings, UsageError, load_settings
from tests.run_pages import ask, page_text, write_pages
from tests.warc_files import Record, write_warc


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Small batches, two children, a home of its own; no khabar.toml of the current folder."""
    monkeypatch.chdir(tmp_path)
    return load_settings(home=tmp_path / "home", workers=2, batch_pages=5, chunk=2)


def run(settings: Settings, *paths: Path, steps: Steps | None = None) -> Outcome:
    return run_pipeline(settings, paths, steps=steps)


def test_wrong_use_is_said_before_anything_starts(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        run(settings, tmp_path / "absent")
    with pytest.raises(UsageError, match="nothing to read"):
        run(settings)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "one.png").write_bytes(b"\x89PNG")
    with pytest.raises(UsageError, match=r"one\.png"):
        run(settings, tmp_path / "pictures")
    assert not settings.home.exists()


def test_an_empty_folder_is_wrong_use(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    pages = write_pages(tmp_path / "pages", 1)
    with pytest.raises(UsageError, match=r"empty: no file .*\.txt, .*\.parquet, .*also \.gz"):
        run(settings, pages, tmp_path / "empty")
    assert not settings.home.exists()


def test_a_configured_folder_may_be_empty_still(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "incoming").mkdir()
    config = tmp_path / "khabar.toml"
    config.write_text('[[sources]]\nid = "barq"\npath = "incoming"\n', "utf-8")
    assert plan_reading(load_settings(home=settings.home, config=config)).readings == []


def test_pages_that_are_named_one_by_one_are_of_their_folder(
    settings: Settings, tmp_path: Path
) -> None:
    pages = write_pages(tmp_path / "barq", 3)
    write_pages(tmp_path / "sahel", 2, first=50)
    run(settings, *sorted(pages.iterdir()), *sorted((tmp_path / "sahel").iterdir()))
    found = ask(settings.home, "SELECT source_id, count(*) FROM pages GROUP BY 1 ORDER BY 1")
    assert found == [("barq", 3), ("sahel", 2)]
    assert run(settings, pages).run.state == "nothing_new"


def test_two_folders_that_are_one_source_are_said(settings: Settings, tmp_path: Path) -> None:
    first = write_pages(tmp_path / "2024" / "barq", 1)
    second = write_pages(tmp_path / "2025" / "Barq", 1, first=50)
    assert plan_reading(settings, [first, second / "00050.txt"]).merged == [
        f"barq: one source of {first} and {second}, since their names give the same id; "
        "tell them apart with --source or in khabar.toml"
    ]
    assert plan_reading(settings, [first, first / "00001.txt"]).merged == []
    assert plan_reading(settings, [first, second], "barq").merged == []
    config = tmp_path / "khabar.toml"
    config.write_text('[[sources]]\nid = "barq"\npath = "."\n', "utf-8")
    configured = load_settings(home=settings.home, config=config)
    assert plan_reading(configured, [first, second]).merged == []


def test_the_files_of_another_home_are_no_pages(settings: Settings, tmp_path: Path) -> None:
    work = tmp_path / "work"
    pages = write_pages(work / "pages", 1)
    other = load_settings(home=work / "data", workers=1)
    assert run(other, pages).report is not None
    for named in (work, work / "pages" / ".." / "data" / ".."):
        (reading,) = plan_reading(settings, [named]).readings
        assert [file.name for file in reading.files] == ["00001.txt"]


def test_pages_below_the_home_are_read_and_its_own_files_are_not(tmp_path: Path) -> None:
    pages = write_pages(tmp_path / "pages", 2)
    for own in ("warehouse", "staging", "reports", "prefect"):
        write_pages(tmp_path / own, 1)
    settings = load_settings(home=tmp_path)
    for named in (pages, tmp_path):
        (reading,) = plan_reading(settings, [named]).readings
        assert reading.files == (pages / "00001.txt", pages / "00002.txt")


def test_the_home_is_not_read_as_pages(tmp_path: Path) -> None:
    pages = write_pages(tmp_path / "pages", 2)
    settings = load_settings(home=pages / "data")
    run(settings, pages)
    assert run(settings, pages).run.pages_landed == 2


def test_each_file_goes_to_its_source(tmp_path: Path) -> None:
    crawl = tmp_path / "crawl"
    write_pages(crawl / "barq", 1, first=1)
    write_pages(crawl / "sahel", 1, first=2)
    write_pages(crawl / "loose", 1, first=3)
    config = tmp_path / "khabar.toml"
    config.write_text(
        '[[sources]]\nid = "barq-news"\npath = "crawl/barq"\n'
        '[[sources]]\nid = "sahel-news"\npath = "crawl/sahel"\n',
        "utf-8",
    )
    settings = load_settings(home=tmp_path / "home", config=config)
    run(settings, crawl)
    found = ask(settings.home, "SELECT source_id FROM pages ORDER BY 1")
    assert found == [("barq-news",), ("crawl",), ("sahel-news",)]
    only = load_settings(home=tmp_path / "only", config=config)
    run_pipeline(only, (), "sahel-news")
    assert ask(only.home, "SELECT source_id FROM pages") == [("sahel-news",)]


@pytest.mark.parametrize("gz", [False, True])
def test_a_crawl_in_a_warc_file_is_run(settings: Settings, tmp_path: Path, gz: bool) -> None:
    """Pages are published under their own addresses; the rest of the crawl is told once."""
    crawl = tmp_path / ("crawl.warc.gz" if gz else "crawl.warc")
    pages = [
        Record(
            "".join(f"<p>{line}</p>" for line in page_text(n).splitlines()).encode(),
            f"https://nakheel.example/{n}",
        )
        for n in range(1, 8)
    ]
    english = Record(b"<p>" + b"The delegation arrived this morning. " * 20, "https://x.example/")
    crawl.write_bytes(write_warc([*pages, english], gz=gz)[0])
    outcome = run(settings, crawl)
    assert (outcome.run.pages_published, outcome.run.pages_quarantined) == (7, 1)
    assert ask(settings.home, "SELECT source_id, url, locator FROM pages ORDER BY url") == [
        ("crawl", f"https://nakheel.example/{n}", f"{crawl.as_posix()}#{n}") for n in range(1, 8)
    ]
    assert ask(settings.home, "SELECT DISTINCT charset, charset_confidence FROM pages") == [
        ("utf-8", 1.0)
    ]
    ((rule, evidence),) = ask(settings.home, "SELECT rule, evidence FROM quarantine")
    assert (rule, evidence) == ("ingest.other-kinds", "1 pages without Arabic script")
    again = run(settings, crawl)
    assert (again.run.pages_landed, again.run.pages_duplicate) == (8, 8)
