"""What all tests share: where the evaluation data is, and the rule about skips."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from warehouse.engine import SEALED

# Before anything imports them: no telemetry from the tools under test either.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")

ROOT = Path(__file__).resolve().parent.parent
EVAL_DATA = Path(os.environ.get("KHABAR_EVAL_DATA", ROOT / ".." / "shared" / "real")).resolve()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where no skip is allowed (KHABAR_ALLOW_SKIP=0, as on CI), a skipped test has failed."""
    report = yield
    if report.skipped and os.environ.get("KHABAR_ALLOW_SKIP") == "0":
        report.outcome = "failed"
        report.longrepr = f"skipped where no skip is allowed: {item.nodeid}: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def eval_data() -> Path:
    """The evaluation data; the test is skipped, visibly, where it is not to be had."""
    if not EVAL_DATA.is_dir():
        pytest.skip(f"evaluation data is not at {EVAL_DATA}; set KHABAR_EVAL_DATA")
    return EVAL_DATA


@pytest.fixture(scope="session", autouse=True)
def light_connections() -> Iterator[None]:
    """Spare the connections of this process what a handful of rows does not need.

    To check the signatures of the extensions takes 0.2 s of CPU a store (tests/unit/test_engine.py
    does), and a second thread costs a third of a small publication.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(SEALED, "allow_unsigned_extensions", "true")
        patched.setitem(SEALED, "threads", "1")
        yield


@pytest.fixture(scope="session")
def samples_home(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the samples in it, to be read only: made once, for all workers together."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    home = shared / "samples-home"
    with (shared / "samples-home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "khabar.duckdb").exists():
            from flows.run import run_pipeline
            from flows.settings import load_settings

            config = root / "samples" / "khabar.toml"
            settings = load_settings(home=home, config=config, workers=1)
            assert run_pipeline(settings, [root / "samples"]).run.state == "published"
    return home
