"""`khabar export`, declared apart from the other commands: its kinds are many."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_options import Config, Home, Json


def export(
    kind: Annotated[str, typer.Argument(help="duckdb, parquet, csv, ftm or jsonld.")],
    place: Annotated[
        Path,
        typer.Argument(
            help="The file or folder to write; it must not exist. - is standard output (ftm, "
            "jsonld)."
        ),
    ],
    snapshot: Annotated[
        int | None,
        typer.Option(min=0, help="The tables as they were at this snapshot (default: newest)."),
    ] = None,
    home: Home = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Write the published tables for other programs.

    duckdb: one file with tables, rows and views. parquet: a folder with one file a table, and
    datapackage.json. csv: a folder with one file a table. ftm: FollowTheMoney entities, JSON lines.
    jsonld: JSON lines, each a NewsArticle of schema.org. One snapshot gives the same rows again, as
    long as it is kept (three days, and until pages are forgotten). Texts of sources with
    export_text = false are left out. Exit status: 0 written, 2 wrong use; nothing half is left.
    """
    from flows.commands.export import run as command

    raise typer.Exit(
        command(kind, place, snapshot=snapshot, home=home, config=config, as_json=as_json)
    )
