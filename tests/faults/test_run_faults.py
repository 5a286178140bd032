"""A run that is killed, and a run that meets another one: nothing is lost, doubled or half."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from flows.run import run_pipeline
from flows.settings import load_settings
from tests.run_pages import ask, tables_of, write_broken, write_pages
from tests.small_disk import WHY_NOT, may_mount, small_disk
from warehouse.home import Home
from warehouse.lock import writer_lock

#: Far more than any step takes on a busy machine with 2 cores.
PATIENCE = 300

#: A run below Prefect that kills itself, as by `kill -9`, when it comes to a step.
KILLED_AT = """
import os, signal, sys
from pathlib import Path
from flows.run import Steps, run_pipeline
from flows.settings import load_settings
home, pages, step, number = sys.argv[1:5]
seen = []
def dies(real):
    def run(*args):
        seen.append(args)
        if len(seen) == int(number):
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args)
    return run
steps = Steps(**{step: dies(getattr(Steps(), step))})
run_pipeline(load_settings(home=home, workers=1, batch_pages=4), [Path(pages)], steps=steps)
"""


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_broken(write_pages(tmp_path / "pages", 7), 2)


class Undisturbed(NamedTuple):
    """What a run made of pages that nothing disturbed."""

    pages: Path
    tables: dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    made = write_broken(write_pages(folder / "pages", 7), 2)
    settings = load_settings(home=folder / "home", batch_pages=4, config=None)
    run_pipeline(settings, [made])
    return Undisturbed(made, tables_of(settings.home))


@pytest.mark.parametrize(
    ("step", "number"),
    [("publish", 1), ("gate", 5), ("tag", 2), ("clean", 1)],
    ids=["between gate and publish", "in the middle", "second batch", "first batch"],
)
def test_killed_and_run_again_gives_the_same_tables(
    undisturbed: Undisturbed, tmp_path: Path, step: str, number: int
) -> None:
    pages = undisturbed.pages
    home = tmp_path / "killed"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT, home, pages, step, str(number)],
        capture_output=True, timeout=PATIENCE,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    left = [path.name for path in (home / "staging").glob("*/*")]
    assert "pages-00001" in left
    assert ask(home, "SELECT count(*) FROM pages") == [(0,)]

    settings = load_settings(home=home, batch_pages=4)
    again = run_pipeline(settings, [pages])
    assert again.exit_code == 0
    assert tables_of(home) == undisturbed.tables
    assert ask(home, "SELECT count(*) FROM runs") == [(1,)]
    assert not list((home / "staging").iterdir())


@pytest.mark.skipif(not may_mount(), reason=WHY_NOT)
@pytest.mark.parametrize("left", [0, 100_000, 250_000])
def test_a_disk_that_is_full_right_after_the_commit_is_said_as_such(
    pages: Path, tmp_path: Path, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "small", 24) as disk:
        ballast = fill_after_the_commit(disk, left, monkeypatch)
        settings = load_settings(home=disk / "home", workers=1)
        outcome = run_pipeline(settings, [pages])
        assert (outcome.run.state, outcome.run.pages_published) == ("published", 7)
        assert "DiskFull" in str(outcome.unshown)
        assert outcome.exit_code == 1
        assert ask(settings.home, "SELECT count(*) FROM runs") == [(0,)]
        ballast.unlink()
        assert run_pipeline(settings, [pages]).run.state == "nothing_new"
        assert ask(settings.home, "SELECT count(*) FROM pages") == [(7,)]


def fill_after_the_commit(disk: Path, left: int, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the disk filled but for `left` bytes between the commit of a run and its showing."""
    import warehouse.store

    real, shown, ballast = warehouse.store.show, [], disk / "ballast"

    def show(*given: object, **named: object) -> int:
        shown.append(given)
        if len(shown) == 2:  # the first time is when the store opens
            ballast.write_bytes(b"\0" * (shutil.disk_usage(disk).free - left))
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(warehouse.store, "show", show)
    return ballast


def start_khabar(home: Path, pages: Path, **env: str) -> subprocess.Popen[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KHABAR_", "PREFECT_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "run", "--home", str(home), str(pages), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=home.parent, env=kept | env,
        start_new_session=True,
    )  # fmt: skip


def wait_for(seen: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < until, f"not seen: {what}"
        time.sleep(0.05)


@pytest.mark.slow
def test_nothing_outlives_a_killed_run(pages: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    run = start_khabar(home, pages)
    children: list[psutil.Process] = []
    try:
        wait_for(lambda: any((home / "staging").glob("*/*/ingest/*")), "a staged batch")
        children = psutil.Process(run.pid).children(recursive=True)
        assert any("flows.server" in child.cmdline() for child in children)
        run.kill()
        run.wait(PATIENCE)
        _, alive = psutil.wait_procs(children, timeout=60)
        assert not alive
    finally:
        for child in children:
            if child.is_running():
                child.kill()
        run.kill()
        run.communicate()
    # Nor is anything left that the next run minds.
    assert run_pipeline(load_settings(home=home, workers=1), [pages]).run.pages_published == 7


def test_a_locked_store_is_said_and_nothing_is_read(pages: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with writer_lock(Home.at(home).lock, 0, run_id="the-other-run"):
        locked = start_khabar(home, pages, KHABAR_LOCK_WAIT_SECONDS="0.2")
        out, err = locked.communicate(timeout=PATIENCE)
    assert locked.returncode == 1
    told = json.loads(out)
    assert told["state"] == "failed"
    assert "the-other-run" in told["message"]
    assert str(os.getpid()) in told["message"]
    assert "Traceback" not in err
    assert not (home / "staging").exists()


def test_a_run_waits_for_the_one_before_it(pages: Path, tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home", lock_wait_seconds=PATIENCE)
    held = subprocess.Popen(
        [sys.executable, "-c",
         "import sys, time; from pathlib import Path; from warehouse.lock import writer_lock\n"
         "with writer_lock(Path(sys.argv[1]), 0): print('held', flush=True); time.sleep(1.5)",
         str(Home.at(settings.home).lock)],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert held.stdout is not None
    assert held.stdout.readline() == b"held\n"
    outcome = run_pipeline(settings, [pages])
    assert held.wait(PATIENCE) == 0
    held.stdout.close()
    assert outcome.run.pages_published == 7


@pytest.mark.slow
def test_an_interrupted_run_publishes_nothing_and_says_so(pages: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_pages(pages, 400, first=1000)
    run = start_khabar(home, pages, KHABAR_BATCH_PAGES="50")
    try:
        wait_for(lambda: any((home / "staging").glob("*/*/clean/*")), "a cleaned batch")
        os.killpg(run.pid, signal.SIGINT)  # as Ctrl+C does, to everything in the foreground
        out, err = run.communicate(timeout=PATIENCE)
    finally:
        run.kill()
    assert run.returncode == 130, err
    told = json.loads(out)
    assert told["state"] == "interrupted"
    assert "nothing of this run was published" in told["message"]
    assert "Traceback" not in err
    assert ask(home, "SELECT count(*) FROM runs") == [(0,)]
