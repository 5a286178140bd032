"""`khabar evaluate`: score the program on what somebody has labelled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from flows.commands.wrong_use import guarded

if TYPE_CHECKING:
    from flows.commands.evaluate_shapes import EvaluateShape


def run(
    task: str,
    gold: Path,
    root: Path | None,
    *,
    as_json: bool,
    source: str | None,
    config: Path | None,
) -> int:
    """Print the scores; 2 where the gold is malformed or does not fit its files."""
    return guarded(lambda: _run(task, gold, root, as_json, source, config))


def _run(
    task: str,
    gold: Path,
    root: Path | None,
    as_json: bool,
    source: str | None,
    config: Path | None,
) -> int:
    scores = _scores(task, gold, root, source, config)
    if as_json:
        print(scores.model_dump_json(by_alias=True))
        return 0
    from flows.commands.evaluate_view import show

    show(scores)
    return 0


def _scores(
    task: str,
    gold: Path,
    root: Path | None,
    source: str | None,
    config: Path | None,
) -> EvaluateShape:
    from flows.commands.evaluate_dates import evaluate_dates
    from flows.commands.evaluate_html import evaluate_html
    from flows.commands.evaluate_links import evaluate_links
    from flows.commands.evaluate_ner import evaluate_ner
    from flows.commands.evaluate_segments import evaluate_segments
    from flows.commands.evaluate_shapes import Task
    from flows.settings import UsageError, load_settings

    if task not in get_args(Task):
        raise UsageError(f"khabar evaluate takes {', '.join(get_args(Task))}, not {task!r}")
    if task in ("dates", "ner") and root is not None:
        raise UsageError(f"khabar evaluate {task} takes one file and no ROOT")
    if task == "dates":
        return evaluate_dates(gold)
    settings = load_settings(config=config)
    if task == "ner":
        return evaluate_ner(gold, settings.tagger.name)
    score = {"segments": evaluate_segments, "html": evaluate_html, "links": evaluate_links}[task]
    return score(gold, gold.parent if root is None else root, settings, source)
