"""Data Docs: what they say is what the gate saw, and nothing in them can do anything."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from expectations.catalogue import rules_of
from expectations.data_docs import write_data_docs
from expectations.data_docs.view import UnknownBlockError, shown
from expectations.rules import Rule
from tests.hostile import Seen
from tests.report_rows import run
from warehouse.tables import GateResult

#: What a page may say, where a value or a name is expected.
HOSTILE = (
    "</style></title><script>alert(1)</script><img src=x onerror=alert(2)>\"' onload=alert(3) "
    "$template ${column} {{ 7*7 }} javascript:alert(4) <!-- \u202eevil \x00\x1b[31m https://t.example/"
)


class Page(Seen):
    """A page with its words, a blank between any two cells or lines."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.words = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        self.text += " " if tag in ("td", "th", "p", "h1", "h2") else ""


def result(judging: Rule, /, **changes: Any) -> GateResult:
    values: dict[str, Any] = {
        "run_id": "20260301T080000-a1", "gate": judging.stage, "rule": judging.id, "rule_version": judging.version,
        "batch_id": "akhbar-00001", "source_id": "akhbar", "scope": judging.scope,
        "severity": judging.severity, "expectation": judging.expectation, "success": True, "observed": None,
        "threshold": judging.threshold, "judged": 100, "failed": 0, "action": "pass",
        "judged_on": date(2026, 3, 1),
    }  # fmt: skip
    return GateResult(**values | changes)


def every_rule(**changes: Any) -> list[GateResult]:
    return [
        result(rule, **changes)
        for stage in ("ingest", "clean", "tag", "publish")
        for rule in rules_of(stage)
    ]


FAILED = {"success": False, "failed": 3, "action": "quarantine"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a run in which one rule on rows and one on a batch did not hold."""
    results = every_rule()
    changed = {
        "clean.article.arabic_share": FAILED | {"observed": "0.11, 0.2, 0.31"},
        "clean.batch.dated_share": FAILED | {"observed": "0.12", "action": "warn", "failed": 1},
    }
    results = [each.model_copy(update=changed.get(each.rule, {})) for each in results]
    return write_data_docs(tmp_path_factory.mktemp("docs") / "run", run(), results).parent


def test_a_page_a_gate_and_batch_and_an_index_over_them(sound: Path) -> None:
    pages = {path.name for path in sound.iterdir()}
    index = Page(sound / "index.html")
    assert index.links == pages - {"index.html"}
    assert len(pages) == 5
    assert [
        gate for gate in ("ingest", "clean", "tag", "publish") if f"{gate} akhbar" in index.words
    ]
    assert index.words.count("✗ failed") == 1
    assert index.words.count("✓ passed") == 3


def test_every_rule_is_there_with_its_threshold_and_what_was_seen(sound: Path) -> None:
    for stage in ("ingest", "clean", "tag", "publish"):
        [path] = sound.glob(f"*.{stage}.html")
        words = Page(path).words
        for rule in rules_of(stage):
            assert f"{rule.id} ({rule.severity}): {rule.threshold}" in words
    clean = Page(next(sound.glob("*.clean.html"))).words
    assert "0.11, 0.2, 0.31" in clean
    assert "3 unexpected values found" in clean
    assert clean.count("✗ failed") == 2
    assert f"Evaluated Expectations {len(rules_of('clean'))}" in clean
    assert "Unsuccessful Expectations 2" in clean


def test_what_did_not_hold_comes_first_with_what_to_do(sound: Path) -> None:
    words = Page(next(sound.glob("*.clean.html"))).words
    rule = next(each for each in rules_of("clean") if each.id == "clean.article.arabic_share")
    first, _, rest = words.partition("Overview")
    assert " ".join(rule.reason.split()) in first
    assert " ".join(rule.advice.split()) in first
    assert "3 of 100 rows, critical, led to quarantine" in first
    assert rule.id in rest


def test_nothing_in_a_page_asks_for_anything(sound: Path) -> None:
    names = {path.name for path in sound.iterdir()}
    for path in sound.iterdir():
        page = Page(path)
        assert page.harmless()
        assert page.links <= names
        text = path.read_text("utf-8")
        assert "Content-Security-Policy" in text
        assert "http:" not in text
        assert "https:" not in text


def test_what_a_page_says_is_text(tmp_path: Path) -> None:
    rule = rules_of("clean")[0]
    odd = result(
        rule, rule=HOSTILE, threshold=HOSTILE, observed=HOSTILE, batch_id=f"../../{HOSTILE}",
        source_id=HOSTILE, **FAILED,
    )  # fmt: skip
    known = result(rule, batch_id=f"../../{HOSTILE}", observed=HOSTILE, **FAILED)
    home = write_data_docs(tmp_path / "run", run(message=HOSTILE), [odd, known]).parent
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert len([*home.iterdir()]) == 2
    for path in home.iterdir():
        page = Page(path)
        assert page.harmless()
        assert page.links <= {each.name for each in home.iterdir()}
        assert "<script>alert(1)</script>" in page.text
        assert not {"\x00", "\x1b", "\u202e"} & {*page.text}


def test_values_that_break_the_contract_are_texts_and_stay_out(tmp_path: Path) -> None:
    rule = next(each for each in rules_of("clean") if each.id == "clean.article.out_of_contract")
    write_data_docs(tmp_path / "run", run(), [result(rule, observed="title=عنوان طويل", **FAILED)])
    words = Page(next((tmp_path / "run").glob("*.clean.html"))).words
    assert rule.id in words
    assert "عنوان" not in words


def test_a_rule_that_is_declared_otherwise_today_shows_what_held_then(tmp_path: Path) -> None:
    rule = next(each for each in rules_of("clean") if each.id == "clean.article.arabic_share")
    results = [
        result(rule, threshold="arabic_share >= 0.9", rule_version="0", observed="0.8", **FAILED),
        result(rule, rule="clean.article.long_gone", threshold="long_gone <= 3"),
    ]
    write_data_docs(tmp_path / "run", run(), results)
    words = Page(next((tmp_path / "run").glob("*.clean.html"))).words
    assert "clean.article.arabic_share (critical): arabic_share >= 0.9" in words
    assert "clean.article.long_gone (critical): long_gone <= 3" in words
    assert "0.5" not in words


def test_they_are_made_once_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = every_rule()[:3]
    index = write_data_docs(tmp_path / "run", run(), results)
    made = index.stat().st_mtime_ns
    assert write_data_docs(tmp_path / "run", run(), results).stat().st_mtime_ns == made

    def broken(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("expectations.data_docs.site.shown", broken)
    with pytest.raises(OSError, match="full"):
        write_data_docs(tmp_path / "other", run(), results)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_run_without_a_judgement_says_so(tmp_path: Path) -> None:
    index = write_data_docs(tmp_path / "run", run(state="nothing_new"), [])
    assert "nothing new to judge" in Page(index).words


def test_a_kind_of_content_that_is_not_known_is_no_page_with_a_hole() -> None:
    with pytest.raises(UnknownBlockError, match="graph"):
        shown({"content_block_type": "graph", "graph": {}})


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (None, ""),
        (["a", 1, None], "a1"),
        ({"content_block_type": "text", "text": ["a<b"]}, "<p>a&lt;b</p>"),
        ({"content_block_type": "bullet_list", "bullet_list": ["a&b"]}, "<ul><li>a&amp;b</li></ul>"),
        ({"content_block_type": "value_list", "value_list": ["a", "b"]}, "a b"),
        (
            {"content_block_type": "string_template",
             "string_template": {"template": "<i>$x</i> $$y ${z}", "params": {"x": "<u>$z"}}},
            "&lt;i&gt;<strong>&lt;u&gt;$z</strong>&lt;/i&gt; $y ${z}",
        ),
        (
            {"content_block_type": "collapse", "collapse_toggle_link": "More", "collapse": ["x"]},
            "<details><summary>More</summary>x</details>",
        ),
    ],
)  # fmt: skip
def test_blocks(block: Any, text: str) -> None:
    assert str(shown(block)) == text
