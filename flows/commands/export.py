"""`khabar export`: the published tables in one file that depends on nothing else."""

from __future__ import annotations

from pathlib import Path

from flows.commands.wrong_use import guarded


def run(kind: str, file: Path, *, home: Path | None, config: Path | None) -> int:
    """Write the export; 2 where the kind is unknown or the file exists already."""
    return guarded(lambda: _export(kind, file, home, config))


def _export(kind: str, file: Path, home: Path | None, config: Path | None) -> int:
    from flows.settings import UsageError, load_settings
    from warehouse.export import export_duckdb

    if kind != "duckdb":
        raise UsageError(f"khabar export takes duckdb, not {kind!r}")
    if file.exists():
        raise UsageError(f"{file} exists already; name another or remove it first")
    if not file.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {file.absolute().parent}")
    settings = load_settings(home=home, config=config)
    exported = {outlet.id: outlet.export_text for outlet in settings.sources}
    withheld = export_duckdb(settings.home, file.absolute(), exported)
    print(f"{file}  {file.stat().st_size / 1e6:.1f} MB: any DuckDB from 1.5 on opens it")
    if withheld:
        print(f"without the texts of {', '.join(withheld)} (export_text in khabar.toml)")
    return 0
