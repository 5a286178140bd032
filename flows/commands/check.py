"""`khabar check`: what the rules of today would refuse and let in, before they are used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flows.commands.quarantine import WIDTH
from flows.commands.quarantine_shapes import ChangeShape, CheckShape
from flows.commands.shapes import line
from flows.commands.terminal import isolated
from flows.commands.wrong_use import guarded
from transforms.plain import one_line

if TYPE_CHECKING:
    from flows.check import Preview
    from warehouse.tables import Quarantine

#: Records that are shown of each rule.
_SHOWN = 3


def run(
    against: int | None, *, source: str | None, home: Path | None, config: Path | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Print the preview; 0 where nothing published would be refused or held, else 1; 2."""
    return guarded(lambda: _run(against, source, home, config, as_json=as_json))


def _run(
    against: int | None, source: str | None, home: Path | None, config: Path | None, *,
    as_json: bool,
) -> int:  # fmt: skip
    from flows.check import preview
    from flows.guard import prepare
    from flows.json_log import watch_of
    from flows.settings import load_settings

    settings = load_settings(home=home, config=config)
    prepare()
    with watch_of(settings, quiet=as_json) as watch:
        found = preview(settings, against, source, watch)
    print(line(_shape(found)) if as_json else "\n".join(_told(found)))
    return 1 if found.would_refuse or found.held else 0


def _shape(found: Preview) -> CheckShape:
    def changes(rows: Sequence[Quarantine]) -> list[ChangeShape]:
        return [
            ChangeShape(**{name: getattr(row, name) for name in ChangeShape.model_fields})
            for row in rows
        ]

    return CheckShape(
        snapshot=found.snapshot,
        pages=found.pages,
        refused_pages=found.refused_pages,
        would_refuse=changes(found.would_refuse),
        would_admit=changes(found.would_admit),
        stays_refused=found.stays_refused,
        not_read=found.not_read,
        not_found=found.not_found,
        held=found.held,
    )


def _told(found: Preview) -> Iterator[str]:
    yield (
        f"Snapshot {found.snapshot}: {found.pages} published and {found.refused_pages} refused "
        "pages judged by the rules of today; nothing was written."
    )
    yield from _by_rule("WOULD BE REFUSED, and is published", found.would_refuse)
    yield from _by_rule("Would be let in, and is in quarantine", found.would_admit)
    yield f"Stays in quarantine: {found.stays_refused} records"
    if found.not_read:
        yield (
            f"Not judged: {found.not_read} records without a page that is kept; a replay reads "
            "their files"
        )
    if found.not_found:
        yield f"Not found any more: {found.not_found} articles, since their pages are cut otherwise"
    for each in found.held:
        yield one_line(f"WOULD BE HELD: {each}", 500)


def _by_rule(title: str, rows: Sequence[Quarantine]) -> Iterator[str]:
    yield f"{title}: {len(rows) or 'nothing'}"
    by_rule: dict[str, list[Quarantine]] = {}
    for row in rows:
        by_rule.setdefault(row.rule, []).append(row)
    for rule, own in sorted(by_rule.items(), key=lambda item: -len(item[1])):
        yield f"  {len(own)} by {rule}: {one_line(own[0].reason, WIDTH)}"
        for row in own[:_SHOWN]:
            where = one_line(row.url or row.locator, WIDTH - 20)
            yield f"      {row.record_id[:12]} {isolated(where)}"
            if row.evidence:
                yield f"        {isolated(one_line(row.evidence, WIDTH - 10))}"
