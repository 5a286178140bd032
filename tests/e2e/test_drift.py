"""Earlier runs of sources, and what a run says of one that brings something else than they did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.outlet import Outlet
from flows.run import run_pipeline
from flows.settings import Settings, load_settings
from tests import store_rows as rows
from tests.run_pages import ask, write_pages
from warehouse.store import Store
from warehouse.tables import GateResult
from warehouse.usual import Measured, daily_counts, earlier_shares

TODAY = datetime.now(UTC).replace(microsecond=0)
DATED, PAGES = "publish.source.dated_share", "publish.source.pages"


def a_measure(
    source: str, rule: str, value: float, sample: int | None = None, **over: object
) -> GateResult:
    batch = rows.a_batch(Path("nowhere"), "?", 0, source)
    values: dict[str, object] = {
        "gate": "publish", "scope": "source", "batch_id": f"{source}/all", "value": value,
        "sample": sample,
    }  # fmt: skip
    return rows.a_result(batch, rule, **values | over)


def publish_results(
    home: Path, days_ago: float, results: Sequence[GateResult], kind: str = "pipeline",
    held: str | None = None,
) -> None:  # fmt: skip
    """Publish a run of some days ago that measured this; `held`: a source, of which it held one."""
    at = TODAY - timedelta(days=days_ago)
    run_id = f"run-{at:%Y%m%dT%H%M%S}"
    gates = [g.model_copy(update={"run_id": run_id, "judged_on": at.date()}) for g in results]
    run = rows.a_run(run_id, at, pages_landed=0, pages_published=0, kind=kind)
    stages = []
    if held:
        stages = [rows.a_stage(rows.a_batch(home, run_id, 0, held)).model_copy(update={"held": 1})]
    with Store.open(home) as store:
        store.publish(run, [], stages, gates, [], [])


def test_small_runs_are_taken_together(tmp_path: Path) -> None:
    for ago, (value, sample) in enumerate([(0.5, 20), (0.8, 30), (1.0, 45), (0.4, 80)], 1):
        publish_results(tmp_path, ago, [a_measure("barq", DATED, value, sample)])
    publish_results(tmp_path, 1.5, [a_measure("barq", DATED, 0.0, 90)], kind="reprocess")
    publish_results(tmp_path, 1.6, [a_measure("barq", DATED, 0.0, 90, action="hold")])
    publish_results(tmp_path, 200, [a_measure("barq", DATED, 0.0, 90)])
    publish_results(tmp_path, 1.7, [a_measure("wadi", DATED, 0.0, 90)])
    with Store.open(tmp_path) as store:
        few = [Measured("barq", "barq/all", DATED, 0.9, 35)]
        found = earlier_shares(store, few, TODAY, 50)
        # 35 articles of this run lack 15: the newest run makes up for them.
        together = pytest.approx((1.0 * 45 + 0.4 * 80) / 125)
        assert found == {("barq", DATED): [(None, 0.5, 20), (0, 0.8, 30), (1, together, 125)]}
        enough = [Measured("barq", "barq/all", DATED, 0.9, 60)]
        pools = earlier_shares(store, enough, TODAY, 50)["barq", DATED]
        assert [rows for _, _, rows in pools] == [50, 125]
        assert pools[0][1] == pytest.approx((0.5 * 20 + 0.8 * 30) / 50)


def test_days_count_back_from_this_run(tmp_path: Path) -> None:
    for ago, pages in ((3.0, 900), (2.05, 40), (1.5, 10), (1.1, 30), (0.9, 50)):
        publish_results(tmp_path, ago, [a_measure("barq", PAGES, pages)])
    with Store.open(tmp_path) as store:
        now = [Measured("barq", "barq/all", PAGES, 60, None)]
        days = daily_counts(store, now, TODAY, "run-now")["barq", PAGES]
    # The first run of all has nothing before it: what it brought is an archive.
    assert [(count, runs) for count, runs, _ in days] == [(60, 1), (90, 3), (40, 1)]
    assert sum(each for _, _, each in days) == pytest.approx(3.0, abs=0.001)


def test_what_was_held_is_read_again_and_counts_once(tmp_path: Path) -> None:
    for ago, barq, held in ((3, 50, None), (2, 60, None), (1, 70, "barq")):
        wadi = a_measure("wadi", PAGES, 7)
        both = a_measure("*", PAGES, barq + 7, batch_id="*/1")
        publish_results(tmp_path, ago, [a_measure("barq", PAGES, barq), wadi, both], held=held)
    with Store.open(tmp_path) as store:
        now = [
            Measured("barq", "barq/all", PAGES, 130, None),
            Measured("wadi", "wadi/all", PAGES, 7, None),
            Measured("*", "*/1", PAGES, 137, None),
        ]  # fmt: skip
        days = daily_counts(store, now, TODAY, "run-now")
    # The 70 that were held are among the 130, which so are those of two days.
    assert days["barq", PAGES] == [(130, 1, pytest.approx(2.0)), (60, 1, pytest.approx(1.0))]
    assert days["*", PAGES] == [(137, 1, pytest.approx(2.0)), (67, 1, pytest.approx(1.0))]
    assert [count for count, *_ in days["wadi", PAGES]] == [7, 7, 7]


def settings_of(folder: Path, drift: str = "warn") -> Settings:
    sources = [
        Outlet(id="barq", path=folder / "barq", drift=drift),  # type: ignore[arg-type]
        Outlet(id="wadi", path=folder / "wadi", drift="stop"),
    ]
    (folder / "wadi").mkdir(parents=True)
    return load_settings(home=folder / "home", workers=2, sources=sources)


def a_usual_month(home: Path, days: int = 9) -> None:
    """Publish daily runs: barq brings about 60 dated pages with 4 names, wadi about 30."""
    for ago in range(days, 0, -1):
        jitter = ago % 3
        publish_results(
            home, ago,
            [
                a_measure("barq", PAGES, 60 + jitter),
                a_measure("barq", "publish.source.mentions_per_article", 90.0 + jitter, 60),
                a_measure("barq", DATED, 0.97, 60),
                a_measure("wadi", PAGES, 30 + jitter),
            ],
        )  # fmt: skip


def told(home: Path, run_id: str) -> dict[tuple[object, object], tuple[object, ...]]:
    found = ask(
        home,
        "SELECT source_id, rule, action, observed, value, sample FROM gate_results "
        f"WHERE run_id = '{run_id}' AND scope = 'source'",
    )
    return {(source, rule): tuple(rest) for source, rule, *rest in found}


def test_a_run_says_which_sources_have_changed(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    a_usual_month(settings.home)
    write_pages(tmp_path / "barq", 62)
    outcome = run_pipeline(settings)
    assert outcome.run.state == "published"
    said = told(settings.home, outcome.run.run_id)
    action, observed, value, sample = said["barq", "publish.source.mentions_per_article"]
    assert (action, sample) == ("warn", 62)
    assert str(observed).endswith("spreads below")
    assert isinstance(value, float) and value < 30
    assert said["barq", PAGES][0] == said["barq", DATED][0] == "pass"
    # Nothing came of wadi, which has no batch: it is named all the same, and nothing is held.
    assert said["wadi", "publish.source.silent"][0] == "warn"
    assert "pages missed, usually 3" in str(said["wadi", "publish.source.silent"][1])
    assert said["*", PAGES][1] == "not judged: 0 < 7 earlier windows", "never run together before"


def test_a_source_that_is_set_to_stop_publishes_nothing_strange(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, drift="stop")
    a_usual_month(settings.home)
    write_pages(tmp_path / "barq", 62)
    write_pages(tmp_path / "wadi", 31, first=500)
    outcome = run_pipeline(settings)
    run = outcome.run
    assert (run.state, run.pages_held, run.pages_published) == ("held", 62, 31)
    assert outcome.exit_code == 1
    assert "publish.source.mentions_per_article" in (run.message or "")
    assert told(settings.home, run.run_id)["barq", DATED][0] == "pass"
    # What was held is no usual value, and is looked at again.
    again = run_pipeline(settings)
    assert (again.run.state, again.run.pages_held) == ("held", 62)


def test_what_cannot_be_judged_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import judge_sources

    def broken(*_: object) -> None:
        raise OSError("no history")

    monkeypatch.setattr(judge_sources, "judge_sources", broken)
    outcome = run_pipeline(load_settings(home=tmp_path / "home", workers=1),
                           [write_pages(tmp_path / "barq", 3)])  # fmt: skip
    assert (outcome.run.state, outcome.run.pages_held) == ("held", 3)
    assert "no history" in (outcome.run.message or "")
