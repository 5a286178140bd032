"""What a gate does about an analyst's decision, and about records that somebody picked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from expectations import catalogue
from expectations.catalogue import acceptable, all_rules, rules_of, rules_sha256
from expectations.gate import Frames, Verdict, judge
from transforms.accepts import Accepts, accept
from warehouse.staging import Batch

SHORT, OLD = "clean.article.body_chars", "clean.article.published_year"
#: The frames name pages and articles p0, a0 ...; a decision needs the id of a page.
PAGE, ARTICLE = "d" * 64, "e" * 32
OWN = {"page_id": PAGE, "article_id": ARTICLE}


def accepts(record: str, *rules: str, page: str = PAGE) -> Accepts:
    return Accepts(
        accept(decided_on="2026-11-30", action="accept", record_id=record, on_page=page, rule=rule,
               note="كذا") for rule in rules
    )  # fmt: skip


@pytest.fixture
def judged(
    make_frames: Callable[..., Frames], batch: Batch, at: datetime
) -> Callable[..., Verdict]:
    def judged(rows: list[dict[str, Any]], accepted: Accepts) -> Verdict:
        frames = make_frames("clean", {"article": rows})
        return judge("clean", frames, batch=batch, at=at, accepts=accepted)

    return judged


@pytest.mark.parametrize("record", [ARTICLE, PAGE])
def test_a_decision_lets_its_record_in_and_is_recorded(
    judged: Callable[..., Verdict], record: str
) -> None:
    decided = accepts(record, SHORT)
    verdict = judged([OWN | {"body_chars": 3}, {}], decided)
    [row] = verdict.quarantine
    assert (row.record_id, row.state, row.rule) == (ARTICLE, "accepted", SHORT)
    assert row.decision_id == decided.rows[0].decision_id
    [result] = [each for each in verdict.results if each.rule == SHORT]
    assert (result.success, result.failed, result.action) == (False, 1, "warn")


def test_it_helps_no_other_record_page_or_rule(judged: Callable[..., Verdict]) -> None:
    rows = [OWN | {"body_chars": 3}, {"body_chars": 3}]
    verdict = judged(rows, accepts(ARTICLE, SHORT))
    states = {row.record_id: row.state for row in verdict.quarantine}
    assert states == {ARTICLE: "accepted", "a1": "quarantined"}
    [result] = [each for each in verdict.results if each.rule == SHORT]
    assert result.action == "quarantine"
    for other in (accepts(ARTICLE, SHORT, page="f" * 64), accepts(ARTICLE, OLD), Accepts()):
        assert [row.state for row in judged(rows[:1], other).quarantine] == ["quarantined"]
    both = OWN | {"body_chars": 3, "published_year": 1970}
    [row] = judged([both], accepts(ARTICLE, SHORT)).quarantine
    assert (row.state, row.rule, "body_chars" in row.evidence) == ("quarantined", OLD, False)
    verdict = judged([both], accepts(ARTICLE, SHORT, OLD))
    [row] = verdict.quarantine
    assert (row.state, row.rule) == ("accepted", SHORT)
    actions = {each.rule: each.action for each in verdict.results if each.failed}
    assert (actions[SHORT], actions[OLD]) == ("warn", "warn"), "neither refuses anything"


def test_a_fault_of_the_program_cannot_be_overruled(judged: Callable[..., Verdict]) -> None:
    faults = [rule for rule in all_rules() if rule.final]
    assert len(faults) > 20
    assert not any(acceptable(rule.id) for rule in faults)
    assert not acceptable("guard.time") and not acceptable("clean.batch.titled_share")
    assert acceptable(SHORT)
    broken = "clean.article.out_of_contract"
    [row] = judged([OWN | {"out_of_contract": "x"}], accepts(ARTICLE, broken)).quarantine
    assert (row.state, row.rule) == ("quarantined", broken)


def test_every_rule_that_tells_of_a_fault_is_final() -> None:
    told = {
        rule.id for rule in all_rules() if rule.refuses and "fault of the program" in rule.advice
    }
    nothing_there = {"clean.page.article_found"}
    assert told | nothing_there == {rule.id for rule in all_rules() if rule.refuses and rule.final}


def test_no_share_of_picked_records_holds_them(
    make_frames: Callable[..., Frames], at: datetime
) -> None:
    rows = [{"body_chars": 3}] * 60
    frames = make_frames("clean", {"article": rows}, {"dated_share": 0.0, "titled_share": 0.0})
    picked, plain = (
        judge("clean", frames, batch=Batch("run-1", "akhbar", 3, Path("nowhere"), each), at=at)
        for each in (True, False)
    )
    assert plain.held and not picked.held
    assert len(picked.quarantine) == len(plain.quarantine) == 60
    shares = [
        each for each in picked.results if each.rule.endswith("_share") and each.scope == "batch"
    ]
    assert shares
    assert {each.observed for each in shares} == {"not judged: these records were picked"}


def test_picked_records_that_were_not_tagged_are_held(
    make_frames: Callable[..., Frames], at: datetime
) -> None:
    frames = make_frames("tag", {}, {"mentions": 0, "mentions_per_article": 0.0})
    verdict = judge("tag", frames, batch=Batch("run-1", "akhbar", 3, Path("nowhere"), True), at=at)
    assert verdict.held
    assert "tag.batch.mentions_per_article" in (verdict.message or "")


def test_what_refuses_decides_the_hash_of_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    before = rules_sha256()

    def changed(**what: Any) -> str:
        rules = catalogue._DECLARED["clean"]
        new = tuple(replace(r, **what) if r.id == SHORT else r for r in rules)
        with monkeypatch.context() as patched:
            patched.setitem(catalogue._DECLARED, "clean", new)
            rules_of.cache_clear()
            found = rules_sha256()
        rules_of.cache_clear()
        return found

    assert changed(reason="قصير", advice="-", why="-") == before
    assert len({before, changed(low=101), changed(version="2"), changed(severity="warning")}) == 4
    assert rules_sha256() == before
