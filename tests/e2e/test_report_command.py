"""`khabar report RUN`: a run's report again from the tables, and whose words it may not show."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from expectations import report as reports
from flows.commands.report import run as command
from flows.forget import forget_pages, opened, traces_of
from flows.outcome import Outcome
from flows.report_files import write
from flows.run import run_pipeline
from flows.settings import Settings, load_settings
from tests.hostile import Seen
from tests.report_rows import refusal
from tests.run_pages import ask, write_broken, write_pages, write_records
from warehouse.store import Store

CONFIG = """
[[sources]]
id = "nakheel"
name_ar = "وكالة النخيل"
path = "nakheel"
[[sources]]
id = "sahel"
path = "sahel"
export_text = false
"""
#: Stands in bodies of the source whose texts may not be exported, and nowhere else.
OWN_WORDS = "إحدى عشرة ليلة"
HEADLINE = "تستضيف الدورة رقم"


class Place:
    """A home after two runs, with what the second one did."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "khabar.toml").write_text(CONFIG, "utf-8")
        write_pages(folder / "nakheel", 6)
        write_records(folder / "sahel" / "first.jsonl", 3, OWN_WORDS)
        self.first = run_pipeline(self.settings, [])
        write_broken(write_pages(folder / "nakheel", 5, first=20), 8)
        refused = {"title": f"عنوان فيه {OWN_WORDS}", "text": " ", "url": "https://sahel.example/9"}
        line = json.dumps(refused, ensure_ascii=False) + "\n"
        (folder / "sahel" / "second.jsonl").write_text(line, "utf-8")
        self.second: Outcome = run_pipeline(self.settings, [])

    @property
    def settings(self) -> Settings:
        return load_settings(
            home=self.folder / "home", config=self.folder / "khabar.toml", workers=1, chunk=8
        )

    @property
    def reports(self) -> Path:
        return self.folder / "home" / "reports"

    def report(self, run_id: str | None = None, language: str = "ar", show: bool = False) -> int:
        return command(
            run_id, language=language, show=show, home=self.folder / "home",
            config=self.folder / "khabar.toml",
        )  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("report"))


def test_a_report_is_built_again_as_the_run_wrote_it(place: Place) -> None:
    run_id = place.second.run.run_id
    files = {path: path.read_bytes() for path in place.reports.glob(f"{run_id}.*")}
    assert len(files) == 7
    for path in files:
        path.unlink()
    assert place.report(run_id[:18]) == 0
    for path, before in files.items():
        if path.suffix != ".json":
            assert path.read_bytes() == before, path.name
    told, again = (json.loads(text) for text in (
        files[place.reports / f"{run_id}.json"],
        (place.reports / f"{run_id}.json").read_bytes(),
    ))  # fmt: skip
    assert told == again


def test_it_says_what_the_tables_say(place: Place) -> None:
    run_id, home = place.second.run.run_id, place.folder / "home"
    told = json.loads((place.reports / f"{run_id}.json").read_text("utf-8"))
    assert told["schema"] == "khabar.report/1"
    [(landed, quarantined)] = ask(
        home, f"SELECT pages_landed, pages_quarantined FROM runs WHERE run_id = '{run_id}'"
    )
    assert (told["run"]["pages_landed"], told["run"]["pages_quarantined"]) == (landed, quarantined)
    assert quarantined == 9
    assert sum(reason["count"] for reason in told["reasons"]) == 9
    with (place.reports / f"{run_id}.quarantine.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        assert len(list(csv.DictReader(file))) == 9
    assert [source["source_id"] for source in told["sources"]] == ["nakheel", "sahel"]
    assert told["sources"][0]["now"]["pages"] == 13
    [(dated,)] = ask(home, f"SELECT count(published_at) FROM articles WHERE run_id = '{run_id}'")
    assert sum(line["day"] for line in told["dates"]) == dated == 5
    assert {len(told["history"]), len(told["checks"][0]["trend"])} == {2}
    assert told["samples"] and told["entities"]


def test_texts_that_may_not_be_exported_are_in_no_report(place: Place) -> None:
    shown = 0
    for file in place.reports.iterdir():
        text = file.read_text("utf-8")
        assert OWN_WORDS not in text, file.name
        shown += HEADLINE in text
    assert shown, "texts of the other source are"
    refusals = (place.reports / f"{place.second.run.run_id}.quarantine.csv").read_text("utf-8")
    assert refusals.count("(text withheld: export_text = false)") == 1


def test_the_command_says_where_the_page_is(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_pages: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened_pages.append(url) or True)
    run_id = place.second.run.run_id
    assert place.report("last", "en", show=True) == 0
    page = place.reports / f"{run_id}.en.html"
    assert capsys.readouterr().out == f"Report: {page}\n"
    assert opened_pages == [page.as_uri()]
    assert place.report() == 0
    assert str(place.reports / "latest.html") in capsys.readouterr().out
    both = {place.first.run.run_id, run_id}
    index = Seen(place.reports / "index.en.html")
    assert {f"{each}.en.html" for each in both} | {"latest.en.html"} <= index.links


@pytest.mark.parametrize(
    ("run_id", "language", "said"),
    [("no-such-run", "ar", "there is no run no-such-run"), ("20", "ar", "several runs begin with"),
     (None, "fr", "--lang takes ar or en")],
)  # fmt: skip
def test_wrong_use_is_told(
    run_id: str | None, language: str, said: str, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.report(run_id, language) == 2
    assert said in capsys.readouterr().err


def test_tables_that_cannot_be_read_cost_the_report_what_they_hold(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> object:
        raise OSError("a disk failed")

    monkeypatch.setattr("flows.report_files.connect", damaged)
    settings = place.settings.model_copy(update={"home": tmp_path / "home"})
    outcome = place.second
    refused = [refusal(1, source_id="sahel", evidence=OWN_WORDS)]
    told = reports.RunReport(
        run=outcome.run, stages=outcome.stages, gates=outcome.gates, quarantine=refused
    )
    path = write(settings, told)
    text = Seen(path).text
    assert "نُشرت نتائج التشغيل" in text and "a disk failed" in text
    assert outcome.run.run_id in Seen(path.with_name("index.html")).text
    assert not [file for file in path.parent.iterdir() if OWN_WORDS in file.read_text("utf-8")]


def test_what_is_forgotten_is_in_no_report_and_comes_back_with_none(
    place: Place, tmp_path: Path
) -> None:
    shutil.copytree(place.folder, tmp_path / "place")
    other = object.__new__(Place)
    other.folder, other.second = tmp_path / "place", place.second
    settings = other.settings
    with Store.open(settings.home) as store:
        store.show(anew=True)  # the home was moved
    told = json.loads((other.reports / f"{other.second.run.run_id}.json").read_text("utf-8"))
    sample = told["samples"][0]
    words = next(p["text"] for p in sample["kept"] if p["kind"] == "body").split("\n")[0][:60]
    with_them = [file for file in other.reports.iterdir() if words[:30] in plain_text(file)]
    assert len(with_them) == 3, "both pages and the JSON"
    with opened(settings) as store:
        assert forget_pages(store, traces_of(store, sample["article_id"]), None)
    for again in (False, True):
        if again:
            assert other.report(other.second.run.run_id) == 0
        for file in other.reports.iterdir():
            for said in (words[:30], sample["title"]):
                assert said not in plain_text(file), (again, file.name)
    assert reports.file_of(other.reports, other.second.run.run_id).exists()


def plain_text(file: Path) -> str:
    """Return what is read of a file: of a page without its tags, so that names split no words."""
    return Seen(file).text if file.suffix == ".html" else file.read_text("utf-8")
