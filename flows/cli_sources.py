"""`khabar sources`: what is configured, what it would get, and a source more."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli_options import Config, Home, Json

sources = typer.Typer(
    help=(
        "Sources in khabar.toml: list them, try them, add one.\n\n"
        "A source on the web is a feed, a sitemap or a list of addresses. `khabar run` fetches "
        "what is new there; `khabar serve` does so on a schedule."
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
)

Ids = Annotated[
    list[str] | None, typer.Argument(help="Ids of sources (default: all that are enabled).")
]


@sources.command("list")
def sources_list(home: Home = None, config: Config = None, as_json: Json = False) -> None:
    """List the sources of khabar.toml, and how they did when they were last asked."""
    from flows.commands.sources import run as command

    raise typer.Exit(command(home=home, config=config, as_json=as_json))


@sources.command("check")
def sources_check(
    ids: Ids = None, home: Home = None, config: Config = None, as_json: Json = False
) -> None:
    """Ask sources on the web politely, and say what a run would get; nothing is kept.

    Of each source its lists and one page, which is read as a run would read it. Exit status: 0
    every source gave a page that reads as an article, 1 one did not, 2 wrong use.
    """
    from flows.commands.sources_check import run as command

    raise typer.Exit(command(ids or [], home=home, config=config, as_json=as_json))


@sources.command("add")
def sources_add(
    address: Annotated[str, typer.Argument(help="A feed, a sitemap, or a site that has one.")],
    source: Annotated[
        str | None, typer.Option("--id", help="Its id (default: the host's).")
    ] = None,
    country: Annotated[str | None, typer.Option(help="ISO 3166-1: TN, SA, ...")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the entry only.")] = False,
    private_network: Annotated[
        bool, typer.Option("--private-network", help="It is on this machine or network.")
    ] = False,
    config: Config = None,
) -> None:
    """Find the feed or sitemap of a site and add it to khabar.toml.

    Exit status: 0 added, 1 nothing that can be read is found there, 2 wrong use.
    """
    from flows.commands.sources_add import run as command

    raise typer.Exit(
        command(
            address, source=source, country=country, dry_run=dry_run,
            private_network=private_network, config=config,
        )
    )  # fmt: skip
