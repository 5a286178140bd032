"""The store when processes are killed, locks are held, disks are full and readers read on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tests import store_child
from tests.conftest import ROOT
from tests.small_disk import WHY_NOT, may_mount, small_disk
from warehouse.errors import StoreLocked
from warehouse.store import Store
from warehouse.tables import TABLES
from warehouse.verify import verify

#: Each test starts a writer, which takes its second to start.
pytestmark = pytest.mark.slow

PAGES = 3
#: tests/store_child.py as a process, wherever the tests are started.
WRITER = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from tests import store_child as c; c.main()"
)


def writer(*given: object) -> list[str]:
    return [sys.executable, "-c", WRITER, str(ROOT), *map(str, given)]


def publish(home: Path, run_id: str) -> None:
    """Publish a run that nothing disturbs, here: a process of its own takes a second to start."""
    with Store.open(home, 30, run_id=run_id) as store:
        store_child.publish(store, home, run_id)


def counts(home: Path) -> dict[str, int]:
    """Count the rows of each table as a reader sees them."""
    with closing(duckdb.connect(str(home / "khabar.duckdb"), read_only=True)) as connection:
        return {
            m.table: connection.execute(f"SELECT count(*) FROM {m.table}").fetchall()[0][0]
            for m in TABLES
        }


def expected(runs: int) -> dict[str, int]:
    """All runs bring the same three addresses anew: the newest is shown, the others are kept."""
    return {
        "sources": 1, "pages": PAGES * runs, "segments": 2 * PAGES * runs, "articles": PAGES,
        "evidence": PAGES, "dates": PAGES, "mentions": PAGES, "entities": 1, "aliases": 1,
        "versions": PAGES * (runs - 1), "runs": runs, "run_stages": runs, "gate_results": runs,
        "quarantine": 0, "line_index": 0, "decisions": 0, "id_changes": 0, "tombstones": 0, "fetches": 0,
        "attempts": 0, "refused_pages": 0, "copy_pairs": 0, "copies": 0, "copy_spans": 0,
        "stories": 0, "story_articles": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("where", "runs_before_healing", "runs_after"),
    [
        ("-write_chosen", 1, 1),
        ("+write_chosen", 1, 1),
        ("+write_account", 1, 1),
        ("-show", 1, 2),
        ("-freeze", 1, 2),
        ("+freeze", 1, 2),
        ("+publish_views", 2, 2),
        ("+show", 2, 2),
    ],
)
def test_killed_anywhere_the_next_open_heals(
    tmp_path: Path, where: str, runs_before_healing: int, runs_after: int
) -> None:
    publish(tmp_path, "run-1")
    killed = subprocess.run(
        writer(tmp_path, "run-2", f"--die={where}"), capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    # What readers see is whole at once, if not the newest; nobody has to mend anything first.
    assert counts(tmp_path) == expected(runs_before_healing)
    with Store.open(tmp_path):
        assert counts(tmp_path) == expected(runs_after)
    # Who publishes the run again gets it exactly once.
    publish(tmp_path, "run-2")
    assert counts(tmp_path) == expected(2)


@pytest.mark.parametrize("where", ["-_compact", "+_compact", "+_expire", "+_clean_up", "-show"])
def test_killed_in_maintenance_nothing_is_lost(tmp_path: Path, where: str) -> None:
    killed = subprocess.run(
        writer(tmp_path, "run", 2, "--maintain", f"--die={where}"),
        capture_output=True, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert counts(tmp_path) == expected(2)
    with Store.open(tmp_path) as store:
        assert counts(tmp_path) == expected(2)
        assert verify(tmp_path).damages == []
        store.maintain()
    assert counts(tmp_path) == expected(2)
    assert verify(tmp_path).damages == []


def test_killed_at_any_moment_no_run_is_half(tmp_path: Path) -> None:
    publish(tmp_path, "run-00")
    chance = random.Random(20260304)
    published = 1
    for attempt in range(1, 7):
        with subprocess.Popen(writer(tmp_path, f"run-{attempt:02d}")) as child:
            time.sleep(chance.uniform(0.5, 3.0))
            child.kill()
        found = counts(tmp_path)
        assert found == expected(found["runs"])
        with Store.open(tmp_path):
            healed = counts(tmp_path)
        assert healed == expected(healed["runs"])
        assert healed["runs"] - published in (0, 1)
        published = healed["runs"]


def test_a_locked_store_says_who_holds_it_and_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    command = writer(tmp_path, "run-1", "--hold")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreLocked, match=rf"process {holder.pid} on .*, run run-1, since"):
            Store.open(tmp_path, 0.5).__enter__()
        # Readers are not concerned.
        assert counts(tmp_path)["runs"] == 0
        holder.kill()
        holder.wait()
        with Store.open(tmp_path, 5) as store:
            assert store.snapshot == 1


def test_a_reader_never_sees_an_error_nor_half_a_run(tmp_path: Path) -> None:
    with Store.open(tmp_path):
        pass
    runs, seen, looks = 14, set(), 0  # the last one is followed by the second maintenance
    with subprocess.Popen(writer(tmp_path, "run", runs)) as child:
        while child.poll() is None:
            found = counts_in_one_look(tmp_path)
            run_count = found["runs"]
            assert found == (expected(run_count) if run_count else dict.fromkeys(found, 0))
            seen.add(run_count)
            looks += 1
    assert child.returncode == 0
    assert counts_in_one_look(tmp_path) == expected(runs)
    assert looks > runs
    assert len(seen) > runs / 2, f"looked {looks} times, but only at {sorted(seen)} runs"


def counts_in_one_look(home: Path) -> dict[str, int]:
    """Count through a fresh connection, reading columns too, not only the files' row counts."""
    with closing(duckdb.connect(str(home / "khabar.duckdb"), read_only=True)) as connection:
        assert (
            connection.execute(
                "SELECT count(*) FROM mentions JOIN articles USING (article_id, version)"
                " WHERE length(body) > 0"
            ).fetchall()
            == connection.execute("SELECT count(*) FROM mentions").fetchall()
        )
        return {
            m.table: connection.execute(f"SELECT count(*) FROM {m.table}").fetchall()[0][0]
            for m in TABLES
        }


@pytest.mark.skipif(not may_mount(), reason=WHY_NOT)
@pytest.mark.parametrize("left", [20_000, 150_000, 400_000])
def test_a_full_disk_loses_nothing_and_half_publishes_nothing(tmp_path: Path, left: int) -> None:
    with small_disk(tmp_path / "small", 24) as home:
        publish(home, "run-1")
        ballast = home / "ballast"
        free = os.statvfs(home).f_bavail * os.statvfs(home).f_frsize
        ballast.write_bytes(b"\0" * (free - left))
        full = subprocess.run(writer(home, "run-2"), capture_output=True, text=True, check=False)
        assert full.returncode == 1
        assert "DiskFull: " in full.stderr or "No space left on device" in full.stderr
        assert counts(home) == expected(1)
        ballast.unlink()
        with Store.open(home):
            healed = counts(home)
            assert healed in (expected(1), expected(2))
        publish(home, "run-2")
        assert counts(home) == expected(2)
