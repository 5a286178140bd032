"""What an export of many articles costs: the samples, each row as often as asked under new ids.

    python benchmarks/exports.py [--times 1754] [--kinds parquet,jsonld]

Prints one line a kind: seconds, CPU seconds, the most memory that the command held, size.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flows.run import run_pipeline
from flows.settings import load_settings
from warehouse.exports import FORMATS
from warehouse.store import Store

ROOT = Path(__file__).resolve().parent.parent
_PAGE, _DOCUMENT, _ARTICLE = (
    "(md5(page_id || i) || md5(page_id || i)) AS page_id", "md5(document_id || i) AS document_id",
    "md5(article_id || i) AS article_id",
)  # fmt: skip
_NEW_IDS = {
    "pages": (_PAGE, _DOCUMENT),
    "segments": (_PAGE, _ARTICLE),
    "articles": (_PAGE, _DOCUMENT, _ARTICLE),
    "evidence": (_PAGE, _ARTICLE),
    "dates": (_PAGE, _ARTICLE),
    "mentions": (_PAGE, _ARTICLE),
}


def multiply(home: Path, times: int) -> None:
    """Publish every row of the tables of pages again, `times` times, under ids of its own."""
    with Store.open(home) as store:
        connection = store._connection
        connection.execute("SET memory_limit = '4GB'")
        connection.execute("BEGIN")
        for table, ids in _NEW_IDS.items():
            connection.execute(
                f"INSERT INTO lake.{table} SELECT * EXCLUDE (i) REPLACE ({', '.join(ids)})"
                f" FROM lake.{table}, (SELECT unnest(range({times})) AS i)"
            )
        connection.execute("COMMIT")
        store.show(anew=True)


def cost(kind: str, place: Path, home: Path) -> str:
    """Return what one export took, in a process of its own."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "flows.cli", "export", kind, place, "--home", home]
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    seconds = time.perf_counter() - started
    files = place.rglob("*") if place.is_dir() else [place]
    size = sum(file.stat().st_size for file in files) / 1e6
    cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    return f"| {kind} | {seconds:.0f} | {cpu:.0f} | {memory:,.0f} | {size:,.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=1_754)
    parser.add_argument("--kinds", default=",".join(FORMATS))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="khabar-exports-") as folder:
        home = Path(folder) / "home"
        settings = load_settings(home=home, config=ROOT / "samples" / "khabar.toml")
        run_pipeline(settings, [ROOT / "samples"])
        multiply(home, args.times)
        print(
            "| kind | seconds | CPU seconds | most memory, MB | size, MB |\n|---|---|---|---|---|"
        )
        for kind in args.kinds.split(","):
            place = Path(folder) / kind
            print(cost(kind, place, home), flush=True)
            shutil.rmtree(place) if place.is_dir() else place.unlink()


if __name__ == "__main__":
    main()
