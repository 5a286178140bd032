"""Earlier runs of a source, and what a run says that gives far fewer names than they did."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from expectations.catalogue import drifting
from flows.run import run_pipeline
from flows.settings import load_settings
from tests import store_rows as rows
from tests.run_pages import ask, write_pages
from warehouse.store import Store
from warehouse.usual import usual_values

NAMES = "tag.batch.mentions_per_article"


def publish_results(home: Path, number: int, *observed: str, **over: object) -> None:
    """Publish a run of a source of which the tag gate saw these values, one a batch."""
    run_id = f"run-{number:03}"
    gates = [
        rows.a_result(
            rows.a_batch(home, run_id, batch, "barq"), NAMES, gate="tag", scope="batch",
            observed=value, **{"judged_on": date.today()} | over,
        )
        for batch, value in enumerate(observed)
    ]  # fmt: skip
    kind = "reprocess" if over.get("action") == "warn" else "pipeline"
    run = rows.a_run(run_id, pages_landed=0, pages_published=0, kind=kind)
    with Store.open(home) as store:
        store.publish(run, [], [], gates, [], [])


def test_what_counts_as_usual(tmp_path: Path) -> None:
    publish_results(tmp_path, 1, "20", "30")
    publish_results(tmp_path, 2, "not judged: 3 < 50")
    publish_results(tmp_path, 3, "0.1", action="hold")
    publish_results(tmp_path, 4, "7", action="warn")
    publish_results(tmp_path, 5, "70", judged_on=date.today() - timedelta(days=200))
    publish_results(tmp_path, 6, "26")
    with Store.open(tmp_path) as store:
        assert usual_values(store, drifting()) == {"barq": {NAMES: [25.0, 26.0]}}
        assert usual_values(store, ["tag.batch.another"]) == {}
        assert usual_values(store, drifting(), runs=1) == {"barq": {NAMES: [26.0]}}


def test_a_run_says_that_its_source_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(home=tmp_path / "home", workers=2)
    for number in range(5):
        publish_results(settings.home, number, f"{90 + number}")
    outcome = run_pipeline(settings, [write_pages(tmp_path / "barq", 60)])
    assert outcome.run.state == "published"
    ((action, observed, threshold),) = ask(
        settings.home,
        "SELECT action, observed, threshold FROM gate_results "
        f"WHERE rule = '{NAMES}_drift' AND run_id = '{outcome.run.run_id}'",
    )
    assert action == "warn"
    assert float(observed) < -4
    assert threshold.endswith("from 5 mentions_per_article_runs up")
