"""`khabar quarantine replay`: refused records tried again, and what came of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flows.commands.wrong_use import guarded
from transforms.plain import one_line, plain

if TYPE_CHECKING:
    from flows.outcome import Outcome
    from flows.replay import Chosen


def run(
    records: list[str], *, rule: str | None, source: str | None, everything: bool, again: bool,
    home: Path | None, config: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Replay records; 0 when something got in or nothing was to be tried, 1, 2 as in a run."""

    def command() -> int:
        from flows.replay import Chosen
        from flows.settings import UsageError

        if not (records or rule or source or everything):
            raise UsageError("which records? Their ids, --rule, --source or --all")
        if records and (rule or source or everything):
            raise UsageError("ids, or --rule, --source and --all; not both")
        return _run(Chosen(tuple(records), rule, source, again), home, config, as_json=as_json)

    return guarded(command)


def _run(chosen: Chosen, home: Path | None, config: Path | None, *, as_json: bool) -> int:
    from flows.guard import prepare
    from flows.json_log import watch_of
    from flows.replay import replay_records
    from flows.settings import load_settings
    from flows.summary import as_json as outcome_json

    settings = load_settings(home=home, config=config)
    prepare()
    with watch_of(settings, quiet=as_json) as watch:
        done = replay_records(settings, chosen, watch=watch)
    if as_json:
        shape = outcome_json(done.outcome, settings) if done.outcome else {"state": "nothing_new"}
        shape |= {"schema": "khabar.quarantine_replay/1", "left": done.left}
        print(json.dumps(shape, ensure_ascii=False))
        return done.exit_code
    for told in done.left:
        print(plain(told))
    if done.outcome is None:
        print("Nothing to replay.")
        return 0
    print(_account(done.outcome), file=sys.stderr if done.exit_code else sys.stdout)
    return done.exit_code


def _account(outcome: Outcome) -> str:
    """Return what a replay came to, by the law of the pipeline, in a line or two."""
    from flows.outcome import MESSAGE

    run = outcome.run
    line = (
        f"Replayed: {run.pages_landed} pages = {run.pages_published} let in"
        f" + {run.pages_duplicate} in already + {run.pages_quarantined} refused"
        f" + {run.pages_held} held; {run.articles_published} articles let in"
    )
    return f"{line}\n{run.state.upper()}: {one_line(run.message, MESSAGE)}" if run.message else line
