"""How `khabar run` ends: its exit status and its last words, by what is known of the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from flows.outcome import Outcome, run_row
from flows.run_command import End
from flows.summary import account_lines
from warehouse.reader import connect
from warehouse.store import Store

pytestmark = pytest.mark.slow

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
#: Minutes of work, of which a test waits for none.
LONG = (
    "SELECT count(*) FROM range(1000000000) AS a, range(1000) AS b WHERE a.range * b.range % 7 = 3"
)


def an_outcome(state: str, unshown: str | None = None) -> Outcome:
    run = run_row(
        "run-1", [], state=state, message=None, started=NOON, finished=NOON,  # type: ignore[arg-type]
        transform_version="1", config_sha256="a" * 64,
    )  # fmt: skip
    return Outcome(run, broken_off="interrupted", unshown=unshown)


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (End(an_outcome("published"), None, None), 0),
        (End(an_outcome("published"), None, "Flow run crashed"), 0),
        (End(an_outcome("held"), None, None), 1),
        (End(an_outcome("published", unshown="the disk is full"), None, "x"), 1),
    ],
)
def test_what_was_done_decides_the_status(end: End, status: int) -> None:
    assert end.exit_code == status


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [
        (End(None, None, None), 130, "Interrupted: nothing of this run was published."),
        (End(None, None, "locked"), 1, "The run failed, and nothing of it was published: locked"),
        (End(None, "run-7", None), 1, "whether run run-7 was published could not be found out"),
        (
            End(None, "run-7", "the server is gone"),
            1,
            "whether run run-7 was published could not be found out (the server is gone)",
        ),
        (End(None, "run-7", "whether run run-7 was ..."), 1, "whether run run-7 was ..."),
    ],
)
def test_nothing_is_claimed_that_is_not_known(end: End, status: int, said: str) -> None:
    assert (end.exit_code, end.message[: len(said)]) == (status, said)
    assert ("nothing of" in end.message) == (end.uncertain is None)


def test_the_account_says_what_was_broken_off_and_what_is_not_shown() -> None:
    assert "published whole" in account_lines(an_outcome("published"))[-1]
    told = account_lines(an_outcome("published", unshown="the disk is full"))[-1]
    assert told.startswith("COMMITTED, BUT NOT SHOWN YET: the disk is full.")
    assert "khabar relocate" in told


def interrupt_soon() -> None:
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()


def test_an_interrupt_ends_a_query_of_a_reader(rows: ModuleType, home: Path, store: Store) -> None:
    with connect(home) as reader:
        begun = time.monotonic()
        interrupt_soon()
        with pytest.raises(KeyboardInterrupt):
            reader.execute(LONG)
        assert reader.execute("SELECT 42").fetchall() == [(42,)]
        assert time.monotonic() - begun < 30


def test_an_interrupt_ends_the_work_of_the_store_and_leaves_it_usable(store: Store) -> None:
    begun = time.monotonic()
    interrupt_soon()
    with pytest.raises(KeyboardInterrupt), store._at_work():
        store._connection.execute("BEGIN")
        store._connection.execute(LONG)
    with store._at_work():
        store._connection.execute("ROLLBACK")
    assert store.committed("run-1") is None
    assert time.monotonic() - begun < 30


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_fork_server_is_deaf_to_an_interrupt_and_its_parent_is_not() -> None:
    asked = (
        "from flows.child import prepare; prepare()\n"
        "from multiprocessing import forkserver\n"
        "from pathlib import Path\n"
        "for pid in (forkserver._forkserver._forkserver_pid, 'self'):\n"
        "    lines = Path(f'/proc/{pid}/status').read_text().splitlines()\n"
        "    mask = next(line.split()[1] for line in lines if line.startswith('SigBlk'))\n"
        "    print(int(mask, 16) >> 1 & 1)\n"  # SIGINT is signal 2
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["1", "0"]
