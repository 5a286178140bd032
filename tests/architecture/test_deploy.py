"""What is in deploy/ is well formed, and says what the program does."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

from flows.schedule import Schedule
from flows.serve import WORKER_SECONDS
from flows.server import STOP_SECONDS


def unit_of(file: Path) -> ConfigParser:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(file.read_text("utf-8"))
    return unit


def test_the_container_file_has_no_finding(root: Path) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [hadolint, "--no-color", root / "deploy" / "Containerfile"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_linter_sees_what_is_wrong(tmp_path: Path, root: Path) -> None:
    wrong = tmp_path / "Containerfile"
    text = (root / "deploy" / "Containerfile").read_text("utf-8")
    wrong.write_text(text.replace("python:3.12-slim-bookworm", "python:latest"), "utf-8")
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, wrong], capture_output=True, text=True)
    assert "DL3007" in done.stdout


def test_the_image_gets_what_the_build_reads_and_nothing_else(root: Path) -> None:
    text = (root / "deploy" / "Containerfile").read_text("utf-8")
    copied = {
        name for line in re.findall(r"^COPY (?!--)(.+) \S+$", text, re.M) for name in line.split()
    }
    ignore = (root / ".dockerignore").read_text("utf-8").splitlines()
    assert {line[1:] for line in ignore if line.startswith("!")} == copied
    assert all((root / name).exists() for name in copied)
    assert re.findall(r"^FROM (\S+)", text, re.M) == ["python:3.12-slim-bookworm"] * 2
    assert text.count("--require-hashes") == text.count(" -r ") == 2
    assert re.search(r"^USER \d+:\d+$", text, re.M)
    assert 'CMD ["khabar", "status", "--check"]' in text


def test_the_unit_waits_as_long_as_a_stop_may_take(root: Path) -> None:
    unit = unit_of(root / "deploy" / "khabar.service")["Service"]
    longest = Schedule().stop_seconds + WORKER_SECONDS + STOP_SECONDS
    assert longest < int(unit["TimeoutStopSec"]) <= longest + 30
    text = (root / "deploy" / "Containerfile").read_text("utf-8")
    assert f"--stop-timeout {unit['TimeoutStopSec']}" in text
    # A signal to all would end the runs that a stop lets come to their end.
    assert (unit["KillMode"], unit["KillSignal"]) == ("mixed", "SIGTERM")
    assert unit["Restart"] == "on-failure"
    for wall in ("ProtectSystem=strict", "NoNewPrivileges=yes", "StateDirectory=khabar"):
        name, value = wall.split("=")
        assert unit[name] == value
    assert unit["Environment"]  # the last of them; all are looked at below
    environment = re.findall(
        r"^Environment=(\w+)=(.+)$", (root / "deploy" / "khabar.service").read_text("utf-8"), re.M
    )
    assert dict(environment)["KHABAR_HOME"] == f"/var/lib/{unit['StateDirectory']}"
    assert all(
        Path(dict(environment)[name]).is_absolute() for name in ("KHABAR_HOME", "KHABAR_CONFIG")
    )


def test_systemd_finds_nothing_wrong_with_the_unit(root: Path, tmp_path: Path) -> None:
    text = (root / "deploy" / "khabar.service").read_text("utf-8")
    assert text.count("/opt/khabar/bin/khabar") == 1
    verifier = shutil.which("systemd-analyze")
    if verifier is None:
        return  # the other tests read the unit; only systemd knows its words
    program = tmp_path / "khabar"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "khabar.service"
    unit.write_text(text.replace("/opt/khabar/bin/khabar", str(program)), "utf-8")
    done = subprocess.run([verifier, "verify", unit], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
