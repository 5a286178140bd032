"""How a flow run ends in Prefect where something goes wrong that nobody foresaw."""

from __future__ import annotations

import importlib
import logging
from pathlib import Path
from typing import Any

import pytest

from flows.notify import Notice
from flows.settings import load_settings
from tests.unit.test_notify import gate, outcome

FLOWS = {
    "pipeline": "run_pipeline",
    "reprocess": "reprocess_sources",
    "maintain": "maintain_home",
    "report": "week_of",
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return a home whose failed runs are told, for flows that run without a server."""
    for module in ("pipeline", "maintain", "report", "flow_end"):
        monkeypatch.setattr(f"flows.{module}.get_run_logger", lambda: logging.getLogger("test"))
    config = tmp_path / "khabar.toml"
    config.write_text('[notify]\nblocks = ["slack-webhook/desk"]\n', "utf-8")
    return {"home": str(tmp_path / "home"), "config": str(config)}


@pytest.mark.parametrize("name", FLOWS)
def test_a_fault_is_told_and_stays_a_fault(
    name: str, place: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left for <!channel> @everyone")

    told: list[tuple[str, Notice]] = []
    flow: Any = getattr(importlib.import_module(f"flows.{name}"), name)
    monkeypatch.setattr(f"flows.{name}.{FLOWS[name]}", full)
    monkeypatch.setattr("flows.flow_end.notify", lambda block, what: told.append((block, what)))
    with pytest.raises(OSError, match="no space left"):
        flow.fn(**place)
    notice = Notice(f"Khabar: {name} failed", "OSError: no space left for ‹!channel› ＠everyone")
    assert told == [("slack-webhook/desk", notice)]


def test_an_artifact_that_fails_changes_nothing_of_a_report(
    place: dict[str, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from flows.report import report

    def refused(*_: object, **__: object) -> None:
        raise OSError("the server is gone")

    monkeypatch.setattr("flows.report.create_markdown_artifact", refused)
    state: Any = report.fn(**place)
    assert state.is_completed()
    assert state.message == "nothing has been published yet"
    assert (Path(place["home"]) / "reports" / "latest.html").exists()
    assert "the artifact khabar-latest failed: OSError: the server is gone" in caplog.text


def test_an_artifact_that_fails_costs_no_other(
    place: dict[str, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from flows.flow_end import ended

    def refused(*_: object, **__: object) -> None:
        raise OSError("the server is gone")

    made: list[str] = []
    monkeypatch.setattr("prefect.artifacts.create_markdown_artifact", refused)
    for kind in ("table", "link"):
        name = f"prefect.artifacts.create_{kind}_artifact"
        monkeypatch.setattr(name, lambda *_, key, **__: made.append(key))
    over = outcome(gates=(gate("warn"),), report=Path("/srv/khabar/reports/r.html"))
    assert ended(over, load_settings(**place)).is_completed()
    assert made == ["khabar-gate-clean", "khabar-report"]
    assert "the artifact khabar-run failed: OSError: the server is gone" in caplog.text
