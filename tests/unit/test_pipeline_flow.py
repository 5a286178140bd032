"""The main flow's own words: what a deployment must be told, and that its steps are tasks."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from prefect.states import Failed

from flows.pipeline import STEPS, pipeline, settings_of_run
from flows.publish import LawBrokenError
from flows.settings import UsageError
from warehouse.errors import StoreLocked


@pytest.fixture
def deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", "11111111-1111-1111-1111-111111111111")
    for name in ("KHABAR_HOME", "KHABAR_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_a_deployment_without_a_home_is_refused(
    deployed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="KHABAR_HOME"):
        settings_of_run(None, None)
    monkeypatch.setenv("KHABAR_HOME", "")  # as `prefect deploy` leaves it where it is not set
    with pytest.raises(UsageError, match="KHABAR_HOME"):
        settings_of_run(None, None)
    monkeypatch.setenv("KHABAR_HOME", str(deployed / "kept"))
    assert settings_of_run(None, None).home == deployed / "kept"
    assert settings_of_run(str(deployed / "given"), None).home == deployed / "given"


def test_a_khabar_toml_can_name_the_home(deployed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = deployed / "etc" / "khabar.toml"
    config.parent.mkdir()
    config.write_text('home = "tables"\n', "utf-8")
    assert settings_of_run(None, str(config)).home == config.parent / "tables"


def test_the_default_home_is_fine_without_a_deployment(
    deployed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT__RUNTIME__DEPLOYMENT__ID")
    assert settings_of_run(None, None).home == deployed / "data"


def test_the_flow_and_its_tasks_have_the_names_of_the_stages() -> None:
    assert pipeline.name == "pipeline"
    assert list(pipeline.parameters.properties) == [
        "paths", "source", "home", "config", "group",
    ]  # fmt: skip
    for name in ("ingest", "clean", "tag", "publish"):
        task = getattr(STEPS, name)
        assert task.name == name
        assert task.persist_result is False
    assert STEPS.publish.retries == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("problem", "again"),
    [
        (OSError("input/output error"), True),
        (duckdb.TransactionException("conflict"), True),
        (StoreLocked("another run writes"), False),
        (LawBrokenError("pages are missing"), False),
        (ValueError("a fault of the program"), False),
    ],
)
def test_publishing_is_tried_again_only_where_that_can_help(
    problem: Exception, again: bool
) -> None:
    state = Failed(data=problem)
    condition = STEPS.publish.retry_condition_fn  # type: ignore[attr-defined]
    assert condition(None, None, state) is again
