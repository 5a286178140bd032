"""The schedule: what khabar.toml may say, what it means, and what is declared of it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
import yaml

from flows.deployments import deployments, environment_of_runs, prefect_yaml
from flows.schedule import Schedule, ScheduleError, coming
from flows.settings import UsageError, load_settings

SOURCES = """
[[sources]]
id = "barq"
path = "barq"
[[sources]]
id = "wakala"
path = "wakala"
group = "agencies"
"""


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KHABAR_HOME", "KHABAR_CONFIG", "PREFECT_API_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def written(folder: Path, text: str) -> Path:
    file = folder / "khabar.toml"
    file.write_text(text, "utf-8")
    return file


def test_what_is_not_said_is_hourly_in_utc(tmp_path: Path) -> None:
    settings = load_settings(config=written(tmp_path, SOURCES))
    assert settings.schedule == Schedule()
    assert (settings.schedule.pipeline, settings.schedule.timezone) == ("15 * * * *", "UTC")
    assert [outlet.group for outlet in settings.sources] == ["main", "agencies"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('pipeline = "15 * * *"', "five fields"),
        ('pipeline = "0 15 * * * *"', "five fields"),
        ('report = "61 * * * *"', "bad minute"),
        ('maintain = "0 0 30 2 *"', "bad day-of-month"),
        ('maintain = "0 0 13 * FRI"', "leave one of them"),
        ('reprocess = "0 3 L * *"', "not L"),
        ('reprocess = "0 3 * * 1#1"', "not 1#1"),
        ('reprocess = "0 3 * * FRI;"', "not FRI;"),
        ('reprocess = "0 3 * * 5L"', "not 5L"),
        ('timezone = "Asia/Riad"', "no time zone"),
        ('timezone = "../etc/passwd"', "no time zone"),
        ('timezone = ""', "no time zone"),
        ('catch_up = "all"', "schedule.catch_up"),
        ('when = "now"', "schedule.when"),
        ("stop_seconds = -1", "schedule.stop_seconds"),
        ('groups = { "Main News" = "0 * * * *" }', "schedule.groups"),
    ],
)
def test_a_wrong_schedule_is_said_before_anything_starts(
    tmp_path: Path, line: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        load_settings(config=written(tmp_path, f"[schedule]\n{line}\n"))


def test_names_of_days_and_months_are_read_in_any_case(tmp_path: Path) -> None:
    file = written(tmp_path, '[schedule]\nreprocess = "30  4 * jul,Aug Wed"\n')
    schedule = load_settings(config=file).schedule
    assert schedule.reprocess == "30 4 * JUL,AUG WED"
    (first,) = islice(coming(schedule.reprocess, "UTC", datetime(2026, 11, 30, tzinfo=UTC)), 1)
    assert first == datetime(2027, 7, 7, 4, 30, tzinfo=UTC)


def test_a_time_is_one_of_the_schedules_zone() -> None:
    times = islice(coming("0 6 * * *", "Asia/Riyadh", datetime(2026, 11, 30, 2, tzinfo=UTC)), 2)
    assert [time.astimezone(UTC).isoformat() for time in times] == [
        "2026-11-30T03:00:00+00:00", "2026-12-01T03:00:00+00:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "cron", ["15 * * * *", "*/20 6-9 * * MON-FRI", "40 3 1,15 * *", "5 4 * * SUN"]
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Riyadh", "Africa/Casablanca"])
def test_the_times_are_those_at_which_prefect_starts_runs(cron: str, zone: str) -> None:
    # status says them without Prefect; another reading of a cron would be found here
    from prefect.server.schemas.schedules import CronSchedule

    start = datetime(2026, 11, 30, 7, 3, tzinfo=UTC)
    theirs = CronSchedule(cron=cron, timezone=zone)._get_dates_generator(n=40, start=start)
    ours = islice(coming(cron, zone, start), 40)
    assert [t.astimezone(UTC) for t in ours] == [t.astimezone(UTC) for t in theirs]


def test_the_schedule_changes_no_row(tmp_path: Path) -> None:
    plain = load_settings(config=written(tmp_path, SOURCES.replace('group = "agencies"', "")))
    text = SOURCES + '[schedule]\npipeline = "0 * * * *"\n'
    assert load_settings(config=written(tmp_path, text)).config_sha256 == plain.config_sha256


def test_a_group_has_its_cron_or_the_common_one(tmp_path: Path) -> None:
    text = SOURCES + '[schedule.groups]\nagencies = "*/15 * * * *"\n'
    settings = load_settings(config=written(tmp_path, text))
    made = deployments(settings.schedule, (o.group for o in settings.sources))
    assert [(each.title, each.cron) for each in made[:2]] == [
        ("pipeline agencies", "*/15 * * * *"), ("pipeline main", "15 * * * *"),
    ]  # fmt: skip
    assert made[0].parameters == {"group": "agencies"}
    assert {each.flow for each in made} == {"pipeline", "reprocess", "maintain", "report"}
    with pytest.raises(
        ScheduleError, match="agencies: no source is in that group; there are: main"
    ):
        deployments(settings.schedule, ["main"])


def test_only_the_sources_of_a_group_are_read(tmp_path: Path) -> None:
    from flows.ingest import plan_reading

    for folder in ("barq", "wakala"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.txt").write_text("خبر", "utf-8")
    settings = load_settings(config=written(tmp_path, SOURCES))
    (reading,) = plan_reading(settings, group="agencies").readings
    assert reading.outlet.id == "wakala"
    assert len(plan_reading(settings).readings) == 2
    with pytest.raises(UsageError, match="'sport'; groups: agencies, main"):
        plan_reading(settings, group="sport")


def test_prefect_yaml_is_the_declaration() -> None:
    told = yaml.safe_load(prefect_yaml())["deployments"]
    made = deployments(Schedule())
    assert [(t["name"], t["entrypoint"], t["parameters"]) for t in told] == [
        (d.name, d.entrypoint, dict(d.parameters)) for d in made
    ]
    assert [t["schedules"][0]["cron"] for t in told] == [d.cron for d in made]
    home, config = "{{ $KHABAR_HOME }}", "{{ $KHABAR_CONFIG }}"
    for each in told:
        assert each["work_pool"]["job_variables"]["env"] == environment_of_runs(home, config)
        assert each["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}


def test_a_group_whose_sources_are_disabled_is_not_deployed(tmp_path: Path) -> None:
    from flows.serve import planned

    text = SOURCES + 'enabled = false\n[schedule.groups]\nagencies = "*/15 * * * *"\n'
    made = planned(load_settings(config=written(tmp_path, text)))
    assert [each.title for each in made if each.flow == "pipeline"] == ["pipeline main"]
    text = text.replace('id = "barq"', 'id = "barq"\nenabled = false')
    with pytest.raises(UsageError, match="nothing to serve"):
        planned(load_settings(config=written(tmp_path, text)))
