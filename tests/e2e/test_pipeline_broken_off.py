"""A run that breaks off while it publishes: what is told is what is committed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.aftermath import UncertainError
from flows.crew import Crew
from flows.outcome import Outcome
from flows.progress import Silent
from flows.publish import Edition, publish_edition
from flows.run import Steps, run_pipeline
from flows.settings import Settings, load_settings
from tests.run_pages import ask, tables_of, write_broken, write_pages
from warehouse.errors import DiskFull, StoreError

#: What a run of three good pages and a broken one has to say of itself, in the table and else.
ACCOUNT = (4, 3, 0, 1, 0)
_COLUMNS = [f"pages_{n}" for n in ("landed", "published", "duplicate", "quarantined", "held")]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return load_settings(home=tmp_path / "home", workers=1)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return write_broken(write_pages(tmp_path / "pages", 3), 1)


def account(outcome: Outcome) -> tuple[int, ...]:
    return tuple(getattr(outcome.run, column) for column in _COLUMNS)


def break_showing(monkeypatch: pytest.MonkeyPatch, problem: BaseException, times: int) -> None:
    """Have what comes right after a COMMIT fail so often; showing when the store opens works."""
    import warehouse.store

    real, calls = warehouse.store.show, []

    def show(*given: object, **named: object) -> int:
        calls.append(given)
        if 1 < len(calls) <= 1 + times:
            raise problem
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(warehouse.store, "show", show)


def publish_again(edition: Edition, crew: Crew) -> Outcome:
    """Publish as the task does: once more after a failure that can pass."""
    try:
        return publish_edition(edition, crew)
    except OSError:
        return publish_edition(edition, crew)


def test_a_second_try_after_the_commit_tells_what_the_first_one_committed(
    settings: Settings, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_showing(monkeypatch, OSError("input/output error"), times=1)
    outcome = run_pipeline(settings, [pages], steps=Steps(publish=publish_again))
    assert (outcome.run.state, outcome.exit_code, outcome.broken_off) == ("published", 0, None)
    assert account(outcome) == ACCOUNT
    assert ask(settings.home, f"SELECT {', '.join(_COLUMNS)} FROM runs") == [ACCOUNT]
    told = [row.rows_out for row in outcome.stages if (row.stage, row.unit) == ("publish", "page")]
    assert told == [3]
    assert outcome.report is not None
    assert not list((settings.home / "staging").iterdir())


def test_what_breaks_after_the_commit_takes_nothing_back(
    settings: Settings, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_showing(monkeypatch, OSError("input/output error"), times=1)
    outcome = run_pipeline(settings, [pages])
    assert (account(outcome), outcome.exit_code) == (ACCOUNT, 0)
    assert outcome.broken_off == "OSError: input/output error"
    assert ask(settings.home, "SELECT count(*) FROM articles") == [(3,)]


def test_what_is_committed_and_cannot_be_shown_is_said_and_mended_by_the_next_run(
    settings: Settings, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_showing(monkeypatch, DiskFull("The disk is full."), times=9)
    outcome = run_pipeline(settings, [pages])
    assert (account(outcome), outcome.exit_code) == (ACCOUNT, 1)
    assert (
        outcome.headline == "committed, but not shown to readers yet: DiskFull: The disk is full."
    )
    assert ask(settings.home, "SELECT count(*) FROM runs") == [(0,)]
    monkeypatch.undo()
    assert run_pipeline(settings, [pages]).run.state == "nothing_new"
    assert ask(settings.home, "SELECT count(*) FROM articles") == [(3,)]


def test_an_interrupt_after_the_commit_is_let_through_once_the_outcome_is_told(
    settings: Settings, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_showing(monkeypatch, KeyboardInterrupt(), times=1)
    watch = Silent()
    with pytest.raises(KeyboardInterrupt):
        run_pipeline(settings, [pages], watch=watch)
    assert watch.outcome is not None
    assert (account(watch.outcome), watch.outcome.exit_code) == (ACCOUNT, 0)
    assert (watch.outcome.broken_off, watch.uncertain) == ("interrupted", None)
    assert ask(settings.home, "SELECT count(*) FROM articles") == [(3,)]


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), OSError("no space"), StoreError("no")])
def test_what_breaks_before_the_commit_publishes_nothing_and_that_is_known(
    settings: Settings, pages: Path, monkeypatch: pytest.MonkeyPatch, problem: BaseException
) -> None:
    def write_account(*_: object) -> None:
        raise problem

    monkeypatch.setattr("warehouse.store.write_account", write_account)
    watch = Silent()
    with pytest.raises(type(problem)):
        run_pipeline(settings, [pages], watch=watch)
    assert (watch.outcome, watch.uncertain) == (None, None)
    assert ask(settings.home, "SELECT count(*) FROM runs") == [(0,)]


def test_what_cannot_be_found_out_is_not_claimed(
    settings: Settings, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def committed(*_: object) -> None:
        raise RuntimeError("the database is closed")

    break_showing(monkeypatch, OSError("input/output error"), times=1)
    monkeypatch.setattr("warehouse.store.Store.committed", committed)
    watch = Silent()
    with pytest.raises(UncertainError, match=r"could not be found out .*the database is closed"):
        run_pipeline(settings, [pages], watch=watch)
    assert watch.outcome is None
    assert watch.uncertain is not None


#: `khabar run`, and what comes right after the COMMIT of its run goes wrong.
BREAKS = """
import sys
from pathlib import Path
import warehouse.store
from flows.run_command import run
real, calls, problem, times = warehouse.store.show, [], eval(sys.argv[3]), int(sys.argv[4])
def show(*given, **named):
    calls.append(given)
    if 1 < len(calls) <= 1 + times:
        raise problem
    return real(*given, **named)
warehouse.store.show = show
sys.exit(run([Path(sys.argv[2])], home=Path(sys.argv[1]), json=True))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("problem", "times", "status", "said"),
    [
        ("OSError('input/output error')", 1, 0, {"broken_off": None, "unshown": None}),
        ("KeyboardInterrupt()", 1, 0, {"broken_off": "interrupted", "unshown": None}),
        (
            "warehouse.store.DiskFull('The disk is full.')", 9, 1,
            {"unshown": "DiskFull: The disk is full."},
        ),
    ],
    ids=["tried again", "interrupted", "disk full"],
)  # fmt: skip
def test_khabar_run_says_what_is_committed(
    tmp_path: Path, pages: Path, problem: str, times: int, status: int, said: dict[str, str]
) -> None:
    home = tmp_path / "home"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KHABAR_", "PREFECT_"))}
    done = subprocess.run(
        [sys.executable, "-c", BREAKS, home, pages, problem, str(times)],
        capture_output=True, encoding="utf-8", cwd=tmp_path, timeout=400, env=kept,
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    told = json.loads(done.stdout)
    assert tuple(told[column] for column in _COLUMNS) == ACCOUNT
    assert told.items() >= said.items()
    assert (told["state"], told["exit_code"]) == ("published", status)
    assert ("Interrupted; what the run has done stands." in done.stderr) == (
        problem == "KeyboardInterrupt()"
    )
    shown = 0 if told["unshown"] else 1
    assert ask(home, "SELECT count(*) FROM runs") == [(shown,)]


def test_the_store_gives_a_run_back_as_it_was_written(settings: Settings, pages: Path) -> None:
    from warehouse.store import Store

    outcome = run_pipeline(settings, [pages])
    before = tables_of(settings.home)
    with Store.open(settings.home) as store:
        assert store.committed("another-run") is None
        found = store.committed(outcome.run.run_id)
    assert found is not None
    assert found.run == outcome.run
    assert sorted(found.run_stages, key=str) == sorted(outcome.stages, key=str)
    assert tables_of(settings.home) == before
