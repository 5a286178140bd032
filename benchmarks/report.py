"""What the report of a run costs: seconds, memory, size of its files.

    python benchmarks/report.py HOME [RUN]

HOME is one that `benchmarks/whole_corpora.py --home HOME` or any run has left; RUN is an id, the
newest by default. The whole command is measured, its start and the child that draws included; a
run that writes its own report has most of the imports already.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipeline import cost_of


def main() -> None:
    """Measure three times and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("run", nargs="?", default="last")
    args = parser.parse_args()
    command = [
        sys.executable, "-m", "flows.cli", "report", args.run, "--home", str(args.home)
    ]  # fmt: skip
    costs = [cost_of(command) for _ in range(3)]
    for cost in costs:
        print(f"wall {cost.wall:.1f} s, CPU {cost.cpu:.1f} s, one process {cost.peak_mb:.0f} MB")
    page = Path(costs[0].said.strip().splitlines()[-1].removeprefix("Report: "))
    for file in sorted(page.parent.glob(f"{page.stem}.*")):
        print(f"{file.name}  {file.stat().st_size / 1000:.0f} KB")


if __name__ == "__main__":
    main()
