"""A disk so small that a test can fill it, where this process may mount one."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WHY_NOT = "may not mount a tmpfs: run as root, in docker with --cap-add SYS_ADMIN"


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Give a tmpfs of this size."""
    folder.mkdir(parents=True)
    size = f"size={megabytes}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def may_mount() -> bool:
    """Tell whether this process may mount a tmpfs, by asking for one and giving it back."""
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        asked = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True)
        if asked.returncode == 0:
            subprocess.run(["umount", folder], check=True)
        return asked.returncode == 0
