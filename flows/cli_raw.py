"""The commands on the bytes of pages: give them back, and forget them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_options import Config, Home, Json


def raw(
    page_id: Annotated[str, typer.Argument(help="Page or article id, or its first 8 digits.")],
    output: Annotated[
        Path | None, typer.Option("--output", help="Write to this file; it must not exist.")
    ] = None,
    home: Home = None,
    config: Config = None,
) -> None:
    """Give the bytes of a page back as they came in.

    Of a row of a table that is the row: a JSON line as it stood, else the row as JSON. Exit
    status: 0 they are given, 2 they are not there, and why.
    """
    from flows.commands.raw import run as command

    raise typer.Exit(command(page_id, output, home=home, config=config))


def forget(
    targets: Annotated[
        list[str] | None,
        typer.Argument(help="Addresses: all that ever comes from there. Or ids of pages."),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why; kept in clear, so name nobody.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be removed; remove nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Show what was forgotten.")] = False,
    as_json: Json = False,
    home: Home = None,
    config: Config = None,
) -> None:
    """Remove pages for good: bytes, rows, history; they are not let in again. There is no undo.

    By its address in every source, with its earlier versions and whatever comes from there later;
    by its id these bytes of their source alone. All targets are looked for before anything is
    removed. A tombstone stays, which has hashes only. Who has khabar.duckdb open must open it
    again. Not reached: exports, backups, the files that it was read from. Exit status: 0 done or
    shown, 1 refused or files are damaged, 2 wrong use.
    """
    from flows.commands.forget import run as command

    raise typer.Exit(
        command(
            targets or [],
            reason=reason,
            dry_run=dry_run,
            yes=yes,
            listed=listed,
            as_json=as_json,
            home=home,
            config=config,
        )
    )
