"""The process of one flow run: Prefect's engine, which ends when the worker is gone.

    python -m flows.flow_process PID     PID of the worker that starts it

Prefect's own would go on after `kill -9` of the worker, and write, while the next `khabar serve`
runs the same flow once more. What ends here has published nothing: a commit is one transaction.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
import time

_POLL_SECONDS = 0.5


def end_with(parent: int) -> None:
    """End this process at once when `parent` is no longer its parent, however it ended."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_POLL_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    end_with(int(sys.argv[1]))
    # The engine takes an argument for the id of the flow run, which is in the environment.
    sys.argv = ["prefect.engine"]
    runpy.run_module("prefect.engine", run_name="__main__")
