"""`khabar quarantine` and `khabar check`: refused records as a work list, rules tried first."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli_options import Config, Home, Json

quarantine = typer.Typer(
    help=(
        "Refused records: what they are, why, and what to do about them.\n\n"
        "`list` and `show` look; `replay` tries records again after a rule, a source's settings or "
        "the program has changed; `accept` lets one in against the rule. docs/quarantine.md tells "
        "which to use when."
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
)

Rule = Annotated[str | None, typer.Option("--rule", help="Id of a rule, as `list` shows it.")]
OfSource = Annotated[str | None, typer.Option("--source", help="Id of a source.")]
Id = Annotated[str, typer.Argument(help="Id of a page or article, or its first 8 digits and more.")]


@quarantine.command("list")
def quarantine_list(
    source: OfSource = None,
    rule: Rule = None,
    stage: Annotated[
        str | None, typer.Option("--stage", help="ingest, clean, tag or publish.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Last refused on that day or later: 2026-05-07.")
    ] = None,
    state: Annotated[
        str, typer.Option("--state", help="quarantined, released, accepted or all.")
    ] = "quarantined",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Records shown, at most.")] = 50,
    home: Home = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """List refused records, the last refused first.

    Exit status: 0 also where there is none, 2 wrong use.
    """
    from flows.commands.quarantine import list_records as command

    raise typer.Exit(
        command(
            source=source, rule=rule, stage=stage, since=since, state=state, limit=limit,
            home=home, config=config, as_json=as_json,
        )
    )  # fmt: skip


@quarantine.command("show")
def quarantine_show(
    record: Id, home: Home = None, config: Config = None, as_json: Json = False
) -> None:
    """Show all that is known of one refused record: why, each try, its text, what to do.

    Exit status: 0, or 2 where no record has that id.
    """
    from flows.commands.quarantine_show import show as command

    raise typer.Exit(command(record, home=home, config=config, as_json=as_json))


@quarantine.command("replay")
def quarantine_replay(
    records: Annotated[
        list[str] | None, typer.Argument(help="Ids of pages or articles, or their beginnings.")
    ] = None,
    rule: Rule = None,
    source: OfSource = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is in quarantine.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also what the same rules would refuse again.")
    ] = False,
    home: Home = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Try refused records again: those only, through the same stages and the same gates.

    What passes is published and leaves quarantine; what does not, stays with one try more. Nothing
    is tried whose rules and settings are as they were, unless it is named. Exit status: 0 something
    got in or nothing was to be tried, 1 all was refused again or a batch was held, 2 wrong use.
    """
    from flows.commands.quarantine_replay import run as command

    raise typer.Exit(
        command(
            records or [], rule=rule, source=source, everything=everything, again=again,
            home=home, config=config, as_json=as_json,
        )
    )  # fmt: skip


@quarantine.command("accept")
def quarantine_accept(
    record: Id,
    why: Annotated[
        str | None, typer.Option("--why", help="Why, for whoever reads the decision.")
    ] = None,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Take back what was accepted of this record.")
    ] = False,
    home: Home = None,
    config: Config = None,
) -> None:
    """Let a refused record in although a rule refuses it: a decision, and it can be taken back.

    Written to decisions/quarantine.tsv in the home; it counts for this rule and these bytes of the
    page, whenever they are read. The next run follows it, or a replay of the record. Exit status: 0
    written, 2 no such record, or a refusal that no decision can overrule.
    """
    from flows.commands.quarantine_accept import run as command

    raise typer.Exit(command(record, why=why, revoke=revoke, home=home, config=config))


def check(
    against: Annotated[
        int | None,
        typer.Option("--against", help="Snapshot to try the rules on (default: the newest)."),
    ] = None,
    source: OfSource = None,
    home: Home = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Tell what the rules of today would refuse of what is published, and let in of the rest.

    For a rule or setting that was changed and has not been used yet. The pages of the snapshot are
    read and judged as `khabar reprocess --all` and `khabar quarantine replay --all` would, in a
    folder of their own; nothing is written to the home. Exit status: 0 nothing that is published
    would be refused, 1 something would, 2 wrong use.
    """
    from flows.commands.check import run as command

    raise typer.Exit(command(against, source=source, home=home, config=config, as_json=as_json))
