"""Where DuckDB puts what does not fit its memory limit: a folder for each connection alone.

DuckDB names its files the same in every process and writes to what lies there: two that spilled
into one folder were seen to crash both (signal 11). It makes the folder when it needs one and
removes it when it closes; what was killed leaves it, with words of pages in it.
"""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from warehouse.home import Home

_NAME = "spill-"


def own_folder(home: Home) -> Path:
    """Return a folder that no other connection spills to; it is not made here."""
    return home.warehouse / f"{_NAME}{os.getpid()}-{secrets.token_hex(4)}"


def sweep(home: Home) -> None:
    """Remove what killed processes have left; `spill` is the one folder that all shared once."""
    shutil.rmtree(home.warehouse / "spill", ignore_errors=True)
    for folder in home.warehouse.glob(f"{_NAME}*"):
        pid = folder.name.split("-")[1]
        if not (pid.isdigit() and _lives(int(pid))):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
