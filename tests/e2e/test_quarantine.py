"""Quarantine as a work list: a rule is tried beforehand, records are replayed, accepted, taken back."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from click.testing import Result
from typer.testing import CliRunner

from expectations import catalogue
from flows import check
from flows.cli import app
from flows.forget import forget_pages, opened, traces_of
from flows.run import Steps, run_pipeline
from flows.settings import Settings, load_settings
from tests.e2e.test_forget import files_with
from tests.run_pages import ask, page_text, tables_of
from warehouse.forgotten import unshared
from warehouse.store import Store

RULE = "clean.article.body_chars"
#: What the short page has is less, what the others have is more.
STRICT = 450
MORE = "وأضاف المنظمون أن دورة هذا العام تكرم خمسة من رواد الترجمة، وأن أبحاثهم تصدر في كتاب واحد يوزع على الزوار بلا مقابل.\n"
#: Stands in the text of the page that is refused, with what must never reach a terminal.
MARK = "زنوبيا المرجانية"
HOSTILE = "\x1b[31mأحمر\x1b[0m\u202eمقلوب\x07"
SHORT = f"""\
{MARK} تزور معرض الكتاب في يومه الأول
تاريخ النشر: 9 مايو 2023
زارت الكاتبة {MARK} معرض الكتاب صباح اليوم، ووقعت روايتها الجديدة لعشرات القراء في جناح دار النشر. {HOSTILE}
وقالت {MARK} إن الرواية كتبت في ثلاثة أعوام، وإن بطلتها تعود إلى مدينتها بعد غياب طويل.
المصدر: وكالة النخيل
"""
#: A file's name is as hostile as a page.
NAME = "قصير\x1b[2J\u202e.txt"
TOML = "workers = 1\nchunk = 4\n"
runner = CliRunner()


@contextmanager
def body_chars_from(low: int, version: str) -> Iterator[None]:
    """Let the rule on the length of a body be another one, as in a changed program."""
    declared = catalogue._DECLARED["clean"]
    assert any(rule.id == RULE for rule in declared)
    catalogue._DECLARED["clean"] = tuple(
        replace(rule, low=low, version=version) if rule.id == RULE else rule for rule in declared
    )
    catalogue.rules_of.cache_clear()
    try:
        yield
    finally:
        catalogue._DECLARED["clean"] = declared
        catalogue.rules_of.cache_clear()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home under a strict rule: three pages published, one refused with its article."""
    place = tmp_path_factory.mktemp("quarantine")
    (place / "khabar.toml").write_text(TOML, "utf-8")
    settings = load_settings(home=place / "home", config=place / "khabar.toml")
    pages = place / "nakheel"
    pages.mkdir()
    for number in (1, 2, 3):
        (pages / f"{number}.txt").write_text(page_text(number) + MORE * 2, "utf-8")
    (pages / NAME).write_text(SHORT, "utf-8")
    with body_chars_from(STRICT, "2"):
        outcome = run_pipeline(settings, [pages])
    assert (outcome.run.pages_published, outcome.run.pages_quarantined) == (3, 1)
    assert (outcome.run.articles_published, outcome.run.articles_quarantined) == (3, 1)
    return place


@pytest.fixture
def place(filled: Path, tmp_path: Path) -> Path:
    shutil.copytree(filled, tmp_path / "place")
    return tmp_path / "place"


@pytest.fixture
def settings(place: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(place)
    found = load_settings(home=place / "home")
    with Store.open(found.home) as store:
        store.show(anew=True)  # the home was moved
    return found


@pytest.fixture
def khabar(settings: Settings) -> Callable[..., Result]:
    def command(*args: str) -> Result:
        done = runner.invoke(app, [*args, "--home", str(settings.home)], catch_exceptions=False)
        if "--json" not in args:
            assert hidden_in(done.output) == set()
        return done

    return command


def hidden_in(text: str) -> set[str]:
    """Return characters that would move a cursor or turn a line; isolates are the program's own."""
    kept = "\n\u2068\u2069\u200c\u200d"
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c not in kept}


def refused_article(home: Path) -> str:
    [(article,)] = ask(home, "SELECT record_id FROM quarantine WHERE unit = 'article'")
    return str(article)


def states(home: Path) -> list[tuple[object, ...]]:
    return ask(home, "SELECT unit, state, attempts FROM quarantine ORDER BY unit")


def outcomes(home: Path, unit: str = "article") -> list[str]:
    rows = ask(home, f"SELECT outcome FROM attempts WHERE unit = '{unit}' ORDER BY tried_at")
    return [str(outcome) for (outcome,) in rows]


def titles(home: Path) -> set[str]:
    return {str(title) for (title,) in ask(home, "SELECT title FROM articles")}


def lawful(home: Path) -> bool:
    """Return whether landed = published + duplicate + quarantined + held in every run."""
    return ask(
        home,
        "SELECT count(*) FROM runs WHERE pages_landed <> pages_published + pages_duplicate"
        " + pages_quarantined + pages_held OR articles_landed <> articles_published"
        " + articles_duplicate + articles_quarantined + articles_held",
    ) == [(0,)]


def files_below(home: Path) -> dict[str, int]:
    return {str(f): f.stat().st_mtime_ns for f in home.rglob("*") if f.is_file()}


def published_schema(root: Path, name: str) -> dict:  # type: ignore[type-arg]
    text = (root / "docs" / "schemas" / f"{name}.schema.json").read_text("utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def test_a_changed_rule_is_tried_beforehand_and_then_replayed(
    settings: Settings, khabar: Callable[..., Result], root: Path
) -> None:
    home = settings.home
    before = files_below(home)
    with body_chars_from(100_000, "3"):
        told = khabar("check", "--json")
    assert told.exit_code == 1
    found = json.loads(told.stdout)
    jsonschema.validate(found, published_schema(root, "check"))
    assert (found["pages"], found["refused_pages"], found["would_admit"]) == (3, 1, [])
    units = [change["unit"] for change in found["would_refuse"]]
    assert (units.count("article"), units.count("page"), len(units)) == (3, 3, 6)
    assert found["stays_refused"] == 2
    # The rule as it is declared asks for less: it lets the short page in.
    told = khabar("check", "--against", str(found["snapshot"]))
    assert told.exit_code == 0
    assert "WOULD BE REFUSED, and is published: nothing" in told.stdout
    assert "Would be let in, and is in quarantine: 2" in told.stdout
    assert files_below(home) == before
    for number, said in (("999999", "is not kept"), ("0", "earlier version")):
        told = khabar("check", "--against", number)
        assert (told.exit_code, said in told.stderr) == (2, True)

    replayed = khabar("quarantine", "replay", "--rule", RULE, "--json")
    assert replayed.exit_code == 0
    shape = json.loads(replayed.stdout)
    jsonschema.validate(shape, published_schema(root, "quarantine_replay"))
    assert (shape["kind"], shape["pages_landed"], shape["pages_published"]) == ("reprocess", 1, 1)
    assert any(MARK in title for title in titles(home))
    assert states(home) == [("article", "released", 1), ("page", "released", 1)]
    assert outcomes(home) == outcomes(home, "page") == ["refused", "released"]
    assert ask(home, "SELECT count(*) FROM refused_pages") == [(0,)]
    assert lawful(home)

    tables, runs = tables_of(home), ask(home, "SELECT count(*) FROM runs")
    again = khabar("quarantine", "replay", "--all")
    assert (again.exit_code, "Nothing to replay." in again.stdout) == (0, True)
    assert (tables_of(home), ask(home, "SELECT count(*) FROM runs")) == (tables, runs)


def test_of_what_would_be_held_nothing_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("no knowledge")

    monkeypatch.setattr(check, "Steps", lambda: Steps(tag=broken))  # type: ignore[arg-type]
    found = check.preview(settings)
    assert len(found.held) == 2 and all("no knowledge" in each for each in found.held)
    assert (found.would_admit, found.stays_refused) == ([], 0)
    assert (found.not_read, found.not_found) == (0, 0), "their pages are there, and not cut anew"


def test_the_same_rules_are_not_asked_again_unless_somebody_insists(
    settings: Settings, khabar: Callable[..., Result]
) -> None:
    home = settings.home
    with body_chars_from(STRICT, "2"):
        told = khabar("quarantine", "replay", "--all")
        assert (told.exit_code, "refused by these very rules" in told.stdout) == (0, True)
        assert states(home) == [("article", "quarantined", 1), ("page", "quarantined", 1)]
        told = khabar("quarantine", "replay", refused_article(home)[:12])
    assert told.exit_code == 1
    assert "all 1 pages were refused" in told.stderr
    assert states(home) == [("article", "quarantined", 2), ("page", "quarantined", 2)]
    assert outcomes(home) == ["refused", "refused"]
    assert lawful(home)


def test_a_refused_page_is_not_known_for_ever(settings: Settings, place: Path) -> None:
    with body_chars_from(STRICT, "2"):
        known = run_pipeline(settings, [place / "nakheel"])
    assert (known.run.state, known.run.pages_duplicate) == ("nothing_new", 4)
    changed = run_pipeline(settings, [place / "nakheel"])
    assert (changed.run.pages_duplicate, changed.run.pages_published) == (3, 1)
    assert states(settings.home) == [("article", "released", 1), ("page", "released", 1)]


def test_what_is_accepted_stays_in_until_it_is_taken_back(
    settings: Settings, place: Path, khabar: Callable[..., Result]
) -> None:
    home = settings.home
    article = refused_article(home)
    with body_chars_from(STRICT, "2"):
        assert khabar("quarantine", "accept", article[:12]).exit_code == 2
        why = f"الخبر تام{HOSTILE}"
        told = khabar("quarantine", "accept", article[:12], "--why", why)
        assert (told.exit_code, "is let in although" in told.stdout) == (0, True)
        assert not any(MARK in title for title in titles(home))
        assert khabar("quarantine", "accept", article[:12], "--why", "x").exit_code == 2
        assert khabar("quarantine", "replay", article[:12]).exit_code == 0
        assert any(MARK in title for title in titles(home))
        assert khabar("reprocess", "--all").exit_code == 0
        assert any(MARK in title for title in titles(home))
        [(action, record, rule, decision)] = ask(
            home, "SELECT action, record_id, rule, decision_id FROM decisions"
        )
        assert (action, record, rule) == ("accept", article, RULE)
        assert ask(
            home, "SELECT DISTINCT decision_id FROM quarantine WHERE state = 'accepted'"
        ) == [(decision,)]
        assert outcomes(home) == ["refused", "accepted", "accepted"]
        judged = f"rule = '{RULE}' AND failed > 0 ORDER BY run_id"
        assert ask(home, f"SELECT action FROM gate_results WHERE {judged}") == [
            ("quarantine",), ("warn",), ("warn",)
        ]  # fmt: skip
        shown = khabar("quarantine", "show", article[:12])
        assert "accepted" in shown.stdout and "الخبر تام" in shown.stdout
        assert khabar("reprocess").stdout.startswith("Nothing to read again")

        taken_back = khabar("quarantine", "accept", article[:12], "--revoke")
        assert taken_back.exit_code == 0
        assert khabar("reprocess").exit_code == 1  # the one page that was read is refused
        for table in ("pages", "segments", "articles", "evidence", "mentions", "dates"):
            assert len(ask(home, f"SELECT DISTINCT page_id FROM {table}")) == 3, table
        assert [state for _, state, _ in states(home)] == ["quarantined", "quarantined"]
        assert outcomes(home)[-1] == "refused"
        assert ask(home, "SELECT count(*) FROM decisions") == [(0,)]
        assert ask(home, "SELECT count(*) FROM refused_pages") == [(1,)]
        known = run_pipeline(settings, [place / "nakheel"])
    assert known.run.state == "nothing_new"
    assert lawful(home)


def test_a_decision_is_taken_back_after_a_newer_version_was_refused(
    settings: Settings, place: Path, khabar: Callable[..., Result]
) -> None:
    home, export = settings.home, place / "sahel.jsonl"
    title, _, *body = SHORT.replace(HOSTILE, "").splitlines()
    record = {"title": title, "text": "\n".join(body), "url": "https://sahel.example/9"}

    def land(more: str) -> None:
        changed = record | {"text": record["text"] + more}
        export.write_text(json.dumps(changed, ensure_ascii=False) + "\n", "utf-8")
        assert run_pipeline(settings, [export]).run.state == "refused"

    def standing() -> list[tuple[object, ...]]:
        return ask(home, "SELECT article_id, page_id FROM articles WHERE source_id = 'sahel'")

    own = "FROM quarantine WHERE unit = 'article' AND source_id = 'sahel'"
    with body_chars_from(STRICT, "2"):
        land("")
        [(article, page)] = ask(home, f"SELECT record_id, page_id {own}")
        assert khabar("quarantine", "accept", str(article), "--why", "نشرة").exit_code == 0
        assert khabar("quarantine", "replay", str(article)).exit_code == 0
        assert standing() == [(article, page)]
        land("\nوانتهى اليوم الأول.")
        assert standing() == [(article, page)], "the last good version stays"
        assert ask(home, f"SELECT record_id, state {own}") == [(article, "quarantined")]
        assert khabar("reprocess").stdout.startswith("Nothing to read again")
        assert khabar("quarantine", "accept", str(article), "--revoke").exit_code == 0
        assert khabar("reprocess").exit_code == 1
        assert standing() == []
        assert khabar("reprocess").stdout.startswith("Nothing to read again")
    assert lawful(home)


def test_a_record_is_listed_and_shown_in_eighty_columns_whatever_it_says(
    settings: Settings, khabar: Callable[..., Result], root: Path
) -> None:
    home = settings.home
    listed = khabar("quarantine", "list", "--source", "nakheel", "--stage", "clean")
    assert listed.exit_code == 0
    assert RULE in listed.stdout and "body_chars = " in listed.stdout
    article = refused_article(home)
    shown = khabar("quarantine", "show", article)
    assert MARK in shown.stdout and "قصير" in shown.stdout and "History" in shown.stdout
    assert "khabar quarantine replay" in shown.stdout and "changed since" in shown.stdout
    for line in (*listed.stdout.splitlines(), *shown.stdout.split("History")[0].splitlines()):
        assert len(re.sub("[\u2068\u2069]", "", line)) <= 80, line
    rows = [json.loads(row) for row in khabar("quarantine", "list", "--json").stdout.splitlines()]
    assert {row["unit"] for row in rows} == {"article", "page"}
    for row in rows:
        jsonschema.validate(row, published_schema(root, "quarantine"))
    whole = json.loads(khabar("quarantine", "show", article, "--json").stdout)
    jsonschema.validate(whole, published_schema(root, "quarantine_show"))
    assert (whole["rule_now"]["version"], len(whole["history"])) == ("1", 1)
    for asked in (["--rule", "no.such"], ["--since", "2999-01-01"], ["--state", "released"]):
        assert "Nothing of that kind" in khabar("quarantine", "list", *asked).stdout
    for wrong in (["list", "--state", "burnt"], ["list", "--since", "soon"], ["replay"],
                  ["show", "0000000000"], ["show", "قصة"], ["replay", "ffffffffff"]):  # fmt: skip
        assert khabar("quarantine", *wrong).exit_code == 2, wrong


def test_what_could_not_become_a_page_is_replayed_from_its_file(
    settings: Settings, place: Path, khabar: Callable[..., Result]
) -> None:
    home = settings.home
    title, _, *body = (page_text(7) + MORE * 2).splitlines()
    record = {"title": title, "khabar_story": "\n".join(body), "url": "https://sahel.example/7"}
    export, other = place / "sahel.jsonl", place / "sahil.jsonl"
    export.write_text(json.dumps(record, ensure_ascii=False) + "\n", "utf-8")
    other.write_text(json.dumps(record | {"url": None}, ensure_ascii=False) + "\n", "utf-8")
    refused = run_pipeline(settings, [export, other])
    assert refused.run.pages_quarantined == 2
    [(own,)] = ask(home, "SELECT record_id FROM quarantine WHERE source_id = 'sahel'")
    told = khabar("quarantine", "accept", str(own)[:12], "--why", "x")
    assert (told.exit_code, "no decision can let it in" in told.stderr) == (2, True)
    other.unlink()
    columns = '[sources.columns]\ntext = "khabar_story"\n'
    (place / "khabar.toml").write_text(
        f'log_format = "json"\n{TOML}[[sources]]\nid = "sahel"\npath = "sahel.jsonl"\n{columns}\n'
        f'[[sources]]\nid = "sahil"\npath = "sahil.jsonl"\n{columns}', "utf-8",
    )  # fmt: skip
    done = khabar("quarantine", "replay", "--source", "sahel")
    assert done.exit_code == 0, done.output
    logged = [json.loads(line) for line in done.stderr.splitlines()]
    assert logged[0]["event"] == "started"
    assert {each.get("run_id") for each in logged} == {logged[0]["run_id"]}
    assert ask(home, "SELECT url FROM articles WHERE source_id = 'sahel'") == [(record["url"],)]
    left = khabar("quarantine", "replay", "--source", "sahil")
    assert (left.exit_code, "1 not tried: their file or bytes are gone" in left.stdout) == (0, True)
    assert ask(home, "SELECT source_id, state FROM quarantine WHERE stage = 'ingest' ORDER BY 1") == [
        ("sahel", "released"), ("sahil", "quarantined")
    ]  # fmt: skip
    assert lawful(home)


def test_what_was_refused_is_forgotten_whole(settings: Settings) -> None:
    home = settings.home
    [(page,)] = ask(home, "SELECT page_id FROM refused_pages")
    assert "warehouse/data" in files_with(home, "المرجانية")
    [(payload,)] = ask(home, "SELECT payload_sha256 FROM refused_pages")
    with opened(settings) as store:
        assert unshared(store, {str(payload), "0" * 64}) == {"0" * 64}, "a replay may read it"
        forget_pages(store, traces_of(store, str(page)), "withdrawn")
    for table in ("refused_pages", "attempts", "quarantine"):
        assert ask(home, f"SELECT count(*) FROM {table}") == [(0,)], table
    assert files_with(home, "المرجانية") == set()
    [(raw,)] = ask(home, "SELECT raw FROM tombstones")
    assert raw is True
