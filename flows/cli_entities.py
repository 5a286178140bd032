"""`khabar entities`: the commands by which an analyst decides on entities."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli_options import Config, Home, Json, Note

entities = typer.Typer(
    help=(
        "Decide on entities: which ids are one, which links are wrong, whose a name is.\n\n"
        "Decisions are written to decisions/entities.tsv in the home, a file to read, to keep in "
        "git and to take along. They win over the knowledge and over what an article says. A run "
        "follows them and reads again what was published without them."
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
)


@entities.command("review")
def entities_review(
    limit: Annotated[int, typer.Option(min=1, help="Cases of each kind, at most.")] = 20,
    home: Home = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """List what needs a person: names left open, and entities that may be one.

    An open name is shown with whom it may stand for, two names with a score of spelling, company,
    country and time, each with an example and the commands to choose from.
    """
    from flows.commands.entities_review import run as command

    raise typer.Exit(command(limit=limit, as_json=as_json, home=home, config=config))


@entities.command("merge")
def entities_merge(
    entity: Annotated[str, typer.Argument(help="Id of an entity.")],
    into: Annotated[str, typer.Argument(help="Id of the entity that it is.")],
    note: Note = None,
    home: Home = None,
    config: Config = None,
) -> None:
    """Say that two ids are one entity.

    The id that the knowledge holds stays, else the second; the other one leads to it (view
    entity_ids). Exit status: 0 written, 2 no such id, or it contradicts an earlier decision.
    """
    from flows.commands.entities import merge as command

    raise typer.Exit(command(entity, into, note=note, home=home, config=config))


@entities.command("split")
def entities_split(
    entity: Annotated[str, typer.Argument(help="Id of an entity.")],
    other: Annotated[
        str | None, typer.Argument(help="Id of another that it is not; undoes their merge.")
    ] = None,
    surface: Annotated[
        str | None, typer.Option("--surface", help="Mentions written so are not its own.")
    ] = None,
    article: Annotated[
        str | None, typer.Option("--article", help="Mentions in this article are not its own.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="Id of whose they are (default: a new entity).")
    ] = None,
    note: Note = None,
    home: Home = None,
    config: Config = None,
) -> None:
    """Take a wrong link apart, or say that two ids are two entities.

    With --surface, --article or both, those mentions of ENTITY are another's. With OTHER, the two
    are never one: their merge is undone, and review does not show them again. Exit status: 0
    written, 2 no such id or mention, or it contradicts an earlier decision.
    """
    from flows.commands.entities import split as command

    raise typer.Exit(
        command(
            entity, other, surface=surface, article=article, to=to, note=note, home=home,
            config=config,
        )
    )  # fmt: skip


@entities.command("link")
def entities_link(
    surface: Annotated[str, typer.Argument(help="A name as it is written.")],
    entity: Annotated[str, typer.Argument(help="Id of whom it stands for.")],
    article: Annotated[str | None, typer.Option("--article", help="In this article only.")] = None,
    note: Note = None,
    home: Home = None,
    config: Config = None,
) -> None:
    """Say whom a name stands for where it was left open.

    Exit status: 0 written, 2 no such id or open name, or it contradicts an earlier decision.
    """
    from flows.commands.entities import link as command

    raise typer.Exit(command(surface, entity, article=article, note=note, home=home, config=config))
