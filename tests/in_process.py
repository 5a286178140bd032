"""A `khabar` command within the test's own process: the same words and status, without a start.

A start costs a second of imports, and as much again for a fork server of its own where pages are
read. That the command is a process whose pipes, bytes and exit status are these is shown once each
by tests/e2e/test_cli.py and tests/e2e/test_pipeline_prefect.py.
"""

from __future__ import annotations

import os
from contextlib import chdir
from pathlib import Path
from subprocess import CompletedProcess

from typer.testing import CliRunner

from flows.cli import app


def khabar(
    *args: str | Path, stdin: str | bytes = "", cwd: Path | None = None, **env: str
) -> CompletedProcess[str]:
    """Run a command to its end; what it raises beyond its exit status is raised."""
    status, out, err = khabar_bytes(*args, stdin=stdin, cwd=cwd, **env)
    # As a process is read in text: the ends of lines are newlines.
    told = (text.decode("utf-8").replace("\r\n", "\n") for text in (out, err))
    return CompletedProcess([str(arg) for arg in args], status, *told)


def khabar_bytes(
    *args: str | Path, stdin: str | bytes = "", cwd: Path | None = None, **env: str
) -> tuple[int, bytes, bytes]:
    """Run a command to its end; return its status and its bytes as they are."""
    unset: dict[str, str | None] = {
        name: None for name in os.environ if name.startswith(("KHABAR_", "PREFECT_"))
    }
    with chdir(cwd or Path.cwd()):
        done = CliRunner().invoke(
            app, [str(arg) for arg in args], stdin, unset | env, catch_exceptions=False
        )
    return done.exit_code, done.stdout_bytes, done.stderr_bytes
