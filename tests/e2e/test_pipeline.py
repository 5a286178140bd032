"""Whole runs below Prefect: the same code path, without its server."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.outcome import Outcome
from flows.progress import Silent
from flows.run import Steps, run_pipeline
from flows.settings import Settings, load_settings
from flows.summary import account_lines, stage_lines
from tests.run_pages import ask, page_text, tables_of, write_broken, write_pages, write_records
from tests.run_work import KILLS, RAISES, incomplete_land_chunk, poisoned_land_chunk

#: What samples/wire is there for: a report, its copy, a longer version; and a retelling, no copy.
COPIED = """
SELECT a.source_id, o.source_id, c.relation, c.first_rule, c.lag_days
FROM copies AS c JOIN articles AS a ON a.article_id = c.article_id
LEFT JOIN articles AS o ON o.article_id = c.copy_of ORDER BY 1
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Small batches, two children, a home of its own; no khabar.toml of the current folder."""
    monkeypatch.chdir(tmp_path)
    return load_settings(home=tmp_path / "home", workers=2, batch_pages=5, chunk=2)


def run(settings: Settings, *paths: Path, steps: Steps | None = None) -> Outcome:
    return run_pipeline(settings, paths, steps=steps)


def test_pages_become_tables_and_the_law_holds(settings: Settings, tmp_path: Path) -> None:
    pages = write_pages(tmp_path / "nakheel", 12)
    write_broken(pages, 2)
    shutil.copy(pages / "00001.txt", pages / "00001-again.txt")
    outcome = run(settings, pages)
    run_row = outcome.run
    assert (run_row.state, outcome.exit_code) == ("published", 0)
    assert run_row.pages_landed == 15
    assert run_row.pages_duplicate == 1
    assert run_row.pages_quarantined == 2
    assert run_row.pages_published == 12 == run_row.articles_published
    assert ask(settings.home, "SELECT count(*), count(DISTINCT source_id) FROM articles") == [
        (12, 1)
    ]
    assert ask(settings.home, "SELECT source_id FROM sources") == [("nakheel",)]
    batches = ask(settings.home, "SELECT DISTINCT batch_id FROM run_stages ORDER BY 1")
    assert batches == [("nakheel-00001",), ("nakheel-00002",), ("nakheel-00003",)]
    assert not any((settings.home / "staging").iterdir())


def test_run_stages_and_runs_tell_the_same(settings: Settings, tmp_path: Path) -> None:
    run(settings, write_broken(write_pages(tmp_path / "pages", 6), 1))
    for unit in ("page", "article"):
        told = ask(
            settings.home,
            f"""SELECT sum(rows_in) FILTER (stage = '{"ingest" if unit == "page" else "clean"}'),
                       sum(rows_out) FILTER (stage = 'publish'), sum(duplicate),
                       sum(quarantined), sum(held) FROM run_stages WHERE unit = '{unit}'""",
        )
        columns = ("landed", "published", "duplicate", "quarantined", "held")
        kept = ask(
            settings.home, f"SELECT {', '.join(f'{unit}s_{name}' for name in columns)} FROM runs"
        )
        assert told == kept
    steps = ask(
        settings.home,
        "SELECT count(*) FROM run_stages WHERE rows_in <> rows_out + duplicate + quarantined + held",
    )
    assert steps == [(0,)]


def test_the_same_pages_in_other_batches_give_the_same_tables(
    settings: Settings, tmp_path: Path
) -> None:
    pages = write_broken(write_pages(tmp_path / "pages", 11), 2)
    run(settings, pages)
    other = load_settings(home=tmp_path / "other", workers=1, batch_pages=2000)
    run(other, pages)
    assert tables_of(settings.home) == tables_of(other.home)
    assert tables_of(other.home)["articles"]


def test_samples_twice_over(root: Path, tmp_path: Path) -> None:
    config = root / "samples" / "khabar.toml"
    homes = [load_settings(home=tmp_path / name, config=config) for name in ("one", "two")]
    outcomes = [run(settings, root / "samples") for settings in homes]
    assert [outcome.exit_code for outcome in outcomes] == [0, 0]
    for name in ("README.md", "README.ar.md"):
        assert not_told(root / name, outcomes[0], homes[0].home) == []
    first, second = (tables_of(settings.home) for settings in homes)
    assert first == second
    assert len(first["sources"]) >= 8
    assert len(first["articles"]) >= 30
    assert ask(homes[0].home, COPIED) == [
        ("madar", "sahel", "identical", "day", 1), ("raed", "sahel", "edited copy", "day", 2),
        ("sahel", None, None, "day", None),
    ]  # fmt: skip
    again = run(homes[0], root / "samples")
    assert (again.run.state, again.exit_code) == ("nothing_new", 0)
    assert again.run.pages_landed == again.run.pages_duplicate > 0
    assert tables_of(homes[0].home) == first


def test_copies_that_cannot_be_looked_for_hold_nothing_back(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = write_pages(tmp_path / "nakheel", 1) / "00001.txt"
    for source in ("barq", "wakala"):
        (tmp_path / source).mkdir()
        shutil.copy(page, tmp_path / source / "1.txt")

    def fails(*_: object) -> object:
        raise OSError("the index is gone")

    with monkeypatch.context() as broken:
        broken.setattr("warehouse.copies.regrouped", fails)
        first = run_pipeline(settings, [tmp_path / "barq"], "barq")
    assert (first.run.state, first.exit_code) == ("published", 0)
    assert "the index is gone" in str(first.group_problem)
    # The next run catches up: its own article is the copy of the one before.
    second = run_pipeline(settings, [tmp_path / "wakala"], "wakala")
    assert second.group_problem is None
    assert ask(settings.home, "SELECT count(*) FROM copies") == [(2,)]


def not_told(readme: Path, outcome: Outcome, home: Path) -> list[str]:
    """Return what the samples come to and the README tells otherwise: counts, account, answer."""
    told = re.sub("[\u2068\u2069]", "", readme.read_text("utf-8"))
    lines = [re.split(r"\s{2,}", line.strip()) for line in told.splitlines()]
    wanted = []
    for each in stage_lines(outcome.stages):
        counts = [each.rows_in, each.rows_out, each.quarantined, each.held]
        counts += [each.checks] if each.checks else []
        wanted.append([f"{each.stage} ({each.unit}s)", *map(str, counts)])
    (query,) = re.findall(r'khabar sql "(SELECT name_ar.*)"', told)
    wanted += [[str(value) for value in row] for row in ask(home, query)]
    missing = [" ".join(want) for want in wanted if want not in [ln[: len(want)] for ln in lines]]
    return missing + [line for line in account_lines(outcome) if line not in told]


def test_new_pages_beside_known_ones(settings: Settings, tmp_path: Path) -> None:
    pages = write_broken(write_pages(tmp_path / "pages", 3), 1)
    run(settings, pages)
    write_pages(pages, 2, first=100)
    outcome = run(settings, pages)
    assert outcome.run.pages_landed == 6
    assert outcome.run.pages_duplicate == 4
    assert outcome.run.pages_published == 2
    assert ask(settings.home, "SELECT count(*) FROM pages") == [(5,)]


@pytest.mark.parametrize(
    ("url", "columns"),
    [
        ("url", '{text = "khabar_body"}'),
        ("row", '{text = "khabar_body"}'),
        ("row", '{text = "khabar_body", url = "row"}'),
    ],
    ids=["url known", "no url", "url named later"],
)
def test_records_are_read_again_once_their_columns_are_named(
    settings: Settings, tmp_path: Path, url: str, columns: str
) -> None:
    file = write_records(tmp_path / "export.jsonl", 2)
    written = file.read_text("utf-8").replace('"text"', '"khabar_body"')
    file.write_text(written.replace('"url"', f'"{url}"'), "utf-8")
    assert run(settings, file).run.pages_quarantined == 2
    assert run(settings, file).run.pages_duplicate == 2
    config = tmp_path / "named.toml"
    config.write_text(
        f'[[sources]]\nid = "export"\npath = "export.jsonl"\ncolumns = {columns}\n', "utf-8"
    )
    named = load_settings(home=settings.home, config=config, workers=2, batch_pages=5, chunk=2)
    assert run(named, file).run.pages_published == 2
    states = ask(settings.home, "SELECT state, count(*) FROM quarantine GROUP BY 1")
    assert states == [("released", 2)]
    assert run(named, file).run.pages_duplicate == 2


def test_a_table_without_a_text_column_is_accounted_for_row_by_row(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "export.csv"
    file.write_text("id,kind\n" + "".join(f"{n},a\n" for n in range(7)), "utf-8")
    told = run(settings, file).run
    assert (told.pages_landed, told.pages_quarantined) == (7, 7)
    assert ask(settings.home, "SELECT count(*), count(DISTINCT locator) FROM quarantine") == [
        (7, 7)
    ]


def test_a_changed_page_of_an_address_is_a_version(settings: Settings, tmp_path: Path) -> None:
    file = write_records(tmp_path / "export.jsonl", 2)
    run(settings, file)
    run(settings, write_records(file, 2, days="ستة"))
    new, old = "body LIKE '%ستة أيام%'", "body LIKE '%عشرة أيام%'"
    assert ask(settings.home, f"SELECT count(*) FROM articles WHERE {new}") == [(2,)]
    assert ask(settings.home, f"SELECT count(*) FROM versions WHERE {old}") == [(2,)]
    assert ask(settings.home, "SELECT count(*) FROM articles") == [(2,)]


def test_one_bad_page_never_stops_a_run(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = write_pages(tmp_path / "pages", 9)
    (pages / "00004-killer.txt").write_text(page_text(400) + KILLS, "utf-8")
    (pages / "00006-raiser.txt").write_text(page_text(600) + RAISES, "utf-8")
    monkeypatch.setattr("flows.work.land_chunk", poisoned_land_chunk)
    outcome = run(settings, pages)
    assert outcome.exit_code == 0
    assert outcome.run.pages_published == 9
    refused = ask(settings.home, "SELECT rule, locator FROM quarantine ORDER BY rule")
    assert [(rule, Path(str(where)).name) for rule, where in refused] == [
        ("guard.crash", "00004-killer.txt"),
        ("guard.error", "00006-raiser.txt"),
    ]


def test_a_broken_installation_is_not_blamed_on_the_pages(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.work.land_chunk", incomplete_land_chunk)
    outcome = run(settings, write_pages(tmp_path / "pages", 3))
    assert outcome.exit_code == 1
    assert "lxml" in str(outcome.run.message)
    assert ask(settings.home, "SELECT count(*) FROM quarantine") == [(0,)]
    monkeypatch.undo()
    assert run(settings, tmp_path / "pages").run.pages_published == 3


def test_a_held_batch_stops_nothing_else(settings: Settings, tmp_path: Path) -> None:
    settings = settings.model_copy(update={"batch_pages": 100})
    bad = write_broken(write_pages(tmp_path / "bad", 10), 50)
    good = write_pages(tmp_path / "good", 4, first=500)
    outcome = run(settings, bad, good)
    assert (outcome.run.state, outcome.exit_code) == ("held", 1)
    assert "bad-00001" in str(outcome.run.message)
    assert outcome.run.pages_landed == 64
    assert (outcome.run.pages_quarantined, outcome.run.pages_held) == (50, 10)
    published = ask(settings.home, "SELECT source_id, count(*) FROM articles GROUP BY 1")
    assert published == [("good", 4)]
    held = ask(settings.home, "SELECT rule FROM gate_results WHERE action = 'hold'")
    assert held == [("ingest.batch.pages_refused_share",)]
    assert ask(settings.home, "SELECT count(*) FROM quarantine") == [(50,)]
    kept = settings.home / "staging" / outcome.run.run_id / "bad-00001"
    assert (kept / "ingest" / "pages.parquet").exists()
    assert "refused" in (kept / "HELD.txt").read_text("utf-8")


def test_a_held_batch_does_not_heal_by_being_run_again(settings: Settings, tmp_path: Path) -> None:
    settings = settings.model_copy(update={"batch_pages": 100})
    bad = write_broken(write_pages(tmp_path / "bad", 10), 50)
    first = run(settings, bad)
    again = run(settings, bad)
    assert again.exit_code == 1
    assert again.run.pages_held == first.run.pages_held == 10
    # the batch that was met again is of no more use
    assert [path.name for path in (settings.home / "staging").iterdir()] == [again.run.run_id]
    # who has looked and removes what was kept accepts the refusals; the rest then goes through
    shutil.rmtree(settings.home / "staging")
    accepted = run(settings, bad)
    assert accepted.exit_code == 0
    assert accepted.run.pages_published == 10
    assert accepted.run.pages_duplicate == 50


@pytest.mark.parametrize("stage", ["ingest", "clean", "tag", "publish"])
def test_a_gate_that_fails_holds_the_batch(settings: Settings, tmp_path: Path, stage: str) -> None:
    def gate(judged: str, batch: object, *rest: object) -> object:
        if judged == stage:
            raise RuntimeError("the gate is on fire")
        return Steps().gate(judged, batch, *rest)  # type: ignore[arg-type]

    outcome = run(settings, write_pages(tmp_path / "pages", 3), steps=Steps(gate=gate))  # type: ignore[arg-type]
    assert outcome.exit_code == 1
    assert "the gate is on fire" in str(outcome.run.message)
    assert outcome.run.pages_held == 3
    assert ask(settings.home, "SELECT count(*) FROM pages") == [(0,)]


@pytest.mark.parametrize("stage", ["ingest", "clean", "tag"])
def test_a_stage_that_fails_holds_its_batch_only(
    settings: Settings, tmp_path: Path, stage: str
) -> None:
    sound: Callable[..., object] = getattr(Steps(), stage)

    def step(batch: object, *rest: object) -> object:
        if getattr(batch, "number", 0) == 2:
            raise OSError("the disk is gone")
        return sound(batch, *rest)

    outcome = run(
        settings, write_pages(tmp_path / "pages", 11), steps=Steps(**{stage: step})  # type: ignore[arg-type]
    )  # fmt: skip
    assert outcome.run.state == "held"
    assert "pages-00002" in str(outcome.run.message)
    assert (outcome.run.pages_published, outcome.run.pages_held) == (6, 5)


def test_what_is_told_has_no_control_characters(settings: Settings, tmp_path: Path) -> None:
    class Ears(Silent):
        def __init__(self) -> None:
            super().__init__()
            self.heard: list[str] = []

        def note(self, text: str) -> None:
            self.heard.append(text)

        def stage(self, batch_id: str, stage: str, text: str) -> None:
            self.heard.append(f"{batch_id} {stage} {text}")

        def held(self, batch_id: str, text: str) -> None:
            self.heard.append(f"{batch_id} {text}")

    ears = Ears()
    pages = write_pages(tmp_path / "pages", 2)
    (pages / "evil\x1b[2J\u202e.png").write_bytes(b"")

    def clean(batch: object, crew: object) -> object:
        raise ValueError("a title says\x1b[31m\nERROR: forged line\u2028\u202e")

    run_pipeline(settings, [pages], steps=Steps(clean=clean), watch=ears)  # type: ignore[arg-type]
    told = "".join(ears.heard)
    assert "forged line" in told
    assert told.isprintable()
    assert any("pages-00001 ingest 2 pages in, 2 out" in line for line in ears.heard)


def test_the_report_is_written_and_never_stops_a_run(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = run(settings, write_pages(tmp_path / "pages", 2))
    assert outcome.report is not None
    assert outcome.run.run_id in outcome.report.read_text("utf-8")

    def fail(*_: object, **__: object) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr("expectations.report.write_report", fail)
    outcome = run(settings, write_pages(tmp_path / "more", 2, first=50))
    assert (outcome.exit_code, outcome.report) == (0, None)
    assert "no space left" in str(outcome.report_problem)
    assert ask(settings.home, "SELECT count(*) FROM pages") == [(4,)]


def test_pages_with_nothing_to_tag_are_published(settings: Settings, tmp_path: Path) -> None:
    # no name and no date in it: measures over no rows must not hold the batch
    body = "قال متحدث إن العمل يسير كما خطط له وإن النتائج ستعلن حين تكتمل المراجعة كلها. " * 4
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "one.txt").write_text(f"العمل يسير كما خطط له\n\n{body}\n", "utf-8")
    outcome = run(settings, tmp_path / "plain")
    assert outcome.run.message is None
    assert outcome.run.articles_published == 1
    assert ask(settings.home, "SELECT count(*) FROM mentions") == [(0,)]
    assert ask(settings.home, "SELECT count(*) FROM dates") == [(0,)]


def test_a_batch_of_which_every_page_is_refused_is_not_held(
    settings: Settings, tmp_path: Path
) -> None:
    links = "\n".join(f"<li><a href='/{n}'>قسم رقم {n}</a></li>" for n in range(9))
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "index.html").write_text(f"<ul>{links}</ul>", "utf-8")
    outcome = run(settings, tmp_path / "index")
    assert (outcome.run.state, outcome.exit_code) == ("refused", 1), outcome.run.message
    assert (outcome.run.pages_quarantined, outcome.run.pages_published) == (1, 0)
    assert outcome.headline.startswith("NOTHING PUBLISHED: all 1 new pages were refused: 1 by ")
    assert ask(settings.home, "SELECT state, message FROM runs") == [
        ("refused", outcome.run.message)
    ]
    again = run(settings, tmp_path / "index")
    assert (again.run.state, again.exit_code) == ("nothing_new", 0)
    assert "1 of the 1 pages are known because an earlier run refused them" in again.headline
    write_pages(tmp_path / "index", 1)
    assert run(settings, tmp_path / "index").run.state == "published"
