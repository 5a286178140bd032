"""What a source's pages say of each other, through whole runs: index, second reading, replay."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.commands.explain_stored import explain_stored
from flows.outcome import Outcome
from flows.run import Steps, reprocess_sources, run_pipeline
from flows.settings import Settings, UsageError, load_settings
from tests.run_pages import ask, tables_of
from tests.stories import page, paragraphs, title, write_stories

STORIES = 56
_EARLIER = """
SELECT * FROM line_index WHERE source_id = $source_id AND evidence_id < $evidence_id
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return load_settings(home=tmp_path / "home", workers=2, batch_pages=40, chunk=8)


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    return write_linked(tmp_path)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Outcome]:
    """Return a home that the linked pages were published to, for tests that only read."""
    root = tmp_path_factory.mktemp("published")
    settings = load_settings(home=root / "home", workers=2, batch_pages=40, chunk=8)
    return settings, run(settings, write_linked(root))


def write_linked(folder: Path) -> Path:
    """Write pages of one outlet: two of them link to other stories without a mark."""
    pages = write_stories(folder / "nakheel", STORIES)
    (pages / "00001.txt").write_text(page(1, inside=title(2)), "utf-8")
    leads = [paragraphs(number)[0] for number in (3, 4)]
    (pages / "00005.txt").write_text(page(5, links=leads), "utf-8")
    return pages


def run(settings: Settings, *paths: Path, steps: Steps | None = None) -> Outcome:
    return run_pipeline(settings, paths, steps=steps)


def body_of(home: Path, number: int) -> str:
    ((body,),) = ask(home, f"SELECT body FROM articles WHERE title = '{title(number)}'")
    return str(body)


def test_a_run_reads_again_what_its_own_pages_explain(
    published: tuple[Settings, Outcome],
) -> None:
    settings, outcome = published
    assert outcome.run.pages_published == STORIES
    assert outcome.reprocessed is not None
    assert outcome.reprocessed.run.kind == "reprocess"
    assert outcome.reprocessed.run.pages_published == 2
    assert body_of(settings.home, 1) == "\n".join(paragraphs(1))
    assert body_of(settings.home, 5) == "\n".join(paragraphs(5))
    decided = ask(
        settings.home,
        "SELECT rule, kind, evidence_id, count(*) FROM segments WHERE evidence_id IS NOT NULL"
        " GROUP BY ALL ORDER BY rule",
    )
    assert decided == [
        ("index.other_lead", "related_list", 1, 1),
        ("index.other_title", "related_inline", 1, 1),
    ]
    kept = ask(settings.home, "SELECT replaced_in FROM versions")
    assert kept == [(outcome.reprocessed.run.run_id,)] * 2
    runs = ask(settings.home, "SELECT kind, pages_landed FROM runs ORDER BY started_at")
    assert runs == [("pipeline", STORIES), ("reprocess", 2)]


def test_the_law_holds_and_nothing_is_new_the_second_time(settings: Settings, linked: Path) -> None:
    run(settings, linked)
    before = tables_of(settings.home)
    again = run(settings, linked)
    assert (again.run.state, again.reprocessed) == ("nothing_new", None)
    everything = reprocess_sources(settings, everything=True)
    assert everything is not None
    assert everything.run.pages_landed == everything.run.pages_duplicate == STORIES
    assert everything.run.articles_duplicate == everything.run.articles_landed
    assert tables_of(settings.home) == before


def test_batches_and_order_change_nothing_at_one_snapshot(
    settings: Settings, linked: Path, tmp_path: Path
) -> None:
    run(settings, linked)
    other = load_settings(home=tmp_path / "other", workers=1, batch_pages=2_000)
    for name in sorted(linked.iterdir(), reverse=True):
        name.touch()
    run(other, linked)
    assert tables_of(other.home) == tables_of(settings.home)


def test_too_few_stories_give_no_index(settings: Settings, tmp_path: Path) -> None:
    pages = write_stories(tmp_path / "small", 20)
    (pages / "00001.txt").write_text(page(1, inside=title(2)), "utf-8")
    assert run(settings, pages).reprocessed is None
    assert ask(settings.home, "SELECT count(*) FROM line_index") == [(0,)]
    assert title(2) in body_of(settings.home, 1)


def test_later_pages_are_read_by_the_snapshot_at_once(
    settings: Settings, linked: Path, tmp_path: Path
) -> None:
    run(settings, linked)
    later = tmp_path / "later" / "nakheel"
    later.mkdir(parents=True)
    (later / "x.txt").write_text(page(90, inside=title(3)), "utf-8")
    outcome = run_pipeline(settings, [later], "nakheel")
    assert outcome.reprocessed is None  # one story is no reason for a new snapshot
    assert body_of(settings.home, 90) == "\n".join(paragraphs(90))
    ((evidence, version),) = ask(
        settings.home, f"SELECT evidence_id, version FROM articles WHERE title = '{title(90)}'"
    )
    assert evidence == 1
    assert str(version).endswith(".e1")


def test_a_second_snapshot_adds_and_the_first_can_be_read_still(
    settings: Settings, linked: Path, tmp_path: Path
) -> None:
    run(settings, linked)
    first = ask(settings.home, "SELECT * FROM line_index ORDER BY ALL")
    more = write_stories(tmp_path / "more" / "nakheel", 30, first=STORIES)
    (more / "00060.txt").write_text(page(60, inside=title(61)), "utf-8")
    outcome = run_pipeline(settings, [more], "nakheel")
    assert outcome.reprocessed is not None
    assert outcome.reprocessed.run.pages_published == 1
    assert body_of(settings.home, 60) == "\n".join(paragraphs(60))
    assert (
        ask(settings.home, "SELECT * FROM line_index WHERE evidence_id = 1 ORDER BY ALL") == first
    )
    assert ask(settings.home, "SELECT max(evidence_id) FROM line_index") == [(2,)]


def test_explain_replays_the_stored_version_with_its_evidence(
    published: tuple[Settings, Outcome],
) -> None:
    settings, _ = published
    ((article_id,), (other,)) = ask(
        settings.home,
        f"SELECT article_id FROM articles WHERE title IN ('{title(1)}', '{title(2)}') "
        "ORDER BY title = $$" + title(2) + "$$",
    )
    explained, _ = explain_stored(settings, str(article_id))
    assert explained.replay == "same"
    from flows.commands.explained import shape

    shown = shape(explained, file=None, with_text=False, quarantine=None)
    (known,) = [known for segment in shown.segments for known in segment.known]
    assert (known.kind, known.article_id, known.line) == ("title", other, title(2)[:80])


def test_explain_says_so_when_the_stored_rows_cannot_be_had_again(
    published: tuple[Settings, Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, _ = published
    ((article_id,),) = ask(
        settings.home, f"SELECT article_id FROM articles WHERE title = '{title(1)}'"
    )
    monkeypatch.setattr("flows.commands.replay._SNAPSHOT", _EARLIER)
    assert explain_stored(settings, str(article_id))[0].replay == "differs"
    monkeypatch.setattr("transforms.version.TRANSFORM_VERSION", "0")
    monkeypatch.setattr("transforms.stamp.Stamp.__new__.__defaults__", ("0",))
    assert explain_stored(settings, str(article_id))[0].replay == "older"


def test_a_source_can_be_read_page_by_page(linked: Path, tmp_path: Path) -> None:
    config = tmp_path / "alone.toml"
    config.write_text(
        f'[[sources]]\nid = "nakheel"\npath = "{linked}"\nline_index = false\n', "utf-8"
    )
    settings = load_settings(home=tmp_path / "alone", config=config, workers=1)
    assert run_pipeline(settings).reprocessed is None
    assert title(2) in body_of(settings.home, 1)


def test_what_follows_a_publication_can_fail_and_leave_it_published(
    settings: Settings, linked: Path
) -> None:
    def recall(*_: object) -> None:
        raise OSError("the disk was taken away")

    outcome = run(settings, linked, steps=Steps(recall=recall))  # type: ignore[arg-type]
    assert outcome.exit_code == 1
    assert outcome.run.state == "published"
    assert ask(settings.home, "SELECT count(*) FROM articles") == [(STORIES,)]
    assert title(2) in body_of(settings.home, 1)
    assert reprocess_sources(settings, ["nakheel"], everything=True) is not None
    assert title(2) not in body_of(settings.home, 1)


def test_an_unknown_source_is_wrong_use(published: tuple[Settings, Outcome]) -> None:
    settings, _ = published
    with pytest.raises(UsageError, match="nakheel"):
        reprocess_sources(settings, ["elsewhere"])
