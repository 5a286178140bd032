"""`khabar run` as a user has it: in Prefect, with its own temporary server."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.run_pages import ask, write_broken, write_pages

SECONDS = 400


def khabar_run(home: Path, *args: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KHABAR_", "PREFECT_"))}
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", "run", "--home", str(home), *map(str, args)],
        capture_output=True, encoding="utf-8", cwd=home.parent, timeout=SECONDS, env=kept | env,
    )  # fmt: skip


def prefect_rows(home: Path, query: str) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(f"file:{home / 'prefect' / 'prefect.db'}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.mark.slow
def test_run_then_nothing_new_then_held(root: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    pages = write_pages(tmp_path / "nakheel", 3)
    done = khabar_run(home, pages)
    assert done.returncode == 0, done.stdout + done.stderr
    table, closing = done.stdout.split("3 pages = 3 published")
    for column in ("stage", "in", "out", "quarantined", "held", "checks", "seconds"):
        assert column in table
    for stage in ("ingest", "clean", "tag", "publish"):
        assert stage in table
    assert "Report:" in closing
    assert 'khabar sql --home home "SELECT' in closing
    assert "khabar run --home home FOLDER" in closing
    assert "Traceback" not in done.stderr

    again = khabar_run(home, pages, "--json")
    assert again.returncode == 0, again.stderr
    told = json.loads(again.stdout)
    schema = json.loads((root / "docs" / "schemas" / "run.schema.json").read_text("utf-8"))
    jsonschema.validate(told, schema)
    assert (told["state"], told["exit_code"], told["pages_duplicate"]) == ("nothing_new", 0, 3)

    bad = write_broken(tmp_path / "bad", 60)
    held = khabar_run(home, bad, "--json")
    assert held.returncode == 1
    assert "Traceback" not in held.stderr + held.stdout
    told = json.loads(held.stdout)
    jsonschema.validate(told, schema)
    assert (told["state"], told["pages_quarantined"]) == ("held", 60)
    assert "bad-00001" in told["message"]
    assert ask(home, "SELECT state FROM runs ORDER BY started_at") == [
        ("published",), ("nothing_new",), ("held",),
    ]  # fmt: skip

    states = prefect_rows(
        home,
        "SELECT r.state_type, s.message FROM flow_run r JOIN flow_run_state s ON s.id = r.state_id "
        "ORDER BY r.created",
    )
    assert [state for state, _ in states] == ["COMPLETED", "COMPLETED", "FAILED"]
    assert states[0][1] == "3 pages and 3 articles published"
    assert states[2][1].startswith("NOTHING PUBLISHED: held: bad-00001")
    assert "Traceback" not in states[2][1]
    left = prefect_rows(home, "SELECT key, type, data FROM artifact ORDER BY created")
    assert [key for key, _, _ in left].count("khabar-run") == 3
    assert [key for key, _, _ in left].count("khabar-report") == 3
    # A table is JSON within JSON.
    tables = [(key, json.loads(data)) for key, kind, data in left if kind == "table"]
    assert [key for key, _ in tables[:4]] == [
        f"khabar-gate-{stage}" for stage in ("ingest", "clean", "tag", "publish")
    ]
    rows = json.loads(dict(tables)["khabar-gate-ingest"])  # the last one of that name
    assert (rows[0]["rule"], rows[0]["led to"]) == ("ingest.batch.pages_refused_share", "hold")
    tasks = prefect_rows(home, "SELECT name, state_name FROM task_run ORDER BY start_time")
    assert [name for name, _ in tasks[:8]] == [
        "ingest nakheel-00001", "ingest gate nakheel-00001", "clean nakheel-00001",
        "clean gate nakheel-00001", "tag nakheel-00001", "tag gate nakheel-00001",
        "publish gate nakheel-00001", tasks[7][0],
    ]  # fmt: skip
    assert tasks[7][0].startswith("publish-")
    assert {state for _, state in tasks} == {"Completed"}  # the last ones as well
    logs = [text for (text,) in prefect_rows(home, "SELECT message FROM log")]
    assert "nakheel-00001 ingest: 3 pages in, 3 out" in logs


def test_wrong_use_starts_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    wrong = khabar_run(home, tmp_path / "absent")
    assert wrong.returncode == 2
    assert "no such file or folder" in wrong.stderr
    (tmp_path / "khabar.toml").write_text("batch_pages = 'many'\n", "utf-8")
    wrong = khabar_run(home, tmp_path)
    assert wrong.returncode == 2
    assert "batch_pages" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    assert not home.exists()


def test_a_configured_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    pages = write_pages(tmp_path / "pages", 1)
    lost = khabar_run(
        tmp_path / "home", pages, PREFECT_API_URL="http://127.0.0.1:9/api",
        PREFECT_CLIENT_MAX_RETRIES="0", PREFECT_HOME=str(tmp_path / "prefect"),
    )  # fmt: skip
    assert lost.returncode == 1
    assert "http://127.0.0.1:9/api" in lost.stderr
    assert "Traceback" not in lost.stderr
