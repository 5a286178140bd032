"""288 attacks as titles, bodies, names and addresses of pages, and as a source's name: a whole run.

What the pages say is published as it is; what shows it (reports, CSV, the terminal) shows text.
"""

from __future__ import annotations

import csv
import io
import json

import pytest

from flows.commands.report import run as report
from flows.commands.sql import run as sql
from flows.outcome import Outcome
from flows.progress import Silent
from flows.run import run_pipeline
from flows.settings import Settings, load_settings
from flows.summary import account_lines
from tests.hostile import PAYLOADS, Seen
from tests.run_pages import page_text
from transforms.plain import one_line

NAME = "</script><img src=x onerror=alert(1)>\u202e"


class Ears(Silent):
    """Hears what a run tells."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def note(self, text: str) -> None:
        self.heard.append(text)

    def stage(self, batch_id: str, stage: str, text: str) -> None:
        self.heard.append(text)

    def held(self, batch_id: str, text: str) -> None:
        self.heard.append(text)


def record(number: int, payload: str) -> str:
    title, _, *body = page_text(number).splitlines()
    text = "\n".join([body[0], f"قال سعيد {payload} للصحف إن {payload} وصل أمس.", *body[1:]])
    said = {
        "title": f"{payload} {title}", "text": text if number % 7 else payload, "author": payload,
        "url": f"https://evil.example/{number}?{payload}",
    }  # fmt: skip
    return json.dumps(said)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("hostile")
    lines = [record(number, payload) for number, payload in enumerate(PAYLOADS, 1)]
    (folder / "evil").mkdir()
    (folder / "evil" / "pages.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    source = f'[[sources]]\nid = "evil"\nname_ar = {json.dumps(NAME)}\npath = "evil"\n'
    (folder / "khabar.toml").write_text(source, "utf-8")
    return load_settings(home=folder / "home", config=folder / "khabar.toml", workers=2)


@pytest.fixture(scope="module")
def run(settings: Settings) -> tuple[Outcome, Ears]:
    ears = Ears()
    return run_pipeline(settings, [], watch=ears), ears


def test_reports_show_them_as_text(run: tuple[Outcome, Ears], settings: Settings) -> None:
    outcome, _ = run
    assert outcome.report is not None, outcome.report_problem
    assert outcome.run.pages_published > 150 and outcome.run.pages_quarantined > 20
    assert report(None, language="ar", show=False, home=settings.home, config=None) == 0
    pages = sorted((settings.home / "reports").glob("*.html"))
    assert len(pages) >= 6
    for page in pages:
        seen = Seen(page)
        assert seen.harmless(), page.name
        assert not [link for link in seen.links if ":" in link or link.startswith("/")]
    assert "onerror=alert(1)" in Seen(outcome.report).text, "shown, as text"


def test_sheets_hold_no_formula(
    run: tuple[Outcome, Ears], settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome, _ = run
    assert outcome.report is not None
    sheets = [path.read_text("utf-8-sig") for path in outcome.report.parent.glob("*.csv")]
    for query in ("SELECT title, byline, url, body FROM articles", "FROM quarantine"):
        assert sql(query, "csv", home=settings.home, config=None) == 0
        sheets.append(capsys.readouterr().out)
    cells = [
        cell
        for text in sheets
        for row in csv.reader(io.StringIO(text, newline=""))
        for cell in row
    ]  # fmt: skip
    begin = [
        cell.strip(" \t\r\n\u00a0\u3000\u200b\u200d\u202e\ufeff\ufffd\0")[:1] for cell in cells
    ]
    assert not set(begin) & set("=+-@＝＋－＠")
    assert begin.count("'") > 20, "guarded ones are there"


def test_what_is_told_has_no_control_character(run: tuple[Outcome, Ears]) -> None:
    outcome, ears = run
    told = [*ears.heard, *account_lines(outcome), outcome.headline]
    assert len(told) > 5
    for line in told:
        assert one_line(line) == " ".join(line.split()), line
