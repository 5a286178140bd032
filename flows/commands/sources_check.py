"""`khabar sources check`: sources asked politely, their first page read as a run would read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands.terminal import isolated
from flows.commands.wrong_use import guarded
from transforms.plain import one_line

if TYPE_CHECKING:
    from flows.fetch.peek import Peek
    from flows.guard import Guard
    from flows.outlet import Outlet
    from flows.settings import Settings

_TITLE = 90


def run(ids: Sequence[str], *, home: Path | None, config: Path | None, as_json: bool) -> int:
    """Print what each source gives; 1 where one gives no page that reads as an article."""
    return guarded(lambda: _check(ids, home, config, as_json=as_json))


def _check(ids: Sequence[str], home: Path | None, config: Path | None, *, as_json: bool) -> int:
    from flows.fetch.peek import peek
    from flows.guard import Guard
    from flows.settings import check_contact, load_settings

    settings = load_settings(home=home, config=config)
    outlets = _chosen(settings, ids)
    check_contact(settings)
    with Guard(1, settings.seconds_per_page, settings.memory_limit_mb) as guard:
        seen = [_told(each, guard, settings) for each in peek(outlets, settings.fetch, guard)]
    for row in seen:
        if as_json:
            print(json.dumps({"schema": "khabar.sources_check/1", **row}, ensure_ascii=False))
        else:
            _print(row)
    return 0 if all(row["reads"] for row in seen) else 1


def _chosen(settings: Settings, ids: Sequence[str]) -> list[Outlet]:
    from flows.settings import UsageError

    web = {outlet.id: outlet for outlet in settings.sources if outlet.on_the_web}
    if unknown := [each for each in ids if each not in web]:
        there = ", ".join(web) or "none"
        raise UsageError(f"no source on the web is called {', '.join(unknown)}; there are: {there}")
    chosen = [web[each] for each in ids] or [each for each in web.values() if each.enabled]
    if not chosen:
        raise UsageError("no source on the web is enabled in khabar.toml (khabar sources add)")
    return chosen


def _told(peek: Peek, guard: Guard, settings: Settings) -> dict[str, Any]:
    entries = list({entry.url: entry for each in peek.lists for entry in each.entries}.values())
    row: dict[str, Any] = {
        "source_id": peek.outlet.id,
        "lists": [
            {"url": each.url, "pages": len(each.entries), "problem": each.problem}
            for each in peek.lists
        ],
        "pages": len(entries),
        "page": peek.page.url if peek.page else None,
        "problem": peek.page.problem if peek.page else "the lists name no page",
        "reads": False,
    }
    if peek.page and peek.page.record is not None:
        row |= _read(peek, guard, settings)
    return row


def _read(peek: Peek, guard: Guard, settings: Settings) -> dict[str, Any]:
    """Return what a run would make of the page: its main article, or why it would refuse it."""
    from flows.commands.explain_stages import explain_records

    record = peek.page.record if peek.page else None
    if record is None:
        return {}
    (explained,) = explain_records(guard, [record], peek.outlet.row(), settings.tagger.name)
    if explained.refusal is not None:
        refusal = explained.refusal
        return {"problem": f"{refusal.rule}: {refusal.reason}"}
    if not explained.articles:
        return {"problem": "no article is found on the page"}
    article = explained.articles[0]
    return {
        "reads": True, "problem": None, "title": article.title, "body_chars": article.body_chars,
        "published_at": article.published_at, "language": article.language,
    }  # fmt: skip


def _print(row: dict[str, Any]) -> None:
    print(f"{row['source_id']}: {'well' if row['reads'] else 'NOT WELL'}")
    for each in row["lists"]:
        problem = f"  ({one_line(each['problem'], 200)})" if each["problem"] else ""
        print(f"  {each['pages']:>6} pages named by {one_line(each['url'], 200)}{problem}")
    if row["page"]:
        print(f"  the first: {one_line(row['page'], 300)}")
    if row["problem"]:
        print(f"  {one_line(row['problem'], 300)}")
    if row["reads"]:
        dated = row["published_at"] or "without a date"
        print(f"  reads as: {row['body_chars']} characters, {dated}, {row['language']}")
        print(f"            {isolated(one_line(row['title'] or 'without a headline', _TITLE))}")
