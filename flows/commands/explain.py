"""`khabar explain`: what each span of a page is, what was cut, and why."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flows.commands.afresh import read_afresh
from flows.commands.explained import Explained, shape
from flows.commands.page_ids import ID
from flows.commands.shapes import ExplainShape, line
from flows.commands.wrong_use import guarded
from transforms.plain import plain

if TYPE_CHECKING:
    from flows.settings import Settings

#: Records judged together: enough to share the cost of the gates, few enough to show soon.
_GROUP = 256


class Shown(NamedTuple):
    """One record ready to be shown: its rows, and its printed form."""

    explained: Explained
    shape: ExplainShape


def run(
    targets: list[str],
    *,
    as_json: bool,
    with_text: bool,
    html: Path | None,
    source: str | None,
    home: Path | None,
    config: Path | None,
) -> int:
    """Explain the targets in the order given; 2 where one does not exist, before any is shown."""
    return guarded(lambda: _run(targets, as_json, with_text, html, source, home, config))


def _run(
    targets: list[str],
    as_json: bool,
    with_text: bool,
    html: Path | None,
    source: str | None,
    home: Path | None,
    config: Path | None,
) -> int:
    from flows.settings import UsageError, load_settings

    for target in targets:
        if Path(target).is_dir():
            raise UsageError(f"{target} is a folder: name its files, or khabar run {target}")
        if not Path(target).is_file() and not ID.fullmatch(target):
            raise UsageError(
                f"no such file, and no page or article id (8 to 64 hexadecimal digits): {target}"
            )
    settings = load_settings(home=home, config=config)
    shown = _explain_all(targets, settings, source, with_text)
    if html is not None:
        from flows.commands.explain_html import write

        print(write(shown, html))
        return 0
    for each in shown:
        _show(each, as_json)
    return 0


def _show(each: Shown, as_json: bool) -> None:
    if as_json:
        print(line(each.shape), flush=True)
        return
    from flows.commands.explain_view import show

    show(each.explained, each.shape)


def _explain_all(
    targets: list[str], settings: Settings, source: str | None, with_text: bool
) -> Iterator[Shown]:
    for is_file, group in groupby(targets, lambda target: Path(target).is_file()):
        if is_file:
            yield from _explain_files([Path(name) for name in group], settings, source, with_text)
        else:
            from flows.commands.explain_stored import explain_stored

            for name in group:
                explained, state = explain_stored(settings, name)
                yield Shown(
                    explained, shape(explained, file=None, with_text=with_text, quarantine=state)
                )


def _explain_files(
    files: list[Path], settings: Settings, source: str | None, with_text: bool
) -> Iterator[Shown]:
    """Read files afresh and say of each record what the gates of a run would."""
    from flows.commands.explain_gates import would_refuse

    records = read_afresh(files, settings, source)
    empty = dict.fromkeys(files)
    while group := list(islice(records, _GROUP)):
        refusals = would_refuse([explained for _, explained in group])
        for (file, each), reason in zip(group, refusals, strict=True):
            empty.pop(file, None)
            yield Shown(each, shape(each, file=str(file), with_text=with_text, quarantine=reason))
    for file in empty:
        print(plain(f"{file}: there is no record in it"), file=sys.stderr)
