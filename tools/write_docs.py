"""Write the generated pages of docs/ anew: `make docs`. A test fails while one is stale."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from click import Context

ROOT = Path(__file__).resolve().parent.parent


def tables() -> str:
    """Return docs/tables.md: the contract, table by table."""
    from warehouse.tables.document import tables_markdown

    return tables_markdown()


def views() -> str:
    """Return docs/views.md: every view with its question and its columns."""
    from warehouse.views.document import views_markdown

    return views_markdown()


def checks() -> str:
    """Return docs/checks.md: every rule of every gate."""
    from expectations.document import checks_markdown

    return checks_markdown()


def cli() -> str:
    """Return docs/cli.md: every command with its help, as the program prints it."""
    import typer.main
    from click import Context

    from flows.cli import app

    group = typer.main.get_command(app)
    parts = ["# The command line", "", "Written by `make docs` from the commands themselves.", ""]
    for own in _commands(Context(group, info_name="khabar")):
        told = own.command.get_help(own).strip()
        parts += [f"## {own.command_path}", "", "```text", told, "```", ""]
    schemas = ", ".join(f"[{name}](schemas/{name}.schema.json)" for name in _schemas())
    parts += [f"The JSON forms are a contract with published JSON Schemas: {schemas}.", ""]
    return "\n".join(parts)


def _commands(context: Context) -> Iterator[Context]:
    """Yield the commands of a group, and after a command its own."""
    from click import Context

    group = context.command
    for name in group.list_commands(context):  # type: ignore[attr-defined]
        command = group.get_command(context, name)  # type: ignore[attr-defined]
        own = Context(command, parent=context, info_name=name, terminal_width=88)
        yield own
        if hasattr(command, "list_commands"):
            yield from _commands(own)


def _schemas() -> list[str]:
    from flows.commands.published import PUBLISHED

    return list(PUBLISHED)


def schema(name: str) -> str:
    """Return the JSON Schema of one printed form."""
    from flows.commands.published import PUBLISHED

    described = PUBLISHED[name].model_json_schema(by_alias=True, mode="serialization")
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def deployments() -> str:
    """Return prefect.yaml: what `khabar serve` applies, for a server of the user's own."""
    from flows.deployments import prefect_yaml

    return prefect_yaml()


def pages() -> dict[Path, Callable[[], str]]:
    """Return every generated page (and prefect.yaml) with the function that writes it."""
    docs = ROOT / "docs"
    made: dict[Path, Callable[[], str]] = {
        docs / "tables.md": tables,
        docs / "views.md": views,
        docs / "checks.md": checks,
        docs / "cli.md": cli,
        ROOT / "prefect.yaml": deployments,
    }
    for name in _schemas():
        made[docs / "schemas" / f"{name}.schema.json"] = lambda name=name: schema(name)  # type: ignore[misc]
    return made


def main() -> None:
    """Write every page that differs."""
    for path, make in pages().items():
        text = make()
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            print(f"written: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
