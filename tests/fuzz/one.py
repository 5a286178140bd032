"""One target in a process of its own, where atheris drives it: `python -m tests.fuzz.one NAME ...`.

libFuzzer ends the process as soon as it is done, so that the account is written while it works.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import atheris


def main() -> None:
    """Fuzz the target; arguments behind its name, the account's file and the runs are libFuzzer's."""
    name, account, runs, *options = sys.argv[1:]
    with atheris.instrument_imports(
        include=["flows.sources", "transforms.ingest", "zipfile", "tarfile"]
    ):
        from tests.fuzz.targets import TARGETS, Account

    target, total, seen, slowest = TARGETS[name], Account(), 0, 0.0

    def one(data: bytes) -> None:
        nonlocal total, seen, slowest
        begun = time.perf_counter()
        found = target.run(data)
        slowest = max(slowest, time.perf_counter() - begun)
        assert found.records == found.pages + found.refused + found.counted
        total = Account(*map(sum, zip(total, found, strict=True)))
        seen += 1
        if seen % 500 == 0 or seen >= int(runs):
            said = {"inputs": seen, "slowest": round(slowest, 3), **total._asdict()}
            Path(account).write_text(json.dumps(said), "utf-8")

    atheris.Setup([sys.argv[0], f"-runs={runs}", *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
