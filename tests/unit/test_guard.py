"""The guard: what breaks a limit is found and taken out, everything else goes on, in order."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from flows.guard import Done, Guard, GuardError, Killed
from tests import guard_work
from tests.guard_work import POISON

pytestmark = pytest.mark.slow

MEMORY_MB = 400


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    with Guard(2, 0.1, MEMORY_MB, chunk=16, base_seconds=0.4) as guard:
        yield guard


def items_with_poison(*at: int, count: int = 100) -> list[int]:
    return [POISON if index in at else index for index in range(count)]


def test_results_come_in_the_order_of_the_items(guard: Guard) -> None:
    outcomes = list(guard.map(guard_work.echo, range(100)))
    assert [o.first for o in outcomes if isinstance(o, Done)] == list(range(0, 100, 16))
    assert [x for o in outcomes if isinstance(o, Done) for x in o.result] == list(range(100))
    assert [o.count for o in outcomes if isinstance(o, Done)] == [16] * 6 + [4]


def test_nothing_in_nothing_out(guard: Guard) -> None:
    assert list(guard.map(guard_work.echo, [])) == []


@pytest.mark.parametrize(
    ("work", "cause", "detail"),
    [
        (guard_work.spin, "time", "s of computing"),
        (guard_work.spin_in_c, "time", "s of computing"),
        (guard_work.leave, "crash", "status 7"),
        (guard_work.segfault, "crash", "SIGSEGV"),
        (guard_work.die_while_replying, "crash", "status 9"),
        (guard_work.fail_without_a_trace, "crash", "status 7"),
        (guard_work.fail, "error", "ValueError (guard_work.py:"),
        (guard_work.out_of_memory, "memory", "MemoryError (guard_work.py:"),
    ],
)
def test_exactly_the_poison_is_taken_out(
    guard: Guard, work: Callable[..., list[int]], cause: str, detail: str
) -> None:
    outcomes = list(guard.map(work, items_with_poison(37)))
    killed = [o for o in outcomes if isinstance(o, Killed)]
    assert [(k.index, k.item, k.cause) for k in killed] == [(37, POISON, cause)]
    assert detail in killed[0].detail
    seen = [x for o in outcomes for x in (o.result if isinstance(o, Done) else [37])]
    assert seen == list(range(100))


def test_several_poisons_in_one_chunk_and_at_its_ends(guard: Guard) -> None:
    at = (0, 1, 15, 16, 50, 99)
    outcomes = list(guard.map(guard_work.leave, items_with_poison(*at)))
    assert tuple(o.index for o in outcomes if isinstance(o, Killed)) == at
    assert sum(o.count for o in outcomes if isinstance(o, Done)) == 100 - len(at)


def test_poison_that_leaves_no_trace_is_found_by_halving(guard: Guard) -> None:
    outcomes = list(guard.map(guard_work.fail_without_a_trace, items_with_poison(3, 12, 88)))
    assert [o.index for o in outcomes if isinstance(o, Killed)] == [3, 12, 88]
    assert sum(o.count for o in outcomes if isinstance(o, Done)) == 97


def test_a_memory_hog_is_taken_out() -> None:
    with Guard(1, 5.0, MEMORY_MB, chunk=16) as roomy:
        outcomes = list(roomy.map(guard_work.hog, items_with_poison(5, count=20)))
    killed = [o for o in outcomes if isinstance(o, Killed)]
    assert [(k.index, k.cause) for k in killed] == [(5, "memory")]
    assert f"of at most {MEMORY_MB} MB" in killed[0].detail
    assert sum(o.count for o in outcomes if isinstance(o, Done)) == 19


@pytest.mark.slow
def test_a_child_that_waits_for_ever_is_taken_out_by_the_clock() -> None:
    with Guard(1, 0.1, MEMORY_MB, chunk=4, base_seconds=0.1) as quick:
        outcomes = list(quick.map(guard_work.sleep_forever, items_with_poison(1, count=4)))
    killed = [o for o in outcomes if isinstance(o, Killed)]
    assert [(k.index, k.cause) for k in killed] == [(1, "time")]
    assert "by the clock" in killed[0].detail


@pytest.mark.slow
def test_a_child_that_is_done_waits_for_a_slow_reader() -> None:
    # a reply is larger than the pipe, so the child waits in its middle, longer than its limit
    with Guard(2, 0.05, 2_000, chunk=1, base_seconds=0.1) as hasty:
        outcomes = hasty.map(guard_work.swell, range(4))
        sizes = []
        for outcome in outcomes:
            time.sleep(1.5)
            assert isinstance(outcome, Done), outcome
            sizes.append(len(outcome.result))
    assert sizes == [5_000_000] * 4


def test_an_error_is_told_in_one_short_line_without_control_characters(guard: Guard) -> None:
    killed = next(iter(guard.map(guard_work.fail, [POISON])))
    assert isinstance(killed, Killed)
    assert len(killed.detail) == 200
    assert killed.detail.isprintable()


def test_a_worn_child_is_replaced_before_it_is_blamed() -> None:
    # every chunk leaves 80 MB behind: without a replacement the fourth would break the limit
    with Guard(1, 5.0, MEMORY_MB, chunk=4) as roomy:
        outcomes = list(roomy.map(guard_work.keep, [b"x" * 100_000] * 40))
    assert all(isinstance(o, Done) for o in outcomes)
    pids = {o.result for o in outcomes if isinstance(o, Done)}
    assert 1 < len(pids) < 10, "replaced where worn, and only there"


def test_no_more_is_read_than_a_few_chunks_ahead(guard: Guard) -> None:
    read = 0

    def items() -> Iterator[int]:
        nonlocal read
        while read < 10_000:
            read += 1
            yield read

    results = guard.map(guard_work.echo, items())
    for _ in range(3):
        next(results)
    assert read <= 3 * 16 + 2 * 4 * 16
    results.close()  # type: ignore[attr-defined]


def test_large_items_are_sent_in_smaller_chunks(guard: Guard) -> None:
    outcomes = list(guard.map(len_of_chunk, [bytes([n]) * 9_000_000 for n in range(8)]))
    assert sum(o.count for o in outcomes if isinstance(o, Done)) == 8
    assert max(o.count for o in outcomes if isinstance(o, Done)) < 8


len_of_chunk = len


def test_after_an_abandoned_map_the_next_one_is_clean(guard: Guard) -> None:
    results = guard.map(guard_work.spin, [POISON] * 64)
    with pytest.raises(RuntimeError, match="one map at a time"):
        first_started = guard.map(guard_work.echo, [1])
        next(results)
        next(first_started)
    results.close()  # type: ignore[attr-defined]
    assert [o.result for o in guard.map(guard_work.echo, [1])] == [[1]]  # type: ignore[union-attr]


def test_work_that_no_child_can_import_stops_the_run(guard: Guard, tmp_path: Path) -> None:
    module = tmp_path / "fleeting_work.py"
    module.write_text("def work(items):\n    return items\n", encoding="utf-8")
    sys.path.insert(0, str(tmp_path))
    try:
        from fleeting_work import work  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(tmp_path))
    with pytest.raises(GuardError, match="cannot be imported in a child"):
        list(guard.map(work, [1]))


def test_work_of_the_main_module_is_refused(guard: Guard) -> None:
    work = partial(guard_work.echo)
    lost = lambda items: items  # noqa: E731
    lost.__module__ = "__main__"
    assert list(guard.map(work, [1]))
    with pytest.raises(ValueError, match="__main__"):
        list(guard.map(lost, [1]))


def test_a_child_that_died_idle_costs_no_item(guard: Guard) -> None:
    before = next(iter(guard.map(guard_work.where, [1])))
    assert isinstance(before, Done)
    psutil.Process(before.result["pid"]).kill()
    time.sleep(0.2)
    outcomes = list(guard.map(guard_work.where, range(40)))
    assert all(isinstance(o, Done) for o in outcomes)
    assert [x for o in outcomes for x in o.result["items"]] == list(range(40))  # type: ignore[union-attr]


def test_children_end_with_the_guard() -> None:
    with Guard(2, 1.0, MEMORY_MB, chunk=1) as guard:
        pids = {o.result["pid"] for o in guard.map(guard_work.where, range(6))}  # type: ignore[union-attr]
        assert all(psutil.pid_exists(pid) for pid in pids)
    assert not any(psutil.pid_exists(pid) for pid in pids)
    with pytest.raises(RuntimeError):
        next(guard.map(guard_work.echo, [1]))


def test_the_fork_server_has_one_thread() -> None:
    # forking a process with threads can leave a lock held for ever in the child
    code = (
        "from flows.guard import Guard; from tests.guard_work import where\n"
        "with Guard(1, 1.0, 1000) as guard:\n"
        "    print(next(guard.map(where, [1])).result['threads of the fork server'])\n"
    )
    assert run_python("-c", code).stdout.split() == ["1"]


@pytest.mark.parametrize("start", ["by path", "by name"])
def test_children_never_import_the_main_module(tmp_path: Path, start: str) -> None:
    (tmp_path / "marker.py").write_text("", encoding="utf-8")
    (tmp_path / "engine.py").write_text(
        "import marker\n"
        "from flows.guard import Guard\n"
        "from tests.guard_work import where\n"
        "with Guard(1, 1.0, 1000) as guard:\n"
        "    modules = next(guard.map(where, [1])).result['modules']\n"
        "print('worked', 'marker' in modules, 'prefect' in modules, 'engine' in modules)\n",
        encoding="utf-8",
    )
    how = [str(tmp_path / "engine.py")] if start == "by path" else ["-m", "engine"]
    assert run_python(*how, cwd=tmp_path).stdout.split() == ["worked", "False", "False", "False"]


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_child_outlives_a_parent_that_is_killed(tmp_path: Path, ending: signal.Signals) -> None:
    note = tmp_path / "pid"
    code = (
        "import sys; from flows.guard import Guard; from tests.guard_work import touch_and_spin\n"
        "with Guard(1, 600.0, 1000) as guard:\n"
        "    list(guard.map(touch_and_spin, sys.argv[1:]))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(note)], stderr=subprocess.DEVNULL)
    try:
        await_that(lambda: note.exists() and note.read_text("utf8") != "", 60)
        child = psutil.Process(int(note.read_text("utf8")))
    finally:
        parent.send_signal(ending)
        parent.wait(30)
    # the child hangs within C: its parent ends it on the way out, else the kernel does
    await_that(lambda: not child.is_running(), 5)


def run_python(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=True
    )


def await_that(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
