"""A writer in a process of its own, for tests that kill it.

    store_child HOME RUN_ID [RUNS] [--maintain] [--die WHERE] [--hold]

Publishes RUNS runs of three pages each, and then maintains the home with `--maintain`. `--die`
names a function of the store: the process kills itself with SIGKILL just before (`-name`) or just
after (`+name`) its next call, which with `--maintain` is that of the maintenance. `--hold` prints
`held` and waits to be killed with the lock in its hands.
"""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import warehouse.freeze
import warehouse.maintain
import warehouse.store
from tests import store_rows as rows
from warehouse.store import Store

PAGES = 3


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("run_id")
    parser.add_argument("runs", type=int, nargs="?", default=1)
    parser.add_argument("--die", default="")
    parser.add_argument("--hold", action="store_true")
    parser.add_argument("--maintain", action="store_true")
    asked = parser.parse_args()
    with Store.open(asked.home, 30, run_id=asked.run_id) as store:
        if asked.hold:
            print("held", flush=True)
            time.sleep(600)
        if asked.die and not asked.maintain:
            arm(asked.die)
        for run in range(asked.runs):
            run_id = asked.run_id if asked.runs == 1 else f"{asked.run_id}-{run:02d}"
            publish(store, asked.home, run_id)
            if run % 7 == 6:
                store.maintain()
        if asked.maintain:
            arm(asked.die)
            store.maintain()
    print("done", flush=True)


def publish(store: Store, home: Path, run_id: str) -> None:
    """Publish one run of pages, whose addresses are those of every other run."""
    pages = [
        rows.a_page(f"{run_id}\nالمتن {n}", run_id=run_id, url=f"https://a.example/{n}")
        for n in range(PAGES)
    ]
    rows.publish(store, run_id, [rows.stage(rows.a_batch(home, run_id), pages)])


def arm(where: str) -> None:
    """Replace a function of the store by one that dies on its next call."""
    name = where[1:]
    rooms = (warehouse.store, warehouse.freeze, warehouse.maintain)
    module = next(each for each in rooms if hasattr(each, name))
    real: Callable[..., object] = getattr(module, name)

    def deadly(*given: object, **named: object) -> object:
        if where.startswith("+"):
            real(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    setattr(module, name, deadly)


if __name__ == "__main__":
    main()
