"""`khabar reprocess`: published pages read again, with what their source has taught since."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

from flows.commands.wrong_use import guarded


def run(
    sources: list[str], *, everything: bool, from_raw: bool, home: Path | None,
    config: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Read pages again; 0 when all was published or nothing was to be read, 1 when held, 2."""
    return guarded(lambda: _run(sources, everything, from_raw, home, config, as_json))


def _run(
    sources: list[str], everything: bool, from_raw: bool, home: Path | None,
    config: Path | None, as_json: bool,
) -> int:  # fmt: skip
    from flows.guard import prepare
    from flows.json_log import watch_of
    from flows.run import reprocess_sources
    from flows.settings import load_settings
    from flows.summary import as_json as outcome_json
    from flows.summary import reprocessed_line

    settings = load_settings(home=home, config=config)
    prepare()
    again = partial(reprocess_sources, settings, sources, everything=everything, from_raw=from_raw)
    with watch_of(settings, quiet=as_json) as watch:
        outcome = again(watch=watch)
    if as_json:
        shape = outcome_json(outcome, settings) if outcome else {"state": "nothing_new"}
        print(json.dumps({**shape, "schema": "khabar.reprocess/1"}, ensure_ascii=False))
        return outcome.exit_code if outcome else 0
    if outcome is None:
        print("Nothing to read again: no source has news enough (--all reads every page).")
        return 0
    print(reprocessed_line(outcome), file=sys.stderr if outcome.exit_code else sys.stdout)
    return outcome.exit_code
