"""`khabar doctor`: what could stand in the way here, and what to do about it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

from flows.commands.wrong_use import guarded
from transforms.plain import plain

if TYPE_CHECKING:
    from flows.settings import Settings

#: A run keeps its staging until it is published: about twice the size of its pages. Below this
#: much free space a run of a few thousand pages may not finish.
_FREE_GB = 2.0


class Finding(NamedTuple):
    """One thing looked at: `advice` says what to do where it is not well."""

    check: str
    state: Literal["ok", "warn", "fail"]
    found: str
    advice: str = ""


def run(*, home: Path | None, config: Path | None, quick: bool, as_json: bool) -> int:
    """Print all findings; exit status 1 where one would stop a run, 2 for a wrong config."""
    return guarded(lambda: _examine(home, config, quick, as_json))


def _examine(home: Path | None, config: Path | None, quick: bool, as_json: bool) -> int:
    from flows.settings import load_settings

    settings = load_settings(home=home, config=config)
    findings = [finding for check in CHECKS for finding in check(settings)]
    findings += _files(settings, quick)
    for finding in findings:
        print(
            json.dumps(finding._asdict(), ensure_ascii=False) if as_json else plain(_shown(finding))
        )
    return int(any(finding.state == "fail" for finding in findings))


def _shown(finding: Finding) -> str:
    advice = f"\n{'':20}{finding.advice}" if finding.advice else ""
    return f"{finding.state:4}  {finding.check:12}  {finding.found}{advice}"


def _python(_: Settings) -> Iterator[Finding]:
    found = sys.version.split()[0]
    if (3, 11) <= sys.version_info[:2] < (3, 14):
        yield Finding("python", "ok", found)
    else:
        yield Finding("python", "fail", found, "use Python 3.11, 3.12 or 3.13")


def _packages(_: Settings) -> Iterator[Finding]:
    """Compare what is installed with the pins: an unpinned install is known to break."""
    from packaging.requirements import Requirement

    wrong = []
    for text in requires("khabar") or []:
        requirement = Requirement(text)
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            found = "missing"
        if found == "missing" or not requirement.specifier.contains(found, prereleases=True):
            wrong.append(f"{requirement.name} {found}, needs {requirement.specifier}")
    if wrong:
        yield Finding("packages", "fail", "; ".join(wrong), "remove .venv and run make install")
    else:
        shown = ("duckdb", "prefect", "great-expectations")
        yield Finding("packages", "ok", ", ".join(f"{name} {version(name)}" for name in shown))


def _home(settings: Settings) -> Iterator[Finding]:
    home = settings.home
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    if not os.access(place, os.W_OK):
        yield Finding("home", "fail", f"{home} cannot be written", "choose another with --home")
        return
    free = shutil.disk_usage(place).free / 1e9
    state: Literal["ok", "warn"] = "ok" if free >= _FREE_GB else "warn"
    advice = "" if state == "ok" else "free some space, or move the home: --home, khabar relocate"
    yield Finding("home", state, f"{home}, {free:.1f} GB free", advice)


def _lock(settings: Settings) -> Iterator[Finding]:
    from warehouse.store import lock_holder

    holder = lock_holder(settings.home)
    if holder is None:
        yield Finding("lock", "ok", "no run is writing")
    else:
        yield Finding("lock", "warn", f"held by {holder}", "wait for that run, or stop it")


def _serve(settings: Settings) -> Iterator[Finding]:
    from flows import service

    holder = service.holder(settings.home)
    if holder is None:
        yield Finding("serve", "ok", "nobody serves the home; runs are started by hand")
    elif service.url_of(settings.home):
        yield Finding("serve", "ok", f"served by {holder}")
    else:
        advice = f"it may be starting still; else see {settings.home / 'prefect' / 'server.log'}"
        yield Finding("serve", "warn", f"{holder} serves, its server does not answer", advice)


def _forgetting(settings: Settings) -> Iterator[Finding]:
    """Look for the mark of a forgetting that was broken off: old files may have the pages yet."""
    from warehouse.home import Home
    from warehouse.purge import is_due

    if is_due(Home.at(settings.home)):
        found = "a forgetting has not come to its end: older files may still hold the pages"
        yield Finding("forgetting", "warn", found, "khabar maintain ends it, as any run does")


def _staging(settings: Settings) -> Iterator[Finding]:
    staging = settings.home / "staging"
    left = sorted(path.name for path in staging.iterdir()) if staging.is_dir() else []
    if left:
        advice = (
            "held or broken-off runs: see khabar sql 'FROM run_history'; "
            f"what is no longer wanted can be removed from {staging}"
        )
        yield Finding("staging", "warn", f"{len(left)} run(s) kept: {', '.join(left[:3])}", advice)
    else:
        yield Finding("staging", "ok", "empty")


def _warehouse(settings: Settings) -> Iterator[Finding]:
    if not (settings.home / "khabar.duckdb").exists():
        yield Finding("warehouse", "ok", "nothing published yet")
        return
    import duckdb

    from warehouse.errors import StoreError
    from warehouse.reader import connect

    try:
        with connect(settings.home) as reader:
            articles = reader.execute("SELECT count(*) FROM articles").fetchall()
    except (duckdb.Error, StoreError) as problem:
        first = str(problem).splitlines()[0]
        advice = "khabar relocate: after a move, and where khabar.duckdb is damaged"
        yield Finding("warehouse", "fail", first, advice)
    else:
        yield Finding("warehouse", "ok", f"{articles[0][0]:,} articles")


def _files(settings: Settings, quick: bool) -> Iterator[Finding]:
    """Compare the files of the tables with what was written: reads them all unless `quick`."""
    from flows.commands.verify import remedy, summary
    from warehouse.errors import CatalogUnreadable
    from warehouse.inventory import small_files
    from warehouse.maintain import CROWD, SMALL_BYTES
    from warehouse.verify import verify

    if not (settings.home / "khabar.duckdb").exists():
        return
    try:
        found = verify(settings.home, quick=quick)
        table, count = small_files(settings.home, SMALL_BYTES)
    except CatalogUnreadable as problem:
        yield Finding("files", "fail", str(problem), f"khabar relocate --home {settings.home}")
        return
    if found.shown:
        advice = f"khabar verify names them. {remedy(settings.home)}"
        yield Finding("files", "fail", summary(found), advice)
    else:
        yield Finding("files", "ok", summary(found, quick=quick))
    if count > CROWD:
        yield Finding("upkeep", "warn", f"{table} has {count:,} small files", "khabar maintain")


def _prefect(_: Settings) -> Iterator[Finding]:
    address = os.environ.get("PREFECT_API_URL")
    if not address:
        yield Finding("prefect", "ok", "a server of its own for each run, on loopback")
        return
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=3):
            yield Finding("prefect", "ok", f"server at {parts.hostname}:{parts.port} answers")
    except OSError as problem:
        advice = "start it (prefect server start), or unset PREFECT_API_URL for a server per run"
        yield Finding("prefect", "fail", f"{parts.hostname}:{parts.port}: {problem}", advice)


def _port(_: Settings) -> Iterator[Finding]:
    try:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    except OSError as problem:
        yield Finding("port", "fail", str(problem), "a run needs one free port on 127.0.0.1")
    else:
        yield Finding("port", "ok", f"127.0.0.1 gives ports ({port})")


def _fonts(_: Settings) -> Iterator[Finding]:
    lister = shutil.which("fc-list")
    if lister is None:
        yield Finding("fonts", "ok", "not checked (no fc-list); browsers bring their own")
        return
    listed = subprocess.run([lister, ":lang=ar", "family"], capture_output=True, text=True)
    families = sorted({name.split(",")[0] for name in listed.stdout.splitlines() if name})
    if families:
        yield Finding("fonts", "ok", f"{len(families)} with Arabic, such as {families[0]}")
    else:
        advice = "for reports on this machine: install an Arabic font, such as fonts-noto-core"
        yield Finding("fonts", "warn", "none with Arabic letters", advice)


CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _python, _packages, _home, _lock, _serve, _forgetting, _staging, _warehouse, _prefect, _port,
    _fonts,
)  # fmt: skip
