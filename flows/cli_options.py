"""Options that several commands of `khabar` take, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[
    Path | None, typer.Option("--home", help="Where the data lives (default ./data, KHABAR_HOME).")
]
Config = Annotated[
    Path | None, typer.Option("--config", help="A khabar.toml (default: the one in this folder).")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON lines instead of a view.")]
Note = Annotated[str | None, typer.Option("--note", help="Why, for whoever reads the file.")]
Source = Annotated[str | None, typer.Option("--source", help="Id of the source of these pages.")]
