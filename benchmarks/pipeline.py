"""Speed of the whole pipeline on plain-text pages: pages/s/core, start-up, memory.

    python benchmarks/pipeline.py [--pages 4000] [--eval-data ../shared/real]

Each figure is of whole processes: the run, its children and Prefect's server. Start-up is a run
of one page on the same machine, taken off the CPU of the large run. The processes that read pages
and the others (Prefect, its server, gates, store) are counted apart. The same pages are then read
without Prefect, by the same steps: the difference is what Prefect costs, and the CPU of each gate
is taken there, and that of importing Great Expectations. Settings are those of KHABAR_CONFIG.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil
from pages import write_pages


class Cost(NamedTuple):
    """What one command cost: seconds of wall clock and of CPU, peak memory of one process."""

    wall: float
    cpu: float
    peak_mb: float
    said: str
    by_role: dict[str, float]


def cost_of(command: list[str], env: dict[str, str] | None = None) -> Cost:
    """Run a command to its end; raises RuntimeError where it fails.

    CPU and memory are of the whole tree of processes, looked at five times a second: children
    of a fork server never reach the accounting of the command itself. What a process did since
    the last look is missed, so the CPU is a slight under-count (about 0.1 s a process).
    """
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        child = psutil.Popen(command, stdout=said, stderr=complained, env=os.environ | (env or {}))
        seconds: dict[tuple[int, float], tuple[str, float]] = {}
        peak = 0.0
        while child.poll() is None:
            peak = max(peak, _look(child, seconds))
            time.sleep(0.2)
        wall = time.perf_counter() - start
        said.seek(0)
        complained.seek(0)
        out, err = said.read().decode(), complained.read().decode()
    if child.returncode != 0:
        raise RuntimeError(f"{command}: {child.returncode}\n{out[-2000:]}{err[-2000:]}")
    by_role = dict.fromkeys(("run", "children that read pages", "Prefect server"), 0.0)
    for role, used in seconds.values():
        by_role[role] += used
    return Cost(wall, sum(by_role.values()), peak, out, by_role)


def _role(process: psutil.Process, root: psutil.Process) -> str:
    if process.pid == root.pid:
        return "run"
    command = " ".join(process.cmdline())
    return "Prefect server" if "flows.server" in command else "children that read pages"


def _look(root: psutil.Process, seconds: dict[tuple[int, float], tuple[str, float]]) -> float:
    """Note the CPU seconds of every process of the tree; return the largest resident size, MB."""
    peak = 0.0
    with suppress(psutil.Error):
        for process in (root, *root.children(recursive=True)):
            with suppress(psutil.Error):
                used = process.cpu_times()
                total = used.user + used.system
                seconds[process.pid, process.create_time()] = (_role(process, root), total)
                peak = max(peak, process.memory_info().rss / 1e6)
    return peak


def run_pages(folder: Path, home: Path) -> Cost:
    """Run `khabar run` over a folder into a fresh home."""
    khabar = [sys.executable, "-m", "flows.cli", "run", str(folder), "--home", str(home), "--json"]
    return cost_of(khabar)


#: The same run as plain Python, after one of a page; prints its CPU in seconds, then its gates'.
PLAIN = """
import json, os, sys, time
from pathlib import Path
from flows.judge import judge_batch, warm_up
from flows.run import Steps, run_pipeline
from flows.settings import load_settings

spent = 0.0

def gate(*what):
    global spent
    start = time.process_time()
    try:
        return judge_batch(*what)
    finally:
        spent += time.process_time() - start

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    before = time.process_time()
    warm_up()
    imports = time.process_time() - before
    for pages, home in (("one", "plain-one"), ("pages", "plain")):
        before, spent = time.process_time(), 0.0
        settings = load_settings(home=folder / home)
        outcome = run_pipeline(settings, [folder / pages], steps=Steps(gate=gate))
        if outcome.run.state != "published":
            sys.exit(f"the run without Prefect ended as {outcome.run.state}: {outcome.run.message}")
    own = time.process_time() - before
    print(json.dumps({"own": own, "gates": spent, "imports": imports}))
"""
BARE = """
from prefect import flow, task
@task
def one(): return 1
@flow
def bare(): return [one() for _ in range(10)]
bare()
"""


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=4000)
    parser.add_argument("--eval-data", type=Path, default=Path("../shared/real"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="khabar-bench-") as name:
        folder = Path(name)
        size = write_pages(args.eval_data / "corpora", folder / "pages", args.pages)
        write_pages(args.eval_data / "corpora", folder / "one", 1)
        quiet = {"PREFECT_HOME": str(folder / "prefect"), "DO_NOT_TRACK": "1",
                 "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
                 "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180"}  # fmt: skip
        bare = [cost_of([sys.executable, "-c", BARE], quiet) for _ in range(3)]
        one = [run_pages(folder / "one", folder / f"home-one-{n}") for n in range(3)]
        large = run_pages(folder / "pages", folder / "home")
        script = folder / "plain.py"
        script.write_text(PLAIN)
        plain = json.loads(cost_of([sys.executable, str(script), str(folder)]).said)
        report(args.pages, size, bare, one, large, plain)


def report(
    pages: int, size: float, bare: list[Cost], one: list[Cost], large: Cost,
    plain: dict[str, float],
) -> None:  # fmt: skip
    """Print the table."""
    median_bare = sorted(bare)[1]
    median_one = sorted(one)[1]
    cpu = large.cpu - median_one.cpu
    beyond = {role: used - median_one.by_role[role] for role, used in large.by_role.items()}
    prefect = beyond["run"] + beyond["Prefect server"] - plain["own"]
    gates = plain["gates"] + plain["imports"]
    rows = [
        ("pages", f"{pages} of {size:.0f} bytes"),
        ("start-up, bare Prefect flow of 10 tasks, wall", f"{median_bare.wall:.1f} s"),
        ("start-up, khabar run of 1 page, wall", f"{median_one.wall:.1f} s"),
        ("ratio of the two", f"{median_one.wall / median_bare.wall:.2f}"),
        ("large run, wall", f"{large.wall:.1f} s"),
        ("large run, CPU of all processes", f"{large.cpu:.1f} s"),
        *((f"  of which {role}", f"{used:.1f} s") for role, used in large.by_role.items()),
        *((f"  {role}, start-up excluded", f"{used:.1f} s") for role, used in beyond.items()),
        ("  run without Prefect, start-up excluded", f"{plain['own']:.1f} s"),
        ("  so Prefect and its server", f"{prefect:.1f} s, {prefect / cpu:.1%}"),
        ("  gates", f"{plain['gates']:.1f} s, {plain['gates'] / cpu:.1%}"),
        ("gates and their imports, of the whole run", f"{gates:.1f} s, {gates / large.cpu:.1%}"),
        ("CPU a page, start-up excluded", f"{1000 * cpu / pages:.2f} ms"),
        ("pages/s/core, start-up excluded", f"{pages / cpu:.0f}"),
        ("peak memory of one process", f"{large.peak_mb:.0f} MB"),
        ("published", str(json.loads(large.said)["pages_published"])),
    ]
    for name, value in rows:
        print(f"{name:48} {value}")


if __name__ == "__main__":
    main()
