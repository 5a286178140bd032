"""The `khabar` command. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.cli_entities import entities
from flows.cli_export import export
from flows.cli_options import Config, Home, Json, Source
from flows.cli_quarantine import check, quarantine
from flows.cli_raw import forget, raw
from flows.cli_sources import sources

app = typer.Typer(
    name="khabar",
    help=(
        "Khabar (خبر): crawled Arabic news pages in, tables that people can trust out.\n\n"
        "Start with `khabar run FOLDER`, look with `khabar explain FILE`, ask with "
        "`khabar sql QUERY`."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"khabar {version('khabar')}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Answer what is asked of the program itself."""
    # The tagger multiplies small matrices: a second thread makes it take twice the time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


app.add_typer(entities, name="entities")
app.add_typer(sources, name="sources")
app.add_typer(quarantine, name="quarantine")
app.command()(check)


@app.command()
def run(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders of pages; - is standard input.")
    ] = None,
    source: Source = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format", help="What standard input is: jsonl (default), csv, html, warc, ..."
        ),
    ] = None,
    home: Home = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Run pages through ingest, clean, tag and publish, with a gate after every stage.

    Without a path, the sources of khabar.toml are run. What khabar.toml does not place belongs to a
    source named after the folder given; a page after the folder that it lies in, a table (.jsonl,
    .csv, .tsv, .parquet, .arrow) or an archive of pages (.zip, .tar, .warc) after itself. Standard
    input (-) needs --source.

    Exit status: 0 what was new and passed the gates was published, or nothing was new; 1 a gate
    held a batch, everything new was refused (NOTHING PUBLISHED, with the reasons), or the run
    failed; 2 wrong use; 130 interrupted before anything was published.
    """
    from flows.run_command import run as command

    raise typer.Exit(
        command(paths or [], source=source, home=home, config=config, json=as_json, form=form)
    )


@app.command()
def reprocess(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Ids of sources (default: all that are published).")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every published page, by the rules of today.")
    ] = False,
    from_raw: Annotated[
        bool, typer.Option("--raw", help="Every page from its bytes: decoded and rendered anew.")
    ] = False,
    home: Home = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Read published pages again, with what the other pages of their source show.

    A run does this by itself once a source has news enough; --all is for rules that have changed.
    Pages pass the same gates; what comes out the same stays. Exit status: 0 all was published or
    nothing was to be read, 1 a gate held a batch, 2 wrong use.
    """
    from flows.commands.reprocess import run as command

    raise typer.Exit(
        command(
            sources or [], everything=everything, from_raw=from_raw, home=home, config=config,
            as_json=as_json,
        )
    )  # fmt: skip


@app.command()
def explain(
    targets: Annotated[list[str], typer.Argument(help="Files, page ids or article ids.")],
    as_json: Json = False,
    text: Annotated[bool, typer.Option("--text", help="With the page's text.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the view to this file.")
    ] = None,
    source: Source = None,
    home: Home = None,
    config: Config = None,
) -> None:
    """Show what each span of a page is, what was cut, and why.

    A file is read afresh; a page or article id (or its first 8 digits and more) is shown as the
    warehouse has it. Exit status: 0 also where the page would be refused, 2 for what is not there.
    """
    from flows.commands.explain import run as command

    raise typer.Exit(
        command(
            targets, as_json=as_json, with_text=text, html=html,
            source=source, home=home, config=config,
        )
    )  # fmt: skip


@app.command()
def tag(
    file: Annotated[Path, typer.Argument(help="A text file; each line is one text.")],
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Tag the names in each line of a text file."""
    from flows.commands.tag import run as command

    raise typer.Exit(command(file, as_json=as_json, config=config))


@app.command()
def dates(
    as_json: Json = False,
    published: Annotated[
        str | None, typer.Option(help="Publication date: 2025, 2025-05 or 2025-05-07.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="Country of the outlet, ISO 3166-1: TN, SA, ...")
    ] = None,
    prefer: Annotated[
        str,
        typer.Option(help="What a day without its year means where no word says: past or future."),
    ] = "past",
) -> None:
    """Resolve the most complete date of each line of standard input."""
    from flows.commands.dates import run as command

    raise typer.Exit(command(as_json=as_json, published=published, country=country, prefer=prefer))


@app.command()
def evaluate(
    task: Annotated[str, typer.Argument(help="segments, html, dates, ner or links.")],
    gold: Annotated[
        Path, typer.Argument(help="The labelled pages, dates or words: see docs/gold.md.")
    ],
    root: Annotated[
        Path | None,
        typer.Argument(help="Folder that the gold's files count from (default: the gold's own)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    source: Source = None,
    config: Config = None,
) -> None:
    """Score the program on pages, dates or words that you have labelled.

    segments: F1 of the main body by lines and by characters; html: F1 of the body's words on raw
    HTML, dates and titles; dates: right, wrong and unanswered strings; ner: F1 of names with
    exact spans; links: the same on pages, and whether names of one entity are held together. By
    kind and by outlet, with 95 % intervals. Exit status: 0 whatever the scores, 2 where the gold
    is malformed.
    """
    from flows.commands.evaluate import run as command

    raise typer.Exit(command(task, gold, root, as_json=as_json, source=source, config=config))


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="One SELECT over the tables and views.")],
    table_format: Annotated[
        str, typer.Option("--format", help="table, csv or json (one object a line).")
    ] = "table",
    home: Home = None,
    config: Config = None,
) -> None:
    """Query the published tables, read-only and without access to anything else."""
    from flows.commands.sql import run as command

    raise typer.Exit(command(query, table_format, home=home, config=config))


@app.command()
def tables(home: Home = None, config: Config = None) -> None:
    """List the tables and views with their rows and what each one answers."""
    from flows.commands.tables import run as command

    raise typer.Exit(command(home=home, config=config))


app.command()(export)


@app.command()
def maintain(home: Home = None, config: Config = None, as_json: Json = False) -> None:
    """Merge small files, remove what no reader can still be reading.

    Waits for a run that is writing; readers are not disturbed. A run does this by itself once
    small files have piled up. Exit status: 0 done, 1 damaged files (nothing is done), 2 wrong use.
    """
    from flows.commands.maintain import run as command

    raise typer.Exit(command(home=home, config=config, as_json=as_json))


app.command()(raw)
app.command()(forget)


@app.command()
def report(
    run: Annotated[
        str | None, typer.Argument(help="Id of a run, or its beginning; last is the newest.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="ar or en: which page to name.")] = "ar",
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    data_docs: Annotated[
        bool, typer.Option("--data-docs", help="Great Expectations' pages of the run instead.")
    ] = False,
    home: Home = None,
    config: Config = None,
) -> None:
    """Write reports/latest.html in the home: the last seven days on one page.

    Runs and why they were held, rules that failed, what stands in quarantine, and the sources. With
    RUN the report of that run is built again from the tables: reports/RUN.html, and the same as
    JSON and CSV beside it. reports/index.html lists the newest 400 runs. Each page has an English
    twin (.en.html). Exit status: 0, or 2 where there is no such run.

    --data-docs writes every rule of every batch of RUN (without: of the newest run) as Great
    Expectations shows it, for engineers: reports/data-docs/RUN/index.html.
    """
    from flows.commands.report import run as command

    how = {"language": lang, "show": show, "data_docs": data_docs}
    raise typer.Exit(command(run, home=home, config=config, **how))  # type: ignore[arg-type]


@app.command()
def serve(
    home: Home = None,
    config: Config = None,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Of the server (default 4200, or a free one)."),
    ] = None,
    ui: Annotated[bool, typer.Option("--ui", help="With Prefect's pages for a browser.")] = False,
) -> None:
    """Run everything on its schedule: a server, a worker and all deployments, in the foreground.

    What runs when is said in [schedule] of khabar.toml. The server hears this machine only. Ctrl+C
    or SIGTERM stops: what runs then has a minute to end. Exit status: 0 stopped, 1 it could not
    be started or ended by itself, 2 wrong use, or the home is served already.
    """
    from flows.commands.serve import run as command

    raise typer.Exit(command(home=home, config=config, port=port, ui=ui))


@app.command()
def status(
    as_json: Json = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit status 1 where no `khabar serve` answers.")
    ] = False,
    home: Home = None,
    config: Config = None,
) -> None:
    """Show what runs, what ran and what is due, with and without a `khabar serve`.

    Exit status: 0; 1 with --check where nobody serves the home or its server does not answer; 2
    wrong use.
    """
    from flows.commands.status import run as command

    raise typer.Exit(command(home=home, config=config, as_json=as_json, check=check))


@app.command()
def verify(
    quick: Annotated[
        bool, typer.Option("--quick", help="Compare the lengths of the files only.")
    ] = False,
    home: Home = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Compare every stored file with what was written, and say which rows damage concerns.

    Exit status: 0 all that readers see is whole, 1 a file is damaged or gone, 2 wrong use.
    """
    from flows.commands.verify import run as command

    raise typer.Exit(command(home=home, config=config, quick=quick, as_json=as_json))


@app.command()
def doctor(
    quick: Annotated[
        bool, typer.Option("--quick", help="Compare the lengths of the stored files only.")
    ] = False,
    home: Home = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Check versions, locks, disk, stored files, ports and fonts, and say what to do about each."""
    from flows.commands.doctor import run as command

    raise typer.Exit(command(home=home, config=config, quick=quick, as_json=as_json))


@app.command()
def init(
    file: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("khabar.toml"),
    outlets: Annotated[
        bool, typer.Option("--outlets", help="With known Arabic outlets, none enabled yet.")
    ] = False,
) -> None:
    """Write a commented khabar.toml to start from."""
    from flows.commands.init import run as command

    raise typer.Exit(command(file, outlets=outlets))


@app.command()
def relocate(home: Home = None, config: Config = None) -> None:
    """Write khabar.duckdb anew, after the home folder was moved or where the file is damaged."""
    from flows.commands.relocate import run as command

    raise typer.Exit(command(home=home, config=config))


def main() -> None:
    """Run the command line; the output is UTF-8 whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    app()


if __name__ == "__main__":
    main()
