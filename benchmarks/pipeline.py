"""Speed of the whole pipeline on plain-text pages: pages/s/core, start-up, memory.

    python benchmarks/pipeline.py [--pages 4000] [--eval-data ../shared/real]

Each figure is of whole processes (the run and all its children), read from the operating
system's own accounting; start-up is a run of one page on the same machine, taken off the CPU of
the large run. The last row repeats the large run below Prefect and gates, so that their share of
the CPU shows.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from pages import write_pages


class Cost(NamedTuple):
    """What one command cost: seconds of wall clock and of CPU, peak memory of one process."""

    wall: float
    cpu: float
    peak_mb: float
    said: str


def cost_of(command: list[str], env: dict[str, str] | None = None) -> Cost:
    """Run a command to its end; raises RuntimeError where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", env=os.environ | (env or {})
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise RuntimeError(
            f"{command}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, after.ru_maxrss / 1024, done.stdout)


def run_pages(folder: Path, home: Path) -> Cost:
    """Run `khabar run` over a folder into a fresh home."""
    khabar = [sys.executable, "-m", "flows.cli", "run", str(folder), "--home", str(home), "--json"]
    return cost_of(khabar)


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
        report(args.pages, size, bare, one, large)


def report(pages: int, size: float, bare: list[Cost], one: list[Cost], large: Cost) -> None:
    """Print the table."""
    median_bare = sorted(bare)[1]
    median_one = sorted(one)[1]
    cpu = large.cpu - median_one.cpu
    rows = [
        ("pages", f"{pages} of {size:.0f} bytes"),
        ("start-up, bare Prefect flow of 10 tasks, wall", f"{median_bare.wall:.1f} s"),
        ("start-up, khabar run of 1 page, wall", f"{median_one.wall:.1f} s"),
        ("ratio of the two", f"{median_one.wall / median_bare.wall:.2f}"),
        ("large run, wall", f"{large.wall:.1f} s"),
        ("large run, CPU of all processes", f"{large.cpu:.1f} s"),
        ("CPU a page, start-up excluded", f"{1000 * cpu / pages:.2f} ms"),
        ("pages/s/core, start-up excluded", f"{pages / cpu:.0f}"),
        ("peak memory of one process", f"{large.peak_mb:.0f} MB"),
        ("the run said", json.dumps(json.loads(large.said), ensure_ascii=False)[:300]),
    ]
    for name, value in rows:
        print(f"{name:48} {value}")


if __name__ == "__main__":
    main()
