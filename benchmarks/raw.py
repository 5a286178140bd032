"""What it costs a run to keep the bytes of its pages.

    python benchmarks/raw.py [--pages 20000] [--eval-data ../shared/real]

One run of plain-text pages into a fresh home, without Prefect. CPU of keeping is taken around
`Raw.put` in the run's own process, and held against the CPU of the run and all its children.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from pages import write_pages
from pipeline import cost_of

PLAIN = """
import json, sys, time
from pathlib import Path
from flows.run import run_pipeline
from flows.settings import load_settings
from warehouse.raw import Raw

spent, waited, put = 0.0, 0.0, Raw.put

def measured(self, payloads):
    global spent, waited
    cpu, wall = time.process_time(), time.perf_counter()
    try:
        return put(self, payloads)
    finally:
        spent += time.process_time() - cpu
        waited += time.perf_counter() - wall

if __name__ == "__main__":
    Raw.put = measured
    folder = Path(sys.argv[1])
    run_pipeline(load_settings(home=folder / "home"), [folder / "pages"])
    print(json.dumps({"cpu": spent, "wall": waited}))
"""


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--eval-data", type=Path, default=Path("../shared/real"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="khabar-bench-") as name:
        folder = Path(name)
        size = write_pages(args.eval_data / "corpora", folder / "pages", args.pages)
        script = folder / "plain.py"
        script.write_text(PLAIN)
        run = cost_of([sys.executable, str(script), str(folder)])
        put = json.loads(run.said.splitlines()[-1])
        kept = [path.stat() for path in (folder / "home" / "raw").rglob("*.zst")]
        data = sum(p.stat().st_size for p in (folder / "home" / "warehouse").rglob("*.parquet"))
    total = sum(each.st_size for each in kept)
    for what, value in (
        ("pages", f"{args.pages} of {size:.0f} bytes"),
        ("CPU of the run and its children", f"{run.cpu:.1f} s"),
        ("  of which keeping raw", f"{put['cpu']:.2f} s, {put['cpu'] / run.cpu:.1%}"),
        ("wall clock of the run", f"{run.wall:.1f} s"),
        ("  of which keeping raw", f"{put['wall']:.2f} s, {put['wall'] / run.wall:.1%}"),
        ("payloads kept", f"{len(kept)}, {total / 1e6:.1f} MB"),
        ("  on disk, in blocks", f"{sum(each.st_blocks for each in kept) * 512 / 1e6:.1f} MB"),
        ("tables", f"{data / 1e6:.1f} MB"),
    ):
        print(f"{what:40} {value}")


if __name__ == "__main__":
    main()
