"""What all tests share: where the evaluation data is, and the rule about skips."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

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
