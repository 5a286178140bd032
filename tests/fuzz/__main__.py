"""All targets by atheris, one after another: `python -m tests.fuzz [--inputs N] [--only NAME]`.

Prints one table: inputs, how long they took and the slowest one, and of the records met how many
became pages, were refused, or were counted as no pages. Exit status 1 where a target crashed, took
more than 10 s for an input, or more than 2 GB of memory; the input is kept.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from tests.fuzz.targets import TARGETS

SECONDS_PER_INPUT = 10
MEMORY_MB = 2_048
MAX_BYTES = 20_000
FOLDER = Path(".cache/fuzz")


def main() -> int:
    """Run the targets, print the table; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_200_000, help="over all targets")
    parser.add_argument("--only", choices=list(TARGETS), action="append", help="these targets")
    asked = parser.parse_args()
    names = asked.only or list(TARGETS)
    weights = sum(TARGETS[name].weight for name in names)
    print("| target | inputs | seconds | slowest | records | pages | refused | counted | crashes |")
    print("|---|---|---|---|---|---|---|---|---|")
    crashes = total = 0
    for name in names:
        runs = asked.inputs * TARGETS[name].weight // weights
        crashed, inputs = _fuzz(name, runs)
        crashes, total = crashes + crashed, total + inputs
    print(f"\n{total:,} inputs, {crashes} of {len(names)} targets crashed")
    return 1 if crashes else 0


def _fuzz(name: str, runs: int) -> tuple[bool, int]:
    folder = FOLDER / name
    corpus, account = folder / "corpus", folder / "account.json"
    corpus.mkdir(parents=True, exist_ok=True)
    account.unlink(missing_ok=True)
    for number, seed in enumerate(TARGETS[name].seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [
        f"-timeout={SECONDS_PER_INPUT}", f"-rss_limit_mb={MEMORY_MB}", f"-max_len={MAX_BYTES}",
        f"-artifact_prefix={folder}/", "-verbosity=0", "-close_fd_mask=0", str(corpus),
    ]  # fmt: skip
    begun = time.perf_counter()
    with (folder / "log.txt").open("wb") as log:
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.one", name, str(account), str(runs), *options],
            stdout=log, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    took = time.perf_counter() - begun
    said = json.loads(account.read_text("utf-8")) if account.exists() else {}
    cells = [f"{said.get(key, 0):,}" for key in ("records", "pages", "refused", "counted")]
    crashed = "none" if done.returncode == 0 else f"see {folder}/log.txt"
    row = [name, f"{said.get('inputs', 0):,}", f"{took:.0f}", f"{said.get('slowest', 0):.2f} s"]
    print(f"| {' | '.join([*row, *cells, crashed])} |", flush=True)
    return done.returncode != 0, int(said.get("inputs", 0))


if __name__ == "__main__":
    sys.exit(main())
