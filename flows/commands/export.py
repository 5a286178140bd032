"""`khabar export`: the published tables in the formats of others."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from flows.commands.shapes import line
from flows.commands.wrong_use import guarded

if TYPE_CHECKING:
    from flows.commands.export_shapes import ExportShape
    from warehouse.exports import Format

#: What a format finds no place for, in words.
_LEFT_OUT = {"places": "places, of which this format has no entities"}
_STDOUT = Path("-")


def run(
    kind: str, place: Path, *, snapshot: int | None, home: Path | None, config: Path | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Write the export; 2 where there is none of that kind, or something is in its place."""
    return guarded(lambda: _export(kind, place, snapshot, home, config, as_json=as_json))


def _export(
    kind: str, place: Path, snapshot: int | None, home: Path | None, config: Path | None, *,
    as_json: bool,
) -> int:  # fmt: skip
    from flows.settings import load_settings
    from warehouse.exports.write import export

    form = _format(kind)
    _check(form, place, as_json=as_json)
    settings = load_settings(home=home, config=config)
    allowed = {outlet.id: outlet.export_text for outlet in settings.sources}
    piped = place == _STDOUT
    to = sys.stdout if piped else place.absolute()
    made = export(settings.home, form, to, snapshot=snapshot, exported=allowed)
    from flows.commands.export_shapes import ExportShape

    shape = ExportShape(
        kind=kind, path=None if piped else str(place.absolute()), snapshot=made.snapshot,
        last_run_id=made.last_run_id, committed_at=made.committed_at,
        bytes=0 if piped else _bytes(place), rows=dict(made.written.rows),
        left_out=dict(made.written.left_out), withheld=list(made.withheld),
    )  # fmt: skip
    if as_json:
        print(line(shape))
    else:
        print("\n".join(_told(shape, place)), file=sys.stderr if piped else sys.stdout)
    return 0


def _format(kind: str) -> Format:
    from flows.settings import UsageError
    from warehouse.exports import FORMATS

    form = FORMATS.get(kind)
    if form is None:
        listed = "\n".join(f"  {each.name:8} {each.what}" for each in FORMATS.values())
        raise UsageError(f"khabar export takes one of these, not {kind!r}:\n{listed}")
    return form


def _check(form: Format, place: Path, *, as_json: bool) -> None:
    from flows.settings import UsageError

    if place == _STDOUT:
        if form.place != "lines":
            raise UsageError(f"{form.name} is no format of lines: name a {form.place} to write")
        if as_json:
            raise UsageError("--json tells of the export where the export would be: name a file")
        return
    if place.exists() or place.is_symlink():
        raise UsageError(f"{place} exists already; name another or remove it first")
    if not place.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {place.absolute().parent}")


def _bytes(place: Path) -> int:
    files = place.rglob("*") if place.is_dir() else [place]
    return sum(file.stat().st_size for file in files if file.is_file())


def _told(shape: ExportShape, place: Path) -> Iterator[str]:
    size = f"  {shape.bytes / 1e6:.1f} MB" if shape.path else ""
    yield f"{place}{size}  snapshot {shape.snapshot} of {shape.committed_at}"
    counts = (f"{count:,} {name}" for name, count in shape.rows.items() if count)
    yield f"rows: {', '.join(counts) or 'none'}"
    for what, count in shape.left_out.items():
        if count:
            yield f"left out: {count:,} {_LEFT_OUT.get(what, what)}"
    if shape.withheld:
        yield f"without the texts of {', '.join(shape.withheld)} (export_text in khabar.toml)"
